/* udp.h - the verdict of one row of udp[], and of one stream's silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_UDP_H
#define SSK_RULE_UDP_H

#include "core/model/facts.h"
#include "core/model/result.h"

/** Judge it (again) by what the row itself says.
 * @param facts NULL: none, as after a snapshot */
void ssk_udp_judge(const ssk_facts *facts, ssk_result *result, ssk_result_udp *udp);

/** A stall of a UDP flow: nobody answers a one-way stream, so the sender's own
 * numbers and the group's membership say more than a conversation's pattern.
 * Leaves the verdict alone where they say nothing. */
void ssk_udp_judge_stall(const ssk_facts *facts, ssk_result *result, ssk_result_stall *stall);

struct ssk_udp_draft;

/** Multicast or broadcast? */
bool ssk_udp_is_group(const ssk_addr *addr);

/** The group was left, or nobody answered the querier any more, and then the
 * stream stopped at @p since: one suspect more. */
void ssk_udp_judge_membership(struct ssk_udp_draft *d, const ssk_facts *facts,
                              const ssk_addr *group, ssk_time_ns since);

#endif
