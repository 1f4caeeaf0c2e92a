/* window.c - the debt of reading: a receiver that closes its window while its peer has data.
 *
 * That the peer has data is shown by its probes, or by the data that it sends as soon as the
 * window opens. Linux probes are 0 bytes one below the next sequence number and look like
 * keep-alives: only the last announced window tells them apart.
 *
 * A window that is too small for one of the peer's segments is as good as closed: the peer waits
 * until it is larger, or sends the little that fits once in a while.
 *
 * Source: RFC 9293, sections 3.8.6 and 3.8.6.2 (silly window). SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_window;

typedef struct state {
    ssk_fact closed[2]; /* by the side that announced it; kind 0: open */
    ssk_fact opened[2]; /* the last one that was over, until its peer's data tells; kind 0: none */
    ssk_time_ns opened_at[2];
} state;

static void owe(const ssk_fact *closed, ssk_time_ns end, unsigned how, const ssk_config *config,
                ssk_facts *out)
{
    if (end - closed->start <= config->min_gap)
        return;
    ssk_fact fact = *closed;
    fact.kind = SSK_FACT_DEBT;
    fact.extra = closed->value;
    fact.value = SSK_DEBT_WINDOW;
    fact.flags = how;
    fact.end = end;
    fact.open = how == 0;
    if (!how)
        fact.frame_last = 0;
    ssk_facts_add(out, &fact);
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    state *s = opaque;
    if (step->time == SSK_TIME_NONE || (step->packet->tcp.flags & SSK_TCP_RST))
        return;
    uint32_t frame = step->packet->event->frame;
    ssk_dir peer = ssk_dir_other(step->dir);
    ssk_fact *own = &s->closed[step->dir], *other = &s->closed[peer];
    if (other->kind && step->tcp.window_probe)
        other->value++;
    if (s->opened[peer].kind && step->tcp.new_bytes) {
        if (step->time - s->opened_at[peer] <= SSK_LIMIT(WINDOW_USED))
            owe(&s->opened[peer], s->opened[peer].end, SSK_DEBT_PAID, config, out);
        s->opened[peer].kind = 0;
    }
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
    if (step->tcp.zero_window)
        return;
    ssk_facts_add(out, own);
    if (own->value)
        owe(own, own->end, SSK_DEBT_PAID, config, out);
    s->opened[step->dir] = *own;
    s->opened_at[step->dir] = step->time;
    if (own->value)
        s->opened[step->dir].kind = 0;
    own->kind = 0;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)flow;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (s->closed[dir].kind) {
            ssk_fact fact = s->closed[dir];
            fact.open = true;
            fact.end = end;
            ssk_facts_add(out, &fact);
            if (fact.value)
                owe(&fact, end, 0, config, out);
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
