/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/excuse.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/flow/period.h"
#include "core/flow/quiet.h"
#include "core/rule/pause.h"

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
    bool group = debt->debt.kind == SSK_DEBT_STREAM &&
                 ssk_addr_may_be_group(&flow->addr[!debt->dir]);
    return !group && !(debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_PAID | SSK_DEBT_TRACED));
}

/* What follows each other so fast and stops again and again, for any time, is moved by somebody's
 * hand: a pointer, a key that is held. */
static bool comes_in_bursts(const ssk_result_flow *flow, const ssk_fact *debt)
{
    const ssk_hist *gaps = &flow->dir[debt->dir].gaps;
    uint64_t pauses = 0;
    for (size_t i = 0; i < gaps->used; i++)
        if (ssk_hist_cell_up_to(gaps, i) >= (debt->end - debt->start) / 4)
            pauses += ssk_hist_cell_count(gaps, i);
    return flow->transport == SSK_TCP && debt->debt.kind == SSK_DEBT_BEAT &&
           debt->debt.period < SSK_LIMIT(CALL_PACE) && pauses > 2 * SSK_LIMIT(RECURS_LEAST);
}

/* Pauses that recur are the sender's own rhythm, of batches or of a person: so many of them, for
 * such a part of its time. */
static bool recurs(const ssk_pauses *pauses, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_TRACED))
        return false;
    const ssk_pauses_side *own = &pauses->side[debt->dir];
    ssk_span_ns life = flow->last - flow->first, length = debt->end - debt->start;
    if (comes_in_bursts(flow, debt))
        return true;
    /* Before and after it there was no rhythm, and pauses as long as this one. */
    return ssk_pauses_loose(own, length / 2) >= SSK_LIMIT(RECURS_LEAST) ||
           (own->n >= SSK_LIMIT(RECURS_LEAST) && own->paused > life / 4) ||
           (own->n >= SSK_LIMIT(RECURS_LEAST) - 1 && own->paused > life / 2);
}

/* What lasted no longer than its pause may have been a trial, or a short talk. */
static bool is_trial(const ssk_pauses *pauses, const ssk_result_flow *flow, const ssk_fact *debt)
{
    bool slow = flow->transport == SSK_TCP &&
                debt->debt.period >= SSK_LIMIT(SLOW_BEAT); /* a connection kept for them */
    if (slow || (debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_TRACED)))
        return false;
    ssk_time_ns began = MAX(flow->first, ssk_pauses_end_before(pauses, debt));
    ssk_span_ns lived = debt->start - began, length = debt->end - debt->start;
    /* Slow beats are no batch, and many of them no trial. */
    return debt->debt.period < SSK_LIMIT(SLOW_BEAT) && debt->debt.kind == SSK_DEBT_BEAT
               ? lived / 3 < length
               : lived < length && debt->samples < 2 * SSK_LIMIT(TIMER_LEAST);
}

/* Requests that were repeated in vain end when their sender gives up; it keeps no timer, and the answer
 * that comes too late finds nobody. */
static bool gave_up_asking(const ssk_facts *facts, const ssk_fact *debt, unsigned how)
{
    ssk_time_ns from = ssk_time_shifted(debt->start, -SSK_LIMIT(ONE_MOMENT));
    ssk_facts_walk own = ssk_facts_among(facts, debt->flow_id, SSK_KIND(SSK_FACT_DEBT), from,
                                         debt->start);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->debt.kind == SSK_DEBT_ANSWER && fact->dir != debt->dir && fact->end >= from &&
            fact->end <= debt->start && (fact->flags & how))
            return true;
    return false;
}

/* A beacon that nobody answers is no request, unless the network itself says that it is in vain. */
static bool is_beacon(const ssk_facts *facts, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (!(debt->flags & SSK_DEBT_BEACON))
        return false;
    ssk_facts_walk errors = ssk_facts_among(facts, 0, SSK_KIND(SSK_FACT_ICMP), debt->start,
                                            debt->start + SSK_LIMIT(CALLED_VAIN));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&errors));)
        if (ssk_addr_equal(&fact->peer, &flow->addr[debt->dir]) &&
            fact->icmp.destination_port == flow->port[debt->dir])
            return false;
    return true;
}

/* A reader that takes its time closes its window again and again; one pause that stands out is
 * a stall. Two are its pace already if it never read more than what a window holds in between. */
static bool is_readers_pace(const ssk_facts *facts, const ssk_fact *debt)
{
    unsigned others = 0, most = 1;
    ssk_facts_walk own = ssk_facts_of_kinds(facts, debt->flow_id, SSK_KIND(SSK_FACT_ZERO_WINDOW));
    for (const ssk_fact *fact; others < SSK_LIMIT(RECURS_LEAST) && (fact = ssk_facts_next(&own));) {
        if (fact->dir != debt->dir || (fact->flags & SSK_WINDOW_SMALL))
            continue;
        bool inside = fact->start >= debt->start && fact->end <= debt->end;
        others += !inside && fact->end - fact->start >= (debt->end - debt->start) / 2;
        if (!(fact->flags & SSK_WINDOW_FILLED) && fact->start <= debt->end)
            most = SSK_LIMIT(RECURS_LEAST);
    }
    return others >= most;
}

/* The sender's own numbers say that it went on sending. */
static bool numbers_went_on(const ssk_facts *facts, const ssk_fact *debt)
{
    ssk_facts_walk own = ssk_facts_among(facts, debt->flow_id, SSK_KIND(SSK_FACT_NUMBERING),
                                         debt->start, debt->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == debt->dir && fact->flags == SSK_NUMBERING_SEQUENCE &&
            fact->numbering.due > 0 && fact->numbering.skipped >= fact->numbering.due / 2 &&
            fact->numbering.skipped / 2 <= fact->numbering.due &&
            fact->start <= debt->start + SSK_LIMIT(ONE_MOMENT))
            return true;
    return false;
}

/* Polls of the side that opened the connection, all answered, then none for a while, then polls
 * again: their user may have paused them, and nobody waited for anything meanwhile. */
static bool rests(const ssk_result_flow *flow, const ssk_fact *debt)
{
    uint64_t own = flow->dir[debt->dir].payload_packets;
    uint64_t other = flow->dir[!debt->dir].payload_packets;
    return flow->transport == SSK_TCP && debt->debt.kind == SSK_DEBT_BEAT && debt->dir == SSK_A &&
           !(debt->flags & (SSK_DEBT_DECODED | SSK_DEBT_TRACED | SSK_DEBT_PEER_SPOKE)) &&
           1000 * own >= SSK_LIMIT(POLLED_PERMILLE) * other &&
           1000 * other >= SSK_LIMIT(POLLED_PERMILLE) * own;
}

/* A rhythm that nobody read may be a person's, a batch, a trial, or one that its user stopped;
 * unless its host had debts elsewhere at the same time. */
static ssk_excuse why_nothing(ssk_excuses *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (numbers_went_on(c->facts, debt))
        return SSK_EXCUSE_NONE;
    if (gave_up_asking(c->facts, debt, SSK_DEBT_GIVEN_UP))
        return SSK_EXCUSE_GAVE_UP;
    ssk_pauses_of(&c->pauses, c->facts, flow);
    ssk_excuse why = recurs(&c->pauses, flow, debt)     ? SSK_EXCUSE_RHYTHM
                     : may_be_over(flow, debt)          ? SSK_EXCUSE_ENDED
                     : rests(flow, debt)                ? SSK_EXCUSE_RESTS
                     : is_trial(&c->pauses, flow, debt) ? SSK_EXCUSE_TRIAL
                                                        : SSK_EXCUSE_NONE;
    return why && ssk_host_debts_cover(&c->hosts, flow, debt) ? SSK_EXCUSE_NONE : why;
}

/* Small RTP packets at a codec's pace: who stops to talk sends nothing, or comfort noise now and then
 * (RFC 3389), and its numbers stand still. */
static bool is_speech(const ssk_excuses *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    for (size_t i = ssk_result_find_udp(c->result, debt->flow_id);
         i < c->result->n_udp && c->result->udp[i].flow == debt->flow_id; i++) {
        const ssk_result_udp *udp = &c->result->udp[i];
        if (udp->direction == debt->dir && udp->has_reception && udp->reception.rtp)
            return flow->dir[debt->dir].common_len &&
                   flow->dir[debt->dir].common_len <= SSK_LIMIT(SPEECH_MOST);
    }
    return false;
}

static bool is_talk(const ssk_excuses *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (debt->debt.kind == SSK_DEBT_STREAM && debt->debt.period < SSK_LIMIT(CALL_PACE) &&
        !(debt->flags & SSK_DEBT_DECODED) && is_speech(c, flow, debt))
        return !numbers_went_on(c->facts, debt);
    return flow->transport == SSK_UDP && debt->debt.kind == SSK_DEBT_BEAT &&
           debt->debt.period < SSK_LIMIT(CALL_PACE) && !(debt->flags & SSK_DEBT_DECODED) &&
           !numbers_went_on(c->facts, debt);
}

/* It never sent a pong, and went on all the same: it leaves pings unanswered. */
static bool leaves_pings(const ssk_result_flow *flow, const ssk_fact *debt)
{
    return flow->keepalive && !flow->keepalive->pongs && (debt->flags & SSK_DEBT_PAID);
}

/* A host that lacks the address of its peer's hardware asks for that, instead of probing. */
static bool was_sought(const ssk_facts *facts, const ssk_result_flow *flow, const ssk_fact *debt)
{
    const ssk_addr *debtor = &flow->addr[debt->dir], *asker = &flow->addr[!debt->dir];
    ssk_facts_walk sought = ssk_facts_among(facts, 0, SSK_KIND(SSK_FACT_ARP), debt->start,
                                            debt->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&sought));)
        if (!fact->arp.answered && fact->arp.questions >= SSK_LIMIT(ASKED_LEAST) &&
            ssk_addr_equal(&fact->host, debtor) && ssk_addr_equal(&fact->peer, asker))
            return true;
    return false;
}

static ssk_excuse of_answer(ssk_excuses *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (debt->flags & SSK_DEBT_DECODED)
        return leaves_pings(flow, debt) ? SSK_EXCUSE_PINGS : SSK_EXCUSE_NONE;
    if (debt->flags & SSK_DEBT_UNASKED)
        return SSK_EXCUSE_SHORT;
    if (is_beacon(c->facts, flow, debt))
        return SSK_EXCUSE_BEACON;
    if (flow->transport == SSK_UDP && !(debt->flags & SSK_DEBT_PAID) &&
        gave_up_asking(c->facts, debt, SSK_DEBT_GIVEN_UP | SSK_DEBT_PAID))
        return SSK_EXCUSE_GAVE_UP;
    if (ssk_answered_elsewhere(&c->ways, flow, debt))
        return SSK_EXCUSE_ELSEWHERE;
    if (debt->end - debt->start < ssk_usual_least(c->result, flow, debt))
        return SSK_EXCUSE_SHORT;
    return ssk_usual_exceeds(&c->usual, c->result, flow, debt) ? SSK_EXCUSE_NONE : SSK_EXCUSE_USUAL;
}

static ssk_excuse of_beat(ssk_excuses *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (is_off_phase(c->result, debt) && !ssk_host_debts_cover(&c->hosts, flow, debt))
        return SSK_EXCUSE_OFF;
    if (ssk_pause_by_chance(c->result, flow, debt))
        return SSK_EXCUSE_CHANCE;
    return is_talk(c, flow, debt) ? SSK_EXCUSE_TALK : why_nothing(c, flow, debt);
}

ssk_excuse ssk_excuse_of(ssk_excuses *c, const ssk_result_flow *flow, const ssk_fact *debt)
{
    if (ssk_measurement_explains(c->faults, debt,
                                 ssk_quiet_limit(debt->debt.period, c->result->config.min_gap)))
        return SSK_EXCUSE_CAPTURE;
    switch (debt->debt.kind) {
    case SSK_DEBT_ACK:
        return debt->flags & SSK_DEBT_UNASKED && !was_sought(c->facts, flow, debt)
                   ? SSK_EXCUSE_SHORT
                   : SSK_EXCUSE_NONE;
    case SSK_DEBT_ANSWER:
        return of_answer(c, flow, debt);
    case SSK_DEBT_STREAM:
    case SSK_DEBT_BEAT:
        return of_beat(c, flow, debt);
    case SSK_DEBT_WINDOW:
        return debt->end - debt->start < SSK_LIMIT(WINDOW_CLOSED_LEAST) ? SSK_EXCUSE_SHORT
               : is_readers_pace(c->facts, debt)                        ? SSK_EXCUSE_PACE
                                                                        : SSK_EXCUSE_NONE;
    default:
        return SSK_EXCUSE_NONE;
    }
}

void ssk_excuses_init(ssk_excuses *excuses, const ssk_facts *facts, const ssk_result *result)
{
    *excuses = (ssk_excuses){
        .facts = facts, .result = result, .faults = ssk_measurement_index_new(result)};
    ssk_usual_init(&excuses->usual, facts, result);
    ssk_host_debts_init(&excuses->hosts, facts, result);
    ssk_other_ways_init(&excuses->ways, result);
}

void ssk_excuses_clear(ssk_excuses *excuses)
{
    ssk_measurement_index_free(excuses->faults);
    ssk_usual_clear(&excuses->usual);
    ssk_host_debts_clear(&excuses->hosts);
    ssk_other_ways_clear(&excuses->ways);
    ssk_pauses_clear(&excuses->pauses);
}
