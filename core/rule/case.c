/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/case.h"

#include <glib.h>
#include <string.h>

#include "core/rule/log_account.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"

/* So many silences in a row are a slower rhythm. */
#define STRETCHED_LEAST 3
/* So many messages at once were produced meanwhile. */
#define BACKLOG_LEAST 3

/* What woke a host is heard before its programs speak again, or just after. */
#define WOKEN_BY (2 * SSK_S)

/* RFC 6298, 2.1: the first time-out is one second until a round trip is known. */
#define FIN_ANSWER (3 * SSK_S)

static bool same(const ssk_addr *a, const ssk_addr *b)
{
    return !memcmp(a, b, sizeof *a);
}

static bool same_pair(const ssk_result_flow *x, const ssk_result_flow *y)
{
    return (same(&x->addr[SSK_A], &y->addr[SSK_A]) && same(&x->addr[SSK_B], &y->addr[SSK_B])) ||
           (same(&x->addr[SSK_A], &y->addr[SSK_B]) && same(&x->addr[SSK_B], &y->addr[SSK_A]));
}

static void tally(ssk_tally *into, int64_t count, uint32_t frame)
{
    into->count += count;
    bool again = into->n_frames && into->frames[into->n_frames - 1] == frame;
    if (frame && !again && into->n_frames < SSK_CASE_FRAMES)
        into->frames[into->n_frames++] = frame;
}

static ssk_span_ns overlap(ssk_time_ns a, ssk_time_ns b, ssk_time_ns from, ssk_time_ns to)
{
    ssk_time_ns left = MAX(a, from), right = MIN(b, to);
    return right > left ? right - left : 0;
}

/* How long this direction was silent between the two. */
static ssk_span_ns silence_between(const ssk_case *c, uint32_t flow, ssk_dir dir, ssk_time_ns from,
                                   ssk_time_ns to)
{
    ssk_span_ns silent = 0;
    ssk_facts_walk own = ssk_facts_among(c->facts, flow, SSK_KIND(SSK_FACT_SILENCE), from, to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == dir)
            silent += MIN(overlap(fact->start, fact->end, from, to), to - from - silent);
    return silent;
}

/* At least half of it; twice a span of centuries is more than fits. */
static bool is_half(ssk_span_ns part, ssk_span_ns whole)
{
    return part >= whole - part;
}

static bool silent_half(const ssk_case *c, uint32_t flow, ssk_dir dir)
{
    return is_half(silence_between(c, flow, dir, c->from, c->to), c->to - c->from);
}

/* A flow that was expected to speak twice or more inside says alive or dead; one
 * that was closed meanwhile says it up to then, and alive only of half of it. */
static void ask_witness(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir,
                        ssk_witness *witness)
{
    ssk_span_ns period = flow->dir[dir].period;
    bool closed = flow->closed && flow->closed_at != SSK_TIME_NONE && flow->closed_at < c->to;
    ssk_time_ns to = closed ? flow->closed_at : c->to;
    if (!period || to <= c->from || flow->first == SSK_TIME_NONE ||
        flow->first >= c->stall->start || period > (to - c->from) / 2)
        return;
    if (is_half(silence_between(c, flow->id, dir, c->from, to), to - c->from))
        tally(&witness->dead, 1, flow->id);
    else if (is_half(to - c->from, c->to - c->from))
        tally(&witness->alive, 1, flow->id);
}

/* Repeated in vain, but heard: what arrives here needs near's link. */
static bool heard_repeating(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir)
{
    ssk_facts_walk own = ssk_facts_among(c->facts, flow->id, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
                                         c->from, c->to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == dir && fact->start > c->from && fact->start < c->to - SSK_S)
            return true;
    return false;
}

static void ask_witnesses(ssk_case *c)
{
    const ssk_addr *near = &c->flow->addr[c->near], *far = &c->flow->addr[c->far];
    ssk_span_ns half = (c->to - c->from) / 2;
    c->link_alive |= heard_repeating(c, c->flow, c->far);
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        if (flow->id == c->flow->id)
            continue;
        c->link_alive |= flow->first != SSK_TIME_NONE && flow->first > c->from &&
                         flow->first < c->from + half && flow->dir[SSK_A].packets &&
                         flow->dir[SSK_B].packets;
        ssk_tally before[2] = {c->same_hosts.alive, c->near_out.alive};
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            const ssk_addr *from = &flow->addr[dir], *to = &flow->addr[ssk_dir_other(dir)];
            if (same(from, far) && same(to, near))
                ask_witness(c, flow, dir, &c->same_hosts);
            else if (same(from, near) && same(to, far))
                ask_witness(c, flow, dir, &c->near_out);
            else if (same(to, near)) {
                ask_witness(c, flow, dir, &c->other_hosts);
                c->link_alive |= heard_repeating(c, flow, dir);
            } else if (same(from, near))
                ask_witness(c, flow, dir, &c->near_elsewhere);
            else if (same(from, far))
                ask_witness(c, flow, dir, &c->far_others);
        }
        c->two_way += flow->transport == SSK_TCP && c->same_hosts.alive.count > before[0].count &&
                      c->near_out.alive.count > before[1].count;
    }
}

/* Did one of the two speak ARP or neighbour discovery for itself? In a capture
 * that holds none of it, nobody did. */
static bool is_neighbour(const ssk_case *c, const ssk_addr *one, const ssk_addr *other)
{
    bool any = false;
    ssk_facts_walk facts = ssk_facts_of_kinds(c->facts, 0, SSK_KIND(SSK_FACT_ARP));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&facts));) {
        any = true;
        if (same(&fact->peer, one) || same(&fact->peer, other) ||
            (fact->extra && (same(&fact->host, one) || same(&fact->host, other))))
            return true;
    }
    return !any;
}

/* Was the same MAC, which had only this one address, heard with another one? */
static void look_for_move(ssk_case *c, ssk_dir dir)
{
    const ssk_addr *far = &c->flow->addr[dir];
    const ssk_fact *home = NULL;
    unsigned neighbours = 0;
    const ssk_facts_walk hosts = ssk_facts_of_kinds(c->facts, 0, SSK_KIND(SSK_FACT_HOST));
    ssk_facts_walk walk = hosts;
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
        if (fact->value && same(&fact->host, far))
            home = fact;
    if (!home)
        return;
    const ssk_fact *moved = NULL;
    walk = hosts;
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
        bool link_local = fact->host.family == 6 && fact->host.bytes[0] == 0xfe;
        if (!fact->value || fact->host.family != far->family || link_local ||
            same(&fact->host, far) || memcmp(&fact->mac, &home->mac, sizeof home->mac))
            continue;
        /* IPv6 hosts go on sending from the old address for a moment. */
        if (fact->start < c->stall->start - 2 * c->stall->period)
            neighbours++; /* a router, or a host with several addresses */
        else if (!moved && fact->start <= c->to + 30 * SSK_S)
            moved = fact;
    }
    /* A router's MAC comes with the addresses behind it. */
    if (moved && !neighbours && !c->moved.count && is_neighbour(c, far, &moved->host)) {
        c->mover = dir;
        tally(&c->moved, 1, moved->frame_first);
        c->moved_to = moved->host;
    }
}

static void read_own_fact(ssk_case *c, const ssk_fact *fact)
{
    bool inside = fact->end >= c->from && fact->start <= c->to;
    ssk_dir dir = (ssk_dir)fact->dir;
    switch (fact->kind) {
    case SSK_FACT_RETRANSMISSIONS:
        /* A close that ends the silence is the question that shows who still
         * answers: its FIN is sent again just after. */
        if (inside ||
            (dir == c->near && (fact->flags & SSK_RETRANSMISSION_FIN) && fact->start >= c->from &&
             fact->start <= ssk_stall_end(c->result, c->stall) + FIN_ANSWER)) {
            tally(&c->retransmitted[dir], fact->value, fact->frame_first);
            tally(&c->retransmitted[dir], 0, fact->frame_last);
            c->fin_retransmitted[dir] |= (fact->flags & SSK_RETRANSMISSION_FIN) != 0;
            if (fact->value >= 2)
                c->resent_since[dir] = MAX(c->resent_since[dir], fact->start);
        }
        break;
    case SSK_FACT_ANSWERS:
        if (fact->start > c->to && fact->start < ssk_stall_end(c->result, c->stall) &&
            (fact->flags & SSK_ANSWER_PROMPT))
            tally(&c->answered_in_tail[dir], fact->extra, fact->frame_first);
        if (!inside || fact->start > c->to)
            break;
        tally(fact->flags & SSK_ANSWER_PROMPT ? &c->answered[dir] : &c->answered_late[dir],
              fact->extra, fact->frame_first);
        if (!(fact->flags & SSK_ANSWER_PROMPT))
            break;
        if (c->answered_first[dir] == SSK_TIME_NONE || fact->start < c->answered_first[dir])
            c->answered_first[dir] = fact->start;
        c->answered_last[dir] = MAX(c->answered_last[dir], fact->end);
        break;
    case SSK_FACT_ZERO_WINDOW:
        if (inside)
            tally(&c->closed_window[dir], 1, fact->frame_first);
        break;
    case SSK_FACT_TS_LAG: /* of the packet that ended the silence, and gone soon after */
        if (dir == c->far && inside && fact->value > SSK_S / 2 && fact->extra < fact->value / 2 &&
            !(fact->flags & SSK_LAG_UNSETTLED)) {
            c->lag.count = MAX(c->lag.count, fact->value);
            tally(&c->lag, 0, fact->frame_last);
        }
        c->clock_behind[dir] |= inside &&
                                (fact->flags & SSK_LAG_UNSETTLED ? fact->value : fact->extra) >
                                    (fact->end - fact->start) / 2;
        break;
    case SSK_FACT_UNSEEN:
        if (inside)
            tally(&c->lost[dir], fact->value, fact->frame_last);
        break;
    default:
        break;
    }
}

bool ssk_case_hoarded(int64_t messages, ssk_span_ns period)
{
    return messages >= BACKLOG_LEAST + (period > 0 ? SSK_BACKLOG_WINDOW / period : 0);
}

/* A link that held frames held those of every flow: the ones whose stamps are
 * echoed need not be of this one. */
static void read_echoes(ssk_case *c)
{
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        bool own = flow == c->flow;
        /* A device's link holds what comes from every host. */
        const ssk_addr *near = &c->flow->addr[c->near];
        bool link = c->near == c->client &&
                    (same(&flow->addr[SSK_A], near) || same(&flow->addr[SSK_B], near));
        if (flow->transport != SSK_TCP || !(link || same_pair(flow, c->flow)) ||
            (!own && !c->far_host_silent))
            continue;
        ssk_dir in = same(&flow->addr[SSK_A], near) ? SSK_B : SSK_A;
        const ssk_fact *fact;
        ssk_facts_walk echoes = ssk_facts_among(c->facts, flow->id, SSK_KIND(SSK_FACT_TS_ECHO),
                                                c->from, c->to);
        while ((fact = ssk_facts_next(&echoes)))
            /* Young ones waited for an answer to ARP, after the path was back. */
            if (fact->dir == in && fact->extra > (c->to - c->from) / 2 &&
                fact->value > c->echoes.count) {
                c->echoes = (ssk_tally){0};
                tally(&c->echoes, fact->value, fact->frame_first);
            }
        /* ... and their datagrams, which carry no stamps. */
        ssk_facts_walk lags = ssk_facts_among(c->facts, flow->id, SSK_KIND(SSK_FACT_TS_LAG),
                                              c->from, c->to);
        while (c->flow->transport == SSK_UDP && c->far_backlog > 0 &&
               (fact = ssk_facts_next(&lags)))
            if (fact->dir == in && fact->value > c->lag.count && fact->extra < fact->value / 2 &&
                !(fact->flags & SSK_LAG_UNSETTLED)) {
                c->lag = (ssk_tally){.count = fact->value};
                tally(&c->lag, 0, fact->frame_last);
            }
    }
}

/* A host that goes on with an old connection has not lost its memory: a message,
 * or a close that is no RST. */
static void read_memory(ssk_case *c, ssk_time_ns stall_end)
{
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        if (flow->transport != SSK_TCP || flow->first == SSK_TIME_NONE ||
            flow->first >= c->stall->start)
            continue;
        ssk_facts_walk walk = ssk_facts_among(c->facts, flow->id,
                                              SSK_KIND(SSK_FACT_CLOSE) | SSK_KIND(SSK_FACT_SILENCE),
                                              c->to, ssk_time_shifted(stall_end, 30 * SSK_S));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            bool fin = fact->kind == SSK_FACT_CLOSE && !fact->value;
            bool message = fact->kind == SSK_FACT_SILENCE && fact->extra == SSK_END_MESSAGE;
            ssk_time_ns at = fin ? fact->start : fact->end;
            c->knows_us |= (fin || message) &&
                           same(&flow->addr[fact->dir], &c->flow->addr[c->far]) && at >= c->to &&
                           at <= stall_end + 30 * SSK_S;
        }
    }
}

/* Of all programs of near: an awake kernel acknowledges for each of them, and what
 * waited in one connection waited for the link. */
static void read_near(ssk_case *c, ssk_time_ns stall_end)
{
    const ssk_addr *near = &c->flow->addr[c->near];
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        if (flow->transport != SSK_TCP ||
            !(same(&flow->addr[SSK_A], near) || same(&flow->addr[SSK_B], near)))
            continue;
        ssk_facts_walk walk = ssk_facts_among(
            c->facts, flow->id, SSK_KIND(SSK_FACT_BACKLOG) | SSK_KIND(SSK_FACT_ANSWERS), c->from,
            ssk_time_shifted(stall_end, SSK_S));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            c->near_host_hoarded |= fact->kind == SSK_FACT_BACKLOG && fact->start >= c->from &&
                                    fact->start <= stall_end + SSK_S &&
                                    same(&flow->addr[fact->dir], near) &&
                                    ssk_case_hoarded(fact->value, flow->dir[fact->dir].period);
            c->near_answered |=
                fact->kind == SSK_FACT_ANSWERS && (fact->flags & SSK_ANSWER_PROMPT) &&
                same(&flow->addr[fact->dir], near) && fact->start > c->from &&
                fact->start < stall_end - MAX(SSK_S, 2 * MIN(c->stall->period, SSK_DAY));
        }
    }
}

/* What came at once when each of far's flows resumed. */
static void read_backlogs(ssk_case *c, ssk_time_ns stall_end)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        if (!same(&flow->addr[SSK_A], far) && !same(&flow->addr[SSK_B], far))
            continue;
        ssk_facts_walk walk = ssk_facts_among(c->facts, flow->id, SSK_KIND(SSK_FACT_BACKLOG),
                                              c->from, ssk_time_shifted(stall_end, SSK_S));
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
            if (fact->start < c->from || fact->start > stall_end + SSK_S)
                continue;
            bool hoarded = ssk_case_hoarded(fact->value, flow->dir[fact->dir].period);
            if (flow == c->flow) {
                c->far_hoarded |= hoarded && (ssk_dir)fact->dir == c->far;
                c->near_hoarded |= hoarded && (ssk_dir)fact->dir == c->near;
                int64_t *backlog = (ssk_dir)fact->dir == c->far ? &c->far_backlog
                                                                : &c->near_backlog;
                *backlog = MAX(*backlog, fact->value);
            }
            c->host_hoarded |= hoarded && same(&flow->addr[fact->dir], far);
            /* Datagrams do not wait: that few of them came says nothing. */
            bool waits = flow->transport == SSK_TCP || hoarded;
            if (waits && same(&flow->addr[fact->dir], far) && fact->value > c->host_backlog) {
                c->host_backlog = fact->value;
                c->host_backlog_frame = fact->frame_first;
            }
        }
    }
}

static void read_host_fact(ssk_case *c, const ssk_fact *fact)
{
    ssk_span_ns half = (c->to - c->from) / 2;
    switch (fact->kind) {
    case SSK_FACT_HOST_SILENCE:
        break; /* read before: it bounds the interval */
    case SSK_FACT_CAPTURE_SILENCE:
        c->capture_silent |= overlap(fact->start, fact->end, c->from, c->to) > half;
        break;
    case SSK_FACT_WAKE:
        if (fact->start > c->from && fact->start <= ssk_stall_end(c->result, c->stall) + WOKEN_BY)
            tally(&c->woken, 1, fact->frame_first);
        break;
    case SSK_FACT_ICMP:
        if (fact->start >= c->stall->start && fact->start <= c->to &&
            ((same(&fact->host, &c->flow->addr[SSK_A]) &&
              same(&fact->peer, &c->flow->addr[SSK_B]) &&
              fact->extra == ((int64_t)c->flow->port[SSK_A] << 16 | c->flow->port[SSK_B])) ||
             (same(&fact->host, &c->flow->addr[SSK_B]) &&
              same(&fact->peer, &c->flow->addr[SSK_A]) &&
              fact->extra == ((int64_t)c->flow->port[SSK_B] << 16 | c->flow->port[SSK_A])))) {
            tally(&c->icmp, 0, fact->frame_first);
            c->icmp.count = fact->value | (int64_t)fact->flags << 16;
        }
        break;
    default:
        break;
    }
}

/* The host's own silence ends the cause; what is left of the stall is TCP's
 * back-off. Answers in that tail say nothing of the silence. */
static void bound_by_host(ssk_case *c)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    ssk_span_ns longest = 0;
    bool from_the_start = false;
    ssk_time_ns begun = c->from;
    const ssk_fact *fact;
    ssk_facts_walk hosts = ssk_facts_of_kinds(c->facts, 0, SSK_KIND(SSK_FACT_HOST));
    while (!c->far_known && (fact = ssk_facts_next(&hosts)))
        c->far_known = same(&fact->host, far);
    ssk_facts_walk silences = ssk_facts_among(c->facts, 0, SSK_KIND(SSK_FACT_HOST_SILENCE), c->from,
                                              c->to);
    while ((fact = ssk_facts_next(&silences))) {
        ssk_span_ns inside = overlap(fact->start, fact->end, c->from, c->to);
        if (!same(&fact->host, far) || from_the_start || inside <= longest)
            continue;
        longest = inside;
        begun = fact->start;
        c->far_heard = fact->open ? SSK_TIME_NONE : fact->end;
        /* TCP's back-off may bridge several outages: the first is the cause. */
        from_the_start = strcmp(c->stall->kind, "connect") != 0 && fact->start <= c->from &&
                         longest > (c->to - c->from) / 4;
    }
    /* Heard well into the silence: then it was not the host that fell silent. */
    bool in_time = begun <= c->from + (c->to - c->from) / 4;
    c->far_host_silent = from_the_start || (longest > (c->to - c->from) / 2 && in_time);
    if (!c->far_host_silent)
        c->far_heard = SSK_TIME_NONE;
    else if (c->far_heard != SSK_TIME_NONE && c->far_heard < c->to)
        c->to = c->far_heard;
}

/* From when on the path may have been back, and everybody only waited for a
 * time-out: that tail is no longer than the outage was (RFC 6298, 5.5), and near
 * asked for nothing in it but the last time. */
static ssk_time_ns tail_from(const ssk_case *c)
{
    ssk_time_ns tail = c->from + (c->to - c->from) / 2;
    ssk_facts_walk own = ssk_facts_among(c->facts, c->flow->id, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
                                         c->from, c->to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == c->near && fact->start < c->to && fact->end > c->from)
            tail = MAX(tail, fact->end - (fact->end >= c->to - SSK_S ? fact->extra : 0));
    return tail;
}

/* A host that comes back resolves its neighbours before it sends IP. */
static ssk_time_ns recovery_from(const ssk_case *c)
{
    if (c->far_heard == SSK_TIME_NONE)
        return c->to;
    return MIN(c->to - MIN(SSK_S, (c->to - c->from) / 4), tail_from(c));
}

static void read_neighbour_fact(ssk_case *c, const ssk_fact *fact, ssk_time_ns recovery)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    if (fact->kind != SSK_FACT_ARP)
        return;
    if (same(&fact->peer, far) && fact->start > c->from && fact->start < recovery)
        tally(&c->arp_spoken, 1, fact->frame_first);
    bool near_asks = same(&fact->host, far) && same(&fact->peer, &c->flow->addr[c->near]);
    if (near_asks && !fact->extra && fact->start < c->to && fact->end > c->from)
        tally(&c->near_asked, fact->value, fact->frame_first);
    if (!same(&fact->host, far) || fact->start < c->stall->start)
        return;
    if (fact->extra && fact->end > c->from && fact->end < recovery)
        tally(&c->arp_answered, 1, fact->frame_last);
    if (!fact->extra && fact->start < c->to && (fact->value >= 2 || near_asks))
        tally(&c->arp_unanswered, fact->value, fact->frame_first);
}

/* Far's FIN while our data is unacknowledged proves that it still reaches us,
 * unless it is the first sign of the recovery: then its other flows come back
 * with it. */
static bool others_dead_after(const ssk_case *c, ssk_time_ns time)
{
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        ssk_dir dir = same(&flow->addr[SSK_A], &c->flow->addr[c->far]) ? SSK_A : SSK_B;
        if (flow == c->flow || !same(&flow->addr[dir], &c->flow->addr[c->far]) ||
            !same(&flow->addr[!dir], &c->flow->addr[c->near]))
            continue;
        ssk_facts_walk walk = ssk_facts_among(c->facts, flow->id, SSK_KIND(SSK_FACT_SILENCE), time,
                                              time);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
            if (fact->dir == dir && fact->start < time &&
                fact->end > time + MAX(SSK_S, 2 * fact->value))
                return true;
    }
    return false;
}

/* Another host came back to near at that time, or before it after a silence as
 * long: near's own link did. */
static bool other_host_back_by(const ssk_case *c, ssk_time_ns time)
{
    const ssk_addr *near = &c->flow->addr[c->near], *far = &c->flow->addr[c->far];
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        ssk_dir to = same(&flow->addr[SSK_A], near) ? SSK_A : SSK_B;
        const ssk_addr *from = &flow->addr[ssk_dir_other(to)];
        if (!same(&flow->addr[to], near) || same(from, far))
            continue;
        ssk_facts_walk walk = ssk_facts_among(c->facts, flow->id, SSK_KIND(SSK_FACT_SILENCE),
                                              MIN(c->from, ssk_time_shifted(time, -SSK_S)), time);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
            if (fact->dir != to && !fact->open && fact->start < time &&
                (fact->end > time - SSK_S ||
                 is_half(overlap(fact->start, fact->end, c->from, time), time - c->from)) &&
                fact->end < time + MAX(SSK_S, 2 * fact->value))
                return true;
    }
    return false;
}

/* Stations are known by MAC: that of far's address. */
static const ssk_mac *mac_of(const ssk_case *c, const ssk_addr *addr)
{
    ssk_facts_walk hosts = ssk_facts_of_kinds(c->facts, 0, SSK_KIND(SSK_FACT_HOST));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&hosts));)
        if (fact->value && same(&fact->host, addr))
            return &fact->mac;
    return NULL;
}

static void read_station_fact(ssk_case *c, const ssk_fact *fact, const ssk_mac *mac)
{
    if (!mac || memcmp(&fact->mac, mac, sizeof *mac))
        return;
    if (fact->kind == SSK_FACT_ASSOCIATION && fact->end >= c->from &&
        fact->start <= c->to + 2 * SSK_S) {
        tally(&c->joined, 1, fact->frame_first);
        c->joined_by |= (ssk_association)fact->flags;
    } else if (fact->kind == SSK_FACT_POWER_SAVE &&
               is_half(overlap(fact->start, fact->end, c->from, c->to), c->to - c->from)) {
        tally(&c->dozed, 1, fact->frame_first);
    }
}

/* Message, silence, message, silence: intervals stretched, not messages absent. */
static bool is_stretched(const ssk_case *c)
{
    /* The row began a while ago, seldom with the flow: look back as far as it takes. */
    for (ssk_span_ns back = SSK_MINUTE;; back = back > INT64_MAX / 16 ? INT64_MAX : 16 * back) {
        unsigned row = 0;
        ssk_time_ns end = SSK_TIME_NONE, from = ssk_time_shifted(c->stall->start, -back);
        bool ours = false, begun = back == INT64_MAX;
        ssk_facts_walk own = ssk_facts_among(c->facts, c->flow->id, SSK_KIND(SSK_FACT_SILENCE),
                                             from, INT64_MAX);
        for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
            if (fact->dir != c->silent)
                continue;
            bool follows = end != SSK_TIME_NONE && fact->value &&
                           fact->start - end <= 2 * fact->value;
            if (!follows) {
                if (ours || fact->start > c->stall->start)
                    break;
                begun |= end != SSK_TIME_NONE;
                row = 0;
            }
            row += fact->extra == SSK_END_MESSAGE;
            ours |= fact->start == c->stall->start;
            if (ours && row >= STRETCHED_LEAST)
                return true;
            end = fact->end;
        }
        if (begun || !ours)
            return false;
    }
}

/* The other side's close would be a consequence, and this one its answer. */
static void read_own_close(ssk_case *c, ssk_time_ns stall_end)
{
    const ssk_result_flow *flow = c->flow;
    if (flow->closed && flow->closed_by == c->silent && flow->closed_at != SSK_TIME_NONE &&
        flow->closed_at > c->from && flow->closed_at <= stall_end &&
        (c->stall->end_kind == SSK_END_CLOSE || c->stall->end_kind == SSK_END_HEARD))
        tally(&c->own_close, strcmp(flow->closed, "rst") ? 1 : 2, flow->closed_frame);
}

static void read_close(ssk_case *c, const ssk_fact *fact, ssk_time_ns stall_end)
{
    if (fact->dir != c->far || fact->start <= c->from ||
        fact->start > stall_end + MAX(SSK_S, c->stall->duration / 8))
        return;
    if (fact->value)
        tally(&c->reset, 1, fact->frame_first);
    else if (fact->start <= stall_end && others_dead_after(c, fact->start) &&
             !other_host_back_by(c, fact->start))
        tally(&c->far_close, 1, fact->frame_first);
}

/* The host that captured itself, by its packets; NULL: not known. */
static const ssk_addr *local_host(const ssk_case *c)
{
    const ssk_addr *local = NULL;
    ssk_facts_walk walk = ssk_facts_of_kinds(c->facts, 0, SSK_KIND(SSK_FACT_LOCALITY));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
        if (fact->value < SSK_LOCAL_PERMILLE || fact->extra < SSK_LOCAL_PEERS)
            continue;
        if (local)
            return NULL;
        local = &fact->host;
    }
    return local;
}

/* Of a flow that began before the capture, side A is only whoever was heard
 * first; then the capturing host tells which side stands here, or the
 * connections that the same two hosts opened later. */
static void place_vantage(ssk_case *c)
{
    const ssk_result_flow *flow = c->flow;
    ssk_vantage vantage = c->result->vantage.value;
    const ssk_addr *local = local_host(c);
    c->client = SSK_A;
    bool known = flow->handshake;
    for (size_t i = 0; i < c->result->n_flows && !known; i++) {
        const ssk_result_flow *other = &c->result->flows[i];
        bool along = same(&other->addr[SSK_A], &flow->addr[SSK_A]) &&
                     same(&other->addr[SSK_B], &flow->addr[SSK_B]);
        bool across = same(&other->addr[SSK_A], &flow->addr[SSK_B]) &&
                      same(&other->addr[SSK_B], &flow->addr[SSK_A]);
        known = other->handshake && along != across;
        if (known)
            c->client = along ? SSK_A : SSK_B;
    }
    bool at_client = vantage == SSK_VANTAGE_CLIENT, at_server = vantage == SSK_VANTAGE_SERVER;
    bool is_a = local && same(local, &flow->addr[SSK_A]),
         is_b = local && same(local, &flow->addr[SSK_B]);
    if (!known && is_a != is_b && (at_client || at_server))
        c->client = is_a == at_client ? SSK_A : SSK_B;
    if (at_client)
        c->near = c->client;
    else if (at_server)
        c->near = ssk_dir_other(c->client);
    else /* between: the side that is not silent is the better witness */
        c->near = ssk_dir_other(c->silent);
    if (!c->result->vantage.given && is_a != is_b)
        c->near = is_a ? SSK_A : SSK_B; /* a host may open some connections and accept others */
    c->far = ssk_dir_other(c->near);
}

void ssk_case_build(const ssk_facts *facts, ssk_result *result, ssk_result_stall *stall,
                    ssk_case *ret)
{
    ssk_case c = {.facts = facts,
                  .result = result,
                  .stall = stall,
                  .flow = ssk_result_find_flow(result, stall->flow),
                  .silent = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A,
                  .answered_first = {SSK_TIME_NONE, SSK_TIME_NONE},
                  .answered_last = {SSK_TIME_NONE, SSK_TIME_NONE},
                  .resent_since = {SSK_TIME_NONE, SSK_TIME_NONE},
                  .far_heard = SSK_TIME_NONE,
                  .far_backlog = -1,
                  .near_backlog = -1};
    place_vantage(&c);
    c.to = ssk_stall_end(result, stall);
    ssk_span_ns beat = stall->period + stall->period / 5;
    c.from = stall->start + MIN(MAX(beat, SSK_S / 5), stall->duration / 2);
    ssk_time_ns stall_end = c.to;
    bound_by_host(&c);
    /* A close, or what is sent again, right after the silence still belongs to it. */
    ssk_time_ns after = ssk_time_shifted(MAX(c.to, stall_end),
                                         MAX(FIN_ANSWER, stall->duration / 8));
    ssk_facts_walk own = ssk_facts_among(facts, c.flow->id, UINT64_MAX, MIN(c.from, stall->start),
                                         after);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        if (fact->kind == SSK_FACT_CLOSE)
            read_close(&c, fact, stall_end);
        else
            read_own_fact(&c, fact);
    }
    read_own_close(&c, stall_end);
    const ssk_mac *mac = mac_of(&c, &c.flow->addr[c.far]);
    ssk_time_ns recovery = recovery_from(&c);
    ssk_facts_walk hosts = ssk_facts_among(facts, 0, UINT64_MAX, MIN(c.from, stall->start), after);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&hosts));) {
        read_host_fact(&c, fact);
        read_neighbour_fact(&c, fact, recovery);
        read_station_fact(&c, fact, mac);
    }
    read_backlogs(&c, stall_end);
    read_near(&c, stall_end);
    read_echoes(&c);
    read_memory(&c, stall_end);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        c.kept_talking[dir] = c.flow->dir[dir].period > 0 && !silent_half(&c, c.flow->id, dir);
    ask_witnesses(&c);
    c.stretched = is_stretched(&c);
    look_for_move(&c, c.far);
    look_for_move(&c, c.near);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        ssk_log_account_read(&c, dir, &c.log[dir]);
    *ret = c;
}
