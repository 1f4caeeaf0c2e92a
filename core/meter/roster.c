/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/meter/roster.h"

#include <glib.h>
#include <string.h>

#define SETS (1u << SSK_SIGN_GROUP)

/* @p heeds, @p wakes: signs; 0: all packets */
static void add_signs(ssk_roster *roster, unsigned heeds, unsigned wakes, ssk_meter_mask meter)
{
    roster->heeds_all |= heeds ? 0 : meter;
    roster->wakes_all |= wakes ? 0 : meter;
    for (unsigned group = 0; group < SSK_SIGN_GROUPS; group++)
        for (unsigned set = 0; set < SETS; set++) {
            unsigned signs = set << group * SSK_SIGN_GROUP;
            roster->by_signs[group][set].heeds |= heeds & signs ? meter : 0;
            roster->by_signs[group][set].wakes |= wakes & signs ? meter : 0;
        }
}

void ssk_roster_init(ssk_roster *roster, const ssk_meter *const *meters)
{
    const unsigned flow_kinds = SSK_HEARS(TCP) | SSK_HEARS(UDP);
    memset(roster, 0, sizeof *roster);
    for (unsigned i = 0; meters[i] && i < SSK_METERS; i++) {
        const ssk_meter *meter = meters[i];
        ssk_meter_mask bit = UINT64_C(1) << i;
        unsigned hears = meter->hears      ? meter->hears
                         : meter->per_flow ? flow_kinds
                                           : ~SSK_HEARS(LOG);
        if (meter->per_flow && meter->on_close)
            roster->closers |= bit;
        if (meter->per_flow && meter->freeze)
            roster->freezers |= bit;
        if (!meter->on_step)
            continue;
        for (unsigned kind = 0; kind < SSK_N_PACKET_KINDS; kind++)
            if (hears & 1u << kind)
                roster->hears[kind] |= bit;
        if (meter->per_flow)
            roster->of_flows |= bit;
        if (meter->hears_copies)
            roster->of_copies |= bit;
        if (meter->per_flow && meter->state_size) {
            roster->sleepers |= bit;
            roster->slot[i] = (uint8_t)roster->n_sleepers++;
        }
        if (!meter->per_flow && meter->wakes)
            roster->drowsy |= bit;
        if (meter->concerns)
            roster->choosy |= bit;
        add_signs(roster, meter->heeds, meter->wakes, bit);
    }
}

static unsigned tcp_signs(const ssk_step *step)
{
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    const ssk_tcp_step *did = &step->tcp;
    bool again = !did->probe && (did->retransmission || did->old_bytes);
    return (tcp->flags & SSK_TCP_SYN ? SSK_SIGN_SYN : 0) |
           (tcp->flags & (SSK_TCP_FIN | SSK_TCP_RST) ? SSK_SIGN_END : 0) |
           (tcp->has_timestamps ? SSK_SIGN_TIMESTAMPS : 0) |
           (did->zero_window || did->window - 1 < SSK_WINDOW_USEFUL - 1 ? SSK_SIGN_SMALL_WINDOW
                                                                        : 0) |
           (again ? SSK_SIGN_SENT_AGAIN : 0) | (did->probe ? SSK_SIGN_PROBE : 0) |
           (ssk_step_repeats_ack(step) ? SSK_SIGN_DUPLICATE_ACK : 0) |
           (did->newly_acked ? SSK_SIGN_ACKED : 0) | (did->new_bytes ? SSK_SIGN_NEW_BYTES : 0);
}

static bool has_remark(const ssk_packet *packet)
{
    return packet->link.has_process ||
           (packet->event && (packet->event->drops || packet->event->process));
}

static unsigned udp_signs(const ssk_packet *packet)
{
    enum { FLAG_BYTE = 0x7e };
    return SSK_SIGN_DATAGRAM |
           (packet->payload_cap && packet->payload[0] == FLAG_BYTE ? SSK_SIGN_FLAG_BYTE : 0);
}

static bool is_part(const ssk_packet *packet)
{
    return packet->kind >= SSK_PACKET_IP && packet->kind != SSK_PACKET_LOG && packet->ip.fragment;
}

static unsigned signs_of(const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    bool first = step->flow && step->flow->side[step->dir].packets == 1;
    bool silence = step->ended[SSK_A].quiet.since != SSK_TIME_NONE ||
                   step->ended[SSK_B].quiet.since != SSK_TIME_NONE;
    return (packet->kind == SSK_PACKET_TCP   ? tcp_signs(step)
            : packet->kind == SSK_PACKET_UDP ? udp_signs(packet)
                                             : 0) |
           (first ? SSK_SIGN_FIRST : 0) | (is_part(packet) ? SSK_SIGN_FRAGMENT : 0) |
           (step->n_messages ? SSK_SIGN_MESSAGES : 0) | (silence ? SSK_SIGN_SILENCE : 0) |
           (packet->link.wlan.present ? SSK_SIGN_WLAN : 0) |
           (has_remark(packet) ? SSK_SIGN_REMARK : 0) |
           (packet->kind == SSK_PACKET_LOG ? SSK_SIGN_LINE : 0);
}

ssk_meter_mask ssk_roster_call(const ssk_roster *roster, ssk_meter_mask asleep,
                               const ssk_step *step)
{
    const ssk_flow *flow = step->flow;
    ssk_meter_mask hears = roster->hears[step->packet->kind];
    ssk_meter_mask heeds = roster->heeds_all, wakes = roster->wakes_all;
    unsigned signs = signs_of(step);
    for (unsigned group = 0; group < SSK_SIGN_GROUPS; group++, signs >>= SSK_SIGN_GROUP) {
        heeds |= roster->by_signs[group][signs % SETS].heeds;
        wakes |= roster->by_signs[group][signs % SETS].wakes;
    }
    if (step->copy)
        hears &= roster->of_copies;
    hears &= wakes | ~asleep;
    if (!flow)
        return hears & heeds & ~roster->of_flows;
    return hears & ~flow->enough & heeds &
           (wakes | (flow->awake & ~flow->resting) | ~roster->sleepers);
}

ssk_meter_mask ssk_roster_unconcerned(const ssk_roster *roster, const ssk_meter *const *meters,
                                      const ssk_flow *flow)
{
    ssk_meter_mask unconcerned = 0;
    for (ssk_meter_mask left = roster->choosy; left; left &= left - 1) {
        unsigned i = (unsigned)__builtin_ctzll(left);
        if (!meters[i]->concerns(flow))
            unconcerned |= UINT64_C(1) << i;
    }
    return unconcerned;
}
