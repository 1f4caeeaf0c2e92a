/* locality.c - whose frames are in the capture: a host that captures itself is
 * in every unicast frame it shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_locality;

/* The question is settled early; the rest of the capture costs nothing. */
#define PACKETS   20000
#define ADDRESSES 64

typedef struct state {
    uint32_t packets; /* unicast IP */
    unsigned used;
    struct {
        ssk_addr addr;
        uint32_t count[2]; /* by: sent, was sent to */
    } list[ADDRESSES];
} state;

static void count(state *s, const ssk_addr *addr, unsigned role)
{
    unsigned at = 0;
    while (at < s->used && !ssk_addr_equal(&s->list[at].addr, addr))
        at++;
    if (at == ADDRESSES)
        return;
    if (at == s->used)
        s->list[s->used++].addr = *addr;
    s->list[at].count[role]++;
}

/* Others that sent and were sent to: of a conversation of two others, a switch that has lost its
 * table floods one side to everybody, and never shows the other. */
static unsigned peers_of(const state *s, unsigned local)
{
    unsigned peers = 0;
    for (unsigned i = 0; i < s->used; i++)
        peers += i != local && s->list[i].count[0] && s->list[i].count[1];
    return peers;
}

static bool is_group(const ssk_packet *packet)
{
    const ssk_addr *dst = &packet->ip.dst;
    return (packet->link.has_macs && (packet->link.dst.bytes[0] & 1)) ||
           (dst->family == 4 ? dst->bytes[0] >= 224 : dst->bytes[0] == 0xff);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    /* Flows only: neighbor discovery uses other addresses of the same host. */
    if (!step->flow || is_group(step->packet))
        return;
    *step->enough = ++s->packets == PACKETS;
    count(s, &step->packet->ip.src, 0);
    count(s, &step->packet->ip.dst, 1);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    for (unsigned i = 0; i < s->used; i++) {
        int64_t in = (int64_t)s->list[i].count[0] + s->list[i].count[1];
        if (in * 2 < s->packets)
            continue;
        ssk_fact fact = {
            SSK_AS_LOCALITY(.permille = in * 1000 / s->packets, .peers = peers_of(s, i)),
            .start = end, .end = end, .host = s->list[i].addr};
        ssk_facts_add(out, &fact);
    }
}

const ssk_meter ssk_meter_locality = {
    .name = "locality",
    .hears = SSK_HEARS(TCP) | SSK_HEARS(UDP),
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
