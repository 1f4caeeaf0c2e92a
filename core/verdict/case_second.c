/* case_second.c - what a second capture shows of the judged interval.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/verdict/case_part.h"

static ssk_share share_of(const ssk_crossing_count *count)
{
    return (ssk_share){.sent = (int64_t)count->sent,
                       .arrived = (int64_t)count->arrived,
                       .late = (int64_t)count->late,
                       .flows_through = (int64_t)count->through,
                       .flows_gone = (int64_t)count->gone,
                       .by_neighbors = count->behind && count->behind == count->through};
}

/* What went each way in [c->from, @p to]. */
typedef struct ways {
    ssk_crossing_count in, out, in_beside, out_beside;
} ways;

static ways count_ways(const ssk_case *c, ssk_time_ns to)
{
    const ssk_second *s = c->result->second;
    return (ways){s->crossed(s->user, c->flow, c->far, c->from, to),
                  s->crossed(s->user, c->flow, c->near, c->from, to),
                  s->crossed_beside(s->user, c->flow, c->far, c->from, to),
                  s->crossed_beside(s->user, c->flow, c->near, c->from, to)};
}

static bool none_arrived(const ssk_crossing_count *count)
{
    return count->sent && !count->arrived;
}

/* Still the same all the way to the end of the stall: what was lost is lost on, though far is heard
 * again. Then that holds for the other direction, and for the other flows, too. */
static bool goes_on(const ways *inside, const ways *all)
{
    return (none_arrived(&inside->out) && none_arrived(&all->out) &&
            all->out.sent > inside->out.sent) ||
           (none_arrived(&inside->in) && none_arrived(&all->in) && all->in.sent > inside->in.sent);
}

static ssk_time_ns mute_until(const ssk_case *c)
{
    const ssk_second *s = c->result->second;
    ssk_link_count link = s->link(s->user, c->flow, c->far, c->from, c->to);
    ssk_time_ns mute = link.spoke;
    if (!link.own || mute == SSK_TIME_NONE)
        return c->to;
    if (mute - c->from < SSK_LIMIT(MUTE_LEAST))
        return c->to;
    ssk_crossing_count out = s->crossed(s->user, c->flow, c->near, c->from, mute);
    return out.sent && !out.arrived ? mute - SSK_LIMIT(SLICE_SLACK)
                                    : c->to; /* counts go by slices of time */
}

void ssk_case_bound_by_second(ssk_case *c)
{
    if (!c->result->second)
        return;
    ssk_time_ns mute = mute_until(c);
    c->second.bounded = mute < c->to;
    c->to = mute;
}

/* Of the silent side, lost since it was heard last, before the judged interval.
 * @param inside what far sent in that interval */
static int64_t lost_before(const ssk_case *c, const ssk_crossing_count *inside)
{
    const ssk_second *second = c->result->second;
    if (c->silent != c->far || c->from <= c->stall->start + 1)
        return 0;
    ssk_crossing_count early = second->crossed(second->user, c->flow, c->far, c->stall->start + 1,
                                               c->to);
    return early.lost_data > inside->lost_data ? (int64_t)(early.lost_data - inside->lost_data) : 0;
}

void ssk_case_read_second(ssk_case *c)
{
    const ssk_second *second = c->result->second;
    if (!second)
        return;
    const ways inside = count_ways(c, c->to);
    ways now = inside;
    if (!(now.in.view && !now.in.here_first) && !(now.out.view && now.out.here_first))
        return; /* it does not stand towards far */
    ways all = inside;
    if (!c->second.bounded && c->end > c->to)
        all = count_ways(c, c->end);
    if (goes_on(&inside, &all))
        now = all;
    ssk_link_count link = second->link(second->user, c->flow, c->far, c->from, c->to);
    c->second.in_flow = share_of(&now.in);
    c->second.out_flow = share_of(&now.out);
    c->second.in_other = share_of(&now.in_beside);
    c->second.out_other = share_of(&now.out_beside);
    if (!link.view || !link.own)
        return; /* somewhere on the way: what it does not show may have been sent all the same */
    c->second.present = true;
    c->second.silent_data = (int64_t)(c->silent == c->far ? now.in.sent_data : now.out.sent_data) +
                            lost_before(c, &inside.in);
    c->second.far_sent = (int64_t)link.sent;
    c->second.forged_reset.count = (int64_t)now.in.unsent_resets;
    c->second.others_alive = (int64_t)link.heard;
    c->second.others_dead = !link.heard && link.before >= SSK_LIMIT(LINK_LEAST)
                                ? (int64_t)link.before
                                : 0;
    ssk_case_read_elsewhere(c);
}

bool ssk_case_place_by_second(const ssk_result *result, const ssk_result_flow *flow,
                              ssk_dir *ret_near)
{
    const ssk_second *second = result->second;
    if (!second || !flow || flow->first == SSK_TIME_NONE)
        return false;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        ssk_crossing_count sent = second->crossed(second->user, flow, dir, flow->first, flow->last);
        if (!sent.view)
            continue;
        *ret_near = sent.here_first ? dir : ssk_dir_other(dir);
        return true;
    }
    return false;
}
