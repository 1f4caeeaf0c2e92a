/* backlog.c - what comes at once when a silence ends.
 *
 * A sender that went on producing has a backlog; one that was stopped has
 * about one message. The 150 ms are a choice that worked on the labelled
 * captures (docs/causes.md, lesson 10): a resumed sender's queue leaves within
 * a few round trips, the next period's message comes later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_backlog;

#define WINDOW (150 * SSK_MS)

typedef struct state {
    ssk_time_ns until[2]; /* 0: not counting */
    ssk_fact    fact[2];  /* the side that was silent */
} state;

static void flush(state *s, ssk_dir dir, ssk_facts *out)
{
    ssk_facts_add(out, &s->fact[dir]);
    s->until[dir] = 0;
}

static bool wants(const ssk_step *step)
{
    return step->ended[SSK_A].since != SSK_TIME_NONE || step->ended[SSK_B].since != SSK_TIME_NONE;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    (void)config;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        const ssk_quiet *ended = &step->ended[dir];
        if (s->until[dir] && step->time > s->until[dir])
            flush(s, dir, out);
        if (ended->since != SSK_TIME_NONE) {
            if (s->until[dir])
                flush(s, dir, out);
            s->until[dir] = ended->end + WINDOW;
            s->fact[dir] = (ssk_fact){.kind = SSK_FACT_BACKLOG, .dir = (uint8_t)dir,
                                      .flow_id = step->flow->id, .start = ended->end,
                                      .end = ended->end, .frame_first = ended->end_frame};
        }
    }
    ssk_fact *fact = &s->fact[step->dir];
    if (s->until[step->dir] && step->progress && step->time != SSK_TIME_NONE) {
        fact->value += step->n_messages ? (int64_t)step->n_messages : 1;
        fact->extra += step->tcp.new_bytes;
        fact->frame_last = step->packet->event->frame;
        fact->end = step->time;
    }
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->until[dir])
            ssk_facts_add(out, &s->fact[dir]);
}

const ssk_meter ssk_meter_backlog = {
    .name = "backlog", .per_flow = true, .state_size = sizeof(state),
    .wants = wants, .on_step = on_step, .on_close = on_close,
};
