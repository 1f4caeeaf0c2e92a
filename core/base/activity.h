/* activity.h - when something was there, as 256 bits over its whole time.
 *
 * One bit is a slice of time; the slices get twice as long whenever the time
 * does not fit any more. For drawing: small, and enough for a line of a picture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ACTIVITY_H
#define SSK_ACTIVITY_H

#include "core/base/types.h"

#define SSK_ACTIVITY_SLICES 256
/** log2 of the shortest slice in ns: 1.05 ms. */
#define SSK_ACTIVITY_FINEST 20

typedef struct ssk_activity {
    uint64_t bits[SSK_ACTIVITY_SLICES / 64];
    uint8_t coarser; /**< a slice is 2 to the power of (SSK_ACTIVITY_FINEST + coarser) ns */
} ssk_activity;

/** Makes slices longer until @p since fits. @param since ns after the first slice began, >= 0 */
void ssk_activity_stretch(ssk_activity *activity, ssk_span_ns since);

static inline ssk_span_ns ssk_activity_slice(const ssk_activity *activity)
{
    return INT64_C(1) << (SSK_ACTIVITY_FINEST + activity->coarser);
}

static inline void ssk_activity_add(ssk_activity *activity, ssk_span_ns since)
{
    uint64_t slice = (uint64_t)since >> (SSK_ACTIVITY_FINEST + activity->coarser);
    if (slice >= SSK_ACTIVITY_SLICES) {
        ssk_activity_stretch(activity, since);
        slice = (uint64_t)since >> (SSK_ACTIVITY_FINEST + activity->coarser);
    }
    activity->bits[slice / 64] |= UINT64_C(1) << (slice % 64);
}

static inline bool ssk_activity_has(const ssk_activity *activity, unsigned slice)
{
    return activity->bits[slice / 64] >> (slice % 64) & 1;
}

#endif
