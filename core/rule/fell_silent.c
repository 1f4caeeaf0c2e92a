/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/fell_silent.h"

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Looked at for one pause. */
#define LOOK_MOST 1000

/** Hosts that all talkers so far have in common: two at most. */
typedef struct shared {
    const ssk_addr *host[2];
    unsigned flows;
    uint32_t last_flow;
} shared;

static bool is_end_of(const ssk_addr *host, const ssk_result_flow *flow)
{
    return host && ssk_result_flow_has(flow, host);
}

static void add(shared *s, const ssk_result_flow *flow)
{
    if (flow->id == s->last_flow)
        return; /* its other direction */
    for (unsigned i = 0; i < 2; i++) {
        const ssk_addr *own = ssk_addr_may_be_group(&flow->addr[i]) ? NULL : &flow->addr[i];
        if (!s->flows)
            s->host[i] = own;
        else if (!is_end_of(s->host[i], flow))
            s->host[i] = NULL;
    }
    s->flows++;
    s->last_flow = flow->id;
}

bool ssk_fell_silent_together(const ssk_silence_list *all, const ssk_result *result,
                              const ssk_fact *pause)
{
    ssk_span_ns most = MIN(all->longest_period,
                           (pause->end - pause->start) / SSK_LIMIT(TOGETHER_BEATS));
    ssk_time_ns from = ssk_time_shifted(pause->start, -2 * most);
    shared s = {{NULL, NULL}, 0, 0};
    unsigned looked = 0;
    for (guint i = ssk_silence_list_after(all, pause->start); i-- > 0 && looked++ < LOOK_MOST;) {
        const ssk_fact *silence = all->list->pdata[i];
        if (silence->start < from)
            break; /* nor any before it */
        const ssk_result_flow *flow = ssk_result_find_flow(result, silence->flow_id);
        bool in_rhythm = silence->silence.period <= most &&
                         silence->start >= pause->start - 2 * silence->silence.period;
        if (!flow || !in_rhythm || silence->end < pause->end)
            continue;
        if (flow->transport == SSK_TCP && silence->silence.ended_by == SSK_END_MESSAGE)
            return false; /* it had sent nothing meanwhile, or the numbers tell what (capture-hole) */
        add(&s, flow);
    }
    return s.flows >= SSK_LIMIT(TOGETHER_TALKERS) && !s.host[0] && !s.host[1];
}
