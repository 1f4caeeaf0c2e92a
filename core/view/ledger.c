/* ledger.c - what became of the packets between two captures, over time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/ledger.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* At first; doubled where there are too many. */
#define SLICE (100 * SSK_MS)
/* Steps through one chain: equal packets are matched newest first, so only hostile input has long ones. */
#define WALK 256
/* Segments looked at where none is the same as a whole. */
#define WALK_RANGES 128

/* A packet that waits for its twin. Positions count from 1; 0 is none. */
typedef struct waiting {
    uint64_t key;
    uint64_t older, older_range; /* positions: same bucket; same lane and view, with a range */
    ssk_time_ns time, twin_time;
    uint32_t frame, twin_frame, lane;
    uint32_t len, seq, stamp, credit;
    uint8_t view;
    bool done, ranged, rst, headed;
} waiting;

typedef struct lane {
    uint64_t newest_range[2];
    ssk_passage *slices; /* by time */
    uint32_t n, room;
} lane;

struct ssk_ledger {
    waiting *ring; /* room is a power of two */
    uint64_t *buckets;
    uint32_t room;
    uint64_t begin, end; /* positions */
    GArray *lanes;
    uint64_t n_slices;
    ssk_span_ns slice;
    GArray *alone; /* of ssk_alone; NULL: not asked for */
    bool alone_sorted;
    uint64_t alone_dropped;
};

ssk_ledger *ssk_ledger_new(void)
{
    ssk_ledger *ledger = g_new0(ssk_ledger, 1);
    ledger->begin = ledger->end = 1;
    ledger->slice = SLICE;
    ledger->lanes = g_array_new(FALSE, TRUE, sizeof(lane));
    return ledger;
}

void ssk_ledger_free(ssk_ledger *ledger)
{
    if (!ledger)
        return;
    for (guint i = 0; i < ledger->lanes->len; i++)
        g_free(g_array_index(ledger->lanes, lane, i).slices);
    g_array_free(ledger->lanes, TRUE);
    g_free(ledger->ring);
    g_free(ledger->buckets);
    if (ledger->alone)
        g_array_free(ledger->alone, TRUE);
    g_free(ledger);
}

uint32_t ssk_ledger_lanes(const ssk_ledger *ledger)
{
    return ledger->lanes->len;
}

ssk_span_ns ssk_ledger_slice(const ssk_ledger *ledger)
{
    return ledger->slice;
}

/* ---- slices ---- */

static ssk_time_ns widened(ssk_time_ns a, ssk_time_ns b, bool later)
{
    return a == SSK_TIME_NONE ? b : b == SSK_TIME_NONE ? a : later ? MAX(a, b) : MIN(a, b);
}

static void widen_frames(uint32_t frames[2], uint32_t first, uint32_t last)
{
    if (first && (!frames[0] || first < frames[0]))
        frames[0] = first;
    if (last > frames[1])
        frames[1] = last;
}

void ssk_passage_add(ssk_passage *sum, const ssk_passage *more)
{
    sum->both += more->both;
    sum->both_data += more->both_data;
    sum->both_bytes += more->both_bytes;
    for (int view = 0; view < 2; view++) {
        sum->only[view] += more->only[view];
        sum->only_data[view] += more->only_data[view];
        sum->only_bytes[view] += more->only_bytes[view];
        sum->only_rst[view] += more->only_rst[view];
        widen_frames(sum->frames[view], more->frames[view][0], more->frames[view][1]);
        widen_frames(sum->only_frames[view], more->only_frames[view][0],
                     more->only_frames[view][1]);
    }
    sum->late += more->late;
    sum->headed += more->headed;
    sum->delay = MAX(sum->delay, more->delay);
    sum->first = widened(sum->first, more->first, false);
    sum->last = widened(sum->last, more->last, true);
}

static int64_t slot_of(const ssk_ledger *ledger, ssk_time_ns time)
{
    return time / ledger->slice - (time % ledger->slice < 0);
}

/* The first slice that begins at @p time or later. */
static uint32_t find_slice(const lane *l, ssk_time_ns time)
{
    uint32_t low = 0, high = l->n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (l->slices[middle].first < time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void coarsen(ssk_ledger *ledger)
{
    if (ledger->slice > SSK_DAY)
        return;
    ledger->slice *= 2;
    ledger->n_slices = 0;
    for (guint i = 0; i < ledger->lanes->len; i++) {
        lane *l = &g_array_index(ledger->lanes, lane, i);
        uint32_t kept = 0;
        for (uint32_t k = 0; k < l->n; k++) {
            ssk_passage slice = l->slices[k];
            if (kept && slot_of(ledger, l->slices[kept - 1].first) == slot_of(ledger, slice.first))
                ssk_passage_add(&l->slices[kept - 1], &slice);
            else
                l->slices[kept++] = slice;
        }
        l->n = kept;
        ledger->n_slices += kept;
    }
}

static void book(ssk_ledger *ledger, uint32_t number, const ssk_passage *one)
{
    lane *l = &g_array_index(ledger->lanes, lane, number);
    uint32_t at = find_slice(l, one->first);
    int64_t slot = slot_of(ledger, one->first);
    for (uint32_t near = at ? at - 1 : 0; near <= at && near < l->n; near++)
        if (slot_of(ledger, l->slices[near].first) == slot) {
            ssk_passage_add(&l->slices[near], one);
            return;
        }
    if (l->n == l->room) {
        l->room = l->room ? l->room * 2 : 4;
        l->slices = g_renew(ssk_passage, l->slices, l->room);
    }
    memmove(l->slices + at + 1, l->slices + at, (l->n - at) * sizeof *l->slices);
    l->slices[at] = *one;
    l->n++;
    if (++ledger->n_slices > SSK_LEDGER_SLICES)
        coarsen(ledger);
}

/* ---- settling ---- */

static waiting *at(const ssk_ledger *ledger, uint64_t position)
{
    return &ledger->ring[position & (ledger->room - 1)];
}

static void book_both(ssk_ledger *ledger, const waiting *w)
{
    ssk_passage one = {.first = MIN(w->time, w->twin_time)};
    ssk_span_ns delay;
    one.last = one.first;
    one.both = 1;
    one.both_data = w->len > 0;
    one.both_bytes = MIN(w->credit, w->len);
    if (__builtin_sub_overflow(MAX(w->time, w->twin_time), one.first, &delay))
        delay = INT64_MAX;
    one.delay = delay;
    one.late = delay > SSK_LEDGER_LATE;
    one.headed = w->headed;
    one.frames[w->view][0] = one.frames[w->view][1] = w->frame;
    one.frames[!w->view][0] = one.frames[!w->view][1] = w->twin_frame;
    book(ledger, w->lane, &one);
}

static void book_only(ssk_ledger *ledger, const waiting *w, uint32_t bytes)
{
    ssk_passage one = {.first = w->time, .last = w->time};
    one.only[w->view] = 1;
    one.only_data[w->view] = w->len > 0;
    one.only_bytes[w->view] = bytes;
    one.only_rst[w->view] = w->rst;
    one.frames[w->view][0] = one.frames[w->view][1] = w->frame;
    one.only_frames[w->view][0] = one.only_frames[w->view][1] = w->frame;
    book(ledger, w->lane, &one);
    if (!ledger->alone)
        return;
    if (ledger->alone->len >= SSK_LEDGER_ALONE) {
        ledger->alone_dropped++;
        return;
    }
    ssk_alone kept = {w->frame, w->lane, w->view};
    g_array_append_val(ledger->alone, kept);
    ledger->alone_sorted = false;
}

/* Merged and split segments count as the packets of view 0. */
static void settle_one(ssk_ledger *ledger, const waiting *w)
{
    if (w->done)
        return;
    if (w->credit && w->view == 0)
        book_both(ledger, w);
    if (!w->credit || w->credit < w->len)
        book_only(ledger, w, w->len - MIN(w->credit, w->len));
}

void ssk_ledger_settle(ssk_ledger *ledger)
{
    for (; ledger->begin < ledger->end; ledger->begin++)
        settle_one(ledger, at(ledger, ledger->begin));
}

static void expire(ssk_ledger *ledger, ssk_time_ns now)
{
    for (; ledger->begin < ledger->end; ledger->begin++) {
        const waiting *w = at(ledger, ledger->begin);
        ssk_span_ns age;
        bool old = __builtin_sub_overflow(now, w->time, &age) || age > SSK_LEDGER_HOLD;
        if (!w->done && !old)
            break;
        settle_one(ledger, w);
    }
}

/* ---- the ring ---- */

static uint64_t *bucket_of(const ssk_ledger *ledger, uint64_t key)
{
    return &ledger->buckets[key >> 17 & (ledger->room - 1)];
}

static void grow(ssk_ledger *ledger)
{
    uint32_t room = ledger->room ? ledger->room * 2 : 1024;
    waiting *ring = g_new(waiting, room);
    for (uint64_t p = ledger->begin; p < ledger->end; p++)
        ring[p & (room - 1)] = *at(ledger, p);
    g_free(ledger->ring);
    ledger->ring = ring;
    ledger->buckets = g_renew(uint64_t, ledger->buckets, room);
    memset(ledger->buckets, 0, room * sizeof *ledger->buckets);
    ledger->room = room;
    for (uint64_t p = ledger->begin; p < ledger->end; p++) {
        uint64_t *bucket = bucket_of(ledger, at(ledger, p)->key);
        at(ledger, p)->older = *bucket;
        *bucket = p;
    }
}

static void put(ssk_ledger *ledger, const waiting *added)
{
    if (ledger->end - ledger->begin == ledger->room) {
        if (ledger->room < SSK_LEDGER_WAITING)
            grow(ledger);
        else
            settle_one(ledger, at(ledger, ledger->begin++));
    }
    waiting *w = at(ledger, ledger->end);
    *w = *added;
    uint64_t *bucket = bucket_of(ledger, w->key);
    w->older = *bucket;
    *bucket = ledger->end;
    if (w->ranged) {
        uint64_t *newest = &g_array_index(ledger->lanes, lane, w->lane).newest_range[w->view];
        w->older_range = *newest;
        *newest = ledger->end;
    }
    ledger->end++;
}

/* ---- matching ---- */

static waiting *find_twin(const ssk_ledger *ledger, const waiting *w)
{
    unsigned steps = 0;
    if (!ledger->room)
        return NULL;
    for (uint64_t p = *bucket_of(ledger, w->key); p >= ledger->begin && steps < WALK; steps++) {
        waiting *other = at(ledger, p);
        if (other->key == w->key && other->view != w->view && other->lane == w->lane &&
            !other->done && !other->credit)
            return other;
        p = other->older;
    }
    return NULL;
}

/* How many bytes two segments share, sequence numbers going round. */
static uint32_t shared_bytes(const waiting *a, const waiting *b)
{
    int32_t ahead = (int32_t)(b->seq - a->seq);
    if (ahead < 0)
        return shared_bytes(b, a);
    if ((uint32_t)ahead >= a->len)
        return 0;
    return MIN(a->len - (uint32_t)ahead, b->len);
}

static void credit(ssk_ledger *ledger, waiting *w, const waiting *from, uint32_t bytes)
{
    if (!w->credit) {
        w->twin_frame = from->frame;
        w->twin_time = from->time;
    }
    w->credit += bytes;
    if (w->credit < w->len)
        return;
    if (w->view == 0)
        book_both(ledger, w);
    w->done = true;
}

/* What was merged or split on the way carries the same timestamp. */
static void match_ranges(ssk_ledger *ledger, waiting *w)
{
    uint64_t p = g_array_index(ledger->lanes, lane, w->lane).newest_range[!w->view];
    for (unsigned steps = 0; p >= ledger->begin && p && steps < WALK_RANGES && !w->done; steps++) {
        waiting *other = at(ledger, p);
        uint32_t bytes = other->done || other->stamp != w->stamp ? 0 : shared_bytes(other, w);
        if (bytes) {
            waiting before = *other;
            credit(ledger, other, w, bytes);
            credit(ledger, w, &before, bytes);
        }
        p = other->older_range;
    }
}

void ssk_ledger_add(ssk_ledger *ledger, uint32_t number, unsigned view, const ssk_print *print,
                    unsigned key, ssk_time_ns time, uint32_t frame)
{
    waiting w = {.key = print->key[key] ^ number * UINT64_C(0x9e3779b97f4a7c15),
                 .time = time,
                 .frame = frame,
                 .lane = number,
                 .len = print->len,
                 .seq = print->seq,
                 .stamp = print->stamp,
                 .view = (uint8_t)view,
                 .ranged = print->ranged,
                 .rst = print->rst,
                 .headed = print->headed};
    if (time == SSK_TIME_NONE || number > INT32_MAX)
        return;
    if (number >= ledger->lanes->len)
        g_array_set_size(ledger->lanes, number + 1);
    expire(ledger, time);
    waiting *twin = find_twin(ledger, &w);
    if (twin) {
        waiting *own = view == 0 ? &w : twin;
        const waiting *other = view == 0 ? twin : &w;
        own->twin_frame = other->frame;
        own->twin_time = other->time;
        own->credit = own->len;
        book_both(ledger, own);
        twin->done = true;
        return;
    }
    if (w.ranged)
        match_ranges(ledger, &w);
    if (!w.done)
        put(ledger, &w);
}

/* ---- asking ---- */

void ssk_ledger_keep_alone(ssk_ledger *ledger)
{
    if (!ledger->alone)
        ledger->alone = g_array_new(FALSE, FALSE, sizeof(ssk_alone));
}

static int by_view_and_frame(const void *a, const void *b)
{
    const ssk_alone *x = a, *y = b;
    if (x->view != y->view)
        return x->view < y->view ? -1 : 1;
    return (x->frame > y->frame) - (x->frame < y->frame);
}

const ssk_alone *ssk_ledger_alone(ssk_ledger *ledger, size_t *ret_count, uint64_t *ret_dropped)
{
    *ret_count = ledger->alone ? ledger->alone->len : 0;
    *ret_dropped = ledger->alone_dropped;
    if (!*ret_count)
        return NULL;
    if (!ledger->alone_sorted)
        qsort(ledger->alone->data, ledger->alone->len, sizeof(ssk_alone), by_view_and_frame);
    ledger->alone_sorted = true;
    return (const ssk_alone *)(const void *)ledger->alone->data;
}

void ssk_ledger_sum(const ssk_ledger *ledger, uint32_t number, ssk_time_ns from, ssk_time_ns to,
                    ssk_passage *ret)
{
    *ret = (ssk_passage){.first = SSK_TIME_NONE, .last = SSK_TIME_NONE};
    if (number >= ledger->lanes->len)
        return;
    const lane *l = &g_array_index(ledger->lanes, lane, number);
    for (uint32_t i = find_slice(l, from); i < l->n && l->slices[i].first <= to; i++)
        ssk_passage_add(ret, &l->slices[i]);
}
