/* excused.h - the silences that are no stalls, and why: what was looked at must not vanish.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_EXCUSED_H
#define SSK_RULE_EXCUSED_H

#include "core/rule/excuse.h"

/** Silences of one reason. */
typedef struct ssk_excused_group {
    uint64_t count;
    ssk_span_ns longest;
    ssk_time_ns first, last; /**< of the starts */
    GArray *flows;           /**< of uint32_t, each once as debts come by flow; NULL: none yet */
    uint32_t frames[8];
    size_t n_frames;
    bool two_sides; /**< not all of one direction */
    ssk_dir dir;
} ssk_excused_group;

typedef struct ssk_excused {
    ssk_excused_group of[SSK_N_EXCUSES];
} ssk_excused;

/** Debts of one flow come in a row. */
void ssk_excused_add(ssk_excused *excused, ssk_excuse why, const ssk_result_flow *flow,
                     const ssk_fact *debt);

/** One finding for each reason, "no-debt", into findings[]. Clears @p excused. */
void ssk_excused_tell(ssk_excused *excused, ssk_result *result);

#endif
