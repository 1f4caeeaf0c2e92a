/* pause.h - pauses that are everyday life although a rhythm was learned: datagrams lost by
 * chance.
 *
 * Source: docs/causes.md, traps ("random loss is no stall").
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PAUSE_H
#define SSK_PAUSE_H

#include "core/model/facts.h"
#include "core/model/result.h"

/** A datagram or two or three in a row did not come, on a flow that lost others,
 * one by one, as often as makes that likely.
 * @param debt BEAT or STREAM, of @p flow */
bool ssk_pause_by_chance(const ssk_result *result, const ssk_result_flow *flow,
                         const ssk_fact *debt);

#endif
