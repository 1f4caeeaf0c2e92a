/* bonjour.c - hands discovery traffic to the tracker.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/bonjour.h"
#include "core/decode/dnssd.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_bonjour;

typedef struct state {
    ssk_bonjour *bonjour;
} state;

static bool is_ours(const ssk_packet *packet)
{
    if (packet->kind == SSK_PACKET_UDP)
        return packet->src_port == SSK_PORT_MDNS || packet->dst_port == SSK_PORT_MDNS ||
               packet->src_port == SSK_PORT_DNS;
    return (packet->kind == SSK_PACKET_ARP || packet->kind == SSK_PACKET_ICMP) &&
           packet->problem == SSK_PROBLEM_NONE;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    if (!is_ours(step->packet))
        return;
    if (!s->bonjour)
        s->bonjour = ssk_bonjour_new();
    ssk_bonjour_hear(s->bonjour, step->packet, step->time);
}

static void freeze(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)row;
    ssk_time_ns end = result->n_inputs ? result->inputs[0].last : SSK_TIME_NONE;
    if (s->bonjour)
        ssk_bonjour_freeze(s->bonjour, end, result);
}

static void free_state(void *opaque)
{
    ssk_bonjour_free(((state *)opaque)->bonjour);
}

static bool concerns(const ssk_flow *flow)
{
    return ssk_flow_has_port(flow, SSK_PORT_MDNS) || ssk_flow_has_port(flow, SSK_PORT_DNS);
}

const ssk_meter ssk_meter_bonjour = {
    .name = "bonjour",
    .hears = SSK_HEARS(UDP) | SSK_HEARS(ARP) | SSK_HEARS(ICMP),
    .state_size = sizeof(state),
    .concerns = concerns,
    .on_step = on_step,
    .freeze = freeze,
    .free_state = free_state,
};
