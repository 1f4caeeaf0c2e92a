/* incident.c - stalls that overlap in time and share a host are one incident.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"

extern const ssk_rule ssk_rule_incident;

typedef struct open_incident {
    ssk_time_ns start, end;
    bool open;
    ssk_addr host[2]; /* that every stall so far shares; the silent one first */
    unsigned n_hosts;
    GArray *stalls; /* of uint32_t */
} open_incident;

static bool same(const ssk_addr *a, const ssk_addr *b)
{
    return !memcmp(a, b, sizeof *a);
}

/* The hosts of both that are the same; 0: none. */
static unsigned shared_hosts(const open_incident *incident, const ssk_addr hosts[2],
                             ssk_addr ret_hosts[2])
{
    unsigned n = 0;
    for (unsigned i = 0; i < incident->n_hosts; i++)
        if (same(&incident->host[i], &hosts[0]) || same(&incident->host[i], &hosts[1]))
            ret_hosts[n++] = incident->host[i];
    return n;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    (void)facts;
    GArray *incidents = g_array_new(FALSE, FALSE, sizeof(open_incident));
    /* Address -> place of the latest incident that had it, plus one: of those that go on there is
     * never more than one. */
    GHashTable *latest = g_hash_table_new(ssk_addr_hash, ssk_addr_equal);
    for (size_t i = 0; i < result->n_stalls; i++) {
        ssk_result_stall *stall = &result->stalls[i];
        const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
        ssk_dir silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
        ssk_addr hosts[2] = {flow->addr[silent], flow->addr[ssk_dir_other(silent)]};
        open_incident *home = NULL;
        guint places[2];
        for (int k = 0; k < 2; k++)
            places[k] = GPOINTER_TO_UINT(g_hash_table_lookup(latest, &hosts[k])) - 1;
        for (int k = 0; k < 2 && !home; k++) {
            guint place = k ? MAX(places[0], places[1]) : MIN(places[0], places[1]);
            if (place >= incidents->len)
                break;
            open_incident *incident = &g_array_index(incidents, open_incident, place);
            ssk_addr common[2];
            unsigned n = incident->end > stall->start ? shared_hosts(incident, hosts, common) : 0;
            if (n) {
                memcpy(incident->host, common, n * sizeof *common);
                incident->n_hosts = n;
                home = incident;
            }
        }
        if (!home) {
            open_incident fresh = {.start = stall->start,
                                   .end = stall->start,
                                   .n_hosts = 2,
                                   .stalls = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
            memcpy(fresh.host, hosts, sizeof hosts);
            g_array_append_val(incidents, fresh);
            home = &g_array_index(incidents, open_incident, incidents->len - 1);
            for (int k = 0; k < 2; k++)
                g_hash_table_insert(latest, (gpointer)&flow->addr[k],
                                    GUINT_TO_POINTER(incidents->len));
        }
        home->end = MAX(home->end, ssk_result_stall_end(result, stall));
        home->open |= stall->end == SSK_TIME_NONE;
        g_array_append_val(home->stalls, stall->id);
        stall->incident = (uint32_t)(home - (open_incident *)(void *)incidents->data) + 1;
    }
    g_hash_table_destroy(latest);
    result->n_incidents = incidents->len;
    result->incidents = ssk_result_alloc(result, incidents->len * sizeof *result->incidents);
    for (guint i = 0; i < incidents->len; i++) {
        open_incident *from = &g_array_index(incidents, open_incident, i);
        ssk_result_incident *row = &result->incidents[i];
        row->id = i + 1;
        row->host = from->host[0];
        row->start = from->start;
        row->end = from->open ? SSK_TIME_NONE : from->end;
        row->n_stalls = from->stalls->len;
        row->stalls = ssk_result_alloc(result, from->stalls->len * sizeof(uint32_t));
        memcpy(row->stalls, from->stalls->data, from->stalls->len * sizeof(uint32_t));
        g_array_free(from->stalls, TRUE);
    }
    g_array_free(incidents, TRUE);
}

const ssk_rule ssk_rule_incident = {
    .name = "incident",
    .source = "docs/causes.md, incident",
    .judge = judge,
};
