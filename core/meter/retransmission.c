/* retransmission.c - runs of retransmissions that nobody acknowledged meanwhile,
 * as far as their sender heard.
 *
 * Source: RFC 6298 (back-off). SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_retransmission;

typedef struct state {
    ssk_fact run[2];  /* value 0: none */
    uint32_t left[2]; /* first sequence number of it */
    bool acked[2];    /* by an acknowledgment that was captured; its sender may not have heard it */
} state;

static bool sent_again(const ssk_step *step)
{
    return !step->tcp.probe && (step->tcp.retransmission || step->tcp.old_bytes);
}

/* One lost packet is everyday life; a run of two is a question. */
static void flush(state *s, ssk_dir dir, ssk_facts *out)
{
    if (s->run[dir].retransmissions.packets >= 2)
        ssk_facts_add(out, &s->run[dir]);
    s->run[dir].retransmissions.packets = 0;
    s->acked[dir] = false;
}

static void send_again(state *s, const ssk_step *step, ssk_facts *out)
{
    ssk_dir dir = step->dir;
    ssk_fact *own = &s->run[dir];
    uint32_t frame = step->packet->event->frame, left = step->packet->tcp.seq;
    /* From the same byte once more: the acknowledgment did not get through. From
     * behind it: that one was acknowledged, before it was retransmitted or after. */
    const ssk_tcp_side *me = &step->flow->side[dir].tcp;
    if (own->retransmissions.packets && left != s->left[dir] && me->acked_valid &&
        (int32_t)(me->acked - s->left[dir]) > 0)
        flush(s, dir, out);
    if (s->acked[dir]) {
        own->flags &= (uint16_t)~SSK_RETRANSMISSION_ACKED;
        s->acked[dir] = false;
    }
    if (!own->retransmissions.packets) {
        s->left[dir] = left;
        *own = (ssk_fact){.kind = SSK_FACT_RETRANSMISSIONS,
                          .dir = (uint8_t)step->dir,
                          .flow_id = step->flow->id,
                          .frame_first = frame,
                          .start = step->time,
                          .end = step->time};
    }
    own->retransmissions.packets++;
    own->retransmissions.interval = step->time - own->end;
    own->end = step->time;
    own->frame_last = frame;
    if (step->packet->tcp.flags & SSK_TCP_FIN)
        own->flags |= SSK_RETRANSMISSION_FIN;
}

static bool waits(const state *s, ssk_dir dir)
{
    return s->run[dir].retransmissions.packets && !s->acked[dir];
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    ssk_dir peer = ssk_dir_other(step->dir);
    if (s->run[peer].retransmissions.packets && step->tcp.newly_acked) {
        s->run[peer].flags |= SSK_RETRANSMISSION_ACKED;
        s->acked[peer] = true;
    }
    if (sent_again(step))
        send_again(s, step, out);
    *step->rests = !waits(s, SSK_A) && !waits(s, SSK_B);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->run[dir].retransmissions.packets &&
            (!s->acked[dir] || s->run[dir].retransmissions.packets >= 2)) {
            ssk_fact run = s->run[dir];
            run.open = !s->acked[dir];
            ssk_facts_add(out, &run);
        }
}

const ssk_meter ssk_meter_retransmission = {
    .name = "retransmission",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_SENT_AGAIN | SSK_SIGN_ACKED,
    .wakes = SSK_SIGN_SENT_AGAIN,
    .on_step = on_step,
    .on_close = on_close,
};
