/* observe_path.c - who may be blamed, and the reverse path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

ssk_tri ssk_ask_CONNECT(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(c->connecting);
}

ssk_tri ssk_ask_CLIENT_FAR(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->far == c->client);
}

ssk_tri ssk_ask_ONE_HOST(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(ssk_addr_is_loopback(&c->flow->addr[SSK_A]) ||
                         ssk_addr_equal(&c->flow->addr[SSK_A], &c->flow->addr[SSK_B]));
}

ssk_tri ssk_ask_SERVER_FAR(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->far != c->client);
}

static bool owes(const ssk_case *c, ssk_debt_kind kind)
{
    return c->tcp && c->debt.kind == kind && c->debt.debtor == c->silent && c->debt.frame;
}

ssk_tri ssk_ask_ANSWER_OWED(const ssk_case *c, ssk_seen *seen)
{
    ssk_tally_add(&seen->tally, 1, c->debt.frame);
    return ssk_yes_or_no(owes(c, SSK_DEBT_ANSWER) && c->debt.received);
}

/* RFC 9293, 3.10.7.4: a kernel acknowledges what arrives, whatever its programs do. */
ssk_tri ssk_ask_ACK_OWED(const ssk_case *c, ssk_seen *seen)
{
    ssk_tally_add(&seen->tally, 1, c->debt.frame);
    if (c->debt.not_asked || c->debt.settled)
        seen->words[SSK_YES] = "";
    return ssk_yes_or_no(owes(c, SSK_DEBT_ACK) && !c->debt.bytes);
}

ssk_tri ssk_ask_LACKING(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->lacking;
    return ssk_yes_or_unknown(c->lacking.n_frames > 0);
}

/* RFC 2923, 2.1, as it looks from the receiver. */
ssk_tri ssk_ask_LACKS_LONGEST(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->lacking;
    return ssk_yes_or_no(c->lacks_longest && c->lacking.count > SSK_LIMIT(ALWAYS_PASSES));
}

/* UDP: many answers at once in the end are those to questions that were not lost. */
ssk_tri ssk_ask_WAITED(const ssk_case *c, ssk_seen *seen)
{
    seen->tally.count = c->backlog[c->silent];
    return ssk_yes_or_unknown(!c->tcp && ssk_far_is_silent(c) && c->debt.kind == SSK_DEBT_ANSWER &&
                              c->hoarded[c->silent] &&
                              c->backlog[c->silent] >= SSK_LIMIT(ANSWERS_LEAST));
}

/* Prompt acknowledgments of the silent side's kernel. At first and then no more is a no; those
 * in the back-off after an outage say nothing of it. */
ssk_tri ssk_ask_ACKED(const ssk_case *c, ssk_seen *seen)
{
    if (!c->tcp) /* no kernel acknowledges a datagram */
        return SSK_UNKNOWN;
    const ssk_tally *answered = &c->answered[c->silent];
    ssk_dir other = ssk_dir_other(c->silent);
    bool far = ssk_far_is_silent(c);
    seen->tally = *answered;
    if (!c->acked_data[c->silent])
        seen->words[SSK_YES] = "{silent}'s kernel answered keep-alive probes during the silence";
    if (c->woken.count || (!far && c->lacking.n_frames))
        return SSK_UNKNOWN;
    if (answered->count && c->resent_since[other] != SSK_TIME_NONE &&
        c->resent_since[other] > c->answered_last[c->silent])
        return SSK_NO;
    if (far ? c->far_host_silent || c->lost_bytes[c->far].count
            : c->retransmitted[c->near].count >= SSK_LIMIT(REPEATS_LEAST))
        return far && !answered->count && ssk_near_waits(c) ? SSK_NO : SSK_UNKNOWN;
    if (answered->count && ssk_delivered_all(c) &&
        c->answered_first[c->silent] > c->from + (c->to - c->from) / 2)
        return SSK_UNKNOWN;
    if (answered->count)
        return SSK_YES;
    if (!far && !c->hoarded[c->near] && !ssk_near_waits(c) && c->answered_in_tail[c->near].count) {
        seen->tally = c->answered_in_tail[c->near];
        seen->words[SSK_YES] =
            c->acked_data[c->silent]
                ? "{silent}'s kernel acknowledged data before its next message"
                : "{silent}'s kernel answered a keep-alive probe before its next message";
        return SSK_YES;
    }
    return far && ssk_near_waits(c) ? SSK_NO : SSK_UNKNOWN;
}

/* Then nothing that near tried is in its own capture. */
static bool interface_was_down(const ssk_case *c)
{
    return c->link_up[c->near].count && c->capture_silent;
}

/* Who was never asked gave no answer either way. */
ssk_tri ssk_ask_IN_VAIN(const ssk_case *c, ssk_seen *seen)
{
    if (ssk_ask(ssk_ask_ACKED, c) == SSK_YES || ssk_ask(ssk_ask_WAITED, c) == SSK_YES ||
        ssk_ask(ssk_ask_UNANSWERED, c) == SSK_YES)
        return SSK_UNKNOWN;
    if (ssk_near_waits(c)) {
        seen->tally = c->retransmitted[c->near];
        if (!seen->tally.count && c->probed[c->near].count >= SSK_LIMIT(REPEATS_LEAST)) {
            seen->tally = c->probed[c->near];
            seen->words[SSK_YES] = "{near}'s kernel sent {n} TCP probe{s} without an answer";
        } else if (!seen->tally.count && c->near_asked.count) {
            seen->tally = c->near_asked;
            seen->words[SSK_YES] =
                "{near} asked {n} time{s} for the address of {far} without an answer";
        } else if (!seen->tally.count) {
            seen->words[SSK_YES] = "{near} kept sending datagrams";
        }
        return SSK_YES;
    }
    if (interface_was_down(c) || c->lacking.n_frames)
        return SSK_UNKNOWN;
    bool asked = c->answered[c->far].count || c->answered_late[c->far].count;
    return asked && c->tcp ? SSK_NO : SSK_UNKNOWN;
}

/* Nobody acknowledges a datagram: that its program does not answer may be all. */
ssk_tri ssk_ask_UNANSWERED(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = (ssk_tally){.count = c->asked};
    ssk_tally_add(&seen->tally, 0, c->debt.frame);
    return ssk_yes_or_unknown(!c->tcp && ssk_far_is_silent(c) &&
                              ssk_ask(ssk_ask_WAITED, c) != SSK_YES &&
                              c->asked >= SSK_LIMIT(ASKED_LEAST));
}

/* What it does not wait for cannot have been lost on the way from it. */
ssk_tri ssk_ask_OUTSTANDING(const ssk_case *c, ssk_seen *seen)
{
    if (!c->tcp)
        seen->words[SSK_NO] = "";
    return interface_was_down(c) || c->lacking.n_frames ? SSK_UNKNOWN
                                                        : ssk_yes_or_no(ssk_near_waits(c));
}

ssk_tri ssk_ask_ONE_WAY(const ssk_case *c, ssk_seen *seen)
{
    if (!c->tcp || !ssk_near_waits(c) || ssk_ask(ssk_ask_ACKED, c) == SSK_YES)
        return SSK_UNKNOWN;
    if (c->stale_ack[c->far].count) {
        seen->tally = c->unacked[c->near];
        return SSK_YES;
    }
    bool went_on = c->kept_talking[c->far] && c->heard_meanwhile[c->far].count;
    seen->tally = c->retransmitted[c->far].count ? c->retransmitted[c->far]
                  : c->far_close.count           ? c->far_close
                                                 : c->heard_meanwhile[c->far];
    if (!c->retransmitted[c->near].count)
        seen->words[SSK_YES] = "packets of {far} kept arriving on this connection";
    else if (c->far_close.count && !c->retransmitted[c->far].count)
        seen->words[SSK_YES] =
            "the close of {far} arrived, but acknowledged nothing of what {near} "
            "retransmitted";
    return ssk_yes_or_no(c->retransmitted[c->far].count || c->far_close.count || went_on);
}

/* Far speaks on this connection and does not hear near, whom it hears on others. */
ssk_tri ssk_ask_DEAF_HERE(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(ssk_ask(ssk_ask_ONE_WAY, c) == SSK_YES &&
                         ssk_ask(ssk_ask_BOTH_WAYS, c) == SSK_YES);
}

/* What arrives at a host is acknowledged by its kernel, and what arrives acknowledged is not
 * retransmitted: else that kernel did not get it, though this capture did. */
ssk_tri ssk_ask_NEAR_DEAF(const ssk_case *c, ssk_seen *seen)
{
    if (c->unheard_ack[c->near].count) {
        seen->tally = c->unheard_ack[c->near];
        seen->words[SSK_YES] =
            "{near} retransmitted {n} packet{s} that {far} had already acknowledged in "
            "this capture";
        return SSK_YES;
    }
    seen->tally = c->unacked[c->far];
    if (!seen->tally.count && c->probed[c->far].count >= SSK_LIMIT(REPEATS_LEAST)) {
        seen->tally = c->probed[c->far];
        seen->words[SSK_YES] = "{far}'s kernel sent {n} TCP probe{s}, and {near}'s did not answer";
    }
    return ssk_yes_or_no(seen->tally.count > 0);
}

/* This side asks, by its decoded keep-alives. */
static bool originates(const ssk_case *c, ssk_dir dir)
{
    ssk_side side = dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    return c->flow->keepalive && c->flow->keepalive->originator == side;
}

/* Who only answers has nothing to send as long as it is not asked, nor has who asks before it is
 * time. */
static bool had_to_send(const ssk_case *c)
{
    bool due = originates(c, c->near) && c->flow->keepalive->period < c->end - c->stall->start;
    return due || (c->debt.kind == SSK_DEBT_BEAT && c->debt.debtor == c->near);
}

ssk_tri ssk_ask_NEAR_SENT(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    if (ssk_ask(ssk_ask_NEAR_DEAF, c) != SSK_YES)
        return SSK_UNKNOWN;
    if (c->retransmitted[c->near].count || c->heard_meanwhile[c->near].count)
        return SSK_YES;
    return had_to_send(c) ? SSK_NO : SSK_UNKNOWN;
}

ssk_tri ssk_ask_NEAR_REACHED(const ssk_case *c, ssk_seen *seen)
{
    if (ssk_ask(ssk_ask_NEAR_DEAF, c) != SSK_YES)
        return SSK_UNKNOWN;
    if (c->near_out.alive.count) {
        seen->flows = c->near_out.alive;
        seen->words[SSK_YES] = "{near} went on sending on {flows}";
        return SSK_YES;
    }
    if (!c->near_reached && c->near_seeks)
        seen->words[SSK_YES] = "{near} asked for the address of {far}: it had a way to send";
    return ssk_yes_or_unknown(c->near_reached || c->near_seeks);
}

ssk_tri ssk_ask_SELF_CAPTURED(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return c->self_captured ? SSK_YES : c->placed ? SSK_UNKNOWN : SSK_NO;
}

ssk_tri ssk_ask_ACKS_LOST(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->unheard_ack[c->far];
    return ssk_yes_or_unknown(seen->tally.count > 0);
}

ssk_tri ssk_ask_LOST_BYTES(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->lost_bytes[c->far];
    return ssk_yes_or_unknown(c->lost_bytes[c->far].count && ssk_far_is_silent(c));
}

ssk_tri ssk_ask_NEW_PACKETS(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_unknown(c->stall->kind == SSK_STALL_APP_SILENCE && ssk_far_is_silent(c) &&
                              !ssk_near_waits(c));
}

ssk_tri ssk_ask_MUTE(const ssk_case *c, ssk_seen *seen)
{
    if (!c->tcp)
        seen->words[SSK_YES] = "{near}'s application sent no datagram on this flow meanwhile";
    else if (c->reader_spoke && c->near == c->silent)
        seen->words[SSK_YES] = "{near} had nothing waiting to be retransmitted";
    if (ssk_far_is_silent(c) ||
        !(c->silent == c->client || originates(c, c->silent) || owes(c, SSK_DEBT_BEAT) ||
          c->kept_talking[c->far] || !c->far_host_silent))
        return SSK_UNKNOWN;
    if (interface_was_down(c) || c->lacking.n_frames)
        return SSK_UNKNOWN; /* what it lacks may be what its application waits for */
    return ssk_yes_or_no(!ssk_near_waits(c));
}

ssk_tri ssk_ask_NEAR_AWAKE(const ssk_case *c, ssk_seen *seen)
{
    if (!c->near_acked)
        seen->words[SSK_YES] = "{near}'s kernel answered keep-alive probes meanwhile";
    if (c->near == c->silent)
        ssk_observation_share(c, SSK_OBS_ACKED, SSK_YES, seen);
    return ssk_yes_or_unknown(c->near_answered);
}

/* Of who is silent itself: it says nothing of far's programs. */
ssk_tri ssk_ask_MUTE_AND_AWAKE(const ssk_case *c, ssk_seen *seen)
{
    return ssk_far_is_silent(c) ? SSK_UNKNOWN : ssk_ask_NEAR_AWAKE(c, seen);
}

ssk_tri ssk_ask_ONLY_THIS_MUTE(const ssk_case *c, ssk_seen *seen)
{
    if (ssk_ask(ssk_ask_MUTE, c) != SSK_YES)
        return SSK_UNKNOWN;
    const ssk_tally *alive = c->near_out.alive.count ? &c->near_out.alive
                                                     : &c->near_elsewhere.alive;
    const ssk_tally *dead = c->near_out.dead.count ? &c->near_out.dead : &c->near_elsewhere.dead;
    seen->flows = alive->count ? *alive : *dead;
    /* One program may serve all clients of a server, and mostly answers. */
    return ssk_alive(alive->count, c->near == c->client ? dead->count : 0);
}

/* Nothing of far, then its kernel answered at once, and still nothing came of its
 * programs, on connections old or new, though no retransmission held them up. */
ssk_tri ssk_ask_ONLY_KERNEL_BACK(const ssk_case *c, ssk_seen *seen)
{
    const ssk_tally *tail = &c->answered_in_tail[c->far];
    seen->tally = c->answered[c->far].count ? c->answered[c->far] : *tail;
    bool back = ssk_far_is_silent(c) && seen->tally.count && c->far_host_silent &&
                c->far_heard != SSK_TIME_NONE && !c->host_hoarded[c->far] &&
                !c->lost_bytes[c->far].count && !c->far_opened_new &&
                c->end - c->far_heard >
                    MAX(SSK_LIMIT(KERNEL_BEATS) * c->stall->period, c->result->config.min_gap);
    if (back)
        seen->span = c->end - c->far_heard;
    return ssk_yes_or_no(back);
}

/* RFC 7323, 4.3: the latest timestamp that came in order is echoed; what a queue holds back comes at
 * once, and the echo is that of its oldest. */
ssk_tri ssk_ask_HAD_HEARD(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->had_heard.at;
    seen->span = c->had_heard.by;
    return ssk_yes_or_unknown(c->had_heard.by && c->had_heard.by < (c->end - c->from) / 2);
}

/* RFC 2923, 2.1: only the segments that are too large for some link vanish. */
ssk_tri ssk_ask_LARGE_ONLY(const ssk_case *c, ssk_seen *seen)
{
    uint32_t length = c->repeated_length[c->near], passed = c->passed_length[c->near];
    seen->tally = c->unacked[c->near];
    seen->tally.count = length;
    return ssk_yes_or_no(seen->tally.n_frames && passed && passed < length &&
                         length > SSK_LIMIT(ALWAYS_PASSES));
}

ssk_tri ssk_ask_IN_FRAGMENTS(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->whole_datagrams[c->near];
    if (c->cut_datagrams[c->far].count) {
        seen->words[SSK_YES] = "";
        return SSK_YES;
    }
    return c->fragments_before            ? SSK_UNKNOWN
           : c->not_joined[c->near].count ? SSK_YES
           : ssk_far_is_silent(c)         ? ssk_yes_or_no(seen->tally.count > 0)
                                          : SSK_NO;
}

ssk_tri ssk_ask_FRAGMENTS_CUT(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->cut_datagrams[c->far];
    return ssk_yes_or_no(seen->tally.count >= SSK_LIMIT(REPEATS_LEAST));
}

ssk_tri ssk_ask_NOT_JOINED(const ssk_case *c, ssk_seen *seen)
{
    bool by_far = c->not_joined[c->near].count > 0;
    seen->tally = c->not_joined[by_far ? c->near : c->far];
    if (!by_far)
        seen->words[SSK_YES] = "ICMP says that fragments of {far} never came together at {near}";
    return ssk_yes_or_no(seen->tally.count > 0);
}

/* What its timer made would be retransmitted again and again, and arrive here, if only near's answers were
 * lost. */
ssk_tri ssk_ask_BEAT_GONE(const ssk_case *c, ssk_seen *seen)
{
    ssk_tally_add(&seen->tally, 1, c->debt.frame);
    return ssk_yes_or_unknown(owes(c, SSK_DEBT_BEAT) && ssk_far_is_silent(c) && ssk_near_waits(c) &&
                              !c->retransmitted[c->far].count && !c->heard_meanwhile[c->far].count);
}
