/* dns.c - who asks which resolver, what stays unanswered, what is slow.
 *
 * A name asked of a second resolver while the first does not answer is a
 * fallback, or a stub that asks all at once; only a name that was asked there
 * alone shows a choice.
 *
 * Source: RFC 1035, section 4; RFC 2132, section 3.8 (DHCP option 6).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/decode/cursor.h"
#include "core/decode/dnssd.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_dns;

/* Client and resolver pairs followed, and queries that may wait at one time. */
#define PAIRS   1024
#define WAITING 1024
#define NAMES   1024

typedef struct pair {
    struct {
        ssk_addr client, resolver;
    } key;
    uint32_t chosen, fallback, answered;
    ssk_fact first_last; /* frames and times of its queries */
    ssk_fact slowest;    /* value 0: none */
    ssk_fact late; /* value: answered only after the client had asked again; the longest wait */
} pair;

typedef struct query {
    pair *of; /* NULL: free */
    uint16_t port, id;
    uint32_t hash; /* of the name and type */
    uint32_t frame;
    ssk_time_ns time;
} query;

typedef struct name {
    uint32_t hash;
    ssk_addr client, resolver;
    ssk_time_ns time;
    uint32_t frame;
    bool answered;
    bool again; /* asked of the same resolver once more, after SSK_LIMIT(DNS_AGAIN) or longer */
} name;

typedef struct tables {
    GHashTable *pairs;
    query waiting[WAITING]; /* by hash; a newcomer takes the place of an older one */
    name names[NAMES];
} tables;

typedef struct state {
    tables *t; /* NULL until the first query */
} state;

static guint pair_hash(gconstpointer key)
{
    return (guint)ssk_hash(&((const pair *)key)->key, sizeof((const pair *)key)->key);
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(&((const pair *)a)->key, &((const pair *)b)->key, sizeof((const pair *)a)->key) ==
           0;
}

static pair *get_pair(tables *t, const ssk_addr *client, const ssk_addr *resolver)
{
    pair wanted = {.key = {*client, *resolver}};
    pair *found = g_hash_table_lookup(t->pairs, &wanted);
    if (found || g_hash_table_size(t->pairs) >= PAIRS)
        return found;
    found = g_memdup2(&wanted, sizeof wanted);
    g_hash_table_add(t->pairs, found);
    return found;
}

static query *slot_of(tables *t, const pair *of, uint16_t port, uint16_t id)
{
    uint16_t numbers[2] = {port, id};
    return &t->waiting[(ssk_slot_hash(&of->key, sizeof of->key) ^
                        ssk_slot_hash(numbers, sizeof numbers)) %
                       WAITING];
}

static name *name_of(tables *t, const ssk_addr *client, uint32_t hash)
{
    return &t->names[(ssk_slot_hash(client, sizeof *client) ^ hash) % NAMES];
}

static bool asks_again(const name *asked, const ssk_packet *packet, uint32_t hash)
{
    ssk_span_ns waited = packet->event->time - asked->time;
    return asked->hash == hash && asked->frame && !asked->answered &&
           ssk_addr_equal(&asked->client, &packet->ip.src) &&
           ssk_addr_equal(&asked->resolver, &packet->ip.dst) && waited >= SSK_LIMIT(DNS_AGAIN) &&
           waited < SSK_LIMIT(DNS_SAME_QUERY);
}

static void note_late(pair *of, const name *asked, const ssk_event *event)
{
    int64_t count = of->late.late.names + 1;
    if (event->time - asked->time > of->late.late.longest)
        of->late = (ssk_fact){.late.longest = event->time - asked->time,
                              .start = asked->time,
                              .end = event->time,
                              .frame_first = asked->frame,
                              .frame_last = event->frame};
    of->late.late.names = count;
}

static void ask(tables *t, const ssk_packet *packet, uint16_t id, const ssk_dns_record *question)
{
    const ssk_event *event = packet->event;
    pair *of = get_pair(t, &packet->ip.src, &packet->ip.dst);
    if (!of)
        return;
    uint32_t hash = ssk_dns_name_hash(&question->name) ^ question->type;
    query *slot = slot_of(t, of, packet->src_port, id);
    name *asked = name_of(t, &packet->ip.src, hash);
    if (asks_again(asked, packet, hash))
        asked->again = true;
    if (slot->of == of && slot->port == packet->src_port && slot->id == id && slot->hash == hash &&
        event->time - slot->time < SSK_LIMIT(DNS_SAME_QUERY))
        return; /* the same question again */
    *slot = (query){.of = of,
                    .port = packet->src_port,
                    .id = id,
                    .hash = hash,
                    .frame = event->frame,
                    .time = event->time};
    bool same = asked->hash == hash && ssk_addr_equal(&asked->client, &packet->ip.src) &&
                event->time - asked->time < SSK_LIMIT(DNS_FALLBACK);
    bool elsewhere = same && !ssk_addr_equal(&asked->resolver, &packet->ip.dst);
    if (elsewhere && !asked->answered) {
        of->fallback++;
    } else {
        of->chosen++;
        if (!same || !asked->again || asked->answered)
            *asked = (name){.hash = hash,
                            .client = packet->ip.src,
                            .resolver = packet->ip.dst,
                            .frame = event->frame,
                            .time = event->time};
    }
    if (!of->first_last.frame_first) {
        of->first_last.frame_first = event->frame;
        of->first_last.start = event->time;
    }
    of->first_last.frame_last = event->frame;
    of->first_last.end = event->time;
}

static void answer(tables *t, const ssk_packet *packet, uint16_t id, const ssk_dns_record *question)
{
    pair wanted = {.key = {packet->ip.dst, packet->ip.src}};
    pair *of = g_hash_table_lookup(t->pairs, &wanted);
    if (!of)
        return;
    uint32_t hash = ssk_dns_name_hash(&question->name) ^ question->type;
    name *asked = name_of(t, &packet->ip.dst, hash);
    if (asked->hash == hash && ssk_addr_equal(&asked->client, &packet->ip.dst)) {
        if (asked->again && !asked->answered && ssk_addr_equal(&asked->resolver, &packet->ip.src))
            note_late(of, asked, packet->event);
        asked->answered = true;
    }
    query *slot = slot_of(t, of, packet->dst_port, id);
    if (slot->of != of || slot->port != packet->dst_port || slot->id != id || slot->hash != hash)
        return;
    ssk_span_ns took = packet->event->time - slot->time;
    of->answered++;
    if (took > of->slowest.slowest.took)
        of->slowest = (ssk_fact){.slowest.took = took,
                                 .start = slot->time,
                                 .end = packet->event->time,
                                 .frame_first = slot->frame,
                                 .frame_last = packet->event->frame};
    slot->of = NULL;
}

/* DHCP: after 236 bytes and the cookie come options; 6 holds resolvers, 53 the message's type. */
static void hear_offer(const ssk_packet *packet, ssk_facts *out)
{
    enum { YIADDR = 16, OPTIONS = 240, PAD = 0, RESOLVERS = 6, END = 255, MOST = 8 };
    ssk_cursor cursor = ssk_cursor_init(packet->payload, packet->payload_cap);
    ssk_cursor_seek(&cursor, YIADDR);
    ssk_addr client = ssk_cursor_addr(&cursor, 4);
    ssk_cursor_seek(&cursor, OPTIONS);
    if (ssk_addr_is_zero(&client))
        client.family = 0; /* an answer to DHCPINFORM: for whom, it does not say */
    while (ssk_cursor_left(&cursor) > 0) {
        uint8_t code = ssk_cursor_u8(&cursor);
        if (code == PAD)
            continue;
        if (code == END)
            return;
        ssk_cursor option = ssk_cursor_sub(&cursor, ssk_cursor_u8(&cursor));
        for (int i = 0; code == RESOLVERS && i < MOST && ssk_cursor_left(&option) >= 4; i++) {
            ssk_fact fact = {.kind = SSK_FACT_DNS_OFFER,
                             .host = client,
                             .peer = ssk_cursor_addr(&option, 4),
                             .start = packet->event->time,
                             .end = packet->event->time,
                             .frame_first = packet->event->frame,
                             .frame_last = packet->event->frame};
            ssk_facts_add(out, &fact);
        }
    }
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    (void)config;
    if (packet->kind != SSK_PACKET_UDP || step->time == SSK_TIME_NONE)
        return;
    if (packet->src_port == 67 && packet->dst_port == 68) {
        hear_offer(packet, out);
        return;
    }
    bool asks = packet->dst_port == SSK_PORT_DNS, answers = packet->src_port == SSK_PORT_DNS;
    ssk_dns_reader reader;
    ssk_dns_record question;
    if (asks == answers || ssk_dns_open(&reader, packet->payload, packet->payload_cap) != SSK_OK ||
        reader.header.response != answers || !ssk_dns_next(&reader, &question) ||
        question.section != SSK_DNS_QUESTION)
        return;
    if (!s->t) {
        s->t = g_new0(tables, 1);
        s->t->pairs = g_hash_table_new_full(pair_hash, pair_equal, g_free, NULL);
    }
    if (asks)
        ask(s->t, packet, reader.header.id, &question);
    else
        answer(s->t, packet, reader.header.id, &question);
}

static unsigned still_waiting(const tables *t, const pair *of, ssk_time_ns end)
{
    unsigned count = 0;
    for (unsigned i = 0; i < WAITING; i++)
        count += t->waiting[i].of == of && end - t->waiting[i].time < SSK_LIMIT(DNS_GRACE);
    return count;
}

/* @param measured without a frame: nothing was */
static void add_of(const pair *of, const ssk_fact *measured, ssk_fact_kind kind, ssk_facts *out)
{
    ssk_fact fact = *measured;
    if (!fact.frame_first)
        return;
    fact.kind = (uint8_t)kind;
    fact.host = of->key.client;
    fact.peer = of->key.resolver;
    ssk_facts_add(out, &fact);
}

static gint by_first_frame(gconstpointer a, gconstpointer b)
{
    const pair *x = *(const pair *const *)a, *y = *(const pair *const *)b;
    return (x->first_last.frame_first > y->first_last.frame_first) -
           (x->first_last.frame_first < y->first_last.frame_first);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    if (!s->t)
        return;
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter each;
    gpointer key;
    g_hash_table_iter_init(&each, s->t->pairs);
    while (g_hash_table_iter_next(&each, &key, NULL))
        g_ptr_array_add(list, key);
    g_ptr_array_sort(list, by_first_frame);
    for (guint i = 0; i < list->len; i++) {
        const pair *of = list->pdata[i];
        ssk_fact fact = of->first_last;
        uint32_t total = of->chosen + of->fallback,
                 done = of->answered + still_waiting(s->t, of, end);
        fact.kind = SSK_FACT_DNS;
        fact.host = of->key.client;
        fact.peer = of->key.resolver;
        fact.names.chosen = of->chosen;
        fact.names.also = of->fallback;
        fact.names.unanswered = total > done ? total - done : 0;
        fact.flags = of->answered ? 0 : SSK_DNS_NO_ANSWER;
        ssk_facts_add(out, &fact);
        add_of(of, &of->slowest, SSK_FACT_DNS_SLOWEST, out);
        add_of(of, &of->late, SSK_FACT_DNS_LATE, out);
    }
    g_ptr_array_unref(list);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (s->t)
        g_hash_table_destroy(s->t->pairs);
    g_free(s->t);
}

static bool concerns(const ssk_flow *flow)
{
    return ssk_flow_has_port(flow, SSK_PORT_DNS) || ssk_flow_has_port(flow, 67);
}

const ssk_meter ssk_meter_dns = {
    .name = "dns",
    .hears = SSK_HEARS(UDP),
    .state_size = sizeof(state),
    .concerns = concerns,
    .on_step = on_step,
    .on_close = on_close,
    .free_state = free_state,
};
