/* udp_ports.c - how fast a host opens new UDP source ports.
 *
 * Questions to port 53 are left out: a resolver takes a new port for each on
 * purpose (RFC 5452).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/addr.h"
#include "core/decode/dnssd.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_udp_ports;

#define HOSTS   256
#define SECONDS 60

typedef struct host {
    ssk_addr addr;
    uint8_t used[65536 / 8]; /* one bit per source port */
    uint32_t ports;
    uint16_t per_second[SECONDS];
    uint32_t frame[SECONDS]; /* of the first new port in that second */
    int64_t second;          /* the latest */
    uint32_t in_minute, most_in_minute, most_in_second;
    ssk_time_ns start, end; /* of the busiest minute */
    uint32_t frames[2];
} host;

typedef struct state {
    GHashTable *hosts;
} state;

static host *get_host(state *s, const ssk_addr *addr)
{
    return ssk_addr_row(&s->hosts, addr, sizeof(host), HOSTS);
}

/* Move the window of a minute on to @p second, dropping what falls out. */
static void advance(host *h, int64_t second)
{
    if (second - h->second >= SECONDS) {
        memset(h->per_second, 0, sizeof h->per_second);
        h->in_minute = 0;
    } else {
        for (int64_t at = h->second + 1; at <= second; at++) {
            unsigned slot = (unsigned)(at % SECONDS);
            h->in_minute -= h->per_second[slot];
            h->per_second[slot] = 0;
        }
    }
    h->second = second;
}

static void open_port(host *h, uint16_t port, const ssk_event *event)
{
    uint8_t bit = (uint8_t)(1 << port % 8);
    int64_t second = event->time / SSK_S;
    if ((h->used[port / 8] & bit) || second < 0 || (h->ports && second < h->second))
        return;
    h->used[port / 8] |= bit;
    if (!h->ports)
        h->second = second;
    h->ports++;
    advance(h, second);
    unsigned slot = (unsigned)(second % SECONDS);
    if (h->per_second[slot]++ == 0)
        h->frame[slot] = event->frame;
    h->in_minute++;
    h->most_in_second = MAX(h->most_in_second, h->per_second[slot]);
    if (h->in_minute <= h->most_in_minute)
        return;
    h->most_in_minute = h->in_minute;
    h->end = event->time;
    h->frames[1] = event->frame;
    for (int64_t at = MAX(second - SECONDS + 1, 0); at <= second; at++)
        if (h->per_second[at % SECONDS]) {
            h->start = at * SSK_S;
            h->frames[0] = h->frame[at % SECONDS];
            break;
        }
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    const ssk_flow *flow = step->flow;
    (void)config;
    (void)out;
    if (!flow || flow->transport != SSK_UDP || step->dir != SSK_A || step->time == SSK_TIME_NONE ||
        flow->side[SSK_A].packets != 1 || flow->port[SSK_B] == SSK_PORT_DNS ||
        flow->port[SSK_A] < 1024)
        return;
    host *h = get_host(opaque, &flow->addr[SSK_A]);
    if (h)
        open_port(h, flow->port[SSK_A], step->packet->event);
}

static gint by_addr(gconstpointer a, gconstpointer b)
{
    return memcmp(&(*(const host *const *)a)->addr, &(*(const host *const *)b)->addr,
                  sizeof(ssk_addr));
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    if (!s->hosts)
        return;
    GPtrArray *list = g_ptr_array_new();
    GHashTableIter each;
    gpointer value;
    g_hash_table_iter_init(&each, s->hosts);
    while (g_hash_table_iter_next(&each, NULL, &value))
        g_ptr_array_add(list, value);
    g_ptr_array_sort(list, by_addr);
    for (guint i = 0; i < list->len; i++) {
        const host *h = list->pdata[i];
        ssk_fact fact = {SSK_AS_UDP_PORTS(.in_minute = h->most_in_minute,
                                          .in_second = h->most_in_second, .ports = h->ports),
                         .host = h->addr,
                         .start = h->start,
                         .end = h->end,
                         .frame_first = h->frames[0],
                         .frame_last = h->frames[1]};
        ssk_facts_add(out, &fact);
    }
    g_ptr_array_unref(list);
}

static void free_state(void *opaque)
{
    state *s = opaque;
    if (s->hosts)
        g_hash_table_destroy(s->hosts);
}

const ssk_meter ssk_meter_udp_ports = {
    .name = "udp-ports",
    .hears = SSK_HEARS(UDP),
    .heeds = SSK_SIGN_FIRST,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
    .free_state = free_state,
};
