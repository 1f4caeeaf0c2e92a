/* observe_sign.c - signs of one cause.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

#include "core/base/text.h"

ssk_tri ssk_ask_OLD_STAMPS(const ssk_case *c, ssk_seen *seen)
{
    char span[SSK_TEXT_ROOM];
    if (c->lag.by > (c->to - c->from) / 2) {
        seen->tally = c->lag.at;
        g_snprintf(seen->text, sizeof seen->text,
                   "packets arrived with TCP timestamps %s older than their arrival",
                   ssk_span_text(c->lag.by, span));
        return SSK_YES;
    }
    seen->tally = c->echoes;
    g_snprintf(seen->text, sizeof seen->text,
               "%u different timestamps sent into the silence were echoed at once after it",
               (unsigned)c->echoes.count);
    return ssk_yes_or_no(c->echoes.count >= SSK_LIMIT(ECHOES_LEAST));
}

ssk_tri ssk_ask_WINDOW_CLOSED(const ssk_case *c, ssk_seen *seen)
{
    ssk_dir reader = c->closed_window[SSK_A].count ? SSK_A : SSK_B;
    seen->tally = c->closed_window[reader];
    bool near = reader == c->near;
    g_snprintf(seen->text, sizeof seen->text,
               "%s left its receive window at %u bytes at most, too few for a segment",
               ssk_case_role(c, reader), c->small_window);
    if (c->window_of_streams)
        seen->words[SSK_YES] = near ? "data came as soon as {near} widened its HTTP/2 window"
                                    : "data came as soon as {far} widened its HTTP/2 window";
    else if (c->small_window)
        seen->words[SSK_YES] = "{text}";
    else
        seen->words[SSK_YES] = near ? "{near} announced a receive window of 0"
                                    : "{far} announced a receive window of 0";
    return ssk_yes_or_no(seen->tally.count > 0);
}

ssk_tri ssk_ask_PROGRAM_SPOKE(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->reader_spoke);
}

ssk_tri ssk_ask_CLAIMED(const ssk_case *c, ssk_seen *seen)
{
    char mac[SSK_TEXT_ROOM];
    seen->tally = c->claimed;
    g_snprintf(seen->text, sizeof seen->text, "two MAC addresses claim %s, one of them %s",
               c->address[c->claimed_of], ssk_mac_text(&c->claimed_by, mac));
    return ssk_yes_or_no(seen->tally.count && c->turns >= SSK_LIMIT(TURNS_LEAST));
}

ssk_tri ssk_ask_MOVED(const ssk_case *c, ssk_seen *seen)
{
    char addr[SSK_TEXT_ROOM];
    if (!c->moved.count || !c->moved.n_frames)
        return SSK_NO;
    seen->tally = c->moved;
    g_snprintf(seen->text, sizeof seen->text, "the MAC address of %s appears with %s",
               ssk_case_role(c, c->mover), ssk_addr_text(&c->moved_to, addr));
    return SSK_YES;
}

ssk_tri ssk_ask_JOINED(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->joined;
    g_snprintf(seen->text, sizeof seen->text, "%s%s%s",
               c->joined_by & SSK_ASSOCIATION_FRAME ? ", association" : "",
               c->joined_by & SSK_ASSOCIATION_EAPOL ? ", EAPOL" : "",
               c->joined_by & SSK_ASSOCIATION_DHCP ? ", DHCP" : "");
    return ssk_yes_or_no(c->joined.count > 0);
}

ssk_tri ssk_ask_NEAR_LINK_UP(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->link_up[c->near];
    return ssk_yes_or_no(seen->tally.count > 0);
}

ssk_tri ssk_ask_FAR_LINK_UP(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->link_up[c->far];
    return ssk_yes_or_no(seen->tally.count > 0);
}

ssk_tri ssk_ask_WOKEN(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->woken;
    return ssk_yes_or_no(c->woken.count && c->capture_silent);
}

ssk_tri ssk_ask_DOZED(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->dozed;
    return ssk_yes_or_unknown(c->dozed.count > 0);
}

ssk_tri ssk_ask_STRETCHED(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(c->stretched);
}

/* RFC 792, RFC 4443: type 3 but for code 4, which asks for smaller packets; type 1. */
bool ssk_says_unreachable(const ssk_case_icmp *icmp)
{
    return icmp->version == 6 ? icmp->type == 1 : icmp->type == 3 && icmp->code != 4;
}

/* RFC 1122, 3.2.2.1, and RFC 1812, 5.2.7.1: codes 9, 10 and 13; RFC 4443, 3.1: 1, 5 and 6. */
static bool is_forbidden(const ssk_case_icmp *icmp)
{
    return icmp->version == 6
               ? icmp->type == 1 && (icmp->code == 1 || icmp->code == 5 || icmp->code == 6)
               : icmp->type == 3 && (icmp->code == 9 || icmp->code == 10 || icmp->code == 13);
}

ssk_tri ssk_ask_ICMP(const ssk_case *c, ssk_seen *seen)
{
    char from[SSK_TEXT_ROOM];
    seen->tally = c->icmp.at;
    g_snprintf(seen->text, sizeof seen->text, "%s type %u code %u%s%s quotes this flow%s",
               c->icmp.version == 6 ? "v6" : "", c->icmp.type, c->icmp.code,
               c->icmp.reporter.family ? " of " : "",
               c->icmp.reporter.family ? ssk_addr_text(&c->icmp.reporter, from) : "",
               is_forbidden(&c->icmp) ? ": a firewall rejects it" : "");
    return ssk_yes_or_no(c->icmp.at.count > 0 && ssk_says_unreachable(&c->icmp));
}

/* RFC 792, RFC 4443: host or address unreachable is what the last router says
 * when nobody answers its question for the address; the other codes are about
 * routes, ports and filters. */
ssk_tri ssk_ask_ICMP_HOST(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    bool host = c->icmp.version == 6 ? c->icmp.type == 1 && c->icmp.code == 3
                                     : c->icmp.type == 3 && c->icmp.code == 1;
    return c->icmp.at.count ? ssk_yes_or_no(host) : SSK_UNKNOWN;
}
