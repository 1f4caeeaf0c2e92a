/* connect_stall.c - successive failed attempts of one host to one address and port
 * are one stall, from the first SYN to the first success, or to the last SYN of who tries no more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/flow/quiet.h"
#include "core/model/filter.h"
#include "core/rule/attempts.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"

extern const ssk_rule ssk_rule_connect_stall;

/* Much longer than any pause before, of a SYN or between attempts: who tried has given up. */
static bool gave_up(const ssk_result *result, const ssk_attempt *failed, size_t n)
{
    ssk_span_ns pause = 0;
    for (size_t i = 0; i < n; i++) {
        const ssk_fact *fact = failed[i].fact;
        pause = MAX(pause, fact->end - fact->start);
        if (i)
            pause = MAX(pause, fact->start - failed[i - 1].fact->end);
    }
    ssk_span_ns since = result->inputs[0].last - failed[n - 1].fact->end;
    return since / 3 > pause && since > SSK_LIMIT(REPEATS_SLOWEST);
}

/* One waiting series: attempts [0, n) failed; answered is the success or NULL. */
static void add_series(ssk_result *result, GArray *stalls, const ssk_attempt *failed, size_t n,
                       const ssk_attempt *answered)
{
    int64_t syns = 0;
    const ssk_fact *first = n ? failed[0].fact : answered->fact;
    const ssk_result_flow *flow = n ? failed[0].flow : answered->flow;
    for (size_t i = 0; i < n; i++)
        syns += failed[i].fact->connect.syns;
    if (answered)
        syns += answered->fact->connect.syns;
    ssk_result_stall stall;
    ssk_stall_init(&stall);
    const ssk_fact *last = answered                          ? answered->fact
                           : n && gave_up(result, failed, n) ? failed[n - 1].fact
                                                             : NULL;
    ssk_time_ns end = last ? last->end : result->inputs[0].last;
    stall.duration = end - first->start;
    /* A SYN never retransmitted waited for nothing; one answered soon is no stall. */
    if (syns < 2 || stall.duration <= result->config.min_gap)
        return;
    stall.flow = flow->id;
    stall.direction = SSK_SIDE_B;
    stall.kind = SSK_STALL_CONNECT;
    stall.debt.kind = SSK_DEBT_HANDSHAKE;
    stall.debt.debtor = SSK_SIDE_B;
    stall.debt.frame = first->frame_first;
    stall.start = first->start;
    stall.open = !last;
    stall.end = last ? end : SSK_TIME_NONE;
    stall.end_kind = (int)(last && !answered ? SSK_END_HEARD : stall.end_kind);
    stall.frame_before = first->frame_first;
    stall.frame_after = last ? last->frame_last : 0;
    stall.attempts = (int64_t)n + (answered && answered->fact->connect.syns > 1);
    stall.connect_outcome = n ? (int)failed[n - 1].fact->connect.outcome : SSK_CONNECT_UNANSWERED;
    stall.recovery = !answered ? SSK_RECOVERY_NEVER
                     : n       ? SSK_RECOVERY_NEW_CONNECTION
                               : SSK_RECOVERY_RETRANSMIT;
    stall.new_flow = answered && n ? answered->flow->id : 0;
    if (ssk_stall_clip(result, &stall)) {
        stall.recovery = SSK_RECOVERY_NEVER;
        stall.new_flow = 0;
        if (stall.duration <= result->config.min_gap)
            return;
    }
    stall.filter = ssk_filter_frames(result, flow, stall.frame_before, stall.frame_after);
    g_array_append_val(stalls, stall);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *attempts = ssk_attempts_new(facts, result, result);
    const ssk_attempt *list = (const ssk_attempt *)(const void *)attempts->data;
    size_t n = attempts->len;
    GArray *stalls = g_array_new(FALSE, FALSE, sizeof(ssk_result_stall));
    for (size_t i = 0; i < n;) {
        size_t failed = i;
        while (failed < n && ssk_attempts_same_target(&list[i], &list[failed]) &&
               list[failed].fact->connect.outcome != SSK_CONNECT_ANSWERED)
            failed++;
        bool answered = failed < n && ssk_attempts_same_target(&list[i], &list[failed]);
        add_series(result, stalls, &list[i], failed - i, answered ? &list[failed] : NULL);
        i = failed + answered;
    }
    g_array_free(attempts, TRUE);
    ssk_stalls_add(result, stalls);
}

const ssk_rule ssk_rule_connect_stall = {
    .name = "connect-stall",
    .source = "RFC 9293, 3.8.3 and RFC 1122, 4.2.3.5 (R2 of a SYN)",
    .judge = judge,
};
