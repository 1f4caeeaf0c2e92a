/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/flow.h"

#include <glib.h>

#include "core/message/profile.h"

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
    ssk_span_ns declared = config->period  ? config->period
                           : flow->profile ? ssk_profile_period(flow->profile)
                                           : 0;
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
    if (!flow->profile && !side->inherits)
        return 0;
    if (flow->service->period[dir] && ret_origin)
        ret_origin->inherited = true;
    return flow->service->period[dir];
}

ssk_span_ns ssk_flow_patience(const ssk_flow *flow, ssk_dir dir, ssk_span_ns period,
                              const ssk_config *config)
{
    const ssk_flow_side *side = &flow->side[dir];
    ssk_span_ns limit = ssk_quiet_limit(period, config->min_gap);
    return period && period == side->learned ? MAX(limit, 2 * side->ordinary) : limit;
}
