/* flow_table.h - finds the flow of a packet; bounded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FLOW_TABLE_H
#define SSK_FLOW_TABLE_H

#include "core/flow/flow.h"

typedef struct ssk_flow_table ssk_flow_table;
typedef void (*ssk_flow_fn)(void *user, ssk_flow *flow);

/** @param max_flows beyond it, the flow unused for longest is evicted; one that was measured, decoded,
 *         has a rhythm or has lived for long only if half of the flows are like it
 *  @param on_evict  called before a flow is freed, at eviction and at the end */
ssk_flow_table *ssk_flow_table_new(size_t max_flows, ssk_flow_fn on_evict, void *user);
void ssk_flow_table_free(ssk_flow_table *table);

/** The flow of a TCP or UDP packet; made if there is none. A SYN with another
 * sequence number than this side's last begins a new connection. VLANs do not
 * matter: one direction may be tagged and the other not.
 * @param[out] ret_dir direction of the packet */
ssk_flow *ssk_flow_table_get(ssk_flow_table *table, const ssk_packet *packet, ssk_dir *ret_dir);

/** Every flow, in order of first frame. */
void ssk_flow_table_each(ssk_flow_table *table, ssk_flow_fn each, void *user);
size_t ssk_flow_table_size(const ssk_flow_table *table);
uint64_t ssk_flow_table_evicted(const ssk_flow_table *table);

#endif
