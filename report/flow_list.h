/* flow_list.h - which flows a report lists.
 *
 * 20 MB of SYNs are half a million flows, whose rows alone would be 240 MB of JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FLOW_LIST_H
#define SSK_FLOW_LIST_H

#include "core/model/result.h"

/** More flows than these are not all listed, unless that was asked for. */
#define SSK_FLOWS_LISTED 10000

/** @return by place in result->flows: is it listed? Owned by the caller; NULL: all are */
bool *ssk_flow_list(const ssk_result *result);

/** How many of the flows are not. @param listed of ssk_flow_list() */
uint64_t ssk_flow_list_left_out(const ssk_result *result, const bool *listed);

#endif
