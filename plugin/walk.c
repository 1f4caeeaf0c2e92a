/* walk.c - from stall to stall in the open file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/walk.h"

#include <wsutil/report_message.h>

#include "core/model/filter.h"
#include "dissectors/packet-stallshark.h"
#include "dissectors/prefs.h"
#include "plugin/window.h"

uint32_t ssk_walk_anchor(const ssk_result_stall *stall)
{
    uint32_t frame = ssk_file_frame(stall->frame_before);

    return frame ? frame : ssk_file_frame(stall->frame_after);
}

const ssk_result *ssk_walk_stalls(void)
{
    const ssk_result *result = ssk_file_result();

    if (!result)
        report_failure(SSK_TITLE ": %s", ssk_prefs_fields()
                                             ? "no capture is open"
                                             : "the preference \"Fields for every frame\" is off");
    else if (!result->n_stalls)
        report_failure(SSK_TITLE ": no stall was found in this capture");
    return result && result->n_stalls ? result : NULL;
}

/** @param step 1: the next after @p frame, -1: the one before it; around the ends */
static const ssk_result_stall *neighbour(const ssk_result *result, uint32_t frame, uint32_t flow,
                                         int step)
{
    const ssk_result_stall *near = NULL, *around = NULL;

    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        int64_t way = step * ((int64_t)ssk_walk_anchor(stall) - frame);
        if (flow && stall->flow != flow)
            continue;
        if (way > 0 && (!near || way < step * ((int64_t)ssk_walk_anchor(near) - frame)))
            near = stall;
        if (!around || step * ((int64_t)ssk_walk_anchor(stall) - ssk_walk_anchor(around)) < 0)
            around = stall;
    }
    return near ? near : around;
}

const ssk_result_stall *ssk_walk_at(const ssk_result *result, uint32_t frame, uint32_t flow)
{
    const ssk_result_stall *found = NULL;

    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        uint32_t after = ssk_file_frame(stall->frame_after);
        if (flow && stall->flow != flow)
            continue;
        if (frame == ssk_walk_anchor(stall) || frame == after)
            return stall;
        if (!found && frame > ssk_walk_anchor(stall) && (!after || frame < after))
            found = stall;
    }
    return found ? found : neighbour(result, frame, flow, 1);
}

char *ssk_walk_filter(const ssk_result *result, const ssk_result_stall *stall)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, stall->flow);
    uint32_t first = ssk_file_frame(stall->frame_before);
    uint32_t last = ssk_file_frame(stall->frame_after), owed = ssk_file_frame(stall->debt.frame);
    if (owed && owed < first)
        first = owed;
    ssk_result *texts = ssk_result_new(&result->config);
    char *filter = g_strdup(first && flow ? ssk_filter_frames(texts, flow, first, last)
                                          : stall->filter);

    ssk_result_free(texts);
    return filter;
}

static void go_by(int step)
{
    const ssk_result *result = ssk_walk_stalls();

    if (result)
        plugin_if_goto_frame(ssk_walk_anchor(neighbour(result, ssk_window_frame(), 0, step)));
}

void ssk_walk_next(void *unused G_GNUC_UNUSED)
{
    go_by(1);
}

void ssk_walk_previous(void *unused G_GNUC_UNUSED)
{
    go_by(-1);
}

void ssk_walk_filter_selected(void *unused G_GNUC_UNUSED)
{
    const ssk_result *result = ssk_walk_stalls();

    if (!result)
        return;
    char *filter = ssk_walk_filter(result, ssk_walk_at(result, ssk_window_frame(), 0));
    plugin_if_apply_filter(filter, TRUE);
    g_free(filter);
}
