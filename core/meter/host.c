/* host.c - when an address was heard at all, and with which MAC.
 *
 * Each address keeps its last few silences; they become facts when a flow of
 * that address ends a silence, closes or begins: only then do they matter. What
 * ended after something was retransmitted to that address becomes one at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_host;

/* Addresses followed; a scan must not fill the memory. */
#define HOSTS 20000
#define KEPT  8
/* Senders found again without the table: by flow, of which not many take turns. Power of two. */
#define RECENT 4096

typedef struct host {
    ssk_addr addr;
    ssk_mac mac;
    bool by_ip; /* a fact says so */
    bool asked; /* something was retransmitted to it since it was heard */
    ssk_time_ns last;
    uint32_t last_frame;
    unsigned head, used;
    struct {
        ssk_time_ns start, end;
        uint32_t before, after;
        bool told;
    } silence[KEPT];
} host;

typedef struct state {
    GHashTable *hosts;    /* ssk_addr -> host */
    host *recent[RECENT]; /* by flow and direction; NULL: none, or another's */
    ssk_time_ns last;     /* of anybody; 0: none yet */
    uint32_t last_frame;
} state;

static ssk_fact silence_fact(const host *h, unsigned at)
{
    return (ssk_fact){.kind = SSK_FACT_HOST_SILENCE,
                      .host = h->addr,
                      .mac = h->mac,
                      .start = h->silence[at].start,
                      .end = h->silence[at].end,
                      .frame_first = h->silence[at].before,
                      .frame_last = h->silence[at].after};
}

static void tell_silence(host *h, unsigned at, ssk_facts *out)
{
    ssk_fact fact = silence_fact(h, at);
    ssk_facts_add(out, &fact);
    h->silence[at].told = true;
}

static void tell(state *s, const ssk_addr *addr, ssk_facts *out)
{
    host *h = s->hosts ? g_hash_table_lookup(s->hosts, addr) : NULL;
    for (unsigned i = 0; h && i < h->used; i++)
        if (!h->silence[i].told)
            tell_silence(h, i, out);
}

static host *see(state *s, const ssk_addr *addr, const ssk_mac *mac, bool by_ip,
                 const ssk_event *event, ssk_facts *out)
{
    if (!s->hosts)
        s->hosts = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL, g_free);
    host *h = g_hash_table_lookup(s->hosts, addr);
    bool new_mac = h && mac && memcmp(&h->mac, mac, sizeof *mac) != 0;
    if (!h) {
        if (g_hash_table_size(s->hosts) >= HOSTS)
            return NULL;
        h = g_new0(host, 1);
        h->addr = *addr;
        g_hash_table_insert(s->hosts, &h->addr, h);
        new_mac = true;
    }
    if (new_mac || (by_ip && !h->by_ip)) {
        h->by_ip |= by_ip;
        if (mac)
            h->mac = *mac;
        ssk_fact fact = {SSK_AS_HOST(.has_mac = mac != NULL),
                         .host = *addr,
                         .mac = h->mac,
                         .start = event->time,
                         .end = event->time,
                         .frame_first = event->frame,
                         .frame_last = event->frame,
                         .flags = by_ip ? SSK_HOST_BY_IP : 0};
        ssk_facts_add(out, &fact);
    }
    return h;
}

static void hear(state *s, const ssk_step *step, const ssk_config *config, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    const ssk_event *event = packet->event;
    const ssk_mac *mac = packet->link.has_macs ? &packet->link.src : NULL;
    uint32_t at_recent = ((step->flow ? step->flow->id << 1 : 0) | step->dir) & (RECENT - 1);
    host *h = s->recent[at_recent];
    if (!h || !ssk_addr_equal(&h->addr, &packet->ip.src) ||
        (mac && memcmp(&h->mac, mac, sizeof *mac) != 0))
        h = s->recent[at_recent] = see(s, &packet->ip.src, mac, true, event, out);
    if (!h)
        return;
    if (h->last_frame && event->time - h->last > config->min_gap / 2) {
        unsigned at = h->head;
        h->head = (h->head + 1) % KEPT;
        h->used = MIN(h->used + 1, KEPT);
        h->silence[at].start = h->last;
        h->silence[at].end = event->time;
        h->silence[at].before = h->last_frame;
        h->silence[at].after = event->frame;
        h->silence[at].told = false;
        if (h->asked)
            tell_silence(h, at, out);
    }
    h->asked = false;
    h->last = event->time;
    h->last_frame = event->frame;
}

/* RFC 4861, section 4. */
static bool is_neighbour_discovery(const ssk_packet *packet)
{
    return packet->kind == SSK_PACKET_ICMP && packet->icmp.version == 6 &&
           packet->icmp.type >= 133 && packet->icmp.type <= 137;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    const ssk_event *event = packet->event;
    if (event->time == SSK_TIME_NONE)
        return;
    if (s->last_frame && event->time - s->last > config->min_gap / 2) {
        ssk_fact fact = {.kind = SSK_FACT_CAPTURE_SILENCE,
                         .start = s->last,
                         .end = event->time,
                         .frame_first = s->last_frame,
                         .frame_last = event->frame};
        ssk_facts_add(out, &fact);
    }
    s->last = event->time;
    s->last_frame = event->frame;
    if (packet->kind == SSK_PACKET_ARP) {
        /* ARP proves the link, not IP: it names the MAC, and is no sign of the host here. */
        if (!ssk_addr_is_zero(&packet->arp.sender))
            see(s, &packet->arp.sender, &packet->arp.sender_mac, false, event, out);
        return;
    }
    if (packet->kind < SSK_PACKET_IP || ssk_addr_is_zero(&packet->ip.src))
        return;
    if (is_neighbour_discovery(packet)) { /* IPv6's ARP */
        see(s, &packet->ip.src, packet->link.has_macs ? &packet->link.src : NULL, false, event,
            out);
        return;
    }
    hear(s, step, config, out);
    if (!step->flow)
        return;
    if (step->tcp.retransmission) {
        host *other = g_hash_table_lookup(s->hosts, &packet->ip.dst);
        if (other)
            other->asked = true;
    }
    bool turning = step->ended[SSK_A].quiet.since != SSK_TIME_NONE ||
                   step->ended[SSK_B].quiet.since != SSK_TIME_NONE || step->tcp.new_fin ||
                   step->tcp.new_syn ||
                   (packet->kind == SSK_PACKET_TCP && (packet->tcp.flags & SSK_TCP_RST));
    if (turning) {
        tell(s, &packet->ip.src, out);
        tell(s, &packet->ip.dst, out);
    }
}

static gint by_addr(gconstpointer a, gconstpointer b)
{
    return memcmp(*(const ssk_addr *const *)a, *(const ssk_addr *const *)b, sizeof(ssk_addr));
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)flow;
    if (!s->hosts)
        return;
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter each;
    gpointer value;
    g_hash_table_iter_init(&each, s->hosts);
    while (g_hash_table_iter_next(&each, NULL, &value))
        g_ptr_array_add(list, value);
    g_ptr_array_sort(list, by_addr);
    for (guint at = 0; at < list->len; at++) {
        const host *h = list->pdata[at];
        for (unsigned i = 0; i < h->used; i++)
            if (!h->silence[i].told) {
                ssk_fact fact = silence_fact(h, i);
                ssk_facts_add(out, &fact);
            }
        if (h->last_frame && end - h->last > config->min_gap / 2) {
            ssk_fact fact = {.kind = SSK_FACT_HOST_SILENCE,
                             .host = h->addr,
                             .mac = h->mac,
                             .open = true,
                             .start = h->last,
                             .end = end,
                             .frame_first = h->last_frame};
            ssk_facts_add(out, &fact);
        }
    }
    g_ptr_array_unref(list);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (s->hosts)
        g_hash_table_destroy(s->hosts);
}

const ssk_meter ssk_meter_host = {
    .name = "host",
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
    .free_state = free_state,
};
