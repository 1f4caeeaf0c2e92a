/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/pause.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"

/* Messages that did not come, by the gaps of a few of them. */
static uint64_t missing(const ssk_hist *gaps, ssk_span_ns period)
{
    uint64_t count = 0;
    for (size_t i = 0; i < gaps->used; i++) {
        /* The last cell has no bound, and MAX / 2 is as far beyond them as MAX. */
        ssk_span_ns up_to = MIN(ssk_hist_cell_up_to(gaps, i), INT64_MAX / 2);
        ssk_span_ns beats = (up_to + period / 2) / period;
        if (beats >= 2 && beats <= SSK_LIMIT(ALONE_MOST) + 1)
            count += ssk_hist_cell_count(gaps, i) * (uint64_t)(beats - 1);
    }
    return count;
}

/* The capture itself loses packets: one more that this flow need not show. */
static uint64_t drops_known(const ssk_result *result)
{
    for (size_t i = 0; i < result->n_measurement; i++)
        if (result->measurement[i].id == SSK_CAUSE_CAPTURE_DROPS)
            return 1;
    return 0;
}

bool ssk_pause_by_chance(const ssk_result *result, const ssk_result_flow *flow,
                         const ssk_fact *debt)
{
    ssk_span_ns period = debt->debt.period;
    if (flow->transport != SSK_UDP || period <= 0 || !(debt->flags & SSK_DEBT_PAID))
        return false;
    ssk_span_ns row = (debt->end - debt->start + period / 2) / period - 1;
    if (row < 1 || row > SSK_LIMIT(ROW_MOST))
        return false;
    const ssk_hist *gaps = &flow->dir[debt->dir].gaps;
    uint64_t n = ssk_hist_total(gaps), others = missing(gaps, period);
    if (row <= SSK_LIMIT(ALONE_MOST))
        others -= MIN(others, (uint64_t)row);
    others += drops_known(result);
    if (others > n)
        return true;
    double rows = (double)n; /* of that length, expected */
    for (ssk_span_ns i = 0; i < row; i++)
        rows *= (double)others / (double)n;
    return rows >= SSK_SHARE(ROW_LIKELY_PERMILLE);
}
