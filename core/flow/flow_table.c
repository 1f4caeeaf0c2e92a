/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/flow_table.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"

const ssk_span_ns ssk_gap_limits[SSK_N_GAP_LIMITS] = {1 * SSK_S, 5 * SSK_S, 30 * SSK_S};

struct ssk_flow_table {
    ssk_flow **buckets; /* power of two */
    size_t n_buckets, count, max_flows;
    struct {
        ssk_flow *oldest, *newest; /* by last use */
        size_t count;
    } uses[2];            /* [1]: of flows that are spared */
    GHashTable *services; /* bytes of the key -> ssk_service */
    uint32_t next_id, next_stream[2];
    uint64_t evicted;
    ssk_flow_fn on_evict;
    void *user;
};

typedef struct service_key {
    ssk_addr addr;
    uint8_t transport;
    uint16_t port;
} service_key;

static uint64_t endpoint4(const ssk_addr *addr, uint16_t port)
{
    uint32_t bytes;
    memcpy(&bytes, addr->bytes, sizeof bytes);
    return (uint64_t)bytes << 16 | port;
}

/* Keyed: addresses and ports are the sender's to choose. */
static uint64_t hash_endpoint(const ssk_addr *addr, uint16_t port)
{
    uint64_t words[3] = {port};
    if (addr->family == 4)
        return ssk_hash_number(endpoint4(addr, port));
    memcpy(words + 1, addr->bytes, sizeof addr->bytes);
    return ssk_hash(words, sizeof words);
}

/* Symmetric: both directions meet in one bucket. */
static uint64_t hash_packet(const ssk_packet *packet)
{
    const ssk_ip_hdr *ip = &packet->ip;
    if (ip->src.family == 4 && ip->dst.family == 4) {
        uint64_t from = endpoint4(&ip->src, packet->src_port);
        uint64_t to = endpoint4(&ip->dst, packet->dst_port);
        return ssk_hash_pair(MIN(from, to), MAX(from, to)) + packet->kind;
    }
    return hash_endpoint(&packet->ip.src, packet->src_port) +
           hash_endpoint(&packet->ip.dst, packet->dst_port) + packet->kind;
}

static guint service_hash(gconstpointer key)
{
    const service_key *service = key;
    uint64_t port = (uint64_t)service->port << 8 | service->transport;
    if (service->addr.family == 4)
        return (guint)ssk_hash_pair(endpoint4(&service->addr, 0), port);
    return (guint)hash_endpoint(&service->addr, service->port) + service->transport;
}

static gboolean service_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(service_key)) == 0;
}

ssk_flow_table *ssk_flow_table_new(size_t max_flows, ssk_flow_fn on_evict, void *user)
{
    ssk_flow_table *table = g_new0(ssk_flow_table, 1);
    table->n_buckets = 1024;
    table->buckets = g_new0(ssk_flow *, table->n_buckets);
    table->max_flows = max_flows;
    table->services = g_hash_table_new_full(service_hash, service_equal, g_free, g_free);
    table->next_id = 1;
    table->on_evict = on_evict;
    table->user = user;
    return table;
}

static void unlink_use(ssk_flow_table *table, ssk_flow *flow)
{
    *(flow->older ? &flow->older->newer : &table->uses[flow->spared].oldest) = flow->newer;
    *(flow->newer ? &flow->newer->older : &table->uses[flow->spared].newest) = flow->older;
    table->uses[flow->spared].count--;
}

static void link_newest(ssk_flow_table *table, ssk_flow *flow)
{
    ssk_flow **newest = &table->uses[flow->spared].newest;
    flow->older = *newest;
    flow->newer = NULL;
    *(*newest ? &(*newest)->newer : &table->uses[flow->spared].oldest) = flow;
    *newest = flow;
    table->uses[flow->spared].count++;
}

static void free_flow(ssk_flow_table *table, ssk_flow *flow)
{
    table->on_evict(table->user, flow);
    for (int dir = 0; dir < 2; dir++) {
        ssk_hist_clear(&flow->side[dir].gaps);
        ssk_stream_free(flow->side[dir].stream);
        ssk_rhythm_clear(&flow->side[dir].rhythm);
        g_free(flow->side[dir].tcp.holes);
        for (int role = 0; flow->side[dir].role_period && role < SSK_N_ROLES; role++)
            g_free(flow->side[dir].role_period[role]);
        g_free(flow->side[dir].role_period);
    }
    ssk_messages_free(flow->messages);
    g_free(flow->process_name);
    g_free(flow);
}

void ssk_flow_table_free(ssk_flow_table *table)
{
    if (!table)
        return;
    for (int spared = 0; spared < 2; spared++)
        for (ssk_flow *flow; (flow = table->uses[spared].oldest);) {
            unlink_use(table, flow);
            free_flow(table, flow);
        }
    g_hash_table_destroy(table->services);
    g_free(table->buckets);
    g_free(table);
}

static void unlink_bucket(ssk_flow_table *table, ssk_flow *flow)
{
    if (flow->previous)
        flow->previous->next = flow->next;
    else
        table->buckets[flow->hash & (table->n_buckets - 1)] = flow->next;
    if (flow->next)
        flow->next->previous = flow->previous;
}

/* Of several connections on one tuple the newest must be found first. */
static void link_bucket(ssk_flow_table *table, ssk_flow *flow)
{
    ssk_flow **bucket = &table->buckets[flow->hash & (table->n_buckets - 1)];
    flow->previous = NULL;
    flow->next = *bucket;
    if (flow->next)
        flow->next->previous = flow;
    *bucket = flow;
}

/* Each bucket becomes two, in the order that it had. */
static void grow(ssk_flow_table *table)
{
    size_t half = table->n_buckets;
    table->n_buckets *= 2;
    table->buckets = g_renew(ssk_flow *, table->buckets, table->n_buckets);
    for (size_t i = 0; i < half; i++) {
        ssk_flow **end[2] = {&table->buckets[i], &table->buckets[i + half]};
        ssk_flow *last[2] = {NULL, NULL};
        for (ssk_flow *flow = table->buckets[i], *next; flow; flow = next) {
            bool upper = flow->hash & half;
            next = flow->next;
            *end[upper] = flow;
            flow->previous = last[upper];
            last[upper] = flow;
            end[upper] = &flow->next;
        }
        *end[0] = *end[1] = NULL;
    }
}

/* A conversation that goes on for so long is none of a flood. */
#define LONG_LIFE (10 * SSK_S)

/* What a flood of short connections must not wash away: what was measured, and what is watched. */
static bool is_worth_keeping(const ssk_flow *flow)
{
    for (int dir = 0; dir < 2; dir++)
        if (flow->side[dir].learned || flow->side[dir].declared)
            return true;
    ssk_span_ns lived;
    return flow->measured || flow->profile ||
           (flow->side[SSK_A].payload_packets && flow->side[SSK_B].payload_packets &&
            !__builtin_sub_overflow(flow->last, flow->first, &lived) && lived >= LONG_LIFE);
}

/* Computed only for a flow that is about to be dropped, so no packet pays for it. */
static ssk_flow *find_victim(ssk_flow_table *table)
{
    ssk_flow *flow;
    while ((flow = table->uses[0].oldest) && table->uses[1].count < table->max_flows / 2 &&
           is_worth_keeping(flow)) {
        unlink_use(table, flow);
        flow->spared = true;
        link_newest(table, flow);
    }
    return flow ? flow : table->uses[1].oldest;
}

#define CACHE_LINE 64

/* Have its memory on its way. */
static void expect(const ssk_flow *flow)
{
    for (size_t at = 0; flow && at < sizeof *flow; at += CACHE_LINE)
        __builtin_prefetch((const uint8_t *)flow + at, 1);
}

static void evict_oldest(ssk_flow_table *table)
{
    ssk_flow *flow = find_victim(table);
    expect(flow->newer); /* the next one: nobody has looked at it for long */
    unlink_bucket(table, flow);
    unlink_use(table, flow);
    free_flow(table, flow);
    table->count--;
    table->evicted++;
}

/* mDNS, SSDP, LLMNR, NetBIOS, WS-Discovery, DNS and DHCP speak when something
 * happens: whatever rhythm they show is chance. IANA port numbers. */
static bool is_discovery(const ssk_flow *flow)
{
    static const uint16_t ports[] = {53, 67, 68, 137, 138, 546, 547, 1900, 3702, 5353, 5355};
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
        if (flow->transport == SSK_UDP &&
            (flow->port[SSK_A] == ports[i] || flow->port[SSK_B] == ports[i]))
            return true;
    return false;
}

static ssk_service *find_service(ssk_flow_table *table, const ssk_flow *flow)
{
    service_key key;
    memset(&key, 0, sizeof key);
    key.addr = flow->addr[SSK_B];
    key.transport = (uint8_t)flow->transport;
    key.port = flow->port[SSK_B];
    ssk_service *service = g_hash_table_lookup(table->services, &key);
    /* Bounded like the flows: a port scan must not fill the memory. */
    if (!service && g_hash_table_size(table->services) < table->max_flows) {
        service = g_new0(ssk_service, 1);
        g_hash_table_insert(table->services, g_memdup2(&key, sizeof key), service);
    }
    return service;
}

static ssk_flow *new_flow(ssk_flow_table *table, const ssk_packet *packet, uint64_t hash)
{
    if (table->count >= table->max_flows)
        evict_oldest(table);
    if (2 * table->count >= table->n_buckets)
        grow(table);
    bool tcp = packet->kind == SSK_PACKET_TCP;
    /* SYN-ACK first: its receiver opened the connection. */
    bool swapped = tcp &&
                   (packet->tcp.flags & (SSK_TCP_SYN | SSK_TCP_ACK)) == (SSK_TCP_SYN | SSK_TCP_ACK);
    ssk_flow *flow = g_new0(ssk_flow, 1);
    flow->id = table->next_id++;
    flow->stream = table->next_stream[!tcp]++;
    flow->transport = tcp ? SSK_TCP : SSK_UDP;
    flow->addr[swapped] = packet->ip.src;
    flow->port[swapped] = packet->src_port;
    flow->addr[!swapped] = packet->ip.dst;
    flow->port[!swapped] = packet->dst_port;
    flow->first_frame = packet->event->frame;
    flow->first = flow->last = flow->closed_at = SSK_TIME_NONE;
    flow->process_pid = -1;
    for (int dir = 0; dir < 2; dir++) {
        flow->side[dir].first = flow->side[dir].last = SSK_TIME_NONE;
        ssk_quiet_init(&flow->side[dir].quiet);
        ssk_rhythm_init(&flow->side[dir].rhythm);
    }
    flow->service = is_discovery(flow) ? NULL : find_service(table, flow);
    flow->hash = hash;
    link_bucket(table, flow);
    link_newest(table, flow);
    table->count++;
    return flow;
}

/** A SYN begins a new connection unless it repeats the one the tuple has, by its sequence number:
 * as heard of the sender itself, or as its peer acknowledged it. As Wireshark tells them apart. */
static bool begins_connection(const ssk_flow *flow, ssk_dir dir, const ssk_packet *packet)
{
    const ssk_tcp_side *side = &flow->side[dir].tcp;
    if (packet->kind != SSK_PACKET_TCP ||
        (packet->tcp.flags & (SSK_TCP_SYN | SSK_TCP_ACK)) != SSK_TCP_SYN)
        return false;
    if (side->heard)
        return side->isn != packet->tcp.seq;
    if (side->acked_valid)
        return side->acked - 1 != packet->tcp.seq;
    return flow->side[dir].packets > 0; /* resets only: they tell no sequence number */
}

ssk_flow *ssk_flow_table_get(ssk_flow_table *table, const ssk_packet *packet, ssk_dir *ret_dir)
{
    uint64_t hash = hash_packet(packet);
    bool shares_tuple = false;
    ssk_transport transport = packet->kind == SSK_PACKET_TCP ? SSK_TCP : SSK_UDP;
    for (ssk_flow *flow = table->buckets[hash & (table->n_buckets - 1)]; flow; flow = flow->next) {
        if (flow->transport != transport)
            continue;
        ssk_dir dir;
        if (flow->port[SSK_A] == packet->src_port && flow->port[SSK_B] == packet->dst_port &&
            ssk_addr_equal(&flow->addr[SSK_A], &packet->ip.src) &&
            ssk_addr_equal(&flow->addr[SSK_B], &packet->ip.dst))
            dir = SSK_A;
        else if (flow->port[SSK_B] == packet->src_port && flow->port[SSK_A] == packet->dst_port &&
                 ssk_addr_equal(&flow->addr[SSK_B], &packet->ip.src) &&
                 ssk_addr_equal(&flow->addr[SSK_A], &packet->ip.dst))
            dir = SSK_B;
        else
            continue;
        if (begins_connection(flow, dir, packet)) {
            flow->shares_tuple = shares_tuple = true;
            break;
        }
        if (flow->newer) {
            unlink_use(table, flow);
            link_newest(table, flow);
        }
        *ret_dir = dir;
        return flow;
    }
    ssk_flow *flow = new_flow(table, packet, hash);
    flow->shares_tuple = shares_tuple;
    *ret_dir = ssk_addr_equal(&flow->addr[SSK_A], &packet->ip.src) &&
                       flow->port[SSK_A] == packet->src_port
                   ? SSK_A
                   : SSK_B;
    return flow;
}

/* To sort by, without a look at a million flows that are in no cache. */
typedef struct numbered {
    uint32_t id;
    ssk_flow *flow;
} numbered;

static int by_id(gconstpointer a, gconstpointer b)
{
    const numbered *x = a, *y = b;
    return (x->id > y->id) - (x->id < y->id);
}

void ssk_flow_table_each(ssk_flow_table *table, ssk_flow_fn each, void *user)
{
    GArray *flows = g_array_sized_new(FALSE, FALSE, sizeof(numbered), (guint)table->count);
    bool sorted = true;
    uint32_t last = 0;
    for (int spared = 0; spared < 2; spared++)
        for (ssk_flow *flow = table->uses[spared].oldest; flow; flow = flow->newer) {
            numbered one = {flow->id, flow};
            g_array_append_val(flows, one);
            sorted &= last < flow->id;
            last = flow->id;
        }
    if (!sorted)
        g_array_sort(flows, by_id);
    for (guint i = 0; i < flows->len; i++)
        each(user, g_array_index(flows, numbered, i).flow);
    g_array_free(flows, TRUE);
}

size_t ssk_flow_table_size(const ssk_flow_table *table)
{
    return table->count;
}

uint64_t ssk_flow_table_evicted(const ssk_flow_table *table)
{
    return table->evicted;
}
