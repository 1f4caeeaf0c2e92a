/* match.c - the same datagrams of one flow and direction, seen in two places.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/match.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"

/* Differences of time kept for their median. */
#define N_OFFSETS 512
/* Waiting datagrams after which views that share nothing are given up. */
#define HOPELESS 16384
#define NONE     UINT32_MAX

typedef enum record_state { WAITING = 0, MATCHED, COPY } record_state;

typedef struct record {
    uint64_t key;
    ssk_time_ns time;
    uint32_t bytes, frame;
    uint32_t next; /* ring index of the next younger one in its bucket */
    uint8_t state;
    bool has_ip_id, chained;
} record;

/* Ring indices of the oldest and the youngest record of one hash value. */
typedef struct chain {
    uint32_t head, tail;
} chain;

/* Seen before the other view's first: perhaps its capture did not run yet. */
typedef struct early {
    ssk_time_ns time;
    uint32_t bytes;
} early;

/* Datagrams of one view that are not settled yet: a ring, hashed by key. */
typedef struct view {
    record *ring;  /* room is a power of two */
    chain *chains; /* as many as the ring has room */
    uint32_t room;
    uint64_t begin, end; /* positions ever; position % room is the index */
    uint64_t matched_to; /* highest matched position + 1 */
    /* settled */
    early *early;
    uint32_t n_early, early_room;
    uint64_t seen, copies, missing;
    ssk_delivery delivery; /* to the other view */
    uint64_t run, longest; /* missing ones in a row */
    uint32_t last_frame, run_frame;
    uint32_t frames[2];
    record received; /* settled last, of the matched ones */
} view;

struct ssk_match {
    view views[2];
    uint64_t matched;
    ssk_span_ns offsets[N_OFFSETS];
    unsigned n_offsets;
    uint32_t skip, stride;
};

ssk_match *ssk_match_new(void)
{
    return g_new0(ssk_match, 1);
}

static void view_clear(view *v)
{
    g_free(v->early);
    g_free(v->ring);
    g_free(v->chains);
    ssk_delivery_clear(&v->delivery);
}

void ssk_match_free(ssk_match *match)
{
    if (!match)
        return;
    view_clear(&match->views[0]);
    view_clear(&match->views[1]);
    g_free(match);
}

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

uint64_t ssk_match_digest(const uint8_t *payload, uint32_t cap_len)
{
    uint64_t hash = UINT64_C(0x736b6d617463680a);
    uint32_t len = MIN(cap_len, SSK_MATCH_DIGEST);
    for (uint32_t at = 0; at < len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, payload + at, MIN(8, len - at));
        hash = mix(hash, word);
    }
    return mix(hash, len);
}

/* ---- the ring ---- */

static record *at(const view *v, uint64_t position)
{
    return &v->ring[position & (v->room - 1)];
}

static chain *chain_of(const view *v, uint64_t key)
{
    return &v->chains[key >> 20 & (v->room - 1)];
}

static void chain_append(view *v, uint64_t position)
{
    uint32_t index = (uint32_t)(position & (v->room - 1));
    chain *c = chain_of(v, v->ring[index].key);
    v->ring[index].next = NONE;
    v->ring[index].chained = true;
    if (c->head == NONE)
        c->head = index;
    else
        v->ring[c->tail].next = index;
    c->tail = index;
}

/* Only what stays in the chain is found again. */
static void chain_remove(view *v, uint32_t index)
{
    chain *c = chain_of(v, v->ring[index].key);
    uint32_t before = NONE;
    if (!v->ring[index].chained)
        return;
    for (uint32_t i = c->head; i != index; i = v->ring[i].next)
        before = i;
    if (before == NONE)
        c->head = v->ring[index].next;
    else
        v->ring[before].next = v->ring[index].next;
    if (c->tail == index)
        c->tail = before;
    v->ring[index].chained = false;
}

static void grow(view *v)
{
    uint32_t room = v->room ? v->room * 2 : 16;
    record *ring = g_new(record, room);
    for (uint64_t p = v->begin; p < v->end; p++)
        ring[p & (room - 1)] = *at(v, p);
    g_free(v->ring);
    v->ring = ring;
    v->chains = g_renew(chain, v->chains, room);
    memset(v->chains, 0xff, room * sizeof *v->chains);
    v->room = room;
    for (uint64_t p = v->begin; p < v->end; p++)
        if (at(v, p)->chained)
            chain_append(v, p);
}

/* ---- settling ---- */

static bool is_near(ssk_time_ns a, ssk_time_ns b, ssk_span_ns window)
{
    return a != SSK_TIME_NONE && b != SSK_TIME_NONE &&
           (uint64_t)a - (uint64_t)b + (uint64_t)window <= 2 * (uint64_t)window;
}

static void end_run(view *v, uint32_t frame)
{
    if (v->run > v->longest) {
        v->longest = v->run;
        v->frames[0] = v->run_frame;
        v->frames[1] = frame;
    }
    v->run = 0;
}

/* Datagrams without an identification that came twice, but were needed once:
 * the copy stands right behind its twin. */
static bool is_late_copy(const view *v, const record *r)
{
    return r->state == WAITING && !r->has_ip_id && v->received.state == MATCHED &&
           v->received.key == r->key &&
           is_near(v->received.time, r->time, SSK_LIMIT(COPIES_APART_BARE));
}

static void count_one(view *v, const record *r)
{
    if (r->state == COPY || is_late_copy(v, r)) {
        v->copies++;
        return;
    }
    v->seen++;
    if (r->state == MATCHED) {
        ssk_delivery_received(&v->delivery, r->time, r->bytes);
        end_run(v, r->frame);
        v->last_frame = r->frame;
        v->received = *r;
    } else {
        v->missing++;
        ssk_delivery_lost(&v->delivery, r->time, 1, r->bytes);
        if (!v->run++)
            v->run_frame = v->last_frame;
    }
}

static bool keep_early(view *v, const record *r)
{
    if (r->state != WAITING || v->received.state == MATCHED || v->n_early == SSK_MATCH_ROOM)
        return false;
    if (v->n_early == v->early_room) {
        v->early_room = v->early_room ? v->early_room * 2 : 64;
        v->early = g_renew(early, v->early, v->early_room);
    }
    v->early[v->n_early++] = (early){r->time, r->bytes};
    return true;
}

static void settle_oldest(view *v)
{
    if (!keep_early(v, at(v, v->begin)))
        count_one(v, at(v, v->begin));
    chain_remove(v, (uint32_t)(v->begin & (v->room - 1)));
    v->begin++;
}

static void settle_passed(view *v)
{
    while (v->begin + SSK_MATCH_REORDER < v->matched_to)
        settle_oldest(v);
}

/* ---- adding ---- */

/* Longest walk through one chain: equal datagrams are matched oldest first, so
 * only hostile input has long ones. */
#define WALK 4096

static record *find_waiting(view *v, uint64_t key, uint64_t *ret_position)
{
    if (!v->room)
        return NULL;
    unsigned steps = 0;
    for (uint32_t i = chain_of(v, key)->head; i != NONE && steps < WALK;
         i = v->ring[i].next, steps++)
        if (v->ring[i].key == key && v->ring[i].state == WAITING) {
            uint64_t position = (v->begin & ~(uint64_t)(v->room - 1)) + i;
            *ret_position = position < v->begin ? position + v->room : position;
            return &v->ring[i];
        }
    return NULL;
}

/* The same identification twice within 2 ms: one datagram, recorded twice. */
static bool is_copy(const view *v, const record *r)
{
    if (!v->room || !r->has_ip_id)
        return false;
    unsigned steps = 0;
    for (uint32_t i = chain_of(v, r->key)->head; i != NONE && steps < WALK;
         i = v->ring[i].next, steps++)
        if (v->ring[i].key == r->key && is_near(v->ring[i].time, r->time, SSK_LIMIT(COPIES_APART)))
            return true;
    return false;
}

static void note_offset(ssk_match *match, ssk_time_ns first, ssk_time_ns second)
{
    ssk_span_ns offset;
    if (first == SSK_TIME_NONE || second == SSK_TIME_NONE ||
        __builtin_sub_overflow(second, first, &offset))
        return;
    if (match->skip) {
        match->skip--;
        return;
    }
    if (match->n_offsets == N_OFFSETS) { /* thin out: still spread over the capture */
        for (unsigned i = 0; i < N_OFFSETS / 2; i++)
            match->offsets[i] = match->offsets[2 * i];
        match->n_offsets = N_OFFSETS / 2;
        match->stride = 2 * match->stride + 1;
    }
    match->offsets[match->n_offsets++] = offset;
    match->skip = match->stride;
}

void ssk_match_add(ssk_match *match, unsigned which, const ssk_match_datagram *datagram)
{
    view *own = &match->views[which], *other = &match->views[!which];
    uint64_t key = mix(mix(datagram->digest, datagram->ip_id), datagram->bytes);
    record r = {.key = key,
                .time = datagram->time,
                .bytes = datagram->bytes,
                .frame = datagram->frame,
                .state = WAITING,
                .has_ip_id = datagram->ip_id != 0};
    uint64_t position;
    record *twin = NULL;
    if (is_copy(own, &r))
        r.state = COPY;
    else
        twin = find_waiting(other, key, &position);
    if (own->end - own->begin == own->room) {
        if (own->room < SSK_MATCH_ROOM)
            grow(own);
        else
            settle_oldest(own);
    }
    if (twin) {
        r.state = twin->state = MATCHED;
        match->matched++;
        note_offset(match, which ? twin->time : r.time, which ? r.time : twin->time);
        other->matched_to = MAX(other->matched_to, position + 1);
        own->matched_to = own->end + 1;
    }
    *at(own, own->end) = r;
    /* A copy is never looked for; a matched one only to know its copies. */
    if (r.state == WAITING || (r.state == MATCHED && r.has_ip_id))
        chain_append(own, own->end);
    own->end++;
    if (twin && !twin->has_ip_id)
        chain_remove(other, (uint32_t)(position & (other->room - 1)));
    if (twin) {
        settle_passed(own);
        settle_passed(other);
    }
}

uint64_t ssk_match_added(const ssk_match *match, unsigned which)
{
    return match->views[which].end;
}

bool ssk_match_is_hopeless(const ssk_match *match)
{
    return !match->matched && (match->views[0].end > HOPELESS || match->views[1].end > HOPELESS);
}

/* ---- measuring ---- */

static int compare_spans(const void *a, const void *b)
{
    ssk_span_ns x = *(const ssk_span_ns *)a, y = *(const ssk_span_ns *)b;
    return (x > y) - (x < y);
}

static void measure_offset(const ssk_match *match, ssk_match_report *ret)
{
    ssk_span_ns values[N_OFFSETS];
    unsigned n = match->n_offsets;
    if (!n)
        return;
    memcpy(values, match->offsets, n * sizeof *values);
    qsort(values, n, sizeof *values, compare_spans);
    ret->has_offset = true;
    ret->offset = values[n / 2];
    for (unsigned i = 0; i < n; i++) {
        /* offsets may lie centuries apart in damaged files */
        ssk_span_ns distance;
        if (__builtin_sub_overflow(values[i], ret->offset, &distance) || distance == INT64_MIN)
            distance = INT64_MAX;
        values[i] = distance < 0 ? -distance : distance;
    }
    qsort(values, n, sizeof *values, compare_spans);
    ret->spread = values[n / 2];
}

/* ---- the edges ---- */

/* Where the other capture begins and ends, by this view's clock. */
typedef struct edges {
    bool known;
    ssk_time_ns first, last;
} edges;

/* -1: before the other capture began; 1: after it ended; 0: it was running. */
static int side_of_edges(const edges *e, ssk_time_ns time)
{
    if (!e->known || time == SSK_TIME_NONE)
        return 0;
    return time < e->first ? -1 : time > e->last ? 1 : 0;
}

static edges edges_of(const view *v, ssk_span_ns shift, const ssk_match_extent *extent)
{
    edges e = {0};
    if (!extent || extent->first == SSK_TIME_NONE ||
        __builtin_sub_overflow(extent->first, shift, &e.first) ||
        __builtin_sub_overflow(extent->last, shift, &e.last))
        return (edges){0};
    e.known = true;
    uint64_t before = 0, after = 0;
    for (uint32_t i = 0; i < v->n_early; i++) {
        before += side_of_edges(&e, v->early[i].time) < 0;
        after += side_of_edges(&e, v->early[i].time) > 0;
    }
    for (uint64_t p = v->begin; p < v->end; p++) {
        bool waits = at(v, p)->state == WAITING;
        before += waits && side_of_edges(&e, at(v, p)->time) < 0;
        after += waits && side_of_edges(&e, at(v, p)->time) > 0;
    }
    if (before <= SSK_LIMIT(MATCH_EDGE))
        e.first = SSK_TIME_NONE; /* the smallest number */
    if (after <= SSK_LIMIT(MATCH_EDGE))
        e.last = INT64_MAX;
    return e;
}

/* The early ones that the other capture should have seen come first. */
static void count_early(view *v, const edges *limits, uint64_t *ret_outside)
{
    uint64_t packets = 0, bytes = 0;
    ssk_time_ns first = SSK_TIME_NONE, last = SSK_TIME_NONE;
    for (uint32_t i = 0; i < v->n_early; i++) {
        const early *e = &v->early[i];
        if (side_of_edges(limits, e->time)) {
            (*ret_outside)++;
            continue;
        }
        if (!packets++)
            first = e->time;
        last = e->time;
        bytes += e->bytes;
    }
    v->seen += packets;
    v->missing += packets;
    ssk_delivery_lost_first(&v->delivery, first, last, packets, bytes);
}

static view view_copy(const view *from)
{
    view copy = *from;
    copy.early = g_memdup2(from->early, from->n_early * sizeof *from->early);
    if (from->room) {
        copy.ring = g_memdup2(from->ring, from->room * sizeof *from->ring);
        copy.chains = g_memdup2(from->chains, from->room * sizeof *from->chains);
    }
    if (from->delivery.room)
        copy.delivery.runs = g_memdup2(from->delivery.runs,
                                       from->delivery.room * sizeof *from->delivery.runs);
    return copy;
}

void ssk_match_measure(const ssk_match *match, const ssk_match_extent extents[2],
                       ssk_match_report *ret, ssk_delivery ret_delivery[2])
{
    *ret = (ssk_match_report){.matched = match->matched};
    measure_offset(match, ret);
    for (int which = 0; which < 2; which++) {
        view v = view_copy(&match->views[which]);
        ssk_span_ns shift = which ? -ret->offset : ret->offset;
        edges limits = edges_of(&v, shift, extents && ret->has_offset ? &extents[!which] : NULL);
        count_early(&v, &limits, &ret->outside[which]);
        for (uint64_t p = v.begin; p < v.end; p++) {
            const record *r = at(&v, p);
            if (r->state == WAITING && side_of_edges(&limits, r->time))
                ret->outside[which]++;
            else
                count_one(&v, r);
        }
        end_run(&v, 0);
        ret->seen[which] = v.seen + ret->outside[which];
        ret->copies[which] = v.copies;
        ret->missing[which] = v.missing;
        memcpy(ret->frames[which], v.frames, sizeof v.frames);
        if (ret_delivery) {
            ret_delivery[which] = v.delivery;
            v.delivery = (ssk_delivery){0};
        }
        view_clear(&v);
    }
}
