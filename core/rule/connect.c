/* connect.c - successive failed attempts of one host to one address and port
 * are one stall, from the first SYN to the first success.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "core/filter.h"
#include "core/rule/finding_list.h"
#include "core/rule/stall_list.h"
#include "core/text.h"

extern const ssk_rule ssk_rule_connect_stall;

typedef struct attempt {
    const ssk_fact        *fact;
    const ssk_result_flow *flow;
} attempt;

static int compare_target(const attempt *x, const attempt *y)
{
    int by = memcmp(&x->flow->addr[SSK_A], &y->flow->addr[SSK_A], sizeof(ssk_addr));
    if (!by)
        by = memcmp(&x->flow->addr[SSK_B], &y->flow->addr[SSK_B], sizeof(ssk_addr));
    return by ? by : (int)x->flow->port[SSK_B] - (int)y->flow->port[SSK_B];
}

static int by_target_start(const void *a, const void *b)
{
    const attempt *x = a, *y = b;
    int by = compare_target(x, y);
    if (by)
        return by;
    return (x->fact->start > y->fact->start) - (x->fact->start < y->fact->start);
}

/* One waiting series: attempts [0, n) failed; answered is the success or NULL. */
static void add_series(ssk_result *result, GArray *stalls, const attempt *failed, size_t n,
                       const attempt *answered)
{
    int64_t syns = 0;
    const ssk_fact *first = n ? failed[0].fact : answered->fact;
    const ssk_result_flow *flow = n ? failed[0].flow : answered->flow;
    for (size_t i = 0; i < n; i++)
        syns += failed[i].fact->value;
    if (answered)
        syns += answered->fact->value;
    ssk_result_stall stall;
    ssk_stall_init(&stall);
    ssk_time_ns end = answered ? answered->fact->end : result->inputs[0].last;
    stall.duration = end - first->start;
    /* A SYN never sent again waited for nothing; one answered soon is no stall. */
    if (syns < 2 || stall.duration <= result->config.min_gap)
        return;
    stall.flow = flow->id;
    stall.direction = SSK_SIDE_B;
    stall.kind = "connect";
    stall.start = first->start;
    stall.open = !answered;
    stall.end = answered ? end : SSK_TIME_NONE;
    stall.frame_before = first->frame_first;
    stall.frame_after = answered ? answered->fact->frame_last : 0;
    stall.attempts = (int64_t)n + (answered && answered->fact->value > 1);
    stall.connect_outcome = n ? (int)failed[n - 1].fact->extra : SSK_CONNECT_UNANSWERED;
    stall.recovery = answered ? (n ? "new-connection" : "retransmit") : "never";
    stall.new_flow = answered && n ? answered->flow->id : 0;
    stall.filter = ssk_filter_frames(result, flow, stall.frame_before, stall.frame_after);
    g_array_append_val(stalls, stall);
}

/* Whoever tries so many ports of one host in vain is looking around, not
 * waiting: that is one finding, not a stall for each port. */
#define SCAN_PORTS 16

static size_t host_end(const attempt *list, size_t n, size_t i)
{
    size_t end = i;
    while (end < n && !memcmp(&list[end].flow->addr[SSK_A], &list[i].flow->addr[SSK_A], sizeof(ssk_addr)) &&
           !memcmp(&list[end].flow->addr[SSK_B], &list[i].flow->addr[SSK_B], sizeof(ssk_addr)))
        end++;
    return end;
}

/* @return attempts that belong to a scan that begins here; 0: none */
static size_t find_scan(ssk_result *result, const attempt *list, size_t n, size_t i)
{
    size_t end = host_end(list, n, i), ports = 0, in_vain = 0;
    for (size_t k = i; k < end; k++) {
        ports += k == i || list[k].flow->port[SSK_B] != list[k - 1].flow->port[SSK_B];
        in_vain += list[k].fact->extra != SSK_CONNECT_ANSWERED;
    }
    if (ports < SCAN_PORTS || 2 * in_vain < end - i)
        return 0;
    char from[SSK_TEXT_ROOM], to[SSK_TEXT_ROOM];
    uint32_t frames[2] = {UINT32_MAX, 0};
    for (size_t k = i; k < end; k++) {
        frames[0] = MIN(frames[0], list[k].fact->frame_first);
        frames[1] = MAX(frames[1], list[k].fact->frame_last);
    }
    const char *text = ssk_result_printf(
        result, "%s tried %u ports of %s, %u connections in vain: a scan, not counted as stalls",
        ssk_addr_text(&list[i].flow->addr[SSK_A], from), (unsigned)ports,
        ssk_addr_text(&list[i].flow->addr[SSK_B], to), (unsigned)in_vain);
    ssk_finding_add(result, &result->findings, &result->n_findings, "port-scan", "note", text, NULL,
                    0, frames, 2);
    return end - i;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *attempts = g_array_new(FALSE, FALSE, sizeof(attempt));
    for (size_t i = 0; i < facts->count; i++) {
        attempt one = {&facts->list[i], NULL};
        if (one.fact->kind == SSK_FACT_CONNECT &&
            (one.flow = ssk_result_find_flow(result, one.fact->flow_id)))
            g_array_append_val(attempts, one);
    }
    attempt *list = (attempt *)(void *)attempts->data;
    size_t n = attempts->len;
    if (n)
        qsort(list, n, sizeof *list, by_target_start);
    GArray *stalls = g_array_new(FALSE, FALSE, sizeof(ssk_result_stall));
    for (size_t i = 0; i < n;) {
        size_t scan = i == 0 || i == host_end(list, n, i - 1) ? find_scan(result, list, n, i) : 0;
        if (scan) {
            i += scan;
            continue;
        }
        size_t failed = i;
        while (failed < n && compare_target(&list[i], &list[failed]) == 0 &&
               list[failed].fact->extra != SSK_CONNECT_ANSWERED)
            failed++;
        bool answered = failed < n && compare_target(&list[i], &list[failed]) == 0;
        add_series(result, stalls, &list[i], failed - i, answered ? &list[failed] : NULL);
        i = failed + answered;
    }
    g_array_free(attempts, TRUE);
    ssk_stalls_add(result, stalls);
}

const ssk_rule ssk_rule_connect_stall = {
    .name = "connect-stall", .source = "RFC 9293, 3.8.3 and RFC 1122, 4.2.3.5 (R2 of a SYN)",
    .judge = judge,
};
