/* connect.c - handshakes that were not answered at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_connect;

typedef struct state {
    ssk_time_ns since, last;
    uint32_t frame, last_frame; /* frame 0: nothing stamped yet */
    uint32_t syns;
    uint8_t dir; /* of the SYN */
} state;
_Static_assert(sizeof(state) <= SSK_DEBT_BYTES_MOST, "an open debt is small");

static bool wants(const ssk_step *step)
{
    return !(step->packet->tcp.flags & SSK_TCP_ACK);
}

/* A peer that missed the end of the last connection on these ports goes on
 * with it: that is no answer to the SYN, and the RST that it gets for it is no
 * end of this attempt. RFC 9293, section 3.5.1. */
static bool is_of_an_earlier_connection(const state *s, const ssk_step *step)
{
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    uint32_t isn = step->flow->side[s->dir].tcp.isn;
    if (step->dir == s->dir)
        return tcp->flags & SSK_TCP_RST && tcp->seq != isn && tcp->seq != isn + 1;
    return !(tcp->flags & (SSK_TCP_SYN | SSK_TCP_RST)) && tcp->ack != isn + 1;
}

static void tell(const state *s, const ssk_flow *flow, ssk_connect_outcome outcome, bool open,
                 ssk_facts *out)
{
    ssk_fact fact = {SSK_AS_CONNECT(.syns = s->syns, .outcome = outcome),
                     .dir = s->dir,
                     .open = open,
                     .flow_id = flow->id,
                     .frame_first = s->frame,
                     .frame_last = s->last_frame,
                     .start = s->since,
                     .end = s->last};
    ssk_facts_add(out, &fact);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    if (step->time == SSK_TIME_NONE)
        return;
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    uint32_t frame = step->packet->event->frame;
    if (!s->frame)
        *s = (state){.since = step->time, .frame = frame, .dir = (uint8_t)step->dir};
    if (is_of_an_earlier_connection(s, step))
        return;
    s->last = step->time;
    s->last_frame = frame;
    bool own = step->dir == s->dir;
    if (own && (tcp->flags & SSK_TCP_SYN)) {
        s->syns++;
        return;
    }
    bool reset = tcp->flags & SSK_TCP_RST;
    *step->enough = true;
    tell(s, step->flow,
         !reset ? SSK_CONNECT_ANSWERED
         : own  ? SSK_CONNECT_UNANSWERED
                : SSK_CONNECT_REFUSED,
         false, out);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)end;
    if (s->frame)
        tell(s, flow, SSK_CONNECT_UNANSWERED, true, out);
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
