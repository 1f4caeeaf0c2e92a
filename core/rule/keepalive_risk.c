/* keepalive_risk.c - ways of keeping a connection alive that invite silences.
 *
 * A heartbeat on the client's timer is how most applications do it, so it is told
 * only where it failed: a client that fell silent, not a path or a server that did.
 *
 * Source: Apple, "Local push connectivity" and its sample (the server
 * originates, the client acknowledges); RFC 5382, section 5; docs/causes.md.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_keepalive_risk;

#define SHOWN 16

typedef enum risk { NONE = 0, CLIENT_TIMER, SLOW_PERIOD, NO_KEEPALIVE } risk;

static bool nothing_regular(const ssk_result_flow *flow)
{
    for (int dir = 0; dir < 2; dir++)
        if (flow->dir[dir].period || flow->dir[dir].tcp_keepalives)
            return false;
    return true;
}

static ssk_span_ns longest_idle(const ssk_result_flow *flow)
{
    const ssk_result_direction *a = &flow->dir[SSK_A], *b = &flow->dir[SSK_B];
    if (!a->has_max_gap || !b->has_max_gap)
        return 0;
    return MIN(a->max_gap, b->max_gap);
}

/* What keeps a client's timer from sending. */
static bool is_of_timer(const ssk_cause *cause)
{
    static const ssk_cause_id ids[] = {SSK_CAUSE_RADIO_OFF, SSK_CAUSE_HOST_ASLEEP,
                                       SSK_CAUSE_PROCESS_SUSPENDED, SSK_CAUSE_APP_WEDGED,
                                       SSK_CAUSE_TIMER_THROTTLED};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++)
        if (cause->side == SSK_SIDE_A && cause->id == ids[i])
            return true;
    return false;
}

/** Bytes alone: a key must have no padding. */
typedef struct service {
    ssk_addr addr;
    uint8_t port[2];
} service;

static service service_of(const ssk_result_flow *flow)
{
    uint16_t port = flow->port[SSK_B];
    return (service){flow->addr[SSK_B], {(uint8_t)(port >> 8), (uint8_t)port}};
}

static guint service_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(service));
}

static gboolean service_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(service));
}

/* Services of which a client's beat failed, for all this capture can tell. */
static GHashTable *failed_services(const ssk_result *result)
{
    GHashTable *failed = g_hash_table_new_full(service_hash, service_equal, g_free, NULL);
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        service key = service_of(ssk_result_find_flow(result, stall->flow));
        for (size_t k = 0; k < stall->verdict.n_verdict; k++)
            if (is_of_timer(&stall->verdict.causes[k]) && !g_hash_table_contains(failed, &key))
                g_hash_table_add(failed, g_memdup2(&key, sizeof key));
    }
    return failed;
}

static risk risk_of(const ssk_result_flow *flow)
{
    const ssk_result_keepalive *keepalive = flow->keepalive;
    if (flow->transport != SSK_TCP)
        return NONE;
    if (keepalive && keepalive->pings >= SSK_LIMIT(HABIT_PINGS)) {
        if (keepalive->period >= SSK_LIMIT(PATH_FORGETS))
            return SLOW_PERIOD;
        return keepalive->originator == SSK_SIDE_A ? CLIENT_TIMER : NONE;
    }
    bool stood = flow->handshake && flow->dir[SSK_A].payload_packets &&
                 flow->dir[SSK_B].payload_packets;
    bool idle = nothing_regular(flow) && longest_idle(flow) >= SSK_LIMIT(PATH_FORGETS);
    return !keepalive && stood && idle ? NO_KEEPALIVE : NONE;
}

typedef struct risky {
    const ssk_result_flow *flow;
    risk what;
} risky;

static int by_server(const void *a, const void *b)
{
    const risky *x = a, *y = b;
    int order = memcmp(&x->flow->addr[SSK_B], &y->flow->addr[SSK_B], sizeof(ssk_addr));
    if (!order)
        order = (int)x->flow->port[SSK_B] - (int)y->flow->port[SSK_B];
    if (!order)
        order = (int)x->what - (int)y->what;
    if (!order)
        order = (x->flow->id > y->flow->id) - (x->flow->id < y->flow->id);
    return order;
}

static bool same_server(const risky *a, const risky *b)
{
    return a->what == b->what && a->flow->port[SSK_B] == b->flow->port[SSK_B] &&
           ssk_addr_equal(&a->flow->addr[SSK_B], &b->flow->addr[SSK_B]);
}

static void tell(ssk_result *result, const risky *list, size_t n)
{
    uint32_t flows[SHOWN], frames[SHOWN];
    size_t shown = MIN(n, (size_t)SHOWN);
    ssk_span_ns span = 0;
    for (size_t i = 0; i < shown; i++) {
        flows[i] = list[i].flow->id;
        frames[i] = list[i].flow->first_frame;
    }
    for (size_t i = 0; i < n; i++)
        span = MAX(span, list[i].what == NO_KEEPALIVE ? longest_idle(list[i].flow)
                                                      : list[i].flow->keepalive->period);
    char server[SSK_TEXT_ROOM], time[SSK_TEXT_ROOM], forgets[SSK_TEXT_ROOM];
    ssk_addr_text(&list[0].flow->addr[SSK_B], server);
    ssk_span_text(span, time);
    unsigned port = list[0].flow->port[SSK_B];
    const char *text = NULL, *severity = "note";
    if (list[0].what == CLIENT_TIMER) {
        text = ssk_result_printf(
            result,
            "the clients of %s port %u originate the heartbeat (every %s), and it failed where a client fell "
            "silent: the server could only wait. A heartbeat of the server, which the client answers, "
            "does not rest on the client's timer.",
            server, port, time);
    } else if (list[0].what == SLOW_PERIOD) {
        severity = "warning";
        text = ssk_result_printf(
            result,
            "the heartbeat with %s port %u comes every %s: longer than many firewalls and routers "
            "remember an idle connection (%s)",
            server, port, time, ssk_span_text(SSK_LIMIT(PATH_FORGETS), forgets));
    } else {
        text = ssk_result_printf(
            result,
            "%u %s to %s port %u lay idle for up to %s without any keep-alive: firewalls and routers "
            "forget them, and neither side notices that the other is gone",
            (unsigned)n, n == 1 ? "connection" : "connections", server, port, time);
    }
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_KEEPALIVE_RISK,
                    severity, text, flows, shown, frames, shown);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(risky));
    (void)facts;
    for (size_t i = 0; i < result->n_flows; i++) {
        risky one = {&result->flows[i], risk_of(&result->flows[i])};
        if (one.what != NONE)
            g_array_append_val(found, one);
    }
    g_array_sort(found, by_server);
    GHashTable *failed = failed_services(result);
    const risky *list = (const risky *)(const void *)found->data;
    for (size_t i = 0, end; i < found->len; i = end) {
        for (end = i + 1; end < found->len && same_server(&list[i], &list[end]); end++)
            ;
        service key = service_of(list[i].flow);
        if (list[i].what != CLIENT_TIMER || g_hash_table_contains(failed, &key))
            tell(result, &list[i], end - i);
    }
    g_hash_table_destroy(failed);
    g_array_unref(found);
}

const ssk_rule ssk_rule_keepalive_risk = {
    .name = "keepalive-risk",
    .source = "Apple, NEAppPushProvider and its sample; RFC 5382, 5; RFC 1122, 4.2.3.6",
    .judge = judge,
};
