/* hole.c - the debt of a retransmission: bytes that their receiver asks for again and again, and
 * that do not come.
 *
 * A receiver that lacks a segment acknowledges whatever comes behind it with the same number: the
 * duplicates ask for that segment. Its sender owes it, and nothing that it sends meanwhile is of
 * use. Whether the segment was lost before or behind the capture is not said here.
 *
 * Source: RFC 5681, 3.2 (fast retransmit). SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_hole_debt;

typedef struct hole {
    ssk_time_ns since, last; /* duplicates */
    uint32_t left;           /* first byte asked for */
    uint32_t frame;
    uint32_t asked;   /* duplicates; 0: none */
    uint32_t missing; /* bytes up to the first that did come, by SACK; 0: not told */
    uint32_t longest; /* segment of the debtor that came behind them */
    uint64_t heard;   /* packets of the debtor when the last of them was counted */
    bool whole;       /* what was missing came in one segment after all: it passes */
} hole;
_Static_assert(sizeof(hole) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

typedef struct state {
    hole of[2]; /* by the side that owes the bytes */
} state;

static void tell(const hole *h, const ssk_flow *flow, ssk_dir dir, ssk_time_ns end, uint32_t frame,
                 unsigned how, const ssk_config *config, ssk_facts *out)
{
    if (h->asked < SSK_LIMIT(DUPLICATES_LEAST) || end - h->since <= config->min_gap)
        return;
    ssk_fact fact = {SSK_AS_DEBT(.kind = SSK_DEBT_ACK, .asked = h->asked),
                     .dir = (uint8_t)dir,
                     .flow_id = flow->id,
                     .start = h->since,
                     .frame_first = h->frame,
                     .end = end,
                     .frame_last = frame,
                     .open = how == 0,
                     .samples = h->missing,
                     .flags = how | SSK_DEBT_PEER_SPOKE | SSK_DEBT_BYTES};
    if (h->missing > MAX(h->longest, SSK_LIMIT(ALWAYS_PASSES)) && !h->whole)
        fact.flags |= SSK_DEBT_LONGEST;
    ssk_facts_add(out, &fact);
}

/* RFC 2018: the blocks name what came; nothing longer than the first one came before it. */
static void read_sack(hole *h, const ssk_tcp_hdr *tcp)
{
    for (unsigned i = 0; i < tcp->sack_count; i++) {
        uint32_t ahead = tcp->sack[i].left - h->left, came = tcp->sack[i].right - tcp->sack[i].left;
        if ((int32_t)ahead <= 0 || (int32_t)came <= 0)
            continue;
        if (!h->missing)
            h->longest = MAX(h->longest, came);
        h->missing = h->missing ? MIN(h->missing, ahead) : ahead;
    }
}

static void hear_ack(hole *h, const ssk_step *step)
{
    uint32_t ack = step->packet->tcp.ack;
    if (!ssk_step_repeats_ack(step))
        return;
    /* A duplicate answers a segment, and some of these come in one packet here; one long behind
     * them asks whether the connection lives. */
    uint64_t heard = step->flow->side[ssk_dir_other(step->dir)].packets;
    bool same = h->asked && h->left == ack;
    if (same && heard == h->heard && step->time - h->last > SSK_LIMIT(LOST_TOGETHER))
        return;
    if (!same)
        *h = (hole){.since = step->time, .left = ack, .frame = step->packet->event->frame};
    h->heard = heard;
    h->last = step->time;
    read_sack(h, &step->packet->tcp);
    h->asked += step->packet->tcp.sack_count ? SSK_LIMIT(DUPLICATES_LEAST)
                                             : 1; /* RFC 2018: it names what it has */
}

static bool brings(const hole *h, const ssk_packet *packet)
{
    return packet->payload_len && (int32_t)(packet->tcp.seq - h->left) <= 0 &&
           (int32_t)(packet->tcp.seq + packet->payload_len - h->left) > 0;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    if (step->time == SSK_TIME_NONE)
        return;
    const ssk_packet *packet = step->packet;
    uint32_t frame = packet->event->frame;
    ssk_dir peer = ssk_dir_other(step->dir);
    hole *own = &s->of[step->dir], *other = &s->of[peer];
    if (packet->tcp.flags & (SSK_TCP_RST | SSK_TCP_SYN | SSK_TCP_FIN)) {
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            tell(&s->of[dir], step->flow, dir, step->time, frame, SSK_DEBT_CLOSED, config, out);
            s->of[dir].asked = 0;
        }
        return;
    }
    bool moved = other->asked && (int32_t)(packet->tcp.ack - other->left) > 0;
    if (moved || (own->asked && brings(own, packet))) {
        hole *paid = moved ? other : own;
        paid->whole = !moved && packet->tcp.seq == paid->left &&
                      packet->payload_len >= paid->missing;
        tell(paid, step->flow, moved ? peer : step->dir, step->time, frame, SSK_DEBT_PAID, config,
             out);
        paid->asked = 0;
    }
    if (own->asked)
        own->longest = MAX(own->longest, packet->payload_len);
    hear_ack(other, step);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        tell(&s->of[dir], flow, dir, end, 0, 0, config, out);
}

const ssk_meter ssk_meter_hole_debt = {
    .name = "hole-debt",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_DUPLICATE_ACK,
    .on_step = on_step,
    .on_close = on_close,
};
