/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/flow.h"

#include <glib.h>

#include "core/base/limits.h"
#include "core/message/profile.h"

static bool sent_role(const ssk_flow_side *side, ssk_role role)
{
    return side->role_period && side->role_period[role];
}

/* Intervals that the learned period rests on. */
static unsigned samples_of(const ssk_flow_side *side)
{
    unsigned samples = 0;
    if (!side->role_period) {
        ssk_period_value(side->rhythm.period, &samples);
        return samples;
    }
    for (int role = 0; role < SSK_N_ROLES; role++)
        if (side->role_period[role] &&
            ssk_period_value(side->role_period[role], NULL) == side->learned)
            ssk_period_value(side->role_period[role], &samples);
    return samples;
}

ssk_span_ns ssk_flow_period(const ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                            ssk_period_origin *ret_origin)
{
    const ssk_flow_side *side = &flow->side[dir];
    if (ret_origin)
        *ret_origin = (ssk_period_origin){0};
    if (!flow->service)
        return 0;
    ssk_span_ns declared = config->period ? config->period
                           : flow->profile && ssk_profile_period(flow->profile)
                               ? ssk_profile_period(flow->profile)
                               : side->declared;
    if (declared) {
        if (ret_origin)
            ret_origin->declared = true;
        return declared;
    }
    if (side->learned) {
        if (ret_origin)
            ret_origin->samples = samples_of(side);
        return side->learned;
    }
    if (flow->profile ? sent_role(side, SSK_ROLE_PING) : !side->inherits)
        return 0; /* its own pings will tell */
    if (flow->service->period[dir] && ret_origin)
        ret_origin->inherited = true;
    return flow->service->period[dir];
}

/* No profile reads its messages: lengths and rhythms tell. */
static ssk_timer timer_of_unread(const ssk_flow *flow, const ssk_flow_side *side,
                                 const ssk_flow_side *peer)
{
    bool transfer = flow->transport == SSK_TCP && side->common_len >= SSK_LIMIT(ALWAYS_PASSES);
    /* Between two hosts a timer sends one message; what varies is the talk of others, as in a
     * tunnel. A stream that nobody answers is its sender's whatever it holds. */
    bool mixed = flow->transport == SSK_UDP && peer->packets &&
                 2 * side->common_votes < side->payload_packets;
    if (transfer || mixed)
        return SSK_TIMER_NONE;
    if (side->pings >= SSK_LIMIT(TIMER_LEAST) && ssk_rhythm_is_timer(&side->rhythm))
        return SSK_TIMER_ORIGINATES;
    return ssk_rhythm_is_timer(&side->rhythm)                                 ? SSK_TIMER_LEARNED
           : flow->transport == SSK_TCP && ssk_rhythm_is_exact(&side->rhythm) ? SSK_TIMER_BRIEF
                                                                              : SSK_TIMER_NONE;
}

ssk_timer ssk_flow_timer(const ssk_flow *flow, ssk_dir dir, const ssk_config *config)
{
    const ssk_flow_side *side = &flow->side[dir], *peer = &flow->side[ssk_dir_other(dir)];
    bool unproven = side->declared && flow->transport == SSK_UDP && !config->period &&
                    side->kept < SSK_LIMIT(DECLARED_KEPT);
    if (side->stands_back || unproven)
        return SSK_TIMER_NONE;
    if (config->period || side->declared || (flow->profile && ssk_profile_period(flow->profile)))
        return SSK_TIMER_ORIGINATES;
    bool greets = side->payload_packets <= SSK_LIMIT(GREETING_MOST);
    if (!flow->profile && side->inherits && greets && flow->messages && flow->service->profile)
        return SSK_TIMER_ORIGINATES; /* it greeted as the others do, and owes what they do */
    if (!flow->profile)
        return timer_of_unread(flow, side, peer);
    /* A ping or two of its own, in which no timer shows, and the other side's are what it answers. */
    bool seldom = !side->learned && sent_role(side, SSK_ROLE_PONG) &&
                  sent_role(peer, SSK_ROLE_PING);
    if (sent_role(side, SSK_ROLE_PING) && !seldom)
        return SSK_TIMER_ORIGINATES;
    /* Who leaves pings unanswered and goes on owes no pong. */
    bool answers = !side->spoke_unponged || sent_role(side, SSK_ROLE_PONG);
    return answers && sent_role(peer, SSK_ROLE_PING) ? SSK_TIMER_ANSWERS : SSK_TIMER_NONE;
}

ssk_span_ns ssk_flow_patience(const ssk_flow *flow, ssk_dir dir, ssk_span_ns period,
                              const ssk_config *config)
{
    const ssk_flow_side *side = &flow->side[dir];
    /* A promise is broken when its time is over; its peer closes after one and a half or two of it.
     * Datagrams may be lost. */
    if (side->declared && period == side->declared && flow->transport == SSK_TCP) {
        /* RFC 4271, 4.4: BGP promises three times as much; when it sends is its own affair. */
        ssk_span_ns slack = ssk_flow_has_port(flow, 179) ? period : period / 4;
        return MAX(period + slack, config->min_gap);
    }
    ssk_span_ns limit = ssk_quiet_limit(period, config->min_gap);
    return period && period == side->learned ? MAX(limit, 2 * side->ordinary) : limit;
}
