/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/flow_list.h"

#include <glib.h>

static void name_flow(const ssk_result *result, bool *listed, uint32_t id)
{
    const ssk_result_flow *flow = id ? ssk_result_find_flow(result, id) : NULL;
    if (flow)
        listed[flow - result->flows] = true;
}

static void name_flows(const ssk_result *result, bool *listed, const uint32_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++)
        name_flow(result, listed, ids[i]);
}

static void name_findings(const ssk_result *result, bool *listed, const ssk_result_finding *list,
                          size_t n)
{
    for (size_t i = 0; i < n; i++)
        name_flows(result, listed, list[i].flows, list[i].n_flows);
}

static void name_stall(const ssk_result *result, bool *listed, const ssk_result_stall *stall)
{
    name_flow(result, listed, stall->flow);
    name_flow(result, listed, stall->new_flow);
    for (size_t i = 0; stall->timeline && i < stall->timeline->n_lanes; i++)
        name_flow(result, listed, stall->timeline->lanes[i].flow);
}

/* Notable is what the rest of the report names, and what has a rhythm or messages: a flow that can
 * stall, and be a witness. */
static void list_notable(const ssk_result *result, bool *listed)
{
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        listed[i] = flow->keepalive || flow->dir[SSK_A].period || flow->dir[SSK_B].period;
    }
    for (size_t i = 0; i < result->n_stalls; i++)
        name_stall(result, listed, &result->stalls[i]);
    for (size_t i = 0; i < result->n_measurement; i++)
        name_flows(result, listed, result->measurement[i].flows, result->measurement[i].n_flows);
    for (size_t i = 0; i < result->n_udp; i++)
        name_flow(result, listed, result->udp[i].flow);
    for (size_t i = 0; i < result->n_clocks; i++)
        name_flow(result, listed, result->clocks[i].flow);
    for (size_t i = 0; i < result->n_logs; i++)
        name_flow(result, listed, result->logs[i].flow);
    name_findings(result, listed, result->findings, result->n_findings);
    name_findings(result, listed, result->bonjour_findings, result->n_bonjour_findings);
}

bool *ssk_flow_list(const ssk_result *result)
{
    ssk_flows_shown shown = (ssk_flows_shown)result->config.flows;
    if (shown == SSK_FLOWS_ALL || (shown == SSK_FLOWS_AUTO && result->n_flows <= SSK_FLOWS_LISTED))
        return NULL;
    bool *listed = g_new0(bool, MAX(result->n_flows, 1));
    if (shown != SSK_FLOWS_NONE)
        list_notable(result, listed);
    return listed;
}

uint64_t ssk_flow_list_left_out(const ssk_result *result, const bool *listed)
{
    uint64_t left_out = 0;
    for (size_t i = 0; listed && i < result->n_flows; i++)
        left_out += !listed[i];
    return left_out;
}
