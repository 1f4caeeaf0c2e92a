/* clock.h - another machine's clock against the capture's: offset, skew, steps.
 *
 * Both ways, where a request and the answer that carries the timestamp were seen:
 * offset and delay of RFC 5905, section 8, with T2 = T3; the truth lies within
 * half the delay. One way, where only the stamped message was seen: delay only
 * ever makes the clock look late, so the upper envelope of timestamp minus capture
 * time is the offset, but for the shortest delay, which one way cannot see.
 *
 * A step is a change of level that lasts and is larger than five median
 * absolute deviations, than the resolution of the timestamps and, both ways, than
 * the delays could make.
 *
 * Bounded: SSK_CLOCK_SAMPLES samples, the best of each stretch once there are more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLOCK_H
#define SSK_CLOCK_H

#include "core/base/types.h"

#define SSK_CLOCK_SAMPLES 128
#define SSK_CLOCK_STEPS   16
/** Fewest samples that make an estimate. */
#define SSK_CLOCK_LEAST 3

typedef struct ssk_clock ssk_clock;

ssk_clock *ssk_clock_new(void);
void ssk_clock_free(ssk_clock *clock);

/** A stamped message passed the capture at @p local. */
void ssk_clock_add(ssk_clock *clock, ssk_time_ns local, ssk_time_ns remote);
/** A request passed at @p asked, its stamped answer at @p local. */
void ssk_clock_add_exchange(ssk_clock *clock, ssk_time_ns asked, ssk_time_ns local,
                            ssk_time_ns remote);

typedef struct ssk_clock_step {
    ssk_time_ns at; /**< capture time of the first sample after it */
    ssk_span_ns by;
} ssk_clock_step;

typedef struct ssk_clock_estimate {
    uint64_t samples;
    bool both_ways;
    ssk_span_ns offset; /**< remote minus capture's, at the last sample */
    ssk_span_ns
        error; /**< half the shortest delay; one way: the spread, without the shortest delay; plus the
                           * resolution of the timestamps and what drift may have done since */
    bool has_skew;    /**< false: too short, or too uneven, to tell 50 ppm */
    int64_t skew_ppb; /**< remote against capture's; positive: it runs fast */
    ssk_clock_step steps[SSK_CLOCK_STEPS];
    unsigned n_steps, steps_dropped;
} ssk_clock_estimate;

/** @return false: too few samples */
bool ssk_clock_judge(const ssk_clock *clock, ssk_clock_estimate *ret) SSK_WARN_UNUSED;

/** The samples that an estimate rests on, late answers left out. @return how many were written */
unsigned ssk_clock_points(const ssk_clock *clock, ssk_time_ns at[SSK_CLOCK_SAMPLES],
                          ssk_span_ns offset[SSK_CLOCK_SAMPLES]);

#endif
