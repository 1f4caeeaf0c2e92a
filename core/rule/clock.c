/* clock.c - a step of the capture's own clock is nobody else's.
 *
 * The meter sees each remote clock against the capture's. Where measurement has
 * found that the capture's clock jumped, every remote one seems to jump back by
 * as much: that is no finding about the remote clocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/base/limits.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_clock;

static bool is_captures_own(const ssk_result *result, ssk_time_ns at, ssk_span_ns by)
{
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *m = &result->measurement[i];
        if (m->id != SSK_CAUSE_CLOCK_STEP || !m->has_by)
            continue;
        ssk_span_ns after = at - m->end, left = by + m->by;
        if (after >= -SSK_S && after <= SSK_LIMIT(STEP_WITHIN) &&
            ABS(left) <= SSK_LIMIT(STEP_SAME_SIZE) + ABS(m->by) / 20)
            return true;
    }
    return false;
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    (void)facts;
    for (size_t c = 0; c < result->n_clocks; c++) {
        ssk_result_clock *clock = &result->clocks[c];
        size_t kept = 0;
        for (size_t i = 0; i < clock->n_steps; i++) {
            if (!is_captures_own(result, clock->steps[i].at, clock->steps[i].by))
                clock->steps[kept++] = clock->steps[i];
        }
        clock->n_steps = kept;
    }
}

const ssk_rule ssk_rule_clock = {
    .name = "clock",
    .source = "RFC 5905, section 8",
    .judge = judge,
};
