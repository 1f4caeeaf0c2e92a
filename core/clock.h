/* clock.h - another clock against the capture's, from stamps that travelled one way.
 *
 * A stamp that took longer to arrive makes its clock look late, never early:
 * in each window of samples the greatest offset is the one with the least
 * delay (lower envelope of the delays). Offset, rate and steps are estimated
 * from the windows' maxima; memory is fixed, windows widen as samples come. An
 * offset that falls and comes back was a delay; a clock that steps back and
 * later forth again by as much looks the same and is not told.
 *
 * Source: docs/sources.md, "one-way clocks"; RFC 5905, section 10 (the minimum
 * filter); Theil-Sen slope.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLOCK_H
#define SSK_CLOCK_H

#include "core/types.h"

#define SSK_CLOCK_WINDOWS 64
#define SSK_CLOCK_STEPS 8

typedef struct ssk_clock {
    struct {
        ssk_time_ns first;  /**< of its samples */
        ssk_time_ns at;     /**< when the greatest offset was seen */
        ssk_span_ns offset;
    } window[SSK_CLOCK_WINDOWS];
    uint32_t    used;       /**< windows */
    uint32_t    width;      /**< samples per window; 0: no sample yet */
    uint32_t    filled;     /**< samples in the last window */
    uint64_t    samples;
    ssk_span_ns resolution; /**< of the stamps seen: 1 s, 1 ms, 1 us or 1 ns */
    ssk_time_ns last;
} ssk_clock;

typedef struct ssk_clock_reading {
    ssk_span_ns offset;  /**< that clock minus the capture's, at the last sample */
    ssk_span_ns error;   /**< resolution of the stamps, and twice the spread of the envelope */
    bool        has_skew;
    int64_t     skew_ppb; /**< that clock gains this much: parts per 10^9 */
    unsigned    n_steps;
    struct { ssk_time_ns at; ssk_span_ns by; } steps[SSK_CLOCK_STEPS];
} ssk_clock_reading;

/** @param at    the capture's time; a step back or SSK_TIME_NONE is left out
 *  @param stamp the other clock's */
void ssk_clock_add(ssk_clock *clock, ssk_time_ns at, ssk_time_ns stamp);

/** @return false: fewer than three samples */
bool ssk_clock_read(const ssk_clock *heard, ssk_clock_reading *ret);

#endif
