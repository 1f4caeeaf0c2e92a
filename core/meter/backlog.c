/* backlog.c - what comes at once when a silence ends.
 *
 * A sender that went on producing has a backlog; one that was stopped has
 * about one message. What a side without a rhythm says on a connection after it
 * was asked anew is an answer, and had not waited. The 150 ms are a choice that worked on the labeled
 * captures (docs/causes.md, lesson 10): a resumed sender's queue leaves within
 * a few round trips, the next period's message comes later.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_backlog;

typedef struct state {
    ssk_time_ns until[2]; /* 0: not counting */
    ssk_fact fact[2];     /* the side that was silent */
    bool asked[2];        /* by the other side, since the silence ended */
} state;

static void flush(state *s, ssk_dir dir, ssk_facts *out)
{
    ssk_facts_add(out, &s->fact[dir]);
    s->until[dir] = 0;
}

/* Where a message cannot be read (encrypted, or cut by a short snap length), the
 * flow's usual payload length tells how many went into one segment. */
static int64_t messages_in(const ssk_step *step, bool *ret_by_length)
{
    uint32_t usual = step->flow->side[step->dir].common_len;
    int64_t spoken = step->spoke[step->dir];
    bool readable = spoken && step->packet->payload_cap >= step->packet->payload_len;
    int64_t by_length = readable || !usual ? 0 : (step->tcp.new_bytes + usual / 2) / usual;
    *ret_by_length = by_length > MAX(spoken, 1);
    return MAX(MAX(spoken, by_length), 1);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        const ssk_silence *ended = &step->ended[dir];
        ssk_fact *fact = &s->fact[dir];
        if (s->until[dir] && step->time > s->until[dir])
            flush(s, dir, out);
        if (ended->quiet.since != SSK_TIME_NONE) {
            if (s->until[dir])
                flush(s, dir, out);
            s->until[dir] = ended->end + SSK_LIMIT(RESUME);
            s->asked[dir] = false;
            *fact = (ssk_fact){.kind = SSK_FACT_BACKLOG,
                               .dir = (uint8_t)dir,
                               .flow_id = step->flow->id,
                               .start = ended->end,
                               .end = ended->end,
                               .frame_first = ended->end_frame};
        }
        if (!s->until[dir] || step->time == SSK_TIME_NONE)
            continue;
        if (s->asked[dir] && !ssk_flow_period(step->flow, dir, config, NULL))
            continue;
        s->asked[dir] |= dir != step->dir && step->progress && step->flow->transport == SSK_TCP;
        if (dir != step->dir && step->spoke[dir]) {
            fact->backlog.messages += step->spoke[dir];
        } else if (dir == step->dir && step->progress) {
            bool by_length;
            fact->backlog.messages += messages_in(step, &by_length);
            fact->flags |= by_length ? SSK_BACKLOG_BY_LENGTH : 0;
            fact->backlog.bytes += step->tcp.new_bytes;
        } else {
            continue;
        }
        fact->frame_last = step->packet->event->frame;
        fact->end = step->time;
    }
    *step->rests = !s->until[SSK_A] && !s->until[SSK_B];
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
    .name = "backlog",
    .per_flow = true,
    .state_size = sizeof(state),
    .wakes = SSK_SIGN_SILENCE,
    .on_step = on_step,
    .on_close = on_close,
};
