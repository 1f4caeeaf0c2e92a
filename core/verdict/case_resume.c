/* case_resume.c - how it resumed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

static bool same_pair(const ssk_result_flow *x, const ssk_result_flow *y)
{
    return (ssk_addr_equal(&x->addr[SSK_A], &y->addr[SSK_A]) &&
            ssk_addr_equal(&x->addr[SSK_B], &y->addr[SSK_B])) ||
           (ssk_addr_equal(&x->addr[SSK_A], &y->addr[SSK_B]) &&
            ssk_addr_equal(&x->addr[SSK_B], &y->addr[SSK_A]));
}

bool ssk_case_hoarded(int64_t messages, ssk_span_ns period)
{
    return messages >= SSK_LIMIT(BACKLOG_LEAST) + (period > 0 ? SSK_LIMIT(RESUME) / period : 0);
}

/* A link that held frames held those of every flow: the ones whose timestamps are
 * echoed need not be of this one. */
static void read_echoes(ssk_case *c)
{
    const ssk_addr *near = &c->flow->addr[c->near];
    ssk_host_walk flows = ssk_host_flows_heard(c->index, near, c->from, c->to, c->flow->id);
    flows.kinds = SSK_KIND(SSK_FACT_TS_ECHO) | SSK_KIND(SSK_FACT_TS_LAG);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        bool own = flow == c->flow;
        /* A device's link holds what comes from every host. */
        bool link = c->near == c->client && (ssk_addr_equal(&flow->addr[SSK_A], near) ||
                                             ssk_addr_equal(&flow->addr[SSK_B], near));
        if (flow->transport != SSK_TCP || !(link || same_pair(flow, c->flow)) ||
            (!own && !c->far_host_silent))
            continue;
        ssk_dir in = ssk_addr_equal(&flow->addr[SSK_A], near) ? SSK_B : SSK_A;
        const ssk_fact *fact;
        ssk_facts_walk echoes = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_TS_ECHO),
                                                     c->from, c->to);
        while ((fact = ssk_facts_next(&echoes)))
            /* Young ones waited for an answer to ARP, after the path was back; late ones
             * belong to another silence. */
            if (fact->dir == in && fact->end <= c->end + SSK_LIMIT(RESUME_SPREAD) &&
                fact->echoes.oldest > (c->to - c->from) / 2 &&
                fact->echoes.timestamps > c->echoes.count) {
                c->echoes = (ssk_tally){0};
                ssk_tally_add(&c->echoes, fact->echoes.timestamps, fact->frame_first);
            }
        /* ... and their datagrams, which carry no timestamps. */
        ssk_facts_walk lags = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_TS_LAG),
                                                   c->from, c->to);
        while (c->flow->transport == SSK_UDP && c->backlog[c->far] > 0 &&
               (fact = ssk_facts_next(&lags)))
            if (fact->dir == in && fact->lag.first > c->lag.by &&
                fact->lag.stayed < fact->lag.first / 2 && !(fact->flags & SSK_LAG_UNSETTLED)) {
                c->lag = (ssk_case_span){.by = fact->lag.first};
                ssk_tally_add(&c->lag.at, 1, fact->frame_last);
            }
    }
}

/* Of all programs of near: an awake kernel acknowledges for each of them, and what
 * waited in one connection waited for the link. */
static void read_near(ssk_case *c)
{
    const ssk_addr *near = &c->flow->addr[c->near];
    ssk_host_walk flows = ssk_host_flows_heard(
        c->index, near, c->from, ssk_time_shifted(c->end, SSK_LIMIT(RESUME_SPREAD)), c->flow->id);
    flows.kinds = SSK_KIND(SSK_FACT_BACKLOG) | SSK_KIND(SSK_FACT_ANSWERS);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        if (flow->transport != SSK_TCP ||
            !(ssk_addr_equal(&flow->addr[SSK_A], near) || ssk_addr_equal(&flow->addr[SSK_B], near)))
            continue;
        ssk_facts_walk walk = ssk_host_index_facts(
            c->index, flow, SSK_KIND(SSK_FACT_BACKLOG) | SSK_KIND(SSK_FACT_ANSWERS), c->from,
            ssk_time_shifted(c->end, SSK_LIMIT(RESUME_SPREAD)));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            c->host_hoarded[c->near] |= fact->kind == SSK_FACT_BACKLOG && fact->start >= c->from &&
                                        fact->start <= c->end + SSK_LIMIT(RESUME_SPREAD) &&
                                        ssk_addr_equal(&flow->addr[fact->dir], near) &&
                                        ssk_case_hoarded(fact->backlog.messages,
                                                         flow->dir[fact->dir].period);
            c->near_reached |= fact->kind == SSK_FACT_ANSWERS && same_pair(flow, c->flow) &&
                               ssk_addr_equal(&flow->addr[fact->dir], near) &&
                               fact->end > c->from && fact->start < c->to;
            bool answered = fact->kind == SSK_FACT_ANSWERS && (fact->flags & SSK_ANSWER_PROMPT) &&
                            ssk_addr_equal(&flow->addr[fact->dir], near) && fact->start > c->from &&
                            fact->start < c->end - MAX(SSK_LIMIT(RESUME_SPREAD),
                                                       2 * MIN(c->stall->period, SSK_DAY));
            c->near_answered |= answered;
            c->near_acked |= answered && (fact->flags & SSK_ANSWER_DATA_FIRST);
        }
    }
}

/* What came at once when each of far's flows resumed. */
static void read_backlogs(ssk_case *c)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    ssk_host_walk flows = ssk_host_flows_heard(
        c->index, far, c->from, ssk_time_shifted(c->end, SSK_LIMIT(RESUME_SPREAD)), c->flow->id);
    flows.kinds = SSK_KIND(SSK_FACT_BACKLOG);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        ssk_facts_walk walk =
            ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_BACKLOG), c->from,
                                 ssk_time_shifted(c->end, SSK_LIMIT(RESUME_SPREAD)));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            if (fact->start < c->from || fact->start > c->end + SSK_LIMIT(RESUME_SPREAD))
                continue;
            bool hoarded = ssk_case_hoarded(fact->backlog.messages, flow->dir[fact->dir].period);
            if (flow == c->flow) {
                c->hoarded[fact->dir] |= hoarded;
                c->backlog[fact->dir] = MAX(c->backlog[fact->dir], fact->backlog.messages);
                c->by_length[fact->dir] |= fact->flags & SSK_BACKLOG_BY_LENGTH;
            }
            c->host_hoarded[c->far] |= hoarded && ssk_addr_equal(&flow->addr[fact->dir], far);
            /* Datagrams do not wait: that few of them came says nothing. */
            bool waits = flow->transport == SSK_TCP || hoarded;
            if (waits && ssk_addr_equal(&flow->addr[fact->dir], far) &&
                fact->backlog.messages > c->host_backlog) {
                c->host_backlog = fact->backlog.messages;
                c->host_backlog_frame = fact->frame_first;
                c->host_by_length = fact->flags & SSK_BACKLOG_BY_LENGTH;
            }
        }
    }
}

/* A connection that far opened once it was heard again: its programs ran. */
static void read_new_connections(ssk_case *c)
{
    if (c->far_heard == SSK_TIME_NONE)
        return;
    ssk_host_walk flows = ssk_host_flows_heard(c->index, &c->flow->addr[c->far], c->far_heard,
                                               c->end, 0);
    for (const ssk_result_flow *flow; !c->far_opened_new && (flow = ssk_host_next(&flows));)
        c->far_opened_new |= flow->first != SSK_TIME_NONE && flow->first >= c->far_heard &&
                             flow->first < c->end &&
                             ssk_addr_equal(&flow->addr[SSK_A], &c->flow->addr[c->far]);
}

void ssk_case_read_resume(ssk_case *c)
{
    read_backlogs(c);
    read_near(c);
    read_echoes(c);
    read_new_connections(c);
}

void ssk_case_read_service(ssk_case *c)
{
    ssk_span_ns before = MAX(SSK_LIMIT(CLOSED_BEFORE), c->stall->duration);
    ssk_host_walk flows = ssk_host_flows(
        c->index, &c->flow->addr[SSK_B], NULL, ssk_time_shifted(c->stall->start, -before),
        ssk_time_shifted(c->stall->start, MAX(SSK_LIMIT(CLOSED_AFTER), c->stall->duration / 2)), 0);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        bool closed = flow->id != c->flow->id && flow->closed && flow->closed_by == SSK_B &&
                      flow->port[SSK_B] == c->flow->port[SSK_B] &&
                      ssk_addr_equal(&flow->addr[SSK_B], &c->flow->addr[SSK_B]) &&
                      flow->dir[SSK_B].payload_packets > 0 &&
                      flow->closed_at <=
                          c->stall->start + MAX(SSK_LIMIT(CLOSED_AFTER), c->stall->duration / 2) &&
                      flow->closed_at + before > c->stall->start;
        c->server_closed_before |= closed;
        c->server_reset_before |= closed && flow->closed == SSK_CLOSE_RST;
    }
}
