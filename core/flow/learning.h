/* learning.h - what a packet teaches of its flow's periods, and of its service's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LEARNING_H
#define SSK_LEARNING_H

#include "core/flow/step.h"

/** The step's messages and progress are set; the flow's sides and service learn. */
void ssk_flow_learn(const ssk_step *step, const ssk_config *config);

#endif
