/* case_second.c - what a second capture shows of the judged interval.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

/* So many packets of other hosts, in as long a time before, and none now: its link was dead. */
#define LINK_LEAST 6

static ssk_share share_of(const ssk_crossing_count *count)
{
    return (ssk_share){.sent = (int64_t)count->sent,
                       .arrived = (int64_t)count->arrived,
                       .late = (int64_t)count->late};
}

void ssk_case_read_second(ssk_case *c)
{
    const ssk_second *second = c->result->second;
    if (!second)
        return;
    ssk_crossing_count in = second->crossed(second->user, c->flow, c->far, c->from, c->to);
    ssk_crossing_count out = second->crossed(second->user, c->flow, c->near, c->from, c->to);
    if (!in.view || in.here_first)
        return; /* it does not stand towards far */
    ssk_crossing_count in_beside = second->crossed_beside(second->user, c->flow, c->far, c->from,
                                                          c->to);
    ssk_crossing_count out_beside = second->crossed_beside(second->user, c->flow, c->near, c->from,
                                                           c->to);
    ssk_link_count link = second->link(second->user, c->flow, c->far, c->from, c->to);
    c->second.in_flow = share_of(&in);
    c->second.out_flow = share_of(&out);
    c->second.in_other = share_of(&in_beside);
    c->second.out_other = share_of(&out_beside);
    if (!link.view || !link.own)
        return; /* somewhere on the way: what it does not show may have been sent all the same */
    c->second.present = true;
    c->second.silent_data = (int64_t)(c->silent == c->far ? in.sent_data : out.sent_data);
    c->second.far_sent = (int64_t)link.sent;
    c->second.forged_reset.count = (int64_t)in.unsent_resets;
    c->second.others_alive = (int64_t)link.heard;
    c->second.others_dead = !link.heard && link.before >= LINK_LEAST ? (int64_t)link.before : 0;
}

bool ssk_case_place_by_second(const ssk_result *result, const ssk_result_stall *stall,
                              ssk_dir *ret_near)
{
    const ssk_second *second = result->second;
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    if (!second || !flow || flow->first == SSK_TIME_NONE)
        return false;
    ssk_crossing_count of_a = second->crossed(second->user, flow, SSK_A, flow->first, flow->last);
    if (!of_a.view)
        return false;
    *ret_near = of_a.here_first ? SSK_A : SSK_B;
    return true;
}
