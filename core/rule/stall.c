/* stall.c - a silence of a flow that owed something is a stall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/flow/period.h"
#include "core/flow/quiet.h"
#include "core/model/filter.h"
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
    return x->dir - y->dir;
}

/* A period; data that the other side had to send again; an unanswered ping. */
static bool owed(const ssk_fact *silence)
{
    return silence->value > 0 ||
           (silence->flags & (SSK_SILENCE_OWED_ACK | SSK_SILENCE_OWED_ANSWER));
}

/* Of one flow at a time: silences come sorted by flow. */
typedef struct silence_count {
    uint32_t flow_id; /* 0: of none yet */
    uint64_t of[2];
} silence_count;

static uint64_t count_silences(const ssk_facts *facts, const ssk_fact *silence,
                               silence_count *counted)
{
    if (counted->flow_id != silence->flow_id) {
        *counted = (silence_count){.flow_id = silence->flow_id};
        ssk_facts_walk own = ssk_facts_of_kinds(facts, silence->flow_id,
                                                SSK_KIND(SSK_FACT_SILENCE));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
            counted->of[fact->dir] += fact->value != 0;
    }
    return counted->of[silence->dir];
}

/* A rhythm learned from a few early messages, a handshake's say, that the flow
 * did not keep: what looked like silences is its real, slower rhythm, or none. */
static bool never_a_rhythm(const ssk_facts *facts, const ssk_result_flow *flow,
                           const ssk_fact *silence, silence_count *counted)
{
    const ssk_result_direction *side = &flow->dir[silence->dir];
    ssk_span_ns duration = silence->end - silence->start;
    uint64_t messages = side->payload_packets - side->payload_copies;
    if (silence->flags & SSK_SILENCE_DECLARED)
        return false;
    if (side->period > 3 * silence->value && silence->samples < SSK_PERIOD_SAMPLES &&
        duration <= 3 * side->period)
        return true;
    /* It went on for long and never found a rhythm again. */
    unsigned samples = MAX(silence->samples, SSK_PERIOD_LEAST);
    if (!side->period && messages > 3 * samples)
        return true;
    /* Before a slow rhythm is known, its every beat is longer than min_gap. */
    uint64_t silences = count_silences(facts, silence, counted);
    return silences >= 5 && 4 * silences > messages;
}

/* Had the host a rhythm on another flow, up to this time? A host of one
 * conversation is silent everywhere when that is over. */
static bool was_expected_elsewhere(const ssk_result *result, const ssk_result_flow *but,
                                   const ssk_addr *host, ssk_time_ns time, ssk_span_ns grace)
{
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        /* Who leaves closes its connections within the next beat. */
        if (flow == but || flow->last == SSK_TIME_NONE ||
            (flow->closed && flow->closed_at < time + grace))
            continue;
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            ssk_span_ns period = flow->dir[dir].period;
            ssk_span_ns before;
            if (period && !memcmp(&flow->addr[dir], host, sizeof *host) &&
                !__builtin_sub_overflow(time, flow->last, &before) &&
                before <= ssk_quiet_limit(period, result->config.min_gap))
                return true;
        }
    }
    return false;
}

/* UDP has no close: where both sides fell silent together and for good, the
 * conversation may just be over, unless one of them went silent everywhere. */
static bool may_be_over(const ssk_facts *facts, const ssk_result *result,
                        const ssk_result_flow *flow, const ssk_fact *silence)
{
    if (flow->transport != SSK_UDP || silence->extra != SSK_END_OPEN || !flow->dir[SSK_A].packets ||
        !flow->dir[SSK_B].packets)
        return false;
    size_t n;
    const ssk_fact *own = ssk_facts_of(facts, flow->id, &n);
    bool together = false;
    for (size_t i = 0; i < n; i++)
        together |= own[i].kind == SSK_FACT_SILENCE && own[i].dir != silence->dir &&
                    own[i].extra == SSK_END_OPEN &&
                    MAX(own[i].start, silence->start) - MIN(own[i].start, silence->start) <=
                        MAX(silence->value + silence->value / 2, SSK_S);
    const ssk_fact *hosts = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; together && i < n; i++)
        if (hosts[i].kind == SSK_FACT_HOST_SILENCE && hosts[i].open &&
            (!memcmp(&hosts[i].host, &flow->addr[SSK_A], sizeof(ssk_addr)) ||
             !memcmp(&hosts[i].host, &flow->addr[SSK_B], sizeof(ssk_addr))) &&
            hosts[i].start <= silence->start + MAX(SSK_S, silence->value) &&
            was_expected_elsewhere(result, flow, &hosts[i].host, silence->start,
                                   MAX(SSK_S, MIN(2 * silence->value, SSK_DAY))))
            return false;
    return together;
}

/* The off-phases of an on/off stream are measured in udp[]; a stall is what
 * stands out from them. */
static bool is_off_phase(const ssk_result *result, const ssk_fact *silence)
{
    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (udp->flow == silence->flow_id && udp->has_on_off && udp->direction == silence->dir)
            return silence->end - silence->start <= ssk_quiet_limit(udp->on_off.off_ns.p50, 0);
    }
    return false;
}

static const char *kind_of(const ssk_fact *silence)
{
    return silence->flags & SSK_SILENCE_NEWS            ? "app-silence"
           : silence->flags & SSK_SILENCE_RETRANSMITTED ? "no-progress"
                                                        : "silence";
}

static ssk_result_stall stall_of(const ssk_fact *silence)
{
    ssk_result_stall stall;
    ssk_stall_init(&stall);
    stall.flow = silence->flow_id;
    stall.direction = silence->dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    stall.kind = kind_of(silence);
    stall.start = silence->start;
    stall.open = silence->extra == SSK_END_OPEN;
    stall.end = stall.open ? SSK_TIME_NONE : silence->end;
    stall.duration = silence->end - silence->start;
    stall.frame_before = silence->frame_first;
    stall.frame_after = stall.open ? 0 : silence->frame_last;
    stall.end_kind = (int)silence->extra;
    stall.period = silence->value;
    if (silence->value)
        stall.missed = MAX(0, silence->extra == SSK_END_MESSAGE
                                  ? (stall.duration + silence->value / 2) / silence->value - 1
                                  : stall.duration / silence->value);
    return stall;
}

/* Who originates owes the first packet: where both directions fell silent
 * together, the answers are missing because the questions are. */
static ssk_side originator(const ssk_result_flow *flow)
{
    return flow && flow->keepalive ? flow->keepalive->originator : SSK_SIDE_NONE;
}

static void merge(ssk_result_stall *into, const ssk_result_stall *other,
                  const ssk_result_flow *flow)
{
    ssk_span_ns beat = MAX(into->period, other->period);
    bool together = other->start - into->start <= beat + beat / 2;
    ssk_side first = originator(flow);
    /* A pause that was over long before the other side came back is a part of it:
     * a sender adds new messages to what it sends again, say. */
    bool longer = other->duration / 2 > into->duration,
         shorter = other->duration < into->duration / 2;
    if (first == SSK_SIDE_BOTH && together && !longer)
        into->direction = SSK_SIDE_BOTH;
    else if (longer || (first == other->direction && together && !shorter)) {
        uint32_t flow_id = into->flow;
        *into = *other;
        into->flow = flow_id;
    }
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GPtrArray *silences = g_ptr_array_new();
    for (size_t i = 0; i < facts->count; i++)
        if (facts->list[i].kind == SSK_FACT_SILENCE && owed(&facts->list[i]) &&
            !ssk_measurement_explains(
                result, &facts->list[i],
                ssk_quiet_limit(facts->list[i].value, result->config.min_gap)))
            g_ptr_array_add(silences, &facts->list[i]);
    if (silences->len)
        qsort(silences->pdata, silences->len, sizeof(gpointer), by_flow_start);

    GArray *stalls = g_array_new(FALSE, FALSE, sizeof(ssk_result_stall));
    silence_count counted = {0};
    ssk_pauses pauses = {0};
    for (guint i = 0; i < silences->len; i++) {
        const ssk_fact *silence = silences->pdata[i];
        ssk_result_stall stall = stall_of(silence);
        const ssk_result_flow *flow = ssk_result_find_flow(result, silence->flow_id);
        if (!flow || never_a_rhythm(facts, flow, silence, &counted) ||
            may_be_over(facts, result, flow, silence) || is_off_phase(result, silence) ||
            ssk_pause_by_chance(result, flow, silence) ||
            ssk_pause_of_conversation(facts, result, flow, silence, &pauses))
            continue; /* evicted flows are counted in limits */
        ssk_result_stall *last = stalls->len
                                     ? &g_array_index(stalls, ssk_result_stall, stalls->len - 1)
                                     : NULL;
        if (last && last->flow == stall.flow && stall.start < ssk_stall_end(result, last)) {
            merge(last, &stall, flow);
            continue;
        }
        g_array_append_val(stalls, stall);
    }
    for (guint i = 0; i < stalls->len; i++) {
        ssk_result_stall *stall = &g_array_index(stalls, ssk_result_stall, i);
        stall->filter = ssk_filter_frames(result, ssk_result_find_flow(result, stall->flow),
                                          stall->frame_before, stall->frame_after);
    }
    ssk_stalls_add(result, stalls);
    g_ptr_array_free(silences, TRUE);
}

const ssk_rule ssk_rule_stall = {
    .name = "stall",
    .source = "docs/causes.md, definitions",
    .judge = judge,
};
