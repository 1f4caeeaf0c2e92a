/* close.c - the first FIN and the first RST of each side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_close;

typedef struct state {
    bool reset[2];
} state;

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    bool rst = step->packet->tcp.flags & SSK_TCP_RST;
    if (step->time == SSK_TIME_NONE || (!step->tcp.new_fin && !(rst && !s->reset[step->dir])))
        return;
    s->reset[step->dir] |= rst;
    ssk_fact fact = {.kind = SSK_FACT_CLOSE,
                     .dir = (uint8_t)step->dir,
                     .flow_id = step->flow->id,
                     .frame_first = step->packet->event->frame,
                     .frame_last = step->packet->event->frame,
                     .start = step->time,
                     .end = step->time,
                     .value = rst};
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
