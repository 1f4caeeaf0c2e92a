/* retransmission.c - runs of retransmissions that nobody acknowledged meanwhile.
 *
 * Source: RFC 6298 (back-off). SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_retransmission;

typedef struct state {
    ssk_fact run[2]; /* value 0: none */
} state;

static bool sent_again(const ssk_step *step)
{
    return !step->tcp.probe && (step->tcp.retransmission || step->tcp.old_bytes);
}

/* One lost packet is everyday life; a run of two is a question. */
static void flush(ssk_fact *run, unsigned flags, ssk_facts *out)
{
    run->flags |= flags;
    if (run->value >= 2)
        ssk_facts_add(out, run);
    run->value = 0;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    ssk_fact *own = &s->run[step->dir], *other = &s->run[ssk_dir_other(step->dir)];
    if (other->value && step->tcp.newly_acked)
        flush(other, SSK_RETRANSMISSION_ACKED, out);
    if (!sent_again(step))
        return;
    uint32_t frame = step->packet->event->frame;
    if (!own->value)
        *own = (ssk_fact){.kind = SSK_FACT_RETRANSMISSIONS, .dir = (uint8_t)step->dir,
                          .flow_id = step->flow->id, .frame_first = frame, .start = step->time,
                          .end = step->time};
    own->value++;
    own->extra = step->time - own->end;
    own->end = step->time;
    own->frame_last = frame;
    if (step->packet->tcp.flags & SSK_TCP_FIN)
        own->flags |= SSK_RETRANSMISSION_FIN;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->run[dir].value) {
            ssk_fact run = s->run[dir];
            run.open = true;
            ssk_facts_add(out, &run);
        }
}

const ssk_meter ssk_meter_retransmission = {
    .name = "retransmission", .hears = SSK_HEARS(TCP), .per_flow = true, .state_size = sizeof(state),
    .heeds = SSK_SIGN_SENT_AGAIN | SSK_SIGN_ACKED, .wakes = SSK_SIGN_SENT_AGAIN,
    .on_step = on_step, .on_close = on_close,
};
