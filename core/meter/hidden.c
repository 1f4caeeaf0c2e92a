/* hidden.c - byte counters that moved while the capture showed nothing.
 *
 * A network that was silent moves no counters. If sequence and acknowledgment
 * numbers jump across a silence and the bytes between are never retransmitted,
 * the packets were there: the capture was silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_hidden;

/* RFC 7323, 2.3: no more than 2^30 bytes are ever on their way. */
#define DAMAGED (INT64_C(1) << 28)

typedef struct jump {
    uint32_t left, right;
    bool known;
} jump;

typedef struct state {
    ssk_time_ns before; /* last packet of the flow ahead of its last silence */
    ssk_time_ns after;  /* first one after it; 0: none pending */
    uint32_t before_frame, after_frame;
    ssk_time_ns previous;
    uint32_t previous_frame;
    jump jumped[2];         /* in the sender's sequence space */
    jump told[2];           /* the same, by the sender's own numbers alone, bare ACKs too */
    uint32_t told_frame[2]; /* the latest that told so */
    uint32_t next[2];       /* sequence numbers after the last packet */
    uint32_t stopped_at[2]; /* ... and ahead of the silence */
    uint64_t dropped_packets, dropped_bytes; /* acknowledged, never seen, no silence */
    ssk_time_ns dropped_first, dropped_last;
    uint32_t dropped_frame_first, dropped_frame_last;
} state;

/* Bytes of @p range that still nobody saw. */
static uint32_t unseen(const ssk_tcp_side *side, const jump *range)
{
    uint32_t bytes = 0;
    if (!range->known)
        return 0;
    for (unsigned i = 0; i < side->n_holes; i++) {
        uint32_t left = side->holes[i].left, right = side->holes[i].right;
        left = (int32_t)(left - range->left) < 0 ? range->left : left;
        right = (int32_t)(right - range->right) > 0 ? range->right : right;
        if ((int32_t)(right - left) > 0)
            bytes += right - left;
    }
    /* A bare ACK counts bytes that no segment brought. */
    uint32_t top = (int32_t)(range->left - side->next) > 0 ? range->left : side->next;
    if ((int32_t)(range->right - top) > 0)
        bytes += range->right - top;
    return bytes;
}

/* The sender fell silent once more before anybody acknowledged them: it may send them yet. */
static bool may_come_yet(const state *s, const ssk_flow *flow, ssk_dir dir)
{
    const ssk_tcp_side *side = &flow->side[dir].tcp;
    return !side->acked_valid || (int32_t)(side->acked - s->told[dir].right) < 0;
}

static void report(const state *s, const ssk_flow *flow, bool interrupted, ssk_facts *out)
{
    ssk_fact fact = {SSK_AS_HIDDEN(.bytes = {unseen(&flow->side[SSK_A].tcp, &s->jumped[SSK_A]),
                                             unseen(&flow->side[SSK_B].tcp, &s->jumped[SSK_B])}),
                     .flow_id = flow->id,
                     .start = s->before,
                     .end = s->after,
                     .frame_first = s->before_frame,
                     .frame_last = s->after_frame};
    /* One number is a SYN or FIN; what no window can hold is a damaged header. */
    int64_t both = fact.hidden.bytes[SSK_A] + fact.hidden.bytes[SSK_B];
    if (both > 1 && both < DAMAGED)
        ssk_facts_add(out, &fact);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        fact.kind = SSK_FACT_UNSEEN;
        fact.dir = (uint8_t)dir;
        fact.frame_last = s->told_frame[dir];
        fact.unseen.bytes = unseen(&flow->side[dir].tcp, &s->told[dir]);
        if (fact.unseen.bytes > 1 && fact.unseen.bytes < DAMAGED &&
            !(interrupted && may_come_yet(s, flow, dir)))
            ssk_facts_add(out, &fact);
    }
}

static void note(jump *range, uint32_t left, uint32_t right)
{
    if (!range->known)
        *range = (jump){left, right, true};
    else if ((int32_t)(right - range->right) > 0)
        range->right = right;
}

/* What was sent during the silence follows the last byte ahead of it. A hole farther on is a packet
 * that the capture missed later, in the burst that ended the silence. */
static bool was_in_silence(const state *s, ssk_dir dir, uint32_t left)
{
    return s->told[dir].known ? (int32_t)(left - s->told[dir].right) <= 0
                              : left == s->stopped_at[dir];
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    ssk_flow *flow = step->flow;
    ssk_time_ns now = step->time;
    uint32_t frame = step->packet->event->frame;
    if (now == SSK_TIME_NONE)
        return;
    bool silent = s->previous_frame && now - s->previous > config->min_gap / 2;
    if (s->after && (silent || now - s->after > SSK_LIMIT(HOLE_REFILLED) || now < s->after)) {
        report(s, flow, silent, out);
        s->after = 0;
    }
    if (silent) {
        s->before = s->previous;
        s->before_frame = s->previous_frame;
        s->after = now;
        s->after_frame = frame;
        s->jumped[SSK_A].known = s->jumped[SSK_B].known = false;
        s->told[SSK_A].known = s->told[SSK_B].known = false;
        memcpy(s->stopped_at, s->next, sizeof s->next);
    }
    bool resumed = s->after && now - s->after <= SSK_LIMIT(HOLE_RESUME);
    uint32_t seq = step->packet->tcp.seq, ack = step->packet->tcp.ack;
    if (step->tcp.jumped_bytes && resumed)
        note(&s->jumped[step->dir], seq - step->tcp.jumped_bytes, seq);
    uint32_t skipped = step->tcp.jumped_bytes + step->tcp.ahead_bytes; /* one of them is 0 */
    if (resumed && skipped && was_in_silence(s, step->dir, seq - skipped)) {
        note(&s->told[step->dir], seq - skipped, seq);
        s->told_frame[step->dir] = frame;
    }
    if (step->tcp.acked_unseen) {
        if (resumed) {
            note(&s->jumped[ssk_dir_other(step->dir)], ack - step->tcp.acked_unseen, ack);
        } else if (step->tcp.acked_unseen < DAMAGED) {
            s->dropped_packets++;
            s->dropped_bytes += step->tcp.acked_unseen;
            if (s->dropped_packets == 1) {
                s->dropped_first = now;
                s->dropped_frame_first = frame;
            }
            s->dropped_last = now;
            s->dropped_frame_last = frame;
        }
    }
    /* It was captured, only after its acknowledgment. */
    const ssk_tcp_side *me = &flow->side[step->dir].tcp;
    bool fin_acked = step->tcp.new_fin && me->acked_valid && (int32_t)(me->acked - me->fin_seq) > 0;
    if ((step->tcp.fills_hole || fin_acked) && s->dropped_packets &&
        now - s->dropped_last < SSK_LIMIT(MISORDERED)) {
        s->dropped_packets--;
        s->dropped_bytes -= MIN(s->dropped_bytes, step->tcp.new_bytes);
    }
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        s->next[dir] = flow->side[dir].tcp.next;
    s->previous = now;
    s->previous_frame = frame;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)end;
    if (s->after)
        report(s, flow, false, out);
    if (s->dropped_packets) {
        ssk_fact fact = {SSK_AS_DROPPED(.packets = (int64_t)s->dropped_packets,
                                        .bytes = (int64_t)s->dropped_bytes),
                         .flow_id = flow->id,
                         .start = s->dropped_first,
                         .end = s->dropped_last,
                         .frame_first = s->dropped_frame_first,
                         .frame_last = s->dropped_frame_last};
        ssk_facts_add(out, &fact);
    }
}

const ssk_meter ssk_meter_hidden = {
    .name = "hidden",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
