/* handshake.c - which side answers at once: the capture stands beside it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_handshake;

typedef struct state {
    ssk_time_ns syn, syn_ack; /* 0: not seen */
    uint8_t opener;
} state;

static bool wants(const ssk_step *step)
{
    return step->tcp.new_syn && !(step->packet->tcp.flags & SSK_TCP_ACK);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    bool syn = step->packet->tcp.flags & SSK_TCP_SYN;
    if (!s->syn) {
        s->syn = step->time;
        s->opener = (uint8_t)step->dir;
    } else if (step->tcp.retransmission) {
        *step->enough = true; /* which SYN was answered is a guess: RFC 6298, section 3 */
    } else if (!s->syn_ack && syn && step->dir != s->opener) {
        s->syn_ack = step->time;
    } else if (s->syn_ack && !syn && step->dir == s->opener) {
        *step->enough = true;
        ssk_fact fact = {SSK_AS_HANDSHAKE(.server_turn = s->syn_ack - s->syn,
                                          .client_turn = step->time - s->syn_ack),
                         .dir = s->opener,
                         .flow_id = step->flow->id,
                         .start = s->syn,
                         .end = step->time,
                         .frame_last = step->packet->event->frame};
        ssk_facts_add(out, &fact);
    }
}

const ssk_meter ssk_meter_handshake = {
    .name = "handshake",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_SYN,
    .wants = wants,
    .on_step = on_step,
};
