/* claim.c - two hosts with one address, one host with two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_claim;

static void tell(ssk_result *result, const ssk_fact *fact, const char *severity, const char *text)
{
    uint32_t frames[2] = {fact->frame_first, fact->frame_last};
    ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_ADDRESS_CONFLICT,
                    severity, text, NULL, 0, frames, 2);
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++) {
        const ssk_fact *fact = &list[i];
        char addr[SSK_TEXT_ROOM], other[SSK_TEXT_ROOM], mac[SSK_TEXT_ROOM];
        if (fact->kind == SSK_FACT_CLAIM && (fact->flags & SSK_CLAIM_PROBED)) {
            tell(result, fact, "warning",
                 ssk_result_printf(result, "a host that wanted the address %s found it taken by %s",
                                   ssk_addr_text(&fact->host, addr),
                                   ssk_mac_text(&fact->mac, mac)));
        } else if (fact->kind == SSK_FACT_CLAIM && fact->claim.turns >= SSK_LIMIT(TURNS_LEAST)) {
            tell(result, fact, "error",
                 ssk_result_printf(result,
                                   "two MAC addresses claim %s by turns (%" G_GINT64_FORMAT
                                   " times back and forth), the latest %s",
                                   ssk_addr_text(&fact->host, addr), fact->claim.turns,
                                   ssk_mac_text(&fact->mac, mac)));
        } else if (fact->kind == SSK_FACT_CLAIMS_TWO &&
                   fact->claim.turns >= SSK_LIMIT(TURNS_LEAST)) {
            tell(result, fact, "note",
                 ssk_result_printf(result, "%s answers for two addresses, %s and %s",
                                   ssk_mac_text(&fact->mac, mac), ssk_addr_text(&fact->host, addr),
                                   ssk_addr_text(&fact->peer, other)));
        }
    }
}

const ssk_rule ssk_rule_claim = {
    .name = "claim",
    .source = "RFC 5227; RFC 4862, 5.4",
    .judge = judge,
};
