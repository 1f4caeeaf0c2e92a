/* case_elsewhere.c - the stall as the capture at far's own host has it.
 *
 * That capture's facts are asked the same questions, from far's place.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>

#include "core/verdict/observe.h"

static ssk_side turned(ssk_side side)
{
    return side == SSK_SIDE_A ? SSK_SIDE_B : side == SSK_SIDE_B ? SSK_SIDE_A : side;
}

/* By that capture's flow and clock. Its frames are not this one's. */
static ssk_result_stall stall_there(const ssk_case *c, const ssk_elsewhere *there)
{
    const ssk_second *second = c->result->second;
    ssk_result_stall stall = *c->stall;
    stall.flow = there->flow->id;
    stall.start = second->time_there(second->user, there->view, stall.start);
    if (stall.end != SSK_TIME_NONE)
        stall.end = second->time_there(second->user, there->view, stall.end);
    stall.frame_before = stall.frame_after = stall.debt.frame = 0;
    if (there->turned) {
        stall.direction = turned(stall.direction);
        stall.debt.debtor = turned(stall.debt.debtor);
    }
    return stall;
}

void ssk_case_read_elsewhere(ssk_case *c)
{
    const ssk_second *second = c->result->second;
    ssk_elsewhere there = second->elsewhere(second->user, c->flow, c->far);
    if (!there.view)
        return;
    ssk_result_stall stall = stall_there(c, &there);
    if (stall.start == SSK_TIME_NONE ||
        (stall.end == SSK_TIME_NONE) != (c->stall->end == SSK_TIME_NONE))
        return;
    ssk_case *view = g_new(ssk_case, 1);
    ssk_seen seen = {.answer = SSK_UNKNOWN};
    ssk_case_build(there.facts, ssk_host_index_elsewhere(c->index, there.facts, there.result),
                   there.result, &stall, there.turned ? c->near : c->far, true, view);
    c->second.there.view = there.view;
    c->second.there.deaf = ssk_ask_NEAR_DEAF(view, &seen) == SSK_YES;
    c->second.there.resent = seen.tally;
    c->second.there.spoke = view->retransmitted[view->near].count ||
                            view->heard_meanwhile[view->near].count;
    seen = (ssk_seen){.answer = SSK_UNKNOWN};
    if ((c->connecting ? ssk_ask_ANSWERS_SEEK : ssk_ask_UNRESOLVED)(view, &seen) == SSK_YES)
        c->second.there.sought = seen.tally;
    seen = (ssk_seen){.answer = SSK_UNKNOWN};
    if (!c->connecting && ssk_ask_LARGE_ONLY(view, &seen) == SSK_YES)
        c->second.there.large = seen.tally;
    c->second.there.icmp = view->icmp;
    g_free(view);
}
