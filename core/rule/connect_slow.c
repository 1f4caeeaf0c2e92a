/* connect_slow.c - connections that stay "connecting" for long.
 *
 * Each is a stall of its own; here is what they have in common: one client,
 * one server, how many, and the worst.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/addr.h"
#include "core/rule/finding_list.h"
#include "core/text.h"

extern const ssk_rule ssk_rule_connect_slow;

/* Three retransmissions of a SYN (1 + 2 + 4 s): more than a lost packet. RFC 6298, section 2. */
#define ANSWERED_LATE (7 * SSK_S)
/* Whoever gives up sooner meant to: applications try other addresses after a few seconds. */
#define WAITED_IN_VAIN (30 * SSK_S)
#define SHOWN 16

/* A single SYN that is answered late is a SYN-ACK that the capture missed. */
static bool is_slow(const ssk_result *result, const ssk_fact *connect)
{
    if (connect->kind != SSK_FACT_CONNECT || connect->extra == SSK_CONNECT_REFUSED ||
        connect->value < 2 || ssk_finding_in_hole(result, connect->start, connect->end))
        return false;
    return connect->end - connect->start >=
           (connect->extra == SSK_CONNECT_ANSWERED ? ANSWERED_LATE : WAITED_IN_VAIN);
}

typedef struct slow {
    const ssk_fact        *fact;
    const ssk_result_flow *flow;
} slow;

static int by_target(const void *a, const void *b)
{
    const slow *x = a, *y = b;
    int order = memcmp(x->flow->addr, y->flow->addr, sizeof x->flow->addr);
    if (!order)
        order = (int)x->flow->port[SSK_B] - (int)y->flow->port[SSK_B];
    if (!order)
        order = (x->flow->id > y->flow->id) - (x->flow->id < y->flow->id);
    return order;
}

static bool same_target(const slow *a, const slow *b)
{
    return !memcmp(a->flow->addr, b->flow->addr, sizeof a->flow->addr) &&
           a->flow->port[SSK_B] == b->flow->port[SSK_B];
}

static void tell(ssk_result *result, const slow *list, size_t n)
{
    const slow *worst = &list[0];
    uint32_t flows[SHOWN], frames[2 * SHOWN];
    size_t shown = 0;
    unsigned in_vain = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].fact->end - list[i].fact->start > worst->fact->end - worst->fact->start)
            worst = &list[i];
        in_vain += list[i].fact->extra == SSK_CONNECT_UNANSWERED;
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
        "%u %s of %s to %s port %u stayed connecting for long, the longest %s with %" G_GINT64_FORMAT
        " SYNs; %u never answered",
        (unsigned)n, n == 1 ? "connection" : "connections",
        ssk_addr_text(&worst->flow->addr[SSK_A], client),
        ssk_addr_text(&worst->flow->addr[SSK_B], server), worst->flow->port[SSK_B],
        ssk_span_text(worst->fact->end - worst->fact->start, longest), worst->fact->value, in_vain);
    ssk_finding_add(result, &result->findings, &result->n_findings, "connect-slow", "warning", text,
                    flows, shown, frames, 2 * shown);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(slow));
    for (size_t i = 0; i < facts->count; i++) {
        slow one = {&facts->list[i], NULL};
        if (is_slow(result, one.fact) && (one.flow = ssk_result_find_flow(result, one.fact->flow_id)))
            g_array_append_val(found, one);
    }
    g_array_sort(found, by_target);
    const slow *list = (const slow *)(const void *)found->data;
    for (size_t i = 0, end; i < found->len; i = end) {
        for (end = i + 1; end < found->len && same_target(&list[i], &list[end]); end++)
            ;
        tell(result, &list[i], end - i);
    }
    g_array_unref(found);
}

const ssk_rule ssk_rule_connect_slow = {
    .name = "connect-slow", .source = "RFC 9293, 3.8.3; RFC 6298, 2", .judge = judge,
};
