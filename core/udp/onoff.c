/* onoff.c - the on/off pattern of one direction of datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/onoff.h"

#include <math.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/udp/alike.h"
#include "core/udp/stretch.h"

/* Thresholds of the ladders, a factor of 2 apart: 2 ms ... 18 h, and 3 numbers
 * ... 1.5 million. */
#define N_GAPS    26
#define N_MISSING 20
#define N_RUNGS   MAX(N_GAPS, N_MISSING)
/* Pauses of few milliseconds are also what a sender's timer makes: they need
 * more packets per on-phase. */
#define TIMER_RUNGS   2
#define TIMER_PACKETS (2 * SSK_LIMIT(ONOFF_PACKETS))
/* A capture of fewer packets has no pattern yet. */
#define FIRST_LOOK (SSK_LIMIT(ONOFF_PACKETS) * (SSK_LIMIT(ONOFF_CYCLES) + 1))
/* Cycles are alike within 10 % over 60 % of the time, or within 25 % over 70. */
static const struct {
    double half_width, share;
} windows[] = {{0.10, 0.6}, {0.25, 0.7}};

/* Allocated at the first pause that long. Neighbors that no pause has told apart yet, as where all
 * are longer than many thresholds, are one and the same; a pause between them parts them. */
typedef struct ladder {
    ssk_cycles *rungs[N_RUNGS];
} ladder;

struct ssk_onoff {
    ssk_span_ns given;
    ssk_cycles_place last; /* time SSK_TIME_NONE: none yet */
    ladder gaps, missing;
    /* the live threshold, looked at again now and then */
    uint64_t next_look;
    const ladder *live; /* NULL: no pattern yet */
    int8_t live_rung;
    int8_t floor; /* gaps below are shorter than the median: of no use */
};

ssk_onoff *ssk_onoff_new(ssk_span_ns threshold)
{
    ssk_onoff *onoff = g_new0(ssk_onoff, 1);
    onoff->given = threshold;
    onoff->last.time = SSK_TIME_NONE;
    onoff->next_look = FIRST_LOOK;
    return onoff;
}

/* With the next rung. */
static bool is_shared(const ladder *l, int rung)
{
    return rung + 1 < N_RUNGS && l->rungs[rung] == l->rungs[rung + 1];
}

static void ladder_clear(ladder *l)
{
    for (int i = 0; i < N_RUNGS; i++) {
        if (!l->rungs[i] || is_shared(l, i))
            continue;
        ssk_cycles_clear(l->rungs[i]);
        g_free(l->rungs[i]);
    }
}

void ssk_onoff_free(ssk_onoff *onoff)
{
    if (!onoff)
        return;
    ladder_clear(&onoff->gaps);
    ladder_clear(&onoff->missing);
    g_free(onoff);
}

static size_t ladder_memory(const ladder *l)
{
    size_t size = 0;
    for (int i = 0; i < N_RUNGS; i++)
        if (l->rungs[i] && !is_shared(l, i))
            size += sizeof(ssk_cycles) + ssk_cycles_memory(l->rungs[i]);
    return size;
}

size_t ssk_onoff_memory(const ssk_onoff *onoff)
{
    return sizeof *onoff + ladder_memory(&onoff->gaps) + ladder_memory(&onoff->missing);
}

static ssk_span_ns gap_threshold(const ssk_onoff *onoff, int rung)
{
    return onoff->given ? onoff->given : SSK_LIMIT(ONOFF_SHORTEST) << rung;
}

static uint32_t missing_threshold(int rung)
{
    return (uint32_t)SSK_LIMIT(ONOFF_FEWEST) << rung;
}

/* ---- which rung ---- */

/* The cycles of one rung that are alike. */
typedef struct choice {
    const ssk_cycles *cycles; /* NULL: none */
    const ladder *ladder;     /* it is a rung of this */
    int rung;
    ssk_span_ns threshold; /* 0: by numbers */
    uint32_t missing;
    bool in_time; /* else in bytes */
    double from, to, quality;
    double best[2]; /* quality in bytes and in time; negative: not regular */
} choice;

static double length_of(const ssk_cycle *c, bool in_time)
{
    return in_time ? (double)c->on + (double)c->off : (double)c->bytes;
}

static double share_full(const ssk_cycles *c)
{
    double all = c->on + c->off;
    return all > 0 ? (c->full_on + c->full_off) / all : 0;
}

/* What of the sampled cycles lies in a window. */
typedef struct inside {
    unsigned count;
    double on, time, on_squared, bytes, bytes_squared;
} inside;

static inside inside_of(const ssk_cycles *c, bool in_time, const ssk_alike *alike)
{
    inside found = {0};
    for (unsigned i = 0; i < c->n_samples; i++) {
        const ssk_cycle *cycle = &c->samples[i];
        double length = length_of(cycle, in_time);
        if (length < alike->from || length > alike->to)
            continue;
        found.count++;
        found.on += (double)cycle->on;
        found.on_squared += (double)cycle->on * (double)cycle->on;
        found.bytes += cycle->bytes;
        found.bytes_squared += (double)cycle->bytes * cycle->bytes;
        found.time += (double)cycle->on + (double)cycle->off;
    }
    return found;
}

static int compare_values(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* A cycle counts for its time. A long rest now and then says nothing against a
 * pattern, and a sample may hold more of them than their share. */
static void list_items(const ssk_cycles *c, bool in_time, ssk_alike_item *ret)
{
    int64_t off[SSK_CYCLES_SAMPLES];
    for (unsigned i = 0; i < c->n_samples; i++)
        off[i] = c->samples[i].off;
    if (c->n_samples)
        qsort(off, c->n_samples, sizeof *off, compare_values);
    double most = c->n_samples ? (double)off[c->n_samples / 2] * SSK_LIMIT(ONOFF_REST) : 0;
    for (unsigned i = 0; i < c->n_samples; i++) {
        const ssk_cycle *cycle = &c->samples[i];
        ret[i] = (ssk_alike_item){length_of(cycle, in_time),
                                  (double)cycle->on + MIN((double)cycle->off, most)};
    }
}

static bool on_enough(const inside *in, bool by_numbers)
{
    bool brief = !by_numbers && in->time - in->on < (double)SSK_LIMIT(SHORT_PAUSE) * in->count;
    return in->on >= (brief ? SSK_SHARE(SHORT_DUTY_LEAST) : SSK_SHARE(DUTY_LEAST)) * in->time;
}

static bool is_spread(double sum, double squares, unsigned count)
{
    double mean = sum / count;
    return squares / count - mean * mean >
           SSK_SHARE(ONOFF_UNLIKE) * SSK_SHARE(ONOFF_UNLIKE) * mean * mean;
}

/* Sums of random lengths agree better than single ones: a period alone is none. */
static bool is_period_alone(const inside *in)
{
    return is_spread(in->on, in->on_squared, in->count) &&
           is_spread(in->bytes, in->bytes_squared, in->count);
}

static void try_length(const ssk_cycles *c, bool in_time, bool by_numbers, unsigned rungs,
                       choice *ret)
{
    ssk_alike_item items[SSK_CYCLES_SAMPLES];
    list_items(c, in_time, items);
    for (size_t w = 0; w < G_N_ELEMENTS(windows); w++) {
        ssk_alike alike;
        double half_width = windows[w].half_width;
        ssk_alike_find(items, c->n_samples, half_width, &alike);
        double share = alike.share * share_full(c), quality = share - half_width;
        inside in = inside_of(c, in_time, &alike);
        if (share < windows[w].share || in.count < SSK_LIMIT(ONOFF_CYCLES) ||
            !on_enough(&in, by_numbers) || (in_time && is_period_alone(&in)))
            continue;
        double tried = 2.0 * G_N_ELEMENTS(windows) * rungs;
        if (tried * ssk_alike_chance(c->n_samples, in.count, half_width) >= SSK_SHARE(ONOFF_CHANCE))
            continue;
        ret->best[in_time] = MAX(ret->best[in_time], quality);
        if (quality <= ret->quality)
            continue;
        ret->cycles = c;
        ret->in_time = in_time;
        ret->from = alike.from;
        ret->to = alike.to;
        ret->quality = quality;
    }
}

/* Regular cycles at this rung? */
static choice try_rung(const ssk_cycles *c, bool by_numbers, unsigned rungs)
{
    choice found = {.quality = -1, .best = {-1, -1}};
    if (c && c->full >= SSK_LIMIT(ONOFF_CYCLES)) {
        try_length(c, false, by_numbers, rungs, &found);
        try_length(c, true, by_numbers, rungs, &found);
    }
    return found;
}

/* Of the coarsest neighboring rungs that are regular, the one that is most so. */
static int climb(const ladder *l, bool by_numbers, int lowest, choice *ret)
{
    unsigned rungs = 0;
    int best = -1;
    for (int i = lowest; i < N_RUNGS; i++)
        rungs += l->rungs[i] != NULL;
    for (int i = N_RUNGS - 1; i >= lowest; i--) {
        if (is_shared(l, i))
            continue; /* no better, and no worse */
        choice found = try_rung(l->rungs[i], by_numbers, rungs);
        if (!found.cycles && best >= 0)
            break;
        if (found.cycles && (best < 0 || found.quality > ret->quality)) {
            *ret = found;
            ret->ladder = l;
            ret->rung = best = i;
        }
    }
    return best;
}

static ssk_span_ns least_pause(const ssk_hist *gaps)
{
    ssk_span_ns median = ssk_hist_quantile(gaps, 500); /* INT64_MAX: beyond a day */
    return median < SSK_DAY ? MAX(4 * median, SSK_LIMIT(ONOFF_SHORTEST)) : INT64_MAX;
}

/* The grid's point nearest to the threshold, inside the stretch. */
static int rung_of(ssk_span_ns threshold)
{
    int rung = 0;
    while (rung < N_GAPS - 1 &&
           (double)(SSK_LIMIT(ONOFF_SHORTEST) << rung) * G_SQRT2 < (double)threshold)
        rung++;
    return rung;
}

unsigned ssk_onoff_rungs(uint32_t missing)
{
    unsigned rungs = 0;
    while (rungs < N_MISSING && missing > missing_threshold((int)rungs))
        rungs++;
    return rungs;
}

ssk_span_ns ssk_onoff_cut(ssk_span_ns threshold, bool given)
{
    return given ? threshold : SSK_LIMIT(ONOFF_SHORTEST) << rung_of(threshold);
}

static bool mostly_alike(const ssk_cycles *c, bool in_time, choice *ret)
{
    ssk_alike_item items[SSK_CYCLES_SAMPLES];
    ssk_alike alike;
    list_items(c, in_time, items);
    ssk_alike_find(items, c->n_samples, SSK_SHARE(STRETCH_WIDTH), &alike);
    inside in = inside_of(c, in_time, &alike);
    double share = alike.share * share_full(c);
    double count = (double)in.count * (double)c->full / MAX(c->n_samples, 1);
    if (share < SSK_SHARE(STRETCH_TIME) || in.count < SSK_LIMIT(ONOFF_CYCLES) ||
        count < SSK_SHARE(STRETCH_COUNT) * (double)c->count || !on_enough(&in, false))
        return false;
    ret->best[in_time] = share;
    if (share > ret->quality) {
        ret->cycles = c;
        ret->in_time = in_time;
        ret->from = alike.from;
        ret->to = alike.to;
        ret->quality = share;
    }
    return true;
}

/* Too few cycles to exclude chance, but the gaps are of two kinds. */
static void find_stretch(const ssk_onoff *onoff, const ssk_hist *gaps, choice *ret)
{
    uint64_t above = ssk_hist_total(gaps);
    ssk_span_ns floor = least_pause(gaps);
    ssk_stretch best = {0};
    for (size_t i = 0; i + 1 < gaps->used; i++) {
        above -= ssk_hist_cell_count(gaps, i);
        ssk_stretch s;
        if (!ssk_stretch_above(gaps, i, above, floor, SSK_LIMIT(ONOFF_CYCLES), &s))
            continue;
        int rung = rung_of(s.threshold);
        const ssk_cycles *c = onoff->gaps.rungs[rung];
        choice found = {.ladder = &onoff->gaps,
                        .rung = rung,
                        .quality = -1,
                        .best = {-1, -1},
                        .threshold = s.threshold};
        if (!c || c->full < SSK_LIMIT(ONOFF_CYCLES) ||
            (ret->cycles && !ssk_stretch_is_better(&s, &best)))
            continue;
        mostly_alike(c, false, &found);
        mostly_alike(c, true, &found);
        if (found.cycles) {
            *ret = found;
            best = s;
        }
    }
}

/* What somebody asked for is cut so, alike or not. */
static void take_given(const ssk_onoff *onoff, choice *ret)
{
    const ssk_cycles *c = onoff->gaps.rungs[0];
    if (!c || c->count < SSK_LIMIT(ONOFF_CYCLES) || 2 * c->full <= c->count)
        return;
    *ret = (choice){.cycles = c,
                    .ladder = &onoff->gaps,
                    .threshold = onoff->given,
                    .to = INFINITY,
                    .quality = 1,
                    .best = {-1, -1}};
}

static choice choose(const ssk_onoff *onoff, const ssk_hist *gaps)
{
    choice found = {0};
    int lowest = 0, rung;
    if (onoff->given) {
        take_given(onoff, &found);
        return found;
    }
    if (onoff->last.marks.numbered && (rung = climb(&onoff->missing, true, 0, &found)) >= 0) {
        found.missing = missing_threshold(rung);
        return found;
    }
    while (lowest < N_GAPS - 1 && gap_threshold(onoff, lowest) < least_pause(gaps))
        lowest++;
    rung = climb(&onoff->gaps, false, lowest, &found);
    if (rung >= 0)
        found.threshold = gap_threshold(onoff, rung);
    else
        find_stretch(onoff, gaps, &found);
    return found;
}

/* ---- feeding ---- */

static int8_t floor_of(const ssk_onoff *onoff, const ssk_hist *gaps)
{
    ssk_span_ns median = ssk_hist_quantile(gaps, 500);
    int8_t index = 0;
    while (!onoff->given && index < N_GAPS - 1 && gap_threshold(onoff, index) <= median)
        index++;
    return index;
}

/* Rungs from one to before another, which ask the same of a cycle, are paused.
 * @param floor rungs below are not begun */
static void pause_rungs(ladder *l, int from, int to, int floor, unsigned least,
                        const ssk_cycles_place *last, const ssk_cycles_place *next)
{
    for (int i = from, end; i < to; i = end) {
        ssk_cycles *c = l->rungs[i];
        end = i + 1;
        if (!c && i < floor)
            continue;
        while (end < to && l->rungs[end] == c)
            end++;
        bool fresh = !c, parts = c && end == to && is_shared(l, to - 1);
        if (fresh || parts) {
            ssk_cycles *own = g_new0(ssk_cycles, 1);
            if (parts)
                *own = ssk_cycles_copy(c);
            for (int k = i; k < end; k++)
                l->rungs[k] = own;
            c = own;
        }
        ssk_cycles_pause(c, last, next, least);
    }
}

/* @return it is a pause by the live threshold */
static bool cut(ssk_onoff *onoff, const ssk_cycles_place *next)
{
    const ssk_cycles_place *last = &onoff->last;
    ssk_span_ns gap = next->time > last->time ? ssk_cycles_span(last->time, next->time) : 0;
    int most = onoff->given ? 1 : N_GAPS, gaps = 0;
    int missing = (int)ssk_onoff_rungs(next->marks.missing);
    while (gaps < most && gap > gap_threshold(onoff, gaps))
        gaps++;
    int timer = onoff->given ? 0 : MIN(gaps, TIMER_RUNGS);
    pause_rungs(&onoff->gaps, 0, timer, onoff->floor, TIMER_PACKETS, last, next);
    pause_rungs(&onoff->gaps, timer, gaps, onoff->floor, SSK_LIMIT(ONOFF_PACKETS), last, next);
    pause_rungs(&onoff->missing, 0, missing, 0, SSK_LIMIT(ONOFF_PACKETS), last, next);
    return onoff->live && onoff->live_rung < (onoff->live == &onoff->gaps ? gaps : missing);
}

static void tell_state(const ssk_onoff *onoff, bool starts, ssk_onoff_state *ret)
{
    const ssk_cycles *live = onoff->live ? onoff->live->rungs[onoff->live_rung] : NULL;
    *ret = (ssk_onoff_state){.missing_rungs = (uint8_t)ssk_onoff_rungs(onoff->last.marks.missing)};
    if (!live)
        return;
    ret->known = true;
    ret->starts = starts;
    ret->burst = live->bursts + 1;
    ret->burst_bytes = onoff->last.bytes - live->start.bytes;
    ret->off_before = live->off_before;
}

void ssk_onoff_add(ssk_onoff *onoff, ssk_time_ns time, uint32_t bytes, uint32_t frame,
                   const ssk_onoff_marks *marks, const ssk_hist *gaps, ssk_onoff_state *ret)
{
    ssk_cycles_place next = {.time = MAX(time, onoff->last.time),
                             .packets = onoff->last.packets + 1,
                             .bytes = onoff->last.bytes + bytes,
                             .frame = frame,
                             .marks = onoff->last.marks};
    next.marks.missing = 0;
    if (marks)
        next.marks = *marks;
    bool starts = onoff->last.packets > 0 && cut(onoff, &next);
    onoff->last = next;
    if (gaps && next.packets >= onoff->next_look) {
        choice found = choose(onoff, gaps);
        onoff->live = found.cycles ? found.ladder : NULL;
        onoff->live_rung = (int8_t)found.rung;
        onoff->next_look = next.packets + next.packets / 4 + 1;
        onoff->floor = floor_of(onoff, gaps);
    }
    if (ret)
        tell_state(onoff, starts, ret);
}

/* ---- measuring ---- */

/* Of sorted values. */
static int64_t median_of(const int64_t *values, size_t count)
{
    int64_t low = values[(count - 1) / 2], high = values[count / 2];
    return low + (high - low) / 2;
}

static ssk_spread spread_of(int64_t *values, size_t count)
{
    ssk_spread spread = {0};
    if (!count)
        return spread;
    qsort(values, count, sizeof *values, compare_values);
    spread.p50 = median_of(values, count);
    spread.min = values[0];
    spread.max = values[count - 1];
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] > spread.p50 ? values[i] - spread.p50 : spread.p50 - values[i];
    qsort(values, count, sizeof *values, compare_values);
    spread.mad = median_of(values, count);
    return spread;
}

static uint32_t cv_permille(double sum, double squares, double count)
{
    if (count < 2 || sum <= 0)
        return 0;
    double mean = sum / count;
    double variance = (squares - sum * mean) / (count - 1);
    return variance <= 0 ? 0 : (uint32_t)MIN(1000 * sqrt(variance) / mean + 0.5, 1e9);
}

static void nearest_power(ssk_onoff_report *ret)
{
    if (ret->on_bytes.p50 <= 0)
        return;
    double exponent = floor(log2((double)ret->on_bytes.p50) + 0.5);
    ret->power_of_two = INT64_C(1) << (int)exponent;
    double ratio = (double)ret->on_bytes.p50 / (double)ret->power_of_two - 1;
    ret->power_of_two_off_permille = (int32_t)floor(1000 * ratio + 0.5);
}

static void draw_strip(const ssk_cycles *c, ssk_onoff_report *ret)
{
    ssk_span_ns cycle_ns = ret->on_ns.p50 + ret->off_ns.p50;
    ssk_span_ns slice = cycle_ns / 8;
    if (slice <= 0)
        return;
    size_t at = 0;
    ssk_span_ns elapsed = 0;
    for (unsigned i = 0; i < c->n_strip && at < sizeof ret->strip - 1; i++) {
        ssk_span_ns on_to = elapsed + c->strip[i].on, off_to = on_to + c->strip[i].off;
        for (; at < sizeof ret->strip - 1; at++) {
            ssk_span_ns middle = (ssk_span_ns)at * slice + slice / 2;
            if (middle >= off_to)
                break;
            ret->strip[at] = middle < on_to ? '#' : '.';
        }
        elapsed = off_to;
    }
    ret->strip[at] = '\0';
    ret->strip_slice = slice;
    ret->strip_start = c->strip_start;
}

/* The cycles that are alike. */
static void measure_alike(const choice *found, ssk_onoff_report *ret)
{
    const ssk_cycles *c = found->cycles;
    int64_t on[SSK_CYCLES_SAMPLES], off[SSK_CYCLES_SAMPLES], bytes[SSK_CYCLES_SAMPLES],
        packets[SSK_CYCLES_SAMPLES];
    unsigned n = 0;
    double on_sum = 0, on_squares = 0, off_sum = 0, bytes_sum = 0, bytes_squares = 0;
    for (unsigned i = 0; i < c->n_samples; i++) {
        const ssk_cycle *cycle = &c->samples[i];
        double length = length_of(cycle, found->in_time);
        if (length < found->from || length > found->to)
            continue;
        on[n] = cycle->on;
        off[n] = cycle->off;
        bytes[n] = cycle->bytes;
        packets[n++] = cycle->packets;
        on_sum += (double)cycle->on;
        on_squares += (double)cycle->on * (double)cycle->on;
        off_sum += (double)cycle->off;
        bytes_sum += cycle->bytes;
        bytes_squares += (double)cycle->bytes * cycle->bytes;
    }
    ret->on_ns = spread_of(on, n);
    ret->off_ns = spread_of(off, n);
    ret->on_bytes = spread_of(bytes, n);
    ret->on_packets = spread_of(packets, n);
    ret->alike = n == c->n_samples ? c->full : n * c->full / c->n_samples;
    if (on_sum + off_sum > 0)
        ret->duty_permille = (uint32_t)(1000 * on_sum / (on_sum + off_sum) + 0.5);
    ret->cv_bytes_permille = cv_permille(bytes_sum, bytes_squares, n);
    ret->cv_seconds_permille = cv_permille(on_sum, on_squares, n);
}

static const char *periodic_in(const choice *found, const ssk_onoff_report *r)
{
    if (found->best[0] >= 0 && found->best[0] > found->best[1] + SSK_SHARE(ONOFF_CLEARLY))
        return "bytes";
    if (found->best[1] >= 0 && found->best[1] > found->best[0] + SSK_SHARE(ONOFF_CLEARLY))
        return "time";
    uint32_t bytes = r->cv_bytes_permille, seconds = r->cv_seconds_permille;
    return 2 * bytes < seconds ? "bytes" : 2 * seconds < bytes ? "time" : "undecided";
}

/* All cycles of the rung: what the numbers did, what was due, what came. */
static void measure_all(const ssk_cycles *c, ssk_onoff_report *ret)
{
    double total = c->on + c->off;
    ret->cycles = c->full;
    ret->pauses = c->count;
    ret->packets = c->packets;
    ret->off_ns.max = MAX(ret->off_ns.max, c->longest_off);
    if (total > 0)
        ret->goodput = (uint64_t)(c->bytes * (double)SSK_S / total + 0.5);
    if (c->on > 0)
        ret->goodput_on = (uint64_t)(c->bytes * (double)SSK_S / c->on + 0.5);
    ret->rise_on = c->rise_on;
    ret->rise_off = c->rise_off;
    ret->ip_id_cv_permille = cv_permille(c->ip_id_rate, c->ip_id_rate_squared, (double)c->count);
    /* of all full on-phases together: a few packets within microseconds have no rate */
    if (c->full_on > 0)
        ret->due_off = (uint64_t)((double)c->full_packets / c->full_on * c->off + 0.5);
    ret->pause_frames[0] = c->longest_frames[0];
    ret->pause_frames[1] = c->longest_frames[1];
}

void ssk_onoff_measure(const ssk_onoff *onoff, const ssk_hist *gaps, ssk_onoff_report *ret)
{
    *ret = (ssk_onoff_report){.strip_start = SSK_TIME_NONE};
    choice found = choose(onoff, gaps);
    if (!found.cycles)
        return;
    ret->on_off = true;
    ret->threshold = found.threshold;
    ret->missing = found.missing;
    measure_alike(&found, ret);
    ret->periodic_in = periodic_in(&found, ret);
    measure_all(found.cycles, ret);
    nearest_power(ret);
    draw_strip(found.cycles, ret);
}
