/* observe_connect.c - of a connection that did not come about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

ssk_tri ssk_ask_REFUSED(const ssk_case *c, ssk_seen *seen)
{
    ssk_observation_share(c, SSK_OBS_SYN_UNANSWERED, SSK_NO, seen);
    return ssk_yes_or_no(c->stall->connect_outcome == SSK_CONNECT_REFUSED);
}

ssk_tri ssk_ask_SYN_UNANSWERED(const ssk_case *c, ssk_seen *seen)
{
    seen->span = c->end - c->stall->start;
    return ssk_yes_or_no(c->stall->connect_outcome != SSK_CONNECT_REFUSED);
}

ssk_tri ssk_ask_CLOSED_BEFORE(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(c->server_closed_before);
}

ssk_tri ssk_ask_RESET_BEFORE(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return c->server_closed_before ? ssk_yes_or_no(c->server_reset_before) : SSK_UNKNOWN;
}

ssk_tri ssk_ask_SERVER_IP(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->far_meanwhile;
    if (c->near != c->client)
        return SSK_UNKNOWN;
    return ssk_yes_or_no(c->far_meanwhile.count > 0);
}

/* What the server answers would be here. */
ssk_tri ssk_ask_AT_SERVER(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(c->near != c->client);
}

/* The server, heard on any flow or by ARP; where the capture stands there, that much is plain. */
ssk_tri ssk_ask_HOST_LIVES(const ssk_case *c, ssk_seen *seen)
{
    if (c->near != c->client) {
        seen->words[SSK_YES] = "";
        return SSK_YES;
    }
    seen->tally = c->arp_answered.count ? c->arp_answered : c->arp_spoken;
    if (seen->tally.count) {
        seen->words[SSK_YES] = "{server} itself was alive: it sent {ARP} packets";
        return SSK_YES;
    }
    if (ssk_ask(ssk_ask_SERVER_IP, c) == SSK_YES) {
        seen->words[SSK_YES] = "{server} itself was alive: it was heard meanwhile";
        seen->tally = c->far_meanwhile;
        return SSK_YES;
    }
    if (!c->stall->open && c->stall->end_kind != SSK_END_HEARD)
        seen->words[SSK_NO] = "nothing was heard of {server} until it answered";
    return SSK_NO;
}

ssk_tri ssk_ask_SOUGHT_IN_VAIN(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->arp_unanswered;
    if (c->far == c->client)
        seen->words[SSK_YES] = "{n} {ARP} request{s} for {client}'s address stayed unanswered";
    return ssk_yes_or_no(c->arp_unanswered.count && !c->arp_answered.count);
}

ssk_tri ssk_ask_ANSWERS_SEEK(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->near != c->client ? c->near_asked : c->far_asked;
    return ssk_yes_or_no(seen->tally.count >= SSK_LIMIT(ASKED_LEAST));
}
