/* connect_slow.c - connections that stay "connecting" for long.
 *
 * Each is a stall of its own; here is what they have in common: one client,
 * one server, how many, and the worst.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/attempts.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_connect_slow;

#define SHOWN 16

/* A single SYN that is answered late is a SYN-ACK that the capture missed. */
static bool is_slow(const ssk_result *result, const ssk_fact *connect)
{
    if (connect->kind != SSK_FACT_CONNECT || connect->connect.outcome == SSK_CONNECT_REFUSED ||
        connect->connect.syns < 2 || ssk_finding_in_hole(result, connect->start, connect->end))
        return false;
    return connect->end - connect->start >= (connect->connect.outcome == SSK_CONNECT_ANSWERED
                                                 ? SSK_LIMIT(CONNECT_SLOW)
                                                 : SSK_LIMIT(CONNECT_IN_VAIN));
}

/* Flows of attempts that are a stall by themselves. */
static GHashTable *stalled(const ssk_result *result)
{
    GHashTable *flows = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < result->n_stalls; i++)
        if (result->stalls[i].kind == SSK_STALL_CONNECT)
            g_hash_table_add(flows, GUINT_TO_POINTER(result->stalls[i].flow));
    return flows;
}

static void tell(ssk_result *result, GHashTable *stalled, const ssk_attempt *list, size_t n)
{
    const ssk_attempt *worst = &list[0];
    uint32_t flows[SHOWN], frames[2 * SHOWN];
    size_t shown = 0;
    unsigned in_vain = 0, of_stalls = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].fact->end - list[i].fact->start > worst->fact->end - worst->fact->start)
            worst = &list[i];
        in_vain += list[i].fact->connect.outcome == SSK_CONNECT_UNANSWERED;
        of_stalls += g_hash_table_contains(stalled, GUINT_TO_POINTER(list[i].flow->id));
        if (shown < SHOWN) {
            flows[shown] = list[i].flow->id;
            frames[2 * shown] = list[i].fact->frame_first;
            frames[2 * shown + 1] = list[i].fact->frame_last;
            shown++;
        }
    }
    char client[SSK_TEXT_ROOM], server[SSK_TEXT_ROOM], longest[SSK_TEXT_ROOM];
    const char *text = ssk_result_printf(
        result,
        "%u %s of %s to %s port %u took long to open, the longest %s with %" G_GINT64_FORMAT
        " SYNs%s%s",
        (unsigned)n, n == 1 ? "connection" : "connections",
        ssk_addr_text(&worst->flow->addr[SSK_A], client),
        ssk_addr_text(&worst->flow->addr[SSK_B], server), worst->flow->port[SSK_B],
        ssk_span_text(worst->fact->end - worst->fact->start, longest), worst->fact->connect.syns,
        in_vain ? "; without an answer at all: " : "",
        in_vain ? ssk_result_printf(result, "%u", in_vain) : "");
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_CONNECT_SLOW,
                    "warning", text, flows, shown, frames, 2 * shown);
    result->findings[result->n_findings - 1].of_incident = of_stalls == n;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *found = ssk_attempts_new(facts, result, NULL);
    ssk_attempt *list = (ssk_attempt *)(void *)found->data;
    guint slow = 0;
    for (guint i = 0; i < found->len; i++)
        if (is_slow(result, list[i].fact))
            list[slow++] = list[i];
    g_array_set_size(found, slow);
    GHashTable *of_stalls = stalled(result);
    for (size_t i = 0, end; i < found->len; i = end) {
        for (end = i + 1; end < found->len && ssk_attempts_same_target(&list[i], &list[end]); end++)
            ;
        tell(result, of_stalls, &list[i], end - i);
    }
    g_hash_table_destroy(of_stalls);
    g_array_free(found, TRUE);
}

const ssk_rule ssk_rule_connect_slow = {
    .name = "connect-slow",
    .source = "RFC 9293, 3.8.3; RFC 6298, 2",
    .judge = judge,
};
