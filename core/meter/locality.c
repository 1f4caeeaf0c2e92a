/* locality.c - whose frames are in the capture: a host that captures itself is
 * in every unicast frame it shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

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
        uint32_t count;
    } list[ADDRESSES];
} state;

static void count(state *s, const ssk_addr *addr)
{
    for (unsigned i = 0; i < s->used; i++)
        if (!memcmp(&s->list[i].addr, addr, sizeof *addr)) {
            s->list[i].count++;
            return;
        }
    if (s->used < ADDRESSES) {
        s->list[s->used].addr = *addr;
        s->list[s->used++].count = 1;
    }
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
    /* Flows only: neighbour discovery uses other addresses of the same host. */
    if (!step->flow || is_group(step->packet))
        return;
    *step->enough = ++s->packets == PACKETS;
    count(s, &step->packet->ip.src);
    count(s, &step->packet->ip.dst);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    for (unsigned i = 0; i < s->used; i++) {
        if (s->list[i].count * INT64_C(2) < s->packets)
            continue;
        ssk_fact fact = {.kind = SSK_FACT_LOCALITY,
                         .start = end,
                         .end = end,
                         .host = s->list[i].addr,
                         .value = s->list[i].count * INT64_C(1000) / s->packets,
                         .extra = s->used - 1};
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
