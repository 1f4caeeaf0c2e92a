/* verdict.h - collects suspects, evidence and counter-evidence of one stall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_H
#define SSK_VERDICT_H

#include "core/rule/case.h"

typedef struct ssk_verdict_draft ssk_verdict_draft;

/** @param result owns the texts; ssk_verdict_finish() frees the draft */
ssk_verdict_draft *ssk_verdict_draft_new(ssk_result *result);
/** One more cause that it may be, the likeliest first. @param id static */
void ssk_verdict_suspect(ssk_verdict_draft *draft, const char *id, ssk_side side);

/** Evidence for all suspects. @param frames its frames */
void ssk_verdict_for(ssk_verdict_draft *draft, const ssk_tally *frames, const char *format, ...)
    SSK_PRINTF(3, 4);
/** Evidence that rules one suspect out; nothing if it is none. */
void ssk_verdict_against(ssk_verdict_draft *draft, const char *id, const ssk_tally *frames,
                         const char *text);
/** Move a suspect that still stands to the front: the likeliest. */
void ssk_verdict_prefer(ssk_verdict_draft *draft, const char *id);

/** Freeze: what stands first, then what was ruled out. Frees the draft. */
void ssk_verdict_finish(ssk_verdict_draft *draft, bool at_client, ssk_verdict *ret);

#endif
