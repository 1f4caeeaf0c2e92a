/* arrivals.h - how many bytes of a stream had arrived by when.
 *
 * A cumulative curve in steps of equal width. When it gets too long, two steps
 * become one: memory is bounded, whatever the length of the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ARRIVALS_H
#define SSK_ARRIVALS_H

#include "core/base/types.h"

/** Steps kept at most, and how wide they are at first. */
#define SSK_ARRIVALS_STEPS 4096
#define SSK_ARRIVALS_WIDTH (10 * SSK_MS)

/** All zero is a valid empty one. */
typedef struct ssk_arrivals {
    ssk_time_ns first, last;
    ssk_span_ns width;
    uint64_t *until; /**< owned; bytes up to the end of each step */
    uint32_t used, room;
    uint64_t bytes, packets;
    uint32_t shortest, longest; /**< payload bytes of a datagram */
} ssk_arrivals;

/** @param time a timestamp; one that stepped back counts as the latest so far */
void ssk_arrivals_add(ssk_arrivals *arrivals, ssk_time_ns time, uint32_t bytes);
void ssk_arrivals_clear(ssk_arrivals *arrivals);

/** Bytes that had arrived by then; inside a step as if they came evenly. */
uint64_t ssk_arrivals_until(const ssk_arrivals *arrivals, ssk_time_ns time);

#endif
