/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/stall_list.h"

#include <string.h>

#include "core/model/facts.h"

void ssk_stall_init(ssk_result_stall *stall)
{
    memset(stall, 0, sizeof *stall);
    stall->start = stall->end = stall->cause_end = stall->next_retry = SSK_TIME_NONE;
    stall->missed = stall->attempts = stall->backlog = -1;
    stall->recovery_tail = -1;
    stall->recovery = SSK_RECOVERY_NEVER;
    stall->kind = SSK_STALL_SILENCE;
}

bool ssk_stall_clip(const ssk_result *result, ssk_result_stall *stall)
{
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *row = &result->measurement[i];
        if (row->id != SSK_CAUSE_CAPTURE_PAUSE || row->start < stall->start ||
            row->end > ssk_result_stall_end(result, stall))
            continue;
        stall->open = false;
        stall->end = row->start;
        stall->end_kind = SSK_END_HEARD;
        stall->duration = row->start - stall->start;
        stall->frame_after = row->frame_first;
        return true;
    }
    return false;
}

static int by_start(gconstpointer a, gconstpointer b)
{
    const ssk_result_stall *x = a, *y = b;
    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return (x->flow > y->flow) - (x->flow < y->flow);
}

void ssk_stalls_add(ssk_result *result, GArray *stalls)
{
    if (stalls->len) {
        if (result->n_stalls)
            g_array_append_vals(stalls, result->stalls, (guint)result->n_stalls);
        g_array_sort(stalls, by_start);
        result->n_stalls = stalls->len;
        result->stalls = ssk_result_alloc(result, stalls->len * sizeof(ssk_result_stall));
        memcpy(result->stalls, stalls->data, stalls->len * sizeof(ssk_result_stall));
        for (size_t i = 0; i < result->n_stalls; i++) {
            result->stalls[i].id = (uint32_t)i + 1;
            result->stalls[i].debt.name = ssk_debt_text(result->stalls[i].debt.kind);
        }
    }
    g_array_free(stalls, TRUE);
}
