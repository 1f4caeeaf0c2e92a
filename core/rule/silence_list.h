/* silence_list.h - silences of directions that have a rhythm, by their start.
 *
 * Of thousands of flows, asked for each hole and each pause of the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_SILENCE_LIST_H
#define SSK_RULE_SILENCE_LIST_H

#include <glib.h>

#include "core/model/facts.h"

typedef struct ssk_silence_list {
    GPtrArray *list; /**< of const ssk_fact, SSK_FACT_SILENCE, borrowed */
    ssk_span_ns longest_period;
} ssk_silence_list;

/** @param without flags, SSK_SILENCE_...: a silence that has one of them is left out */
void ssk_silence_list_init(ssk_silence_list *all, const ssk_facts *facts, uint32_t without);
void ssk_silence_list_clear(ssk_silence_list *all);

/** @return index of the first that began later than @p time; the length of the list: none did */
guint ssk_silence_list_after(const ssk_silence_list *all, ssk_time_ns time);

#endif
