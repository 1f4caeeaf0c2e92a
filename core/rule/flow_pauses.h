/* flow_pauses.h - the silences of one flow, counted once for all its debts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FLOW_PAUSES_H
#define SSK_FLOW_PAUSES_H

#include <glib.h>

#include "core/model/facts.h"
#include "core/model/result.h"

/** Of one direction: silences in a rhythm that its next message ended. */
typedef struct ssk_pauses_side {
    unsigned n;
    ssk_span_ns paused; /**< in all */
    GArray *ends;  /**< ssk_time_ns, sorted: of all its silences in a rhythm, however they ended */
    GArray *loose; /**< ssk_span_ns, sorted: of those without a rhythm that a message ended */
} ssk_pauses_side;

/** Zero: of no flow yet. */
typedef struct ssk_pauses {
    uint32_t flow;
    ssk_pauses_side side[2];
} ssk_pauses;

/** Count those of @p flow, unless they are counted already. */
void ssk_pauses_of(ssk_pauses *pauses, const ssk_facts *facts, const ssk_result_flow *flow);
void ssk_pauses_clear(ssk_pauses *pauses);

/** How many silences without a rhythm were at least so long. */
unsigned ssk_pauses_loose(const ssk_pauses_side *side, ssk_span_ns least);

/** When the last silence of the debtor before its debt ended; INT64_MIN: there was none. */
ssk_time_ns ssk_pauses_end_before(const ssk_pauses *pauses, const ssk_fact *debt);

#endif
