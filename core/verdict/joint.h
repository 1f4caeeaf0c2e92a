/* joint.h - what the stalls of one incident say together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_JOINT_H
#define SSK_VERDICT_JOINT_H

#include "core/model/result.h"

/** Stalls between the same two hosts at the same time have one cause, as far as their packets allow
 * it: an attempt to connect inside an outage takes the outage's, and what one of them rules out is
 * no cause of the others. Where they contradict each other, each keeps its own.
 * @param result its stalls have their verdicts, its incidents are known */
void ssk_joint_judge(ssk_result *result);

#endif
