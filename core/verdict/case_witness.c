/* case_witness.c - what other flows did meanwhile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

static bool silent_half(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir)
{
    return ssk_case_is_half(ssk_case_silence(c, flow, dir, c->from, c->to), c->to - c->from);
}

/* Far was heard as the stall began: a message of it, or its acknowledgment of the request. */
static bool began_alive(const ssk_case *c)
{
    bool received = c->debt.kind == SSK_DEBT_ANSWER && c->debt.received;
    return c->silent == c->far &&
           (received || c->debt.kind == SSK_DEBT_BEAT || c->debt.kind == SSK_DEBT_STREAM);
}

/* Silent before, while far was still heard: of another cause. */
static bool was_silent_before(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir)
{
    ssk_time_ns at = c->stall->start;
    ssk_facts_walk own = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_SILENCE), at, at);
    for (const ssk_fact *fact; began_alive(c) && (fact = ssk_facts_next(&own));)
        if (fact->dir == dir && fact->end > at &&
            fact->start < at - SSK_LIMIT(SETTLED) - 2 * flow->dir[dir].period)
            return true;
    return false;
}

/* A debt of that side, over half of the interval. @param flags that it has */
static bool owes(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir, ssk_debt_kind kind,
                 unsigned flags)
{
    ssk_facts_walk own = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_DEBT), c->from,
                                              c->to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->debt.kind == kind && fact->dir == dir && (fact->flags & flags) == flags &&
            ssk_case_is_half(ssk_case_overlap(fact->start, fact->end, c->from, c->to),
                             c->to - c->from))
            return true;
    return false;
}

/* A flow that was expected to speak twice or more inside says alive or dead; one
 * that was closed meanwhile says it up to then, and alive only of half of it. */
static void ask_witness(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir,
                        ssk_witness *witness)
{
    ssk_span_ns period = flow->dir[dir].period;
    bool closed = flow->closed && flow->closed_at != SSK_TIME_NONE && flow->closed_at < c->to;
    ssk_time_ns to = closed ? flow->closed_at : c->to;
    if (!period || to <= c->from || flow->first == SSK_TIME_NONE ||
        flow->first >= c->stall->start || period > (to - c->from) / 2 ||
        was_silent_before(c, flow, dir))
        return;
    if (ssk_case_is_half(ssk_case_silence(c, flow, dir, c->from, to), to - c->from)) {
        /* Who waits for an answer of the other side has nothing to say meanwhile. */
        if (!owes(c, flow, ssk_dir_other(dir), SSK_DEBT_ANSWER, SSK_DEBT_RECEIVED))
            ssk_tally_add(&witness->dead, 1, flow->id);
    } else if (ssk_case_is_half(to - c->from, c->to - c->from)) {
        ssk_tally_add(&witness->alive, 1, flow->id);
    }
}

/* Repeated in vain, but heard: what arrives here needs near's link. */
static bool heard_repeating(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir)
{
    ssk_facts_walk own = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
                                              c->from, c->to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == dir && fact->start > c->from &&
            fact->start < c->to - SSK_LIMIT(RESUME_SPREAD))
            return true;
    return false;
}

/* A connection of the same two hosts that came about at once and worked, at a time when near still
 * waited on this one. */
static bool works_meanwhile(const ssk_case *c, const ssk_result_flow *flow)
{
    if (flow->transport != SSK_TCP || !flow->handshake || c->in_vain_last == SSK_TIME_NONE ||
        flow->first == SSK_TIME_NONE || flow->first <= c->stall->start ||
        !flow->dir[SSK_A].payload_packets || !flow->dir[SSK_B].payload_packets)
        return false;
    ssk_facts_walk own = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_HANDSHAKE),
                                              INT64_MIN, INT64_MAX);
    const ssk_fact *fact = ssk_facts_next(&own);
    return fact && fact->handshake.server_turn < SSK_LIMIT(SETTLED) &&
           flow->first + SSK_LIMIT(SETTLED) < c->in_vain_last;
}

/* What forgets one connection forgets the others of its time, also one that is over by now. */
static void read_resets(ssk_case *c)
{
    const ssk_addr *near = &c->flow->addr[c->near], *far = &c->flow->addr[c->far];
    ssk_time_ns since = c->stall->start, until = ssk_case_after(c);
    ssk_host_walk flows = ssk_host_flows_heard(c->index, near, since, until, 0);
    flows.kinds = SSK_KIND(SSK_FACT_CLOSE);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        if (flow == c->flow ||
            !ssk_addr_equal(&flow->addr[ssk_addr_equal(&flow->addr[SSK_A], near)], far))
            continue;
        ssk_facts_walk own = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_CLOSE), since,
                                                  until);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
            ssk_case_read_nearer(c, fact);
    }
}

void ssk_case_ask_witnesses(ssk_case *c)
{
    const ssk_addr *near = &c->flow->addr[c->near], *far = &c->flow->addr[c->far];
    ssk_span_ns half = (c->to - c->from) / 2;
    c->link_alive |= heard_repeating(c, c->flow, c->far);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        c->kept_talking[dir] = c->flow->dir[dir].period > 0 && c->flow->dir[dir].period <= half &&
                               !silent_half(c, c->flow, dir);
    c->link_alive |= ssk_host_index_begun(c->index, c->flow, c->from, c->from + half);
    read_resets(c);
    ssk_host_walk flows = ssk_host_flows(c->index, near, far, c->from, c->to, 0);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        if (flow->id == c->flow->id)
            continue;
        const bool is_near[2] = {ssk_addr_equal(&flow->addr[SSK_A], near),
                                 ssk_addr_equal(&flow->addr[SSK_B], near)},
                   is_far[2] = {ssk_addr_equal(&flow->addr[SSK_A], far),
                                ssk_addr_equal(&flow->addr[SSK_B], far)};
        bool same_two = (is_near[SSK_A] && is_far[SSK_B]) || (is_far[SSK_A] && is_near[SSK_B]);
        if (same_two && works_meanwhile(c, flow))
            ssk_tally_add(&c->fresh, 1, flow->id);
        ssk_tally before[2] = {c->same_hosts.alive, c->near_out.alive};
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            ssk_dir to = ssk_dir_other(dir);
            if (is_far[dir] && is_near[to])
                ask_witness(c, flow, dir, &c->same_hosts);
            else if (is_near[dir] && is_far[to])
                ask_witness(c, flow, dir, &c->near_out);
            else if (is_near[to]) {
                int64_t dead = c->other_hosts.dead.count;
                ask_witness(c, flow, dir, &c->other_hosts);
                /* Whose own timer was due speaks unasked. */
                if (c->other_hosts.dead.count > dead && owes(c, flow, dir, SSK_DEBT_BEAT, 0))
                    ssk_tally_add(&c->others_owe, 1, flow->id);
                c->link_alive = c->link_alive || heard_repeating(c, flow, dir);
            } else if (is_near[dir])
                ask_witness(c, flow, dir, &c->near_elsewhere);
            else if (is_far[dir])
                ask_witness(c, flow, dir, &c->far_others);
        }
        c->two_way += flow->transport == SSK_TCP && c->same_hosts.alive.count > before[0].count &&
                      c->near_out.alive.count > before[1].count;
    }
}
