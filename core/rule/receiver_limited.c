/* receiver_limited.c - a transfer that waits for the receiving application.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_receiver_limited;

#define SHOWN 8

static void judge_side(ssk_result *result, const ssk_result_flow *flow, const ssk_fact *list,
                       size_t n, ssk_dir dir)
{
    uint32_t frames[SHOWN];
    size_t shown = 0;
    unsigned times = 0;
    ssk_span_ns closed = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].kind != SSK_FACT_ZERO_WINDOW || list[i].dir != dir ||
            (list[i].flags & (SSK_WINDOW_OF_STREAMS | SSK_WINDOW_SMALL)))
            continue;
        times++;
        closed += list[i].end - list[i].start;
        if (shown < SHOWN)
            frames[shown++] = list[i].frame_first;
    }
    ssk_span_ns lasted = flow->last - flow->first;
    if (times < SSK_LIMIT(CLOSED_LEAST) || lasted <= 0)
        return;
    char who[SSK_TEXT_ROOM], span[SSK_TEXT_ROOM], of[SSK_TEXT_ROOM];
    const char *text = ssk_result_printf(
        result,
        "%s closed its receive window %u times on flow %u, for %s of %s in all: its application "
        "reads more slowly than the other side sends",
        ssk_addr_text(&flow->addr[dir], who), times, flow->id, ssk_span_text(closed, span),
        ssk_span_text(lasted, of));
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_RECEIVER_LIMITED,
                    "note", text, &flow->id, 1, frames, shown);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        size_t n;
        const ssk_fact *list = ssk_facts_of(facts, flow->id, &n);
        if (flow->dir[SSK_A].zero_windows || flow->dir[SSK_B].zero_windows)
            for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
                judge_side(result, flow, list, n, dir);
    }
}

const ssk_rule ssk_rule_receiver_limited = {
    .name = "receiver-limited",
    .source = "RFC 9293, 3.8.6",
    .judge = judge,
};
