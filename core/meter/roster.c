/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/meter/roster.h"

#include <glib.h>
#include <string.h>

static void add_signs(ssk_meter_mask *all, ssk_meter_mask *by_sign, unsigned signs,
                      ssk_meter_mask meter)
{
    if (!signs)
        *all |= meter;
    for (unsigned sign = 0; sign < SSK_N_SIGNS; sign++)
        if (signs & 1u << sign)
            by_sign[sign] |= meter;
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
        add_signs(&roster->heeds_all, roster->heeds, meter->heeds, bit);
        add_signs(&roster->wakes_all, roster->wakes, meter->wakes, bit);
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
           (did->zero_window ? SSK_SIGN_ZERO_WINDOW : 0) | (again ? SSK_SIGN_SENT_AGAIN : 0) |
           (did->newly_acked ? SSK_SIGN_ACKED : 0) | (did->new_bytes ? SSK_SIGN_NEW_BYTES : 0);
}

static bool has_remark(const ssk_packet *packet)
{
    return packet->link.has_process ||
           (packet->event && (packet->event->drops || packet->event->process));
}

static unsigned signs_of(const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    bool silence = step->ended[SSK_A].quiet.since != SSK_TIME_NONE ||
                   step->ended[SSK_B].quiet.since != SSK_TIME_NONE;
    return (packet->kind == SSK_PACKET_TCP   ? tcp_signs(step)
            : packet->kind == SSK_PACKET_UDP ? SSK_SIGN_DATAGRAM
                                             : 0) |
           (step->n_messages ? SSK_SIGN_MESSAGES : 0) | (silence ? SSK_SIGN_SILENCE : 0) |
           (packet->link.wlan.present ? SSK_SIGN_WLAN : 0) |
           (has_remark(packet) ? SSK_SIGN_REMARK : 0) |
           (packet->kind == SSK_PACKET_LOG ? SSK_SIGN_LINE : 0);
}

ssk_meter_mask ssk_roster_call(const ssk_roster *roster, const ssk_step *step)
{
    const ssk_flow *flow = step->flow;
    ssk_meter_mask hears = roster->hears[step->packet->kind];
    ssk_meter_mask heeds = roster->heeds_all, wakes = roster->wakes_all;
    for (unsigned signs = signs_of(step); signs; signs &= signs - 1) {
        unsigned sign = (unsigned)__builtin_ctz(signs);
        heeds |= roster->heeds[sign];
        wakes |= roster->wakes[sign];
    }
    if (step->copy)
        hears &= roster->of_copies;
    if (!flow)
        return hears & heeds & ~roster->of_flows;
    return hears & ~flow->enough & heeds & (wakes | flow->awake | ~roster->sleepers);
}
