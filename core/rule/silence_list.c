/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/silence_list.h"

static int by_start(gconstpointer a, gconstpointer b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    return (x->start > y->start) - (x->start < y->start);
}

void ssk_silence_list_init(ssk_silence_list *all, const ssk_facts *facts, uint32_t without)
{
    *all = (ssk_silence_list){.list = g_ptr_array_new()};
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_SILENCE));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
        if (!fact->silence.period || (fact->flags & without))
            continue;
        g_ptr_array_add(all->list, (gpointer)fact);
        all->longest_period = MAX(all->longest_period, fact->silence.period);
    }
    g_ptr_array_sort(all->list, by_start);
}

void ssk_silence_list_clear(ssk_silence_list *all)
{
    g_ptr_array_free(all->list, TRUE);
}

guint ssk_silence_list_after(const ssk_silence_list *all, ssk_time_ns time)
{
    guint low = 0, high = all->list->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (((const ssk_fact *)all->list->pdata[middle])->start <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
