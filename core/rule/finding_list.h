/* finding_list.h - what is worth saying and is no stall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FINDING_LIST_H
#define SSK_FINDING_LIST_H

#include "core/model/result.h"

/** Append one finding to @p list (findings or bonjour_findings of the result).
 * @param frames its frames; flows its flow ids; copied; NULL if the count is 0 */
void ssk_finding_add(ssk_result *result, ssk_result_finding **list, size_t *count, ssk_cause_id id,
                     const char *severity, const char *text, const uint32_t *flows, size_t n_flows,
                     const uint32_t *frames, size_t n_frames);

/** Was the capture itself silent or incomplete somewhere from @p start to @p end? Then what is missing
 * there is nobody's fault. Reads measurement[], so only after that rule. */
bool ssk_finding_in_hole(const ssk_result *result, ssk_time_ns start, ssk_time_ns end);

#endif
