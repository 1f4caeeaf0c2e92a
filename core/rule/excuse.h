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
#include "core/rule/other_way.h"

/** Why nobody had to pay. */
typedef enum ssk_excuse {
    SSK_EXCUSE_NONE = 0,  /**< it is owed */
    SSK_EXCUSE_SHORT,     /**< too short for its kind, or never asked for */
    SSK_EXCUSE_CAPTURE,   /**< measurement[] says it */
    SSK_EXCUSE_RHYTHM,    /**< silences of the sender that recur */
    SSK_EXCUSE_ENDED,     /**< its user may have ended what came by a rhythm */
    SSK_EXCUSE_RESTS,     /**< questions that were all answered, and a pause between them */
    SSK_EXCUSE_TRIAL,     /**< what came before lasted no longer */
    SSK_EXCUSE_GAVE_UP,   /**< who asked in vain asked no more */
    SSK_EXCUSE_USUAL,     /**< an answer takes as long at other times */
    SSK_EXCUSE_BEACON,    /**< a datagram that may want no answer */
    SSK_EXCUSE_ELSEWHERE, /**< a datagram that was answered between other ports */
    SSK_EXCUSE_PINGS,     /**< a side that never answers pings */
    SSK_EXCUSE_OFF,       /**< the off-phase of a stream */
    SSK_EXCUSE_CHANCE,    /**< datagrams are lost all the while */
    SSK_EXCUSE_TALK,      /**< a side of a call that says nothing */
    SSK_EXCUSE_PACE,      /**< of a reader */
    SSK_N_EXCUSES
} ssk_excuse;

/** What each debt is judged against. */
typedef struct ssk_excuses {
    const ssk_facts *facts;
    const ssk_result *result;
    ssk_measurement_index *faults;
    ssk_usual usual;
    ssk_host_debts hosts;
    ssk_other_ways ways;
    ssk_pauses pauses; /**< of the flow that was asked for last */
} ssk_excuses;

/** @param facts, result borrowed, must live as long as @p excuses */
void ssk_excuses_init(ssk_excuses *excuses, const ssk_facts *facts, const ssk_result *result);
void ssk_excuses_clear(ssk_excuses *excuses);

/** @param flow of the debt */
ssk_excuse ssk_excuse_of(ssk_excuses *excuses, const ssk_result_flow *flow, const ssk_fact *debt);

#endif
