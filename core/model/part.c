/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/model/part.h"

#include <glib.h>

struct ssk_parts {
    GArray *list;    /**< ssk_part, by frame */
    GArray *by_flow; /**< const ssk_result_stall *, by flow, then by first frame */
};

#define PART(parts, i)  (&g_array_index((parts)->list, ssk_part, i))
#define STALL(parts, i) g_array_index((parts)->by_flow, const ssk_result_stall *, i)

static void add(ssk_parts *parts, ssk_part part)
{
    if (part.frame)
        g_array_append_val(parts->list, part);
}

static void add_stall(ssk_parts *parts, const ssk_result_stall *stall)
{
    add(parts, (ssk_part){stall->frame_before, SSK_PART_LAST_BEFORE, .stall = stall});
    add(parts, (ssk_part){stall->frame_after, SSK_PART_FIRST_AFTER, .stall = stall});
    add(parts, (ssk_part){stall->debt.frame, SSK_PART_WITNESS, .stall = stall});
    add(parts, (ssk_part){stall->consequence.frame, SSK_PART_WITNESS, .stall = stall});
    for (size_t i = 0; i < stall->verdict.n_verdict; i++) {
        const ssk_cause *cause = &stall->verdict.causes[i];
        for (size_t j = 0; j < cause->n_evidence; j++)
            for (size_t k = 0; k < cause->evidence[j].n_frames; k++)
                add(parts,
                    (ssk_part){cause->evidence[j].frames[k], SSK_PART_WITNESS, .stall = stall});
    }
}

/** Told where the longest pause ends, or where the flow begins. */
static void add_udp(ssk_parts *parts, const ssk_result *result, const ssk_result_udp *udp)
{
    const ssk_result_flow *flow = ssk_result_find_flow(result, udp->flow);
    uint32_t frame = udp->seen.pause_frames[1];

    if (udp->judged && !frame && flow)
        frame = flow->first_frame;
    if (udp->judged)
        add(parts, (ssk_part){frame, SSK_PART_FIRST, .udp = udp});
}

/** One that names no frame is told where the first of its flows begins, or the capture. */
static void add_findings(ssk_parts *parts, const ssk_result *result, const ssk_result_finding *list,
                         size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const ssk_result_finding *finding = &list[i];
        const ssk_result_flow *flow = finding->n_flows
                                          ? ssk_result_find_flow(result, finding->flows[0])
                                          : NULL;
        if (!finding->n_frames)
            add(parts,
                (ssk_part){flow ? flow->first_frame : 1, SSK_PART_FIRST, .finding = finding});
        for (size_t j = 0; j < finding->n_frames; j++)
            add(parts, (ssk_part){finding->frames[j], j ? SSK_PART_WITNESS : SSK_PART_FIRST,
                                  .finding = finding});
    }
}

/** Stalls, then faults, verdicts on datagrams, findings; each in the order of the result. */
static const void *subject(const ssk_part *part, int *ret_rank)
{
    const void *subjects[] = {part->stall, part->fault, part->udp, part->finding};
    int rank = 0;

    while (rank < 3 && !subjects[rank])
        rank++;
    *ret_rank = rank;
    return subjects[rank];
}

static int compare_parts(const void *a, const void *b)
{
    const ssk_part *x = a, *y = b;
    int x_rank, y_rank;
    const char *x_at = subject(x, &x_rank), *y_at = subject(y, &y_rank);

    if (x->frame != y->frame)
        return x->frame < y->frame ? -1 : 1;
    if (x_rank != y_rank)
        return x_rank - y_rank;
    if (x_at != y_at)
        return x_at < y_at ? -1 : 1;
    return (int)x->kind - (int)y->kind;
}

static int compare_stalls(const void *a, const void *b)
{
    const ssk_result_stall *x = *(const ssk_result_stall *const *)a;
    const ssk_result_stall *y = *(const ssk_result_stall *const *)b;

    if (x->flow != y->flow)
        return x->flow < y->flow ? -1 : 1;
    if (x->frame_before != y->frame_before)
        return x->frame_before < y->frame_before ? -1 : 1;
    return 0;
}

/** Of several parts in one thing, the first kind stays. */
static void drop_repeated(GArray *list)
{
    guint kept = 0;

    for (guint i = 0; i < list->len; i++) {
        ssk_part *part = &g_array_index(list, ssk_part, i);
        ssk_part *last = kept ? &g_array_index(list, ssk_part, kept - 1) : NULL;
        int rank, last_rank;
        if (last && last->frame == part->frame && subject(last, &last_rank) == subject(part, &rank))
            continue;
        g_array_index(list, ssk_part, kept++) = *part;
    }
    g_array_set_size(list, kept);
}

ssk_parts *ssk_parts_new(const ssk_result *result)
{
    ssk_parts *parts = g_new0(ssk_parts, 1);

    parts->list = g_array_new(FALSE, FALSE, sizeof(ssk_part));
    parts->by_flow = g_array_new(FALSE, FALSE, sizeof(const ssk_result_stall *));
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        add_stall(parts, stall);
        g_array_append_val(parts->by_flow, stall);
    }
    for (size_t i = 0; i < result->n_measurement; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        add(parts, (ssk_part){fault->frame_first, SSK_PART_LAST_BEFORE, .fault = fault});
        add(parts, (ssk_part){fault->frame_last, SSK_PART_FIRST_AFTER, .fault = fault});
    }
    for (size_t i = 0; i < result->n_udp; i++)
        add_udp(parts, result, &result->udp[i]);
    add_findings(parts, result, result->findings, result->n_findings);
    add_findings(parts, result, result->bonjour_findings, result->n_bonjour_findings);
    g_array_sort(parts->list, compare_parts);
    drop_repeated(parts->list);
    g_array_sort(parts->by_flow, compare_stalls);
    return parts;
}

void ssk_parts_free(ssk_parts *parts)
{
    if (!parts)
        return;
    g_array_free(parts->list, TRUE);
    g_array_free(parts->by_flow, TRUE);
    g_free(parts);
}

const ssk_part *ssk_parts_find(const ssk_parts *parts, uint32_t frame, size_t *ret_count)
{
    guint low = 0, high = parts->list->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (PART(parts, middle)->frame < frame)
            low = middle + 1;
        else
            high = middle;
    }
    guint end = low;
    while (end < parts->list->len && PART(parts, end)->frame == frame)
        end++;
    *ret_count = end - low;
    return end > low ? PART(parts, low) : NULL;
}

const ssk_result_stall *ssk_parts_inside(const ssk_parts *parts, uint32_t flow, uint32_t frame)
{
    guint low = 0, high = parts->by_flow->len;

    while (low < high) { /* the first that begins at the frame or later */
        guint middle = low + (high - low) / 2;
        const ssk_result_stall *stall = STALL(parts, middle);
        if (stall->flow < flow || (stall->flow == flow && stall->frame_before < frame))
            low = middle + 1;
        else
            high = middle;
    }
    /* Both directions may be silent at once, and the one that fell silent first for longer. */
    for (guint back = 0; back < 4 && low > 0 && STALL(parts, low - 1)->flow == flow; back++) {
        const ssk_result_stall *stall = STALL(parts, --low);
        if (stall->open || !stall->frame_after || frame < stall->frame_after)
            return stall;
    }
    return NULL;
}
