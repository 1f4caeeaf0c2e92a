/* chart.c - charts from a result, and their JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/chart.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/safe_text.h"

static ssk_chart *chart_new(const char *kind, unsigned number, ssk_axis x, ssk_axis y)
{
    ssk_chart *chart = g_new0(ssk_chart, 1);
    g_snprintf(chart->id, sizeof chart->id, "%s-%u", kind, number);
    chart->x = x;
    chart->y = y;
    chart->lanes = g_ptr_array_new_with_free_func(g_free);
    chart->names = g_ptr_array_new_with_free_func(g_free);
    chart->series = g_array_new(FALSE, FALSE, sizeof(ssk_chart_series));
    chart->bands = g_array_new(FALSE, FALSE, sizeof(ssk_chart_band));
    return chart;
}

void ssk_chart_free(ssk_chart *chart)
{
    if (!chart)
        return;
    for (guint i = 0; i < chart->series->len; i++)
        g_array_free(g_array_index(chart->series, ssk_chart_series, i).points, TRUE);
    g_array_free(chart->series, TRUE);
    g_array_free(chart->bands, TRUE);
    g_ptr_array_free(chart->lanes, TRUE);
    g_ptr_array_free(chart->names, TRUE);
    g_free(chart->label);
    g_free(chart);
}

static GArray *series_of(ssk_chart *chart, const char *name, ssk_draw draw)
{
    for (guint i = 0; i < chart->series->len; i++) {
        ssk_chart_series *series = &g_array_index(chart->series, ssk_chart_series, i);
        if (strcmp(series->name, name) == 0)
            return series->points;
    }
    ssk_chart_series fresh = {name, draw, g_array_new(FALSE, FALSE, sizeof(ssk_chart_point))};
    g_array_append_val(chart->series, fresh);
    return fresh.points;
}

static void add_point(GArray *points, int64_t x, int64_t y, uint32_t frame, const char *text)
{
    ssk_chart_point point = {x, y, frame, text};
    g_array_append_val(points, point);
}

static void add_band(ssk_chart *chart, const char *name, int64_t from, int64_t to)
{
    ssk_chart_band band = {name, from, to};
    g_array_append_val(chart->bands, band);
}

static void add_lane(ssk_chart *chart, const char *name)
{
    GString *safe = g_string_new(NULL);
    ssk_safe_text_append(safe, name ? name : "");
    g_ptr_array_add(chart->lanes, g_string_free(safe, FALSE));
}

/* Nanoseconds since the capture's start; a timestamp too far off is put at the edge. */
static int64_t since_start(const ssk_story *story, ssk_time_ns time)
{
    int64_t origin = story->origin == SSK_TIME_NONE ? 0 : story->origin, since;
    if (__builtin_sub_overflow(time, origin, &since))
        return time < origin ? INT64_MIN / 4 : INT64_MAX / 4;
    return CLAMP(since, INT64_MIN / 4, INT64_MAX / 4);
}

/* ---- lanes of a stall ---- */

static void lanes_from_timeline(const ssk_story *story, ssk_chart *chart,
                                const ssk_timeline *timeline)
{
    chart->from = since_start(story, timeline->from);
    chart->to = since_start(story, timeline->to);
    for (size_t i = 0; i < timeline->n_lanes; i++)
        add_lane(chart, timeline->lanes[i].name);
    for (size_t i = 0; i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        if (mark->lane < timeline->n_lanes)
            add_point(series_of(chart, ssk_mark_text(mark->kind), SSK_DRAW_MARKS),
                      since_start(story, mark->at), mark->lane, mark->frame, mark->text);
    }
}

static void lane_from_stall(const ssk_story *story, ssk_chart *chart, const ssk_result_stall *stall)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const int64_t lane = chart->lanes->len;
    GString *name = g_string_new(NULL);

    if (flow) {
        ssk_dir side = stall->direction == SSK_SIDE_B ? SSK_B : SSK_A;
        ssk_story_end_point(flow, side, name);
        g_string_append(name, " -> ");
        ssk_story_end_point(flow, ssk_dir_other(side), name);
    } else {
        g_string_append_printf(name, "flow %u", stall->flow);
    }
    g_ptr_array_add(chart->lanes, g_string_free(name, FALSE));
    add_point(series_of(chart, "last before", SSK_DRAW_MARKS), since_start(story, stall->start),
              lane, stall->frame_before, NULL);
    if (stall->end != SSK_TIME_NONE)
        add_point(series_of(chart, "first after", SSK_DRAW_MARKS), since_start(story, stall->end),
                  lane, stall->frame_after, NULL);
    if (stall->next_retry != SSK_TIME_NONE)
        add_point(series_of(chart, "next retry", SSK_DRAW_MARKS),
                  since_start(story, stall->next_retry), lane, 0, NULL);
}

/* Only what the stalls themselves say. */
static void lanes_from_stalls(const ssk_story *story, ssk_chart *chart,
                              const ssk_result_stall *stall, int64_t start, int64_t end)
{
    const ssk_result *result = story->result;
    const int64_t margin = MAX((end - start) / 10, SSK_S);

    chart->from = start - margin;
    chart->to = end + margin;
    lane_from_stall(story, chart, stall);
    for (size_t i = 0; i < result->n_stalls && chart->lanes->len < SSK_TIMELINE_LANES; i++)
        if (result->stalls[i].incident == stall->incident && result->stalls[i].id != stall->id)
            lane_from_stall(story, chart, &result->stalls[i]);
}

/* The packets that the stall lies between, on the lane of the side that was silent. */
static void mark_ends(const ssk_story *story, ssk_chart *chart, const ssk_result_stall *stall)
{
    const ssk_timeline *timeline = stall->timeline;
    for (size_t i = 0; timeline && i < timeline->n_lanes; i++) {
        const ssk_lane *lane = &timeline->lanes[i];
        if (lane->flow != stall->flow || lane->from != stall->direction)
            continue;
        add_point(series_of(chart, "last before", SSK_DRAW_MARKS), since_start(story, stall->start),
                  (int64_t)i, stall->frame_before, NULL);
        if (stall->end != SSK_TIME_NONE)
            add_point(series_of(chart, "first after", SSK_DRAW_MARKS),
                      since_start(story, stall->end), (int64_t)i, stall->frame_after, NULL);
        if (stall->next_retry != SSK_TIME_NONE && stall->next_retry <= timeline->to)
            add_point(series_of(chart, "next retry", SSK_DRAW_MARKS),
                      since_start(story, stall->next_retry), (int64_t)i, 0, NULL);
        return;
    }
}

ssk_chart *ssk_chart_stall(const ssk_story *story, const ssk_result_stall *stall)
{
    ssk_chart *chart = chart_new("lanes", stall->id, SSK_AXIS_TIME, SSK_AXIS_LANES);
    const int64_t start = since_start(story, stall->start);
    const int64_t end = stall->end != SSK_TIME_NONE ? since_start(story, stall->end)
                                                    : start + MAX(stall->duration, 0);
    GString *label = g_string_new("Packets around stall ");

    g_string_append_printf(label, "%u: ", stall->id);
    ssk_story_stall_title(story, stall, label);
    chart->label = g_string_free(label, FALSE);
    if (stall->timeline)
        lanes_from_timeline(story, chart, stall->timeline);
    else
        lanes_from_stalls(story, chart, stall, start, end);
    mark_ends(story, chart, stall);
    int64_t over = stall->cause_end != SSK_TIME_NONE ? since_start(story, stall->cause_end) : end;
    if (over >= end || stall->recovery_tail < SSK_STORY_TAIL)
        over = end;
    add_band(chart, "stall", start, over);
    if (over < end)
        add_band(chart, "recovery", over, end);
    if (chart->to <= chart->from)
        chart->to = chart->from + SSK_S;
    return chart;
}

/* ---- gaps ---- */

#define BARS_PER_DECADE 10

/* Bars start at 10^(k/10) ns, rounded down. */
static int64_t bar_start(int bar)
{
    return (int64_t)pow(10, (double)bar / BARS_PER_DECADE);
}

static int bar_of(int64_t span)
{
    int bar = (int)(log10((double)MAX(span, 1)) * BARS_PER_DECADE);
    while (bar > 0 && bar_start(bar) > span)
        bar--;
    while (bar_start(bar + 1) <= span)
        bar++;
    return bar;
}

int64_t ssk_chart_bar_end(int64_t x)
{
    return bar_start(bar_of(x) + 1);
}

static void add_bars(ssk_chart *chart, const char *name, const ssk_hist *hist)
{
    GArray *points = NULL;
    for (size_t i = 0; i < hist->used; i++) {
        int64_t span = MIN(ssk_hist_cell_up_to(hist, i), 2 * SSK_DAY);
        int64_t x = bar_start(bar_of(span)), count = (int64_t)ssk_hist_cell_count(hist, i);
        if (!points)
            points = series_of(chart, name, SSK_DRAW_BARS);
        ssk_chart_point *last = points->len
                                    ? &g_array_index(points, ssk_chart_point, points->len - 1)
                                    : NULL;
        if (last && last->x == x)
            last->y += count;
        else
            add_point(points, x, count, 0, NULL);
        chart->from = chart->from ? MIN(chart->from, x) : x;
        chart->to = MAX(chart->to, ssk_chart_bar_end(x));
    }
}

ssk_chart *ssk_chart_gaps(const ssk_story *story, const ssk_result_flow *flow)
{
    (void)story;
    ssk_chart *chart = chart_new("gaps", flow->id, SSK_AXIS_SPAN_LOG, SSK_AXIS_COUNT);
    GString *label = g_string_new("Number of gaps between packets by length, flow ");

    g_string_append_printf(label, "%u: ", flow->id);
    ssk_story_conversation(flow, label);
    chart->label = g_string_free(label, FALSE);
    for (int dir = 0; dir < 2; dir++) {
        GString *name = g_string_new("from ");
        ssk_story_end_point(flow, dir == SSK_A ? SSK_A : SSK_B, name);
        g_ptr_array_add(chart->names, name->str);
        add_bars(chart, g_string_free(name, FALSE), &flow->dir[dir].gaps);
    }
    if (chart->series->len)
        return chart;
    ssk_chart_free(chart);
    return NULL;
}

/* ---- values over time ---- */

static ssk_chart *line_chart(const ssk_story *story, const char *kind, unsigned number, ssk_axis y,
                             const char *name, const ssk_series *series)
{
    if (series->n_points < 2)
        return NULL;
    ssk_chart *chart = chart_new(kind, number, SSK_AXIS_TIME, y);
    GArray *points = series_of(chart, name, SSK_DRAW_LINE);
    for (size_t i = 0; i < series->n_points; i++)
        add_point(points, since_start(story, series->points[i].at), series->points[i].value, 0,
                  NULL);
    chart->from = g_array_index(points, ssk_chart_point, 0).x;
    chart->to = MAX(g_array_index(points, ssk_chart_point, points->len - 1).x, chart->from + 1);
    return chart;
}

ssk_chart *ssk_chart_rtt(const ssk_story *story, const ssk_result_flow *flow)
{
    if (!flow->keepalive)
        return NULL;
    ssk_chart *chart = line_chart(story, "rtt", flow->id, SSK_AXIS_SPAN, "ping to pong",
                                  &flow->keepalive->rtt_over_time);
    if (chart)
        chart->label = g_strdup_printf("Keep-alive round trip over time, flow %u", flow->id);
    return chart;
}

ssk_chart *ssk_chart_clock(const ssk_story *story, size_t index)
{
    const ssk_result_clock *clock = &story->result->clocks[index];
    ssk_chart *chart = line_chart(story, "clock", (unsigned)index + 1, SSK_AXIS_SPAN, "offset",
                                  &clock->offset_over_time);
    if (chart)
        chart->label = g_strdup_printf("Clock offset over time, flow %u", clock->flow);
    return chart;
}

ssk_chart *ssk_chart_bursts(const ssk_story *story, size_t index)
{
    const ssk_result_udp *udp = &story->result->udp[index];
    if (!udp->has_on_off)
        return NULL;
    ssk_chart *chart = line_chart(story, "bursts", (unsigned)index + 1, SSK_AXIS_BYTES,
                                  "bytes per burst", &udp->on_off.bursts);
    if (chart)
        chart->label = g_strdup_printf("Bytes of each burst over time, flow %u", udp->flow);
    return chart;
}

ssk_chart *ssk_chart_strip(const ssk_story *story, size_t index)
{
    const ssk_result_udp *udp = &story->result->udp[index];
    const char *strip = udp->on_off.strip;
    if (!udp->has_on_off || !strip || !*strip || udp->on_off.strip_slice <= 0 ||
        udp->on_off.strip_slice > SSK_DAY)
        return NULL;
    ssk_chart *chart = chart_new("strip", (unsigned)index + 1, SSK_AXIS_TIME, SSK_AXIS_ON);
    GArray *points = series_of(chart, "on", SSK_DRAW_STEPS);
    const int64_t start = since_start(story, udp->on_off.strip_start);

    size_t i = 0;
    for (; strip[i] && i < 100000; i++)
        if (!i || strip[i] != strip[i - 1])
            add_point(points, start + (int64_t)i * udp->on_off.strip_slice, strip[i] == '#', 0,
                      NULL);
    chart->from = start;
    chart->to = start + (int64_t)i * udp->on_off.strip_slice;
    add_point(points, chart->to, strip[i - 1] == '#', 0, NULL);
    chart->label = g_strdup_printf("Reception on and off over time, flow %u", udp->flow);
    return chart;
}

/* ---- JSON ---- */

static const char *axis_name(ssk_axis axis)
{
    static const char *const names[] = {
        [SSK_AXIS_TIME] = "time",   [SSK_AXIS_SPAN] = "span",   [SSK_AXIS_SPAN_LOG] = "span-log",
        [SSK_AXIS_COUNT] = "count", [SSK_AXIS_BYTES] = "bytes", [SSK_AXIS_LANES] = "lanes",
        [SSK_AXIS_ON] = "on",
    };
    return names[axis];
}

static void series_json(const ssk_chart_series *series, ssk_json *json)
{
    static const char *const draws[] = {
        [SSK_DRAW_LINE] = "line",
        [SSK_DRAW_STEPS] = "steps",
        [SSK_DRAW_BARS] = "bars",
        [SSK_DRAW_MARKS] = "marks",
    };
    bool has_frames = false, has_text = false;
    const ssk_chart_point *points = (const ssk_chart_point *)(void *)series->points->data;
    const guint count = series->points->len;

    for (guint i = 0; i < count; i++) {
        has_frames |= points[i].frame != 0;
        has_text |= points[i].text != NULL;
    }
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "name", series->name);
    ssk_json_string(json, "draw", draws[series->draw]);
    ssk_json_array(json, "x", SSK_JSON_INLINE);
    for (guint i = 0; i < count; i++)
        ssk_json_int(json, NULL, points[i].x);
    ssk_json_end(json);
    if (series->draw == SSK_DRAW_BARS) {
        ssk_json_array(json, "x_end", SSK_JSON_INLINE);
        for (guint i = 0; i < count; i++)
            ssk_json_int(json, NULL, ssk_chart_bar_end(points[i].x));
        ssk_json_end(json);
    }
    ssk_json_array(json, "y", SSK_JSON_INLINE);
    for (guint i = 0; i < count; i++)
        ssk_json_int(json, NULL, points[i].y);
    ssk_json_end(json);
    if (has_frames) {
        ssk_json_array(json, "frames", SSK_JSON_INLINE);
        for (guint i = 0; i < count; i++)
            ssk_json_uint(json, NULL, points[i].frame);
        ssk_json_end(json);
    }
    if (has_text) {
        ssk_json_array(json, "text", SSK_JSON_INLINE);
        for (guint i = 0; i < count; i++)
            ssk_json_string(json, NULL, points[i].text);
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

void ssk_chart_json(const ssk_chart *chart, ssk_json *json)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "id", chart->id);
    ssk_json_string(json, "label", chart->label);
    ssk_json_string(json, "x", axis_name(chart->x));
    ssk_json_string(json, "y", axis_name(chart->y));
    ssk_json_int(json, "from", chart->from);
    ssk_json_int(json, "to", chart->to);
    ssk_json_array(json, "lanes", SSK_JSON_INLINE);
    for (guint i = 0; i < chart->lanes->len; i++)
        ssk_json_string(json, NULL, chart->lanes->pdata[i]);
    ssk_json_end(json);
    ssk_json_array(json, "bands", SSK_JSON_INLINE);
    for (guint i = 0; i < chart->bands->len; i++) {
        const ssk_chart_band *band = &g_array_index(chart->bands, ssk_chart_band, i);
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "name", band->name);
        ssk_json_int(json, "from", band->from);
        ssk_json_int(json, "to", band->to);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_array(json, "series", SSK_JSON_INLINE);
    for (guint i = 0; i < chart->series->len; i++)
        series_json(&g_array_index(chart->series, ssk_chart_series, i), json);
    ssk_json_end(json);
    ssk_json_end(json);
}
