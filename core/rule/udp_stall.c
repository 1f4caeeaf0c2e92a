/* udp_stall.c - a one-way stream that fell silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/udp.h"
#include "core/rule/udp_draft.h"

/* ---- groups ---- */

bool ssk_udp_is_group(const ssk_addr *addr)
{
    return addr->family == 4 ? (addr->bytes[0] & 0xf0) == 0xe0
                             : addr->family == 6 && addr->bytes[0] == 0xff;
}

static const ssk_fact *membership_of(const ssk_facts *facts, const ssk_addr *group)
{
    ssk_facts_walk walk = ssk_facts_of_kinds(facts, 0, SSK_KIND(SSK_FACT_MEMBERSHIP));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
        if (ssk_addr_equal(&fact->host, group))
            return fact;
    return NULL;
}

/* The stream came back as a host joined the group: it had not been forwarded for want of one. */
static void judge_rejoin(ssk_udp_draft *d, const ssk_facts *facts, const ssk_addr *group,
                         const ssk_result_stall *stall)
{
    if (stall->end == SSK_TIME_NONE)
        return;
    ssk_facts_walk walk = ssk_facts_among(facts, 0, SSK_KIND(SSK_FACT_REJOINED),
                                          stall->end - SSK_LIMIT(AFTER_JOIN), stall->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));) {
        if (!ssk_addr_equal(&fact->host, group) || fact->start > stall->end ||
            fact->start + SSK_LIMIT(AFTER_JOIN) < stall->end || fact->start <= stall->start)
            continue;
        const uint32_t frames[2] = {fact->frame_first, stall->frame_after};
        char span[SSK_TEXT_ROOM];
        ssk_udp_saw(d, SSK_UDP_SAW_JOINED_AGAIN, SSK_YES, frames,
                    ssk_result_printf(d->result,
                                      "the stream came back %s after a host reported the "
                                      "group without being asked",
                                      ssk_span_text(stall->end - fact->start, span)));
        return;
    }
}

/* The group was left, or nobody answered the querier any more, and then the
 * stream stopped at @p since. */
void ssk_udp_judge_membership(ssk_udp_draft *d, const ssk_facts *facts, const ssk_addr *group,
                              ssk_time_ns since)
{
    const ssk_fact *fact = membership_of(facts, group);
    if (!fact || since == SSK_TIME_NONE)
        return;
    if (fact->end != SSK_TIME_NONE && fact->end <= since + SSK_LIMIT(AFTER_LEAVE) &&
        fact->end + SSK_LIMIT(AFTER_LEAVE) >= since) {
        const uint32_t frames[2] = {fact->frame_last, 0};
        ssk_udp_saw(d, SSK_UDP_SAW_NO_MEMBER, SSK_YES, frames,
                    "a host left the group about when the stream stopped");
    } else if (fact->start != SSK_TIME_NONE && fact->membership.queries >= 2 &&
               fact->start + SSK_LIMIT(MEMBERSHIP) / 2 <= since) {
        const uint32_t frames[2] = {fact->frame_first, (uint32_t)fact->membership.last_query};
        ssk_udp_saw(d, SSK_UDP_SAW_NO_MEMBER, SSK_YES, frames,
                    ssk_result_printf(d->result,
                                      "the last membership report was followed by %" G_GINT64_FORMAT
                                      " queries that nobody answered, then the "
                                      "stream stopped",
                                      fact->membership.queries));
    }
}

/* ---- the sender's numbers ---- */

/* The sender's numbers across the stall; NULL: it has none. */
static const ssk_fact *numbering_over(const ssk_facts *facts, const ssk_result_stall *stall,
                                      ssk_dir dir)
{
    const ssk_fact *best = NULL;
    ssk_facts_walk own = ssk_facts_among(facts, stall->flow, SSK_KIND(SSK_FACT_NUMBERING),
                                         stall->start,
                                         stall->end == SSK_TIME_NONE ? INT64_MAX : stall->end);
    for (const ssk_fact *fact; (fact = ssk_facts_next(&own));) {
        if (fact->dir == dir && fact->numbering.due > 0 && fact->end > stall->start &&
            (stall->end == SSK_TIME_NONE || fact->start < stall->end) &&
            (!best || fact->end - fact->start > best->end - best->start))
            best = fact;
    }
    return best;
}

static const char *const numbering_text[] = {
    [SSK_NUMBERING_SEQUENCE] = "the sender's sequence numbers",
    [SSK_NUMBERING_CLOCK] = "the sender's own clock in the datagrams",
    [SSK_NUMBERING_IP_ID] = "the sender's IPv4 identifications",
};

static void judge_numbering(ssk_udp_draft *d, const ssk_fact *fact)
{
    const uint32_t frames[2] = {fact->frame_first, fact->frame_last};
    bool exact = fact->flags != SSK_NUMBERING_IP_ID;
    ssk_udp_numbers word = ssk_udp_judge_share((uint64_t)fact->numbering.skipped,
                                               (uint64_t)fact->numbering.due, exact);
    if (!exact && word == SSK_NUMBERS_WENT_ON)
        word = SSK_NUMBERS_BETWEEN; /* one pause alone: the identification may rise at random */
    const char *text = ssk_result_printf(
        d->result,
        "across the silence %s moved on by %" G_GINT64_FORMAT
        " more than the datagrams seen; %" G_GINT64_FORMAT " were due",
        numbering_text[fact->flags], fact->numbering.skipped, fact->numbering.due);
    ssk_udp_saw(d, SSK_UDP_SAW_WENT_ON, word == SSK_NUMBERS_PAUSED ? SSK_NO : SSK_YES, frames,
                text);
    ssk_udp_saw(d, SSK_UDP_SAW_PAUSED, word == SSK_NUMBERS_WENT_ON ? SSK_NO : SSK_YES, frames,
                text);
}

/* Broadcast by what its own row says. Flows of few datagrams have none: by the
 * address then, which for a subnet is a guess. */
static bool is_broadcast(const ssk_result *result, const ssk_result_flow *flow, ssk_dir to)
{
    size_t i = ssk_result_find_udp(result, flow->id);
    if (i < result->n_udp && result->udp[i].flow == flow->id)
        return !strcmp(result->udp[i].cast, "broadcast");
    return flow->addr[to].family == 4 && flow->addr[to].bytes[3] == 0xff;
}

/* Nobody answers a one-way stream, so what a conversation's silence shows says
 * little of it; the sender's own numbers say more. */
void ssk_udp_judge_stall(const ssk_facts *facts, ssk_result *result, ssk_result_stall *stall)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    if (!flow || flow->transport != SSK_UDP || stall->direction == SSK_SIDE_BOTH)
        return;
    ssk_dir dir = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
    if (flow->dir[ssk_dir_other(dir)].packets)
        return;
    const ssk_fact *fact = numbering_over(facts, stall, dir);
    const ssk_addr *to = &flow->addr[ssk_dir_other(dir)];
    if (!fact && stall->verdict.n_verdict && !ssk_udp_is_group(to) &&
        !is_broadcast(result, flow, ssk_dir_other(dir)))
        return;
    ssk_udp_draft d = {.result = result};
    const uint32_t frames[2] = {stall->frame_before, stall->frame_after};
    ssk_udp_judge_membership(&d, facts, to, stall->start);
    judge_rejoin(&d, facts, to, stall);
    ssk_udp_see_hosts(&d, flow);
    if (fact)
        judge_numbering(&d, fact);
    else
        ssk_udp_saw(
            &d, SSK_UDP_SAW_UNNUMBERED, SSK_YES, frames,
            "a stream that nobody answers stopped, and no number of a later packet tells whether its "
            "sender went on");
    stall->verdict = (ssk_verdict){0};
    ssk_udp_finish(&d, dir, &stall->verdict);
    stall->verdict.next_capture = ssk_udp_next_capture(&stall->verdict, NULL);
}
