/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/pause.h"

#include <glib.h>
#include <string.h>

#include "core/rule/case.h"

/* Losses that come alone are drawn one by one: so many in a row are chance if
 * the flow's own rate makes a hundredth of one such row likely. More than three
 * are an outage at any rate that leaves a rhythm to be learned. */
#define ROW_MOST   3
#define LIKELY     100
#define BEATS_MOST (UINT64_C(1) << 18) /* its cube times LIKELY still fits */
/* Pauses of a conversation: at least so many, for a quarter of the time. */
#define PAUSES_LEAST 3
/* ... or so many, for more than half of it. */
#define PAUSES_LONG 2
/* A keep-alive faster than this part of min_gap has not been seen; keys and
 * talk spurts are. It must go on for so many min_gap before it is a rhythm. */
#define HURRY       8
#define HURRY_LASTS 5

/* Messages that did not come, by the gaps of one to three of them. */
static uint64_t missing(const ssk_hist *gaps, ssk_span_ns period)
{
    uint64_t count = 0;
    for (size_t i = 0; i < gaps->used; i++) {
        ssk_span_ns beats = (ssk_hist_cell_up_to(gaps, i) + period / 2) / period;
        if (beats >= 2 && beats <= ROW_MOST + 1)
            count += ssk_hist_cell_count(gaps, i) * (uint64_t)(beats - 1);
    }
    return count;
}

/* The capture itself loses packets: one more that this flow need not show. */
static uint64_t drops_known(const ssk_result *result)
{
    for (size_t i = 0; i < result->n_measurement; i++)
        if (!strcmp(result->measurement[i].id, "capture-drops"))
            return 1;
    return 0;
}

bool ssk_pause_by_chance(const ssk_result *result, const ssk_result_flow *flow,
                         const ssk_fact *silence)
{
    ssk_span_ns period = silence->value;
    if (flow->transport != SSK_UDP || period <= 0 || silence->extra != SSK_END_MESSAGE)
        return false;
    ssk_span_ns row = (silence->end - silence->start + period / 2) / period - 1;
    if (row < 1 || row > ROW_MOST)
        return false;
    const ssk_hist *gaps = &flow->dir[silence->dir].gaps;
    uint64_t n = ssk_hist_total(gaps), others = missing(gaps, period);
    others -= MIN(others, (uint64_t)row);
    others += drops_known(result);
    if (n > BEATS_MOST || others > n)
        return others > n;
    /* n * (others / n)^row >= 1 / LIKELY */
    uint64_t left = LIKELY * others, right = 1;
    for (ssk_span_ns i = 1; i < row; i++) {
        left *= others;
        right *= n;
    }
    return left >= right;
}

static bool is_decoded(const ssk_result_flow *flow, const ssk_fact *silence)
{
    return (silence->flags & SSK_SILENCE_DECLARED) ||
           (flow->keepalive && strcmp(flow->keepalive->profile, "periodic") != 0);
}

/* Something waits to be sent again, or the end of it was a close. */
static bool has_traces(const ssk_fact *silence)
{
    return silence->flags & (SSK_SILENCE_RETRANSMITTED | SSK_SILENCE_OWED_ACK |
                             SSK_SILENCE_OWED_ANSWER | SSK_SILENCE_CLOSED);
}

static bool brought_backlog(const ssk_facts *facts, const ssk_fact *silence)
{
    ssk_facts_walk own = ssk_facts_among(facts, silence->flow_id, SSK_KIND(SSK_FACT_BACKLOG),
                                         silence->end, silence->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == silence->dir && fact->start == silence->end &&
            ssk_case_hoarded(fact->value, silence->value))
            return true;
    return false;
}

static bool same(const ssk_addr *a, const ssk_addr *b)
{
    return !memcmp(a, b, sizeof *a);
}

/* Did another flow of either host, with the rhythm of a machine, pause with it?
 * Then it is not a person; one who types through two terminals at once still is.
 * @param proof only count those that are decoded, or that left something unanswered */
static bool others_paused(const ssk_facts *facts, const ssk_result *result,
                          const ssk_result_flow *flow, const ssk_fact *silence, bool proof)
{
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *other = &result->flows[i];
        if (other == flow || !(same(&other->addr[SSK_A], &flow->addr[SSK_A]) ||
                               same(&other->addr[SSK_A], &flow->addr[SSK_B]) ||
                               same(&other->addr[SSK_B], &flow->addr[SSK_A]) ||
                               same(&other->addr[SSK_B], &flow->addr[SSK_B])))
            continue;
        /* One that began with it may be over, or not have begun: by two periods of a day at most. */
        ssk_facts_walk walk = ssk_facts_among(facts, other->id, SSK_KIND(SSK_FACT_SILENCE),
                                              ssk_time_shifted(silence->start, -2 * SSK_DAY),
                                              ssk_time_shifted(silence->end, 2 * SSK_DAY));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            ssk_time_ns from = MAX(fact->start, silence->start), to = MIN(fact->end, silence->end);
            bool counts = is_decoded(other, fact) || has_traces(fact) ||
                          (!proof && fact->value >= result->config.min_gap / HURRY);
            ssk_span_ns beat = MAX(SSK_S, 2 * MIN(MAX(fact->value, silence->value), SSK_DAY));
            bool together = proof && fact->start < silence->start + beat &&
                            silence->start < fact->start + beat;
            if (counts &&
                (together || (to > from && to - from > (silence->end - silence->start) / 2)))
                return true;
        }
    }
    return false;
}

static void count_pauses(const ssk_facts *facts, const ssk_result_flow *flow, ssk_pauses *counted)
{
    if (counted->flow_id == flow->id)
        return;
    *counted = (ssk_pauses){.flow_id = flow->id};
    ssk_facts_walk own = ssk_facts_of_kinds(facts, flow->id, SSK_KIND(SSK_FACT_SILENCE));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        if (!fact->value || has_traces(fact) || brought_backlog(facts, fact))
            continue;
        ssk_span_ns *length = &counted->length[fact->dir];
        counted->count[fact->dir]++;
        *length += MIN(fact->end - fact->start, INT64_MAX / 8 - *length);
    }
}

/* Since when the flow had been speaking; what lies more than @p back before is all the same. */
static ssk_time_ns began_before(const ssk_facts *facts, const ssk_result_flow *flow,
                                const ssk_fact *silence, ssk_span_ns back)
{
    ssk_time_ns began = flow->first;
    ssk_facts_walk own = ssk_facts_among(facts, flow->id, SSK_KIND(SSK_FACT_SILENCE),
                                         ssk_time_shifted(silence->start, -back), silence->start);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == silence->dir && fact->value && fact->end <= silence->start)
            began = MAX(began, fact->end);
    return began;
}

static bool is_pause(const ssk_facts *facts, const ssk_result *result, const ssk_result_flow *flow,
                     const ssk_fact *silence, ssk_pauses *counted)
{
    if (!silence->value || is_decoded(flow, silence) || has_traces(silence) ||
        flow->first == SSK_TIME_NONE)
        return false;
    if (brought_backlog(facts, silence))
        return false;
    count_pauses(facts, flow, counted);
    unsigned pauses = counted->count[silence->dir];
    ssk_span_ns paused = counted->length[silence->dir];
    ssk_span_ns min_gap = result->config.min_gap;
    ssk_time_ns began = began_before(facts, flow, silence,
                                     MAX(HURRY_LASTS * min_gap, silence->end - silence->start));
    bool hurry = silence->value < min_gap / HURRY && silence->start - began < HURRY_LASTS * min_gap;
    /* Datagrams that began to come not long ago may be a trial, or a short talk. */
    bool trial = flow->transport == SSK_UDP &&
                 silence->start - began < silence->end - silence->start &&
                 !others_paused(facts, result, flow, silence, true);
    bool often = (pauses >= PAUSES_LEAST && paused > (flow->last - flow->first) / 4) ||
                 (pauses >= PAUSES_LONG && paused > (flow->last - flow->first) / 2);
    return trial || ((hurry || often) && !others_paused(facts, result, flow, silence, false));
}

/* Who is asked nothing has nothing to answer: a pause of one side is the other's. */
bool ssk_pause_of_conversation(const ssk_facts *facts, const ssk_result *result,
                               const ssk_result_flow *flow, const ssk_fact *silence,
                               ssk_pauses *counted)
{
    if (is_pause(facts, result, flow, silence, counted))
        return true;
    if (is_decoded(flow, silence) || has_traces(silence))
        return false;
    if (brought_backlog(facts, silence))
        return false;
    ssk_facts_walk own = ssk_facts_among(facts, flow->id, SSK_KIND(SSK_FACT_SILENCE),
                                         silence->start, silence->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        ssk_span_ns both = MIN(fact->end, silence->end) - MAX(fact->start, silence->start);
        if (fact->dir != silence->dir && both > (silence->end - silence->start) / 2 &&
            is_pause(facts, result, flow, fact, counted))
            return true;
    }
    return false;
}
