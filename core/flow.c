/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow.h"

#include "core/profile.h"

ssk_span_ns ssk_flow_period(const ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                            bool *ret_inherited)
{
    const ssk_flow_side *side = &flow->side[dir];
    if (ret_inherited)
        *ret_inherited = false;
    if (!flow->service)
        return 0;
    if (config->period)
        return config->period;
    if (flow->profile && ssk_profile_period(flow->profile))
        return ssk_profile_period(flow->profile);
    ssk_span_ns best = side->learned;
    if (!best && flow->service->period[dir]) {
        best = flow->service->period[dir];
        if (ret_inherited)
            *ret_inherited = true;
    }
    return best;
}
