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

typedef struct ssk_rule {
    const char *name;
    const char *source; /**< RFC, paper or vendor note it rests on */
    /** Reads @p facts and what earlier rules put into @p result, adds its own. */
    void (*judge)(const ssk_facts *facts, ssk_result *result);
} ssk_rule;

/** NULL-terminated. */
extern const ssk_rule *const ssk_rules[];

#endif
