/* flow_index.c - the flows of a result by the conversation that they belong to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/flow_index.h"

#include <stdlib.h>
#include <string.h>

struct ssk_flow_index {
    ssk_flow_entry *list;
    size_t n;
};

ssk_ends ssk_flow_ends(const ssk_result_flow *flow, ssk_dir dir, unsigned *ret_from)
{
    ssk_dir other = ssk_dir_other(dir);
    int order = memcmp(&flow->addr[dir], &flow->addr[other], sizeof(ssk_addr));
    unsigned from = order > 0 || (order == 0 && flow->port[dir] > flow->port[other]);
    ssk_ends ends = {.protocol = (uint8_t)flow->transport};
    ends.addr[from] = flow->addr[dir];
    ends.addr[!from] = flow->addr[other];
    ends.port[from] = flow->port[dir];
    ends.port[!from] = flow->port[other];
    *ret_from = from;
    return ends;
}

static int by_conversation(const void *a, const void *b)
{
    const ssk_flow_entry *x = a, *y = b;
    if (x->conversation != y->conversation)
        return x->conversation < y->conversation ? -1 : 1;
    return (x->flow > y->flow) - (x->flow < y->flow);
}

ssk_flow_index *ssk_flow_index_new(const ssk_scout *scout, const ssk_result *result)
{
    ssk_flow_index *index = g_new0(ssk_flow_index, 1);
    index->list = g_new(ssk_flow_entry, MAX(result->n_flows, 1));
    for (size_t i = 0; i < result->n_flows; i++) {
        unsigned a;
        ssk_ends ends = ssk_flow_ends(&result->flows[i], SSK_A, &a);
        uint32_t number = ssk_scout_find(scout, &ends);
        if (number != SSK_SCOUT_NONE)
            index->list[index->n++] = (ssk_flow_entry){number, (uint32_t)i, (uint8_t)a};
    }
    qsort(index->list, index->n, sizeof *index->list, by_conversation);
    return index;
}

void ssk_flow_index_free(ssk_flow_index *index)
{
    if (!index)
        return;
    g_free(index->list);
    g_free(index);
}

const ssk_flow_entry *ssk_flow_index_find(const ssk_flow_index *index, uint32_t conversation,
                                          size_t *ret_count)
{
    size_t low = 0, high = index->n, end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->list[middle].conversation < conversation)
            low = middle + 1;
        else
            high = middle;
    }
    for (end = low; end < index->n && index->list[end].conversation == conversation;)
        end++;
    *ret_count = end - low;
    return index->list + low;
}
