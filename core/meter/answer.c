/* answer.c - what a side that sends no message still acknowledges: its kernel
 * is alive, whatever its application does.
 *
 * An acknowledgement that comes only after the other side had to send again
 * may be the recovery; a prompt one is a sign of life.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_answer;

typedef struct state {
    ssk_fact fact[2]; /* of the side that is silent; extra 0: none yet */
} state;

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    if (step->time == SSK_TIME_NONE)
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        if (step->ended[dir].since != SSK_TIME_NONE && s->fact[dir].extra)
            ssk_facts_add(out, &s->fact[dir]);
        if (dir == step->dir ? step->progress : step->spoke[dir] > 0)
            s->fact[dir].extra = 0;
    }
    ssk_fact *fact = &s->fact[step->dir];
    if (step->progress)
        return;
    const ssk_quiet *quiet = &step->flow->side[step->dir].quiet;
    if ((!step->tcp.newly_acked && !step->tcp.keepalive_answer) || quiet->since == SSK_TIME_NONE)
        return;
    ssk_span_ns period = ssk_flow_period(step->flow, step->dir, config, NULL);
    if (step->time - quiet->since <= period + period / 5)
        return; /* the last beat's own acknowledgement */
    if (!fact->extra)
        *fact = (ssk_fact){.kind = SSK_FACT_ANSWERS, .dir = (uint8_t)step->dir,
                           .flow_id = step->flow->id, .start = step->time,
                           .frame_first = step->packet->event->frame};
    fact->value += step->tcp.newly_acked;
    fact->extra++;
    fact->end = step->time;
    fact->frame_last = step->packet->event->frame;
    if (!quiet->peer_retransmissions)
        fact->flags |= SSK_ANSWER_PROMPT;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->fact[dir].extra)
            ssk_facts_add(out, &s->fact[dir]);
}

const ssk_meter ssk_meter_answer = {
    .name = "answer", .hears = SSK_HEARS(TCP), .per_flow = true, .state_size = sizeof(state),
    .on_step = on_step, .on_close = on_close,
};
