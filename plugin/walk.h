/* walk.h - from stall to stall in the open file.
 *
 * The fields of the open file know its stalls: nothing is read anew.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_WALK_H
#define SSK_PLUGIN_WALK_H

#include "core/model/result.h"

/** The stalls of the open file. @return NULL: there are none, and the user was told why */
const ssk_result *ssk_walk_stalls(void);

/** The packet to show of a stall, by Wireshark's number: the last before it. */
uint32_t ssk_walk_anchor(const ssk_result_stall *stall);
/** The stall that a packet is part of, or the next one.
 * @param frame Wireshark's number
 * @param flow  only of this flow; 0: any
 * @return NULL: the flow has none */
const ssk_result_stall *ssk_walk_at(const ssk_result *result, uint32_t frame, uint32_t flow);

/** The display filter that leaves a stall's packets, in Wireshark's numbers, which a read filter
 * makes other than the result's. @return owned by the caller */
char *ssk_walk_filter(const ssk_result *result, const ssk_result_stall *stall);

/** For menus and buttons. */
void ssk_walk_next(void *unused);
void ssk_walk_previous(void *unused);
void ssk_walk_filter_selected(void *unused);

#endif
