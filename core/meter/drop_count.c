/* drop_count.c - packets that the capture itself says it lost.
 *
 * A pcapng packet may carry how many were lost between the one before it on the
 * same interface and itself (option epb_dropcount).
 *
 * Source: draft-ietf-opsawg-pcapng, 4.3. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_drop_count;

typedef struct state {
    ssk_fact counted; /* kind 0: none */
} state;

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    ssk_fact *counted = &((state *)opaque)->counted;
    const ssk_event *event = step->packet->event;
    (void)config;
    (void)out;
    if (!event->drops || step->time == SSK_TIME_NONE)
        return;
    if (!counted->kind)
        *counted = (ssk_fact){
            .kind = SSK_FACT_DROP_COUNT, .start = step->time, .frame_first = event->frame};
    counted->drop_count.packets +=
        (int64_t)MIN(event->drops, (uint64_t)(INT64_MAX - counted->drop_count.packets));
    counted->drop_count.counts++;
    counted->end = step->time;
    counted->frame_last = event->frame;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    if (s->counted.kind)
        ssk_facts_add(out, &s->counted);
}

const ssk_meter ssk_meter_drop_count = {
    .name = "drop-count",
    .hears_copies = true,
    .heeds = SSK_SIGN_REMARK,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
