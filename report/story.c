/* story.c - the frame of a story: its time, its flows by name and in the order that they are told.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <stdlib.h>

#include "core/base/text.h"
#include "report/phrase.h"
#include "report/safe_text.h"

void ssk_story_init(ssk_story *story, const ssk_result *result, const ssk_host *host)
{
    const char *tz = result->config.tz;
    *story = (ssk_story){result, host, NULL, SSK_TIME_NONE, SSK_TIME_NONE};
    for (size_t i = 0; i < result->n_inputs; i++) {
        const ssk_result_input *input = &result->inputs[i];
        if (result->n_views && i + 1 < result->n_inputs)
            continue; /* another capture, by another clock */
        if (input->first != SSK_TIME_NONE &&
            (story->origin == SSK_TIME_NONE || input->first < story->origin))
            story->origin = input->first;
        if (input->last != SSK_TIME_NONE && input->last > story->end)
            story->end = input->last;
    }
    story->zone = *tz ? g_time_zone_new_identifier(tz) : g_time_zone_new_local();
}

void ssk_story_clear(ssk_story *story)
{
    if (story->zone)
        g_time_zone_unref(story->zone);
    story->zone = NULL;
}

static void put_offset(GString *out, ssk_span_ns span)
{
    uint64_t ms = (uint64_t)(span < 0 ? -(span + 1) : span) / SSK_MS;
    g_string_append_printf(out, "%s%" G_GUINT64_FORMAT ".%03u s", span < 0 ? "-" : "", ms / 1000,
                           (unsigned)(ms % 1000));
}

void ssk_story_offset(const ssk_story *story, ssk_time_ns time, GString *out)
{
    ssk_span_ns since;
    if (time == SSK_TIME_NONE || story->origin == SSK_TIME_NONE ||
        __builtin_sub_overflow(time, story->origin, &since))
        g_string_append(out, "not known");
    else
        put_offset(out, since);
}

void ssk_story_clock_time(const ssk_story *story, ssk_time_ns time, GString *out)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(out,
                    time == SSK_TIME_NONE ? "not known" : ssk_time_local(time, story->zone, buf));
}

void ssk_story_time(const ssk_story *story, ssk_time_ns time, GString *out)
{
    char buf[SSK_TEXT_ROOM];
    if (time == SSK_TIME_NONE) {
        g_string_append(out, "not known");
        return;
    }
    g_string_append(out, ssk_time_local(time, story->zone, buf));
    ssk_span_ns since;
    if (story->origin != SSK_TIME_NONE && !__builtin_sub_overflow(time, story->origin, &since)) {
        g_string_append(out, " (");
        put_offset(out, since);
        g_string_append_c(out, ')');
    }
}

void ssk_story_end_point(const ssk_result_flow *flow, ssk_dir side, GString *out)
{
    const ssk_addr *addr = &flow->addr[side];
    if (addr->family == 6)
        g_string_append_c(out, '[');
    ssk_phrase_addr(out, addr);
    if (addr->family == 6)
        g_string_append_c(out, ']');
    g_string_append_printf(out, ":%u", flow->port[side]);
}

void ssk_story_conversation(const ssk_result_flow *flow, GString *out)
{
    ssk_story_end_point(flow, SSK_A, out);
    g_string_append(out, " -> ");
    ssk_story_end_point(flow, SSK_B, out);
}

void ssk_story_flow(const ssk_story *story, uint32_t id, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, id);
    g_string_append_printf(out, "flow %u", id);
    if (!flow)
        return;
    g_string_append(out, ": ");
    ssk_story_conversation(flow, out);
    g_string_append_printf(out, ", %s stream %u", flow->transport == SSK_TCP ? "TCP" : "UDP",
                           flow->stream);
    if (flow->process_name) {
        g_string_append(out, ", ");
        ssk_safe_text_append(out, flow->process_name);
        if (flow->process_pid >= 0)
            g_string_append_printf(out, " (pid %d)", flow->process_pid);
    }
}

typedef struct ssk_weighed {
    const ssk_result_flow *flow;
    unsigned stalls;
    uint64_t packets;
} ssk_weighed;

static int by_weight(const void *left, const void *right)
{
    const ssk_weighed *a = left, *b = right;
    if (a->stalls != b->stalls)
        return a->stalls > b->stalls ? -1 : 1;
    if (!a->flow->keepalive != !b->flow->keepalive)
        return a->flow->keepalive ? -1 : 1;
    if (a->packets != b->packets)
        return a->packets > b->packets ? -1 : 1;
    return a->flow->id < b->flow->id ? -1 : 1;
}

const ssk_result_flow **ssk_story_flows_by_weight(const ssk_story *story)
{
    const ssk_result *result = story->result;
    ssk_weighed *weighed = g_new0(ssk_weighed, result->n_flows);
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        weighed[i].flow = flow;
        weighed[i].packets = flow->dir[SSK_A].packets + flow->dir[SSK_B].packets;
    }
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_flow *flow = ssk_result_find_flow(result, result->stalls[i].flow);
        if (flow)
            weighed[flow - result->flows].stalls++;
    }
    bool in_order = true; /* as where a flood of like ones is all there is */
    for (size_t i = 1; i < result->n_flows && in_order; i++)
        in_order = by_weight(&weighed[i - 1], &weighed[i]) < 0;
    if (!in_order)
        qsort(weighed, result->n_flows, sizeof *weighed, by_weight);
    const ssk_result_flow **flows = g_new0(const ssk_result_flow *, result->n_flows);
    for (size_t i = 0; i < result->n_flows; i++)
        flows[i] = weighed[i].flow;
    g_free(weighed);
    return flows;
}
