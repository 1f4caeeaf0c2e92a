/* stall.c - a debt that stayed unpaid for longer than is usual is a stall.
 *
 * Debts come as facts, one by one (core/debt/). Here it is judged whether anybody had to pay: not
 * across a hole in the capture, not when the conversation was over, not for what is usual for that
 * service. What overlaps on one connection is one stall, charged to the debtor.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/flow/period.h"
#include "core/flow/quiet.h"
#include "core/model/filter.h"
#include "core/rule/debt_usual.h"
#include "core/rule/flow_pauses.h"
#include "core/rule/host_debt.h"
#include "core/rule/measurement.h"
#include "core/rule/pause.h"
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
    return (x->value > y->value) - (x->value < y->value);
}

static const char *kind_of(const ssk_fact *debt)
{
    switch (debt->value) {
    case SSK_DEBT_WINDOW:
        return "window";
    case SSK_DEBT_ANSWER:
        return "answer";
    case SSK_DEBT_ACK:
        return debt->flags & SSK_DEBT_PEER_SPOKE ? "no-progress" : "silence";
    default:
        return debt->flags & SSK_DEBT_PEER_SPOKE      ? "app-silence"
               : debt->flags & SSK_DEBT_RETRANSMITTED ? "no-progress"
                                                      : "silence";
    }
}

static ssk_span_ns period_of(const ssk_fact *debt)
{
    return debt->value == SSK_DEBT_BEAT || debt->value == SSK_DEBT_STREAM ? debt->extra : 0;
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
    ssk_span_ns period = period_of(debt);
    stall.flow = debt->flow_id;
    stall.direction = debt->dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    stall.debt.kind = (int)debt->value;
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

/* The off-phases of an on/off stream are measured in udp[]; a stall is what
 * stands out from them. */
static bool is_off_phase(const ssk_result *result, const ssk_fact *debt)
{
    for (size_t i = ssk_result_find_udp(result, debt->flow_id);
         i < result->n_udp && result->udp[i].flow == debt->flow_id; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (udp->has_on_off && udp->direction == debt->dir)
            return debt->end - debt->start <= ssk_quiet_limit(udp->on_off.off_ns.p50, 0);
    }
    return false;
}

/* A rhythm that nobody read may end because its user stopped it. It is owed if something was left
 * open by it, if it went on later, or if it was for a group: nobody's to stop but its sender's. */
static bool may_be_over(const ssk_result_flow *flow, const ssk_fact *debt)
{
    bool group = debt->value == SSK_DEBT_STREAM && ssk_addr_may_be_group(&flow->addr[!debt->dir]);
    return !group && !(debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_PAID | SSK_DEBT_TRACED));
}

/* Pauses that recur are the sender's own rhythm, of batches or of a person: so many of them, for
 * such a part of its time. */
static bool recurs(const ssk_pauses *pauses, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_TRACED))
        return false;
    const ssk_pauses_side *own = &pauses->side[debt->dir];
    ssk_span_ns life = flow->last - flow->first, length = debt->end - debt->start;
    /* Before and after it there was no rhythm, and pauses as long as this one. */
    return ssk_pauses_loose(own, length / 2) >= 3 || (own->n >= 3 && own->paused > life / 4) ||
           (own->n >= 2 && own->paused > life / 2);
}

/* What lasted no longer than its pause may have been a trial, or a short talk. */
static bool is_trial(const ssk_pauses *pauses, const ssk_result_flow *flow, const ssk_fact *debt)
{
    bool slow = flow->transport == SSK_TCP && debt->extra >= SSK_S; /* a connection kept for them */
    if (slow || (debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_TRACED)))
        return false;
    ssk_time_ns began = MAX(flow->first, ssk_pauses_end_before(pauses, debt));
    ssk_span_ns lived = debt->start - began, length = debt->end - debt->start;
    /* Slow beats are no batch, and many of them no trial. */
    return debt->extra < SSK_S && debt->value == SSK_DEBT_BEAT
               ? lived / 3 < length
               : lived < length && debt->samples < 2 * SSK_TIMER_LEAST;
}

/* Requests that were repeated in vain end when their sender gives up; it keeps no timer. */
static bool gave_up_asking(const ssk_facts *facts, const ssk_fact *debt)
{
    ssk_facts_walk own = ssk_facts_among(facts, debt->flow_id, SSK_KIND(SSK_FACT_DEBT),
                                         ssk_time_shifted(debt->start, -SSK_S), debt->start);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->value == SSK_DEBT_ANSWER && fact->dir != debt->dir &&
            (fact->flags & SSK_DEBT_GIVEN_UP))
            return true;
    return false;
}

/* What is in vain is called so soon after it began. */
#define CALLED_VAIN (5 * SSK_S)

/* A beacon that nobody answers is no request, unless the network itself says that it is in vain. */
static bool is_beacon(const ssk_facts *facts, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (!(debt->flags & SSK_DEBT_BEACON))
        return false;
    ssk_facts_walk errors = ssk_facts_among(facts, 0, SSK_KIND(SSK_FACT_ICMP), debt->start,
                                            debt->start + CALLED_VAIN);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&errors));)
        if (!memcmp(&fact->peer, &flow->addr[debt->dir], sizeof fact->peer) &&
            (fact->extra & 0xffff) == flow->port[debt->dir])
            return false;
    return true;
}

/* A reader that takes its time closes its window again and again; one pause that stands out is
 * a stall. */
static bool is_readers_pace(const ssk_facts *facts, const ssk_fact *debt)
{
    unsigned others = 0;
    ssk_facts_walk own = ssk_facts_of_kinds(facts, debt->flow_id, SSK_KIND(SSK_FACT_ZERO_WINDOW));
    for (const ssk_fact *fact; others < 3 && (fact = ssk_facts_next(&own));)
        others += fact->dir == debt->dir && fact->start != debt->start &&
                  fact->end - fact->start >= (debt->end - debt->start) / 2;
    return others >= 3;
}

/* A reader at its own pace drains a buffer of 128 kB in seconds: shorter is no stall. */
#define WINDOW_LEAST (5 * SSK_S)

/* The sender's own numbers say that it went on sending. */
static bool numbers_went_on(const ssk_facts *facts, const ssk_fact *debt)
{
    ssk_facts_walk own = ssk_facts_among(facts, debt->flow_id, SSK_KIND(SSK_FACT_NUMBERING),
                                         debt->start, debt->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == debt->dir && fact->flags == SSK_NUMBERING_SEQUENCE && fact->extra > 0 &&
            fact->value >= fact->extra / 2 && fact->value / 2 <= fact->extra &&
            fact->start <= debt->start + SSK_S)
            return true;
    return false;
}

/* What each debt is judged against. */
typedef struct context {
    const ssk_facts *facts;
    const ssk_result *result;
    ssk_measurement_index *faults;
    ssk_usual usual;
    ssk_host_debts hosts;
    ssk_pauses pauses; /* of the flow that was asked for last */
} context;

/* Polls of the side that opened the connection, all answered, then none for a while, then polls
 * again: their user may have paused them, and nobody waited for anything meanwhile. */
static bool rests(const ssk_result_flow *flow, const ssk_fact *debt)
{
    uint64_t own = flow->dir[debt->dir].payload_packets;
    uint64_t other = flow->dir[!debt->dir].payload_packets;
    return flow->transport == SSK_TCP && debt->value == SSK_DEBT_BEAT && debt->dir == SSK_A &&
           !(debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_TRACED | SSK_DEBT_PEER_SPOKE)) &&
           4 * own >= 3 * other && 4 * other >= 3 * own;
}

/* A rhythm that nobody read may be a person's, a batch, a trial, or one that its user stopped;
 * unless its host had debts elsewhere at the same time. */
static bool may_be_nothing(context *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (numbers_went_on(c->facts, debt))
        return false;
    ssk_pauses_of(&c->pauses, c->facts, flow);
    bool looks_so = may_be_over(flow, debt) || recurs(&c->pauses, flow, debt) ||
                    rests(flow, debt) || is_trial(&c->pauses, flow, debt);
    return gave_up_asking(c->facts, debt) ||
           (looks_so && !ssk_host_debts_cover(&c->hosts, flow, debt));
}

/* Two streams that pass each other are a call: who talks no more sends nothing, on hold or by
 * silence suppression. Lost is only what its own numbers count. */
#define CALL_PACE (200 * SSK_MS)

static bool is_talk(const context *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    return flow->transport == SSK_UDP && debt->value == SSK_DEBT_BEAT && debt->extra < CALL_PACE &&
           !(debt->flags & SSK_DEBT_DECODED) && !numbers_went_on(c->facts, debt);
}

/* It never sent a pong, and went on all the same: it leaves pings unanswered. */
static bool leaves_pings(const ssk_result_flow *flow, const ssk_fact *debt)
{
    return flow->keepalive && !flow->keepalive->pongs && (debt->flags & SSK_DEBT_PAID);
}

static bool is_owed(context *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    const ssk_facts *facts = c->facts;
    const ssk_result *result = c->result;
    if (ssk_measurement_explains(c->faults, debt,
                                 ssk_quiet_limit(period_of(debt), result->config.min_gap)))
        return false;
    switch (debt->value) {
    case SSK_DEBT_ANSWER:
        if (debt->flags & SSK_DEBT_DECODED)
            return !leaves_pings(flow, debt);
        return !is_beacon(facts, flow, debt) && ssk_usual_exceeds(&c->usual, result, flow, debt);
    case SSK_DEBT_STREAM:
    case SSK_DEBT_BEAT:
        return !(is_off_phase(result, debt) && !ssk_host_debts_cover(&c->hosts, flow, debt)) &&
               !ssk_pause_by_chance(result, flow, debt) && !is_talk(c, flow, debt) &&
               !may_be_nothing(c, flow, debt);
    case SSK_DEBT_WINDOW:
        return debt->end - debt->start >= WINDOW_LEAST && !is_readers_pace(facts, debt);
    default:
        return true;
    }
}

/* Who originates owes the first packet: where both directions fell silent
 * together, the answers are missing because the questions are. */
static ssk_side originator(const ssk_result_flow *flow)
{
    return flow && flow->keepalive ? flow->keepalive->originator : SSK_SIDE_NONE;
}

/* The last message of a beat and the request are one. */
#define AT_ONCE (SSK_S / 2)

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
    if (apart && other->debt.received && is_timed(into) && other->start - into->start <= AT_ONCE) {
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

/* Across a pause of the capture nobody owes: what was open before it ends there. */
static void clip(const ssk_result *result, ssk_result_stall *stall)
{
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *row = &result->measurement[i];
        if (strcmp(row->id, "capture-pause") != 0 || row->start < stall->start ||
            row->end > ssk_stall_end(result, stall))
            continue;
        stall->open = false;
        stall->end = row->start;
        stall->end_kind = SSK_END_HEARD;
        stall->duration = row->start - stall->start;
        stall->frame_after = row->frame_first;
        return;
    }
}

static GPtrArray *owed_debts(const ssk_facts *facts, const ssk_result *result)
{
    GPtrArray *debts = g_ptr_array_new();
    context c = {.facts = facts, .result = result, .faults = ssk_measurement_index_new(result)};
    ssk_usual_init(&c.usual, facts, result);
    ssk_host_debts_init(&c.hosts, facts, result);
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        const ssk_result_flow *flow = fact->kind == SSK_FACT_DEBT
                                          ? ssk_result_find_flow(result, fact->flow_id)
                                          : NULL;
        if (flow && is_owed(&c, flow, fact))
            g_ptr_array_add(debts, (gpointer)fact); /* evicted flows are counted in limits */
    }
    ssk_measurement_index_free(c.faults);
    ssk_usual_clear(&c.usual);
    ssk_host_debts_clear(&c.hosts);
    ssk_pauses_clear(&c.pauses);
    if (debts->len)
        qsort(debts->pdata, debts->len, sizeof(gpointer), by_flow_start);
    return debts;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GPtrArray *debts = owed_debts(facts, result);
    GArray *stalls = g_array_new(FALSE, FALSE, sizeof(ssk_result_stall));
    for (guint i = 0; i < debts->len; i++) {
        ssk_result_stall stall = stall_of(debts->pdata[i]);
        clip(result, &stall);
        if (stall.duration <= result->config.min_gap)
            continue;
        ssk_result_stall *last = stalls->len
                                     ? &g_array_index(stalls, ssk_result_stall, stalls->len - 1)
                                     : NULL;
        if (last && last->flow == stall.flow && stall.start < ssk_stall_end(result, last))
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
