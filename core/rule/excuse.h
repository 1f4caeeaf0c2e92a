/* excuse.h - debts that nobody had to pay: across a hole in the capture, when the conversation was
 * over, for what is usual for that service, for a rhythm that may be a person's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_EXCUSE_H
#define SSK_EXCUSE_H

#include "core/rule/debt_usual.h"
#include "core/rule/flow_pauses.h"
#include "core/rule/host_debt.h"
#include "core/rule/measurement.h"

/** What each debt is judged against. */
typedef struct ssk_excuses {
    const ssk_facts *facts;
    const ssk_result *result;
    ssk_measurement_index *faults;
    ssk_usual usual;
    ssk_host_debts hosts;
    ssk_pauses pauses; /**< of the flow that was asked for last */
} ssk_excuses;

/** @param facts, result borrowed, must live as long as @p excuses */
void ssk_excuses_init(ssk_excuses *excuses, const ssk_facts *facts, const ssk_result *result);
void ssk_excuses_clear(ssk_excuses *excuses);

/** Had nobody to pay this debt? @param flow of the debt */
bool ssk_excused(ssk_excuses *excuses, const ssk_result_flow *flow, const ssk_fact *debt);

/** The rhythm that a debt breaks, in nanoseconds; 0: it breaks none. */
static inline ssk_span_ns ssk_debt_period(const ssk_fact *debt)
{
    return debt->value == SSK_DEBT_BEAT || debt->value == SSK_DEBT_STREAM ? debt->extra : 0;
}

#endif
