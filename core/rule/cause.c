/* cause.c - the pattern of each stall, the causes that show it, and what
 * speaks against some of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/rule/ambiguity.h"
#include "core/rule/case.h"
#include "core/rule/log_account.h"
#include "core/rule/rule.h"
#include "core/rule/stall_list.h"
#include "core/rule/verdict.h"

extern const ssk_rule ssk_rule_cause;

/* So many missed messages would have come as a backlog. */
#define NOT_MADE_LEAST 4

/* RFC 1122, 2.3.2.1 lets a host ask once a second: so many times are a need. */
#define ASKED_LEAST 3

/* A resumed server answers everything that waited for it. */
#define ANSWERS_LEAST 4

/* Evidence that rests on no single frame. */
static const ssk_tally none;

static const char *name(const ssk_case *c, ssk_dir dir)
{
    return dir == c->client ? "client" : "server";
}

static bool is_connect(const ssk_case *c)
{
    return !strcmp(c->stall->kind, "connect");
}

/* Near waits for something: it retransmits, goes on sending, or cannot even send
 * for want of a neighbour. */
static bool near_waits(const ssk_case *c)
{
    return c->retransmitted[c->near].count > 0 || c->near_asked.count >= ASKED_LEAST ||
           (c->flow->transport == SSK_UDP && c->kept_talking[c->near]);
}

static bool far_elsewhere_alive(const ssk_case *c)
{
    return c->same_hosts.alive.count > 0;
}

/* Every other host that was expected to be heard here fell silent as well. */
static bool alone(const ssk_case *c)
{
    return c->other_hosts.dead.count > 0 && !c->other_hosts.alive.count &&
           !c->same_hosts.alive.count && !c->link_alive;
}

/* RFC 792, RFC 4443: host or address unreachable is what the last router says
 * when nobody answers its question for the address; the other codes tell of
 * routes, ports and filters. */
static ssk_pattern unreached(const ssk_case *c)
{
    int64_t version = c->icmp.count >> 16, type = c->icmp.count >> 8 & 0xff;
    int64_t code = c->icmp.count & 0xff;
    bool host = version == 6 ? type == 1 && code == 3 : type == 3 && code == 1;
    return host ? SSK_PATTERN_HOST_UNREACHED : SSK_PATTERN_UNREACHED;
}

static ssk_pattern connect_pattern(ssk_case *c)
{
    bool host_closed = false; /* the server ended a connection of this service shortly before */
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        bool closed = flow->id != c->flow->id && flow->closed && flow->closed_by == SSK_B &&
                      flow->port[SSK_B] == c->flow->port[SSK_B] &&
                      !memcmp(&flow->addr[SSK_B], &c->flow->addr[SSK_B], sizeof(ssk_addr)) &&
                      flow->dir[SSK_B].payload_packets > 0 &&
                      flow->closed_at <= c->stall->start + MAX(SSK_S, c->stall->duration / 2) &&
                      flow->closed_at + MAX(30 * SSK_S, c->stall->duration) > c->stall->start;
        host_closed |= closed;
        c->server_reset |= closed && !strcmp(flow->closed, "rst");
    }
    if (c->stall->connect_outcome == SSK_CONNECT_REFUSED)
        return host_closed ? SSK_PATTERN_REFUSED_AFTER_CLOSE : SSK_PATTERN_REFUSED;
    if (c->icmp.n_frames)
        return unreached(c);
    /* The SYNs come, and the answers find no way back. */
    if (c->near != c->client && c->near_asked.count >= ASKED_LEAST)
        return SSK_PATTERN_UNRESOLVED;
    if (c->arp_unanswered.count && !c->arp_answered.count)
        return SSK_PATTERN_NOBODY;
    bool alive = c->near != c->client || c->same_hosts.alive.count || c->far_others.alive.count ||
                 c->arp_answered.count || c->arp_spoken.count;
    return alive || (c->far_known && !c->far_host_silent) ? SSK_PATTERN_DEAF
                                                          : SSK_PATTERN_DEAF_OR_GONE;
}

/* An application that lives but says nothing; how it ended tells more. */
static ssk_pattern quiet_pattern(const ssk_case *c, ssk_pattern otherwise)
{
    return c->own_close.count >= 2 ? SSK_PATTERN_RESET_LATE
           : c->own_close.count    ? SSK_PATTERN_CLOSED_LATE
                                   : otherwise;
}

/* TCP delivers all that was made, as soon as it is due again: what comes at once
 * was waiting, and who made it had not stopped. */
static bool delivered_all(const ssk_case *c)
{
    bool far = c->silent == c->far;
    return (far ? c->far_hoarded : c->near_hoarded) &&
           2 * (far ? c->far_backlog : c->near_backlog) >= c->stall->missed;
}

static ssk_pattern quiet_near(const ssk_case *c)
{
    bool alive = c->near_out.alive.count || c->near_elsewhere.alive.count;
    bool dead = c->near_out.dead.count || c->near_elsewhere.dead.count;
    /* What it made meanwhile left at once in the end: its link had been away. */
    if (!alive && !c->other_hosts.alive.count && !c->link_alive &&
        (delivered_all(c) || (dead && c->near_host_hoarded)))
        return SSK_PATTERN_ALONE;
    if (!alive && dead && c->other_hosts.dead.count && !c->other_hosts.alive.count &&
        !c->link_alive)
        return c->near_hoarded     ? SSK_PATTERN_ALONE
               : c->near_answered  ? SSK_PATTERN_NOTHING_SENT
               : c->capture_silent ? SSK_PATTERN_ALONE_QUIET
                                   : SSK_PATTERN_ALONE;
    if (!alive && c->capture_silent && c->clock_behind[c->near] && !c->near_answered)
        return SSK_PATTERN_ALONE_QUIET;
    bool heard = alive || c->near_answered || c->other_hosts.alive.count ||
                 c->same_hosts.alive.count;
    return quiet_pattern(c, heard ? SSK_PATTERN_NOTHING_SENT : SSK_PATTERN_NOTHING_HEARD);
}

/* Nothing of far, then its kernel answered at once, and still nothing came of its
 * programs, on connections old or new, though no retransmission held them up. */
static bool answered_without_app(const ssk_case *c)
{
    ssk_time_ns end = ssk_stall_end(c->result, c->stall);
    if (!(c->answered[c->silent].count || c->answered_in_tail[c->silent].count) ||
        c->silent != c->far || !c->far_host_silent || c->far_heard == SSK_TIME_NONE ||
        c->host_hoarded || c->lost[c->far].count ||
        end - c->far_heard <= MAX(3 * c->stall->period, c->result->config.min_gap))
        return false;
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        if (flow->first != SSK_TIME_NONE && flow->first >= c->far_heard && flow->first < end &&
            !memcmp(&flow->addr[SSK_A], &c->flow->addr[c->far], sizeof(ssk_addr)))
            return false;
    }
    return true;
}

/* The stack acknowledged at first, and then left unanswered what was sent to it. */
static bool died_after_answers(const ssk_case *c)
{
    ssk_time_ns answered = c->answered_last[c->silent];

    return answered != SSK_TIME_NONE && c->resent_since[!c->silent] > answered;
}

/* docs/causes.md, section 2: who owed, the reverse path, witnesses, the resume. */
static ssk_pattern pattern_of(ssk_case *c)
{
    bool near_silent = c->silent == c->near;
    if (is_connect(c))
        return connect_pattern(c);
    if (c->moved.count && c->moved.n_frames)
        return SSK_PATTERN_MOVED;
    if (c->woken.count && c->capture_silent)
        return SSK_PATTERN_WOKEN;
    if (c->closed_window[SSK_A].count || c->closed_window[SSK_B].count)
        return SSK_PATTERN_WINDOW_CLOSED;
    /* What near sends again without an answer blocks what it has to say next. */
    bool blocked = near_silent && c->retransmitted[c->near].count >= 2;
    bool sent_in_vain = !near_silent && c->lost[c->far].count;
    /* In the back-off after an outage a kernel acknowledges, too: that tail is no
     * longer than the outage was. */
    sent_in_vain |= delivered_all(c) &&
                    c->answered_first[c->silent] > c->from + (c->to - c->from) / 2;
    if (answered_without_app(c))
        return quiet_pattern(c, SSK_PATTERN_ONLY_STACK_BACK);
    bool stack_alive = c->answered[c->silent].count > 0 && !died_after_answers(c);
    if (near_silent && !c->near_hoarded && !near_waits(c))
        stack_alive |= c->answered_in_tail[c->near].count > 0;
    if (stack_alive && !blocked && !sent_in_vain && (near_silent || !c->far_host_silent))
        return quiet_pattern(c, SSK_PATTERN_STACK_ALIVE);
    if (c->lag.count > (c->to - c->from) / 2 || c->echoes.count >= 2)
        return SSK_PATTERN_HELD;
    if (c->stretched && !near_waits(c) && !c->far_host_silent)
        return SSK_PATTERN_STRETCHED;
    /* Its own kernel says that nobody listens any more. */
    if (near_silent && c->icmp.n_frames && !near_waits(c))
        return SSK_PATTERN_NOBODY_LISTENS;
    if (near_silent && !near_waits(c))
        return quiet_near(c);
    if (alone(c) && !c->far_close.count)
        return SSK_PATTERN_ALONE;
    if (c->reset.count && c->arp_unanswered.count && near_waits(c) && !c->knows_us)
        return SSK_PATTERN_STATE_LOST;
    if (c->icmp.n_frames && near_waits(c))
        return unreached(c);
    bool in_vain = (c->arp_unanswered.count && !c->arp_answered.count) ||
                   c->near_asked.count >= ASKED_LEAST;
    bool unresolved = in_vain && near_waits(c) && !c->far_host_silent;
    /* It sends again what we acknowledged: our packets left, and did not get there. */
    if (unresolved)
        return c->retransmitted[c->far].count && c->retransmitted[c->near].count
                   ? SSK_PATTERN_ONE_WAY_UNRESOLVED
                   : SSK_PATTERN_UNRESOLVED;
    bool one_way = near_waits(c) && (c->retransmitted[c->far].count || c->far_close.count ||
                                     c->kept_talking[c->far]);
    if (one_way)
        return c->two_way ? SSK_PATTERN_ONE_FLOW_ONE_WAY : SSK_PATTERN_ONE_WAY;
    /* A RST that answers what was sent; one that nobody asked for is the silent
     * side's own end. */
    if (far_elsewhere_alive(c) && c->reset.count && (near_waits(c) || !c->own_close.count))
        return SSK_PATTERN_ONE_FLOW;
    if (far_elsewhere_alive(c) && c->lost[c->far].count && !near_waits(c))
        return SSK_PATTERN_ONE_FLOW; /* it did send, and nothing of it arrived */
    if (far_elsewhere_alive(c)) {
        /* Keep-alives of its kernel came on this very connection. */
        if (!near_waits(c) && !strcmp(c->stall->kind, "app-silence"))
            return quiet_pattern(c, SSK_PATTERN_NOTHING_OWED);
        if (!near_waits(c) && !c->far_hoarded)
            return quiet_pattern(c, c->far_backlog >= 0 ? SSK_PATTERN_NOTHING_OWED
                                                        : SSK_PATTERN_QUIET_PEER);
        /* TCP delivers all that was made; a few at once may be a timer that catches up. */
        if (!near_waits(c) && 2 * c->far_backlog < c->stall->missed)
            return SSK_PATTERN_QUIET_PEER;
        return SSK_PATTERN_ONE_FLOW;
    }
    if (c->joined.count)
        return SSK_PATTERN_JOINED;
    /* Without a witness TCP itself is one: it loses nothing that was made. */
    if (c->flow->transport == SSK_TCP && !near_waits(c) && !c->same_hosts.dead.count &&
        !c->far_others.dead.count && c->stall->end_kind == SSK_END_MESSAGE && c->far_backlog >= 0 &&
        !c->far_hoarded && c->stall->missed >= NOT_MADE_LEAST && !c->lost[c->far].count &&
        !c->retransmitted[c->far].count)
        return SSK_PATTERN_NOT_MADE;
    if (c->arp_answered.count || c->arp_spoken.count)
        return SSK_PATTERN_UNREACHABLE_ON_LINK;
    if (c->arp_unanswered.count)
        return SSK_PATTERN_NO_NEIGHBOUR;
    if (c->far_known && !c->far_host_silent && !near_waits(c))
        return quiet_pattern(c,
                             SSK_PATTERN_QUIET_PEER); /* heard on another flow, if only in vain */
    return SSK_PATTERN_UNREACHABLE;
}

/* ---- what speaks for the pattern ---- */

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

/* "flow 3", "flows 3, 5 and 2 more" */
static char *flows_text(const ssk_tally *flows)
{
    GString *text = g_string_new(flows->count == 1 ? "flow " : "flows ");
    for (unsigned i = 0; i < flows->n_frames; i++)
        g_string_append_printf(text, "%s%u", i ? ", " : "", flows->frames[i]);
    if (flows->count > flows->n_frames)
        g_string_append_printf(text, " and %u more", (unsigned)flows->count - flows->n_frames);
    return g_string_free(text, FALSE);
}

/* Witnesses: what other flows did meanwhile. */
static void tell_of(ssk_verdict_draft *draft, const ssk_tally *flows, const char *whose,
                    const char *what)
{
    if (!flows->count)
        return;
    char *text = flows_text(flows);
    ssk_verdict_for(draft, &none, "%s %s %s", text, whose, what);
    g_free(text);
}

static void evidence_of(const ssk_case *c, ssk_verdict_draft *draft)
{
    char text[SSK_TEXT_ROOM];
    const char *whose = c->far == c->client ? "of the client" : "of the server";
    const ssk_result_stall *stall = c->stall;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        if (c->retransmitted[dir].count)
            ssk_verdict_for(draft, &c->retransmitted[dir],
                            "the %s sent %u packet%s again without an answer", name(c, dir),
                            (unsigned)c->retransmitted[dir].count,
                            plural(c->retransmitted[dir].count));
        if (c->answered[dir].count)
            ssk_verdict_for(draft, &c->answered[dir],
                            "the %s's stack acknowledged data during the silence", name(c, dir));
        else if (c->answered_in_tail[dir].count && dir == c->silent)
            ssk_verdict_for(draft, &c->answered_in_tail[dir],
                            "the %s's stack acknowledged data before its messages came again",
                            name(c, dir));
        if (c->lost[dir].count && dir == c->far)
            ssk_verdict_for(
                draft, &c->lost[dir],
                "the %s's sequence numbers moved on by %u bytes that never arrived here",
                name(c, dir), (unsigned)c->lost[dir].count);
        if (c->closed_window[dir].count)
            ssk_verdict_for(draft, &c->closed_window[dir], "the %s announced a window of 0",
                            name(c, dir));
    }
    if (c->lag.count)
        ssk_verdict_for(draft, &c->lag, "TCP time stamps %s older than their arrival",
                        ssk_span_text(c->lag.count, text));
    if (c->echoes.count >= 2)
        ssk_verdict_for(
            draft, &c->echoes,
            "%u different time stamps sent into the silence were echoed at once after it",
            (unsigned)c->echoes.count);
    if (c->far_close.count)
        ssk_verdict_for(draft, &c->far_close, "the %s's close arrived here", name(c, c->far));
    bool sought = !is_connect(c) ||
                  c->far != c->client; /* who knocks is there, that much is plain */
    if (c->arp_answered.count && sought)
        ssk_verdict_for(draft, &c->arp_answered, "the %s's address was resolved meanwhile",
                        name(c, c->far));
    if (c->arp_unanswered.count)
        ssk_verdict_for(
            draft, &c->arp_unanswered, "%u question%s for the %s's address stayed unanswered",
            (unsigned)c->arp_unanswered.count, plural(c->arp_unanswered.count), name(c, c->far));
    if (c->moved.count)
        ssk_verdict_for(draft, &c->moved, "the %s's MAC address appears with %s", name(c, c->mover),
                        ssk_addr_text(&c->moved_to, text));
    if (c->own_close.count && !c->reset.count)
        ssk_verdict_for(draft, &c->own_close, "the %s then closed with %s", name(c, c->silent),
                        c->own_close.count >= 2 ? "RST" : "FIN");
    if (c->reset.count)
        ssk_verdict_for(draft, &c->reset, "the %s answered with RST", name(c, c->far));
    if (c->reset.count && c->knows_us)
        ssk_verdict_for(draft, &none,
                        "the %s went on with another connection from before the silence, so it "
                        "had not rebooted",
                        name(c, c->far));
    if (c->arp_spoken.count && sought)
        ssk_verdict_for(draft, &c->arp_spoken, "the %s sent ARP meanwhile", name(c, c->far));
    if (c->icmp.n_frames)
        ssk_verdict_for(draft, &c->icmp, "ICMP%s type %u code %u quotes this flow",
                        c->icmp.count >> 16 == 6 ? "v6" : "", (unsigned)(c->icmp.count >> 8 & 0xff),
                        (unsigned)(c->icmp.count & 0xff));
    if (c->joined.count)
        ssk_verdict_for(draft, &c->joined, "the %s joined the network%s%s%s", name(c, c->far),
                        c->joined_by & SSK_ASSOCIATION_FRAME ? ", association" : "",
                        c->joined_by & SSK_ASSOCIATION_EAPOL ? ", EAPOL" : "",
                        c->joined_by & SSK_ASSOCIATION_DHCP ? ", DHCP" : "");
    if (c->woken.count)
        ssk_verdict_for(draft, &c->woken, "by the capture's own word this packet woke the %s",
                        name(c, c->near));
    if (c->dozed.count)
        ssk_verdict_for(draft, &c->dozed, "the %s had told its access point that it dozes",
                        name(c, c->far));
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (c->clock_behind[dir] && (dir == c->far) != c->clock_behind[!dir])
            ssk_verdict_for(draft, dir == c->far ? &c->lag : &none,
                            "the %s's TCP clock lost time over the silence", name(c, dir));
    tell_of(draft, &c->same_hosts.alive, whose, "went on");
    if (!c->same_hosts.alive.count)
        tell_of(draft, &c->same_hosts.dead, whose, "fell silent too");
    tell_of(draft, &c->other_hosts.alive, "of other hosts", "went on");
    if (!c->other_hosts.alive.count)
        tell_of(draft, &c->other_hosts.dead, "of other hosts", "fell silent too");
    if (c->far_backlog >= 0 && stall->end_kind == SSK_END_MESSAGE)
        ssk_verdict_for(draft, &none, "%u message%s of the %s arrived within 150 ms of the resume",
                        (unsigned)c->far_backlog, plural(c->far_backlog), name(c, c->far));
}

/* ---- what speaks against single causes ---- */

static void rule_out(const ssk_case *c, ssk_verdict_draft *draft)
{
    if (c->silent == c->near && c->clock_behind[c->near] && c->capture_silent) {
        ssk_verdict_against(draft, "process-suspended", &none,
                            "the kernel's own clock stood still as well, by its TCP time stamps");
    }
    if (c->host_hoarded && c->far_host_silent) {
        ssk_tally at = {.n_frames = 1, .frames = {c->host_backlog_frame}};
        ssk_verdict_against(
            draft, "host-asleep", &at,
            "its messages were produced during the silence and arrived as a backlog");
    }
}

/* Was the silence longer than this service is known to wait for a client? */
static bool outlasts_timeout(const ssk_case *c)
{
    for (size_t i = 0; i < c->result->n_flows; i++) {
        const ssk_result_flow *flow = &c->result->flows[i];
        if (flow->keepalive && flow->keepalive->timeout &&
            flow->port[SSK_B] == c->flow->port[SSK_B] &&
            !memcmp(&flow->addr[SSK_B], &c->flow->addr[SSK_B], sizeof(ssk_addr)))
            return c->stall->duration >= flow->keepalive->timeout;
    }
    return false;
}

/* What makes one of the set likelier without ruling out the others. */
static void order(const ssk_case *c, ssk_verdict_draft *draft)
{
    const ssk_result_stall *stall = c->stall;
    int64_t answers = c->silent == c->far ? c->far_backlog : c->near_backlog;
    if (c->silent != c->client && stall->end_kind == SSK_END_MESSAGE && answers >= 0)
        ssk_verdict_prefer(draft, answers >= ANSWERS_LEAST ? "process-suspended" : "app-wedged");
    bool resumed_alone = c->host_backlog > 0 && !c->host_hoarded;
    if (c->silent == c->far && c->far_host_silent &&
        (c->clock_behind[c->far] || (resumed_alone && c->far == c->client)) &&
        !answered_without_app(c))
        ssk_verdict_prefer(draft, "host-asleep");
    /* A close that only ends what was wrong before: it was asked, and did not answer. */
    if (c->own_close.count && c->answered[c->silent].count > 1) {
        ssk_verdict_prefer(draft, "app-wedged");
        ssk_verdict_prefer(draft, "process-suspended");
    }
    /* Its link came back, but nothing that had waited for it. */
    if (c->silent == c->near && c->capture_silent &&
        (c->clock_behind[c->near] || (c->near_backlog > 0 && c->near == c->client)))
        ssk_verdict_prefer(draft, "host-asleep");
    if (c->dozed.count)
        ssk_verdict_prefer(draft, "radio-off");
    /* Longer than the server waits: it may have closed by itself, and then a RST is
     * no sign of a reboot. */
    if (c->reset.count && c->arp_unanswered.count && outlasts_timeout(c))
        ssk_verdict_prefer(draft, "host-down");
    if (is_connect(c) && c->server_reset)
        ssk_verdict_prefer(draft, "app-crashed");
    else if (is_connect(c))
        ssk_verdict_prefer(draft, "app-closed");
}

/* RFC 6298, 5.5: each time-out doubles the one before. */
static ssk_time_ns next_retry(const ssk_case *c)
{
    ssk_time_ns due = SSK_TIME_NONE, next;
    ssk_facts_walk own = ssk_facts_among(c->facts, c->flow->id, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
                                         c->from,
                                         ssk_time_shifted(c->stall->start, c->stall->duration));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->end > c->from && fact->start < c->stall->start + c->stall->duration &&
            fact->extra < SSK_DAY && !__builtin_add_overflow(fact->end, 2 * fact->extra, &next))
            due = MAX(due, next);
    return due;
}

static void judge_stall(const ssk_facts *facts, ssk_result *result, ssk_result_stall *stall)
{
    ssk_case c;
    ssk_case_build(facts, result, stall, &c);
    ssk_pattern pattern = pattern_of(&c);
    if (pattern == SSK_PATTERN_NONE)
        return;
    if (pattern == SSK_PATTERN_WINDOW_CLOSED) { /* the reader is to blame, whoever fell silent */
        ssk_dir reader = c.closed_window[SSK_A].count ? SSK_A : SSK_B;
        stall->held = reader != c.silent;
        c.silent = reader;
        stall->direction = c.silent == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    }
    ssk_verdict_draft *draft = ssk_verdict_draft_new(result);
    for (const ssk_suspect *suspect = ssk_ambiguity(pattern, c.near == c.client); suspect->id;
         suspect++) {
        ssk_dir dir = suspect->side == 'n'   ? c.near
                      : suspect->side == 'f' ? c.far
                      : suspect->side == 'm' ? c.mover
                                             : c.silent;
        ssk_verdict_suspect(draft, suspect->id,
                            suspect->side == 'p' ? SSK_SIDE_PATH
                            : dir == SSK_A       ? SSK_SIDE_A
                                                 : SSK_SIDE_B);
    }
    ssk_tally at = {.n_frames = 1, .frames = {stall->frame_before}};
    static const char *const names[2] = {"the server", "the client"};
    char *text = ssk_pattern_text(pattern, names[c.silent == c.client], names[c.near == c.client],
                                  names[c.far == c.client]);
    ssk_verdict_for(draft, &at, "%s", text);
    g_free(text);
    evidence_of(&c, draft);
    rule_out(&c, draft);
    order(&c, draft);
    ssk_log_account_tell(&c, draft);
    stall->next_retry = next_retry(&c);
    ssk_verdict_finish(draft, c.near == c.client, &stall->verdict);
    if (ssk_log_account_next(&c))
        stall->verdict.next_capture = ssk_log_account_next(&c);
    if (c.far_host_silent && c.far_heard != SSK_TIME_NONE) {
        stall->cause_end = c.far_heard;
        if (stall->end != SSK_TIME_NONE && stall->end >= c.far_heard)
            stall->recovery_tail = stall->end - c.far_heard;
    }
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    for (size_t i = 0; i < result->n_stalls; i++)
        judge_stall(facts, result, &result->stalls[i]);
}

const ssk_rule ssk_rule_cause = {
    .name = "cause",
    .source = "docs/causes.md, order of reasoning",
    .judge = judge,
};
