/* incident.c - stalls that overlap in time and share a host are one incident.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

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
    guint living = 0; /* stalls come by start: those before it have ended for good */
    for (size_t i = 0; i < result->n_stalls; i++) {
        ssk_result_stall *stall = &result->stalls[i];
        const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
        ssk_dir silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
        ssk_addr hosts[2] = {flow->addr[silent], flow->addr[ssk_dir_other(silent)]};
        open_incident *home = NULL;
        while (living < incidents->len &&
               g_array_index(incidents, open_incident, living).end <= stall->start)
            living++;
        for (guint k = living; k < incidents->len && !home; k++) {
            open_incident *incident = &g_array_index(incidents, open_incident, k);
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
        }
        home->end = MAX(home->end, ssk_stall_end(result, stall));
        home->open |= stall->open;
        g_array_append_val(home->stalls, stall->id);
        stall->incident = (uint32_t)(home - (open_incident *)(void *)incidents->data) + 1;
    }
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
