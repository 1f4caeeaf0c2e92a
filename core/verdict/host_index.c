/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/host_index.h"

#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Entries in a block, which a walk passes by as a whole. */
#define BLOCK 64

typedef struct block {
    ssk_time_ns from, to; /* of all its entries */
    ssk_time_ns last;     /* the latest packet of a flow */
} block;

/* A place in result->flows, or in facts->list, and its times: the row itself is in no cache. */
typedef struct entry {
    block times;
    uint32_t place;
} entry;

/* In the order of their places. */
typedef struct ssk_host_list {
    entry *entries;
    block *blocks;
    block *upper; /* blocks of blocks */
    unsigned n, room;
    uint64_t kinds; /* of facts, SSK_KIND(): nobody walks for what is not among them */
} ssk_host_list;

typedef struct host {
    ssk_addr addr;                    /* first: ssk_addr_row() */
    ssk_host_list flows, seen, facts; /* seen: facts of the kind HOST */
    bool plays[2];                    /* in flows with a stall: the client, the server */
} host;

typedef struct station {
    ssk_mac mac;
    ssk_host_list seen, facts;
} station;

typedef struct pair {
    ssk_addr addr[2];
} pair;

/* The facts of one flow of the result. */
typedef struct extent {
    uint32_t first, n;
    uint64_t kinds; /* of SSK_KIND() */
} extent;

struct ssk_host_index {
    const ssk_facts *facts;
    const ssk_result *result;
    const ssk_addr *local;
    GHashTable *hosts;     /* of struct host */
    GHashTable *stations;  /* of struct station */
    GHashTable *openers;   /* struct pair, by address -> the address that opened */
    GHashTable *resolving; /* addresses that spoke ARP; borrowed from facts */
    bool any_arp;
    GPtrArray *others;   /* of ssk_host_index: of other captures */
    extent *extents;     /* [n_flows] */
    ssk_host_list begun; /* flows in which both sides speak, by their first packet */
};

/* ---- lists ---- */

static void widen(block *b, const block *by)
{
    b->from = MIN(b->from, by->from);
    b->to = MAX(b->to, by->to);
    b->last = MAX(b->last, by->last);
}

static void append(ssk_host_list *list, size_t place, ssk_time_ns from, ssk_time_ns to,
                   ssk_time_ns last)
{
    if (list->n == list->room) {
        list->room = MAX(8, 2 * list->room);
        list->entries = g_renew(entry, list->entries, list->room);
        list->blocks = g_renew(block, list->blocks, list->room / BLOCK + 1);
        list->upper = g_renew(block, list->upper, list->room / (BLOCK * BLOCK) + 1);
    }
    const block one = {from, to, last};
    block *b = &list->blocks[list->n / BLOCK], *upper = &list->upper[list->n / (BLOCK * BLOCK)];
    if (list->n % BLOCK == 0)
        *b = one;
    if (list->n % (BLOCK * BLOCK) == 0)
        *upper = one;
    widen(b, &one);
    widen(upper, &one);
    list->entries[list->n++] = (entry){one, (uint32_t)place};
}

static void clear(ssk_host_list *list)
{
    g_free(list->entries);
    g_free(list->blocks);
    g_free(list->upper);
}

static bool touches(const block *b, ssk_time_ns from, ssk_time_ns to, bool heard)
{
    return b->from <= to && (heard ? b->last : b->to) >= from;
}

/* The place of the next entry of a block that touches the span; the list's end. */
static unsigned skip(const ssk_host_list *list, unsigned at, ssk_time_ns from, ssk_time_ns to,
                     bool heard)
{
    while (at < list->n && at % BLOCK == 0) {
        if (at % (BLOCK * BLOCK) == 0 &&
            !touches(&list->upper[at / (BLOCK * BLOCK)], from, to, heard))
            at += BLOCK * BLOCK;
        else if (!touches(&list->blocks[at / BLOCK], from, to, heard))
            at += BLOCK;
        else
            break;
    }
    return MIN(at, list->n);
}

static void free_host(gpointer row)
{
    clear(&((host *)row)->flows);
    clear(&((host *)row)->seen);
    clear(&((host *)row)->facts);
    g_free(row);
}

static void free_station(gpointer row)
{
    clear(&((station *)row)->seen);
    clear(&((station *)row)->facts);
    g_free(row);
}

static guint mac_hash(gconstpointer mac)
{
    return (guint)ssk_hash(mac, sizeof(ssk_mac));
}

static gboolean mac_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(ssk_mac));
}

static guint pair_hash(gconstpointer both)
{
    return (guint)ssk_hash(both, sizeof(pair));
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(pair));
}

/* ---- flows ---- */

/* A flow whose timestamps went back may have facts before its first packet; one that was not closed
 * may be silent to the end of the capture. */
static ssk_time_ns begin_of(const ssk_result_flow *flow)
{
    bool back = flow->dir[SSK_A].backward || flow->dir[SSK_B].backward;
    return flow->first == SSK_TIME_NONE || back ? INT64_MIN : flow->first;
}

static ssk_time_ns end_of(const ssk_result_flow *flow)
{
    bool back = flow->dir[SSK_A].backward || flow->dir[SSK_B].backward;
    bool over = flow->closed && flow->closed_at != SSK_TIME_NONE && !back;
    return over ? MAX(flow->last, flow->closed_at) : INT64_MAX;
}

static ssk_time_ns heard_until(const ssk_result_flow *flow)
{
    bool back = flow->dir[SSK_A].backward || flow->dir[SSK_B].backward;
    return flow->first == SSK_TIME_NONE || back ? INT64_MAX : flow->last;
}

static pair pair_of(const ssk_result_flow *flow)
{
    bool swap = memcmp(&flow->addr[SSK_A], &flow->addr[SSK_B], sizeof(ssk_addr)) > 0;
    pair both;
    memset(&both, 0, sizeof both);
    both.addr[0] = flow->addr[swap ? SSK_B : SSK_A];
    both.addr[1] = flow->addr[swap ? SSK_A : SSK_B];
    return both;
}

static void add_host(ssk_host_index *index, const ssk_addr *addr)
{
    if (g_hash_table_contains(index->hosts, addr))
        return;
    host *row = g_new0(host, 1);
    row->addr = *addr;
    g_hash_table_insert(index->hosts, &row->addr, row);
}

static void add_flow(ssk_host_index *index, size_t place)
{
    const ssk_result_flow *flow = &index->result->flows[place];
    unsigned known = 0;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        host *row = g_hash_table_lookup(index->hosts, &flow->addr[dir]);
        known += row != NULL;
        bool again = row && row->flows.n && row->flows.entries[row->flows.n - 1].place == place;
        if (row && !again)
            append(&row->flows, place, begin_of(flow), end_of(flow), heard_until(flow));
    }
    if (known < 2 || !flow->handshake || ssk_addr_equal(&flow->addr[SSK_A], &flow->addr[SSK_B]))
        return;
    pair both = pair_of(flow);
    if (!g_hash_table_contains(index->openers, &both))
        g_hash_table_insert(index->openers, g_memdup2(&both, sizeof both),
                            (gpointer)&flow->addr[SSK_A]);
}

static void find_extents(ssk_host_index *index)
{
    const ssk_facts *facts = index->facts;
    const ssk_result *result = index->result;
    index->extents = g_new0(extent, MAX(result->n_flows, 1));
    size_t at = 0;
    for (size_t i = 0; i < result->n_flows; i++) {
        uint32_t id = result->flows[i].id;
        while (at < facts->count && facts->list[at].flow_id < id)
            at++;
        size_t first = at;
        uint64_t kinds = 0;
        for (; at < facts->count && facts->list[at].flow_id == id; at++)
            kinds |= SSK_KIND(facts->list[at].kind);
        index->extents[i] = (extent){(uint32_t)first, (uint32_t)(at - first), kinds};
    }
}

/** A place and its time, to sort by. */
typedef struct beginning {
    ssk_time_ns at;
    uint32_t place;
} beginning;

static int by_time(gconstpointer a, gconstpointer b)
{
    const beginning *x = a, *y = b;
    if (x->at != y->at)
        return x->at < y->at ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static void find_begun(ssk_host_index *index)
{
    const ssk_result *result = index->result;
    GArray *all = g_array_new(FALSE, FALSE, sizeof(beginning));
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        beginning one = {flow->first, (uint32_t)i};
        if (flow->first != SSK_TIME_NONE && flow->dir[SSK_A].packets && flow->dir[SSK_B].packets)
            g_array_append_val(all, one);
    }
    g_array_sort(all, by_time);
    for (guint i = 0; i < all->len; i++) {
        const beginning *one = &g_array_index(all, beginning, i);
        append(&index->begun, one->place, one->at, one->at, one->at);
    }
    g_array_free(all, TRUE);
}

/* ---- facts of the capture ---- */

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

static void add_fact(const ssk_fact *fact, size_t place, ssk_host_list *list)
{
    list->kinds |= SSK_KIND(fact->kind);
    if (!list->n || list->entries[list->n - 1].place != place)
        append(list, place, first_time(fact), last_time(fact), last_time(fact));
}

static void add_to_hosts(ssk_host_index *index, const ssk_fact *fact, size_t place)
{
    host *of_host = g_hash_table_lookup(index->hosts, &fact->host),
         *of_peer = g_hash_table_lookup(index->hosts, &fact->peer);
    bool seen = fact->kind == SSK_FACT_HOST;
    if (of_host)
        add_fact(fact, place, seen ? &of_host->seen : &of_host->facts);
    if (of_peer && !seen)
        add_fact(fact, place, &of_peer->facts);
    if (of_host && fact->kind == SSK_FACT_HOST && fact->sighting.has_mac &&
        !g_hash_table_contains(index->stations, &fact->mac)) {
        station *row = g_new0(station, 1);
        row->mac = fact->mac;
        g_hash_table_insert(index->stations, &row->mac, row);
    }
    if (fact->kind == SSK_FACT_ARP) {
        index->any_arp = true;
        g_hash_table_add(index->resolving, (gpointer)&fact->peer);
        if (fact->arp.answered)
            g_hash_table_add(index->resolving, (gpointer)&fact->host);
    }
}

#define OF_HOSTS                                                                          \
    (SSK_KIND(SSK_FACT_HOST) | SSK_KIND(SSK_FACT_HOST_SILENCE) | SSK_KIND(SSK_FACT_ARP) | \
     SSK_KIND(SSK_FACT_ICMP) | SSK_KIND(SSK_FACT_ECHO) | SSK_KIND(SSK_FACT_CLAIM))
#define OF_STATIONS \
    (SSK_KIND(SSK_FACT_HOST) | SSK_KIND(SSK_FACT_ASSOCIATION) | SSK_KIND(SSK_FACT_POWER_SAVE))

static void read_capture(ssk_host_index *index)
{
    unsigned n_local = 0;
    const ssk_fact *fact;
    ssk_facts_walk walk = ssk_facts_of_kinds(index->facts, 0,
                                             OF_HOSTS | SSK_KIND(SSK_FACT_LOCALITY));
    while ((fact = ssk_facts_next(&walk))) {
        if (fact->kind != SSK_FACT_LOCALITY)
            add_to_hosts(index, fact, (size_t)(fact - index->facts->list));
        else if (fact->locality.permille >= SSK_LIMIT(LOCAL_PERMILLE) &&
                 fact->locality.peers >= SSK_LIMIT(LOCAL_PEERS) && !n_local++)
            index->local = &fact->host;
    }
    if (n_local > 1)
        index->local = NULL;
    walk = ssk_facts_of_kinds(index->facts, 0, OF_STATIONS);
    while ((fact = ssk_facts_next(&walk))) {
        station *row = g_hash_table_lookup(index->stations, &fact->mac);
        if (row)
            add_fact(fact, (size_t)(fact - index->facts->list),
                     fact->kind == SSK_FACT_HOST ? &row->seen : &row->facts);
    }
}

/* ---- making and asking ---- */

static void free_index(gpointer index)
{
    ssk_host_index_free(index);
}

static ssk_host_index *new_index(const ssk_facts *facts, const ssk_result *result)
{
    ssk_host_index *index = g_new0(ssk_host_index, 1);
    index->facts = facts;
    index->result = result;
    index->hosts = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL, free_host);
    index->stations = g_hash_table_new_full(mac_hash, mac_equal, NULL, free_station);
    index->openers = g_hash_table_new_full(pair_hash, pair_equal, g_free, NULL);
    index->resolving = g_hash_table_new(ssk_addr_hash, ssk_addr_equal);
    index->others = g_ptr_array_new_with_free_func(free_index);
    return index;
}

/* Of the hosts that it has by now. */
static void fill(ssk_host_index *index)
{
    for (size_t i = 0; i < index->result->n_flows; i++)
        add_flow(index, i);
    find_extents(index);
    find_begun(index);
    read_capture(index);
}

static void add_hosts(ssk_host_index *index, const ssk_result_flow *flow)
{
    for (ssk_dir dir = SSK_A; flow && dir <= SSK_B; dir++)
        add_host(index, &flow->addr[dir]);
}

ssk_host_index *ssk_host_index_new(const ssk_facts *facts, const ssk_result *result)
{
    ssk_host_index *index = new_index(facts, result);
    for (size_t i = 0; i < result->n_stalls; i++)
        add_hosts(index, ssk_result_find_flow(result, result->stalls[i].flow));
    if (result->n_stalls)
        fill(index);
    return index;
}

void ssk_host_index_note_client(ssk_host_index *index, const ssk_addr *client,
                                const ssk_addr *server)
{
    ((host *)g_hash_table_lookup(index->hosts, client))->plays[0] = true;
    ((host *)g_hash_table_lookup(index->hosts, server))->plays[1] = true;
}

bool ssk_host_index_plays_both(const ssk_host_index *index, const ssk_addr *addr)
{
    const host *row = g_hash_table_lookup(index->hosts, addr);
    return row && row->plays[0] && row->plays[1];
}

const ssk_host_index *ssk_host_index_elsewhere(const ssk_host_index *index, const ssk_facts *facts,
                                               const ssk_result *result)
{
    for (guint i = 0; i < index->others->len; i++) {
        const ssk_host_index *known = index->others->pdata[i];
        if (known->facts == facts && known->result == result)
            return known;
    }
    ssk_host_index *other = new_index(facts, result);
    for (size_t i = 0; i < result->n_flows; i++)
        add_hosts(other, &result->flows[i]);
    fill(other);
    g_ptr_array_add(index->others, other);
    return other;
}

void ssk_host_index_free(ssk_host_index *index)
{
    g_hash_table_destroy(index->hosts);
    g_hash_table_destroy(index->stations);
    g_hash_table_destroy(index->openers);
    g_hash_table_destroy(index->resolving);
    g_ptr_array_free(index->others, TRUE);
    g_free(index->extents);
    clear(&index->begun);
    g_free(index);
}

const ssk_addr *ssk_host_index_local(const ssk_host_index *index)
{
    return index->local;
}

int ssk_host_index_opener(const ssk_host_index *index, const ssk_result_flow *flow)
{
    pair both = pair_of(flow);
    const ssk_addr *opener = g_hash_table_lookup(index->openers, &both);
    return !opener ? -1 : ssk_addr_equal(opener, &flow->addr[SSK_A]) ? SSK_A : SSK_B;
}

bool ssk_host_index_begun(const ssk_host_index *index, const ssk_result_flow *but,
                          ssk_time_ns after, ssk_time_ns before)
{
    unsigned low = 0, high = index->begun.n;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if (index->begun.entries[middle].times.from <= after)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < index->begun.n; low++) {
        const ssk_result_flow *flow = &index->result->flows[index->begun.entries[low].place];
        if (flow->first >= before)
            return false;
        if (flow != but)
            return true;
    }
    return false;
}

ssk_facts_walk ssk_host_index_facts(const ssk_host_index *index, const ssk_result_flow *flow,
                                    uint64_t kinds, ssk_time_ns from, ssk_time_ns to)
{
    const extent *own = &index->extents[flow - index->result->flows];
    size_t n = own->kinds & kinds ? own->n : 0;
    return (ssk_facts_walk){index->facts, own->first, own->first + n, kinds, from, to};
}

static const ssk_host_list *flows_of(const ssk_host_index *index, const ssk_addr *addr)
{
    const host *row = addr ? g_hash_table_lookup(index->hosts, addr) : NULL;
    return row ? &row->flows : NULL;
}

ssk_host_walk ssk_host_flows(const ssk_host_index *index, const ssk_addr *one,
                             const ssk_addr *other, ssk_time_ns from, ssk_time_ns to, uint32_t own)
{
    return (ssk_host_walk){.index = index,
                           .list = {flows_of(index, one), flows_of(index, other)},
                           .from = from,
                           .to = to,
                           .own = own,
                           .left = other ? 2 * SSK_HOST_FLOWS : SSK_HOST_FLOWS};
}

ssk_host_walk ssk_host_flows_heard(const ssk_host_index *index, const ssk_addr *one,
                                   ssk_time_ns from, ssk_time_ns to, uint32_t own)
{
    ssk_host_walk walk = ssk_host_flows(index, one, NULL, from, to, own);
    walk.heard = true;
    return walk;
}

/* The walk's next flow in one of its lists; NULL: there is none. */
static const entry *peek(ssk_host_walk *walk, int which)
{
    const ssk_host_list *list = walk->list[which];
    if (!list)
        return NULL;
    if (walk->at[which] % BLOCK == 0)
        walk->at[which] = skip(list, walk->at[which], walk->from, walk->to, walk->heard);
    return walk->at[which] < list->n ? &list->entries[walk->at[which]] : NULL;
}

const ssk_result_flow *ssk_host_next(ssk_host_walk *walk)
{
    const ssk_result *result = walk->index->result;
    while (walk->left) {
        const entry *a = peek(walk, 0), *b = peek(walk, 1);
        const entry *next = !a ? b : !b || a->place < b->place ? a : b;
        if (!next)
            break;
        walk->at[0] += a && a->place == next->place;
        walk->at[1] += b && b->place == next->place;
        const ssk_result_flow *flow = &result->flows[next->place];
        bool own = walk->own && flow->id == walk->own;
        if (!own && !touches(&next->times, walk->from, walk->to, walk->heard))
            continue;
        walk->left--;
        if (!own && walk->kinds && !(walk->index->extents[next->place].kinds & walk->kinds))
            continue;
        if (own)
            walk->own = 0;
        return flow;
    }
    if (walk->left || !walk->own)
        return NULL;
    const ssk_result_flow *own = ssk_result_find_flow(result, walk->own);
    walk->own = 0;
    return own;
}

/* Of the list that holds such kinds, if it has any of them. */
static ssk_host_facts walk_of(const ssk_host_index *index, const ssk_host_list *seen,
                              const ssk_host_list *facts, uint64_t kinds, ssk_time_ns from,
                              ssk_time_ns to)
{
    const ssk_host_list *list = kinds == SSK_KIND(SSK_FACT_HOST) ? seen : facts;
    if (list && !(list->kinds & kinds))
        list = NULL;
    return (ssk_host_facts){index, list, 0, kinds, from, to};
}

ssk_host_facts ssk_host_facts_of(const ssk_host_index *index, const ssk_addr *addr, uint64_t kinds,
                                 ssk_time_ns from, ssk_time_ns to)
{
    const host *row = g_hash_table_lookup(index->hosts, addr);
    return walk_of(index, row ? &row->seen : NULL, row ? &row->facts : NULL, kinds, from, to);
}

ssk_host_facts ssk_host_facts_of_mac(const ssk_host_index *index, const ssk_mac *mac,
                                     uint64_t kinds, ssk_time_ns from, ssk_time_ns to)
{
    const station *row = g_hash_table_lookup(index->stations, mac);
    return walk_of(index, row ? &row->seen : NULL, row ? &row->facts : NULL, kinds, from, to);
}

const ssk_fact *ssk_host_facts_next(ssk_host_facts *walk)
{
    while (walk->list) {
        walk->at = skip(walk->list, walk->at, walk->from, walk->to, false);
        if (walk->at >= walk->list->n)
            break;
        const entry *next = &walk->list->entries[walk->at++];
        const ssk_fact *fact = &walk->index->facts->list[next->place];
        if (touches(&next->times, walk->from, walk->to, false) &&
            (walk->kinds & SSK_KIND(fact->kind)))
            return fact;
    }
    return NULL;
}

bool ssk_host_index_resolves(const ssk_host_index *index, const ssk_addr *addr, bool *ret_any)
{
    *ret_any = index->any_arp;
    return g_hash_table_contains(index->resolving, addr);
}
