/* close.c - the first FIN and the first RST of each side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/ttl.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_close;

typedef struct state {
    bool reset[2];
} state;

static bool is_behind(const ssk_step *step)
{
    return step->flow->side[ssk_dir_other(step->dir)].tcp.unacked_frame != 0;
}

/* In sequence, and nothing waits for an acknowledgment but this FIN itself. */
static bool is_idle(const ssk_step *step)
{
    const ssk_flow *flow = step->flow;
    const ssk_tcp_side *me = &flow->side[step->dir].tcp;
    uint32_t frame = step->packet->event->frame;
    bool in_sequence = step->tcp.new_fin || step->packet->tcp.seq == me->next;
    return flow->closed_frame == frame && in_sequence && !is_behind(step) &&
           (!me->unacked_frame || me->unacked_frame == frame);
}

/* Who sends it stands nearer than whom it names. */
static bool is_nearer(const ssk_step *step)
{
    uint8_t usual = step->flow->side[step->dir].ttl, ttl = step->packet->ip.ttl;
    return usual && ttl && ssk_ttl_routers(ttl) < ssk_ttl_routers(usual);
}

static ssk_span_ns silent_for(const ssk_step *step)
{
    ssk_time_ns last = SSK_TIME_NONE;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        ssk_time_ns since = step->flow->side[dir].quiet.since;
        if (since != SSK_TIME_NONE && (last == SSK_TIME_NONE || since > last))
            last = since;
    }
    return last == SSK_TIME_NONE || last > step->time ? 0 : step->time - last;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    bool rst = step->packet->tcp.flags & SSK_TCP_RST;
    if (step->time == SSK_TIME_NONE || (!step->tcp.new_fin && !(rst && !s->reset[step->dir])))
        return;
    s->reset[step->dir] |= rst;
    ssk_fact fact = {SSK_AS_CLOSE(.reset = rst, .idle = silent_for(step)),
                     .dir = (uint8_t)step->dir,
                     .flow_id = step->flow->id,
                     .frame_first = step->packet->event->frame,
                     .frame_last = step->packet->event->frame,
                     .start = step->time,
                     .end = step->time,
                     .flags = (is_idle(step) ? SSK_CLOSE_IDLE : 0u) |
                              (is_behind(step) ? SSK_CLOSE_BEHIND : 0u) |
                              (rst && is_nearer(step) ? SSK_CLOSE_NEARER : 0u)};
    ssk_facts_add(out, &fact);
}

const ssk_meter ssk_meter_close = {
    .name = "close",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .heeds = SSK_SIGN_END,
    .on_step = on_step,
};
