/* observe_witness.c - what other flows, hosts and ARP tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

/* The silence of other flows says little where their programs, not the hosts, were quiet: near's
 * kernel acknowledged meanwhile, or far's came back alone. */
static bool says_nothing(const ssk_case *c)
{
    return ssk_ask(ssk_ask_ONLY_KERNEL_BACK, c) == SSK_YES;
}

/* Flows that near did not ask: it was mute everywhere, or its kernel was seen awake. */
static bool near_was_quiet(const ssk_case *c)
{
    bool mute = !c->near_out.alive.count && !c->near_elsewhere.alive.count;
    return !ssk_far_is_silent(c) && !ssk_near_waits(c) && (c->near_answered || mute);
}

/* Who was not asked and had no other flow is silent by right. */
/* By a second capture, others of the same way got through: what is silent here is silent by itself. */
static bool others_got_through(const ssk_case *c)
{
    return c->second.out_other.flows_through || c->second.in_other.flows_through;
}

static ssk_tri heard(const ssk_case *c, ssk_seen *seen)
{
    seen->span = c->far_unheard;
    if (c->far_never_heard)
        seen->words[SSK_NO] = "no IP packet of {far} is in this capture";
    if (c->flow->addr[c->far].family == 6) /* whose ARP is sent by IP, and shows the link alone */
        seen->words[SSK_NO] = c->far_never_heard
                                  ? "no packet of {far} but {ARP} is in this capture"
                                  : "no packet of {far} but {ARP} arrived for {span}, on any flow";
    /* Of who was never heard, only that others seek it in vain says that it is not there. */
    if (says_nothing(c) || (c->far_never_heard && !c->arp_unanswered.count))
        return SSK_UNKNOWN;
    if (!c->far_host_silent)
        return ssk_yes_or_unknown(c->far_meanwhile.count > 0);
    if (near_was_quiet(c) || c->far_asked.count >= SSK_LIMIT(ASKED_LEAST))
        return SSK_UNKNOWN;
    if (c->second.present && !c->second.in_flow.sent && !c->second.in_other.sent)
        return SSK_UNKNOWN; /* by its own capture it sent nothing that could be heard */
    /* A client that only takes what is sent to it is silent as soon as nothing comes. */
    bool takes = c->tcp && c->debt.kind == SSK_DEBT_ACK && c->far == c->client &&
                 !c->flow->dir[c->far].period;
    bool expected = (ssk_near_waits(c) && !takes) || c->same_hosts.dead.count ||
                    c->lost_bytes[c->far].count || c->arp_unanswered.count ||
                    (c->far_heard != SSK_TIME_NONE && c->host_hoarded[c->far]);
    return expected ? SSK_NO : SSK_UNKNOWN;
}

ssk_tri ssk_ask_NEVER_HEARD(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->far_never_heard && ssk_far_is_silent(c));
}

ssk_tri ssk_ask_CLIENT_HEARD(const ssk_case *c, ssk_seen *seen)
{
    return c->far == c->client ? heard(c, seen) : SSK_UNKNOWN;
}

ssk_tri ssk_ask_SERVER_HEARD(const ssk_case *c, ssk_seen *seen)
{
    return c->far != c->client ? heard(c, seen) : SSK_UNKNOWN;
}

ssk_tri ssk_ask_SAME_HOSTS(const ssk_case *c, ssk_seen *seen)
{
    seen->flows = c->same_hosts.alive.count ? c->same_hosts.alive : c->same_hosts.dead;
    if (!c->same_hosts.alive.count && c->fresh.count) {
        seen->flows = c->fresh;
        seen->words[SSK_YES] = "{flows} between the same two hosts began meanwhile, and worked";
        return SSK_YES;
    }
    /* Its questions alone show one way: that tells where even this way is dead on this flow. */
    if (!c->same_hosts.alive.count && c->pings[c->far].count &&
        (c->ping_answers[c->far].count || ssk_ask(ssk_ask_BEAT_GONE, c) == SSK_YES)) {
        seen->tally = c->pings[c->far];
        seen->words[SSK_YES] = c->ping_answers[c->far].count ? "{far} answered pings of {near}"
                                                             : "pings of {far} kept arriving";
        return SSK_YES;
    }
    bool silent = says_nothing(c) || near_was_quiet(c) || others_got_through(c);
    return ssk_alive(c->same_hosts.alive.count, silent ? 0 : c->same_hosts.dead.count);
}

ssk_tri ssk_ask_BOTH_WAYS(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    bool silent = says_nothing(c) || near_was_quiet(c) || others_got_through(c);
    return ssk_alive(c->two_way || c->fresh.count || c->ping_answers[c->far].count,
                     silent || c->connecting ? 0 : c->same_hosts.dead.count);
}

ssk_tri ssk_ask_LINK_ALIVE(const ssk_case *c, ssk_seen *seen)
{
    bool quiet = near_was_quiet(c);
    seen->flows = quiet ? c->others_owe : c->other_hosts.dead;
    return ssk_alive(c->other_hosts.alive.count || c->link_alive || c->same_hosts.alive.count,
                     seen->flows.count);
}

ssk_tri ssk_ask_NOTHING_CAPTURED(const ssk_case *c, ssk_seen *seen)
{
    if (!c->mostly_silent)
        seen->words[SSK_YES] = "";
    return ssk_yes_or_no(c->capture_silent);
}

ssk_tri ssk_ask_TRIED(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    if (!c->other_hosts.dead.count && !c->same_hosts.dead.count && ssk_far_is_silent(c))
        return SSK_UNKNOWN;
    return ssk_yes_or_no(c->capture_silent || ssk_near_waits(c) || c->lost_bytes[c->near].count);
}

ssk_tri ssk_ask_ON_LINK(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->arp_answered.count ? c->arp_answered
                  : c->arp_spoken.count ? c->arp_spoken
                                        : c->arp_unanswered;
    return ssk_alive(c->arp_answered.count || c->arp_spoken.count, c->arp_unanswered.count);
}

ssk_tri ssk_ask_ASKS_ON(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->far_reasked;
    return ssk_yes_or_no(c->far_host_silent && seen->tally.count >= SSK_LIMIT(ASKED_LEAST));
}

ssk_tri ssk_ask_UNRESOLVED(const ssk_case *c, ssk_seen *seen)
{
    if (c->far_asked.count >= SSK_LIMIT(ASKED_LEAST) && ssk_near_waits(c)) {
        seen->tally = c->far_asked;
        seen->words[SSK_YES] = "{far} asked {n} times for the address of {near} without an answer";
        return SSK_YES;
    }
    seen->tally = c->arp_unanswered.count ? c->arp_unanswered : c->near_asked;
    return ssk_yes_or_no(ssk_near_waits(c) && !c->far_host_silent &&
                         ((c->arp_unanswered.count && !c->arp_answered.count) ||
                          c->near_asked.count >= SSK_LIMIT(ASKED_LEAST)));
}
