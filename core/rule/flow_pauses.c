/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/flow_pauses.h"

static int by_time(gconstpointer a, gconstpointer b)
{
    const ssk_time_ns *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

void ssk_pauses_of(ssk_pauses *pauses, const ssk_facts *facts, const ssk_result_flow *flow)
{
    if (pauses->flow == flow->id)
        return;
    pauses->flow = flow->id;
    for (int dir = 0; dir < 2; dir++) {
        GArray *ends = pauses->side[dir].ends;
        if (!ends)
            ends = g_array_new(FALSE, FALSE, sizeof(ssk_time_ns));
        g_array_set_size(ends, 0);
        pauses->side[dir] = (ssk_pauses_side){.ends = ends};
    }
    ssk_facts_walk own = ssk_facts_of_kinds(facts, flow->id, SSK_KIND(SSK_FACT_SILENCE));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        ssk_pauses_side *side = &pauses->side[fact->dir];
        if (!fact->value)
            continue;
        g_array_append_val(side->ends, fact->end);
        if (fact->extra != SSK_END_MESSAGE)
            continue;
        side->n++;
        side->paused += MIN(fact->end - fact->start, INT64_MAX / 8 - side->paused);
    }
    for (int dir = 0; dir < 2; dir++)
        g_array_sort(pauses->side[dir].ends, by_time);
}

void ssk_pauses_clear(ssk_pauses *pauses)
{
    for (int dir = 0; dir < 2; dir++)
        if (pauses->side[dir].ends)
            g_array_free(pauses->side[dir].ends, TRUE);
}

ssk_time_ns ssk_pauses_end_before(const ssk_pauses *pauses, const ssk_fact *debt)
{
    const GArray *ends = pauses->side[debt->dir].ends;
    guint low = 0, high = ends->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(ends, ssk_time_ns, middle) <= debt->start)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? g_array_index(ends, ssk_time_ns, low - 1) : INT64_MIN;
}
