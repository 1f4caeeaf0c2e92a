/* clock.c - another clock against the capture's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/clock.h"

#include <glib.h>
#include <stdlib.h>

#define SAMPLES_LEAST 3
/* Nine years: beyond that it is no clock, and sums of a few offsets cannot overflow. */
#define OFFSET_MOST (INT64_MAX / 32)
/* Windows on each side of a step: two late ones are no step, three are. */
#define STEP_SIDE 5
/* A step must stand out from the envelope's own movement (docs/causes.md: 5 MAD), and be worth telling. */
#define STEP_SPREADS 5
#define STEP_LEAST (50 * SSK_MS)
#define SKEW_WINDOWS_LEAST 8
#define SKEW_SPREADS 4

static ssk_span_ns resolution_of(ssk_time_ns stamp)
{
    return stamp % SSK_S == 0 ? SSK_S : stamp % SSK_MS == 0 ? SSK_MS : stamp % SSK_US == 0 ? SSK_US : 1;
}

/* Two windows become one; the greater offset stays. */
static void widen(ssk_clock *clock)
{
    for (uint32_t i = 0; i < clock->used / 2; i++) {
        uint32_t a = 2 * i, b = 2 * i + 1;
        uint32_t keep = clock->window[b].offset > clock->window[a].offset ? b : a;
        ssk_time_ns first = clock->window[a].first;
        clock->window[i] = clock->window[keep];
        clock->window[i].first = first;
    }
    clock->used /= 2;
    clock->width *= 2;
    clock->filled = clock->width;
}

void ssk_clock_add(ssk_clock *clock, ssk_time_ns at, ssk_time_ns stamp)
{
    ssk_span_ns offset, span;
    if (at == SSK_TIME_NONE || stamp == SSK_TIME_NONE || __builtin_sub_overflow(stamp, at, &offset))
        return;
    if (offset > OFFSET_MOST || offset < -OFFSET_MOST)
        return;
    if (clock->width && (at < clock->last ||
                         __builtin_sub_overflow(at, clock->window[0].first, &span)))
        return;
    if (!clock->width) {
        clock->width = clock->filled = 1;
        clock->resolution = SSK_S;
    }
    clock->resolution = MIN(clock->resolution, resolution_of(stamp));
    clock->last = at;
    clock->samples++;
    if (clock->filled < clock->width) {
        clock->filled++;
        if (offset > clock->window[clock->used - 1].offset) {
            clock->window[clock->used - 1].offset = offset;
            clock->window[clock->used - 1].at = at;
        }
        return;
    }
    if (clock->used == SSK_CLOCK_WINDOWS)
        widen(clock);
    clock->window[clock->used].first = clock->window[clock->used].at = at;
    clock->window[clock->used++].offset = offset;
    clock->filled = 1;
}

/* ---- estimates ---- */

/* A fall that is made good later was a delay: stamps that waited in a queue.
 * So the envelope never lies below both what came before and what comes after. */
static ssk_clock without_delays(const ssk_clock *clock)
{
    ssk_clock   closed = *clock;
    ssk_span_ns before[SSK_CLOCK_WINDOWS], most = INT64_MIN;
    for (uint32_t i = 0; i < clock->used; i++)
        before[i] = most = MAX(most, clock->window[i].offset);
    most = INT64_MIN;
    for (uint32_t i = clock->used; i-- > 0;) {
        most = MAX(most, clock->window[i].offset);
        closed.window[i].offset = MIN(before[i], most);
    }
    return closed;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t median(int64_t *values, size_t count)
{
    qsort(values, count, sizeof *values, by_value);
    return values[count / 2];
}

static int64_t spread(const int64_t *values, size_t count, int64_t centre)
{
    int64_t off[SSK_CLOCK_WINDOWS];
    for (size_t i = 0; i < count; i++)
        off[i] = ABS(values[i] - centre);
    return median(off, count);
}

/* Between the windows before @p at and those from it on, less the usual movement. */
static ssk_span_ns jump_at(const ssk_clock *clock, uint32_t at, ssk_span_ns drift)
{
    int64_t before[STEP_SIDE], after[STEP_SIDE];
    for (int i = 0; i < STEP_SIDE; i++) {
        before[i] = clock->window[at - 1 - (uint32_t)i].offset;
        after[i] = clock->window[at + (uint32_t)i].offset;
    }
    return median(after, STEP_SIDE) - median(before, STEP_SIDE) - drift * STEP_SIDE;
}

static uint32_t find_steps(const ssk_clock *clock, ssk_clock_reading *reading)
{
    int64_t moves[SSK_CLOCK_WINDOWS], sorted[SSK_CLOCK_WINDOWS];
    if (clock->used < 2 * STEP_SIDE)
        return 0;
    size_t count = clock->used - 1;
    for (size_t i = 0; i < count; i++)
        sorted[i] = moves[i] = clock->window[i + 1].offset - clock->window[i].offset;
    int64_t     drift = median(sorted, count);
    ssk_span_ns least = MAX(STEP_SPREADS * spread(moves, count, drift),
                            MAX(STEP_LEAST, clock->resolution));
    for (uint32_t at = STEP_SIDE; at + STEP_SIDE <= clock->used; at++) {
        if (ABS(jump_at(clock, at, drift)) <= least)
            continue;
        /* The edge is where one window differs most from the next. */
        uint32_t edge = at;
        for (uint32_t i = at; i < at + STEP_SIDE - 1; i++)
            if (ABS(moves[i - 1]) < ABS(moves[i]) && ABS(moves[edge - 1]) < ABS(moves[i]))
                edge = i + 1;
        if (edge + STEP_SIDE > clock->used)
            edge = at;
        if (reading->n_steps < SSK_CLOCK_STEPS) {
            reading->steps[reading->n_steps].at = clock->window[edge].first;
            reading->steps[reading->n_steps++].by = jump_at(clock, edge, drift);
        }
        at = edge + STEP_SIDE - 1;
    }
    uint32_t begin = 0;
    while (reading->n_steps && clock->window[begin].first < reading->steps[reading->n_steps - 1].at)
        begin++;
    return begin;
}

/* Median of the slopes between all pairs of windows, in parts per 10^9. */
static int64_t slope_of(const ssk_clock *clock, uint32_t begin)
{
    static const size_t most = SSK_CLOCK_WINDOWS * (SSK_CLOCK_WINDOWS - 1) / 2;
    int64_t slopes[SSK_CLOCK_WINDOWS * (SSK_CLOCK_WINDOWS - 1) / 2];
    size_t count = 0;
    for (uint32_t i = begin; i < clock->used; i++)
        for (uint32_t k = i + 1; k < clock->used && count < most; k++) {
            double span = (double)(clock->window[k].at - clock->window[i].at);
            if (span > 0) {
                double slope = (double)(clock->window[k].offset - clock->window[i].offset) / span * 1e9;
                slopes[count++] = (int64_t)CLAMP(slope, -1e15, 1e15);
            }
        }
    return count ? median(slopes, count) : 0;
}

bool ssk_clock_read(const ssk_clock *heard, ssk_clock_reading *ret)
{
    if (heard->samples < SAMPLES_LEAST)
        return false;
    ssk_clock_reading reading = { 0 };
    const ssk_clock   closed = without_delays(heard), *clock = &closed;
    uint32_t begin = find_steps(clock, &reading);
    uint32_t count = clock->used - begin;
    int64_t  slope = slope_of(clock, begin);
    int64_t  level[SSK_CLOCK_WINDOWS], noisy[SSK_CLOCK_WINDOWS];

    /* Twice: with the rate taken out, as of the last sample; without, if it is none. */
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < count; i++) {
            double since = (double)(clock->last - clock->window[begin + i].at);
            int64_t moved = (int64_t)CLAMP((double)slope * since / 1e9, -1e17, 1e17);
            level[i] = clock->window[begin + i].offset + moved;
            noisy[i] = heard->window[begin + i].offset + moved;
        }
        reading.offset = median(level, count);
        int64_t rest = spread(noisy, count, reading.offset);
        double  total = (double)slope * (double)(clock->last - clock->window[begin].at) / 1e9;
        reading.error = clock->resolution + 2 * rest;
        if (count >= SKEW_WINDOWS_LEAST && ABS(total) > SKEW_SPREADS * (double)rest && slope) {
            reading.has_skew = true;
            reading.skew_ppb = slope;
            break;
        }
        slope = 0;
    }
    *ret = reading;
    return true;
}
