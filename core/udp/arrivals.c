/* arrivals.c - how many bytes of a stream had arrived by when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/arrivals.h"

#include <glib.h>

void ssk_arrivals_clear(ssk_arrivals *a)
{
    g_free(a->until);
    *a = (ssk_arrivals){0};
}

static void halve(ssk_arrivals *a)
{
    for (uint32_t i = 0; i < a->used; i++)
        a->until[i / 2] = a->until[i];
    a->used = (a->used + 1) / 2;
    a->width *= 2;
}

void ssk_arrivals_add(ssk_arrivals *a, ssk_time_ns time, uint32_t bytes)
{
    if (!a->packets) {
        a->first = a->last = time;
        a->width = SSK_ARRIVALS_WIDTH;
        a->shortest = bytes;
    }
    ssk_span_ns since;
    if (time < a->last || __builtin_sub_overflow(time, a->first, &since))
        time = a->last;
    since = time - a->first;
    while (since / a->width >= SSK_ARRIVALS_STEPS)
        halve(a);
    uint32_t step = (uint32_t)(since / a->width);
    if (step >= a->room) {
        a->room = MIN(MAX(2 * a->room, step + 1), SSK_ARRIVALS_STEPS);
        a->room = MAX(a->room, 16);
        a->until = g_renew(uint64_t, a->until, a->room);
    }
    while (a->used <= step)
        a->until[a->used++] = a->bytes;
    a->bytes += bytes;
    a->until[step] = a->bytes;
    a->last = time;
    a->packets++;
    a->shortest = MIN(a->shortest, bytes);
    a->longest = MAX(a->longest, bytes);
}

uint64_t ssk_arrivals_until(const ssk_arrivals *a, ssk_time_ns time)
{
    if (!a->packets || time < a->first)
        return 0;
    if (time >= a->last)
        return a->bytes;
    ssk_span_ns since = time - a->first;
    uint32_t step = (uint32_t)(since / a->width);
    uint64_t before = step ? a->until[step - 1] : 0;
    double part = (double)(since % a->width) / (double)a->width;
    return before + (uint64_t)((double)(a->until[step] - before) * part);
}
