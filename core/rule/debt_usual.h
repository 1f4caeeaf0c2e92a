/* debt_usual.h - how long the answers of a service usually take.
 *
 * A long poll of 30 s is usual for its service; a query of 40 s is not. Judged with hindsight: from
 * all answers of the capture, earlier and later ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DEBT_USUAL_H
#define SSK_DEBT_USUAL_H

#include <glib.h>

#include "core/model/facts.h"
#include "core/model/result.h"

typedef struct ssk_usual {
    GHashTable *services; /* owned */
} ssk_usual;

void ssk_usual_init(ssk_usual *usual, const ssk_facts *facts, const ssk_result *result);
void ssk_usual_clear(ssk_usual *usual);

/** Shorter waits for this answer are none. */
ssk_span_ns ssk_usual_least(const ssk_result *result, const ssk_result_flow *flow,
                            const ssk_fact *debt);

/** Did this answer take longer than is usual for the service that owed it? */
bool ssk_usual_exceeds(const ssk_usual *usual, const ssk_result *result,
                       const ssk_result_flow *flow, const ssk_fact *debt);

#endif
