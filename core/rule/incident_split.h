/* incident_split.h - what happened at the same time, and was not the same.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_INCIDENT_SPLIT_H
#define SSK_RULE_INCIDENT_SPLIT_H

#include "core/model/result.h"

/** Incidents whose stalls contradict each other become several. Reads their verdicts. */
void ssk_incidents_split(ssk_result *result);

#endif
