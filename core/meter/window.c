/* window.c - a receiver that closes its window, and the probes that ask.
 *
 * Linux probes are 0 bytes one below the next sequence number and look like
 * keep-alives: only the last announced window tells them apart.
 *
 * Source: RFC 9293, section 3.8.6. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_window;

typedef struct state {
    ssk_fact closed[2]; /* by the side that announced it; kind 0: open */
} state;

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    if (step->time == SSK_TIME_NONE || (step->packet->tcp.flags & SSK_TCP_RST))
        return;
    uint32_t frame = step->packet->event->frame;
    ssk_fact *own = &s->closed[step->dir], *other = &s->closed[ssk_dir_other(step->dir)];
    if (other->kind && step->tcp.window_probe)
        other->value++;
    if (step->tcp.zero_window && !own->kind)
        *own = (ssk_fact){.kind = SSK_FACT_ZERO_WINDOW,
                          .dir = (uint8_t)step->dir,
                          .flow_id = step->flow->id,
                          .frame_first = frame,
                          .start = step->time};
    if (!own->kind)
        return;
    own->end = step->time;
    own->frame_last = frame;
    if (!step->tcp.zero_window) {
        ssk_facts_add(out, own);
        own->kind = 0;
    }
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->closed[dir].kind) {
            ssk_fact fact = s->closed[dir];
            fact.open = true;
            fact.end = end;
            ssk_facts_add(out, &fact);
        }
}

const ssk_meter ssk_meter_window = {
    .name = "window",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_ZERO_WINDOW,
    .on_step = on_step,
    .on_close = on_close,
};
