/* upstream.h - a host that owes an answer and is itself waiting for another host's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_UPSTREAM_H
#define SSK_VERDICT_UPSTREAM_H

#include "core/model/result.h"

/** Fill in ssk_result_stall.waits_for, and say so in the verdicts: what such a host's program did not
 * send, it may have had nothing to make of. After the verdicts of all stalls. */
void ssk_upstream_judge(ssk_result *result);

#endif
