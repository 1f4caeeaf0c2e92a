/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report/flow_set.h"

#include "report/phrase.h"

struct ssk_flow_set {
    GArray *list;     /* of uint32_t */
    GHashTable *seen; /* the same: an incident may have thousands */
};

ssk_flow_set *ssk_flow_set_new(void)
{
    ssk_flow_set *set = g_new(ssk_flow_set, 1);
    set->list = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    set->seen = g_hash_table_new(NULL, NULL);
    return set;
}

void ssk_flow_set_free(ssk_flow_set *set)
{
    g_array_free(set->list, TRUE);
    g_hash_table_destroy(set->seen);
    g_free(set);
}

void ssk_flow_set_add(ssk_flow_set *set, uint32_t flow)
{
    if (g_hash_table_add(set->seen, GUINT_TO_POINTER(flow)))
        g_array_append_val(set->list, flow);
}

gboolean ssk_flow_set_has(const ssk_flow_set *set, uint32_t flow)
{
    return g_hash_table_contains(set->seen, GUINT_TO_POINTER(flow));
}

guint ssk_flow_set_size(const ssk_flow_set *set)
{
    return set->list->len;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

void ssk_flow_set_sort(ssk_flow_set *set)
{
    g_array_sort(set->list, by_number);
}

void ssk_flow_set_put(const ssk_flow_set *set, GString *out)
{
    ssk_phrase_flows(out, (const uint32_t *)(const void *)set->list->data, set->list->len);
}
