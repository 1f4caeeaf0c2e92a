/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/model/facts.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

const char *ssk_debt_text(ssk_debt_kind kind)
{
    static const char *const names[SSK_N_DEBT_KINDS] = {
        [SSK_DEBT_NONE] = "none",           [SSK_DEBT_ACK] = "acknowledgment",
        [SSK_DEBT_ANSWER] = "answer",       [SSK_DEBT_BEAT] = "beat",
        [SSK_DEBT_HANDSHAKE] = "handshake", [SSK_DEBT_WINDOW] = "window",
        [SSK_DEBT_STREAM] = "stream",
    };
    return names[kind];
}

void ssk_facts_init(ssk_facts *facts, size_t limit)
{
    *facts = (ssk_facts){.limit = limit};
}

static void free_blocks(ssk_facts *facts)
{
    g_clear_pointer(&facts->blocks, g_free);
    g_clear_pointer(&facts->upper[0], g_free);
    g_clear_pointer(&facts->upper[1], g_free);
}

void ssk_facts_clear(ssk_facts *facts)
{
    g_free(facts->list);
    free_blocks(facts);
    *facts = (ssk_facts){0};
}

void ssk_facts_add(ssk_facts *facts, const ssk_fact *fact)
{
    if (facts->count >= facts->limit) {
        facts->dropped++;
        return;
    }
    if (facts->count == facts->room) {
        facts->room = MAX(64, facts->room + facts->room / 2);
        facts->list = g_renew(ssk_fact, facts->list, facts->room);
    }
    if (facts->blocks)
        free_blocks(facts);
    facts->list[facts->count] = *fact;
    facts->list[facts->count++].passing = facts->passing;
}

void ssk_facts_begin(ssk_facts *facts)
{
    facts->passing = true;
    facts->dropped_before = facts->dropped;
}

void ssk_facts_end(ssk_facts *facts)
{
    size_t kept = 0;
    for (size_t i = 0; i < facts->count; i++)
        if (!facts->list[i].passing)
            facts->list[kept++] = facts->list[i];
    facts->count = kept;
    free_blocks(facts);
    facts->passing = false;
    facts->dropped = facts->dropped_before;
}

/* Facts in a block, and blocks in one of the next level: few enough to be looked at one by one. */
#define BLOCK 16

/* Some facts have a start alone, some an end before it. */
static ssk_time_ns first_time(const ssk_fact *fact)
{
    return MIN(fact->start, fact->end);
}

static ssk_time_ns last_time(const ssk_fact *fact)
{
    bool open = fact->start == SSK_TIME_NONE || fact->end == SSK_TIME_NONE;
    return open ? INT64_MAX : MAX(fact->start, fact->end);
}

/* The block of @p fan blocks that holds the one at @p at. */
static void widen(ssk_facts_block *level, size_t at, size_t fan, const ssk_facts_block *block)
{
    ssk_facts_block *upper = &level[at / fan];
    if (at % fan == 0)
        *upper = *block;
    upper->from = MIN(upper->from, block->from);
    upper->to = MAX(upper->to, block->to);
    upper->kinds |= block->kinds;
}

static void make_blocks(ssk_facts *facts)
{
    size_t n = (facts->count + BLOCK - 1) / BLOCK;
    free_blocks(facts);
    facts->blocks = g_new(ssk_facts_block, MAX(n, 1));
    facts->upper[0] = g_new(ssk_facts_block, n / BLOCK + 1);
    facts->upper[1] = g_new(ssk_facts_block, n / (BLOCK * BLOCK) + 1);
    for (size_t i = 0; i < n; i++) {
        ssk_facts_block *block = &facts->blocks[i];
        *block = (ssk_facts_block){.from = INT64_MAX, .to = INT64_MIN};
        for (size_t k = i * BLOCK; k < MIN((i + 1) * BLOCK, facts->count); k++) {
            block->from = MIN(block->from, first_time(&facts->list[k]));
            block->to = MAX(block->to, last_time(&facts->list[k]));
            block->kinds |= SSK_KIND(facts->list[k].kind);
        }
        widen(facts->upper[0], i, BLOCK, block);
        widen(facts->upper[1], i, BLOCK * BLOCK, block);
    }
}

ssk_facts ssk_facts_copy(const ssk_facts *facts)
{
    ssk_facts copy = *facts;
    copy.room = facts->count;
    copy.list = g_memdup2(facts->list, facts->count * sizeof *facts->list);
    copy.blocks = copy.upper[0] = copy.upper[1] = NULL;
    if (facts->blocks)
        make_blocks(&copy);
    return copy;
}

/* glibc's qsort() is a merge sort and stable only by chance; the pair of flow
 * and place makes any sort stable. */
typedef struct place {
    uint32_t flow_id, at;
} place;

static int by_flow(const void *a, const void *b)
{
    const place *x = a, *y = b;
    if (x->flow_id != y->flow_id)
        return x->flow_id < y->flow_id ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Where each belongs: counted, where there are not many more flows than facts.
 * @return NULL: all are there */
static place *find_order(const ssk_facts *facts)
{
    bool sorted = true;
    uint32_t most = 0;
    for (size_t i = 0; i < facts->count; i++) {
        sorted = sorted && (!i || facts->list[i - 1].flow_id <= facts->list[i].flow_id);
        most = MAX(most, facts->list[i].flow_id);
    }
    if (sorted)
        return NULL;
    place *order = g_new(place, facts->count);
    if (most / 8 > facts->count) {
        for (size_t i = 0; i < facts->count; i++)
            order[i] = (place){facts->list[i].flow_id, (uint32_t)i};
        qsort(order, facts->count, sizeof *order, by_flow);
        return order;
    }
    uint32_t *next = g_new0(uint32_t, (size_t)most + 2); /* by flow, its next place */
    for (size_t i = 0; i < facts->count; i++)
        next[facts->list[i].flow_id + 1]++;
    for (size_t flow = 1; flow <= most; flow++)
        next[flow] += next[flow - 1];
    for (size_t i = 0; i < facts->count; i++)
        order[next[facts->list[i].flow_id]++] = (place){facts->list[i].flow_id, (uint32_t)i};
    g_free(next);
    return order;
}

void ssk_facts_sort(ssk_facts *facts)
{
    if (!facts->count)
        return;
    free_blocks(facts);
    place *order = find_order(facts);
    if (!order) {
        make_blocks(facts);
        return;
    }
    /* Ring by ring, in place: there may be a million of them. */
    for (uint32_t start = 0; start < facts->count; start++) {
        ssk_fact first = facts->list[start];
        uint32_t to = start;
        for (uint32_t from; (from = order[to].at) != start; to = from) {
            facts->list[to] = facts->list[from];
            order[to].at = to;
        }
        facts->list[to] = first;
        order[to].at = to;
    }
    g_free(order);
    make_blocks(facts);
}

/* @param low no fact ahead of this place is of the flow, or of a later one */
static size_t search(const ssk_facts *facts, uint64_t flow_id, size_t low)
{
    size_t high = facts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (facts->list[middle].flow_id < flow_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static size_t first_of(const ssk_facts *facts, uint32_t flow_id)
{
    return search(facts, flow_id, 0);
}

/* Most flows have few facts: a look at the next ones comes before the search. */
static size_t end_of(const ssk_facts *facts, uint32_t flow_id, size_t first)
{
    size_t few = MIN(facts->count, first + 8);
    for (; first < few; first++)
        if (facts->list[first].flow_id != flow_id)
            return first;
    return search(facts, (uint64_t)flow_id + 1, first);
}

const ssk_fact *ssk_facts_of(const ssk_facts *facts, uint32_t flow_id, size_t *ret_count)
{
    size_t first = first_of(facts, flow_id);
    *ret_count = end_of(facts, flow_id, first) - first;
    return *ret_count ? facts->list + first : NULL;
}

ssk_facts_walk ssk_facts_among(const ssk_facts *facts, uint32_t flow_id, uint64_t kinds,
                               ssk_time_ns from, ssk_time_ns to)
{
    size_t first = first_of(facts, flow_id);
    return (ssk_facts_walk){facts, first, end_of(facts, flow_id, first), kinds, from, to};
}

ssk_facts_walk ssk_facts_of_kinds(const ssk_facts *facts, uint32_t flow_id, uint64_t kinds)
{
    return ssk_facts_among(facts, flow_id, kinds, INT64_MIN, INT64_MAX);
}

ssk_facts_walk ssk_facts_everywhere(const ssk_facts *facts, uint64_t kinds)
{
    return (ssk_facts_walk){facts, 0, facts->count, kinds, INT64_MIN, INT64_MAX};
}

static bool passes_by(const ssk_facts_walk *walk, const ssk_facts_block *block)
{
    return !(block->kinds & walk->kinds) || block->from > walk->to || block->to < walk->from;
}

const ssk_fact *ssk_facts_next(ssk_facts_walk *walk)
{
    const ssk_facts *facts = walk->facts;
    while (walk->at < walk->end) {
        if (facts->blocks && walk->at % BLOCK == 0) {
            size_t block = walk->at / BLOCK;
            if (block % (BLOCK * BLOCK) == 0 &&
                passes_by(walk, &facts->upper[1][block / (BLOCK * BLOCK)])) {
                walk->at += BLOCK * BLOCK * BLOCK;
                continue;
            }
            if (block % BLOCK == 0 && passes_by(walk, &facts->upper[0][block / BLOCK])) {
                walk->at += BLOCK * BLOCK;
                continue;
            }
            if (passes_by(walk, &facts->blocks[block])) {
                walk->at += BLOCK;
                continue;
            }
        }
        const ssk_fact *fact = &facts->list[walk->at++];
        if ((walk->kinds & SSK_KIND(fact->kind)) && first_time(fact) <= walk->to &&
            last_time(fact) >= walk->from)
            return fact;
    }
    return NULL;
}
