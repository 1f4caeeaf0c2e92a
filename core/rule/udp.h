/* udp.h - the verdict of one row of udp[].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_UDP_H
#define SSK_RULE_UDP_H

#include "core/rule/rule.h"

/** Judge it (again) by what the row itself says.
 * @param facts NULL: none, as after a snapshot */
void ssk_udp_judge(const ssk_facts *facts, ssk_result *result, ssk_result_udp *udp);

#endif
