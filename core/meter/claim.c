/* claim.c - which MAC says it has an address, and who says so by turns.
 *
 * Only ARP and neighbor advertisements count: behind a router many addresses
 * share its MAC, and two routers may bring one address.
 *
 * Source: RFC 826; RFC 5227; RFC 4861, section 7.2; RFC 4862, section 5.4.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_claim;

#define ADDRESSES 4096
#define PROBES    16

/* Two holders of one thing, by turns. */
typedef struct turns {
    uint32_t count; /* times it came back */
    uint32_t frames[2];
    ssk_time_ns times[2];
} turns;

typedef struct address {
    ssk_addr addr;
    ssk_mac mac[2]; /* the latest, the one before */
    unsigned known;
    turns back;
} address;

typedef struct answerer {
    ssk_mac mac;
    ssk_addr addr[2];
    unsigned known, others; /* others: further addresses: a proxy, a router */
    turns back;
} answerer;

typedef struct probe {
    ssk_addr addr; /* family 0: free */
    ssk_mac mac;
    ssk_time_ns time;
    uint32_t frame;
} probe;

typedef struct state {
    GHashTable *addresses, *answerers;
    probe probes[PROBES];
    unsigned next;
} state;

static guint mac_hash(gconstpointer mac)
{
    return (guint)ssk_hash(mac, sizeof(ssk_mac));
}

static gboolean mac_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(ssk_mac)) == 0;
}

static void came_back(turns *back, const ssk_event *event)
{
    if (back->count++ == 0) {
        back->frames[0] = event->frame;
        back->times[0] = event->time;
    }
    back->frames[1] = event->frame;
    back->times[1] = event->time;
}

static void end_probes(state *s, const ssk_addr *addr, const ssk_mac *mac, const ssk_event *event,
                       ssk_facts *out)
{
    for (unsigned i = 0; i < PROBES; i++) {
        probe *p = &s->probes[i];
        if (!p->addr.family || !ssk_addr_equal(&p->addr, addr) || mac_equal(&p->mac, mac))
            continue;
        ssk_fact fact = {.kind = SSK_FACT_CLAIM,
                         .flags = SSK_CLAIM_PROBED,
                         .host = *addr,
                         .mac = *mac,
                         .start = p->time,
                         .end = event->time,
                         .frame_first = p->frame,
                         .frame_last = event->frame};
        if (event->time - p->time <= SSK_LIMIT(PROBE_LASTS))
            ssk_facts_add(out, &fact);
        p->addr.family = 0;
    }
}

static void remember_probe(state *s, const ssk_addr *addr, const ssk_mac *mac,
                           const ssk_event *event)
{
    s->probes[s->next++ % PROBES] = (probe){*addr, *mac, event->time, event->frame};
}

static void claim(state *s, const ssk_addr *addr, const ssk_mac *mac, const ssk_event *event,
                  ssk_facts *out)
{
    end_probes(s, addr, mac, event, out);
    address *a = ssk_addr_row(&s->addresses, addr, sizeof *a, ADDRESSES);
    if (!a)
        return;
    if (a->known && mac_equal(&a->mac[0], mac))
        return;
    if (a->known == 2 && mac_equal(&a->mac[1], mac))
        came_back(&a->back, event);
    a->mac[1] = a->mac[0];
    a->mac[0] = *mac;
    a->known = MIN(a->known + 1, 2);
}

/* An answer, not merely its own announcement. */
static void answer(state *s, const ssk_addr *addr, const ssk_mac *mac, const ssk_event *event)
{
    answerer *a = g_hash_table_lookup(s->answerers, mac);
    if (!a) {
        if (g_hash_table_size(s->answerers) >= ADDRESSES)
            return;
        a = g_new0(answerer, 1);
        a->mac = *mac;
        g_hash_table_insert(s->answerers, &a->mac, a);
    }
    if (a->known && ssk_addr_equal(&a->addr[0], addr))
        return;
    if (a->known == 2 && ssk_addr_equal(&a->addr[1], addr))
        came_back(&a->back, event);
    else if (a->known == 2)
        a->others++;
    a->addr[1] = a->addr[0];
    a->addr[0] = *addr;
    a->known = MIN(a->known + 1, 2);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    enum { REQUEST = 1, REPLY = 2, SOLICITATION = 135, ADVERTISEMENT = 136 };
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    (void)config;
    bool arp = packet->kind == SSK_PACKET_ARP && packet->problem == SSK_PROBLEM_NONE;
    bool nd = packet->kind == SSK_PACKET_ICMP && packet->icmp.version == 6 &&
              packet->icmp.has_target;
    if ((!arp && !nd) || step->time == SSK_TIME_NONE)
        return;
    if (!s->addresses) {
        s->addresses = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL, g_free);
        s->answerers = g_hash_table_new_full(mac_hash, mac_equal, NULL, g_free);
    }
    if (arp) {
        const ssk_arp_hdr *hdr = &packet->arp;
        if (!ssk_addr_is_zero(&hdr->sender))
            claim(s, &hdr->sender, &hdr->sender_mac, packet->event, out);
        else if (hdr->operation == REQUEST && !ssk_addr_is_zero(&hdr->target))
            remember_probe(s, &hdr->target, &hdr->sender_mac, packet->event);
        if (hdr->operation == REPLY && !ssk_addr_is_zero(&hdr->sender) &&
            !ssk_addr_equal(&hdr->sender, &hdr->target))
            answer(s, &hdr->sender, &hdr->sender_mac, packet->event);
    } else if (packet->icmp.type == ADVERTISEMENT && packet->icmp.has_target_mac) {
        claim(s, &packet->icmp.target, &packet->icmp.target_mac, packet->event, out);
    } else if (packet->icmp.type == SOLICITATION && ssk_addr_is_zero(&packet->ip.src) &&
               packet->link.has_macs) {
        remember_probe(s, &packet->icmp.target, &packet->link.src, packet->event);
    }
}

static gint by_frame(gconstpointer a, gconstpointer b)
{
    const ssk_fact *x = a, *y = b;
    if (x->frame_first != y->frame_first)
        return x->frame_first > y->frame_first ? 1 : -1;
    return memcmp(&x->host, &y->host, sizeof x->host);
}

static ssk_fact fact_of(const turns *back)
{
    return (ssk_fact){.claim.turns = back->count,
                      .start = back->times[0],
                      .end = back->times[1],
                      .frame_first = back->frames[0],
                      .frame_last = back->frames[1]};
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    GArray *list = g_array_new(FALSE, FALSE, sizeof(ssk_fact));
    GHashTableIter each;
    gpointer value;
    (void)config;
    (void)flow;
    (void)end;
    if (s->addresses) {
        g_hash_table_iter_init(&each, s->addresses);
        while (g_hash_table_iter_next(&each, NULL, &value)) {
            const address *a = value;
            ssk_fact fact = fact_of(&a->back);
            fact.kind = SSK_FACT_CLAIM;
            fact.host = a->addr;
            fact.mac = a->mac[0];
            if (a->back.count)
                g_array_append_val(list, fact);
        }
        g_hash_table_iter_init(&each, s->answerers);
        while (g_hash_table_iter_next(&each, NULL, &value)) {
            const answerer *a = value;
            ssk_fact fact = fact_of(&a->back);
            fact.kind = SSK_FACT_CLAIMS_TWO;
            fact.host = a->addr[0];
            fact.peer = a->addr[1];
            fact.mac = a->mac;
            if (a->back.count && !a->others)
                g_array_append_val(list, fact);
        }
    }
    g_array_sort(list, by_frame);
    for (guint i = 0; i < list->len; i++)
        ssk_facts_add(out, &g_array_index(list, ssk_fact, i));
    g_array_unref(list);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (!s->addresses)
        return;
    g_hash_table_destroy(s->addresses);
    g_hash_table_destroy(s->answerers);
}

const ssk_meter ssk_meter_claim = {
    .name = "claim",
    .hears = SSK_HEARS(ARP) | SSK_HEARS(ICMP),
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
    .free_state = free_state,
};
