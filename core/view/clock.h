/* clock.h - how far one capture's clock is from another's, and how sure that is.
 *
 * A packet that the first capture saw first says that the other clock is at
 * most so far ahead: the difference of the timestamps, less a delay that is never
 * negative. A packet that the other capture saw first says: at least so far.
 * The line between the two hulls with the widest gap on either side is the
 * clock; half of the gap is what nobody can know, since the delay of the two
 * ways may differ by as much. Where packets crossed one way only, the shortest
 * delay stays in the offset.
 *
 * Source: S. B. Moon, P. Skelly, D. Towsley, Estimation and Removal of Clock
 * Skew from Network Delay Measurements, INFOCOM 1999; V. Paxson, On
 * Calibrating Measurements of Packet Transit Times, SIGMETRICS 1998.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_CLOCK_H
#define SSK_VIEW_CLOCK_H

#include "core/base/types.h"

/** No clock drifts faster: parts per 10^9. */
#define SSK_PACE_MOST_PPB 1000000
/** How well a slope must be known to be told. */
#define SSK_PACE_SLOPE_PPB 20000
/** Steps that are told apart. */
#define SSK_PACE_PIECES 64

/** Which capture saw a packet first. */
typedef enum ssk_first {
    SSK_FIRST_UNKNOWN = 0,
    SSK_FIRST_HERE,  /**< the one whose clock is the reference */
    SSK_FIRST_THERE, /**< the other one */
} ssk_first;

/** One packet that both captures hold. */
typedef struct ssk_crossing {
    ssk_time_ns here, there; /**< its timestamps */
    uint32_t here_frame, there_frame;
    uint8_t first; /**< ssk_first */
} ssk_crossing;

/** A stretch without a step: there = here + offset + slope * (here - at). */
typedef struct ssk_pace_piece {
    uint32_t here_from, there_from; /**< its first frame in either capture; the first piece: 0 */
    ssk_time_ns at, there_at;       /**< where the offset holds, by the two clocks */
    ssk_span_ns offset;
    ssk_span_ns error; /**< the offset may be off by so much, either way */
    int64_t slope_ppb;
    bool has_slope; /**< known to SSK_PACE_SLOPE_PPB; false: it is only what fits best */
    bool one_way;   /**< the shortest delay is in the offset */
    uint64_t crossings;
    ssk_time_ns since; /**< of its first crossing, by the reference's clock */
} ssk_pace_piece;

typedef struct ssk_pace {
    ssk_pace_piece pieces[SSK_PACE_PIECES];
    unsigned n_pieces; /**< 0: nothing is known */
    uint64_t steps_dropped;
} ssk_pace;

/** @param list is sorted in place */
void ssk_pace_find(ssk_crossing *list, size_t count, ssk_pace *ret);

/** A timestamp of the other capture, by the reference's clock.
 * @param frame the other capture's */
ssk_time_ns ssk_pace_here(const ssk_pace *pace, uint32_t frame, ssk_time_ns there);
/** The reverse. @param frame the reference's */
ssk_time_ns ssk_pace_there(const ssk_pace *pace, uint32_t frame, ssk_time_ns here);

#endif
