/* observe_second.c - what a capture at far's own host adds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

#include "core/base/limits.h"

static ssk_tri share(int64_t sent, int64_t arrived)
{
    return !sent                              ? SSK_UNKNOWN
           : ssk_way_is_open(sent, arrived)   ? SSK_YES
           : ssk_way_is_closed(sent, arrived) ? SSK_NO
                                              : SSK_UNKNOWN;
}

static ssk_tri both(const ssk_share *flow, const ssk_share *other, ssk_seen *seen)
{
    seen->tally.count = flow->sent + other->sent - flow->arrived - other->arrived;
    return share(flow->sent + other->sent, flow->arrived + other->arrived);
}

/* No where one of them says no; yes where one says yes. */
static ssk_tri all_of(ssk_tri a, ssk_tri b)
{
    return a == SSK_NO || b == SSK_NO     ? SSK_NO
           : a == SSK_YES || b == SSK_YES ? SSK_YES
                                          : SSK_UNKNOWN;
}

ssk_tri ssk_ask_IN_ARRIVED(const ssk_case *c, ssk_seen *seen)
{
    return both(&c->second.in_flow, &c->second.in_other, seen);
}

ssk_tri ssk_ask_OUT_ARRIVED(const ssk_case *c, ssk_seen *seen)
{
    return both(&c->second.out_flow, &c->second.out_other, seen);
}

ssk_tri ssk_ask_FLOW_ARRIVED(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return all_of(share(c->second.in_flow.sent, c->second.in_flow.arrived),
                  share(c->second.out_flow.sent, c->second.out_flow.arrived));
}

/* One that gets through shows the way; packet by packet where each has but one. */
static ssk_tri flows_through(const ssk_share *other)
{
    return other->flows_through ? SSK_YES
           : other->flows_gone  ? SSK_NO
                                : share(other->sent, other->arrived);
}

ssk_tri ssk_ask_OTHERS_ARRIVED(const ssk_case *c, ssk_seen *seen)
{
    const ssk_share *others[] = {&c->second.in_other, &c->second.out_other};
    bool by_neighbors = false;
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
        by_neighbors |= others[i]->by_neighbors;
    g_strlcpy(seen->text,
              by_neighbors ? "others behind the same address sent on their flows"
                           : "the two hosts sent on their other flows",
              sizeof seen->text);
    ssk_tri in = flows_through(&c->second.in_other), out = flows_through(&c->second.out_other);
    /* Where this flow lost one way only, the other way of the others says nothing of that. */
    bool lost_in = share(c->second.in_flow.sent, c->second.in_flow.arrived) == SSK_NO;
    bool lost_out = share(c->second.out_flow.sent, c->second.out_flow.arrived) == SSK_NO;
    if (lost_in != lost_out)
        return lost_in ? in : out;
    return all_of(in, out);
}

ssk_tri ssk_ask_ARRIVED_LATE(const ssk_case *c, ssk_seen *seen)
{
    const ssk_second_view *second = &c->second;
    if (!second->present)
        return SSK_UNKNOWN;
    seen->tally.count = second->in_flow.late + second->in_other.late + second->out_flow.late +
                        second->out_other.late;
    return ssk_yes_or_no(seen->tally.count >= SSK_LIMIT(LATE_LEAST));
}

ssk_tri ssk_ask_FAR_LINK(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return c->second.others_alive                          ? SSK_YES
           : c->second.others_dead >= SSK_LIMIT(LINK_DEAD) ? SSK_NO
                                                           : SSK_UNKNOWN;
}

ssk_tri ssk_ask_FAR_SENT(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return c->second.present ? ssk_yes_or_no(c->second.far_sent > 0) : SSK_UNKNOWN;
}

ssk_tri ssk_ask_SILENT_SENT(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    if (!c->second.present || (c->silent == c->near && c->second.silent_data > 0))
        return SSK_UNKNOWN; /* what near sent, this capture shows; every loss fits it */
    return ssk_yes_or_no(c->second.silent_data > 0);
}

ssk_tri ssk_ask_FAR_VIEW(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return ssk_yes_or_no(c->second.there.view);
}

/* Frames of that capture are named with its letter: those of a line are this capture's. */
static ssk_tri seen_there(const ssk_case *c, const ssk_tally *tally, ssk_seen *seen)
{
    seen->tally.count = tally->count;
    g_snprintf(seen->text, sizeof seen->text, "capture %c, frame %u", c->second.there.view,
               tally->n_frames ? tally->frames[0] : 0);
    return !c->second.there.view ? SSK_UNKNOWN : ssk_yes_or_no(tally->count > 0 && tally->n_frames);
}

ssk_tri ssk_ask_FAR_DEAF(const ssk_case *c, ssk_seen *seen)
{
    ssk_tri resent = seen_there(c, &c->second.there.resent, seen);
    return resent == SSK_YES && !c->second.there.deaf ? SSK_NO : resent;
}

ssk_tri ssk_ask_FAR_MUTE(const ssk_case *c, ssk_seen *seen)
{
    (void)seen;
    return c->second.there.deaf ? ssk_yes_or_no(!c->second.there.spoke) : SSK_UNKNOWN;
}

ssk_tri ssk_ask_FAR_SEEKS(const ssk_case *c, ssk_seen *seen)
{
    return seen_there(c, &c->second.there.sought, seen);
}

ssk_tri ssk_ask_FAR_TOLD(const ssk_case *c, ssk_seen *seen)
{
    const ssk_case_icmp *icmp = &c->second.there.icmp;
    ssk_tri told = seen_there(c, &icmp->at, seen);
    return told == SSK_YES && !ssk_says_unreachable(icmp) ? SSK_NO : told;
}

ssk_tri ssk_ask_FAR_LARGE(const ssk_case *c, ssk_seen *seen)
{
    return seen_there(c, &c->second.there.large, seen);
}

ssk_tri ssk_ask_FORGED_RST(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = c->second.forged_reset;
    return c->second.present ? ssk_yes_or_no(seen->tally.count > 0) : SSK_UNKNOWN;
}
