/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/period.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"

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

/* The same, for a list half of which the guess parts from the other half, or nearly so: then what is
 * sought is among the few next to it. Any guess gives the right answer. */
static uint32_t nth_largest_near(const uint32_t *list, unsigned count, unsigned n, uint32_t guess)
{
    /* Turned over, so that the least of those above is the largest. */
    uint32_t above[SSK_PERIOD_SAMPLES], rest[SSK_PERIOD_SAMPLES];
    unsigned n_above = 0, n_rest = 0;
    for (unsigned i = 0; i < count; i++) {
        bool is_above = list[i] > guess;
        above[n_above] = ~list[i];
        rest[n_rest] = list[i];
        n_above += is_above;
        n_rest += !is_above;
    }
    return n <= n_above ? ~nth_largest(above, n_above, n_above + 1 - n)
                        : nth_largest(rest, n_rest, n - n_above);
}

/* How the beats lie around their median. */
typedef struct spread {
    bool steady; /* half of them within a quarter of it: the median distance, but for itself */
    /* Three in four within an eighth of it, or of a multiple of it: beats between were lost, or
     * something else was sent in place of them. */
    bool timer;
    /* A program's clock is better than that of anything that waits for the network, or a person. */
    bool exact;
} spread;

static spread spread_of(const uint32_t *list, unsigned count, uint32_t median)
{
    unsigned near = 0, fit = 0, spanned = 0, inexact = 0, multiples = 0;
    for (unsigned i = 0; i < count; i++) {
        uint32_t off = list[i] > median ? list[i] - median : median - list[i];
        near += off < median / 4;
        inexact += off > median / 32;
        spanned++;
        if (off <= median / 8) {
            fit++;
            continue;
        }
        uint32_t times = (list[i] + median / 2) / median, nearest = times * median;
        if (times && (list[i] > nearest ? list[i] - nearest : nearest - list[i]) <= median / 8) {
            fit++;
            multiples++;
            spanned += times == 2; /* one beat lost was due all the same */
        }
    }
    /* Where many are multiples the beat is a grid, on which others fill the places. */
    bool grid = 4 * multiples > count;
    return (spread){.steady = near > count / 2,
                    .timer = spanned >= SSK_LIMIT(TIMER_LEAST) && 4 * fit >= 3 * count && !grid,
                    .exact = !inexact};
}

/* What lies inside a burst belongs to the beat that the burst began. @return beats */
static unsigned beats_of(const ssk_period *period, uint32_t burst, uint32_t *ret)
{
    unsigned n = period->used, count = 0;
    uint64_t carried = 0;
    for (unsigned i = 0; i < n; i++) {
        uint32_t us = period->us[(period->head + SSK_PERIOD_SAMPLES - n + i) % SSK_PERIOD_SAMPLES];
        if (us < burst) {
            carried += us;
        } else {
            uint64_t beat = us + carried;
            ret[count++] = beat > UINT32_MAX ? UINT32_MAX : (uint32_t)beat;
            carried = 0;
        }
    }
    return count;
}

static bool any_below(const uint32_t *list, unsigned count, uint32_t limit)
{
    unsigned below = 0;
    for (unsigned i = 0; i < count; i++)
        below += list[i] < limit;
    return below;
}

static void learn(ssk_period *period)
{
    uint32_t room[SSK_PERIOD_SAMPLES];
    const uint32_t *beats = period->us; /* in any order: while the ring fills, its first n */
    unsigned n = period->used, count = n;
    uint32_t longest = nth_largest(period->us, n, n - n * 9 / 10); /* nine in ten are not longer */
    if (any_below(period->us, n, longest / 10)) {
        count = beats_of(period, longest / 10, room);
        beats = room;
    }
    period->beats = (uint16_t)count;
    if (count < SSK_LIMIT(PERIOD_LEAST) && n == SSK_PERIOD_SAMPLES)
        return; /* a backlog fills the ring: what was known still holds */
    uint32_t guess = period->value ? (uint32_t)(period->value / SSK_US) : beats[0];
    period->value = period->ordinary = 0;
    period->timer = period->exact = false;
    if (count < SSK_LIMIT(PERIOD_LEAST))
        return;
    uint32_t median = nth_largest_near(beats, count, count - count / 2, guess);
    if (median >= SLOWEST || median < 4) /* microseconds, a quarter of which is nothing */
        return;
    spread found = spread_of(beats, count, median);
    if (found.steady) {
        period->value = median * SSK_US;
        period->ordinary = longest * SSK_US;
        period->timer = found.timer;
        period->exact = found.exact;
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
    return period->hurried > SSK_LIMIT(BURST_MOST) &&
           (time - period->hurried_from) / 3 < period->value;
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
        if (++period->outliers <= SSK_LIMIT(PERIOD_OUTLIERS))
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
    if (period->used > 2 * SSK_LIMIT(PERIOD_LEAST)) /* it had the chance to show its own */
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
                 apart < SSK_LIMIT(PERIOD_CLOCKED);
    if (time != SSK_TIME_NONE)
        rhythm->clocked = time;
    if (!burst)
        ssk_rhythm_add(rhythm, time, answers);
}
