/* multicast.c - groups: who joined, what was sent, who was asked.
 *
 * Source: RFC 2236 and RFC 3376 (IGMP); RFC 2710 and RFC 3810 (MLD).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/decode/cursor.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_multicast;

#define GROUPS 1024
/* Reports without a question, of each group, that are kept: hosts repeat theirs once or twice. */
#define JOINS 64

typedef struct group {
    ssk_addr addr;
    uint32_t datagrams, reports;
    uint32_t data_frames[2], report_frames[2];
    ssk_time_ns data[2], reported[2]; /* first, last */
    uint32_t left_frame;              /* last leave after the last report; 0: none */
    ssk_time_ns left;
    uint32_t joins;        /* known of it, JOINS at most */
    uint32_t queries_then; /* general ones, up to the last report */
} group;

typedef struct asked {
    uint32_t queries, reports;
    uint32_t frames[2];
    ssk_time_ns times[2]; /* of the queries */
} asked;

typedef struct state {
    GHashTable *groups; /* NULL until the first */
    asked of[2];        /* IPv4, IPv6 */
} state;

static group *get_group(state *s, const ssk_addr *addr)
{
    return ssk_addr_row(&s->groups, addr, sizeof(group), GROUPS);
}

static void mark(uint32_t frames[2], ssk_time_ns times[2], const ssk_event *event)
{
    if (!frames[0]) {
        frames[0] = event->frame;
        times[0] = event->time;
    }
    frames[1] = event->frame;
    times[1] = event->time;
}

/* RFC 2236, 3; RFC 3810, 6.1: who joins says so without being asked. */
static void tell_join(const state *s, const group *g, const ssk_event *event, ssk_facts *out)
{
    const asked *of = &s->of[g->addr.family == 6];
    bool asked_now = of->queries && event->time - of->times[1] <= SSK_LIMIT(GROUP_RESPONSE);
    if (asked_now || g->joins > JOINS)
        return;
    ssk_fact fact = {.kind = SSK_FACT_REJOINED,
                     .host = g->addr,
                     .start = event->time,
                     .end = event->time,
                     .frame_first = event->frame};
    ssk_facts_add(out, &fact);
}

static void report(state *s, const ssk_addr *addr, const ssk_event *event, ssk_facts *out)
{
    group *g = ssk_addr_is_multicast(addr) ? get_group(s, addr) : NULL;
    s->of[addr->family == 6].reports++;
    if (!g)
        return;
    g->reports++;
    g->joins++;
    tell_join(s, g, event, out);
    mark(g->report_frames, g->reported, event);
    g->left_frame = 0;
    g->queries_then = s->of[addr->family == 6].queries;
}

static void leave(state *s, const ssk_addr *addr, const ssk_event *event)
{
    group *g = ssk_addr_is_multicast(addr) ? get_group(s, addr) : NULL;
    if (!g)
        return;
    g->left = event->time;
    g->left_frame = event->frame;
}

static void query(state *s, unsigned version, const ssk_event *event)
{
    asked *of = &s->of[version == 6];
    of->queries++;
    mark(of->frames, of->times, event);
}

/* IGMPv3 and MLDv2 reports share their form. An "include" without sources leaves the group. */
static void read_records(state *s, ssk_cursor *cursor, uint8_t family, const ssk_event *event,
                         ssk_facts *out)
{
    enum { MODE_IS_INCLUDE = 1, CHANGE_TO_INCLUDE = 3, MOST = 64 };
    ssk_cursor_skip(cursor, 2);
    unsigned records = ssk_cursor_be16(cursor);
    for (unsigned i = 0; i < records && i < MOST && ssk_cursor_left(cursor) > 0; i++) {
        uint8_t type = ssk_cursor_u8(cursor), words = ssk_cursor_u8(cursor);
        uint16_t sources = ssk_cursor_be16(cursor);
        ssk_addr addr = ssk_cursor_addr(cursor, family);
        ssk_cursor_skip(cursor, sources * (family == 4 ? 4u : 16u) + words * 4u);
        bool leaves = sources == 0 && (type == MODE_IS_INCLUDE || type == CHANGE_TO_INCLUDE);
        if (cursor->failed)
            return;
        if (leaves)
            leave(s, &addr, event);
        else
            report(s, &addr, event, out);
    }
}

static void hear_igmp(state *s, const ssk_packet *packet, ssk_facts *out)
{
    enum { QUERY = 0x11, REPORT_1 = 0x12, REPORT_2 = 0x16, LEAVE = 0x17, REPORT_3 = 0x22 };
    ssk_cursor cursor = ssk_cursor_init(packet->payload, packet->payload_cap);
    uint8_t type = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, 3);
    if (type == QUERY) {
        query(s, 4, packet->event);
    } else if (type == REPORT_1 || type == REPORT_2 || type == LEAVE) {
        ssk_addr addr = ssk_cursor_addr(&cursor, 4);
        if (type == LEAVE)
            leave(s, &addr, packet->event);
        else
            report(s, &addr, packet->event, out);
    } else if (type == REPORT_3) {
        read_records(s, &cursor, 4, packet->event, out);
    }
}

static void hear_mld(state *s, const ssk_packet *packet, ssk_facts *out)
{
    enum { QUERY = 130, REPORT_1 = 131, DONE = 132, REPORT_2 = 143 };
    ssk_cursor cursor = ssk_cursor_init(packet->payload, packet->payload_cap);
    if (packet->icmp.type == QUERY) {
        query(s, 6, packet->event);
    } else if (packet->icmp.type == REPORT_1 || packet->icmp.type == DONE) {
        ssk_cursor_skip(&cursor, 4);
        ssk_addr addr = ssk_cursor_addr(&cursor, 6);
        if (packet->icmp.type == DONE)
            leave(s, &addr, packet->event);
        else
            report(s, &addr, packet->event, out);
    } else if (packet->icmp.type == REPORT_2) {
        read_records(s, &cursor, 6, packet->event, out);
    }
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    enum { PROTOCOL_IGMP = 2 };
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    if (packet->kind == SSK_PACKET_UDP) {
        group *g = ssk_addr_is_multicast(&packet->ip.dst) ? get_group(s, &packet->ip.dst) : NULL;
        if (!g)
            return;
        g->datagrams++;
        mark(g->data_frames, g->data, packet->event);
    } else if (packet->kind == SSK_PACKET_IP && packet->ip.protocol == PROTOCOL_IGMP) {
        hear_igmp(s, packet, out);
    } else if (packet->kind == SSK_PACKET_ICMP && packet->icmp.version == 6) {
        hear_mld(s, packet, out);
    }
}

static gint by_addr(gconstpointer a, gconstpointer b)
{
    return memcmp(&(*(const group *const *)a)->addr, &(*(const group *const *)b)->addr,
                  sizeof(ssk_addr));
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    for (unsigned i = 0; i < 2; i++) {
        const asked *of = &s->of[i];
        ssk_fact fact = {SSK_AS_GROUP_QUERIES(.queries = of->queries, .reports = of->reports),
                         .host = {.family = i ? 6 : 4},
                         .start = of->times[0],
                         .end = of->times[1],
                         .frame_first = of->frames[0],
                         .frame_last = of->frames[1]};
        if (of->queries || of->reports)
            ssk_facts_add(out, &fact);
    }
    if (!s->groups)
        return;
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter each;
    gpointer value;
    g_hash_table_iter_init(&each, s->groups);
    while (g_hash_table_iter_next(&each, NULL, &value))
        g_ptr_array_add(list, value);
    g_ptr_array_sort(list, by_addr);
    for (guint i = 0; i < list->len; i++) {
        const group *g = list->pdata[i];
        bool data = g->datagrams > 0;
        ssk_fact fact = {SSK_AS_GROUP(.datagrams = g->datagrams, .reports = g->reports),
                         .host = g->addr,
                         .start = data ? g->data[0] : g->reported[0],
                         .end = data ? g->data[1] : end,
                         .frame_first = data ? g->data_frames[0] : g->report_frames[0],
                         .frame_last = data ? g->data_frames[1] : g->report_frames[1]};
        ssk_facts_add(out, &fact);
        const asked *of = &s->of[g->addr.family == 6];
        ssk_fact membership = {SSK_AS_MEMBERSHIP(.queries = of->queries - g->queries_then,
                                                 .last_query = of->frames[1]),
                               .host = g->addr,
                               .start = g->reports ? g->reported[1] : SSK_TIME_NONE,
                               .frame_first = g->report_frames[1],
                               .end = g->left_frame ? g->left : SSK_TIME_NONE,
                               .frame_last = g->left_frame};
        if (g->reports || g->left_frame)
            ssk_facts_add(out, &membership);
    }
    g_ptr_array_unref(list);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (s->groups)
        g_hash_table_destroy(s->groups);
}

static bool concerns(const ssk_flow *flow)
{
    return ssk_addr_is_multicast(&flow->addr[SSK_A]) || ssk_addr_is_multicast(&flow->addr[SSK_B]);
}

const ssk_meter ssk_meter_multicast = {
    .name = "multicast",
    .hears = SSK_HEARS(UDP) | SSK_HEARS(IP) | SSK_HEARS(ICMP),
    .state_size = sizeof(state),
    .concerns = concerns,
    .on_step = on_step,
    .on_close = on_close,
    .free_state = free_state,
};
