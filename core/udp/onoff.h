/* onoff.h - the on/off pattern of one direction of datagrams.
 *
 * A pattern is what repeats. A pause is a gap above some threshold, or a place
 * where the sender's numbers jump; what lies between two pauses is an
 * on-phase. Which threshold is the right one shows at the end: the one that
 * cuts cycles which are alike, in bytes or in time, over most of the time and
 * more often than chance would have it. So the meter cuts by two ladders of
 * thresholds at once, gaps of 2 ms, 4 ms, 8 ms ... and 3, 6, 12 ... missing
 * numbers. The numbers go first: a sender that hesitates skips none. Memory is
 * bounded, whatever the number of packets.
 *
 * Source: docs/udp.md.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ONOFF_H
#define SSK_ONOFF_H

#include "core/base/histogram.h"
#include "core/model/result.h"
#include "core/udp/cycles.h"

/** State after a packet, by the threshold known so far. */
typedef struct ssk_onoff_state {
    uint8_t missing_rungs;  /**< ssk_onoff_rungs() of what is missing right before this packet */
    bool known;             /**< an on/off pattern is known at this packet */
    bool starts;            /**< first packet after a pause */
    uint32_t burst;         /**< on-phases so far, from 1 */
    uint64_t burst_bytes;   /**< of this on-phase, this packet included */
    ssk_span_ns off_before; /**< the pause before this on-phase; 0: none yet */
} ssk_onoff_state;

typedef struct ssk_onoff_report {
    bool on_off;           /**< cycles repeat; the rest is then set */
    ssk_span_ns threshold; /**< longer gaps are pauses; 0: numbers tell */
    uint32_t missing;      /**< where more numbers are missing is a pause; 0: gaps tell */
    uint64_t cycles;       /**< complete ones with enough packets */
    uint64_t alike;        /**< of these; the values below are theirs */
    uint32_t duty_permille;
    ssk_spread on_ns, off_ns, on_bytes, on_packets;
    uint32_t cv_bytes_permille, cv_seconds_permille; /**< coefficient of variation */
    const char *periodic_in;                         /**< "bytes", "time", "undecided"; static */
    uint64_t goodput_on, goodput;                    /**< bytes per second */
    int64_t power_of_two;                            /**< nearest to the median burst, in ratio */
    int32_t power_of_two_off_permille;
    /** What the sender's numbering did over all pauses between complete on-phases. */
    uint64_t pauses;
    ssk_onoff_rise rise_on, rise_off; /**< inside on-phases; across pauses */
    uint32_t ip_id_cv_permille; /**< how unevenly the identification rises per second of pause */
    uint64_t packets;           /**< between the first and the last pause */
    uint64_t due_off;           /**< packets due in the pauses at the on-phases' rate */
    uint32_t pause_frames[2];   /**< before and after the longest pause */
    /** The first cycles, drawn: '#' on, '.' off, one character per slice. */
    char strip[80];
    ssk_span_ns strip_slice;
    ssk_time_ns strip_start;
} ssk_onoff_report;

typedef struct ssk_onoff ssk_onoff;

/** @param threshold gap that ends an on-phase; 0: find out */
ssk_onoff *ssk_onoff_new(ssk_span_ns threshold);
void ssk_onoff_free(ssk_onoff *onoff);

/** Take a datagram. Steps back in time are no gap.
 * @param time  must be a timestamp
 * @param marks NULL: nothing known
 * @param gaps  all gaps of this direction so far, for the state; may be NULL with @p ret
 * @param[out] ret may be NULL */
void ssk_onoff_add(ssk_onoff *onoff, ssk_time_ns time, uint32_t bytes, uint32_t frame,
                   const ssk_onoff_marks *marks, const ssk_hist *gaps, ssk_onoff_state *ret);

/** Measure the cycles so far.
 * @param gaps all gaps of this direction */
void ssk_onoff_measure(const ssk_onoff *onoff, const ssk_hist *gaps, ssk_onoff_report *ret);

/** The pause that cuts the cycles of a report: the point of the grid that stands for @p threshold.
 * @param given the user chose the threshold: it cuts itself */
ssk_span_ns ssk_onoff_cut(ssk_span_ns threshold, bool given);

/** How many rungs of the ladder of missing numbers so many are above: 0..20. It is a
 * pause where that is more than that of a report's own number. */
unsigned ssk_onoff_rungs(uint32_t missing);

/** Bytes of memory in use: bounded. */
size_t ssk_onoff_memory(const ssk_onoff *onoff);

#endif
