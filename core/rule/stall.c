/* stall.c - a debt that stayed unpaid for longer than is usual is a stall.
 *
 * Debts come as facts, one by one (core/debt/); excuse.c says which of them nobody had to pay. What
 * overlaps on one connection is one stall, charged to the debtor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/flow/quiet.h"
#include "core/model/filter.h"
#include "core/rule/excused.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"

extern const ssk_rule ssk_rule_stall;

static int by_flow_start(const void *a, const void *b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    if (x->flow_id != y->flow_id)
        return x->flow_id < y->flow_id ? -1 : 1;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    if (x->dir != y->dir)
        return x->dir - y->dir;
    return (x->debt.kind > y->debt.kind) - (x->debt.kind < y->debt.kind);
}

static ssk_stall_kind kind_of(const ssk_fact *debt)
{
    switch (debt->debt.kind) {
    case SSK_DEBT_WINDOW:
        return SSK_STALL_WINDOW;
    case SSK_DEBT_ANSWER:
        return SSK_STALL_ANSWER;
    case SSK_DEBT_ACK:
        return debt->flags & SSK_DEBT_PEER_SPOKE ? SSK_STALL_NO_PROGRESS : SSK_STALL_SILENCE;
    default:
        return debt->flags & SSK_DEBT_PEER_SPOKE      ? SSK_STALL_APP_SILENCE
               : debt->flags & SSK_DEBT_RETRANSMITTED ? SSK_STALL_NO_PROGRESS
                                                      : SSK_STALL_SILENCE;
    }
}

static ssk_silence_end end_of(const ssk_fact *debt)
{
    return debt->flags & SSK_DEBT_PAID                          ? SSK_END_MESSAGE
           : debt->flags & (SSK_DEBT_HEARD | SSK_DEBT_GIVEN_UP) ? SSK_END_HEARD
           : debt->flags & SSK_DEBT_CLOSED                      ? SSK_END_CLOSE
                                                                : SSK_END_OPEN;
}

static ssk_result_stall stall_of(const ssk_fact *debt)
{
    ssk_result_stall stall;
    ssk_stall_init(&stall);
    ssk_span_ns period = debt->debt.period;
    stall.flow = debt->flow_id;
    stall.direction = debt->dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    stall.debt.kind = (int)debt->debt.kind;
    stall.debt.debtor = stall.direction;
    stall.debt.frame = debt->frame_first;
    stall.debt.received = debt->flags & SSK_DEBT_RECEIVED;
    stall.kind = kind_of(debt);
    stall.start = debt->start;
    stall.end_kind = (int)end_of(debt);
    stall.open = stall.end_kind == SSK_END_OPEN;
    stall.end = stall.open ? SSK_TIME_NONE : debt->end;
    stall.duration = debt->end - debt->start;
    stall.frame_before = debt->frame_first;
    stall.frame_after = stall.open ? 0 : debt->frame_last;
    stall.period = period;
    if (period)
        stall.missed = MAX(0, stall.end_kind == SSK_END_MESSAGE
                                  ? (stall.duration + period / 2) / period - 1
                                  : stall.duration / period);
    return stall;
}

/* Who originates owes the first packet: where both directions fell silent
 * together, the answers are missing because the questions are. */
static ssk_side originator(const ssk_result_flow *flow)
{
    return flow && flow->keepalive ? flow->keepalive->originator : SSK_SIDE_NONE;
}

static bool is_timed(const ssk_result_stall *stall)
{
    return stall->debt.kind == SSK_DEBT_BEAT || stall->debt.kind == SSK_DEBT_STREAM;
}

/* Two that overlap are one: the beat of a side that keeps a timer tells most of it; of two of a
 * kind the longer one does. */
static void merge(ssk_result_stall *into, const ssk_result_stall *other,
                  const ssk_result_flow *flow)
{
    ssk_span_ns beat = MAX(into->period, other->period);
    bool together = other->start - into->start <= beat + beat / 2;
    ssk_side first = originator(flow);
    bool longer = other->duration / 2 > into->duration,
         shorter = other->duration < into->duration / 2;
    bool originates = first == other->direction && first != into->direction;
    /* Who waits for the answer to a request that was received owes nothing meanwhile. */
    bool apart = into->direction != other->direction;
    if (apart && into->debt.received && is_timed(other))
        return;
    if (apart && other->debt.received && is_timed(into) &&
        other->start - into->start <= SSK_LIMIT(ONE_REQUEST_BEAT)) {
        *into = *other;
        return;
    }
    bool covers = other->duration >= into->duration / 4 * 3;
    if (into->debt.kind == SSK_DEBT_WINDOW && !longer)
        return; /* who does not read is late with all the rest, too */
    bool replaces = longer || (other->debt.kind == SSK_DEBT_WINDOW && covers) ||
                    (originates && together && !shorter) ||
                    (is_timed(other) && !is_timed(into) && covers);
    if (first == SSK_SIDE_BOTH && together && !longer && is_timed(into) && is_timed(other)) {
        into->direction = SSK_SIDE_BOTH;
        into->debt.debtor = SSK_SIDE_BOTH;
    } else if (replaces) {
        *into = *other;
    }
}

/** A debt that nobody had to pay. */
typedef struct excused_debt {
    const ssk_fact *debt;
    const ssk_result_flow *flow;
    ssk_excuse why;
} excused_debt;

/* Debts looked at for one question: a flow that owes more at a time has its stall. */
#define LOOK_MOST 64

/* Does another debt of the flow, which is owed, lie at the same time? */
static bool lies_in_stall(const GPtrArray *owed, const ssk_fact *debt)
{
    guint low = 0, high = owed->len, looked = 0;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        const ssk_fact *other = owed->pdata[middle];
        if (other->flow_id < debt->flow_id ||
            (other->flow_id == debt->flow_id && other->start < debt->end))
            low = middle + 1;
        else
            high = middle;
    }
    for (guint i = low; i-- > 0 && looked++ < LOOK_MOST;) {
        const ssk_fact *other = owed->pdata[i];
        if (other->flow_id != debt->flow_id)
            return false;
        if (other->end > debt->start)
            return true;
    }
    return false;
}

static void tell_excused(const GPtrArray *owed, const GArray *excused, ssk_result *result)
{
    ssk_excused all = {0};
    for (guint i = 0; i < excused->len; i++) {
        const excused_debt *one = &g_array_index(excused, excused_debt, i);
        if (!lies_in_stall(owed, one->debt))
            ssk_excused_add(&all, one->why, one->flow, one->debt);
    }
    ssk_excused_tell(&all, result);
}

static GPtrArray *owed_debts(const ssk_facts *facts, ssk_result *result)
{
    GPtrArray *debts = g_ptr_array_new();
    GArray *excused = g_array_new(FALSE, FALSE, sizeof(excused_debt));
    ssk_excuses excuses;
    ssk_excuses_init(&excuses, facts, result);
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        const ssk_result_flow *flow = fact->kind == SSK_FACT_DEBT
                                          ? ssk_result_find_flow(result, fact->flow_id)
                                          : NULL;
        if (!flow)
            continue; /* evicted flows are counted in limits */
        excused_debt one = {fact, flow, ssk_excuse_of(&excuses, flow, fact)};
        if (one.why)
            g_array_append_val(excused, one);
        else
            g_ptr_array_add(debts, (gpointer)fact);
    }
    ssk_excuses_clear(&excuses);
    if (debts->len)
        qsort(debts->pdata, debts->len, sizeof(gpointer), by_flow_start);
    tell_excused(debts, excused, result);
    g_array_free(excused, TRUE);
    return debts;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GPtrArray *debts = owed_debts(facts, result);
    GArray *stalls = g_array_new(FALSE, FALSE, sizeof(ssk_result_stall));
    for (guint i = 0; i < debts->len; i++) {
        ssk_result_stall stall = stall_of(debts->pdata[i]);
        ssk_stall_clip(result, &stall);
        if (stall.duration <= result->config.min_gap)
            continue;
        ssk_result_stall *last = stalls->len
                                     ? &g_array_index(stalls, ssk_result_stall, stalls->len - 1)
                                     : NULL;
        if (last && last->flow == stall.flow && stall.start < ssk_result_stall_end(result, last))
            merge(last, &stall, ssk_result_find_flow(result, stall.flow));
        else
            g_array_append_val(stalls, stall);
    }
    for (guint i = 0; i < stalls->len; i++) {
        ssk_result_stall *stall = &g_array_index(stalls, ssk_result_stall, i);
        stall->filter = ssk_filter_frames(result, ssk_result_find_flow(result, stall->flow),
                                          stall->frame_before, stall->frame_after);
    }
    ssk_stalls_add(result, stalls);
    g_ptr_array_free(debts, TRUE);
}

const ssk_rule ssk_rule_stall = {
    .name = "stall",
    .source = "docs/causes.md, definitions",
    .judge = judge,
};
