/* cause.c - asks the table for the cause of each stall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/rule/incident_split.h"
#include "core/rule/rule.h"
#include "core/verdict/joint.h"
#include "core/verdict/opinion.h"
#include "core/verdict/upstream.h"

extern const ssk_rule ssk_rule_cause;

/* RFC 6298, 5.5: each timeout doubles the one before. */
static ssk_time_ns next_retry(const ssk_case *c)
{
    ssk_time_ns due = SSK_TIME_NONE, next;
    ssk_time_ns until = ssk_time_shifted(c->stall->start, c->stall->duration);
    ssk_facts_walk own = ssk_facts_among(c->facts, c->flow->id, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
                                         c->from, until);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->end > c->from && fact->start < until &&
            fact->retransmissions.interval < SSK_DAY &&
            !__builtin_add_overflow(fact->end, 2 * fact->retransmissions.interval, &next))
            due = MAX(due, next);
    return due;
}

static void judge_stall(const ssk_facts *facts, const ssk_host_index *index, ssk_result *result,
                        ssk_result_stall *stall, ssk_opinion *opinions)
{
    ssk_held_set held;
    unsigned n = ssk_opinion_form(facts, index, result, stall, opinions);
    const ssk_case *c = &opinions[0].c;
    ssk_opinion_hold(opinions, n, &held);
    ssk_opinion_write(opinions, n, &held, result, &stall->verdict);
    stall->next_retry = next_retry(c);
    stall->client = c->client == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    stall->client_guessed = c->client_guessed;
    if (c->reading) { /* the reader is to blame, whoever fell silent */
        ssk_side reader = c->silent == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
        stall->held = reader != stall->direction;
        stall->direction = reader;
    }
    /* What is heard again of who cannot be reached is its next error. */
    if (c->far_host_silent && c->far_heard != SSK_TIME_NONE && c->far_heard <= c->end &&
        !c->icmp.at.count) {
        stall->cause_end = c->far_heard;
        if (stall->end != SSK_TIME_NONE)
            stall->recovery_tail = stall->end - c->far_heard;
    }
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    ssk_opinion *opinions = g_new(ssk_opinion, 2);
    ssk_host_index *index = ssk_host_index_new(facts, result);
    ssk_case_note_roles(index, result);
    for (size_t i = 0; i < result->n_stalls; i++)
        judge_stall(facts, index, result, &result->stalls[i], opinions);
    ssk_host_index_free(index);
    g_free(opinions);
    ssk_joint_judge(result);
    ssk_upstream_judge(result);
    ssk_incidents_split(result);
}

const ssk_rule ssk_rule_cause = {
    .name = "cause",
    .source = "docs/causes.md, order of reasoning",
    .judge = judge,
};
