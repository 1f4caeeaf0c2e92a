/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/host_debt.h"

#include <stdlib.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Maximum debts looked at for one question: a host with more of them at a time is in trouble anyway. */
#define LOOK_MOST 1000

static bool stands_by_itself(const ssk_fact *fact)
{
    return fact->kind == SSK_FACT_DEBT && !(fact->flags & SSK_DEBT_UNASKED) &&
           (fact->debt.kind == SSK_DEBT_ACK || (fact->flags & SSK_DEBT_DECODED) ||
            (fact->debt.kind == SSK_DEBT_BEAT && (fact->flags & SSK_DEBT_TRACED)));
}

static void add(ssk_host_debts *debts, const ssk_addr *host, const ssk_fact *fact)
{
    GPtrArray *list = g_hash_table_lookup(debts->hosts, host);
    if (!list) {
        list = g_ptr_array_new();
        g_hash_table_insert(debts->hosts, (gpointer)host, list);
    }
    g_ptr_array_add(list, (gpointer)fact);
}

static int by_start(const void *a, const void *b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    return (x->start > y->start) - (x->start < y->start);
}

static void free_list(gpointer list)
{
    g_ptr_array_free(list, TRUE);
}

void ssk_host_debts_init(ssk_host_debts *debts, const ssk_facts *facts, const ssk_result *result)
{
    debts->hosts = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL, free_list);
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        const ssk_result_flow *flow = stands_by_itself(fact)
                                          ? ssk_result_find_flow(result, fact->flow_id)
                                          : NULL;
        for (ssk_dir dir = SSK_A; flow && dir <= SSK_B; dir++)
            add(debts, &flow->addr[dir], fact);
    }
    GHashTableIter each;
    gpointer list;
    g_hash_table_iter_init(&each, debts->hosts);
    while (g_hash_table_iter_next(&each, NULL, &list))
        qsort(((GPtrArray *)list)->pdata, ((GPtrArray *)list)->len, sizeof(gpointer), by_start);
}

void ssk_host_debts_clear(ssk_host_debts *debts)
{
    g_hash_table_destroy(debts->hosts);
}

static bool covers(const GPtrArray *list, const ssk_result_flow *flow, const ssk_fact *debt)
{
    unsigned looked = 0;
    guint low = 0, high = list ? list->len : 0; /* those from there on begin too late */
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (((const ssk_fact *)list->pdata[middle])->start < debt->end)
            low = middle + 1;
        else
            high = middle;
    }
    for (guint i = low; i-- > 0 && looked < LOOK_MOST;) {
        const ssk_fact *fact = list->pdata[i];
        if (fact->flow_id == flow->id)
            continue;
        looked++;
        ssk_time_ns from = MAX(fact->start, debt->start), to = MIN(fact->end, debt->end);
        bool half = to > from && to - from >= (debt->end - debt->start) / 2;
        bool together = to > from && from - MIN(fact->start, debt->start) <= SSK_LIMIT(ONE_CAUSE);
        if (half || together)
            return true;
    }
    return false;
}

bool ssk_host_debts_cover(const ssk_host_debts *debts, const ssk_result_flow *flow,
                          const ssk_fact *debt)
{
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (covers(g_hash_table_lookup(debts->hosts, &flow->addr[dir]), flow, debt))
            return true;
    return false;
}
