/* bursts.h - the on-phases of datagrams, frame by frame, as the report cuts them.
 *
 * The threshold between gap and pause is known when all frames are, so this is
 * made from the notes of the frames and a result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_BURSTS_H
#define SSK_DISSECTORS_BURSTS_H

#include "core/model/result.h"

/** A datagram of an on/off pattern. */
typedef struct ssk_burst {
    uint32_t order;         /**< of the frame */
    uint32_t number;        /**< of the on-phase, from 1 */
    uint64_t bytes;         /**< payload of this on-phase so far, this datagram included */
    uint64_t before;        /**< payload of the on-phase before the pause; with .starts */
    ssk_span_ns off_before; /**< the pause before this on-phase; 0: it is the first */
    bool starts;            /**< first datagram after a pause */
} ssk_burst;

typedef struct ssk_bursts ssk_bursts;

/** @return NULL: no flow of @p result has an on/off pattern */
ssk_bursts *ssk_bursts_new(const ssk_result *result);
void ssk_bursts_free(ssk_bursts *bursts);

/** Take a frame; in reading order, all of them: those of other flows are passed over.
 * @param interface frames of one flow that two interfaces captured are two patterns
 * @param gap       since the previous packet of this flow and direction; < 0: none
 * @param rungs     ssk_onoff_rungs() of the sender's numbers that are missing right before it
 * @param bytes     payload of the datagram */
void ssk_bursts_add(ssk_bursts *bursts, uint32_t order, uint32_t flow, ssk_dir dir,
                    unsigned interface, ssk_span_ns gap, unsigned rungs, uint32_t bytes);

/** @return NULL: no such frame in a pattern; borrowed */
const ssk_burst *ssk_bursts_find(const ssk_bursts *bursts, uint32_t order);

#endif
