/* clock.c - another machine's clock against the capture's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/clock.h"

#include <glib.h>
#include <string.h>

/** Samples on each side that a change of level is judged by, and the fewest. */
#define SIDE       5
#define SIDE_LEAST 3
#define MADS       5
/** Below this nothing is a step: interrupt and scheduling delays of any host. */
#define STEP_LEAST (2 * SSK_MS)
/** Skew is told from so many stretches, over so long, if it is surer than this. */
#define SKEW_STRETCHES       16
#define SKEW_STRETCHES_LEAST 6
#define SKEW_SPAN_LEAST      (10 * SSK_S)
#define SKEW_SURE_PPB        50000
/** A quartz is within 100 ppm, and NTP bends a clock by 500 ppm at most. */
#define TREND_UNSURE_MAX_PPB 100000
#define TREND_MAX_PPB        1000000
/** Beyond this no difference of timestamps is one of clocks: it keeps products in range. */
#define OFFSET_MAX (INT64_C(1) << 61)
#define SPAN_MAX   (INT64_C(1) << 60)
#define CHANGE_MAX (2 * SSK_HOUR) /* a millionfold still fits */

typedef struct sample {
    ssk_time_ns local;
    ssk_span_ns offset; /* remote minus capture's */
    ssk_span_ns delay;  /* of the exchange; -1: one way */
} sample;

struct ssk_clock {
    sample *list;
    unsigned count, room;
    unsigned stride,
        in_last; /* samples that each entry is the best of, and those in the last one */
    uint64_t samples, exchanges;
    ssk_time_ns first; /* capture time of the first sample */
    ssk_span_ns
        resolution; /* of the remote timestamps: largest power of ten that divides them all */
};

ssk_clock *ssk_clock_new(void)
{
    ssk_clock *clock = g_new0(ssk_clock, 1);
    clock->stride = 1;
    clock->resolution = SSK_S;
    return clock;
}

void ssk_clock_free(ssk_clock *clock)
{
    if (!clock)
        return;
    g_free(clock->list);
    g_free(clock);
}

/* The one that delay made the least of; an exchange is better than one way. */
static bool is_better(const sample *a, const sample *b)
{
    if (a->delay >= 0 && b->delay >= 0)
        return a->delay < b->delay;
    if (a->delay >= 0 || b->delay >= 0)
        return a->delay >= 0;
    return a->offset > b->offset;
}

static void thin(ssk_clock *clock)
{
    for (unsigned i = 0; i + 1 < clock->count; i += 2)
        clock->list[i / 2] =
            clock->list[is_better(&clock->list[i + 1], &clock->list[i]) ? i + 1 : i];
    clock->count /= 2;
    clock->stride *= 2;
    clock->in_last = clock->stride;
}

static void add(ssk_clock *clock, const sample *s, ssk_time_ns remote)
{
    ssk_span_ns since;
    if (!clock->samples)
        clock->first = s->local;
    if (__builtin_sub_overflow(s->local, clock->first, &since) || since > SPAN_MAX ||
        since < -SPAN_MAX)
        return;
    while (clock->resolution > 1 && remote % clock->resolution)
        clock->resolution /= 10;
    clock->samples++;
    clock->exchanges += s->delay >= 0;
    sample *last = clock->count ? &clock->list[clock->count - 1] : NULL;
    /* What was held up together arrives together: of a backlog only the last was hardly delayed. */
    if (last && s->delay < 0 && last->delay < 0 &&
        s->offset - last->offset > s->local - last->local) {
        *last = *s;
        return;
    }
    if (last && clock->in_last < clock->stride) {
        clock->in_last++;
        if (is_better(s, last))
            *last = *s;
        return;
    }
    if (clock->count == SSK_CLOCK_SAMPLES)
        thin(clock);
    if (clock->count == clock->room) {
        clock->room = MIN(MAX(8, clock->room * 2), SSK_CLOCK_SAMPLES);
        clock->list = g_renew(sample, clock->list, clock->room);
    }
    clock->list[clock->count++] = *s;
    clock->in_last = 1;
}

static bool difference(ssk_time_ns a, ssk_time_ns b, ssk_span_ns *ret)
{
    return a != SSK_TIME_NONE && b != SSK_TIME_NONE && !__builtin_sub_overflow(a, b, ret) &&
           *ret<OFFSET_MAX && * ret> - OFFSET_MAX;
}

void ssk_clock_add(ssk_clock *clock, ssk_time_ns local, ssk_time_ns remote)
{
    sample s = {.local = local, .delay = -1};
    if (difference(remote, local, &s.offset))
        add(clock, &s, remote);
}

void ssk_clock_add_exchange(ssk_clock *clock, ssk_time_ns asked, ssk_time_ns local,
                            ssk_time_ns remote)
{
    sample s = {.local = local};
    if (!difference(local, asked, &s.delay) || s.delay < 0 || !difference(remote, local, &s.offset))
        return;
    s.offset += s.delay / 2;
    add(clock, &s, remote);
}

/* ---- judging ---- */

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static int64_t median(int64_t *values, unsigned count)
{
    qsort(values, count, sizeof *values, by_value);
    return count % 2 ? values[count / 2]
                     : values[count / 2 - 1] + (values[count / 2] - values[count / 2 - 1]) / 2;
}

/* The level of samples [from, to). Both ways errors go both ways, so the middle; one way delay
 * only lowers, so the highest. */
static ssk_span_ns level(const sample *list, unsigned from, unsigned to, bool both_ways)
{
    int64_t values[SIDE];
    unsigned n = 0;
    for (unsigned i = from; i < to && n < SIDE; i++)
        values[n++] = list[i].offset;
    int64_t middle = median(values, n);
    return both_ways ? middle : values[n - 1];
}

/* Median change between neighbors: steps are few, so they do not count. */
static ssk_span_ns noise(const sample *list, unsigned count)
{
    int64_t changes[SSK_CLOCK_SAMPLES];
    for (unsigned i = 1; i < count; i++)
        changes[i - 1] = ABS(list[i].offset - list[i - 1].offset);
    return MIN(median(changes, count - 1), SPAN_MAX / MADS);
}

/* Answers of a stall's end say little of the clock and much of the stall. */
static void drop_late(sample *list, unsigned *count)
{
    int64_t delays[SSK_CLOCK_SAMPLES];
    unsigned kept = 0;
    for (unsigned i = 0; i < *count; i++)
        delays[i] = list[i].delay;
    ssk_span_ns most = MIN(median(delays, *count), SPAN_MAX / MADS) * MADS + STEP_LEAST;
    for (unsigned i = 0; i < *count; i++) {
        if (list[i].delay <= most)
            list[kept++] = list[i];
    }
    *count = kept;
}

typedef struct judging {
    sample list[SSK_CLOCK_SAMPLES];
    unsigned count;
    bool both_ways;
    ssk_span_ns noise, resolution;
    int64_t trend_ppb, trend_unsure_ppb; /* taken off the list while steps are looked for */
} judging;

/* Nanoseconds that a skew makes of a span. */
static ssk_span_ns drift(int64_t skew_ppb, ssk_span_ns span)
{
    return span / SSK_S * skew_ppb + span % SSK_S * skew_ppb / SSK_S;
}

static int64_t slope_ppb(ssk_span_ns change, ssk_span_ns span)
{
    return change * 1000000 / (span / 1000);
}

/* Median slope between neighbors: steps are few, so they do not count. */
static void take_off_trend(judging *j)
{
    int64_t slopes[SSK_CLOCK_SAMPLES];
    unsigned n = 0, root = 1;
    for (unsigned i = 1; i < j->count; i++) {
        ssk_span_ns apart = j->list[i].local - j->list[i - 1].local;
        ssk_span_ns change = j->list[i].offset - j->list[i - 1].offset;
        if (apart >= SSK_MS && ABS(change) <= CHANGE_MAX)
            slopes[n++] = slope_ppb(change, apart);
    }
    j->trend_unsure_ppb = TREND_UNSURE_MAX_PPB;
    if (n < SIDE)
        return;
    int64_t trend = median(slopes, n);
    for (unsigned i = 0; i < n; i++)
        slopes[i] = ABS(slopes[i] - trend);
    while (root * root < n)
        root++;
    int64_t unsure = 3 * (median(slopes, n) / root);
    j->trend_unsure_ppb = MIN(unsure, TREND_UNSURE_MAX_PPB);
    if (unsure > TREND_UNSURE_MAX_PPB || ABS(trend) > TREND_MAX_PPB)
        return; /* noise: better none */
    j->trend_ppb = trend;
    for (unsigned i = 0; i < j->count; i++)
        j->list[i].offset -= drift(trend, j->list[i].local - j->list[0].local);
}

/* Does the level change between i - 1 and i? @p start: of the stretch since the last step */
static bool is_step(const judging *j, unsigned start, unsigned i, ssk_span_ns *ret_by)
{
    const sample *list = j->list;
    if (i - start < SIDE_LEAST || j->count - i < SIDE_LEAST)
        return false;
    unsigned from = MAX(start, i > SIDE ? i - SIDE : 0), to = MIN(j->count, i + SIDE);
    ssk_span_ns first = list[i].offset, last = list[i - 1].offset;
    ssk_span_ns least = MAX(STEP_LEAST, MAX(MADS * j->noise, 2 * j->resolution)) +
                        drift(j->trend_unsure_ppb, ABS(list[to - 1].local - list[from].local));
    if (j->both_ways)
        least = MAX(least, (list[i - 1].delay + list[i].delay) / 2);
    if (ABS(first - last) <= least / 2) /* a ramp is no step; and most samples end here, unsorted */
        return false;
    ssk_span_ns before = level(list, from, i, j->both_ways);
    ssk_span_ns after = level(list, i, to, j->both_ways);
    ssk_span_ns by = after - before;
    if (ABS(by) <= least || ABS(first - last) < ABS(by) / 2)
        return false;
    /* exactly here: the last before lies with those before, the first after with those after */
    if (ABS(first - after) >= ABS(first - before) || ABS(last - before) >= ABS(last - after))
        return false;
    /* one way, a queue that filled up looks like a step back: its delays must not vary more */
    for (unsigned k = i; !j->both_ways && by < 0 && k < to; k++) {
        if (after - list[k].offset > ABS(by) / 4)
            return false;
    }
    *ret_by = by;
    return true;
}

static void find_steps(judging *j, ssk_clock_estimate *ret)
{
    unsigned start = 0;
    for (unsigned i = 1; i < j->count; i++) {
        ssk_span_ns by;
        if (!is_step(j, start, i, &by))
            continue;
        if (ret->n_steps < SSK_CLOCK_STEPS)
            ret->steps[ret->n_steps++] = (ssk_clock_step){j->list[i].local, by};
        else
            ret->steps_dropped++;
        /* bring what was before to the new level: the rest sees one clock */
        for (unsigned k = 0; k < i; k++)
            j->list[k].offset = CLAMP(j->list[k].offset + by, -OFFSET_MAX, OFFSET_MAX);
        start = i;
    }
}

/* Slope of the best samples of each stretch: median of all pairs (Theil and Sen). */
static bool find_skew(const judging *j, int64_t *ret_ppb, int64_t *ret_unsure_ppb)
{
    sample best[SKEW_STRETCHES];
    unsigned n = 0, stretches = MIN(SKEW_STRETCHES, j->count / 2);
    if (stretches < SKEW_STRETCHES_LEAST)
        return false;
    for (unsigned s = 0; s < stretches; s++) {
        unsigned from = j->count * s / stretches, to = j->count * (s + 1) / stretches;
        best[n] = j->list[from];
        for (unsigned i = from + 1; i < to; i++) {
            if (is_better(&j->list[i], &best[n]))
                best[n] = j->list[i];
        }
        n++;
    }
    ssk_span_ns span = best[n - 1].local - best[0].local;
    if (span < SKEW_SPAN_LEAST || span > 365 * SSK_DAY)
        return false;
    int64_t slopes[SKEW_STRETCHES * (SKEW_STRETCHES - 1) / 2];
    unsigned n_slopes = 0;
    for (unsigned a = 0; a < n; a++) {
        for (unsigned b = a + 1; b < n; b++) {
            ssk_span_ns apart = best[b].local - best[a].local;
            ssk_span_ns change = best[b].offset - best[a].offset;
            if (apart < SSK_MS || ABS(change) > CHANGE_MAX)
                continue;
            slopes[n_slopes++] = slope_ppb(change, apart);
        }
    }
    if (n_slopes < n)
        return false;
    int64_t skew = median(slopes, n_slopes);
    if (ABS(skew) > SSK_S / 2)
        return false;
    int64_t left[SKEW_STRETCHES];
    for (unsigned i = 0; i < n; i++)
        left[i] = best[i].offset - drift(skew, best[i].local - best[0].local);
    int64_t middle = median(left, n);
    for (unsigned i = 0; i < n; i++)
        left[i] = ABS(left[i] - middle);
    ssk_span_ns unsure = 2 * median(left, n) + j->resolution;
    if (unsure > SSK_S || slope_ppb(unsure, span) > SKEW_SURE_PPB)
        return false;
    *ret_unsure_ppb = slope_ppb(unsure, span);
    *ret_ppb = skew + j->trend_ppb;
    return true;
}

/* @p unsure_ppb: what an old sample's opinion loses with time */
static void find_offset(const judging *j, int64_t unsure_ppb, ssk_clock_estimate *ret)
{
    const sample *last = &j->list[j->count - 1];
    int64_t now[SSK_CLOCK_SAMPLES]; /* each sample's opinion, carried to the last one's time */
    ssk_span_ns error = INT64_MAX;
    int64_t carry_ppb = ret->has_skew ? ret->skew_ppb - j->trend_ppb : -j->trend_ppb;
    for (unsigned i = 0; i < j->count; i++) {
        const sample *s = &j->list[i];
        ssk_span_ns age = last->local - s->local;
        ssk_span_ns aged = drift(unsure_ppb, ABS(age));
        now[i] = s->offset + drift(carry_ppb, age);
        if (j->both_ways ? s->delay / 2 + aged < error : !i || now[i] >= ret->offset) {
            ret->offset = now[i];
            error = j->both_ways ? s->delay / 2 + aged : aged;
        }
    }
    /* where the clocks do not run evenly, an old sample's opinion may be wrong: the last ones tell */
    ssk_span_ns misfit = 0;
    ssk_span_ns highest = INT64_MIN;
    for (unsigned i = j->count > SIDE ? j->count - SIDE : 0; i < j->count; i++) {
        highest = MAX(highest, now[i]);
        if (j->both_ways)
            misfit = MAX(misfit, ABS(ret->offset - now[i]) - j->list[i].delay / 2 - j->resolution);
    }
    if (!j->both_ways)
        misfit = ret->offset - highest;
    ret->error = error + misfit + (j->resolution > 1 ? j->resolution : 0);
    if (!j->both_ways)
        ret->error += ret->offset - median(now, j->count);
    ret->offset += drift(j->trend_ppb, last->local - j->list[0].local);
}

/* The samples that count, all of one kind. */
static void select_samples(const ssk_clock *clock, judging *j)
{
    j->both_ways = clock->exchanges * 2 > clock->samples;
    for (unsigned i = 0; i < clock->count; i++) {
        sample s = clock->list[i];
        if (j->both_ways && s.delay < 0)
            continue;
        if (!j->both_ways && s.delay >= 0) {
            s.offset -= s.delay / 2;
            s.delay = -1;
        }
        j->list[j->count++] = s;
    }
    if (j->both_ways && j->count)
        drop_late(j->list, &j->count);
}

unsigned ssk_clock_points(const ssk_clock *clock, ssk_time_ns at[SSK_CLOCK_SAMPLES],
                          ssk_span_ns offset[SSK_CLOCK_SAMPLES])
{
    judging j = {0};
    select_samples(clock, &j);
    for (unsigned i = 0; i < j.count; i++) {
        at[i] = j.list[i].local;
        offset[i] = j.list[i].offset;
    }
    return j.count;
}

bool ssk_clock_judge(const ssk_clock *clock, ssk_clock_estimate *ret)
{
    ssk_clock_estimate estimate = {.samples = clock->samples};
    judging j = {.resolution = clock->resolution};
    select_samples(clock, &j);
    if (j.count < SSK_CLOCK_LEAST)
        return false;
    estimate.both_ways = j.both_ways;
    take_off_trend(&j);
    j.noise = noise(j.list, j.count);
    find_steps(&j, &estimate);
    int64_t unsure_ppb = SKEW_SURE_PPB; /* of a quartz that nobody measured */
    estimate.has_skew = find_skew(&j, &estimate.skew_ppb, &unsure_ppb);
    find_offset(&j, unsure_ppb, &estimate);
    *ret = estimate;
    return true;
}
