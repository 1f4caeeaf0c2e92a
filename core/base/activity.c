/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/activity.h"

static void halve(ssk_activity *activity)
{
    ssk_activity half = {.coarser = (uint8_t)(activity->coarser + 1)};
    for (unsigned i = 0; i < SSK_ACTIVITY_SLICES; i++)
        if (ssk_activity_has(activity, i))
            half.bits[i / 128] |= UINT64_C(1) << (i / 2 % 64);
    *activity = half;
}

void ssk_activity_stretch(ssk_activity *activity, ssk_span_ns since)
{
    while ((uint64_t)since >> (SSK_ACTIVITY_FINEST + activity->coarser) >= SSK_ACTIVITY_SLICES)
        halve(activity);
}
