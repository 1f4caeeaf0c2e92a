/* answer.c - what a side that sends no message still acknowledges: its kernel
 * is alive, whatever its application does.
 *
 * An acknowledgment that comes only after the other side had to send again
 * may be the recovery; a prompt one is a sign of life.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_answer;

/* What one side acknowledged since its last message. */
typedef struct answers {
    uint32_t count; /* 0: none yet */
    unsigned flags; /* SSK_ANSWER_* */
    uint32_t frame_first, frame_last;
    ssk_time_ns start, end;
    uint64_t bytes;
} answers;

typedef struct state {
    answers of[2]; /* the side that is silent */
    bool silent;   /* a silence of either side ended */
} state;

static void tell(const answers *a, const ssk_flow *flow, ssk_dir dir, ssk_facts *out)
{
    ssk_fact fact = {SSK_AS_ANSWERS(.bytes = (int64_t)a->bytes, .count = a->count),
                     .dir = (uint8_t)dir,
                     .flow_id = flow->id,
                     .start = a->start,
                     .end = a->end,
                     .frame_first = a->frame_first,
                     .frame_last = a->frame_last,
                     .flags = a->flags};
    ssk_facts_add(out, &fact);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    if (step->time == SSK_TIME_NONE)
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        bool ended = step->ended[dir].quiet.since != SSK_TIME_NONE;
        s->silent |= ended;
        if (ended && s->of[dir].count)
            tell(&s->of[dir], step->flow, dir, out);
        if (dir == step->dir ? step->progress : step->spoke[dir] > 0)
            s->of[dir].count = 0;
    }
    if (step->progress)
        return;
    const ssk_quiet *quiet = &step->flow->side[step->dir].quiet;
    if ((!step->tcp.newly_acked && !step->tcp.keepalive_answer) || quiet->since == SSK_TIME_NONE)
        return;
    ssk_span_ns period = ssk_flow_period(step->flow, step->dir, config, NULL);
    if (step->time - quiet->since <= period + period / 5)
        return; /* the last beat's own acknowledgment */
    uint32_t frame = step->packet->event->frame;
    answers *own = &s->of[step->dir];
    bool first = !own->count;
    if (first)
        *own = (answers){.start = step->time, .frame_first = frame};
    own->bytes += step->tcp.newly_acked;
    own->count++;
    own->end = step->time;
    own->frame_last = frame;
    /* A kernel that slept acknowledges as it wakes. */
    ssk_time_ns asked = step->flow->side[ssk_dir_other(step->dir)].last;
    bool prompt = asked != SSK_TIME_NONE && step->time - asked < SSK_LIMIT(ACK_LATE) &&
                  !quiet->peer_retransmissions;
    own->flags &= ~(unsigned)(SSK_ANSWER_PROMPT_LAST | SSK_ANSWER_DATA_LAST);
    own->flags |= (prompt ? SSK_ANSWER_PROMPT | SSK_ANSWER_PROMPT_LAST : 0u) |
                  (prompt && first ? SSK_ANSWER_PROMPT_FIRST : 0u) |
                  (step->tcp.newly_acked ? SSK_ANSWER_DATA_LAST : 0u) |
                  (step->tcp.newly_acked && first ? SSK_ANSWER_DATA_FIRST : 0u);
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)end;
    /* They answer a question about a silence: most flows had none and left none open. */
    if (!s->silent && flow->side[SSK_A].quiet.orderly && flow->side[SSK_B].quiet.orderly)
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->of[dir].count)
            tell(&s->of[dir], flow, dir, out);
}

const ssk_meter ssk_meter_answer = {
    .name = "answer",
    .hears = SSK_HEARS(TCP),
    .per_flow = true,
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
