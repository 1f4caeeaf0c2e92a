/* case_host.c - what the capture shows of the hosts: neighbors, stations, errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Far was heard again, and near's questions went on unanswered for longer than a round trip: it is
 * not the host that was silent. By another connection, or here, where it acknowledged nothing. */
static bool blocked_while_heard(const ssk_case *c, ssk_time_ns heard)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    ssk_facts_walk own = ssk_host_index_facts(c->index, c->flow, SSK_KIND(SSK_FACT_REVERSE),
                                              c->from, c->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == c->near && fact->reverse.stale)
            return true;
    if (c->in_vain_last == SSK_TIME_NONE || c->in_vain_last < heard + SSK_LIMIT(SETTLED))
        return false;
    /* TCP's back-off may bridge several outages: in the next one it is not heard again. */
    ssk_host_facts silences = ssk_host_facts_of(c->index, far, SSK_KIND(SSK_FACT_HOST_SILENCE),
                                                c->in_vain_last, c->in_vain_last);
    for (const ssk_fact *fact; (fact = ssk_host_facts_next(&silences));)
        if (ssk_addr_equal(&fact->host, far) && fact->start <= c->in_vain_last &&
            fact->end > c->in_vain_last && fact->end - fact->start > (c->end - c->from) / 4)
            return false;
    return true;
}

/* By IP, between the edges of the stall: the packet that ends it was not heard meanwhile. */
static void read_heard(ssk_case *c)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    ssk_tally heard = {.count = 1};
    const ssk_fact *fact;
    ssk_host_facts hosts = ssk_host_facts_of(c->index, far, SSK_KIND(SSK_FACT_HOST), INT64_MIN,
                                             INT64_MAX);
    while ((fact = ssk_host_facts_next(&hosts)))
        if (ssk_addr_equal(&fact->host, far) && (fact->flags & SSK_HOST_BY_IP))
            break;
    c->far_never_heard = !fact;
    if (!fact || fact->start >= c->end)
        return;
    if (fact->start > c->stall->start)
        ssk_tally_add(&heard, 0, fact->frame_first);
    ssk_host_facts silences = ssk_host_facts_of(c->index, far, SSK_KIND(SSK_FACT_HOST_SILENCE),
                                                c->stall->start, c->end);
    while ((fact = ssk_host_facts_next(&silences))) {
        if (!ssk_addr_equal(&fact->host, far) || fact->start >= c->end ||
            fact->end <= c->stall->start)
            continue;
        bool before = fact->start <= c->stall->start, after = fact->open || fact->end >= c->end;
        if (before && after)
            return;
        ssk_tally_add(&heard, 0, before ? fact->frame_last : fact->frame_first);
    }
    c->far_meanwhile = heard;
}

/* The host's own silence ends the cause; what is left of the stall is TCP's
 * back-off. Answers in that tail say nothing of the silence. */
void ssk_case_bound_by_host(ssk_case *c)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    ssk_span_ns longest = 0, unheard = 0;
    bool from_the_start = false;
    ssk_time_ns begun = c->from;
    const ssk_fact *fact;
    ssk_host_facts hosts = ssk_host_facts_of(c->index, far, SSK_KIND(SSK_FACT_HOST), INT64_MIN,
                                             INT64_MAX);
    while (!c->far_known && (fact = ssk_host_facts_next(&hosts)))
        c->far_known = ssk_addr_equal(&fact->host, far);
    read_heard(c);
    ssk_host_facts silences = ssk_host_facts_of(c->index, far, SSK_KIND(SSK_FACT_HOST_SILENCE),
                                                c->from, c->to);
    while ((fact = ssk_host_facts_next(&silences))) {
        ssk_span_ns inside = ssk_case_overlap(fact->start, fact->end, c->from, c->to);
        if (!ssk_addr_equal(&fact->host, far) || from_the_start || inside <= longest)
            continue;
        longest = inside;
        unheard = ssk_case_overlap(fact->start, fact->end, c->stall->start, c->end);
        begun = fact->start;
        c->far_heard = fact->open ? SSK_TIME_NONE : fact->end;
        /* TCP's back-off may bridge several outages: the first is the cause. No outage is as
         * short as the pauses that are usual. */
        from_the_start = !c->connecting && fact->start <= c->from &&
                         longest > (c->to - c->from) / 4 &&
                         fact->end - fact->start > 2 * c->stall->period;
    }
    /* Heard well into the silence: then it was not the host that fell silent. */
    bool in_time = begun <= c->from + (c->to - c->from) / 4;
    if (c->far_never_heard && c->tcp)
        unheard = c->end - c->stall->start;
    c->far_unheard = unheard;
    c->far_host_silent = (c->far_never_heard && c->tcp) || from_the_start ||
                         (longest > (c->to - c->from) / 2 && in_time);
    if (c->far_host_silent && c->far_heard != SSK_TIME_NONE && blocked_while_heard(c, c->far_heard))
        c->far_host_silent = false;
    if (!c->far_host_silent)
        c->far_heard = SSK_TIME_NONE;
    else if (c->far_heard != SSK_TIME_NONE && c->far_heard < c->to)
        c->to = c->far_heard;
}

/* From when on the path may have been back, and everybody only waited for a
 * timeout: that tail is no longer than the outage was (RFC 6298, 5.5), and near
 * asked for nothing in it but the last time. */
static ssk_time_ns tail_from(const ssk_case *c)
{
    ssk_time_ns tail = c->from + (c->to - c->from) / 2;
    ssk_facts_walk own = ssk_host_index_facts(c->index, c->flow, SSK_KIND(SSK_FACT_RETRANSMISSIONS),
                                              c->from, c->to);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));)
        if (fact->dir == c->near && fact->start < c->to && fact->end > c->from)
            tail = MAX(tail, fact->end - (fact->end >= c->to - SSK_LIMIT(RESUME_SPREAD)
                                              ? fact->retransmissions.interval
                                              : 0));
    return tail;
}

/* A host that comes back resolves its neighbors before it sends IP. */
static ssk_time_ns recovery_from(const ssk_case *c)
{
    if (c->far_heard == SSK_TIME_NONE)
        return c->to;
    return MIN(c->to - MIN(SSK_LIMIT(RESUME_SPREAD), (c->to - c->from) / 4), tail_from(c));
}

/* Did one of the two speak ARP or neighbor discovery for itself? In a capture
 * that holds none of it, nobody did. */
static bool is_neighbour(const ssk_case *c, const ssk_addr *one, const ssk_addr *other)
{
    bool any;
    return ssk_host_index_resolves(c->index, one, &any) ||
           ssk_host_index_resolves(c->index, other, &any) || !any;
}

/* When an address was heard last. */
static ssk_time_ns last_heard(const ssk_case *c, const ssk_addr *addr)
{
    ssk_host_facts silences = ssk_host_facts_of(c->index, addr, SSK_KIND(SSK_FACT_HOST_SILENCE),
                                                INT64_MIN, INT64_MAX);
    for (const ssk_fact *fact; (fact = ssk_host_facts_next(&silences));)
        if (fact->open && ssk_addr_equal(&fact->host, addr))
            return fact->start;
    return c->result->inputs[0].last;
}

/* Was the same MAC, which had only this one address, heard with another one? */
static void look_for_move(ssk_case *c, ssk_dir dir)
{
    const ssk_addr *far = &c->flow->addr[dir];
    const ssk_fact *home = NULL;
    unsigned neighbours = 0;
    ssk_host_facts walk = ssk_host_facts_of(c->index, far, SSK_KIND(SSK_FACT_HOST), INT64_MIN,
                                            INT64_MAX);
    for (const ssk_fact *fact; (fact = ssk_host_facts_next(&walk));)
        if (fact->sighting.has_mac && ssk_addr_equal(&fact->host, far))
            home = fact;
    if (!home)
        return;
    const ssk_fact *moved = NULL;
    walk = ssk_host_facts_of_mac(c->index, &home->mac, SSK_KIND(SSK_FACT_HOST), INT64_MIN,
                                 INT64_MAX);
    for (const ssk_fact *fact; !neighbours && (fact = ssk_host_facts_next(&walk));) {
        bool link_local = fact->host.family == 6 && fact->host.bytes[0] == 0xfe;
        if (!fact->sighting.has_mac || fact->host.family != far->family || link_local ||
            ssk_addr_equal(&fact->host, far) || memcmp(&fact->mac, &home->mac, sizeof home->mac))
            continue;
        /* IPv6 hosts go on sending from the old address for a moment. */
        if (fact->start < c->stall->start - 2 * c->stall->period)
            neighbours++; /* a router, or a host with several addresses */
        else if (!moved && fact->start <= c->to + SSK_LIMIT(MOVED_BY))
            moved = fact;
    }
    /* Who goes on with its old address has two. An IPv6 host goes on from one that it lost. */
    if (moved && far->family == 4 &&
        last_heard(c, far) > ssk_time_shifted(moved->start, SSK_LIMIT(SETTLED)))
        return;
    /* A router's MAC comes with the addresses behind it. */
    if (moved && !neighbours && !c->moved.count && is_neighbour(c, far, &moved->host)) {
        c->mover = dir;
        ssk_tally_add(&c->moved, 1, moved->frame_first);
        c->moved_to = moved->host;
    }
}

/* Pings over half of the interval; a few at its edge say nothing of it. */
static void read_ping(ssk_case *c, const ssk_fact *fact)
{
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        if (!ssk_addr_equal(&fact->host, &c->flow->addr[dir]) ||
            !ssk_addr_equal(&fact->peer, &c->flow->addr[ssk_dir_other(dir)]) ||
            !ssk_case_is_half(ssk_case_overlap(fact->start, fact->end, c->from, c->to),
                              c->to - c->from))
            continue;
        ssk_tally_add(&c->pings[dir], fact->echo.packets, fact->frame_first);
        if (fact->flags & SSK_ECHO_REPLY)
            ssk_tally_add(&c->ping_answers[dir], fact->echo.packets, fact->frame_first);
    }
}

/* Two that claim one address take the frames for it by turns. */
static void read_claim(ssk_case *c, const ssk_fact *fact, ssk_time_ns since, ssk_time_ns until)
{
    if (!(fact->flags & SSK_CLAIM_PROBED))
        c->turns += fact->claim.turns;
    if (fact->end < since || fact->start > until)
        return;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        if (!(fact->flags & SSK_CLAIM_PROBED) && ssk_addr_equal(&fact->host, &c->flow->addr[dir])) {
            ssk_tally_add(&c->claimed, fact->claim.turns, fact->frame_first);
            ssk_tally_add(&c->claimed, 0, fact->frame_last);
            c->claimed_of = dir;
            c->claimed_by = fact->mac;
        }
}

/* RFC 792, RFC 4443: time exceeded, fragment reassembly. */
static bool is_reassembly(const ssk_fact *fact)
{
    return fact->icmp.type == (fact->icmp.version == 6 ? 3 : 11) && fact->icmp.code == 1;
}

static void read_capture_fact(ssk_case *c, const ssk_fact *fact)
{
    ssk_span_ns half = (c->to - c->from) / 2;
    if (fact->kind == SSK_FACT_CAPTURE_SILENCE) {
        if (ssk_case_overlap(fact->start, fact->end, c->from, c->to) <= half)
            return;
        c->capture_silent = true;
        c->mostly_silent |= ssk_case_overlap(fact->start, fact->end, c->stall->start, c->to) >
                            (c->to - c->stall->start) / 2;
    } else if (fact->start > c->from && fact->start <= c->end + SSK_LIMIT(WOKEN_BY)) {
        ssk_tally_add(&c->woken, 1, fact->frame_first);
    }
}

/* Does it quote a packet of the flow that this side sent? */
static bool quotes(const ssk_case *c, const ssk_fact *fact, ssk_dir dir)
{
    const ssk_result_flow *flow = c->flow;
    ssk_dir to = ssk_dir_other(dir);
    return ssk_addr_equal(&fact->host, &flow->addr[dir]) &&
           ssk_addr_equal(&fact->peer, &flow->addr[to]) &&
           fact->icmp.source_port == flow->port[dir] &&
           fact->icmp.destination_port == flow->port[to];
}

static void read_icmp_fact(ssk_case *c, const ssk_fact *fact)
{
    if (fact->start < c->stall->start || fact->start > c->to ||
        !(quotes(c, fact, SSK_A) || quotes(c, fact, SSK_B)))
        return;
    if (is_reassembly(fact)) {
        ssk_tally_add(&c->not_joined[quotes(c, fact, SSK_A) ? SSK_A : SSK_B], 1, fact->frame_first);
        return;
    }
    ssk_tally_add(&c->icmp.at, 1, fact->frame_first);
    c->icmp.version = fact->icmp.version;
    c->icmp.type = fact->icmp.type;
    c->icmp.code = fact->icmp.code;
    c->icmp.unreached = quotes(c, fact, SSK_A) ? SSK_B : SSK_A;
    c->icmp.reporter = fact->icmp.by_destination ? fact->peer
                       : fact->icmp.version == 4 ? (ssk_addr){.family = 4}
                                                 : (ssk_addr){0};
    if (c->icmp.reporter.family == 4)
        memcpy(c->icmp.reporter.bytes, fact->icmp.reporter, sizeof fact->icmp.reporter);
}

/* Far asks for near because it has something to send, which follows at once where the path works. */
static void read_far_question(ssk_case *c, const ssk_fact *fact, ssk_time_ns recovery)
{
    bool of_near = ssk_addr_equal(&fact->host, &c->flow->addr[c->near]);
    ssk_time_ns until = of_near ? c->to - MIN(SSK_LIMIT(SETTLED), (c->to - c->from) / 4) : recovery;
    ssk_time_ns last = fact->arp.questions > 1 ? fact->end : fact->start;
    if (last > c->from && fact->start < until)
        ssk_tally_add(&c->arp_spoken, 1, fact->frame_first);
    if (of_near && !fact->arp.answered && fact->start < c->to && fact->end > c->from)
        ssk_tally_add(&c->far_asked, fact->arp.questions, fact->frame_first);
    if (!of_near || !fact->arp.answered || fact->start <= c->from || fact->end >= c->to)
        return;
    if (c->far_reasked.n_frames && fact->start - c->far_reasked_at < SSK_LIMIT(ASKED_AGAIN))
        ssk_tally_add(&c->far_reasked, 1, fact->frame_first);
    else
        ssk_tally_add(&c->far_reasked, 0, fact->frame_first);
    c->far_reasked_at = fact->start;
}

static void read_neighbour_fact(ssk_case *c, const ssk_fact *fact, ssk_time_ns recovery)
{
    const ssk_addr *far = &c->flow->addr[c->far];
    if (ssk_addr_equal(&fact->peer, far))
        read_far_question(c, fact, recovery);
    bool near_asks = ssk_addr_equal(&fact->host, far) &&
                     ssk_addr_equal(&fact->peer, &c->flow->addr[c->near]);
    c->near_seeks |= ssk_addr_equal(&fact->host, far) &&
                     ssk_addr_equal(&fact->peer, &c->flow->addr[c->near]) &&
                     fact->start > c->from && fact->end < c->to;
    if (near_asks && !fact->arp.answered && fact->start < c->to && fact->end > c->from)
        ssk_tally_add(&c->near_asked, fact->arp.questions, fact->frame_first);
    if (!ssk_addr_equal(&fact->host, far) || fact->start < c->stall->start)
        return;
    if (fact->arp.answered && fact->end > c->from && fact->end < recovery)
        ssk_tally_add(&c->arp_answered, 1, fact->frame_last);
    if (!fact->arp.answered && fact->start < c->to && (fact->arp.questions >= 2 || near_asks))
        ssk_tally_add(&c->arp_unanswered, fact->arp.questions, fact->frame_first);
}

/* Stations are known by MAC: that of far's address. */
static const ssk_mac *mac_of(const ssk_case *c, const ssk_addr *addr)
{
    ssk_host_facts hosts = ssk_host_facts_of(c->index, addr, SSK_KIND(SSK_FACT_HOST), INT64_MIN,
                                             INT64_MAX);
    for (const ssk_fact *fact; (fact = ssk_host_facts_next(&hosts));)
        if (fact->sighting.has_mac && ssk_addr_equal(&fact->host, addr))
            return &fact->mac;
    return NULL;
}

static void read_station_fact(ssk_case *c, const ssk_fact *fact, ssk_dir dir)
{
    bool joins = fact->kind == SSK_FACT_ASSOCIATION && fact->end >= c->from &&
                 fact->start <= c->to + SSK_LIMIT(JOINED_BY);
    ssk_association by = (ssk_association)(fact->flags & ~SSK_ASSOCIATION_LINK);
    if (joins && fact->flags & SSK_ASSOCIATION_LINK && fact->end >= c->to - SSK_LIMIT(JOINED_BY))
        ssk_tally_add(&c->link_up[dir], 1, fact->frame_first);
    if (dir != c->far)
        return;
    if (joins && by) {
        ssk_tally_add(&c->joined, 1, fact->frame_first);
        c->joined_by |= by;
    } else if (fact->kind == SSK_FACT_POWER_SAVE &&
               ssk_case_is_half(ssk_case_overlap(fact->start, fact->end, c->from, c->to),
                                c->to - c->from)) {
        ssk_tally_add(&c->dozed, 1, fact->frame_first);
    }
}

/* What names far: neighbors, errors, pings, another claim to its address. */
static void read_far_facts(ssk_case *c, ssk_time_ns since, ssk_time_ns until)
{
    ssk_time_ns recovery = recovery_from(c);
    ssk_host_facts far = ssk_host_facts_of(
        c->index, &c->flow->addr[c->far],
        SSK_KIND(SSK_FACT_ARP) | SSK_KIND(SSK_FACT_ICMP) | SSK_KIND(SSK_FACT_ECHO), since, until);
    for (const ssk_fact *fact; (fact = ssk_host_facts_next(&far));) {
        if (fact->kind == SSK_FACT_ICMP)
            read_icmp_fact(c, fact);
        else if (fact->kind == SSK_FACT_ECHO)
            read_ping(c, fact);
        else
            read_neighbour_fact(c, fact, recovery);
    }
}

/* What names one side by its address or its MAC. */
static void read_side_facts(ssk_case *c, ssk_dir dir, ssk_time_ns since, ssk_time_ns until)
{
    const ssk_addr *addr = &c->flow->addr[dir];
    const ssk_mac *mac = mac_of(c, addr);
    const ssk_fact *fact;
    ssk_host_facts claims = ssk_host_facts_of(c->index, addr, SSK_KIND(SSK_FACT_CLAIM), INT64_MIN,
                                              INT64_MAX);
    while ((fact = ssk_host_facts_next(&claims)))
        read_claim(c, fact, since, until);
    if (!mac)
        return;
    ssk_host_facts station = ssk_host_facts_of_mac(
        c->index, mac, SSK_KIND(SSK_FACT_ASSOCIATION) | SSK_KIND(SSK_FACT_POWER_SAVE), since,
        until);
    while ((fact = ssk_host_facts_next(&station)))
        read_station_fact(c, fact, dir);
}

void ssk_case_read_hosts(ssk_case *c)
{
    ssk_time_ns since = MIN(c->from, c->stall->start), until = ssk_case_after(c);
    ssk_facts_walk capture = ssk_facts_among(
        c->facts, 0, SSK_KIND(SSK_FACT_CAPTURE_SILENCE) | SSK_KIND(SSK_FACT_WAKE), since, until);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&capture));)
        read_capture_fact(c, fact);
    read_far_facts(c, since, until);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++)
        read_side_facts(c, dir, since, until);
    look_for_move(c, c->far);
    look_for_move(c, c->near);
}
