/* observe_resume.c - how it went on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

static bool resumed(const ssk_case *c)
{
    return c->stall->end_kind == SSK_END_MESSAGE && c->backlog[c->silent] >= 0;
}

/* Each of its messages was answered so far: it may make the next only after an answer, as who sends
 * keep-alives by MQTT does (3.1.2.10), and then one is all that could wait. */
static bool may_wait_for_answers(const ssk_case *c)
{
    const ssk_result_direction *own = &c->flow->dir[c->silent],
                               *other = &c->flow->dir[ssk_dir_other(c->silent)];
    return 2 * own->payload_packets <= 3 * other->payload_packets;
}

ssk_tri ssk_ask_MADE_MEANWHILE(const ssk_case *c, ssk_seen *seen)
{
    if (c->silent != c->client && c->tcp && resumed(c) && !c->hoarded[c->silent] &&
        ssk_far_is_silent(c) && !ssk_near_waits(c) && !c->same_hosts.dead.count &&
        !c->far_others.dead.count && !c->lost_bytes[c->far].count &&
        c->stall->missed >= SSK_LIMIT(NOT_MADE_LEAST)) {
        seen->words[SSK_NO] =
            "{silent} went on where it had stopped, without the messages due meanwhile: "
            "TCP would have delivered them";
        return SSK_NO;
    }
    /* What near queues behind a retransmission says nothing of far. Who does not read may send all the
     * while: what it says once it reads again is made then. */
    bool reads = c->debt.kind == SSK_DEBT_WINDOW && c->debt.debtor == c->silent;
    if (c->silent != c->client || reads || !resumed(c) ||
        (!ssk_far_is_silent(c) && ssk_near_waits(c)))
        return SSK_UNKNOWN;
    seen->tally.count = c->backlog[c->silent];
    seen->by_length = c->by_length[c->silent];
    seen->span = SSK_LIMIT(RESUME);
    if (ssk_delivered_all(c))
        return SSK_YES;
    return c->stall->missed >= SSK_LIMIT(NOT_MADE_LEAST) && c->tcp && !may_wait_for_answers(c)
               ? SSK_NO
               : SSK_UNKNOWN;
}

/* A connection that somebody on the way has forgotten does not come back. */
ssk_tri ssk_ask_WENT_ON(const ssk_case *c, ssk_seen *seen)
{
    ssk_tally_add(&seen->tally, 1, c->stall->frame_after);
    return ssk_yes_or_unknown(c->tcp && resumed(c) && ssk_far_is_silent(c) && !ssk_near_waits(c) &&
                              !c->hoarded[c->silent] && !c->host_hoarded[c->silent] &&
                              !c->lost_bytes[c->far].count);
}

ssk_tri ssk_ask_HOST_MADE(const ssk_case *c, ssk_seen *seen)
{
    if (c->silent != c->client || (!ssk_far_is_silent(c) && ssk_near_waits(c)))
        return SSK_UNKNOWN;
    if (c->host_hoarded[c->silent]) {
        if (ssk_far_is_silent(c) && c->host_backlog) {
            ssk_tally_add(&seen->tally, c->host_backlog, c->host_backlog_frame);
            seen->by_length = c->host_by_length;
            seen->words[SSK_YES] =
                "{n messages} of {silent} arrived together at the end: they had waited";
        }
        ssk_observation_share(c, SSK_OBS_MADE_MEANWHILE, SSK_YES, seen);
        return SSK_YES;
    }
    return ssk_ask(ssk_ask_MADE_MEANWHILE, c) == SSK_NO ? SSK_NO : SSK_UNKNOWN;
}

ssk_tri ssk_ask_ANSWERS_PILED(const ssk_case *c, ssk_seen *seen)
{
    if (c->silent == c->client || !resumed(c))
        return SSK_UNKNOWN;
    seen->tally.count = c->backlog[c->silent];
    seen->by_length = c->by_length[c->silent];
    seen->span = SSK_LIMIT(RESUME);
    return ssk_yes_or_no(c->backlog[c->silent] >= SSK_LIMIT(ANSWERS_LEAST));
}

ssk_tri ssk_ask_CLOCK_STOOD(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->clock_behind[c->silent] && !c->near_answered);
}

/* It stops while a host sleeps: CLOCK_MONOTONIC (Linux), mach_absolute_time (iOS). */
ssk_tri ssk_ask_CLOCK_RAN(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->clock_ran[c->silent] && !c->clock_behind[c->silent]);
}

/* Who had connected anew by then may have given this connection up, or have lost it. */
static bool had_moved_on(const ssk_case *c)
{
    const ssk_result_flow *next = c->far == SSK_A && c->stall->new_flow
                                      ? ssk_result_find_flow(c->result, c->stall->new_flow)
                                      : NULL;
    return next && next->first < c->end;
}

ssk_tri ssk_ask_KNEW_NOTHING(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->reset;
    if (c->reset.count && had_moved_on(c))
        return SSK_UNKNOWN;
    return ssk_yes_or_no(c->reset.count && ssk_near_waits(c));
}

ssk_tri ssk_ask_RST_ON_THE_WAY(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->nearer_reset;
    return ssk_yes_or_no(c->nearer_reset.count > 0);
}

ssk_tri ssk_ask_SOUGHT_THEN_RST(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->arp_unanswered;
    return ssk_yes_or_no(c->reset.count && ssk_near_waits(c) && c->arp_unanswered.count);
}

ssk_tri ssk_ask_CLOSED_ON_TIME(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->own_close_at;
    seen->span = c->idle_timeout;
    return ssk_yes_or_no(c->idle_timeout && c->own_close != SSK_ENDING_NONE);
}

/* A host that boots asks for its address (RFC 2131, 3.2), and has no old connections to go on with. */
ssk_tri ssk_ask_STARTED_OVER(const ssk_case *c, ssk_seen *seen)
{
    if (!c->joined.count || !(c->joined_by & SSK_ASSOCIATION_DHCP) || !c->far_opened_new)
        return SSK_NO;
    if (c->reset.count && ssk_near_waits(c)) {
        seen->words[SSK_YES] = "{far} then opened new connections";
        return SSK_YES;
    }
    return ssk_yes_or_no(c->stall->end == SSK_TIME_NONE);
}

ssk_tri ssk_ask_REMEMBERS(const ssk_case *c, ssk_seen *seen)
{
    if (c->knows_us_here)
        seen->words[SSK_YES] = "{far} went on with this connection, so it had not rebooted";
    return ssk_yes_or_unknown(c->knows_us);
}

ssk_tri ssk_ask_OWN_FIN(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->own_close_at;
    /* It was asked and did not answer: this close only ends what was wrong before. */
    if (c->own_close == SSK_ENDING_FIN && c->answered[c->silent].count > 1)
        return SSK_UNKNOWN;
    return ssk_yes_or_no(c->own_close == SSK_ENDING_FIN);
}

ssk_tri ssk_ask_OWN_RST(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->own_close_at;
    return ssk_yes_or_no(c->own_close == SSK_ENDING_RST && !(c->reset.count && ssk_near_waits(c)));
}
