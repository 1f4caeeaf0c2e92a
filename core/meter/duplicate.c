/* duplicate.c - how many packets were the same as one just before: a mirror
 * port that copies both ways, or two interfaces of one host in one file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_duplicate;

typedef struct state {
    ssk_fact found; /* value 0: none */
    uint64_t packets;
} state;

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    (void)out;
    /* 802.11 relays and repeats every frame: that is no mirror. */
    if (!step->flow || step->time == SSK_TIME_NONE || step->packet->link.wlan.present)
        return;
    s->packets++;
    if (!step->copy)
        return;
    uint32_t frame = step->packet->event->frame;
    if (!s->found.duplicates.copies)
        s->found =
            (ssk_fact){.kind = SSK_FACT_DUPLICATES, .start = step->time, .frame_first = frame};
    s->found.duplicates.copies++;
    s->found.end = step->time;
    s->found.frame_last = frame;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    if (s->found.duplicates.copies) {
        ssk_fact fact = s->found;
        fact.duplicates.packets = (int64_t)s->packets;
        ssk_facts_add(out, &fact);
    }
}

const ssk_meter ssk_meter_duplicate = {
    .name = "duplicate",
    .hears = SSK_HEARS(TCP) | SSK_HEARS(UDP),
    .hears_copies = true,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
