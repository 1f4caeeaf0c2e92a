/* onoff.h - the on/off pattern of one direction of datagrams.
 *
 * A pause is a gap longer than the threshold; what lies between two pauses is
 * an on-phase. The threshold is found in the flow's own gaps: the geometric
 * middle of the widest empty stretch of their logarithmic histogram. It is
 * only known at the end, and cycles must be measured by it, so the meter
 * measures on a grid of thresholds at once (2 ms, 4 ms, 8 ms ...). An empty
 * stretch is at least a factor of 4 wide, so it holds a point of that grid,
 * and every threshold inside one empty stretch cuts the same cycles. Memory
 * is bounded, whatever the number of packets.
 *
 * Source: docs/causes.md, "UDP on/off".
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ONOFF_H
#define SSK_ONOFF_H

#include "core/base/histogram.h"
#include "core/model/result.h"

/** Shortest pause: below it, batches of a sender's timer are the rule. */
#define SSK_ONOFF_SHORTEST (2 * SSK_MS)
/** Packets an on-phase must hold, median over the cycles. */
#define SSK_ONOFF_PACKETS 8
/** Complete cycles, the first and the last on-phase not counted. */
#define SSK_ONOFF_CYCLES 3

/** What the counters say, cumulative since the first packet: where the
 * sender's own numbering stands. Both stay 0 where nothing is known. */
typedef struct ssk_onoff_marks {
    uint64_t sequence; /**< of the payload's sequence number, in steps */
    uint64_t ip_id;    /**< of the IPv4 identification, unwrapped */
} ssk_onoff_marks;

/** State after a packet, by the threshold known so far. */
typedef struct ssk_onoff_state {
    bool known;             /**< an on/off pattern is known at this packet */
    bool starts;            /**< first packet after a pause */
    uint32_t burst;         /**< on-phases so far, from 1 */
    uint64_t burst_bytes;   /**< of this on-phase, this packet included */
    ssk_span_ns off_before; /**< the pause before this on-phase; 0: none yet */
} ssk_onoff_state;

typedef struct ssk_onoff_report {
    ssk_span_ns threshold; /**< 0: the gaps have no empty stretch */
    bool on_off;           /**< enough cycles with enough packets; the rest is then set */
    uint64_t cycles;
    uint32_t duty_permille;
    ssk_spread on_ns, off_ns, on_bytes, on_packets;
    uint32_t cv_bytes_permille, cv_seconds_permille; /**< coefficient of variation */
    const char *periodic_in;                         /**< "bytes", "time", "undecided"; static */
    uint64_t goodput_on, goodput;                    /**< bytes per second */
    int64_t power_of_two;                            /**< nearest to the median burst, in ratio */
    int32_t power_of_two_off_permille;
    /** What the sender's numbering did over all complete cycles. */
    ssk_onoff_marks rise_on, rise_off; /**< inside on-phases; across pauses */
    uint32_t ip_id_cv_permille; /**< how unevenly the identification rises per second of pause */
    uint64_t packets;           /**< of the complete cycles */
    uint64_t due_off;           /**< packets due in the pauses at the on-phases' rate */
    uint32_t pause_frames[2];   /**< before and after the longest pause */
    /** The first cycles, drawn: '#' on, '.' off, one character per slice. */
    char strip[80];
    ssk_span_ns strip_slice;
    ssk_time_ns strip_start;
} ssk_onoff_report;

typedef struct ssk_onoff ssk_onoff;

/** @param threshold pause that ends an on-phase; 0: find it in the gaps */
ssk_onoff *ssk_onoff_new(ssk_span_ns threshold);
void ssk_onoff_free(ssk_onoff *onoff);

/** Take a datagram. Steps back in time are no gap.
 * @param time  must be a stamp
 * @param marks NULL: nothing known
 * @param gaps  all gaps of this direction so far, for the state; may be NULL with @p ret
 * @param[out] ret may be NULL */
void ssk_onoff_add(ssk_onoff *onoff, ssk_time_ns time, uint32_t bytes, uint32_t frame,
                   const ssk_onoff_marks *marks, const ssk_hist *gaps, ssk_onoff_state *ret);

/** Measure the cycles so far.
 * @param gaps all gaps of this direction: the threshold comes from them */
void ssk_onoff_measure(const ssk_onoff *onoff, const ssk_hist *gaps, ssk_onoff_report *ret);

/** The pause that cuts the cycles of a report: the point of the grid that stands for @p threshold.
 * @param given the user chose the threshold: it cuts itself */
ssk_span_ns ssk_onoff_cut(ssk_span_ns threshold, bool given);

/** Bytes of memory in use: bounded. */
size_t ssk_onoff_memory(const ssk_onoff *onoff);

#endif
