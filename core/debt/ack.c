/* ack.c - the debt of an acknowledgment: data that its sender repeats because nobody
 * acknowledges it, and probes, of an idle peer or of a closed window, that nobody answers.
 *
 * It begins with the first transmission of the oldest byte that waits, or, if later, with the
 * last progress. What is lost and retransmitted while others get through makes progress, and is
 * no debt. Who owes it is the host that does not acknowledge, or the path to or from it.
 *
 * Source: RFC 9293, 3.8.1 and 3.8.6.1 (a probe is answered); RFC 6298 (retransmission timer);
 * RFC 1122, 4.2.3.6 (keep-alive).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_ack_debt;

typedef struct owed {
    ssk_time_ns since, last_try;
    uint32_t frame, last_frame;
    uint32_t tries; /* 0: nothing is owed */
    uint32_t seq;   /* of the first try */
    bool probes;    /* probes alone asked */
    bool spoke;     /* the debtor sent something meanwhile */
    bool denied;    /* ... new or not, that acknowledges less than was sent long before */
    bool closing;   /* one of the sides had closed before it began */
    bool settled;   /* the capture holds the acknowledgment; its sender may not */
    bool has_head;  /* the last try had so many bytes: */
    uint8_t head[8];
    uint32_t last_seq;            /* of the last try */
    uint32_t in_row, most_in_row; /* tries with that number; the most with any one */
} owed;
_Static_assert(sizeof(owed) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    owed to[2]; /* by the side that waits */
} state;

/* The creditor acknowledged what nobody saw, or went on and on without one acknowledgment: the
 * capture does not hold what the debtor sent. RFC 6928: such a sender stops after ten segments. Who
 * repeats the same bytes again and again has no acknowledgment all the same. */
static bool is_out_of_sight(const ssk_flow *flow, ssk_dir creditor, uint32_t in_row)
{
    const ssk_flow_side *me = &flow->side[creditor], *debtor = &flow->side[ssk_dir_other(creditor)];
    bool none = !me->tcp.acked_valid || me->tcp.acked == me->tcp.isn + 1;
    return (!debtor->packets && debtor->tcp.unseen && in_row < SSK_LIMIT(TRIES_LEAST)) ||
           (none &&
            me->payload_packets - me->retransmitted_packets > 2 * SSK_LIMIT(ONE_SIDE_LEAST));
}

/* The SYN takes a number: no byte has the same. */
static bool has_numbers_of_syn(const ssk_step *step)
{
    const ssk_tcp_side *me = &step->flow->side[step->dir].tcp;
    const ssk_packet *packet = step->packet;
    return me->syn_seen && packet->tcp.seq == me->isn &&
           (packet->payload_len > 1 || (packet->tcp.flags & SSK_TCP_FIN));
}

static void tell(const owed *o, const ssk_flow *flow, ssk_dir creditor, ssk_time_ns end,
                 uint32_t end_frame, unsigned how, const ssk_config *config, ssk_facts *out)
{
    unsigned tries = o->tries + (o->denied && how & SSK_DEBT_PAID);
    if (tries < SSK_LIMIT(REPEATS_LEAST) || o->closing ||
        is_out_of_sight(flow, creditor, o->most_in_row) ||
        (tries == SSK_LIMIT(REPEATS_LEAST) && !flow->side[ssk_dir_other(creditor)].packets) ||
        end - o->since <= config->min_gap)
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_ACK, .asked = o->tries),
                     .dir = (uint8_t)ssk_dir_other(creditor),
                     .flow_id = flow->id,
                     .start = o->since,
                     .frame_first = o->frame,
                     .end = end,
                     .frame_last = end_frame,
                     .open = how == 0,
                     .flags = how | (o->spoke ? SSK_DEBT_PEER_SPOKE : 0) |
                              (o->probes ? SSK_DEBT_PROBED : 0) |
                              (o->settled ? SSK_DEBT_SETTLED : 0)};
    ssk_facts_add(out, &fact);
}

/* Who waits for the acknowledgment of its FIN alone has lost nothing, and after the other side's
 * its program is gone. */
static bool is_closing(const ssk_flow *flow, ssk_dir creditor)
{
    const ssk_tcp_side *me = &flow->side[creditor].tcp;
    bool fin_alone = me->fin_seen && me->acked_valid && me->acked == me->fin_seq;
    return fin_alone || flow->side[ssk_dir_other(creditor)].tcp.fin_seen;
}

/* The same number, and nearly all bytes differ; one or two may be damaged on the way. */
static bool is_another_text(const owed *o, const ssk_packet *packet)
{
    unsigned alike = 0;
    if (!o->tries || !o->has_head || o->last_seq != packet->tcp.seq ||
        packet->payload_cap < sizeof o->head)
        return false;
    for (size_t i = 0; i < sizeof o->head; i++)
        alike += o->head[i] == packet->payload[i];
    return alike <= sizeof o->head / 4;
}

static void ask(owed *o, const ssk_step *step)
{
    const ssk_packet *packet = step->packet;
    const ssk_tcp_side *me = &step->flow->side[step->dir].tcp;
    bool probe = step->tcp.probe;
    if (!o->tries) {
        bool known = !probe && me->unacked_frame && !step->tcp.acked_unseen;
        *o = (owed){.since = known ? me->unacked_since : step->time,
                    .frame = known ? me->unacked_frame : step->packet->event->frame,
                    .seq = step->packet->tcp.seq,
                    .probes = probe,
                    .settled = !known && !probe,
                    .closing = is_closing(step->flow, step->dir)};
    }
    o->probes &= probe;
    o->tries++;
    o->last_try = step->time;
    o->last_frame = step->packet->event->frame;
    o->in_row = o->tries > 1 && o->last_seq == packet->tcp.seq ? o->in_row + 1 : 1;
    o->most_in_row = MAX(o->most_in_row, o->in_row);
    o->last_seq = packet->tcp.seq;
    o->has_head = packet->payload_cap >= sizeof o->head;
    if (o->has_head)
        memcpy(o->head, packet->payload, sizeof o->head);
}

/* Did this packet of the debtor pay? Any progress does, and an answer to a probe; the first
 * acknowledgment of a connection that was there before the capture shows none. */
static bool pays(const owed *o, const ssk_step *step)
{
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    bool covers = !o->probes && !o->settled && (tcp->flags & SSK_TCP_ACK) &&
                  (int32_t)(tcp->ack - o->seq) > 0;
    return step->tcp.newly_acked || covers || (o->probes && !step->tcp.probe);
}

/* Who has what it was sent asks no more: the next try would have been due long ago. */
static bool is_settled(const owed *o, ssk_time_ns now)
{
    return o->tries && o->settled && now - o->last_try > 2 * (o->last_try - o->since) + SSK_S;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    uint8_t flags = step->packet->tcp.flags;
    if (step->time == SSK_TIME_NONE)
        return;
    if (step->flow->closed == SSK_CLOSE_RST &&
        step->flow->closed_frame != step->packet->event->frame)
        return; /* the connection is gone: whatever comes now is astray */
    uint32_t frame = step->packet->event->frame;
    owed *to_me = &s->to[step->dir], *to_peer = &s->to[ssk_dir_other(step->dir)];
    if (flags & (SSK_TCP_RST | SSK_TCP_SYN)) { /* a SYN: another connection on these ports */
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            tell(&s->to[dir], step->flow, dir, step->time, frame, SSK_DEBT_CLOSED, config, out);
            s->to[dir].tries = 0;
        }
        return;
    }
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (is_settled(&s->to[dir], step->time)) {
            tell(&s->to[dir], step->flow, dir, s->to[dir].last_try, s->to[dir].last_frame,
                 SSK_DEBT_PAID, config, out);
            s->to[dir].tries = 0;
        }
    if (to_peer->tries) {
        if (pays(to_peer, step)) {
            tell(to_peer, step->flow, ssk_dir_other(step->dir), step->time, frame, SSK_DEBT_PAID,
                 config, out);
            to_peer->tries = 0;
        } else {
            to_peer->spoke = true;
            to_peer->denied |= !to_peer->probes && step->packet->payload_len &&
                               step->time - to_peer->since >= SSK_LIMIT(DENIES_AFTER);
        }
    }
    bool again = step->tcp.probe || step->tcp.retransmission || step->tcp.old_bytes;
    /* It acknowledges what was not captured: so its peer was heard, and what that acknowledged with
     * it nobody knows. */
    if (step->tcp.acked_unseen)
        to_me->tries = 0;
    /* No TCP numbers its bytes like that: nothing follows from such numbers. */
    if (has_numbers_of_syn(step) || (again && is_another_text(to_me, step->packet))) {
        to_me->tries = to_peer->tries = 0;
        *step->enough = true;
    } else if (again) {
        ask(to_me, step);
    }
    *step->rests = !s->to[SSK_A].tries && !s->to[SSK_B].tries;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        const owed *o = &s->to[dir];
        bool over = is_settled(o, end);
        tell(o, flow, dir, over ? o->last_try : end, over ? o->last_frame : 0,
             over ? SSK_DEBT_PAID : 0, config, out);
    }
}

const ssk_meter ssk_meter_ack_debt = {
    .name = "ack-debt",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_SENT_AGAIN | SSK_SIGN_PROBE,
    .on_step = on_step,
    .on_close = on_close,
};
