/* association.c - a station that joins or changes the access point.
 *
 * EAPOL, (re)association frames and a new DHCP exchange are what a roaming
 * station cannot do without. Probes for its own address follow any interface
 * that comes up and say less.
 *
 * Source: IEEE 802.11-2020, 4.5.3 and 12.7; RFC 2131, section 3; RFC 4862, 5.4; RFC 5227, 2.1.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_association;

#define STATIONS 64

typedef struct state {
    ssk_fact event[STATIONS]; /* kind 0: free; by station, the latest */
    ssk_time_ns queried;      /* multicast listeners, last; 0: never */
} state;

/* RFC 4862, 5.4; RFC 5227, 2.1; RFC 3810, 6.1: what an interface sends that comes up. Listeners
 * report their groups when they are asked, too. */
static bool comes_up(const state *s, const ssk_packet *packet)
{
    if (packet->kind == SSK_PACKET_ARP)
        return packet->problem == SSK_PROBLEM_NONE && packet->arp.operation == 1 &&
               ssk_addr_is_zero(&packet->arp.sender);
    if (packet->kind != SSK_PACKET_ICMP || packet->icmp.version != 6)
        return false;
    if (packet->icmp.type == 143)
        return !s->queried || packet->event->time - s->queried > SSK_LIMIT(REPORT_AFTER_QUERY);
    return packet->icmp.type == 135 && ssk_addr_is_zero(&packet->ip.src);
}

static ssk_association sign_of(const state *s, const ssk_packet *packet, ssk_mac *ret_mac)
{
    const ssk_wlan *wlan = &packet->link.wlan;
    if (wlan->present && wlan->type == 0 && (wlan->subtype == 0 || wlan->subtype == 2)) {
        *ret_mac = wlan->transmitter;
        return SSK_ASSOCIATION_FRAME;
    }
    *ret_mac = packet->link.src;
    if (!packet->link.has_macs)
        return SSK_ASSOCIATION_NONE;
    if (packet->link.ethertype == 0x888e)
        return SSK_ASSOCIATION_EAPOL;
    /* RFC 2131, 4.1: who has an address renews its lease from it. */
    if (packet->kind == SSK_PACKET_UDP && packet->src_port == 68 && packet->dst_port == 67 &&
        ssk_addr_is_zero(&packet->ip.src))
        return SSK_ASSOCIATION_DHCP;
    if (comes_up(s, packet))
        return SSK_ASSOCIATION_LINK;
    return SSK_ASSOCIATION_NONE;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    ssk_mac mac;
    ssk_association sign;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    if (step->packet->kind == SSK_PACKET_ICMP && step->packet->icmp.version == 6 &&
        step->packet->icmp.type == 130)
        s->queried = step->time;
    if ((sign = sign_of(s, step->packet, &mac)) == SSK_ASSOCIATION_NONE)
        return;
    ssk_fact *event = &s->event[0];
    for (unsigned i = 0; i < STATIONS; i++) {
        if (!s->event[i].kind || !memcmp(&s->event[i].mac, &mac, sizeof mac)) {
            event = &s->event[i];
            break;
        }
        if (s->event[i].end < event->end)
            event = &s->event[i];
    }
    if (event->kind && (memcmp(&event->mac, &mac, sizeof mac) ||
                        step->time - event->end > SSK_LIMIT(STATION_EVENT))) {
        ssk_facts_add(out, event);
        event->kind = 0;
    }
    if (!event->kind)
        *event = (ssk_fact){.kind = SSK_FACT_ASSOCIATION,
                            .mac = mac,
                            .start = step->time,
                            .frame_first = step->packet->event->frame};
    event->flags |= sign;
    event->end = step->time;
    event->frame_last = step->packet->event->frame;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (unsigned i = 0; i < STATIONS; i++)
        if (s->event[i].kind)
            ssk_facts_add(out, &s->event[i]);
}

static bool concerns(const ssk_flow *flow)
{
    return ssk_flow_has_port(flow, 67); /* DHCP */
}

const ssk_meter ssk_meter_association = {
    .name = "association",
    .hears = SSK_HEARS(OTHER) | SSK_HEARS(UDP) | SSK_HEARS(ARP) | SSK_HEARS(ICMP),
    .state_size = sizeof(state),
    .concerns = concerns,
    .on_step = on_step,
    .on_close = on_close,
};
