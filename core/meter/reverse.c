/* reverse.c - the reverse path: what is retransmitted, and whether the other side had acknowledged it.
 *
 * By capture order: bytes that the other side had not acknowledged here, although it was heard or
 * not, and bytes that it had acknowledged here, so that its acknowledgment does not reach the
 * sender. The sizes of the segments that pass meanwhile show a path that drops large ones.
 *
 * Source: RFC 9293, section 3.8.1; RFC 2018 (SACK). SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_reverse;

/* Segments sent since the run began whose fate is followed. */
#define FOLLOWED 8

typedef struct segment {
    uint32_t seq, length; /* length 0: none */
} segment;

typedef struct run {
    ssk_fact fact;            /* kind 0: none */
    uint32_t left;            /* first byte retransmitted */
    uint16_t heard;           /* packets of the other side since it was last retransmitted */
    uint16_t sacked;          /* ... with selective acknowledgments */
    bool stale;               /* ... one of them long after that */
    bool over;                /* the byte at left is acknowledged */
    ssk_time_ns heard_at;     /* the other side, last; 0: not yet */
    ssk_time_ns heard_before; /* ... before the last transmission */
    uint32_t block[2];        /* acknowledged selectively before the run; equal: none */
    segment sent[FOLLOWED];
    unsigned next;
} run;

typedef struct state {
    run of[2];
} state;

static bool is_before(uint32_t a, uint32_t b)
{
    return (int32_t)(a - b) < 0;
}

static void bump(uint16_t *count)
{
    *count += *count < UINT16_MAX;
}

static bool is_worth_telling(const run *r)
{
    return r->fact.kind && (r->fact.reverse.unacked >= SSK_LIMIT(REPEATS_LEAST) ||
                            r->fact.reverse.acked >= SSK_LIMIT(REPEATS_LEAST));
}

static void flush(run *r, ssk_facts *out)
{
    if (is_worth_telling(r))
        ssk_facts_add(out, &r->fact);
    *r = (run){0};
}

/* Did the segment pass, by this acknowledgment? */
static bool has_passed(const segment *s, const ssk_tcp_hdr *tcp)
{
    uint32_t end = s->seq + s->length;
    bool passed = !is_before(tcp->ack, end);
    for (unsigned i = 0; i < tcp->sack_count; i++)
        passed |= !is_before(s->seq, tcp->sack[i].left) && !is_before(tcp->sack[i].right, end);
    return s->length && passed;
}

static void pass(run *r, uint32_t length)
{
    r->fact.reverse.passed = (uint16_t)MAX(r->fact.reverse.passed, MIN(length, UINT16_MAX));
}

/* The other side was heard: what does it acknowledge? */
static void hear(run *r, const ssk_step *step)
{
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    if (tcp->sack_count) {
        r->block[0] = tcp->sack[0].left;
        r->block[1] = tcp->sack[0].right;
    }
    if (!r->fact.kind || !(tcp->flags & SSK_TCP_ACK) || (tcp->flags & SSK_TCP_RST))
        return;
    bump(&r->heard);
    if (tcp->sack_count)
        bump(&r->sacked);
    /* Heard before that transmission too, and not long before: not in the first moment after an
     * outage, when what was lost in it is yet to be retransmitted, nor after a second one. */
    bool between = r->heard_before &&
                   step->time - r->heard_before < (step->time - r->fact.start) / 4;
    r->heard_at = step->time;
    if (!r->stale && between && !is_before(r->left, tcp->ack) &&
        step->time - r->fact.end > SSK_LIMIT(ACKED_BY)) {
        r->stale = true;
        bump(&r->fact.reverse.stale);
    }
    /* What was retransmitted first came through: from here on large segments pass as well. */
    r->over |= is_before(r->left, tcp->ack);
    if (r->over)
        return;
    for (unsigned i = 0; i < FOLLOWED; i++)
        if (has_passed(&r->sent[i], tcp))
            pass(r, r->sent[i].length);
    /* What was sent before the run: no segment in a block is longer than the block. */
    for (unsigned i = 0; i < tcp->sack_count; i++)
        if (is_before(r->left, tcp->sack[i].left) &&
            is_before(tcp->sack[i].left, tcp->sack[i].right))
            pass(r, tcp->sack[i].right - tcp->sack[i].left);
}

static void begin(run *r, const ssk_step *step)
{
    r->left = step->packet->tcp.seq;
    r->fact = (ssk_fact){.kind = SSK_FACT_REVERSE,
                         .dir = (uint8_t)step->dir,
                         .flow_id = step->flow->id,
                         .frame_first = step->packet->event->frame,
                         .start = step->time};
    if (is_before(r->left, r->block[0]) && is_before(r->block[0], r->block[1]))
        pass(r, r->block[1] - r->block[0]);
}

static void send_again(run *r, const ssk_step *step, ssk_facts *out)
{
    const ssk_tcp_side *me = &step->flow->side[step->dir].tcp;
    uint32_t seq = step->packet->tcp.seq;
    bool acked = me->acked_valid && is_before(seq, me->acked);
    /* Past what was retransmitted first, once that is acknowledged: another run. */
    if (r->fact.kind && seq != r->left && me->acked_valid && is_before(r->left, me->acked))
        flush(r, out);
    if (!r->fact.kind)
        begin(r, step);
    bump(acked ? &r->fact.reverse.acked : &r->fact.reverse.unacked);
    if (!acked)
        r->fact.reverse.length = (uint16_t)MAX(r->fact.reverse.length,
                                               MIN(step->packet->payload_len, UINT16_MAX));
    /* What the other side sent meanwhile; what comes after the last of them ends it. */
    r->fact.reverse.heard = (uint16_t)MIN(r->fact.reverse.heard + r->heard, UINT16_MAX);
    r->fact.reverse.sacked = (uint16_t)MIN(r->fact.reverse.sacked + r->sacked, UINT16_MAX);
    r->heard = r->sacked = 0;
    r->stale = false;
    r->heard_before = r->heard_at;
    r->fact.end = step->time;
    r->fact.frame_last = step->packet->event->frame;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    (void)config;
    if (step->time == SSK_TIME_NONE || (tcp->flags & (SSK_TCP_SYN | SSK_TCP_RST)))
        return;
    run *own = &s->of[step->dir];
    hear(&s->of[ssk_dir_other(step->dir)], step);
    if (!step->tcp.probe && (step->tcp.retransmission || step->tcp.old_bytes)) {
        send_again(own, step, out);
    } else if (own->fact.kind && step->packet->payload_len) {
        own->sent[own->next] = (segment){tcp->seq, step->packet->payload_len};
        own->next = (own->next + 1) % FOLLOWED;
    }
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (is_worth_telling(&s->of[dir]))
            ssk_facts_add(out, &s->of[dir].fact);
}

const ssk_meter ssk_meter_reverse = {
    .name = "reverse",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_SENT_AGAIN | SSK_SIGN_DUPLICATE_ACK,
    .on_step = on_step,
    .on_close = on_close,
};
