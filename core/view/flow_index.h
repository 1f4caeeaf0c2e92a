/* flow_index.h - the flows of a result by the conversation that they belong to.
 *
 * A conversation is two ends; one after the other, they may have several connections.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_FLOW_INDEX_H
#define SSK_VIEW_FLOW_INDEX_H

#include "core/model/result.h"
#include "core/view/scout.h"

typedef struct ssk_flow_index ssk_flow_index;

typedef struct ssk_flow_entry {
    uint32_t conversation;
    uint32_t flow; /**< index in the result's flows */
    uint8_t a;     /**< which of the conversation's ends is side A */
} ssk_flow_entry;

/** The ends of a flow as conversations have them. @param[out] ret_from index of @p dir's side */
ssk_ends ssk_flow_ends(const ssk_result_flow *flow, ssk_dir dir, unsigned *ret_from);

/** @param scout of the result's capture */
ssk_flow_index *ssk_flow_index_new(const ssk_scout *scout, const ssk_result *result);
void ssk_flow_index_free(ssk_flow_index *index);
/** The flows of a conversation, in the result's order. */
const ssk_flow_entry *ssk_flow_index_find(const ssk_flow_index *index, uint32_t conversation,
                                          size_t *ret_count);

#endif
