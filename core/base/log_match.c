/* log_match.c - a histogram of the differences between lines and messages.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/log_match.h"

#include <glib.h>
#include <stdlib.h>

/* Two cells are as wide as what Wi-Fi delays differ by. */
#define CELL  (25 * SSK_MS)
#define CELLS (2 * SSK_LOG_MATCH_WITHIN / CELL)
/* A message that came within this of its line belongs to it; less where lines are dense. */
#define NEAR_MOST  (2 * CELL)
#define NEAR_LEAST (10 * SSK_MS)
/* Matches that differ by less than this are as close as clocks are. */
#define NEAR_CLOSE (4 * SSK_MS)

#define FAR (SSK_S / 2)
/* What waited for a path that was dead comes at once, long after its line. */
#define AT_ONCE (100 * SSK_MS)

typedef struct comparison {
    const ssk_time_ns *lines;
    ssk_time_ns *wire; /* owned */
    size_t n_lines, n_wire;
    ssk_log_range within;
    ssk_span_ns zone, near, expected;
    unsigned count[CELLS + 1]; /* pairs whose difference lies in a cell */
    uint64_t pairs;
} comparison;

/* The first line at @p time or later. */
static size_t first_line(const comparison *c, ssk_time_ns time)
{
    size_t low = 0, high = c->n_lines;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c->lines[middle] - c->zone < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool count_pairs(comparison *c, int64_t *budget)
{
    for (size_t i = 0; i < c->n_wire; i++) {
        ssk_time_ns from = c->wire[i] - SSK_LOG_MATCH_WITHIN;
        for (size_t k = first_line(c, from); k < c->n_lines; k++) {
            ssk_span_ns apart = c->lines[k] - c->zone - from;
            if (apart >= 2 * SSK_LOG_MATCH_WITHIN)
                break;
            if (--*budget < 0)
                return false;
            c->count[apart / CELL]++;
            c->pairs++;
        }
    }
    return true;
}

static unsigned at_cell(const comparison *c, int64_t cell) /* and the next */
{
    return c->count[cell] + c->count[cell + 1];
}

static ssk_span_ns offset_of(int64_t cell)
{
    return (cell + 1) * CELL - SSK_LOG_MATCH_WITHIN;
}

static bool is_within(const comparison *c, int64_t cell)
{
    ssk_span_ns offset = offset_of(cell) + c->zone;
    return offset >= c->within.low && offset <= c->within.high;
}

/* How far a cell is from where the offset is expected: clocks are set, so that is
 * none at all, unless a range is given. */
static ssk_span_ns surprise(const comparison *c, int64_t cell)
{
    return ABS(offset_of(cell) + c->zone - c->expected);
}

/* Of the cells that hold nearly as many as the fullest, the one that is no
 * surprise. @return -1: none stands out from chance */
static int64_t find_cell(const comparison *c, ssk_span_ns *ret_rival)
{
    unsigned most = 0;
    for (int64_t i = 0; i < CELLS; i++)
        if (is_within(c, i))
            most = MAX(most, at_cell(c, i));
    uint64_t chance = 2 * c->pairs / CELLS + 1, above = most > chance ? most - chance : 0;
    if (most < SSK_LOG_MATCH_LEAST || above * above < 36 * chance) /* six standard deviations */
        return -1;
    int64_t best = -1;
    for (int64_t i = 0; i < CELLS; i++)
        if (is_within(c, i) && 10 * at_cell(c, i) >= 9 * most &&
            (best < 0 || surprise(c, i) < surprise(c, best)))
            best = i;
    *ret_rival = 0;
    for (int64_t i = 0; i < CELLS; i++) {
        ssk_span_ns apart = ABS(offset_of(i) - offset_of(best));
        if (is_within(c, i) && 10 * at_cell(c, i) >= 9 * most && apart > 2 * NEAR_MOST &&
            (!*ret_rival || apart < *ret_rival))
            *ret_rival = apart;
    }
    return best;
}

static int by_value(const void *a, const void *b)
{
    ssk_span_ns x = *(const ssk_span_ns *)a, y = *(const ssk_span_ns *)b;
    return (x > y) - (x < y);
}

/* How far the line nearest to where a message's is expected lies from the message. */
static bool nearest(const comparison *c, ssk_time_ns message, ssk_span_ns offset,
                    ssk_span_ns *ret_apart)
{
    size_t at = first_line(c, message + offset);
    ssk_span_ns best = INT64_MAX;
    for (size_t k = at ? at - 1 : 0; k <= at && k < c->n_lines; k++) {
        ssk_span_ns apart = c->lines[k] - c->zone - message;
        if (best == INT64_MAX || ABS(apart - offset) < ABS(best - offset))
            best = apart;
    }
    *ret_apart = best;
    return best != INT64_MAX && ABS(best - offset) <= c->near;
}

/* Would lines at any other times have matched as well, and as closely? Six standard deviations
 * of what chance gives. */
static bool beats_chance(const comparison *c, const ssk_log_match *match)
{
    ssk_span_ns near = CLAMP(4 * match->error, NEAR_CLOSE, c->near);
    ssk_span_ns span = c->lines[c->n_lines - 1] - c->lines[0];
    int64_t covered = 2 * near / SSK_MS * 1000 * (int64_t)c->n_lines; /* permille of ms */
    int64_t p = MIN(covered / MAX(span / SSK_MS, 1), 1000), of = match->of;
    int64_t above = 1000 * (int64_t)match->matched - of * p;
    return above > 0 && above * above >= 36 * of * p * (1000 - p);
}

/* Unevenness of a rhythm that tells whose it is; less is what clocks and paths add. */
#define UNEVEN (5 * SSK_MS)
/* Intervals that it takes. */
#define INTERVALS_LEAST 8
/* How much of it lines of the same program share, at least: what a way adds, as much again, leaves
 * more. Lines of another one share nearly none. */
#define SHARED_PERCENT 50

/* A message and its line. */
typedef struct fitted {
    ssk_time_ns wire, line;
} fitted;

static ssk_span_ns median_interval(const fitted *list, size_t n)
{
    ssk_span_ns *spans = g_new(ssk_span_ns, n - 1);
    for (size_t i = 1; i < n; i++)
        spans[i - 1] = list[i].wire - list[i - 1].wire;
    qsort(spans, n - 1, sizeof *spans, by_value);
    ssk_span_ns middle = spans[(n - 1) / 2];
    g_free(spans);
    return middle;
}

/* Two programs with one rhythm beat within the same fractions of a second for long, but each is early
 * and late by itself. A timer that is not cannot be told from another.
 * @return false: both are uneven, and not together */
static bool beat_together(const fitted *list, size_t n)
{
    double wire = 0, line = 0, both = 0;
    size_t counted = 0;
    if (n <= INTERVALS_LEAST)
        return true;
    ssk_span_ns usual = median_interval(list, n);
    for (size_t i = 1; i < n; i++) {
        ssk_span_ns w = list[i].wire - list[i - 1].wire, l = list[i].line - list[i - 1].line;
        if (2 * w < usual || 2 * w > 3 * usual || 2 * ABS(l - w) > usual)
            continue; /* a pause is long for both, and a line may be missing */
        double dw = (double)(w - usual) / 1e6, dl = (double)(l - usual) / 1e6;
        wire += dw * dw;
        line += dl * dl;
        both += dw * dl;
        counted++;
    }
    double least = (double)UNEVEN / 1e6;
    if (counted < INTERVALS_LEAST || MIN(wire, line) < least * least * (double)counted)
        return true;
    return both > 0 && both * both * 10000 >= SHARED_PERCENT * SHARED_PERCENT * wire * line;
}

static bool refine(const comparison *c, ssk_span_ns offset, ssk_log_match *ret)
{
    ssk_span_ns *apart = g_new(ssk_span_ns, c->n_wire);
    fitted *pairs = g_new(fitted, c->n_wire);
    size_t n_pairs = 0;
    ssk_time_ns begin = c->lines[0] - c->zone - offset,
                end = c->lines[c->n_lines - 1] - c->zone - offset;
    ssk_log_match match = {0};
    for (size_t i = 0; i < c->n_wire; i++) {
        if (c->wire[i] < begin - c->near || c->wire[i] > end + c->near)
            continue;
        match.of++;
        bool near = nearest(c, c->wire[i], offset, &apart[match.matched]);
        pairs[n_pairs++] = (fitted){c->wire[i], c->wire[i] + apart[match.matched]};
        match.matched += near;
    }
    bool is_far = ABS(offset + c->zone - c->expected) >
                  FAR; /* clocks are set, most of them: more has to speak for it */
    unsigned least = is_far ? 2 * SSK_LOG_MATCH_LEAST : SSK_LOG_MATCH_LEAST;
    bool good = match.matched >= least && 20 * match.matched >= (is_far ? 18u : 15u) * match.of;
    if (good) {
        qsort(apart, match.matched, sizeof *apart, by_value);
        match.offset = apart[match.matched / 2];
        match.error = (apart[match.matched * 9 / 10] - apart[match.matched / 10]) / 2;
        good = beats_chance(c, &match) && beat_together(pairs, n_pairs);
    }
    if (good)
        *ret = match;
    g_free(pairs);
    g_free(apart);
    return good;
}

static void copy_wire(comparison *c, const ssk_time_ns *wire, size_t n)
{
    c->wire = g_new(ssk_time_ns, n);
    for (size_t i = 0; i < n; i++)
        if (!i || wire[i] - wire[i - 1] >= AT_ONCE)
            c->wire[c->n_wire++] = wire[i];
}

bool ssk_log_match_find(const ssk_time_ns *lines, size_t n_lines, const ssk_time_ns *wire,
                        size_t n_wire, ssk_span_ns zone, const ssk_log_range *within,
                        int64_t *budget, ssk_log_match *ret)
{
    if (n_lines < SSK_LOG_MATCH_LEAST || n_wire < SSK_LOG_MATCH_LEAST)
        return false;
    comparison *c = g_new0(comparison, 1);
    *c = (comparison){.lines = lines, .n_lines = n_lines, .zone = zone};
    c->within = within ? *within : (ssk_log_range){INT64_MIN, INT64_MAX};
    c->expected = within ? within->low + (within->high - within->low) / 2 : zone;
    ssk_span_ns spacing = (lines[n_lines - 1] - lines[0]) / (ssk_span_ns)n_lines;
    c->near = CLAMP(spacing / 8, NEAR_LEAST, NEAR_MOST);
    copy_wire(c, wire, n_wire);
    ssk_span_ns rival;
    int64_t cell = count_pairs(c, budget) ? find_cell(c, &rival) : -1;
    bool found = cell >= 0 && refine(c, offset_of(cell), ret);
    if (found) {
        ret->offset += zone;
        ret->error = MAX(ret->error, rival);
    }
    g_free(c->wire);
    g_free(c);
    return found;
}
