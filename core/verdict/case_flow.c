/* case_flow.c - what the own packets of the flow tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/verdict/idle_close.h"

static void read_retransmissions(ssk_case *c, const ssk_fact *fact, bool inside)
{
    ssk_dir dir = (ssk_dir)fact->dir;
    /* A close that ends the silence is the question that shows who still
     * answers: its FIN is retransmitted just after. */
    if (!inside && !(dir == c->near && (fact->flags & SSK_RETRANSMISSION_FIN) &&
                     fact->start >= c->from && fact->start <= c->end + SSK_LIMIT(FIRST_TIMEOUT)))
        return;
    ssk_tally_add(&c->retransmitted[dir], fact->retransmissions.packets, fact->frame_first);
    ssk_tally_add(&c->retransmitted[dir], 0, fact->frame_last);
    if (fact->retransmissions.packets >= SSK_LIMIT(REPEATS_LEAST))
        c->resent_since[dir] = MAX(c->resent_since[dir], fact->start);
}

/* The reverse path by what each side acknowledged. */
static void read_reverse(ssk_case *c, const ssk_fact *fact)
{
    ssk_dir dir = (ssk_dir)fact->dir, peer = ssk_dir_other(dir);
    const ssk_reverse *reverse = &fact->reverse;
    if (reverse->unacked >= SSK_LIMIT(REPEATS_LEAST)) {
        ssk_tally_add(&c->unacked[dir], reverse->unacked, fact->frame_first);
        ssk_tally_add(&c->unacked[dir], 0, fact->frame_last);
        c->repeated_length[dir] = MAX(c->repeated_length[dir], reverse->length);
        c->passed_length[dir] = MAX(c->passed_length[dir], reverse->passed);
        ssk_tally_add(&c->heard_meanwhile[peer], reverse->heard, 0);
        ssk_tally_add(&c->stale_ack[peer], reverse->stale, 0);
    }
    if (reverse->acked >= SSK_LIMIT(REPEATS_LEAST)) {
        ssk_tally_add(&c->unheard_ack[dir], reverse->acked, fact->frame_first);
        ssk_tally_add(&c->unheard_ack[dir], 0, fact->frame_last);
    }
}

/* How the acknowledgment came to be owed, and bytes that are asked for again and again. */
static void read_ack_debt(ssk_case *c, const ssk_fact *fact)
{
    if (fact->debt.kind != SSK_DEBT_ACK)
        return;
    bool bytes = fact->flags & SSK_DEBT_BYTES;
    if (fact->frame_first == c->debt.frame) {
        c->debt.bytes |= bytes;
        c->debt.not_asked |= (fact->flags & SSK_DEBT_UNASKED) != 0;
        c->debt.settled |= (fact->flags & SSK_DEBT_SETTLED) != 0;
    }
    if (!bytes || fact->dir != c->far ||
        !ssk_case_is_half(ssk_case_overlap(fact->start, fact->end, c->from, c->to),
                          c->to - c->from))
        return;
    ssk_tally_add(&c->lacking, fact->samples, fact->frame_first);
    c->lacks_longest |= (fact->flags & SSK_DEBT_LONGEST) != 0;
}

/* One row of answers, as far as it was given between the stall's edges: known of it are the first
 * and the last. */
typedef struct given {
    int64_t count; /* 0: nothing is known to be inside */
    ssk_time_ns first, last;
    uint32_t frame;
    bool prompt, data;
} given;

static given given_inside(const ssk_case *c, const ssk_fact *fact)
{
    bool data_first = fact->flags & SSK_ANSWER_DATA_FIRST,
         data_last = fact->flags & SSK_ANSWER_DATA_LAST;
    bool first = fact->start >= c->stall->start, last = fact->end <= c->to;
    if (first && last)
        return (given){fact->answers.count,
                       fact->start,
                       fact->end,
                       data_last && !data_first ? fact->frame_last : fact->frame_first,
                       fact->flags & SSK_ANSWER_PROMPT,
                       data_first || data_last};
    if (first)
        return (given){1,
                       fact->start,
                       fact->start,
                       fact->frame_first,
                       fact->flags & SSK_ANSWER_PROMPT_FIRST,
                       data_first};
    if (last)
        return (given){
            1,        fact->end, fact->end, fact->frame_last, fact->flags & SSK_ANSWER_PROMPT_LAST,
            data_last};
    return (given){0};
}

/* Answers that were given during the stall, and those given while its backlog was worked off. */
static void read_answers(ssk_case *c, const ssk_fact *fact, bool inside)
{
    ssk_dir dir = (ssk_dir)fact->dir;
    if (fact->start > c->to && fact->start < c->end && fact->flags & SSK_ANSWER_PROMPT) {
        ssk_tally_add(&c->answered_in_tail[dir], fact->answers.count, fact->frame_first);
        c->acked_data[dir] |= (fact->flags & SSK_ANSWER_DATA_FIRST) != 0;
    }
    given in = given_inside(c, fact);
    if (!inside || fact->start > c->to || !in.count)
        return;
    ssk_tally_add(in.prompt ? &c->answered[dir] : &c->answered_late[dir], in.count, in.frame);
    if (!in.prompt)
        return;
    c->acked_data[dir] |= in.data;
    if (c->answered_first[dir] == SSK_TIME_NONE || in.first < c->answered_first[dir])
        c->answered_first[dir] = in.first;
    c->answered_last[dir] = MAX(c->answered_last[dir], in.last);
}

static void read_window(ssk_case *c, const ssk_fact *fact)
{
    c->window_of_streams = fact->flags & SSK_WINDOW_OF_STREAMS;
    c->small_window = fact->flags & SSK_WINDOW_SMALL ? (unsigned)fact->window.size : 0;
    c->reader_spoke |= (fact->flags & SSK_WINDOW_READER_SPOKE) != 0;
    ssk_tally_add(&c->closed_window[fact->dir], 1,
                  c->window_of_streams ? fact->frame_last : fact->frame_first);
}

/* Of the packet that ended the silence, and gone soon after. */
static void read_lag(ssk_case *c, const ssk_fact *fact)
{
    bool unsettled = fact->flags & SSK_LAG_UNSETTLED;
    if (fact->dir == c->far && fact->lag.first > SSK_LIMIT(LAG_TOLD) &&
        fact->lag.stayed < fact->lag.first / 2 && !unsettled) {
        c->lag.by = MAX(c->lag.by, fact->lag.first);
        ssk_tally_add(&c->lag.at, 1, fact->frame_last);
    }
    c->clock_behind[fact->dir] |= (unsettled ? fact->lag.first : fact->lag.stayed) >
                                  (fact->end - fact->start) / 2;
}

static void read_echo(ssk_case *c, const ssk_fact *fact)
{
    if (fact->dir != c->far || !c->far_host_silent || fact->end < c->to ||
        fact->echoes.oldest < SSK_LIMIT(HEARD_BEFORE))
        return;
    c->had_heard.by = MAX(c->had_heard.by, fact->echoes.oldest);
    ssk_tally_add(&c->had_heard.at, 1, fact->frame_first);
}

static void read_fragments(ssk_case *c, const ssk_fact *fact, bool inside)
{
    c->fragments_before |= fact->dir == c->near && fact->fragments.whole &&
                           fact->start < c->stall->start - SSK_LIMIT(SETTLED);
    if (!inside)
        return;
    ssk_tally_add(&c->cut_datagrams[fact->dir], fact->fragments.cut, fact->frame_first);
    ssk_tally_add(&c->whole_datagrams[fact->dir], fact->fragments.whole, fact->frame_first);
}

/* Facts that count only where they touch the stall. */
static void read_fact_inside(ssk_case *c, const ssk_fact *fact)
{
    switch (fact->kind) {
    case SSK_FACT_REVERSE:
        read_reverse(c, fact);
        break;
    case SSK_FACT_ZERO_WINDOW:
        read_window(c, fact);
        break;
    case SSK_FACT_TS_LAG:
        read_lag(c, fact);
        break;
    case SSK_FACT_TS_RAN:
        c->clock_ran[fact->dir] |= ssk_case_is_half(
            ssk_case_overlap(fact->start, fact->end, c->from, c->to), c->to - c->from);
        break;
    case SSK_FACT_TS_ECHO:
        read_echo(c, fact);
        break;
    case SSK_FACT_UNSEEN:
        ssk_tally_add(&c->lost_bytes[fact->dir], fact->unseen.bytes, fact->frame_last);
        break;
    default:
        break;
    }
}

static void read_own_fact(ssk_case *c, const ssk_fact *fact)
{
    bool inside = fact->end >= c->from && fact->start <= c->to;
    if (fact->kind == SSK_FACT_RETRANSMISSIONS)
        read_retransmissions(c, fact, inside);
    else if (fact->kind == SSK_FACT_DEBT)
        read_ack_debt(c, fact);
    else if (fact->kind == SSK_FACT_ANSWERS)
        read_answers(c, fact, inside);
    else if (fact->kind == SSK_FACT_FRAGMENTS)
        read_fragments(c, fact, inside);
    else if (inside)
        read_fact_inside(c, fact);
}

/* Is the stall a silence of that side, and not only a request that waited? */
static bool is_silence(const ssk_case *c)
{
    ssk_facts_walk own = ssk_host_index_facts(c->index, c->flow, SSK_KIND(SSK_FACT_SILENCE),
                                              c->stall->start, c->stall->start);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == c->silent && fact->start == c->stall->start)
            return true;
    return false;
}

/* Message, silence, message, silence: intervals stretched, not messages absent. */
static bool is_stretched(const ssk_case *c)
{
    if (!is_silence(c))
        return false;
    /* The row began a while ago, seldom with the flow: look back as far as it takes. */
    for (ssk_span_ns back = SSK_MINUTE;; back = back > INT64_MAX / 16 ? INT64_MAX : 16 * back) {
        unsigned row = 0;
        ssk_time_ns end = SSK_TIME_NONE, from = ssk_time_shifted(c->stall->start, -back);
        bool ours = false, begun = back == INT64_MAX;
        ssk_facts_walk own = ssk_host_index_facts(c->index, c->flow, SSK_KIND(SSK_FACT_SILENCE),
                                                  from, INT64_MAX);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
            if (ours &&
                fact->start - end > SSK_LIMIT(SLOWER_MOST) * MAX(c->stall->period, SSK_MINUTE))
                break;
            if (fact->dir != c->silent)
                continue;
            bool follows = end != SSK_TIME_NONE && fact->silence.period &&
                           fact->start - end <= 2 * fact->silence.period;
            if (!follows) {
                if (ours || fact->start > c->stall->start)
                    break;
                begun |= end != SSK_TIME_NONE;
                row = 0;
            }
            row += fact->silence.ended_by == SSK_END_MESSAGE;
            ours |= fact->start == c->stall->start;
            if (ours && row >= SSK_LIMIT(STRETCHED_LEAST))
                return true;
            end = fact->end;
        }
        if (begun || !ours)
            return false;
    }
}

/* Far's FIN while our data is unacknowledged proves that it still reaches us,
 * unless it is the first sign of the recovery: then its other flows come back
 * with it. */
static bool others_dead_after(const ssk_case *c, ssk_time_ns time)
{
    ssk_host_walk flows = ssk_host_flows(c->index, &c->flow->addr[c->far], NULL, time, time, 0);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        ssk_dir dir = ssk_addr_equal(&flow->addr[SSK_A], &c->flow->addr[c->far]) ? SSK_A : SSK_B;
        if (flow == c->flow || !ssk_addr_equal(&flow->addr[dir], &c->flow->addr[c->far]) ||
            !ssk_addr_equal(&flow->addr[!dir], &c->flow->addr[c->near]))
            continue;
        ssk_facts_walk walk = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_SILENCE), time,
                                                   time);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
            if (fact->dir == dir && fact->start < time &&
                fact->end > time + MAX(SSK_LIMIT(RESUME_SPREAD), 2 * fact->silence.period))
                return true;
    }
    return false;
}

/* Another host came back to near at that time, or before it after a silence as
 * long: near's own link did. */
static bool other_host_back_by(const ssk_case *c, ssk_time_ns time)
{
    const ssk_addr *near = &c->flow->addr[c->near], *far = &c->flow->addr[c->far];
    ssk_time_ns since = MIN(c->from, ssk_time_shifted(time, -SSK_LIMIT(RESUME_SPREAD)));
    ssk_host_walk flows = ssk_host_flows_heard(c->index, near, since, time, 0);
    for (const ssk_result_flow *flow; (flow = ssk_host_next(&flows));) {
        ssk_dir to = ssk_addr_equal(&flow->addr[SSK_A], near) ? SSK_A : SSK_B;
        const ssk_addr *from = &flow->addr[ssk_dir_other(to)];
        if (!ssk_addr_equal(&flow->addr[to], near) || ssk_addr_equal(from, far))
            continue;
        ssk_facts_walk walk = ssk_host_index_facts(c->index, flow, SSK_KIND(SSK_FACT_SILENCE),
                                                   since, time);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
            if (fact->dir != to && !fact->open && fact->start < time &&
                (fact->end > time - SSK_LIMIT(RESUME_SPREAD) ||
                 ssk_case_is_half(ssk_case_overlap(fact->start, fact->end, c->from, time),
                                  time - c->from)) &&
                fact->end < time + MAX(SSK_LIMIT(RESUME_SPREAD), 2 * fact->silence.period))
                return true;
    }
    return false;
}

/* The other side's close would be a consequence, and this one its answer. */
static void read_own_close(ssk_case *c)
{
    const ssk_result_flow *flow = c->flow;
    if (flow->closed && flow->closed_by == c->silent && flow->closed_at != SSK_TIME_NONE &&
        flow->closed_at > c->from && flow->closed_at <= c->end && !c->closed_on_the_way &&
        (c->stall->end_kind == SSK_END_CLOSE || c->stall->end_kind == SSK_END_HEARD)) {
        c->own_close = flow->closed == SSK_CLOSE_RST ? SSK_ENDING_RST : SSK_ENDING_FIN;
        ssk_tally_add(&c->own_close_at, 1, flow->closed_frame);
    }
}

static void read_idle_close(ssk_case *c, const ssk_fact *fact)
{
    if (fact->dir == c->silent && fact->start > c->from && fact->start <= c->end)
        c->idle_timeout = ssk_idle_timeout(fact);
}

void ssk_case_read_nearer(ssk_case *c, const ssk_fact *close)
{
    if (close->flags & SSK_CLOSE_NEARER && close->start >= c->stall->start &&
        close->start <= ssk_case_after(c))
        ssk_tally_add(&c->nearer_reset, 1, close->frame_first);
}

static void read_close(ssk_case *c, const ssk_fact *fact)
{
    if (fact->flags & SSK_CLOSE_NEARER) {
        c->closed_on_the_way |= fact->frame_first == c->flow->closed_frame;
        ssk_case_read_nearer(c, fact);
        return;
    }
    if (fact->dir != c->far || fact->start <= c->from ||
        fact->start > c->end + MAX(SSK_LIMIT(RESUME_SPREAD), c->stall->duration / 8))
        return;
    if (fact->close.reset)
        ssk_tally_add(&c->reset, 1, fact->frame_first);
    else if (fact->start <= c->end && (fact->flags & SSK_CLOSE_BEHIND) &&
             others_dead_after(c, fact->start) && !other_host_back_by(c, fact->start))
        ssk_tally_add(&c->far_close, 1, fact->frame_first);
}

/* A host that goes on with an old connection has not lost its memory: a message,
 * or a close that is no RST. */
static void read_memory(ssk_case *c)
{
    ssk_time_ns until = ssk_time_shifted(c->end, SSK_LIMIT(MEMORY));
    ssk_host_walk flows = ssk_host_flows_heard(c->index, &c->flow->addr[c->far], c->to, until,
                                               c->flow->id);
    for (const ssk_result_flow *flow; !c->knows_us && (flow = ssk_host_next(&flows));) {
        if (flow->transport != SSK_TCP || flow->first == SSK_TIME_NONE ||
            flow->first >= c->stall->start)
            continue;
        ssk_facts_walk walk = ssk_host_index_facts(
            c->index, flow, SSK_KIND(SSK_FACT_CLOSE) | SSK_KIND(SSK_FACT_SILENCE), c->to, until);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            bool fin = fact->kind == SSK_FACT_CLOSE && !fact->close.reset;
            bool message = fact->kind == SSK_FACT_SILENCE &&
                           fact->silence.ended_by == SSK_END_MESSAGE;
            ssk_time_ns at = fin ? fact->start : fact->end;
            if ((fin || message) &&
                ssk_addr_equal(&flow->addr[fact->dir], &c->flow->addr[c->far]) && at >= c->to &&
                at <= c->end + SSK_LIMIT(MEMORY)) {
                c->knows_us = true;
                c->knows_us_here = flow == c->flow;
            }
        }
    }
}

/* A retransmission: it was in vain before; the last one was, if nothing came for long. */
static void read_vain(ssk_case *c, const ssk_fact *fact)
{
    ssk_time_ns at = fact->retransmissions.packets >= SSK_LIMIT(REPEATS_LEAST)
                         ? fact->end - fact->retransmissions.interval
                         : fact->start;
    if (!(fact->flags & SSK_RETRANSMISSION_ACKED) && c->end - fact->end > SSK_LIMIT(SETTLED))
        at = fact->end;
    c->in_vain_last = MAX(c->in_vain_last, at);
}

void ssk_case_read_asked(ssk_case *c)
{
    ssk_facts_walk own = ssk_facts_among(
        c->facts, c->flow->id, SSK_KIND(SSK_FACT_RETRANSMISSIONS) | SSK_KIND(SSK_FACT_DEBT),
        c->stall->start, c->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        if (fact->kind == SSK_FACT_RETRANSMISSIONS && fact->dir == c->near)
            read_vain(c, fact);
        else if (fact->kind == SSK_FACT_DEBT && fact->debt.kind == SSK_DEBT_ACK &&
                 (fact->flags & SSK_DEBT_PROBED)) {
            ssk_dir asker = ssk_dir_other((ssk_dir)fact->dir);
            ssk_tally_add(&c->probed[asker], fact->debt.asked, fact->frame_first);
            if (asker == c->near)
                c->in_vain_last = MAX(c->in_vain_last, fact->start);
        } else if (fact->kind == SSK_FACT_DEBT && !c->tcp && fact->dir == c->far &&
                   fact->debt.kind == SSK_DEBT_ANSWER && fact->frame_first == c->debt.frame)
            c->asked = MAX(c->asked, fact->debt.asked);
    }
}

void ssk_case_read_flow(ssk_case *c)
{
    ssk_facts_walk own = ssk_host_index_facts(c->index, c->flow, UINT64_MAX,
                                              MIN(c->from, c->stall->start), ssk_case_after(c));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        if (fact->kind == SSK_FACT_CLOSE) {
            read_close(c, fact);
            read_idle_close(c, fact);
        } else
            read_own_fact(c, fact);
    }
    read_own_close(c);
    read_memory(c);
    c->stretched = is_stretched(c);
}
