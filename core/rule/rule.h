/* rule.h - facts to findings.
 *
 * One file per family, one row per rule in rule.c, judged in that order. A
 * rule sees facts and frozen flows, never a packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_H
#define SSK_RULE_H

#include "core/model/facts.h"
#include "core/model/result.h"

/** A host that captured itself is in so much of the unicast traffic, which goes
 * to at least so many others. A switch floods a frame to everybody now and then. */
#define SSK_LOCAL_PERMILLE 990
#define SSK_LOCAL_PEERS    2

typedef struct ssk_rule {
    const char *name;
    const char *source; /**< RFC, paper or vendor note it rests on */
    /** Reads @p facts and what earlier rules put into @p result, adds its own. */
    void (*judge)(const ssk_facts *facts, ssk_result *result);
} ssk_rule;

/** NULL-terminated. */
extern const ssk_rule *const ssk_rules[];

#endif
