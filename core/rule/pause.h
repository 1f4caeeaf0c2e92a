/* pause.h - silences that are everyday life although a rhythm was learned:
 * datagrams lost by chance, and what people type and say.
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
 * @param silence of @p flow */
bool ssk_pause_by_chance(const ssk_result *result, const ssk_result_flow *flow,
                         const ssk_fact *silence);

/** What is counted once for all silences of a flow; {0} before the first. */
typedef struct ssk_pauses {
    uint32_t flow_id;      /**< 0: of none yet */
    unsigned count[2];     /**< by ssk_dir: pauses without a trace */
    ssk_span_ns length[2]; /**< of all of them */
} ssk_pauses;

/** Undecoded traffic that pauses as a person does: again and again, for much of
 * its life, or right after a short hurry; alone, with nothing sent again, and
 * nothing that had waited for the end of it.
 * @param counted the same for all calls, which should come flow by flow */
bool ssk_pause_of_conversation(const ssk_facts *facts, const ssk_result *result,
                               const ssk_result_flow *flow, const ssk_fact *silence,
                               ssk_pauses *counted);

#endif
