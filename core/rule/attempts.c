/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/attempts.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"

static int by_hosts(const ssk_attempt *x, const ssk_attempt *y)
{
    return memcmp(x->flow->addr, y->flow->addr, sizeof x->flow->addr);
}

static int by_port(const ssk_attempt *x, const ssk_attempt *y)
{
    return (int)x->flow->port[SSK_B] - (int)y->flow->port[SSK_B];
}

static int by_start(const ssk_attempt *x, const ssk_attempt *y)
{
    int by = (x->fact->start > y->fact->start) - (x->fact->start < y->fact->start);
    return by ? by : (x->flow->id > y->flow->id) - (x->flow->id < y->flow->id);
}

static int by_client(const ssk_attempt *x, const ssk_attempt *y)
{
    return memcmp(&x->flow->addr[SSK_A], &y->flow->addr[SSK_A], sizeof(ssk_addr));
}

/* One client and one host together, then its ports. */
static gint by_target(gconstpointer a, gconstpointer b)
{
    int by = by_hosts(a, b);
    if (!by)
        by = by_port(a, b);
    return by ? by : by_start(a, b);
}

/* One client and one port together, then its hosts. */
static gint by_service(gconstpointer a, gconstpointer b)
{
    int by = by_client(a, b);
    if (!by)
        by = by_port(a, b);
    if (!by)
        by = by_hosts(a, b);
    return by ? by : by_start(a, b);
}

bool ssk_attempts_same_target(const ssk_attempt *x, const ssk_attempt *y)
{
    return by_hosts(x, y) == 0 && by_port(x, y) == 0;
}

static bool in_vain(const ssk_attempt *attempt)
{
    return attempt->fact->connect.outcome != SSK_CONNECT_ANSWERED;
}

static void tell(ssk_result *result, const char *text, const ssk_attempt *list, size_t n)
{
    uint32_t frames[2] = {UINT32_MAX, 0};
    for (size_t i = 0; i < n; i++) {
        frames[0] = MIN(frames[0], list[i].fact->frame_first);
        frames[1] = MAX(frames[1], list[i].fact->frame_last);
    }
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_PORT_SCAN, "note",
                    text, NULL, 0, frames, 2);
}

/* Many ports of one host, most of them in vain. @p list: of one client to one host */
static bool is_port_scan(const ssk_attempt *list, size_t n, ssk_result *ret_scans)
{
    unsigned ports = 0, vain = 0;
    for (size_t i = 0; i < n; i++) {
        ports += i == 0 || by_port(&list[i], &list[i - 1]) != 0;
        vain += in_vain(&list[i]);
    }
    if (ports < SSK_LIMIT(SCAN_LEAST) || 2 * vain < n)
        return false;
    char from[SSK_TEXT_ROOM], to[SSK_TEXT_ROOM];
    if (ret_scans)
        tell(ret_scans,
             ssk_result_printf(
                 ret_scans,
                 "%s tried %u ports of %s, %u connections in vain: a scan, not counted as stalls",
                 ssk_addr_text(&list->flow->addr[SSK_A], from), ports,
                 ssk_addr_text(&list->flow->addr[SSK_B], to), vain),
             list, n);
    return true;
}

/* Many hosts at one port, three in four of them in vain: a program that lost its
 * network has servers that answered before or after. @p list: of one client to one port */
static bool is_host_scan(const ssk_attempt *list, size_t n, ssk_result *ret_scans)
{
    unsigned hosts = 0, answered = 0, vain = 0;
    bool answers = false;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || by_hosts(&list[i], &list[i - 1])) {
            hosts++;
            answers = false;
        }
        vain += in_vain(&list[i]);
        answered += !in_vain(&list[i]) && !answers;
        answers |= !in_vain(&list[i]);
    }
    if (hosts - answered < SSK_LIMIT(SCAN_LEAST) || 4 * answered > hosts)
        return false;
    char from[SSK_TEXT_ROOM];
    if (ret_scans)
        tell(
            ret_scans,
            ssk_result_printf(
                ret_scans,
                "%s tried port %u of %u hosts, %u connections in vain: a scan, not counted as stalls",
                ssk_addr_text(&list->flow->addr[SSK_A], from), list->flow->port[SSK_B], hosts,
                vain),
            list, n);
    return true;
}

/* Sort, and drop the groups that are a scan. */
static void sift(GArray *attempts, GCompareFunc order,
                 int (*apart)(const ssk_attempt *, const ssk_attempt *),
                 int (*apart_too)(const ssk_attempt *, const ssk_attempt *),
                 bool (*is_scan)(const ssk_attempt *, size_t, ssk_result *), ssk_result *ret_scans)
{
    g_array_sort(attempts, order);
    ssk_attempt *list = (ssk_attempt *)(void *)attempts->data;
    guint kept = 0;
    for (guint i = 0, end; i < attempts->len; i = end) {
        for (end = i + 1; end < attempts->len && !apart(&list[i], &list[end]) &&
                          !(apart_too && apart_too(&list[i], &list[end]));
             end++)
            ;
        if (is_scan(&list[i], end - i, ret_scans))
            continue;
        memmove(&list[kept], &list[i], (end - i) * sizeof *list);
        kept += end - i;
    }
    g_array_set_size(attempts, kept);
}

/* The clients of whom some attempt was in vain, or took a second SYN: most of a busy server have none,
 * and are not sorted. */
static GHashTable *in_trouble(const ssk_facts *facts, const ssk_result *result)
{
    GHashTable *clients = g_hash_table_new(ssk_addr_hash, ssk_addr_equal);
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_CONNECT));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
        if (fact->connect.outcome == SSK_CONNECT_ANSWERED && fact->connect.syns < 2)
            continue;
        const ssk_result_flow *flow = ssk_result_find_flow(result, fact->flow_id);
        if (flow)
            g_hash_table_add(clients, (gpointer)&flow->addr[SSK_A]);
    }
    return clients;
}

GArray *ssk_attempts_new(const ssk_facts *facts, const ssk_result *result, ssk_result *ret_scans)
{
    GArray *attempts = g_array_new(FALSE, FALSE, sizeof(ssk_attempt));
    GHashTable *clients = in_trouble(facts, result);
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_CONNECT));
    for (const ssk_fact *fact; g_hash_table_size(clients) && (fact = ssk_facts_next(&walk));) {
        ssk_attempt one = {fact, ssk_result_find_flow(result, fact->flow_id)};
        if (one.flow && g_hash_table_contains(clients, &one.flow->addr[SSK_A]))
            g_array_append_val(attempts, one);
    }
    g_hash_table_destroy(clients);
    sift(attempts, by_service, by_client, by_port, is_host_scan, ret_scans);
    sift(attempts, by_target, by_hosts, NULL, is_port_scan, ret_scans);
    return attempts;
}
