/* connect.c - handshakes that were not answered at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_connect;

typedef struct state {
    ssk_fact fact; /* kind 0: nothing stamped yet */
} state;

static bool wants(const ssk_step *step)
{
    return !(step->packet->tcp.flags & SSK_TCP_ACK);
}

/* A peer that missed the end of the last connection on these ports goes on
 * with it: that is no answer to the SYN. RFC 9293, section 3.5.1. */
static bool is_of_an_earlier_connection(const state *s, const ssk_step *step)
{
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    return step->dir != s->fact.dir && !(tcp->flags & (SSK_TCP_SYN | SSK_TCP_RST)) &&
           tcp->ack != step->flow->side[s->fact.dir].tcp.isn + 1;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    uint32_t frame = step->packet->event->frame;
    if (!s->fact.kind) {
        s->fact = (ssk_fact){.kind = SSK_FACT_CONNECT,
                             .dir = (uint8_t)step->dir,
                             .flow_id = step->flow->id,
                             .frame_first = frame,
                             .start = step->time};
    }
    if (is_of_an_earlier_connection(s, step))
        return;
    s->fact.end = step->time;
    s->fact.frame_last = frame;
    if (step->dir == s->fact.dir && (tcp->flags & SSK_TCP_SYN)) {
        s->fact.value++;
        s->fact.extra = SSK_CONNECT_UNANSWERED;
        return;
    }
    if (tcp->flags & SSK_TCP_RST)
        s->fact.extra = step->dir == s->fact.dir ? SSK_CONNECT_UNANSWERED : SSK_CONNECT_REFUSED;
    else
        s->fact.extra = SSK_CONNECT_ANSWERED;
    *step->enough = true;
    ssk_facts_add(out, &s->fact);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    if (!s->fact.kind)
        return;
    ssk_fact fact = s->fact;
    fact.open = true;
    ssk_facts_add(out, &fact);
}

const ssk_meter ssk_meter_connect = {
    .name = "connect",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_SYN,
    .wants = wants,
    .on_step = on_step,
    .on_close = on_close,
};
