/* key_exchange.c - a station that could not agree on keys with its access point.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_key_exchange;

static const char *why(const ssk_fact *exchange)
{
    if (exchange->key_exchange.refused)
        return "the authentication server refused it (EAP failure)";
    if (exchange->key_exchange.furthest == 1 &&
        exchange->key_exchange.sent_1 >= SSK_LIMIT(KEY_REPEATS_LEAST))
        return "it never answered the access point's first message";
    if (exchange->key_exchange.furthest == 2 &&
        exchange->key_exchange.sent_1 >= SSK_LIMIT(KEY_REPEATS_LEAST))
        return "the access point did not accept its answer: a wrong password looks like this";
    if (exchange->key_exchange.furthest == 3 &&
        exchange->key_exchange.sent_3 >= SSK_LIMIT(KEY_REPEATS_LEAST))
        return "it never confirmed the access point's third message";
    return NULL;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++) {
        const ssk_fact *exchange = &list[i];
        const char *reason = exchange->kind == SSK_FACT_KEY_EXCHANGE ? why(exchange) : NULL;
        if (!reason)
            continue;
        char mac[SSK_TEXT_ROOM], span[SSK_TEXT_ROOM];
        const char *text =
            ssk_result_printf(result, "the key exchange of station %s failed within %s: %s",
                              ssk_mac_text(&exchange->mac, mac),
                              ssk_span_text(exchange->end - exchange->start, span), reason);
        uint32_t frames[2] = {exchange->frame_first, exchange->frame_last};
        ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_EAPOL_FAILED,
                        "warning", text, NULL, 0, frames, frames[0] == frames[1] ? 1 : 2);
    }
}

const ssk_rule ssk_rule_key_exchange = {
    .name = "key-exchange",
    .source = "IEEE 802.11-2020, 12.7.6; RFC 3748, 4.2",
    .judge = judge,
};
