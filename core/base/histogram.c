/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/base/histogram.h"

#include <glib.h>
#include <string.h>

#define LOWEST 1000 /* 1 us: bucket 0 holds everything up to here */
#define PARTS  64   /* linear buckets per octave */

static inline unsigned log2_floor(uint64_t value)
{
    return 63 - (unsigned)__builtin_clzll(value);
}

unsigned ssk_hist_bucket_of(ssk_span_ns span)
{
    if (span <= LOWEST)
        return 0;
    if (span > SSK_DAY)
        return SSK_HIST_BUCKETS - 1;
    uint64_t below = (uint64_t)span - 1; /* bounds are inclusive above */
    unsigned octave = log2_floor(below / LOWEST);
    uint64_t base = (uint64_t)LOWEST << octave;
    /* Divided by base in two steps: one is a shift, the other by a constant. */
    return 1 + octave * PARTS + (unsigned)(((below - base) * PARTS >> octave) / LOWEST);
}

ssk_span_ns ssk_hist_bucket_up_to(unsigned bucket)
{
    if (bucket == 0)
        return LOWEST;
    if (bucket >= SSK_HIST_BUCKETS - 1)
        return INT64_MAX;
    unsigned octave = (bucket - 1) / PARTS, part = (bucket - 1) % PARTS;
    uint64_t base = (uint64_t)LOWEST << octave;
    uint64_t up_to = base + ((part + 1) * base + PARTS - 1) / PARTS;
    return (ssk_span_ns)MIN(up_to, (uint64_t)SSK_DAY);
}

static inline uint64_t count_of(const ssk_hist_cell *cell)
{
    return (uint64_t)cell->count_high << 32 | cell->count_low;
}

static void insert(ssk_hist *hist, unsigned at, unsigned bucket)
{
    if (hist->used == hist->room) {
        hist->room = (uint16_t)MIN(MAX(4, hist->room * 2), SSK_HIST_BUCKETS);
        hist->cells = g_renew(ssk_hist_cell, hist->cells, hist->room);
    }
    memmove(hist->cells + at + 1, hist->cells + at, (hist->used - at) * sizeof(ssk_hist_cell));
    hist->cells[at] = (ssk_hist_cell){.bucket = (uint16_t)bucket};
    hist->used++;
}

/* The first cell that is not below the bucket. Which half it is in nobody can guess, so the processor is not made
 * to: where several are sought, their steps overlap. */
static unsigned place_of(const ssk_hist *hist, unsigned bucket)
{
    const ssk_hist_cell *from = hist->cells;
    unsigned left = hist->used;
    while (left > 1) {
        unsigned half = left / 2;
        from += half & -(unsigned)(from[half - 1].bucket < bucket);
        left -= half;
    }
    return (unsigned)(from - hist->cells) + (left && from->bucket < bucket);
}

/* The cells of thousands of flows are in no cache: a bucket that repeats is
 * known without a look at them. */
static ssk_hist_cell *cell_of(ssk_hist *hist, unsigned bucket)
{
    if (hist->used && hist->last_bucket == bucket)
        return &hist->cells[hist->last];
    unsigned low = place_of(hist, bucket);
    if (low == hist->used || hist->cells[low].bucket != bucket)
        insert(hist, low, bucket);
    hist->last = (uint16_t)low;
    hist->last_bucket = (uint16_t)bucket;
    return &hist->cells[low];
}

static void bump(ssk_hist *hist, unsigned bucket, uint64_t by)
{
    ssk_hist_cell *cell = cell_of(hist, bucket);
    uint64_t count = count_of(cell) + by;
    cell->count_low = (uint32_t)count;
    cell->count_high = (uint16_t)(count >> 32);
}

void ssk_hist_clear(ssk_hist *hist)
{
    g_free(hist->cells);
    memset(hist, 0, sizeof *hist);
}

void ssk_hist_add(ssk_hist *hist, ssk_span_ns span)
{
    bump(hist, ssk_hist_bucket_of(span), 1);
}

void ssk_hist_add_buckets(ssk_hist *hist, const uint16_t *buckets, unsigned n)
{
    unsigned at[SSK_HIST_TOGETHER];
    for (unsigned i = 0; i < n; i++)
        at[i] = place_of(hist, buckets[i]);
    for (unsigned i = 0; i < n; i++) {
        ssk_hist_cell *cell = at[i] < hist->used ? &hist->cells[at[i]] : NULL;
        if (!cell || cell->bucket != buckets[i])
            bump(hist, buckets[i], 1); /* new, or moved by one that was */
        else if (!++cell->count_low)
            cell->count_high++;
    }
}

void ssk_hist_remove(ssk_hist *hist, ssk_span_ns span)
{
    unsigned bucket = ssk_hist_bucket_of(span);
    for (unsigned i = 0; i < hist->used; i++) {
        ssk_hist_cell *cell = &hist->cells[i];
        if (cell->bucket != bucket)
            continue;
        uint64_t count = count_of(cell) - 1;
        cell->count_low = (uint32_t)count;
        cell->count_high = (uint16_t)(count >> 32);
        if (count == 0) {
            hist->used--;
            memmove(cell, cell + 1, (hist->used - i) * sizeof *cell);
            hist->last = 0;
            hist->last_bucket = hist->used ? hist->cells[0].bucket : 0;
        }
        return;
    }
}

void ssk_hist_merge(ssk_hist *into, const ssk_hist *from)
{
    for (unsigned i = 0; i < from->used; i++)
        bump(into, from->cells[i].bucket, count_of(&from->cells[i]));
}

ssk_hist ssk_hist_copy(const ssk_hist *hist)
{
    ssk_hist copy = *hist;
    copy.room = hist->used;
    copy.cells = hist->used ? g_memdup2(hist->cells, hist->used * sizeof(ssk_hist_cell)) : NULL;
    return copy;
}

uint64_t ssk_hist_total(const ssk_hist *hist)
{
    uint64_t total = 0;
    for (unsigned i = 0; i < hist->used; i++)
        total += count_of(&hist->cells[i]);
    return total;
}

uint64_t ssk_hist_cell_count(const ssk_hist *hist, size_t index)
{
    return count_of(&hist->cells[index]);
}

ssk_span_ns ssk_hist_cell_up_to(const ssk_hist *hist, size_t index)
{
    return ssk_hist_bucket_up_to(hist->cells[index].bucket);
}

ssk_span_ns ssk_hist_quantile(const ssk_hist *hist, unsigned permille)
{
    uint64_t total = ssk_hist_total(hist);
    if (!total)
        return 0;
    uint64_t rank = (total * MIN(permille, 1000U) + 999) / 1000, seen = 0;
    for (unsigned i = 0; i < hist->used; i++) {
        seen += count_of(&hist->cells[i]);
        if (seen >= MAX(rank, 1))
            return ssk_hist_cell_up_to(hist, i);
    }
    return INT64_MAX;
}
