/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/rule/measurement.h"

/* Maximum flows of a row looked through; a hole in the capture may hold every flow. */
#define FLOWS_LISTED 32

/* Rows in a block, which a question passes by as a whole. */
#define BLOCK 32

typedef struct block {
    ssk_time_ns start, end;
    uint32_t frame_first, frame_last;
    bool step;
} block;

struct ssk_measurement_index {
    const ssk_result *result;
    block *blocks;
    GHashTable *flows; /* row and flow in one number: of rows that name their flows */
};

static gpointer row_and_flow(size_t row, uint32_t flow)
{
    return GSIZE_TO_POINTER((gsize)row << 32 | flow);
}

static bool names_flow(const ssk_measurement_index *index, size_t row, uint32_t flow)
{
    const ssk_result_measurement *m = &index->result->measurement[row];
    if (sizeof(gsize) > 4 && m->n_flows > FLOWS_LISTED)
        return g_hash_table_contains(index->flows, row_and_flow(row, flow));
    for (size_t k = 0; k < m->n_flows; k++)
        if (m->flows[k] == flow)
            return true;
    return false;
}

ssk_measurement_index *ssk_measurement_index_new(const ssk_result *result)
{
    ssk_measurement_index *index = g_new0(ssk_measurement_index, 1);
    index->result = result;
    index->blocks = g_new0(block, result->n_measurement / BLOCK + 1);
    index->flows = g_hash_table_new(NULL, NULL);
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *row = &result->measurement[i];
        block *b = &index->blocks[i / BLOCK];
        if (i % BLOCK == 0)
            *b = (block){INT64_MAX, INT64_MIN, UINT32_MAX, 0, false};
        b->start = MIN(b->start, row->start);
        b->end = MAX(b->end, row->end);
        b->frame_first = MIN(b->frame_first, row->frame_first);
        b->frame_last = MAX(b->frame_last, row->frame_last);
        b->step |= row->id == SSK_CAUSE_CLOCK_STEP;
        for (size_t k = 0; sizeof(gsize) > 4 && row->n_flows > FLOWS_LISTED && k < row->n_flows;
             k++)
            g_hash_table_add(index->flows, row_and_flow(i, row->flows[k]));
    }
    return index;
}

void ssk_measurement_index_free(ssk_measurement_index *index)
{
    g_free(index->blocks);
    g_hash_table_destroy(index->flows);
    g_free(index);
}

static bool explains(const ssk_measurement_index *index, size_t i, const ssk_fact *debt,
                     ssk_span_ns limit)
{
    const ssk_result_measurement *row = &index->result->measurement[i];
    /* The step lies somewhere between the row's two frames. */
    bool inside = debt->frame_first < row->frame_last &&
                  (!debt->frame_last || debt->frame_last > row->frame_first);
    if (row->id == SSK_CAUSE_CLOCK_STEP && inside && row->by > 0 &&
        debt->end - debt->start - row->by <= limit)
        return true;
    ssk_time_ns left = MAX(row->start, debt->start), right = MIN(row->end, debt->end);
    if (right <= left ||
        (row->id != SSK_CAUSE_CAPTURE_HOLE && row->id != SSK_CAUSE_FILE_BOUNDARY &&
         row->id != SSK_CAUSE_CAPTURE_PAUSE) ||
        (row->n_flows && !names_flow(index, i, debt->flow_id)))
        return false;
    /* Never heard again: it may have been closed while nobody looked. */
    return debt->end - debt->start - (right - left) <= limit ||
           (debt->open && left - debt->start <= limit && debt->debt.kind != SSK_DEBT_ACK);
}

bool ssk_measurement_explains(const ssk_measurement_index *index, const ssk_fact *debt,
                              ssk_span_ns limit)
{
    size_t n = index->result->n_measurement;
    for (size_t i = 0; i < n; i++) {
        const block *b = &index->blocks[i / BLOCK];
        bool in_time = b->start < debt->end && b->end > debt->start;
        bool in_frames = b->step && debt->frame_first < b->frame_last;
        if (i % BLOCK == 0 && !in_time && !in_frames)
            i += BLOCK - 1;
        else if (explains(index, i, debt, limit))
            return true;
    }
    return false;
}
