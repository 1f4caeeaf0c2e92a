/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/other_way.h"

#include "core/base/addr.h"

/* Flows looked at for one question: who sends to more ports at a time answers nobody. */
#define LOOK_MOST 64

static ssk_dir sender_of(const ssk_result_flow *flow)
{
    return flow->dir[SSK_A].packets ? SSK_A : SSK_B;
}

void ssk_other_ways_init(ssk_other_ways *ways, const ssk_result *result)
{
    ways->senders = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL,
                                          (GDestroyNotify)g_ptr_array_unref);
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        if (flow->transport != SSK_UDP || (flow->dir[SSK_A].packets && flow->dir[SSK_B].packets))
            continue;
        const ssk_addr *sender = &flow->addr[sender_of(flow)];
        GPtrArray *list = g_hash_table_lookup(ways->senders, sender);
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(ways->senders, (gpointer)sender, list);
        }
        if (list->len < LOOK_MOST)
            g_ptr_array_add(list, (gpointer)flow);
    }
}

void ssk_other_ways_clear(ssk_other_ways *ways)
{
    g_hash_table_destroy(ways->senders);
}

bool ssk_answered_elsewhere(const ssk_other_ways *ways, const ssk_result_flow *flow,
                            const ssk_fact *debt)
{
    ssk_dir debtor = (ssk_dir)debt->dir, creditor = ssk_dir_other(debtor);
    const GPtrArray *list = flow->transport == SSK_UDP
                                ? g_hash_table_lookup(ways->senders, &flow->addr[debtor])
                                : NULL;
    for (guint i = 0; list && i < list->len; i++) {
        const ssk_result_flow *other = list->pdata[i];
        ssk_dir from = sender_of(other), to = ssk_dir_other(from);
        bool port_kept = other->port[from] == flow->port[debtor] ||
                         other->port[to] == flow->port[creditor];
        if (other->id != flow->id && port_kept && other->last >= debt->start &&
            other->first <= debt->end && ssk_addr_equal(&other->addr[to], &flow->addr[creditor]))
            return true;
    }
    return false;
}
