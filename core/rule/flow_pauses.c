/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/flow_pauses.h"

static int by_time(gconstpointer a, gconstpointer b)
{
    const ssk_time_ns *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static GArray *emptied(GArray *list)
{
    return g_array_set_size(list ? list : g_array_new(FALSE, FALSE, sizeof(int64_t)), 0);
}

void ssk_pauses_of(ssk_pauses *pauses, const ssk_facts *facts, const ssk_result_flow *flow)
{
    if (pauses->flow == flow->id)
        return;
    pauses->flow = flow->id;
    for (int dir = 0; dir < 2; dir++) {
        pauses->side[dir] = (ssk_pauses_side){.ends = emptied(pauses->side[dir].ends),
                                              .loose = emptied(pauses->side[dir].loose)};
    }
    ssk_facts_walk own = ssk_facts_of_kinds(facts, flow->id, SSK_KIND(SSK_FACT_SILENCE));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        ssk_pauses_side *side = &pauses->side[fact->dir];
        bool by_message = fact->silence.ended_by == SSK_END_MESSAGE;
        ssk_span_ns length = fact->end - fact->start;
        if (!fact->silence.period && by_message)
            g_array_append_val(side->loose, length);
        if (!fact->silence.period)
            continue;
        g_array_append_val(side->ends, fact->end);
        if (!by_message)
            continue;
        side->n++;
        side->paused += MIN(length, INT64_MAX / 8 - side->paused);
    }
    for (int dir = 0; dir < 2; dir++) {
        g_array_sort(pauses->side[dir].ends, by_time);
        g_array_sort(pauses->side[dir].loose, by_time);
    }
}

void ssk_pauses_clear(ssk_pauses *pauses)
{
    for (int dir = 0; dir < 2 && pauses->flow; dir++) {
        g_array_free(pauses->side[dir].ends, TRUE);
        g_array_free(pauses->side[dir].loose, TRUE);
    }
}

/* Entries of a sorted list that are not greater. */
static guint up_to(const GArray *list, int64_t bound)
{
    guint low = 0, high = list->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(list, int64_t, middle) <= bound)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

unsigned ssk_pauses_loose(const ssk_pauses_side *side, ssk_span_ns least)
{
    return side->loose->len - up_to(side->loose, least - 1);
}

ssk_time_ns ssk_pauses_end_before(const ssk_pauses *pauses, const ssk_fact *debt)
{
    const GArray *ends = pauses->side[debt->dir].ends;
    guint n = up_to(ends, debt->start);
    return n ? g_array_index(ends, ssk_time_ns, n - 1) : INT64_MIN;
}
