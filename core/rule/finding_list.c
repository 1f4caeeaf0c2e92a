/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/finding_list.h"

#include <glib.h>
#include <string.h>

static uint32_t *copy(ssk_result *result, const uint32_t *from, size_t n)
{
    uint32_t *to = ssk_result_alloc(result, n * sizeof *to);
    if (n)
        memcpy(to, from, n * sizeof *to);
    return to;
}

void ssk_finding_add(ssk_result *result, ssk_result_finding **list, size_t *count, ssk_cause_id id,
                     const char *severity, const char *text, const uint32_t *flows, size_t n_flows,
                     const uint32_t *frames, size_t n_frames)
{
    /* The arena does not give memory back, so the list grows by doubling. */
    if ((*count & (*count - 1)) == 0) {
        size_t room = *count ? 2 * *count : 1;
        ssk_result_finding *larger = ssk_result_alloc(result, room * sizeof *larger);
        if (*count)
            memcpy(larger, *list, *count * sizeof *larger);
        *list = larger;
    }
    (*list)[(*count)++] = (ssk_result_finding){.id = id,
                                               .severity = severity,
                                               .text = ssk_result_text(result, text),
                                               .flows = copy(result, flows, n_flows),
                                               .n_flows = n_flows,
                                               .frames = copy(result, frames, n_frames),
                                               .n_frames = n_frames};
}

bool ssk_finding_in_hole(const ssk_result *result, ssk_time_ns start, ssk_time_ns end)
{
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        bool hides = fault->id == SSK_CAUSE_CAPTURE_HOLE || fault->id == SSK_CAUSE_FILE_BOUNDARY ||
                     fault->id == SSK_CAUSE_CAPTURE_DROPS || fault->id == SSK_CAUSE_CLOCK_STEP;
        if (hides && fault->start <= end && MAX(fault->start, fault->end) >= start)
            return true;
    }
    return false;
}
