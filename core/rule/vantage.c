/* vantage.c - where the capture was taken: given, or read off the capture.
 *
 * A host that captures itself is in every unicast packet it shows; with two or
 * more peers it is the only one. The handshakes say it too: the side that
 * answers within a fraction of the round trip stands beside the capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/port.h"
#include "core/base/text.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_vantage;

typedef struct turns {
    unsigned server, client, all;
    ssk_span_ns server_turn, client_turn; /* fastest */
} turns;

static turns count_turns(const ssk_facts *facts)
{
    turns t = {.server_turn = INT64_MAX, .client_turn = INT64_MAX};
    for (size_t i = 0; i < facts->count; i++) {
        const ssk_fact *fact = &facts->list[i];
        if (fact->kind != SSK_FACT_HANDSHAKE || fact->handshake.server_turn < 0 ||
            fact->handshake.client_turn < 0)
            continue;
        t.server_turn = MIN(t.server_turn, fact->handshake.server_turn);
        t.client_turn = MIN(t.client_turn, fact->handshake.client_turn);
        t.server += SSK_LIMIT(TURN_RATIO) * fact->handshake.server_turn <
                    fact->handshake.client_turn;
        t.client += SSK_LIMIT(TURN_RATIO) * fact->handshake.client_turn <
                    fact->handshake.server_turn;
        t.all++;
    }
    return t;
}

/* The one address that is in (nearly) every unicast packet; NULL: none, or two.
 * @param[out] ret_next the largest share of another one, TOLD_FROM if none is told; permille */
static const ssk_fact *local_host(const ssk_facts *facts, int *ret_next)
{
    const ssk_fact *local = NULL;
    *ret_next = (int)SSK_LIMIT(TOLD_FROM);
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(SSK_FACT_LOCALITY));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
        if (fact->locality.permille < SSK_LIMIT(LOCAL_PERMILLE) ||
            fact->locality.peers < SSK_LIMIT(LOCAL_PEERS)) {
            *ret_next = MAX(*ret_next, (int)fact->locality.permille);
            continue;
        }
        if (local)
            return NULL;
        local = fact;
    }
    return local;
}

/* In which role a host was seen. */
typedef struct role {
    ssk_vantage value; /* UNKNOWN: in both, about equally */
    bool seen;         /* a handshake shows it, and not the ports alone */
} role;

static role role_of(const ssk_result *result, const ssk_addr *host)
{
    uint64_t opened = 0, accepted = 0;
    role ret = {.value = SSK_VANTAGE_UNKNOWN};
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        uint64_t packets = flow->dir[SSK_A].packets + flow->dir[SSK_B].packets;
        if (flow->transport != SSK_TCP)
            continue;
        /* In mid-stream, side A is only whoever was heard first. */
        bool turned = !flow->handshake &&
                      ssk_port_client(flow->port[SSK_A], flow->port[SSK_B]) == 1;
        ssk_dir client = turned ? SSK_B : SSK_A;
        bool opens = ssk_addr_equal(&flow->addr[client], host),
             accepts = ssk_addr_equal(&flow->addr[ssk_dir_other(client)], host);
        opened += opens ? packets : 0;
        accepted += accepts ? packets : 0;
        ret.seen |= flow->handshake && (opens || accepts);
    }
    if (opened > SSK_LIMIT(ROLE_RATIO) * accepted)
        ret.value = SSK_VANTAGE_CLIENT;
    else if (accepted > SSK_LIMIT(ROLE_RATIO) * opened)
        ret.value = SSK_VANTAGE_SERVER;
    return ret;
}

/* "all unicast packets", "99.3 % of the unicast packets" */
static const char *share_text(ssk_result *result, int permille)
{
    return permille >= 1000 ? "all unicast packets"
                            : ssk_result_printf(result, "%d.%d %% of the unicast packets",
                                                permille / 10, permille % 10);
}

static const char *habit_text(const role *of)
{
    if (of->value == SSK_VANTAGE_SERVER)
        return of->seen ? "which accepts connections" : "whose ports are a server's";
    return of->seen ? "which opens connections" : "whose ports are a client's";
}

static void place_by_host(ssk_result *result, const ssk_fact *local, int next, const role *of)
{
    char text[SSK_TEXT_ROOM];
    result->vantage.value = of->value;
    result->vantage.margin_permille = MAX(0, (int)local->locality.permille - next);
    result->vantage.why = ssk_result_printf(
        result, "%s, %s, is in %s, %s", ssk_addr_text(&local->host, text), habit_text(of),
        share_text(result, (int)local->locality.permille),
        next > SSK_LIMIT(TOLD_FROM)
            ? ssk_result_printf(result, "the next host in %d.%d %%", next / 10, next % 10)
            : "no other host in more than half of them");
}

/* "the client answers at once in 7 of 9 handshakes (fastest 12 us)". */
static void infer_by_handshakes(ssk_result *result, const turns *t, bool by_server)
{
    char text[SSK_TEXT_ROOM];
    const unsigned n = by_server ? t->server : t->client;
    const ssk_span_ns turn = by_server ? t->server_turn : t->client_turn;
    GString *why = g_string_new(by_server ? "the server" : "the client");
    g_string_append(why, " answers at once in ");
    if (t->all == 1)
        g_string_append(why, "the only handshake");
    else if (n == t->all)
        g_string_append_printf(why, "all %u handshakes", t->all);
    else
        g_string_append_printf(why, "%u of %u handshakes", n, t->all);
    if (turn > 0)
        g_string_append_printf(why, " (%s%s)", t->all == 1 ? "" : "fastest ",
                               ssk_span_text(turn, text));
    /* As if one handshake more spoke against it: a single one tells little. */
    result->vantage.margin_permille = abs((int)t->server - (int)t->client) * 1000 /
                                      ((int)t->all + 1);
    result->vantage.value = by_server ? SSK_VANTAGE_SERVER : SSK_VANTAGE_CLIENT;
    result->vantage.why = ssk_result_printf(result, "%s", why->str);
    g_string_free(why, TRUE);
}

static ssk_span_ns fastest(const turns *t, ssk_vantage at)
{
    return at == SSK_VANTAGE_SERVER ? t->server_turn : t->client_turn;
}

/* No handshake was answered as soon as a kernel answers: the capture stands beside that host, as on
 * its router, and not on it. */
static bool is_a_hop_away(const turns *t, ssk_vantage at)
{
    return t->all && at != SSK_VANTAGE_UNKNOWN && fastest(t, at) > SSK_LIMIT(OWN_TURN_MOST);
}

static void tell_hop(ssk_result *result, const turns *t, ssk_vantage at)
{
    char text[SSK_TEXT_ROOM];
    result->vantage.why = ssk_result_printf(
        result,
        "as if near the %s, but not on it: it answers handshakes after %s at the soonest; give "
        "--vantage",
        ssk_vantage_text(at), ssk_span_text(fastest(t, at), text));
}

static void infer(const ssk_facts *facts, ssk_result *result)
{
    char who[SSK_TEXT_ROOM];
    if (result->second && result->second->nearer_client(result->second->user) > 0) {
        result->vantage.value = SSK_VANTAGE_CLIENT;
        result->vantage.margin_permille = 1000;
        result->vantage.why = "it has what clients send before the other capture, and what servers "
                              "send after it";
        return;
    }
    turns t = count_turns(facts);
    bool by_server = 1000 * t.server >= SSK_LIMIT(SAME_SIDE_PERMILLE) * t.all && t.all,
         by_client = 1000 * t.client >= SSK_LIMIT(SAME_SIDE_PERMILLE) * t.all && t.all;
    int next;
    const ssk_fact *local = local_host(facts, &next);
    role of = {.value = SSK_VANTAGE_UNKNOWN};
    if (local)
        of = role_of(result, &local->host);
    ssk_vantage at = of.value != SSK_VANTAGE_UNKNOWN ? of.value
                     : by_server                     ? SSK_VANTAGE_SERVER
                     : by_client                     ? SSK_VANTAGE_CLIENT
                                                     : SSK_VANTAGE_UNKNOWN;
    if (is_a_hop_away(&t, at)) {
        tell_hop(result, &t, at);
        return;
    }
    bool contradicted = (of.value == SSK_VANTAGE_SERVER && by_client) ||
                        (of.value == SSK_VANTAGE_CLIENT && by_server);
    if (of.value != SSK_VANTAGE_UNKNOWN && !contradicted) {
        place_by_host(result, local, next, &of);
        return;
    }
    if (!t.all) {
        result->vantage.why =
            "no complete TCP handshake, and no host is in every packet; give --vantage";
        return;
    }
    if (contradicted)
        result->vantage.why = ssk_result_printf(
            result,
            "%s, %s, is in %s as if it had captured them itself, but the handshakes hint at the %s; "
            "give --vantage",
            ssk_addr_text(&local->host, who), habit_text(&of),
            share_text(result, (int)local->locality.permille), by_server ? "server" : "client");
    else if (by_server || by_client)
        infer_by_handshakes(result, &t, by_server);
    else if (t.server || t.client)
        result->vantage.why = ssk_result_printf(
            result,
            "of %u handshakes, %u hint at the server and %u at the client, too few; give --vantage",
            t.all, t.server, t.client);
    else
        result->vantage.why = "no handshake hints at either side; give --vantage";
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    result->vantage.value = SSK_VANTAGE_UNKNOWN;
    if (result->config.vantage == SSK_VANTAGE_AUTO) {
        infer(facts, result);
        return;
    }
    result->vantage.value = (ssk_vantage)result->config.vantage;
    result->vantage.given = true;
    result->vantage.why = ssk_result_printf(result, "given: --vantage %s",
                                            ssk_vantage_text(result->vantage.value));
}

const ssk_rule ssk_rule_vantage = {
    .name = "vantage",
    .source = "RFC 9293, 3.5: who waits for a round trip in a handshake; non-promiscuous capture",
    .judge = judge,
};
