/* measurement.c - can the capture be trusted here? Holes, lost packets and
 * clock steps come before every verdict: a silence they explain is no stall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/fell_silent.h"
#include "core/rule/measurement.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_measurement;

typedef struct group {
    ssk_time_ns start, end;
    uint32_t frame_first, frame_last;
    int64_t messages;
    GArray *flows;     /* of uint32_t */
    GHashTable *known; /* the same, once they are many; NULL: not yet */
    ssk_addr sender;
    bool two_senders;
} group;

/* Maximum flows looked through; a capture-wide silence may hold every flow there is. */
#define FLOWS_LISTED 32

static bool has_flow(const group *g, uint32_t flow)
{
    if (g->known)
        return g_hash_table_contains(g->known, GUINT_TO_POINTER(flow));
    for (guint i = 0; i < g->flows->len; i++)
        if (g_array_index(g->flows, uint32_t, i) == flow)
            return true;
    return false;
}

static void add_flow(group *g, uint32_t flow)
{
    if (has_flow(g, flow))
        return;
    g_array_append_val(g->flows, flow);
    if (!g->known && g->flows->len > FLOWS_LISTED) {
        g->known = g_hash_table_new(NULL, NULL);
        for (guint i = 0; i < g->flows->len; i++)
            g_hash_table_add(g->known, GUINT_TO_POINTER(g_array_index(g->flows, uint32_t, i)));
    } else if (g->known) {
        g_hash_table_add(g->known, GUINT_TO_POINTER(flow));
    }
}

static void end_group(group *g)
{
    g_array_free(g->flows, TRUE);
    if (g->known)
        g_hash_table_destroy(g->known);
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static ssk_result_measurement row_of(ssk_result *result, ssk_cause_id id, const group *g)
{
    ssk_result_measurement row = {.id = id,
                                  .start = g->start,
                                  .end = g->end,
                                  .duration = g->end - g->start,
                                  .hidden_bytes = -1,
                                  .hidden_messages = -1};
    row.n_flows = g->flows->len;
    row.flows = ssk_result_alloc(result, row.n_flows * sizeof(uint32_t));
    if (row.n_flows) {
        memcpy(row.flows, g->flows->data, row.n_flows * sizeof(uint32_t));
        qsort(row.flows, row.n_flows, sizeof(uint32_t), by_number);
    }
    row.frame_first = g->frame_first;
    row.frame_last = g->frame_last;
    return row;
}

static void add_evidence(ssk_result *result, ssk_result_measurement *row, const char *text)
{
    row->n_evidence = 1;
    row->evidence = ssk_result_alloc(result, sizeof *row->evidence);
    row->evidence->text = text;
    row->evidence->n_frames = 2;
    row->evidence->frames = ssk_result_alloc(result, 2 * sizeof(uint32_t));
    row->evidence->frames[0] = row->frame_first;
    row->evidence->frames[1] = row->frame_last;
}

static int by_start(const void *a, const void *b)
{
    const ssk_fact *x = *(const ssk_fact *const *)a, *y = *(const ssk_fact *const *)b;
    if (x->frame_first != y->frame_first)
        return x->frame_first < y->frame_first ? -1 : 1;
    return (x->flow_id > y->flow_id) - (x->flow_id < y->flow_id);
}

static GPtrArray *unsorted_facts_of(const ssk_facts *facts, ssk_fact_kind kind)
{
    GPtrArray *list = g_ptr_array_new();
    ssk_facts_walk walk = ssk_facts_everywhere(facts, SSK_KIND(kind));
    for (const ssk_fact *fact; (fact = ssk_facts_next(&walk));)
        g_ptr_array_add(list, (gpointer)fact);
    return list;
}

static GPtrArray *facts_of(const ssk_facts *facts, ssk_fact_kind kind)
{
    GPtrArray *list = unsorted_facts_of(facts, kind);
    if (list->len)
        qsort(list->pdata, list->len, sizeof(gpointer), by_start);
    return list;
}

/* Join facts whose frames overlap; narrow the group to what all share. */
static bool join(group *g, const ssk_fact *fact)
{
    uint32_t first = MAX(g->frame_first, fact->frame_first);
    uint32_t last = MIN(g->frame_last, fact->frame_last);
    if (first >= last)
        return false;
    if (first == fact->frame_first)
        g->start = fact->start;
    if (last == fact->frame_last)
        g->end = fact->end;
    g->frame_first = first;
    g->frame_last = last;
    add_flow(g, fact->flow_id);
    return true;
}

static group begin(const ssk_fact *fact)
{
    group g = {.start = fact->start,
               .end = fact->end,
               .frame_first = fact->frame_first,
               .frame_last = fact->frame_last,
               .flows = g_array_new(FALSE, FALSE, sizeof(uint32_t))};
    add_flow(&g, fact->flow_id);
    return g;
}

/* ---- capture holes ---- */

/* How many of the direction's typical messages weigh as much. */
static int64_t messages_in(const ssk_result_flow *flow, ssk_dir dir, int64_t bytes)
{
    int64_t len = flow->dir[dir].common_len;
    if (!len && flow->dir[dir].payload_packets) /* they differ: at least a head each */
        len = SSK_LIMIT(MESSAGE_HEAD);
    return len ? (bytes + len / 2) / len : 0;
}

/* Does what moved unseen make up for the silence? One lost packet beside a
 * silence does not; it would hide a true stall. */
static bool covers(const ssk_result_flow *flow, const ssk_fact *hidden)
{
    bool rhythm = false;
    if (!flow)
        return true;
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        ssk_span_ns period = flow->dir[dir].period;
        int64_t bytes = hidden->hidden.bytes[dir];
        if (!period)
            continue;
        rhythm = true;
        if (hidden->end - hidden->start < period + period / 2)
            continue; /* no beat is missing: a packet was dropped, maybe with its answer */
        if (4 * messages_in(flow, dir, bytes) >= 3 * ((hidden->end - hidden->start) / period - 1) &&
            bytes)
            return true;
    }
    return !rhythm;
}

/* A connection with a slow rhythm may span a hole that is shorter than its own
 * silence: others, of a faster one, were silent for just as long as everybody. */
static bool silenced_others(const ssk_silence_list *all, const group *g, const ssk_fact *silence)
{
    for (guint i = ssk_silence_list_after(all, silence->start); i-- > 0;) {
        const ssk_fact *other = all->list->pdata[i];
        if (silence->start - other->start > 2 * all->longest_period)
            break; /* nor any before it */
        if (!has_flow(g, other->flow_id) &&
            other->start >= silence->start - 2 * other->silence.period &&
            other->start <= silence->start && other->end >= silence->end &&
            other->end <= silence->end + 2 * other->silence.period)
            return true;
    }
    return false;
}

static void judge_holes(const ssk_facts *facts, ssk_result *result, GArray *rows)
{
    GPtrArray *hidden = facts_of(facts, SSK_FACT_HIDDEN);
    GPtrArray *nobody = unsorted_facts_of(facts, SSK_FACT_CAPTURE_SILENCE);
    ssk_silence_list all;
    ssk_silence_list_init(&all, facts, 0);
    guint kept = 0;
    for (guint i = 0; i < hidden->len; i++) {
        const ssk_fact *fact = hidden->pdata[i];
        if (covers(ssk_result_find_flow(result, fact->flow_id), fact))
            hidden->pdata[kept++] = hidden->pdata[i];
    }
    g_ptr_array_set_size(hidden, (gint)kept);
    for (guint i = 0; i < hidden->len;) {
        group g = begin(hidden->pdata[i]);
        int64_t bytes = 0;
        guint k = i;
        for (; k < hidden->len; k++) {
            const ssk_fact *fact = hidden->pdata[k];
            const ssk_result_flow *flow = ssk_result_find_flow(result, fact->flow_id);
            if (k > i && !join(&g, fact))
                break;
            bytes += fact->hidden.bytes[SSK_A] + fact->hidden.bytes[SSK_B];
            if (flow)
                g.messages += MAX(messages_in(flow, SSK_A, fact->hidden.bytes[SSK_A]),
                                  messages_in(flow, SSK_B, fact->hidden.bytes[SSK_B]));
        }
        i = k;
        ssk_result_measurement row = row_of(result, SSK_CAUSE_CAPTURE_HOLE, &g);
        row.hidden_bytes = bytes;
        row.hidden_messages = g.messages;
        for (guint f = 0; f < nobody->len; f++) {
            const ssk_fact *fact = nobody->pdata[f];
            /* Nobody at all was heard: every flow is in the hole. */
            if (fact->frame_first >= g.frame_first && fact->frame_last <= g.frame_last &&
                (fact->end - fact->start > (g.end - g.start) / 10 * 9 ||
                 silenced_others(&all, &g, fact))) {
                row.n_flows = 0;
                row.start = fact->start;
                row.end = fact->end;
                row.duration = fact->end - fact->start;
                row.frame_first = fact->frame_first;
                row.frame_last = fact->frame_last;
            }
        }
        add_evidence(
            result, &row,
            ssk_result_printf(result,
                              "sequence and acknowledgment numbers moved by %" G_GINT64_FORMAT
                              " bytes across the silence and the bytes were never retransmitted",
                              bytes));
        g_array_append_val(rows, row);
        end_group(&g);
    }
    ssk_silence_list_clear(&all);
    g_ptr_array_free(nobody, TRUE);
    g_ptr_array_free(hidden, TRUE);
}

/* ---- between files ---- */

/** Of all flows that began until then, the latest packet: by time, or by frame. */
typedef struct reach {
    int64_t first, last;
} reach;

static int by_begin(gconstpointer a, gconstpointer b)
{
    const reach *x = a, *y = b;
    return (x->first > y->first) - (x->first < y->first);
}

static void add_up(GArray *all)
{
    g_array_sort(all, by_begin);
    for (guint i = 1; i < all->len; i++) {
        reach *one = &g_array_index(all, reach, i);
        one->last = MAX(one->last, g_array_index(all, reach, i - 1).last);
    }
}

static GArray *reach_of(const ssk_result *result)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(reach));
    for (size_t i = 0; i < result->n_flows; i++) {
        reach one = {result->flows[i].first, result->flows[i].last};
        if (one.first != SSK_TIME_NONE)
            g_array_append_val(all, one);
    }
    add_up(all);
    return all;
}

static GArray *reach_of_connections(const ssk_result *result)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(reach));
    for (size_t i = 0; i < result->n_flows; i++) {
        reach one = {result->flows[i].first_frame, result->flows[i].last_frame};
        if (result->flows[i].transport == SSK_TCP && one.first)
            g_array_append_val(all, one);
    }
    add_up(all);
    return all;
}

static bool goes_on_across(const GArray *all, int64_t from, int64_t to)
{
    guint low = 0, high = all->len;
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if (g_array_index(all, reach, middle).first <= from)
            low = middle + 1;
        else
            high = middle;
    }
    return low && g_array_index(all, reach, low - 1).last >= to;
}

static bool is_hole_between(const ssk_result_measurement *row, const ssk_fact *gap)
{
    return row->id == SSK_CAUSE_CAPTURE_HOLE && row->start <= gap->start && row->end >= gap->end;
}

static void judge_boundaries(const ssk_facts *facts, ssk_result *result, GArray *rows)
{
    GPtrArray *gaps = facts_of(facts, SSK_FACT_FILE_GAP);
    GArray *all = NULL;
    for (guint i = 0; i < gaps->len; i++) {
        const ssk_fact *gap = gaps->pdata[i];
        ssk_result_measurement *hole = NULL;
        for (guint k = 0; k < rows->len && !hole; k++)
            if (is_hole_between(&g_array_index(rows, ssk_result_measurement, k), gap))
                hole = &g_array_index(rows, ssk_result_measurement, k);
        if (hole) { /* the same hole, and now it is known whose */
            hole->id = SSK_CAUSE_FILE_BOUNDARY;
            hole->evidence->text = ssk_result_printf(
                result, "one file ends and the next begins: %s", hole->evidence->text);
            continue;
        }
        all = all ? all : reach_of_connections(result);
        /* A connection that goes on behind the gap with the very next byte: the capture
         * missed nothing, the network was silent. */
        if (goes_on_across(all, gap->frame_first, gap->frame_last))
            continue;
        group g = begin(gap);
        ssk_result_measurement row = row_of(result, SSK_CAUSE_FILE_BOUNDARY, &g);
        row.n_flows = 0;
        add_evidence(result, &row,
                     "one file ends and the next begins, and no connection spans the two: what was "
                     "sent between them was not captured");
        g_array_append_val(rows, row);
        end_group(&g);
    }
    if (all)
        g_array_free(all, TRUE);
    g_ptr_array_free(gaps, TRUE);
}

/* ---- clock steps ---- */

static int by_value(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void judge_steps(const ssk_facts *facts, ssk_result *result, GArray *rows)
{
    GPtrArray *lags = facts_of(facts, SSK_FACT_TS_LAG);
    for (guint i = 0; i < lags->len;) {
        const ssk_fact *first = lags->pdata[i++];
        if (llabs(first->lag.stayed) <
            SSK_LIMIT(STEP_LEAST) + (first->end - first->start) / SSK_LIMIT(RATE_ERROR))
            continue;
        const ssk_result_flow *flow = ssk_result_find_flow(result, first->flow_id);
        if (!flow)
            continue;
        group g = begin(first);
        g.sender = flow->addr[first->dir];
        GArray *steps = g_array_new(FALSE, FALSE, sizeof(int64_t));
        g_array_append_val(steps, first->lag.stayed);
        guint k = i;
        for (; k < lags->len; k++) {
            const ssk_fact *fact = lags->pdata[k];
            flow = ssk_result_find_flow(result, fact->flow_id);
            if (!flow || llabs(fact->lag.stayed - first->lag.stayed) >
                             SSK_LIMIT(SAME_STEP) + llabs(first->lag.stayed) / 20)
                continue;
            if (!join(&g, fact))
                break;
            g.two_senders |= !ssk_addr_equal(&g.sender, &flow->addr[fact->dir]);
            g_array_append_val(steps, fact->lag.stayed);
        }
        if (g.two_senders) {
            /* A step is permanent and moves every sender: docs/causes.md, lesson 8. */
            i = k;
            qsort(steps->data, steps->len, sizeof(int64_t), by_value);
            int64_t by = g_array_index(steps, int64_t, steps->len / 2);
            char text[SSK_TEXT_ROOM];
            ssk_result_measurement row = row_of(result, SSK_CAUSE_CLOCK_STEP, &g);
            row.n_flows = 0;
            row.has_by = true;
            row.by = by;
            add_evidence(
                result, &row,
                ssk_result_printf(result,
                                  "the capture's clock moved by %s against the TCP timestamps "
                                  "of every sender at once, and stayed so (%u directions)",
                                  ssk_span_text(by, text), steps->len));
            g_array_append_val(rows, row);
        }
        g_array_free(steps, TRUE);
        end_group(&g);
    }
    g_ptr_array_free(lags, TRUE);
}

/* ---- lost single packets, one direction only ---- */

static void judge_drops(const ssk_facts *facts, ssk_result *result, GArray *rows)
{
    GPtrArray *drops = facts_of(facts, SSK_FACT_DROPPED),
              *counts = facts_of(facts, SSK_FACT_DROP_COUNT);
    if (drops->len) {
        group g = begin(drops->pdata[0]);
        int64_t bytes = 0, packets = 0;
        char text[SSK_TEXT_ROOM];
        for (guint i = 0; i < drops->len; i++) {
            const ssk_fact *fact = drops->pdata[i];
            add_flow(&g, fact->flow_id);
            g.start = MIN(g.start, fact->start);
            g.end = MAX(g.end, fact->end);
            g.frame_last = MAX(g.frame_last, fact->frame_last);
            packets += fact->dropped.packets;
            bytes += fact->dropped.bytes;
        }
        ssk_result_measurement row = row_of(result, SSK_CAUSE_CAPTURE_DROPS, &g);
        row.hidden_bytes = bytes;
        add_evidence(
            result, &row,
            ssk_result_printf(result, "%s acknowledged bytes that were never captured",
                              ssk_count_text((uint64_t)packets, "packet", "packets", text)));
        g_array_append_val(rows, row);
        end_group(&g);
    }
    for (guint i = 0; i < counts->len; i++) {
        const ssk_fact *fact = counts->pdata[i];
        char lost[SSK_TEXT_ROOM], places[SSK_TEXT_ROOM];
        group g = begin(fact);
        ssk_result_measurement row = row_of(result, SSK_CAUSE_CAPTURE_DROPS, &g);
        row.n_flows = 0;
        add_evidence(
            result, &row,
            ssk_result_printf(
                result, "the capture itself counts %s that it lost, at %s",
                ssk_count_text((uint64_t)fact->drop_count.packets, "packet", "packets", lost),
                ssk_count_text((uint64_t)fact->drop_count.counts, "place", "places", places)));
        g_array_append_val(rows, row);
        end_group(&g);
    }
    g_ptr_array_free(drops, TRUE);
    g_ptr_array_free(counts, TRUE);
}

static void judge_duplicates(const ssk_facts *facts, ssk_result *result, GArray *rows)
{
    GPtrArray *found = facts_of(facts, SSK_FACT_DUPLICATES);
    for (guint i = 0; i < found->len; i++) {
        const ssk_fact *fact = found->pdata[i];
        if (fact->duplicates.copies < SSK_LIMIT(COPIES_LEAST) ||
            fact->duplicates.copies * 1000 < fact->duplicates.packets * SSK_LIMIT(COPIES_PERMILLE))
            continue;
        char apart[SSK_TEXT_ROOM];
        group g = begin(fact);
        ssk_result_measurement row = row_of(result, SSK_CAUSE_MIRROR_DUPLICATES, &g);
        row.n_flows = 0;
        add_evidence(
            result, &row,
            ssk_result_printf(
                result,
                "%" G_GINT64_FORMAT " of %" G_GINT64_FORMAT
                " packets came a second time within %s, with the same numbers in their headers",
                fact->duplicates.copies, fact->duplicates.packets,
                ssk_span_text(SSK_LIMIT(COPIES_APART), apart)));
        g_array_append_val(rows, row);
        end_group(&g);
    }
    g_ptr_array_free(found, TRUE);
}

static void judge_one_direction(ssk_result *result, GArray *rows)
{
    GArray *flows = g_array_new(FALSE, FALSE, sizeof(uint32_t));
    group g = {.flows = flows, .start = SSK_TIME_NONE};
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        bool a = flow->dir[SSK_A].packets > 0, b = flow->dir[SSK_B].packets > 0;
        const ssk_result_direction *heard = &flow->dir[a ? SSK_A : SSK_B];
        /* TCP data without one acknowledgment heard: it was not captured. A
         * sender that nobody acknowledges repeats what it sent. */
        uint64_t payload = heard->payload_packets - heard->payload_copies;
        if (flow->transport != SSK_TCP || a == b || payload < SSK_LIMIT(ONE_SIDE_LEAST) ||
            heard->retransmitted_packets * 2 > payload || flow->first == SSK_TIME_NONE)
            continue;
        g_array_append_val(flows, flow->id);
        if (g.start == SSK_TIME_NONE || flow->first < g.start) {
            g.start = flow->first;
            g.frame_first = flow->first_frame;
        }
        g.end = MAX(g.end, flow->last);
        g.frame_last = MAX(g.frame_last, flow->last_frame);
    }
    if (flows->len) {
        char text[SSK_TEXT_ROOM];
        ssk_result_measurement row = row_of(result, SSK_CAUSE_ONE_DIRECTION, &g);
        add_evidence(result, &row,
                     ssk_result_printf(result, "only one direction of %s was captured",
                                       ssk_count_text(flows->len, "TCP flow", "TCP flows", text)));
        g_array_append_val(rows, row);
    }
    g_array_free(flows, TRUE);
}

/* ---- */

static const char *why_paused(ssk_span_ns length)
{
    return length >= SSK_LIMIT(RECORDING_PAUSE_ANYWAY)
               ? "nothing at all was captured for longer than a year"
           : length >= SSK_LIMIT(RECORDING_PAUSE)
               ? "nothing at all was captured, and no conversation continues after it"
               : "nothing at all was captured: flows that have no host in common fell silent together";
}

/* Captures of different times in one file, or one that was paused: what was open at the end of the
 * one did not go on in the other. */
static void judge_pauses(const ssk_facts *facts, ssk_result *result, GArray *rows)
{
    GPtrArray *silences = facts_of(facts, SSK_FACT_CAPTURE_SILENCE);
    GArray *all = NULL;
    ssk_silence_list own;
    ssk_silence_list_init(&own, facts, SSK_SILENCE_INHERITED);
    for (guint i = 0; i < silences->len; i++) {
        const ssk_fact *silence = silences->pdata[i];
        ssk_span_ns length = silence->end - silence->start;
        if (length < SSK_LIMIT(PAUSE_TOGETHER) ||
            (length < SSK_LIMIT(RECORDING_PAUSE) &&
             !ssk_fell_silent_together(&own, result, silence)))
            continue;
        all = all ? all : reach_of(result);
        if (length >= SSK_LIMIT(RECORDING_PAUSE) && length < SSK_LIMIT(RECORDING_PAUSE_ANYWAY) &&
            goes_on_across(all, silence->start, silence->end))
            continue;
        group g = begin(silence);
        g_array_set_size(g.flows, 0);
        ssk_result_measurement row = row_of(result, SSK_CAUSE_CAPTURE_PAUSE, &g);
        add_evidence(result, &row, why_paused(length));
        g_array_append_val(rows, row);
        end_group(&g);
    }
    ssk_silence_list_clear(&own);
    g_ptr_array_free(silences, TRUE);
    if (all)
        g_array_free(all, TRUE);
}

static int by_row_start(gconstpointer a, gconstpointer b)
{
    const ssk_result_measurement *x = a, *y = b;
    if (x->frame_first != y->frame_first)
        return x->frame_first < y->frame_first ? -1 : 1;
    return strcmp(ssk_cause_text(x->id), ssk_cause_text(y->id)); /* as they are written */
}

static void judge(const ssk_facts *facts, ssk_result *result)
{
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(ssk_result_measurement));
    judge_holes(facts, result, rows);
    judge_pauses(facts, result, rows);
    judge_boundaries(facts, result, rows);
    judge_steps(facts, result, rows);
    judge_drops(facts, result, rows);
    judge_duplicates(facts, result, rows);
    judge_one_direction(result, rows);
    g_array_sort(rows, by_row_start);
    result->n_measurement = rows->len;
    result->measurement = ssk_result_alloc(result, rows->len * sizeof(ssk_result_measurement));
    if (rows->len)
        memcpy(result->measurement, rows->data, rows->len * sizeof(ssk_result_measurement));
    g_array_free(rows, TRUE);
}

const ssk_rule ssk_rule_measurement = {
    .name = "measurement",
    .source = "docs/causes.md, measurement faults",
    .judge = judge,
};
