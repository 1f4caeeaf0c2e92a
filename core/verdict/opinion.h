/* opinion.h - what the table says of one stall, and the verdict that is written of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_OPINION_H
#define SSK_VERDICT_OPINION_H

#include "core/verdict/hypothesis.h"

/** The stall as it looks from one place where the capture may stand. */
typedef struct ssk_opinion {
    ssk_case c;
    ssk_seen seen[SSK_N_OBSERVATIONS];
    ssk_judgement rows[SSK_HYPOTHESES];
} ssk_opinion;

/** One cause that stands. */
typedef struct ssk_held {
    uint8_t row, place; /**< of the table; which of the opinions */
    ssk_cause_id id;
    ssk_side side;
    int score;
} ssk_held;

/** The causes that cannot be told apart, best first. */
typedef struct ssk_held_set {
    ssk_held list[SSK_HYPOTHESES];
    size_t n; /**< 0: unknown */
} ssk_held_set;

/** @param[out] ret [2]; @return how many are set: 1, or 2 where the place is not known */
unsigned ssk_opinion_form(const ssk_facts *facts, const ssk_host_index *index,
                          const ssk_result *result, const ssk_result_stall *stall,
                          ssk_opinion *ret);

/** Whose fault a hypothesis means. */
ssk_side ssk_opinion_side(const ssk_case *c, const ssk_hypothesis *hypothesis);
/** Its id, as seen from this place. */
ssk_cause_id ssk_opinion_id(const ssk_case *c, const ssk_hypothesis *hypothesis);

/** What stands: the best of all places, and what is hardly worse. */
void ssk_opinion_hold(const ssk_opinion *opinions, unsigned n, ssk_held_set *ret);

/** Freeze it, with what it rests on. @param result owns the texts */
void ssk_opinion_write(const ssk_opinion *opinions, unsigned n, const ssk_held_set *held,
                       ssk_result *result, ssk_verdict *ret);

/** What to take next to split the set; of an unknown one, all that is not ruled out.
 * @return NULL: nothing would */
const char *ssk_opinion_next(const ssk_opinion *opinions, unsigned n, const ssk_held_set *held);

#endif
