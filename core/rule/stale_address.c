/* stale_address.c - somebody is sought at an address that nobody has.
 *
 * Where a neighbour does not resolve, no SYN is ever sent: unanswered ARP is
 * all there is to see of a connection that "connects" for minutes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_stale_address;

/* RFC 4861, 7.2.2 and Linux: three questions, a second apart, then the
 * application is told. Fewer may be one lost frame. */
#define ASKED_LEAST 3

static bool ever_heard(const ssk_facts *facts, const ssk_addr *addr)
{
    for (size_t i = 0; i < facts->count; i++)
        if (facts->list[i].kind == SSK_FACT_HOST &&
            !memcmp(&facts->list[i].host, addr, sizeof *addr))
            return true;
    return false;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *sought = &facts->list[i];
        if (sought->kind != SSK_FACT_ARP || sought->extra)
            continue;
        /* One finding for each asker and address, with all its questions. */
        int64_t asked = 0;
        bool first = true;
        uint32_t frames[2] = {sought->frame_first, sought->frame_last};
        for (size_t k = 0; k < facts->count; k++) {
            const ssk_fact *other = &facts->list[k];
            if (other->kind != SSK_FACT_ARP || other->extra ||
                memcmp(&other->host, &sought->host, sizeof other->host) ||
                memcmp(&other->peer, &sought->peer, sizeof other->peer))
                continue;
            first &= k >= i;
            asked += other->value;
            frames[1] = other->frame_last;
        }
        if (!first || asked < ASKED_LEAST || ever_heard(facts, &sought->host))
            continue;
        char asker[SSK_TEXT_ROOM], target[SSK_TEXT_ROOM];
        char *text = g_strdup_printf(
            "%s asked %u times who has %s and nobody answered; that address was never heard in this "
            "capture. A peer that moved or left is still sought there.",
            ssk_addr_text(&sought->peer, asker), (unsigned)asked,
            ssk_addr_text(&sought->host, target));
        ssk_finding_add(result, &result->findings, &result->n_findings, "stale-address", "warning",
                        text, NULL, 0, frames, 2);
        g_free(text);
    }
}

const ssk_rule ssk_rule_stale_address = {
    .name = "stale-address",
    .source = "RFC 826; RFC 4861, 7.2.2",
    .judge = judge,
};
