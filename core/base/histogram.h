/* histogram.h - a log-linear histogram of time spans, bounded and mergeable.
 *
 * Spans from 1 us to 1 day fall into buckets at most 1/64 (1.6 %) wide, plus
 * one bucket below and one above. Counts are kept sparse: a flow with twelve
 * different gaps owns twelve counters, a dense one at most SSK_HIST_BUCKETS.
 *
 * Source: G. Tene, HdrHistogram (the bucket layout); ours is sparse.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_HISTOGRAM_H
#define SSK_HISTOGRAM_H

#include "core/base/types.h"

/** Buckets in all: [0] up to 1 us, the last above 1 day. */
#define SSK_HIST_BUCKETS 2323

typedef struct ssk_hist_cell {
    uint16_t bucket;
    uint16_t count_high; /**< 48-bit count, split to keep a cell at 8 bytes */
    uint32_t count_low;
} ssk_hist_cell;

/** All zero is a valid empty histogram. */
typedef struct ssk_hist {
    ssk_hist_cell *cells; /**< sorted by bucket; owned */
    uint16_t used, room;
    uint16_t last, last_bucket; /**< cell hit last, index and bucket: traffic repeats itself */
} ssk_hist;

void ssk_hist_clear(ssk_hist *hist);
/** @param span any: below 0 and above a day have buckets too */
void ssk_hist_add(ssk_hist *hist, ssk_span_ns span);
/** The same for spans whose buckets are known. @param n SSK_HIST_TOGETHER at most */
void ssk_hist_add_buckets(ssk_hist *hist, const uint16_t *buckets, unsigned n);
#define SSK_HIST_TOGETHER 8
/** Take back one span that was added. */
void ssk_hist_remove(ssk_hist *hist, ssk_span_ns span);

/** Add every count of @p from to @p into. */
void ssk_hist_merge(ssk_hist *into, const ssk_hist *from);
/** A copy of its own, to be cleared like any other. */
ssk_hist ssk_hist_copy(const ssk_hist *hist);

/** Spans in all. */
uint64_t ssk_hist_total(const ssk_hist *hist);

/** Count and upper bound (inclusive) of the cell at @p index < hist->used.
 * The bucket above 1 day has the bound INT64_MAX. */
uint64_t ssk_hist_cell_count(const ssk_hist *hist, size_t index);
ssk_span_ns ssk_hist_cell_up_to(const ssk_hist *hist, size_t index);

/** Smallest bucket bound that at least @p permille of the spans do not exceed.
 * @return 0 for an empty histogram */
ssk_span_ns ssk_hist_quantile(const ssk_hist *hist, unsigned permille);

/** Bucket of a span; spans below 0 go to bucket 0. */
unsigned ssk_hist_bucket_of(ssk_span_ns span);
/** Largest span that falls into @p bucket. */
ssk_span_ns ssk_hist_bucket_up_to(unsigned bucket);

#endif
