/* ledger.c - what became of the packets between two captures, over time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/ledger.h"

#include "core/base/limits.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

/* At first; doubled where there are too many. */
#define SLICE (100 * SSK_MS)
/* Steps through one chain: equal packets are matched newest first, so only hostile input has long ones. */
#define WALK 256
/* Segments looked at where none is the same as a whole. */
#define WALK_RANGES 128

/* Place of a waiting packet; 0 is none. */
typedef uint32_t spot;

/* Packets next to this one in a list. */
typedef struct neighbors {
    spot older, newer;
} neighbors;

/* A packet that waits for its twin, in three lists: of all, of its bucket, of its lane's segments. What is
 * settled gives its place to the next one, so that few places are in use, and these are in the cache. */
typedef struct waiting {
    uint64_t key;
    ssk_time_ns time, twin_time;
    neighbors all, bucket, segments;
    uint32_t frame, twin_frame, lane;
    uint32_t len, stamp, credit;
    uint32_t seq; /* of a fragment: its datagram */
    uint8_t view;
    bool ranged, rst, headed;
} waiting;

/* Datagrams that were found to be incomplete; of two in one place the later one is known. */
#define BROKEN 256
/* RFC 791, RFC 8200: no longer do fragments wait for the others, nor their numbers for use. */
#define REASSEMBLY (60 * SSK_S)

typedef struct broken {
    ssk_time_ns time;
    uint32_t datagram; /* 0: none */
} broken;

typedef struct lane {
    spot newest_segment[2]; /* that waits, by capture */
    ssk_passage *slices;    /* by time */
    uint32_t n, room;
} lane;

struct ssk_ledger {
    waiting *places;
    uint32_t n_places, room, n_waiting;
    spot *buckets; /* the newest of each; room of them, a power of two */
    spot oldest, newest, unused;
    GArray *lanes;
    uint64_t n_slices;
    ssk_span_ns slice;
    broken broken[2][BROKEN];
    GArray *alone; /* of ssk_alone; NULL: not asked for */
    bool alone_sorted;
    uint64_t alone_dropped;
};

ssk_ledger *ssk_ledger_new(void)
{
    ssk_ledger *ledger = g_new0(ssk_ledger, 1);
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
    g_free(ledger->places);
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
        sum->broken[view] += more->broken[view];
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
    uint32_t at = l->n && l->slices[l->n - 1].first < one->first ? l->n : find_slice(l, one->first);
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
    one.late = delay > SSK_LIMIT(HELD_LEAST);
    one.headed = w->headed;
    one.frames[w->view][0] = one.frames[w->view][1] = w->frame;
    one.frames[!w->view][0] = one.frames[!w->view][1] = w->twin_frame;
    book(ledger, w->lane, &one);
}

/* Is it the first fragment of its datagram that is found missing? */
static bool breaks(ssk_ledger *ledger, const waiting *w)
{
    broken *known = &ledger->broken[w->view][w->seq / 2 % BROKEN];
    ssk_span_ns age;
    if (known->datagram == w->seq && !__builtin_sub_overflow(w->time, known->time, &age) &&
        age < REASSEMBLY && age > -REASSEMBLY)
        return false;
    *known = (broken){w->time, w->seq};
    return true;
}

static void book_only(ssk_ledger *ledger, const waiting *w, uint32_t bytes)
{
    ssk_passage one = {.first = w->time, .last = w->time};
    one.only[w->view] = 1;
    one.only_data[w->view] = w->len > 0;
    one.only_bytes[w->view] = bytes;
    one.only_rst[w->view] = w->rst;
    one.broken[w->view] = !w->ranged && w->seq && breaks(ledger, w) && !w->headed;
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
    if (w->credit && w->view == 0)
        book_both(ledger, w);
    if (!w->credit || w->credit < w->len)
        book_only(ledger, w, w->len - MIN(w->credit, w->len));
}

/* ---- those that wait ---- */

static waiting *at(const ssk_ledger *ledger, spot place)
{
    return &ledger->places[place - 1];
}

static spot *bucket_of(const ssk_ledger *ledger, uint64_t key)
{
    return &ledger->buckets[key >> 17 & (ledger->room - 1)];
}

static spot *segments_of(const ssk_ledger *ledger, const waiting *w)
{
    return &g_array_index(ledger->lanes, lane, w->lane).newest_segment[w->view];
}

static void enter_bucket(ssk_ledger *ledger, spot place)
{
    waiting *w = at(ledger, place);
    spot *newest = bucket_of(ledger, w->key);
    w->bucket = (neighbors){.older = *newest};
    if (*newest)
        at(ledger, *newest)->bucket.newer = place;
    *newest = place;
}

static void make_room(ssk_ledger *ledger)
{
    uint32_t room = ledger->room ? ledger->room * 2 : 256;
    ledger->places = g_renew(waiting, ledger->places, room);
    g_free(ledger->buckets);
    ledger->buckets = g_new0(spot, room);
    ledger->room = room;
    for (spot p = ledger->oldest; p; p = at(ledger, p)->all.newer)
        enter_bucket(ledger, p);
}

static void leave(ssk_ledger *ledger, spot place)
{
    waiting *w = at(ledger, place);
    *(w->all.older ? &at(ledger, w->all.older)->all.newer : &ledger->oldest) = w->all.newer;
    *(w->all.newer ? &at(ledger, w->all.newer)->all.older : &ledger->newest) = w->all.older;
    if (w->bucket.older)
        at(ledger, w->bucket.older)->bucket.newer = w->bucket.newer;
    *(w->bucket.newer ? &at(ledger, w->bucket.newer)->bucket.older
                      : bucket_of(ledger, w->key)) = w->bucket.older;
    if (w->ranged) {
        if (w->segments.older)
            at(ledger, w->segments.older)->segments.newer = w->segments.newer;
        *(w->segments.newer ? &at(ledger, w->segments.newer)->segments.older
                            : segments_of(ledger, w)) = w->segments.older;
    }
    w->all.older = ledger->unused;
    ledger->unused = place;
    ledger->n_waiting--;
}

static void settle_oldest(ssk_ledger *ledger)
{
    settle_one(ledger, at(ledger, ledger->oldest));
    leave(ledger, ledger->oldest);
}

void ssk_ledger_settle(ssk_ledger *ledger)
{
    while (ledger->oldest)
        settle_oldest(ledger);
}

static void expire(ssk_ledger *ledger, ssk_time_ns now)
{
    ssk_span_ns age;
    while (ledger->oldest && (__builtin_sub_overflow(now, at(ledger, ledger->oldest)->time, &age) ||
                              age > SSK_LEDGER_HOLD))
        settle_oldest(ledger);
}

static spot free_place(ssk_ledger *ledger)
{
    if (ledger->n_waiting >= SSK_LEDGER_WAITING)
        settle_oldest(ledger);
    spot place = ledger->unused;
    if (place) {
        ledger->unused = at(ledger, place)->all.older;
        return place;
    }
    if (ledger->n_places == ledger->room)
        make_room(ledger);
    return ++ledger->n_places;
}

static void put(ssk_ledger *ledger, const waiting *added)
{
    spot place = free_place(ledger);
    waiting *w = at(ledger, place);
    *w = *added;
    w->all = (neighbors){.older = ledger->newest};
    *(ledger->newest ? &at(ledger, ledger->newest)->all.newer : &ledger->oldest) = place;
    ledger->newest = place;
    ledger->n_waiting++;
    enter_bucket(ledger, place);
    if (!w->ranged)
        return;
    spot *newest = segments_of(ledger, w);
    w->segments = (neighbors){.older = *newest};
    if (*newest)
        at(ledger, *newest)->segments.newer = place;
    *newest = place;
}

/* ---- matching ---- */

static spot find_twin(const ssk_ledger *ledger, const waiting *w)
{
    unsigned steps = 0;
    if (!ledger->room)
        return 0;
    for (spot p = *bucket_of(ledger, w->key); p && steps < WALK; steps++) {
        const waiting *other = at(ledger, p);
        if (other->key == w->key && other->view != w->view && other->lane == w->lane &&
            !other->credit)
            return p;
        p = other->bucket.older;
    }
    return 0;
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

/* @return all of it has arrived */
static bool credit(ssk_ledger *ledger, waiting *w, const waiting *from, uint32_t bytes)
{
    if (!w->credit) {
        w->twin_frame = from->frame;
        w->twin_time = from->time;
    }
    w->credit += bytes;
    if (w->credit < w->len)
        return false;
    if (w->view == 0)
        book_both(ledger, w);
    return true;
}

/* What was merged or split on the way carries the same timestamp.
 * @return all of it was found */
static bool match_ranges(ssk_ledger *ledger, waiting *w)
{
    spot p = g_array_index(ledger->lanes, lane, w->lane).newest_segment[!w->view], older;
    bool whole = false;
    for (unsigned steps = 0; p && steps < WALK_RANGES && !whole; steps++, p = older) {
        waiting *other = at(ledger, p);
        uint32_t bytes = other->stamp == w->stamp ? shared_bytes(other, w) : 0;
        older = other->segments.older;
        if (!bytes)
            continue;
        waiting before = *other;
        if (credit(ledger, other, w, bytes))
            leave(ledger, p);
        whole = credit(ledger, w, &before, bytes);
    }
    return whole;
}

static bool begin(ssk_ledger *ledger, uint32_t number, unsigned view, const ssk_print *print,
                  unsigned key, ssk_time_ns time, uint32_t frame, waiting *ret)
{
    if (time == SSK_TIME_NONE || number > INT32_MAX)
        return false;
    if (number >= ledger->lanes->len)
        g_array_set_size(ledger->lanes, number + 1);
    *ret = (waiting){.key = print->key[key] ^ number * UINT64_C(0x9e3779b97f4a7c15),
                     .time = time,
                     .frame = frame,
                     .lane = number,
                     .len = print->len,
                     .seq = print->ranged ? print->seq : print->datagram,
                     .stamp = print->stamp,
                     .view = (uint8_t)view,
                     .ranged = print->ranged,
                     .rst = print->rst,
                     .headed = print->headed};
    return true;
}

void ssk_ledger_add(ssk_ledger *ledger, uint32_t number, unsigned view, const ssk_print *print,
                    unsigned key, ssk_time_ns time, uint32_t frame)
{
    waiting w;
    if (!begin(ledger, number, view, print, key, time, frame, &w))
        return;
    expire(ledger, time);
    spot found = find_twin(ledger, &w);
    if (found) {
        waiting *twin = at(ledger, found), *own = view == 0 ? &w : twin;
        const waiting *other = view == 0 ? twin : &w;
        own->twin_frame = other->frame;
        own->twin_time = other->time;
        own->credit = own->len;
        book_both(ledger, own);
        leave(ledger, found);
        return;
    }
    if (!w.ranged || !match_ranges(ledger, &w))
        put(ledger, &w);
}

void ssk_ledger_add_alone(ssk_ledger *ledger, uint32_t number, unsigned view,
                          const ssk_print *print, ssk_time_ns time, uint32_t frame)
{
    waiting w;
    if (begin(ledger, number, view, print, 0, time, frame, &w))
        book_only(ledger, &w, w.len);
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
