/* idle_close.c - connections that one side closed by its own timer, when nobody owed anything.
 *
 * Not a stall: nobody waited. But who finds its connection closed when it needs it again wants to know
 * by whom, and after what time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"
#include "core/verdict/idle_close.h"

extern const ssk_rule ssk_rule_idle_close;

/* What a finding lists; all are counted. */
#define SHOWN 8

typedef struct closing {
    const ssk_fact *fact;
    const ssk_result_flow *flow;
    ssk_span_ns timeout;
} closing;

/* One timer: of one host, for one service, of one length. */
static int by_timer(const void *a, const void *b)
{
    const closing *x = a, *y = b;
    int order = memcmp(&x->flow->addr[x->fact->dir], &y->flow->addr[y->fact->dir],
                       sizeof(ssk_addr));
    if (!order)
        order = x->fact->dir - y->fact->dir;
    if (!order)
        order = x->flow->port[SSK_B] - y->flow->port[SSK_B];
    return order ? order : (x->timeout > y->timeout) - (x->timeout < y->timeout);
}

static int by_timer_then_frame(const void *a, const void *b)
{
    const closing *x = a, *y = b;
    int order = by_timer(a, b);
    return order ? order
                 : (x->fact->frame_first > y->fact->frame_first) -
                       (x->fact->frame_first < y->fact->frame_first);
}

static void tell(ssk_result *result, const closing *list, size_t n)
{
    uint32_t flows[SHOWN], frames[SHOWN];
    size_t shown = MIN(n, SHOWN);
    for (size_t i = 0; i < shown; i++) {
        flows[i] = list[i].flow->id;
        frames[i] = list[i].fact->frame_first;
    }
    char who[SSK_TEXT_ROOM], after[SSK_TEXT_ROOM];
    const closing *first = &list[0];
    const char *connections = n == 1 ? "a connection"
                                     : ssk_result_printf(result, "%zu connections", n);
    const char *text = ssk_result_printf(
        result,
        "%s closed %s %s port %u, %s after the last message, with nothing left unacknowledged: as an "
        "idle timeout does",
        ssk_addr_text(&first->flow->addr[first->fact->dir], who), connections,
        first->fact->dir == SSK_B ? "to its" : "to", (unsigned)first->flow->port[SSK_B],
        ssk_span_text(first->timeout, after));
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_IDLE_TIMEOUT_CLOSE,
                    "note", text, flows, shown, frames, shown);
}

/* Somebody owed something then: the stall reports it, and this close. */
static bool in_a_stall(const ssk_result *result, const ssk_fact *fact)
{
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (stall->start > fact->start)
            break; /* by start */
        if (stall->flow == fact->flow_id && ssk_result_stall_end(result, stall) >= fact->start)
            return true;
    }
    return false;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(closing));
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        if (fact->kind != SSK_FACT_CLOSE)
            continue;
        closing one = {.fact = fact, .timeout = ssk_idle_timeout(fact)};
        if (one.timeout && !in_a_stall(result, fact) &&
            (one.flow = ssk_result_find_flow(result, fact->flow_id)))
            g_array_append_val(found, one);
    }
    closing *list = (closing *)(void *)found->data;
    if (found->len)
        qsort(list, found->len, sizeof *list, by_timer_then_frame);
    for (size_t i = 0, end; i < found->len; i = end) {
        for (end = i + 1; end < found->len && !by_timer(&list[i], &list[end]); end++)
            ;
        tell(result, &list[i], end - i);
    }
    g_array_free(found, TRUE);
}

const ssk_rule ssk_rule_idle_close = {
    .name = "idle-close",
    .source = "RFC 9112, 9.5; RFC 5382, 5",
    .judge = judge,
};
