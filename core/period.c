/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/period.h"

#include <stdlib.h>
#include <string.h>

/* After this many successive intervals far above the period, the old one is
 * given up: a single silence, or two, must not change it. */
#define OUTLIERS 3

void ssk_period_init(ssk_period *period)
{
    memset(period, 0, sizeof *period);
    period->last = SSK_TIME_NONE;
}

static int compare(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void learn(ssk_period *period)
{
    uint32_t sorted[SSK_PERIOD_SAMPLES], beats[SSK_PERIOD_SAMPLES];
    unsigned n = period->used, count = 0;
    memcpy(sorted, period->us, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    uint32_t burst = sorted[n * 9 / 10 < n ? n * 9 / 10 : n - 1] / 10;

    /* What lies inside a burst belongs to the beat that the burst began. */
    uint64_t carried = 0;
    for (unsigned i = 0; i < n; i++) {
        uint32_t us = period->us[(period->head + SSK_PERIOD_SAMPLES - n + i) % SSK_PERIOD_SAMPLES];
        if (us < burst) {
            carried += us;
        } else {
            uint64_t beat = us + carried;
            beats[count++] = beat > UINT32_MAX ? UINT32_MAX : (uint32_t)beat;
            carried = 0;
        }
    }
    period->beats = (uint16_t)count;
    period->value = 0;
    if (count < SSK_PERIOD_LEAST)
        return;
    qsort(beats, count, sizeof *beats, compare);
    uint32_t median = beats[count / 2];
    for (unsigned i = 0; i < count; i++)
        beats[i] = beats[i] > median ? beats[i] - median : median - beats[i];
    qsort(beats, count, sizeof *beats, compare);
    if (median && beats[count / 2] < median / 4)
        period->value = median * SSK_US;
}

void ssk_period_add(ssk_period *period, ssk_time_ns time)
{
    if (time == SSK_TIME_NONE)
        return;
    if (period->last == SSK_TIME_NONE) {
        period->last = time;
        return;
    }
    ssk_span_ns interval;
    if (__builtin_sub_overflow(time, period->last, &interval) || interval < 0) {
        period->last = time;
        return;
    }
    period->last = time;
    if (period->value && interval / 3 > period->value) {
        if (++period->outliers <= OUTLIERS)
            return;
        period->used = 0; /* the rhythm is another one now */
    }
    if (!period->value || interval * 10 > period->value)
        period->outliers = 0;
    period->us[period->head] = interval / SSK_US > UINT32_MAX ? UINT32_MAX
                                                              : (uint32_t)(interval / SSK_US);
    period->head = (period->head + 1) % SSK_PERIOD_SAMPLES;
    if (period->used < SSK_PERIOD_SAMPLES)
        period->used++;
    /* Sorting 32 numbers for each packet of a bulk flow would cost more than
     * all the rest; every fourth is enough once the ring is full. */
    if (period->used < SSK_PERIOD_SAMPLES || period->head % 4 == 0)
        learn(period);
}

ssk_span_ns ssk_period_value(const ssk_period *period, unsigned *ret_beats)
{
    if (ret_beats)
        *ret_beats = period->beats;
    return period->value;
}
