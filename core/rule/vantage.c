/* vantage.c - where the capture was taken: given, or read off the handshakes.
 *
 * The side that answers within a fraction of the round trip stands beside the
 * capture: a server's SYN-ACK follows the SYN at once in a capture taken on
 * the server, the client's ACK follows at once in one taken on the client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/rule/rule.h"
#include "core/text.h"

extern const ssk_rule ssk_rule_vantage;

/* One turn-around must be this many times shorter than the other to count. */
#define CLEARLY 2

static void judge(const ssk_facts *facts, ssk_result *result)
{
    if (result->config.vantage != SSK_VANTAGE_AUTO) {
        result->vantage.value = (ssk_vantage)result->config.vantage;
        result->vantage.given = true;
        result->vantage.why = ssk_result_printf(result, "given: --vantage %s",
                                                ssk_vantage_text(result->vantage.value));
        return;
    }
    unsigned server = 0, client = 0, between = 0;
    ssk_span_ns server_turn = INT64_MAX, client_turn = INT64_MAX;
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        if (fact->kind != SSK_FACT_HANDSHAKE || fact->value < 0 || fact->extra < 0)
            continue;
        server_turn = fact->value < server_turn ? fact->value : server_turn;
        client_turn = fact->extra < client_turn ? fact->extra : client_turn;
        if (CLEARLY * fact->value < fact->extra)
            server++;
        else if (CLEARLY * fact->extra < fact->value)
            client++;
        else
            between++;
    }
    unsigned all = server + client + between;
    char syn_ack[SSK_TEXT_ROOM], ack[SSK_TEXT_ROOM];
    result->vantage.value = SSK_VANTAGE_UNKNOWN;
    if (!all) {
        result->vantage.why = "no complete TCP handshake in the capture; give --vantage";
        return;
    }
    ssk_span_text(server_turn, syn_ack);
    ssk_span_text(client_turn, ack);
    if (3 * server >= 2 * all)
        result->vantage.value = SSK_VANTAGE_SERVER;
    else if (3 * client >= 2 * all)
        result->vantage.value = SSK_VANTAGE_CLIENT;
    result->vantage.why = ssk_result_printf(
        result, "%u of %u handshakes: the server answers at once (fastest %s), %u: the client (fastest %s)",
        server, all, syn_ack, client, ack);
}

const ssk_rule ssk_rule_vantage = {
    .name = "vantage", .source = "RFC 9293, 3.5: who waits for a round trip in a handshake",
    .judge = judge,
};
