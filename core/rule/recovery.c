/* recovery.c - how a stall ended, what the far side did meanwhile, and which
 * connection came after.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/flow/quiet.h"
#include "core/model/filter.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"
#include "core/verdict/case.h"

extern const ssk_rule ssk_rule_recovery;

static const ssk_fact *backlog_of(const ssk_facts *facts, const ssk_result_stall *stall)
{
    ssk_facts_walk own = ssk_facts_among(facts, stall->flow, SSK_KIND(SSK_FACT_BACKLOG), stall->end,
                                         stall->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->start == stall->end && fact->frame_first == stall->frame_after)
            return fact;
    return NULL;
}

/** Who opened a connection to which service. Bytes alone: a key must have no padding. */
typedef struct target {
    ssk_addr from, to;
    uint8_t port[2];
} target;

static target target_of(const ssk_result_flow *flow)
{
    uint16_t port = flow->port[SSK_B];
    return (target){flow->addr[SSK_A], flow->addr[SSK_B], {(uint8_t)(port >> 8), (uint8_t)port}};
}

static guint target_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(target));
}

static gboolean target_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(target));
}

static void free_openings(gpointer list)
{
    g_ptr_array_free(list, TRUE);
}

/* Connections by their target, in the order of ids; of the targets of stalls alone. */
static GHashTable *list_openings(const ssk_result *result)
{
    GHashTable *openings = g_hash_table_new_full(target_hash, target_equal, g_free, free_openings);
    for (size_t i = 0; i < result->n_stalls; i++) {
        target key = target_of(ssk_result_find_flow(result, result->stalls[i].flow));
        if (!g_hash_table_contains(openings, &key))
            g_hash_table_insert(openings, g_memdup2(&key, sizeof key), g_ptr_array_new());
    }
    for (size_t i = 0; result->n_stalls && i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        target key = target_of(flow);
        GPtrArray *list = flow->transport == SSK_TCP && flow->handshake &&
                                  flow->first != SSK_TIME_NONE
                              ? g_hash_table_lookup(openings, &key)
                              : NULL;
        if (list)
            g_ptr_array_add(list, (gpointer)flow);
    }
    return openings;
}

/* The connection that the same host opened to the same service, first heard
 * after this flow's last message. */
static const ssk_result_flow *successor(GHashTable *openings, const ssk_result_flow *flow,
                                        const ssk_result_stall *stall)
{
    target key = target_of(flow);
    const GPtrArray *list = g_hash_table_lookup(openings, &key);
    guint low = 0, high = list ? list->len : 0;
    while (low < high) { /* ids rise with the first frame */
        guint middle = low + (high - low) / 2;
        if (((const ssk_result_flow *)list->pdata[middle])->id <= flow->id)
            low = middle + 1;
        else
            high = middle;
    }
    for (; list && low < list->len; low++) {
        const ssk_result_flow *other = list->pdata[low];
        if (other->first > stall->start)
            return other;
    }
    return NULL;
}

/* What was replaced, or is asked for no more, is over: it does not last to the end of a capture of
 * days. Who still asks on the old connection still waits. */
static void end_abandoned(ssk_result *result, ssk_result_stall *stall, const ssk_result_flow *flow,
                          const ssk_result_flow *next)
{
    bool asked = flow->last - stall->start > result->config.min_gap; /* until somebody gave up */
    bool replaced = next && next->first > flow->last &&
                    (!asked || next->first - flow->last < SSK_LIMIT(ASKS_NO_MORE));
    ssk_time_ns end = replaced ? next->first : flow->last;
    if ((!next && !asked) || end - stall->start <= result->config.min_gap ||
        result->inputs[0].last - end < SSK_LIMIT(ASKS_NO_MORE))
        return;
    stall->end = end;
    stall->frame_after = replaced ? next->first_frame : flow->last_frame;
    stall->open = false;
    stall->duration = end - stall->start;
    if (stall->period)
        stall->missed = stall->duration / stall->period;
    stall->filter = ssk_filter_frames(result, flow, stall->frame_before, stall->frame_after);
}

static bool answers_repetition(const ssk_facts *facts, const ssk_result_flow *flow)
{
    ssk_facts_walk own = ssk_facts_among(
        facts, flow->id, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
        ssk_time_shifted(flow->closed_at, -SSK_LIMIT(RECOVERY_ANSWER)), flow->closed_at);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir != flow->closed_by && fact->end <= flow->closed_at &&
            flow->closed_at - fact->end < SSK_LIMIT(RECOVERY_ANSWER))
            return true;
    return false;
}

/* Since when the closer had received no message: a debt may begin later, with its own request. */
static ssk_time_ns last_received(const ssk_facts *facts, const ssk_result_stall *stall,
                                 const ssk_result_flow *flow)
{
    ssk_facts_walk own = ssk_facts_among(facts, flow->id, SSK_KIND(SSK_FACT_SILENCE),
                                         flow->closed_at, flow->closed_at);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir != flow->closed_by && fact->start < flow->closed_at)
            return fact->start;
    return stall->debt.kind == SSK_DEBT_BEAT ? stall->start : SSK_TIME_NONE;
}

/* Closed by the side that waited, when its patience ended. */
static bool is_policy_close(const ssk_facts *facts, const ssk_result *result,
                            const ssk_result_stall *stall, const ssk_result_flow *flow)
{
    ssk_side closer = flow->closed_by == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    return closer != stall->direction && stall->direction != SSK_SIDE_BOTH &&
           flow->closed_at <= ssk_result_stall_end(result, stall) &&
           flow->closed_at - stall->start >
               ssk_quiet_limit(stall->period, result->config.min_gap) &&
           (flow->closed == SSK_CLOSE_FIN || !answers_repetition(facts, flow));
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GHashTable *openings = list_openings(result);
    for (size_t i = 0; i < result->n_stalls; i++) {
        ssk_result_stall *stall = &result->stalls[i];
        const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
        if (stall->kind == SSK_STALL_CONNECT)
            continue;
        bool closed = flow->closed && flow->closed_at != SSK_TIME_NONE &&
                      flow->closed_at > stall->start;
        ssk_time_ns since = closed ? last_received(facts, stall, flow) : SSK_TIME_NONE;
        if (since != SSK_TIME_NONE && is_policy_close(facts, result, stall, flow)) {
            stall->consequence.any = true;
            stall->consequence.id = SSK_CAUSE_POLICY_CLOSE;
            stall->consequence.by = flow->closed_by == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
            stall->consequence.timeout = flow->closed_at - since;
            stall->consequence.frame = flow->closed_frame;
            /* Found in the capture, not configured: how long this service waits. */
            if (flow->keepalive && !flow->keepalive->timeout)
                flow->keepalive->timeout = stall->consequence.timeout;
        }
        if (stall->end_kind == SSK_END_MESSAGE) {
            const ssk_fact *backlog = backlog_of(facts, stall);
            bool hoarded = backlog && ssk_case_hoarded(backlog->backlog.messages,
                                                       flow->dir[backlog->dir].period);
            stall->recovery = hoarded ? SSK_RECOVERY_BACKLOG : SSK_RECOVERY_NO_BACKLOG;
            stall->backlog = backlog ? backlog->backlog.messages : -1;
            continue;
        }
        const ssk_result_flow *next = flow->transport == SSK_TCP ? successor(openings, flow, stall)
                                                                 : NULL;
        stall->new_flow = next ? next->id : 0;
        bool ended = stall->end != SSK_TIME_NONE;
        if (!ended && flow->transport == SSK_TCP)
            end_abandoned(result, stall, flow, next);
        stall->open &= !next; /* nobody waits for what was replaced */
        stall->recovery = next                            ? SSK_RECOVERY_NEW_CONNECTION
                          : !ended || !closed             ? SSK_RECOVERY_NEVER
                          : flow->closed == SSK_CLOSE_FIN ? SSK_RECOVERY_FIN
                                                          : SSK_RECOVERY_RST;
    }
    g_hash_table_destroy(openings);
}

const ssk_rule ssk_rule_recovery = {
    .name = "recovery",
    .source = "docs/causes.md, recovery kind",
    .judge = judge,
};
