/* onoff.c - the on/off pattern of one direction of datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/onoff.h"

#include <math.h>
#include <string.h>

/* Thresholds of the grid: 2 ms ... 18 h, a factor of 2 apart. */
#define N_LEVELS 26
/* Cycles kept for medians. When full, every second one goes and every second
 * new one is kept: still evenly spread over the capture. */
#define N_SAMPLES 256
/* Consecutive cycles kept for the strip. */
#define N_STRIP 12
/* Narrowest empty stretch: docs/causes.md. */
#define STRETCH 4
/* One gap in 50 pauses may lie in an "empty" stretch: in a long capture some
 * packet strays into every stretch. */
#define STRAYS 50
/* A wider stretch with fewer than 1/50 of another's pauses is a rare idle
 * time, not the pattern. */
#define RARE 50
/* A threshold that had to be raised to the floor needs more packets per
 * on-phase: pauses of few milliseconds are also what a sender's timer makes. */
#define RAISED_PACKETS (2 * SSK_ONOFF_PACKETS)

typedef struct cycle {
    ssk_span_ns on, off;
    uint64_t bytes;
    uint32_t packets;
} cycle;

typedef struct strip_cycle {
    ssk_span_ns on, off;
} strip_cycle;

/* The cycles that one threshold cuts. */
typedef struct level {
    ssk_time_ns start; /* of the on-phase under way */
    uint64_t start_bytes, start_packets;
    ssk_onoff_marks start_marks;
    ssk_span_ns off_before;
    uint32_t bursts; /* on-phases begun after a pause */
    /* sums over complete cycles */
    uint64_t cycles, short_cycles; /* short: fewer packets than an on-phase needs */
    uint64_t packets;
    double bytes, bytes_squared, on, on_squared, off;
    ssk_onoff_marks rise_on, rise_off;
    double due_off, ip_id_rate, ip_id_rate_squared;
    ssk_span_ns longest_off;
    uint32_t longest_frames[2];
    ssk_time_ns strip_start;
    strip_cycle *strip; /* NULL: no cycle that is not short yet */
    uint16_t n_strip;
    /* evenly spread complete cycles that are not short */
    uint16_t n_samples, room;
    uint32_t stride, skip;
    cycle *samples;
} level;

struct ssk_onoff {
    ssk_span_ns given;
    ssk_time_ns first, last;
    uint32_t last_frame;
    uint64_t packets, bytes; /* in all, up to the last packet */
    ssk_onoff_marks marks;
    level *levels[N_LEVELS]; /* allocated at the first gap that long */
    /* the live threshold, looked at again now and then */
    uint64_t next_look;
    int8_t live;  /* level; -1: no pattern yet */
    int8_t floor; /* levels below are shorter than the median gap: of no use */
};

ssk_onoff *ssk_onoff_new(ssk_span_ns threshold)
{
    ssk_onoff *onoff = g_new0(ssk_onoff, 1);
    onoff->given = threshold;
    onoff->last = SSK_TIME_NONE;
    onoff->next_look = 1;
    onoff->live = -1;
    return onoff;
}

static void level_clear(level *l)
{
    g_free(l->samples);
    g_free(l->strip);
}

void ssk_onoff_free(ssk_onoff *onoff)
{
    if (!onoff)
        return;
    for (size_t i = 0; i < N_LEVELS; i++) {
        if (onoff->levels[i])
            level_clear(onoff->levels[i]);
        g_free(onoff->levels[i]);
    }
    g_free(onoff);
}

size_t ssk_onoff_memory(const ssk_onoff *onoff)
{
    size_t size = sizeof *onoff;
    for (size_t i = 0; i < N_LEVELS; i++)
        if (onoff->levels[i])
            size += sizeof(level) + onoff->levels[i]->room * sizeof(cycle) +
                    (onoff->levels[i]->strip ? N_STRIP * sizeof(strip_cycle) : 0);
    return size;
}

static ssk_span_ns level_threshold(const ssk_onoff *onoff, int index)
{
    return onoff->given ? onoff->given : SSK_ONOFF_SHORTEST << index;
}

static int level_count(const ssk_onoff *onoff)
{
    return onoff->given ? 1 : N_LEVELS;
}

/* Stamps half a millennium apart are one of them damaged: the longest span. */
static ssk_span_ns span_between(ssk_time_ns from, ssk_time_ns to)
{
    ssk_span_ns span;
    return __builtin_sub_overflow(to, from, &span) ? INT64_MAX / 4 : span;
}

/* ---- cycles ---- */

static void keep_sample(level *l, const cycle *c)
{
    if (l->skip) {
        l->skip--;
        return;
    }
    if (l->n_samples == N_SAMPLES) {
        for (unsigned i = 0; i < N_SAMPLES / 2; i++)
            l->samples[i] = l->samples[2 * i];
        l->n_samples = N_SAMPLES / 2;
        l->stride = 2 * l->stride + 1;
    }
    if (l->n_samples == l->room) {
        l->room = l->room ? l->room * 2 : 8;
        l->samples = g_renew(cycle, l->samples, l->room);
    }
    l->samples[l->n_samples++] = *c;
    l->skip = l->stride;
}

/* The on-phase ended with the last packet; a pause up to @p time followed. */
static void close_cycle(level *l, const ssk_onoff *onoff, ssk_time_ns time, uint32_t frame,
                        const ssk_onoff_marks *marks)
{
    uint64_t packets = onoff->packets - l->start_packets;
    ssk_span_ns active = span_between(l->start, onoff->last);
    /* The last packet fills its interval like the others: without this, an
     * on-phase of n packets would measure n-1 intervals. */
    ssk_span_ns tail = packets > 1 ? active / (ssk_span_ns)(packets - 1) : 0;
    cycle c = {
        .on = active + tail,
        .off = span_between(onoff->last, time) - tail,
        .bytes = onoff->bytes - l->start_bytes,
        .packets = (uint32_t)packets,
    };
    l->cycles++;
    l->packets += packets;
    l->on += (double)c.on;
    l->on_squared += (double)c.on * (double)c.on;
    l->off += (double)c.off;
    l->bytes += (double)c.bytes;
    l->bytes_squared += (double)c.bytes * (double)c.bytes;
    l->rise_on.sequence += onoff->marks.sequence - l->start_marks.sequence;
    l->rise_on.ip_id += onoff->marks.ip_id - l->start_marks.ip_id;
    l->rise_off.sequence += marks->sequence - onoff->marks.sequence;
    l->rise_off.ip_id += marks->ip_id - onoff->marks.ip_id;
    if (c.off > 0) {
        double rate = (double)(marks->ip_id - onoff->marks.ip_id) / (double)c.off;
        l->ip_id_rate += rate;
        l->ip_id_rate_squared += rate * rate;
    }
    if (c.on > 0)
        l->due_off += (double)packets * (double)c.off / (double)c.on;
    if (c.off > l->longest_off) {
        l->longest_off = c.off;
        l->longest_frames[0] = onoff->last_frame;
        l->longest_frames[1] = frame;
    }
    if (packets < SSK_ONOFF_PACKETS) {
        l->short_cycles++;
    } else {
        keep_sample(l, &c);
        if (!l->strip) {
            l->strip = g_new(strip_cycle, N_STRIP);
            l->strip_start = l->start;
        }
    }
    if (l->strip && l->n_strip < N_STRIP)
        l->strip[l->n_strip++] = (strip_cycle){c.on, c.off};
}

static void pause_seen(ssk_onoff *onoff, int index, ssk_time_ns time, uint32_t frame,
                       const ssk_onoff_marks *marks)
{
    level *l = onoff->levels[index];
    if (!l && index < onoff->floor)
        return;
    if (!l)
        l = onoff->levels[index] = g_new0(level, 1);
    else
        close_cycle(l, onoff, time, frame, marks);
    l->bursts++;
    l->off_before = span_between(onoff->last, time);
    l->start = time;
    l->start_bytes = onoff->bytes;
    l->start_packets = onoff->packets;
    l->start_marks = *marks;
}

/* ---- the threshold ---- */

typedef struct stretch {
    ssk_span_ns threshold;
    uint64_t pauses; /* gaps above it */
    double width;
    bool raised;
} stretch;

static ssk_span_ns cell_from(const ssk_hist *gaps, size_t index)
{
    unsigned bucket = gaps->cells[index].bucket;
    return bucket ? ssk_hist_bucket_up_to(bucket - 1) + 1 : 0;
}

/* The widest nearly empty stretch whose lower edge is cell @p low, or none. */
static bool stretch_above(const ssk_hist *gaps, size_t low, uint64_t above, ssk_span_ns floor,
                          stretch *ret)
{
    ssk_span_ns from = ssk_hist_cell_up_to(gaps, low);
    if (from < SSK_US)
        from = SSK_US;
    bool found = false;
    uint64_t strays = 0;
    for (size_t i = low + 1; i < gaps->used; i++) {
        ssk_span_ns to = cell_from(gaps, i);
        if (above <= SSK_ONOFF_CYCLES)
            break;
        if (strays * STRAYS <= above && to / STRETCH >= from) {
            ssk_span_ns middle = (ssk_span_ns)sqrt((double)from * (double)to);
            ssk_span_ns threshold = middle < floor ? floor : middle;
            if (threshold < to - to / 5) {
                *ret = (stretch){threshold, above, log2((double)to / (double)from),
                                 threshold > middle};
                found = true;
            }
        }
        uint64_t count = ssk_hist_cell_count(gaps, i);
        strays += count;
        above -= count;
        if (strays * STRAYS > above)
            break;
    }
    return found;
}

static bool level_enough(const level *l, bool raised)
{
    if (!l || l->cycles < SSK_ONOFF_CYCLES || l->short_cycles * 2 >= l->cycles)
        return false;
    if (!raised)
        return true;
    unsigned enough = 0;
    for (unsigned i = 0; i < l->n_samples; i++)
        enough += l->samples[i].packets >= RAISED_PACKETS;
    return enough * 2 > l->n_samples;
}

/* The grid's point nearest to the threshold, inside the stretch. */
static int level_of(ssk_span_ns threshold)
{
    int index = 0;
    while (index < N_LEVELS - 1 &&
           (double)(SSK_ONOFF_SHORTEST << index) * G_SQRT2 < (double)threshold)
        index++;
    return index;
}

ssk_span_ns ssk_onoff_cut(ssk_span_ns threshold, bool given)
{
    return given ? threshold : SSK_ONOFF_SHORTEST << level_of(threshold);
}

/* @return the level in force, -1: no stretch; *ret_enough: it shows on/off */
static int find_level(const ssk_onoff *onoff, const ssk_hist *gaps, stretch *ret, bool *ret_enough)
{
    *ret_enough = false;
    if (onoff->given) {
        *ret = (stretch){.threshold = onoff->given};
        *ret_enough = level_enough(onoff->levels[0], false);
        return 0;
    }
    ssk_span_ns floor = 4 * ssk_hist_quantile(gaps, 500);
    if (floor < SSK_ONOFF_SHORTEST)
        floor = SSK_ONOFF_SHORTEST;
    uint64_t above = ssk_hist_total(gaps);
    int best = -1;
    for (size_t i = 0; i + 1 < gaps->used; i++) {
        above -= ssk_hist_cell_count(gaps, i);
        stretch s;
        if (!stretch_above(gaps, i, above, floor, &s))
            continue;
        int index = level_of(s.threshold);
        bool enough = level_enough(onoff->levels[index], s.raised);
        bool better = best < 0 || (enough && !*ret_enough) ||
                      (enough == *ret_enough && s.width > ret->width &&
                       s.pauses >= ret->pauses / RARE);
        if (better) {
            *ret = s;
            *ret_enough = enough;
            best = index;
        }
    }
    return best;
}

/* ---- feeding ---- */

static int8_t floor_of(const ssk_onoff *onoff, const ssk_hist *gaps)
{
    ssk_span_ns median = ssk_hist_quantile(gaps, 500);
    int8_t index = 0;
    while (!onoff->given && index < N_LEVELS - 1 && level_threshold(onoff, index) <= median)
        index++;
    return index;
}

void ssk_onoff_add(ssk_onoff *onoff, ssk_time_ns time, uint32_t bytes, uint32_t frame,
                   const ssk_onoff_marks *marks, const ssk_hist *gaps, ssk_onoff_state *ret)
{
    ssk_onoff_marks now = marks ? *marks : onoff->marks;
    bool starts = false;
    if (onoff->last == SSK_TIME_NONE) {
        onoff->first = time;
    } else if (time > onoff->last) {
        ssk_span_ns gap = span_between(onoff->last, time);
        int levels = level_count(onoff);
        for (int i = 0; i < levels && gap > level_threshold(onoff, i); i++) {
            pause_seen(onoff, i, time, frame, &now);
            starts |= i == onoff->live;
        }
    }
    if (time > onoff->last || onoff->last == SSK_TIME_NONE)
        onoff->last = time;
    onoff->packets++;
    onoff->bytes += bytes;
    onoff->marks = now;
    onoff->last_frame = frame;
    if (gaps && onoff->packets >= onoff->next_look) {
        stretch s;
        bool enough;
        int index = find_level(onoff, gaps, &s, &enough);
        onoff->live = (int8_t)(enough ? index : -1);
        onoff->next_look = onoff->packets + onoff->packets / 4 + 1;
        onoff->floor = floor_of(onoff, gaps);
    }
    if (!ret)
        return;
    *ret = (ssk_onoff_state){0};
    if (onoff->live >= 0 && onoff->levels[onoff->live]) {
        const level *l = onoff->levels[onoff->live];
        ret->known = true;
        ret->starts = starts;
        ret->burst = l->bursts + 1;
        ret->burst_bytes = onoff->bytes - l->start_bytes;
        ret->off_before = l->off_before;
    }
}

/* ---- measuring ---- */

static int compare_values(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Middle of sorted values; @p below: values known to be smaller, not listed. */
static int64_t median_of(const int64_t *values, size_t count, size_t below)
{
    size_t total = count + below;
    size_t high = total / 2, low = (total - 1) / 2;
    if (low < below)
        low = high < below ? (high = below) : high;
    high -= below;
    low -= below;
    return values[low] + (values[high] - values[low]) / 2;
}

static ssk_spread spread_of(int64_t *values, size_t count, size_t below)
{
    ssk_spread spread = {0};
    if (!count)
        return spread;
    qsort(values, count, sizeof *values, compare_values);
    spread.p50 = median_of(values, count, below);
    spread.min = values[0];
    spread.max = values[count - 1];
    for (size_t i = 0; i < count; i++)
        values[i] = values[i] > spread.p50 ? values[i] - spread.p50 : spread.p50 - values[i];
    qsort(values, count, sizeof *values, compare_values);
    spread.mad = median_of(values, count, 0);
    return spread;
}

static uint32_t cv_permille(double sum, double squares, double count)
{
    if (count < 2 || sum <= 0)
        return 0;
    double mean = sum / count;
    double variance = (squares - sum * mean) / (count - 1);
    return variance <= 0 ? 0 : (uint32_t)(1000 * sqrt(variance) / mean + 0.5);
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

static void draw_strip(const level *l, ssk_onoff_report *ret)
{
    ssk_span_ns cycle_ns = ret->on_ns.p50 + ret->off_ns.p50;
    ssk_span_ns slice = cycle_ns / 8;
    if (slice <= 0)
        return;
    size_t at = 0;
    ssk_span_ns elapsed = 0;
    for (unsigned i = 0; i < l->n_strip && at < sizeof ret->strip - 1; i++) {
        ssk_span_ns on_to = elapsed + l->strip[i].on, off_to = on_to + l->strip[i].off;
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
    ret->strip_start = l->strip_start;
}

static void measure_level(const level *l, ssk_onoff_report *ret)
{
    int64_t values[N_SAMPLES];
    unsigned n = l->n_samples;
    /* Short cycles are the smallest; the samples stand for stride+1 each. */
    size_t below = (size_t)(l->short_cycles / (l->stride + 1));
    for (unsigned i = 0; i < n; i++)
        values[i] = l->samples[i].on;
    ret->on_ns = spread_of(values, n, below);
    for (unsigned i = 0; i < n; i++)
        values[i] = l->samples[i].off;
    ret->off_ns = spread_of(values, n, 0);
    ret->off_ns.max = l->longest_off;
    for (unsigned i = 0; i < n; i++)
        values[i] = (int64_t)l->samples[i].bytes;
    ret->on_bytes = spread_of(values, n, below);
    for (unsigned i = 0; i < n; i++)
        values[i] = l->samples[i].packets;
    ret->on_packets = spread_of(values, n, below);
    ret->cycles = l->cycles;
    ret->packets = l->packets;
    double total = l->on + l->off;
    if (total > 0) {
        ret->duty_permille = (uint32_t)(1000 * l->on / total + 0.5);
        ret->goodput = (uint64_t)(l->bytes * (double)SSK_S / total + 0.5);
    }
    if (l->on > 0)
        ret->goodput_on = (uint64_t)(l->bytes * (double)SSK_S / l->on + 0.5);
    ret->cv_bytes_permille = cv_permille(l->bytes, l->bytes_squared, (double)l->cycles);
    ret->cv_seconds_permille = cv_permille(l->on, l->on_squared, (double)l->cycles);
    uint32_t bytes = ret->cv_bytes_permille, seconds = ret->cv_seconds_permille;
    ret->periodic_in = 2 * bytes < seconds ? "bytes" : 2 * seconds < bytes ? "time" : "undecided";
    ret->rise_on = l->rise_on;
    ret->rise_off = l->rise_off;
    ret->ip_id_cv_permille = cv_permille(l->ip_id_rate, l->ip_id_rate_squared, (double)l->cycles);
    ret->due_off = (uint64_t)(l->due_off + 0.5);
    ret->pause_frames[0] = l->longest_frames[0];
    ret->pause_frames[1] = l->longest_frames[1];
    nearest_power(ret);
    draw_strip(l, ret);
}

void ssk_onoff_measure(const ssk_onoff *onoff, const ssk_hist *gaps, ssk_onoff_report *ret)
{
    *ret = (ssk_onoff_report){.strip_start = SSK_TIME_NONE};
    stretch s;
    bool enough;
    int index = find_level(onoff, gaps, &s, &enough);
    if (index < 0)
        return;
    ret->threshold = s.threshold;
    ret->on_off = enough;
    if (enough)
        measure_level(onoff->levels[index], ret);
}
