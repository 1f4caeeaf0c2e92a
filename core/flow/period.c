/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/period.h"

#include <glib.h>
#include <string.h>

/* After this many successive intervals far above the period, the old one is
 * given up: a single silence, or two, must not change it. */
#define OUTLIERS 3
/* An answer has a few messages; what comes at once after a silence has any
 * number, and must not push the rhythm out of the ring. */
#define BURST 8
/* Microseconds: the ring cannot tell apart what takes 71 minutes or longer. */
#define SLOWEST UINT32_C(3600000000)

void ssk_period_init(ssk_period *period)
{
    memset(period, 0, sizeof *period);
    period->last = SSK_TIME_NONE;
}

ssk_period *ssk_period_new(void)
{
    ssk_period *period = g_new(ssk_period, 1);
    ssk_period_init(period);
    return period;
}

/* This runs for every few packets of a bulk flow, so nothing is sorted beyond what is asked for. */

/** @param n 1: the largest */
static uint32_t nth_largest(const uint32_t *list, unsigned count, unsigned n)
{
    uint32_t largest[SSK_PERIOD_SAMPLES]; /* n of them, in order */
    unsigned kept = 0;
    for (unsigned i = 0; i < count; i++) {
        if (kept == n && list[i] <= largest[n - 1])
            continue;
        unsigned at = kept < n ? kept++ : n - 1;
        for (; at > 0 && list[i] > largest[at - 1]; at--)
            largest[at] = largest[at - 1];
        largest[at] = list[i];
    }
    return largest[n - 1];
}

/* Is the median distance from the median, but for itself, below a quarter of it? */
static bool is_steady(const uint32_t *list, unsigned count, uint32_t median)
{
    unsigned near = 0;
    for (unsigned i = 0; i < count; i++)
        near += (list[i] > median ? list[i] - median : median - list[i]) < median / 4;
    return near > count / 2;
}

/* Three in four within an eighth of the period, or of a multiple of it: beats between were lost,
 * or something else was sent in place of them. */
static bool is_timer(const uint32_t *list, unsigned count, uint32_t median)
{
    unsigned near = 0, spanned = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t times = (list[i] + median / 2) / median;
        uint32_t nearest = times * median;
        bool fits = times &&
                    (list[i] > nearest ? list[i] - nearest : nearest - list[i]) <= median / 8;
        near += fits;
        spanned += fits && times == 2 ? 2 : 1; /* one beat lost was due all the same */
    }
    return spanned >= SSK_TIMER_LEAST && 4 * near >= 3 * count;
}

/* A program's clock is better than that of anything that waits for the network, or for a person. */
static bool is_exact(const uint32_t *list, unsigned count, uint32_t median)
{
    for (unsigned i = 0; i < count; i++)
        if ((list[i] > median ? list[i] - median : median - list[i]) > median / 32)
            return false;
    return true;
}

static void learn(ssk_period *period)
{
    uint32_t beats[SSK_PERIOD_SAMPLES];
    unsigned n = period->used, count = 0;
    /* While the ring fills, the samples are its first n. */
    uint32_t longest = nth_largest(period->us, n, n - n * 9 / 10); /* nine in ten are not longer */
    uint32_t burst = longest / 10;

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
    if (count < SSK_PERIOD_LEAST && n == SSK_PERIOD_SAMPLES)
        return; /* a backlog fills the ring: what was known still holds */
    period->value = period->ordinary = 0;
    period->timer = period->exact = false;
    if (count < SSK_PERIOD_LEAST)
        return;
    uint32_t median = nth_largest(beats, count, count - count / 2);
    if (median < SLOWEST && is_steady(beats, count, median)) {
        period->value = median * SSK_US;
        period->ordinary = longest * SSK_US;
        period->timer = is_timer(beats, count, median);
        period->exact = is_exact(beats, count, median);
    }
}

/* Part of a long burst? Unless it goes on for so long that it is the rhythm now. */
static bool is_backlog(ssk_period *period, ssk_time_ns time, ssk_span_ns interval)
{
    if (!period->value || interval >= period->value / 10) {
        period->hurried = 0;
        return false;
    }
    if (!period->hurried++)
        period->hurried_from = time - interval;
    if (period->hurried == UINT16_MAX)
        period->hurried--;
    return period->hurried > BURST && (time - period->hurried_from) / 3 < period->value;
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
        period->hurried = 0;
        return;
    }
    period->last = time;
    if (period->value && interval / 3 > period->value) {
        period->hurried = 0;
        if (++period->outliers <= OUTLIERS)
            return;
        period->head = period->used = 0; /* the rhythm is another one now */
        period->value = period->ordinary = 0;
    }
    if (is_backlog(period, time, interval))
        return;
    if (!period->value || interval * 10 > period->value)
        period->outliers = 0;
    period->us[period->head] = interval / SSK_US > UINT32_MAX ? UINT32_MAX
                                                              : (uint32_t)(interval / SSK_US);
    period->head = (period->head + 1) % SSK_PERIOD_SAMPLES;
    if (period->used < SSK_PERIOD_SAMPLES)
        period->used++;
    /* Sorting 32 numbers for each packet of a bulk flow would cost more than
     * all the rest; every eighth is enough once the ring is full. */
    if (period->used < SSK_PERIOD_SAMPLES || period->head % 8 == 0)
        learn(period);
}

bool ssk_period_resembles(const ssk_period *period, ssk_span_ns value)
{
    unsigned alike = 0;
    if (period->used > 2 * SSK_PERIOD_LEAST) /* it had the chance to show its own */
        return false;
    for (unsigned i = 0; i < period->used; i++) {
        ssk_span_ns interval = period->us[i] * SSK_US;
        alike += interval >= value / 2 && interval / 2 <= value;
    }
    return alike >= 2 && 2 * alike >= period->used;
}

ssk_span_ns ssk_period_value(const ssk_period *period, unsigned *ret_beats)
{
    if (ret_beats)
        *ret_beats = period->beats;
    return period->value;
}

void ssk_rhythm_init(ssk_rhythm *rhythm)
{
    *rhythm = (ssk_rhythm){.first = SSK_TIME_NONE, .clocked = SSK_TIME_NONE};
}

void ssk_rhythm_clear(ssk_rhythm *rhythm)
{
    g_free(rhythm->period);
    ssk_rhythm_init(rhythm);
}

void ssk_rhythm_add(ssk_rhythm *rhythm, ssk_time_ns time, bool answers)
{
    if (time == SSK_TIME_NONE)
        return;
    if (rhythm->bursts == SSK_PERIOD_SAMPLES) { /* the latest count most */
        rhythm->bursts /= 2;
        rhythm->answers /= 2;
    }
    rhythm->bursts++;
    rhythm->answers += answers;
    if (rhythm->first == SSK_TIME_NONE) {
        rhythm->first = time;
        return;
    }
    if (!rhythm->period) {
        rhythm->period = ssk_period_new();
        ssk_period_add(rhythm->period, rhythm->first);
    }
    ssk_period_add(rhythm->period, time);
}

bool ssk_rhythm_is_timer(const ssk_rhythm *rhythm)
{
    return rhythm->period && rhythm->period->timer && 2 * rhythm->answers < rhythm->bursts;
}

bool ssk_rhythm_is_exact(const ssk_rhythm *rhythm)
{
    return rhythm->period && rhythm->period->exact;
}

void ssk_rhythm_add_segment(ssk_rhythm *rhythm, ssk_time_ns time, bool answers)
{
    ssk_span_ns apart;
    bool burst = time != SSK_TIME_NONE && rhythm->clocked != SSK_TIME_NONE &&
                 !__builtin_sub_overflow(time, rhythm->clocked, &apart) && apart >= 0 &&
                 apart < SSK_PERIOD_CLOCKED;
    if (time != SSK_TIME_NONE)
        rhythm->clocked = time;
    if (!burst)
        ssk_rhythm_add(rhythm, time, answers);
}
