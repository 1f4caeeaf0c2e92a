/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/tcp_track.h"

#include <glib.h>
#include <string.h>

/* Twice the largest window (RFC 7323, section 2.3): a number further away than
 * this is damage, or the other half of a reused connection. */
#define FAR (INT32_C(1) << 30)

static int32_t ahead(uint32_t seq, uint32_t than)
{
    return (int32_t)(seq - than);
}

static void add_hole(ssk_tcp_side *side, uint32_t left, uint32_t right)
{
    if (!side->holes)
        side->holes = g_new(ssk_tcp_hole, SSK_TCP_HOLES);
    if (side->n_holes == SSK_TCP_HOLES) { /* forget the oldest: it will count as seen */
        side->n_holes--;
        memmove(side->holes, side->holes + 1, side->n_holes * sizeof *side->holes);
    }
    side->holes[side->n_holes++] = (ssk_tcp_hole){left, right};
}

/** Take [left, right) out of the holes; @return bytes that were in them. */
static uint32_t fill_holes(ssk_tcp_side *side, uint32_t left, uint32_t right)
{
    uint32_t filled = 0;
    for (unsigned i = 0; i < side->n_holes;) {
        uint32_t hole_left = side->holes[i].left, hole_right = side->holes[i].right;
        uint32_t from = ahead(left, hole_left) > 0 ? left : hole_left;
        uint32_t to = ahead(right, hole_right) < 0 ? right : hole_right;
        if (ahead(to, from) <= 0) {
            i++;
            continue;
        }
        filled += to - from;
        bool rest_left = ahead(from, hole_left) > 0, rest_right = ahead(hole_right, to) > 0;
        if (rest_left && rest_right) {
            side->holes[i].right = from;
            i++;
            if (side->n_holes < SSK_TCP_HOLES)
                side->holes[side->n_holes++] = (ssk_tcp_hole){to, hole_right};
        } else if (rest_left) {
            side->holes[i++].right = from;
        } else if (rest_right) {
            side->holes[i++].left = to;
        } else {
            side->holes[i] = side->holes[--side->n_holes];
        }
    }
    return filled;
}

static bool is_far(int32_t distance)
{
    return distance >= FAR || distance <= -FAR;
}

/** Both sides name a number far away from what was seen: the capture missed what lies between. */
static void restart(ssk_tcp_side *side, uint32_t next)
{
    side->next = side->acked = next;
    side->acked_valid = true;
    side->n_holes = 0;
    side->far = 0;
}

static void track_syn(ssk_tcp_side *me, const ssk_tcp_hdr *tcp, ssk_tcp_step *step)
{
    if (me->syn_seen && me->isn == tcp->seq) {
        step->retransmission = true;
        return;
    }
    step->new_syn = true;
    *me = (ssk_tcp_side){.holes = me->holes};
    me->heard = me->syn_seen = true;
    me->isn = tcp->seq;
    me->next = tcp->seq + 1;
    me->acked = tcp->seq;
    me->window_scale = tcp->has_window_scale ? tcp->window_scale : 0;
    me->scale_offered = tcp->has_window_scale;
}

static void track_payload(ssk_tcp_side *me, const ssk_tcp_hdr *tcp, uint32_t len,
                          ssk_tcp_step *step)
{
    uint32_t seq = tcp->seq + ((tcp->flags & SSK_TCP_SYN) ? 1 : 0), end = seq + len;
    if (!me->heard) {
        me->heard = true;
        me->isn = tcp->seq - 1;
        me->next = end;
        step->new_bytes = len;
        return;
    }
    int32_t jump = ahead(seq, me->next);
    bool plain = !(tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN | SSK_TCP_RST));
    /* One below the next: a keep-alive or a window probe, unless that byte is
     * still unacknowledged: then it is a one-byte message retransmitted. */
    if (plain && jump == -1 && len <= 1 &&
        (len == 0 || (me->acked_valid && me->acked == me->next))) {
        step->probe = true;
        step->old_bytes = len;
        return;
    }
    if (len == 0) {
        if (!(tcp->flags & (SSK_TCP_SYN | SSK_TCP_RST)) && jump > 0 && jump < FAR)
            step->ahead_bytes = (uint32_t)jump;
        return;
    }
    if (is_far(jump) && !(me->far && me->far == seq)) { /* damaged: counts, but moves nothing */
        step->new_bytes = len;
        me->far = end;
        return;
    }
    if (is_far(jump)) { /* its peer acknowledged up to here: more than a gigabyte is not captured */
        restart(me, seq);
        jump = 0;
    }
    if (jump > 0) {
        step->jumped_bytes = (uint32_t)jump;
        add_hole(me, me->next, seq);
    }
    if (jump >= 0) {
        step->new_bytes = len;
        me->next = end;
        return;
    }
    uint32_t known_end = ahead(end, me->next) < 0 ? end : me->next;
    uint32_t filled = me->n_holes ? fill_holes(me, seq, known_end) : 0;
    step->fills_hole = filled > 0;
    step->new_bytes = filled + (end - known_end);
    step->old_bytes = len - step->new_bytes;
    step->retransmission = step->new_bytes == 0;
    me->next = ahead(end, me->next) > 0 ? end : me->next;
}

static void track_ack(ssk_tcp_side *peer, uint32_t ack, ssk_tcp_step *step)
{
    if (peer->heard) {
        int32_t beyond = ahead(ack, peer->next);
        if (is_far(beyond) && !(peer->far && peer->far == ack)) {
            peer->far = ack;
            return;
        }
        if (is_far(beyond)) {
            restart(peer, ack);
            step->newly_acked = step->acked_unseen = 1; /* nobody knows how much */
        } else if (beyond > 0) {
            step->acked_unseen = (uint32_t)beyond;
            add_hole(peer, peer->next, ack); /* it may still be refilled */
            peer->next = ack;
        }
    }
    if (!peer->acked_valid || ahead(ack, peer->acked) > 0) {
        step->newly_acked = peer->acked_valid ? ack - peer->acked : 0;
        peer->unseen |= !peer->heard && step->newly_acked;
        peer->acked = ack;
        peer->acked_valid = true;
        if (peer->fin_seen && ahead(ack, peer->fin_seq) > 0)
            peer->fin_acked = true;
    }
}

/** Unscaled in a SYN, and unless both SYNs carry the option: RFC 7323, section 2.2. */
static uint32_t window_of(const ssk_tcp_side *me, const ssk_tcp_side *peer, const ssk_tcp_hdr *tcp)
{
    bool scaled = !(tcp->flags & SSK_TCP_SYN) && me->scale_offered && peer->scale_offered;
    return (uint32_t)tcp->window << (scaled ? MIN(me->window_scale, 14) : 0);
}

/** The next bytes in order, or none, between two sides that owe nothing odd: most segments.
 * @return false: it is not that simple, nothing was done */
static bool track_in_order(ssk_tcp_side *me, ssk_tcp_side *peer, const ssk_tcp_hdr *tcp,
                           uint32_t len, ssk_tcp_step *ret)
{
    uint32_t in_flight = peer->next - peer->acked, acked = tcp->ack - peer->acked;
    uint8_t flags = tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN | SSK_TCP_RST | SSK_TCP_ACK);
    if (flags != SSK_TCP_ACK || !me->heard || !peer->heard || !peer->acked_valid ||
        tcp->seq != me->next || acked > in_flight || in_flight >= (uint32_t)FAR || !tcp->window ||
        peer->fin_seen || peer->probing)
        return false;
    uint32_t window = window_of(me, peer, tcp);
    *ret = (ssk_tcp_step){.new_bytes = len, .newly_acked = acked, .window = window};
    me->next += len;
    me->probing = false;
    me->window = window;
    me->window_known = true;
    peer->acked = tcp->ack;
    return true;
}

void ssk_tcp_track(ssk_flow *flow, ssk_dir dir, const ssk_packet *packet, ssk_tcp_step *ret)
{
    if (!track_in_order(&flow->side[dir].tcp, &flow->side[ssk_dir_other(dir)].tcp, &packet->tcp,
                        packet->payload_len, ret))
        ssk_tcp_track_any(flow, dir, packet, ret);
}

void ssk_tcp_track_any(ssk_flow *flow, ssk_dir dir, const ssk_packet *packet, ssk_tcp_step *ret)
{
    const ssk_tcp_hdr *tcp = &packet->tcp;
    ssk_tcp_side *me = &flow->side[dir].tcp, *peer = &flow->side[ssk_dir_other(dir)].tcp;
    uint32_t len = packet->payload_len;
    ssk_tcp_step step = {0};

    if (tcp->flags & SSK_TCP_RST) { /* its payload is text, its sequence numbers may be anybody's */
        *ret = step;
        return;
    }
    if (tcp->flags & SSK_TCP_SYN)
        track_syn(me, tcp, &step);
    track_payload(me, tcp, len, &step);
    if (tcp->flags & SSK_TCP_FIN) {
        uint32_t fin = tcp->seq + len;
        if (me->fin_seen && me->fin_seq == fin) {
            step.retransmission = len == 0 || step.new_bytes == 0;
        } else {
            step.new_fin = true;
            me->fin_seen = true;
            me->fin_seq = fin;
            if (ahead(fin + 1, me->next) > 0 && ahead(fin + 1, me->next) < FAR)
                me->next = fin + 1;
        }
    }
    if (tcp->flags & SSK_TCP_ACK)
        track_ack(peer, tcp->ack, &step);

    step.window = window_of(me, peer, tcp);
    step.zero_window = tcp->window == 0 && !(tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN));
    /* A closed window is asked with the same packet as an idle peer. */
    if (step.probe && peer->heard && peer->window_known && peer->window == 0)
        step.window_probe = true;
    else if (step.probe)
        step.keepalive_probe = true;
    step.keepalive_answer = len == 0 && !step.newly_acked && !step.probe && peer->probing &&
                            !(tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN)) && tcp->ack == peer->next;
    peer->probing = false;
    me->probing = step.keepalive_probe || step.window_probe;
    me->window = step.window;
    me->window_known = true;
    *ret = step;
}
