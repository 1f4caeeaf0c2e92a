/* chart_svg.c - a chart drawn without any script.
 *
 * Colors and the shapes of marks (#m-<kind>) come from the page around it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <math.h>
#include <string.h>

#include "core/base/text.h"
#include "report/chart.h"

#define WIDTH  960
#define RIGHT  12
#define TOP    10
#define BOTTOM 34
#define TICKS  6

/* Where values lie on the drawing. */
typedef struct ssk_plot {
    const ssk_chart *chart;
    GString *out;
    int left, height; /**< of the plot; its top is TOP, its right WIDTH - RIGHT */
    int64_t y_from, y_to;
    bool named; /**< marks name their frames */
} ssk_plot;

static bool is_log(ssk_axis axis)
{
    return axis == SSK_AXIS_SPAN_LOG || axis == SSK_AXIS_COUNT;
}

/* 0 at @p from, 1 at @p to. */
static double share(ssk_axis axis, int64_t value, int64_t from, int64_t to)
{
    if (is_log(axis)) {
        double low = log((double)MAX(from, 1)), high = log((double)MAX(to, 2));
        return (log((double)MAX(value, 1)) - low) / MAX(high - low, 1e-9);
    }
    return ((double)value - (double)from) / MAX((double)to - (double)from, 1.0);
}

static int x_of(const ssk_plot *plot, int64_t x)
{
    double at = share(plot->chart->x, x, plot->chart->from, plot->chart->to);
    return plot->left + (int)lround(CLAMP(at, -0.01, 1.01) * (WIDTH - RIGHT - plot->left));
}

static int y_of(const ssk_plot *plot, int64_t y)
{
    if (plot->chart->y == SSK_AXIS_LANES)
        return TOP + (int)((2 * y + 1) * plot->height / (2 * MAX(plot->chart->lanes->len, 1)));
    double at = share(plot->chart->y, y, plot->y_from, plot->y_to);
    return TOP + plot->height - (int)lround(CLAMP(at, 0, 1) * plot->height);
}

static void put_escaped(GString *out, const char *text)
{
    char *escaped = g_markup_escape_text(text, -1);
    g_string_append(out, escaped);
    g_free(escaped);
}

static void put_label(ssk_plot *plot, int x, int y, const char *anchor, const char *text)
{
    g_string_append_printf(plot->out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">", x, y, anchor);
    put_escaped(plot->out, text);
    g_string_append(plot->out, "</text>\n");
}

/* A round step of about @p span / TICKS: 1, 2 or 5 times a power of ten. */
static int64_t round_step(int64_t span)
{
    int64_t step = 1;
    while (step < INT64_MAX / 100 && step * 10 * TICKS <= span)
        step *= 10;
    if (step * 5 * TICKS <= span)
        return step * 5;
    return step * 2 * TICKS <= span ? step * 2 : step;
}

static const char *value_text(ssk_axis axis, int64_t value, char buf[SSK_TEXT_ROOM])
{
    if (axis == SSK_AXIS_SPAN || axis == SSK_AXIS_SPAN_LOG)
        return ssk_span_text(value, buf);
    if (axis == SSK_AXIS_TIME)
        g_snprintf(buf, SSK_TEXT_ROOM, "%" G_GINT64_FORMAT ".%03d s", value / SSK_S,
                   (int)(ABS(value % SSK_S) / SSK_MS));
    else
        g_snprintf(buf, SSK_TEXT_ROOM, "%" G_GINT64_FORMAT, value);
    return buf;
}

static void put_x_tick(ssk_plot *plot, int64_t value)
{
    char buf[SSK_TEXT_ROOM];
    int x = x_of(plot, value), bottom = TOP + plot->height;
    g_string_append_printf(plot->out, "<path class=\"grid\" d=\"M%d %dV%d\"/>", x, TOP, bottom + 4);
    put_label(plot, x, bottom + 18, "middle", value_text(plot->chart->x, value, buf));
}

static void put_x_axis(ssk_plot *plot)
{
    const ssk_chart *chart = plot->chart;
    if (is_log(chart->x)) {
        for (int64_t value = 1; value <= chart->to && value < INT64_MAX / 10; value *= 10)
            if (value >= chart->from)
                put_x_tick(plot, value);
        return;
    }
    int64_t step = round_step(chart->to - chart->from);
    int64_t value = chart->from / step * step;
    for (; value <= chart->to; value += step)
        if (value >= chart->from)
            put_x_tick(plot, value);
}

static void put_y_axis(ssk_plot *plot)
{
    const ssk_chart *chart = plot->chart;
    char buf[SSK_TEXT_ROOM];

    if (chart->y == SSK_AXIS_LANES) {
        for (guint i = 0; i < chart->lanes->len; i++) {
            int y = y_of(plot, i);
            g_string_append_printf(plot->out, "<path class=\"grid\" d=\"M%d %dH%d\"/>", plot->left,
                                   y, WIDTH - RIGHT);
            char *name = g_utf8_substring(chart->lanes->pdata[i], 0,
                                          MIN(g_utf8_strlen(chart->lanes->pdata[i], -1), 44));
            put_label(plot, plot->left - 8, y + 4, "end", name);
            g_free(name);
        }
        return;
    }
    if (chart->y == SSK_AXIS_ON) {
        put_label(plot, plot->left - 8, TOP + 8, "end", "on");
        put_label(plot, plot->left - 8, TOP + plot->height, "end", "off");
        return;
    }
    const int64_t values[] = {plot->y_from, plot->y_from + (plot->y_to - plot->y_from) / 2,
                              plot->y_to};
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        if (i == 1 && is_log(chart->y))
            continue;
        int y = y_of(plot, values[i]);
        g_string_append_printf(plot->out, "<path class=\"grid\" d=\"M%d %dH%d\"/>", plot->left, y,
                               WIDTH - RIGHT);
        put_label(plot, plot->left - 8, y + 4, "end", value_text(chart->y, values[i], buf));
    }
}

static void put_bands(ssk_plot *plot)
{
    for (guint i = 0; i < plot->chart->bands->len; i++) {
        const ssk_chart_band *band = &g_array_index(plot->chart->bands, ssk_chart_band, i);
        int from = x_of(plot, band->from), to = x_of(plot, band->to);
        g_string_append_printf(plot->out,
                               "<rect class=\"band-%s\" x=\"%d\" y=\"%d\" width=\"%d\" "
                               "height=\"%d\"><title>%s</title></rect>\n",
                               band->name, from, TOP, MAX(to - from, 1), plot->height, band->name);
    }
}

/* All marks of a kind as the corners of one path, each about a tenth of the bytes of a mark of its own. */
static void put_marks_of_path(ssk_plot *plot, const ssk_chart_series *series, const char *kind)
{
    if (!series->points->len)
        return;
    g_string_append_printf(plot->out, "<path class=\"marks\" style=\"marker:url(#p-%s)\" d=\"",
                           kind);
    for (guint i = 0; i < series->points->len; i++) {
        const ssk_chart_point *point = &g_array_index(series->points, ssk_chart_point, i);
        g_string_append_printf(plot->out, "%c%d %d", i ? ' ' : 'M', x_of(plot, point->x),
                               y_of(plot, point->y));
    }
    g_string_append(plot->out, "\"/>\n");
}

static void put_named_marks(ssk_plot *plot, const ssk_chart_series *series, const char *kind)
{
    for (guint i = 0; i < series->points->len; i++) {
        const ssk_chart_point *point = &g_array_index(series->points, ssk_chart_point, i);
        g_string_append_printf(plot->out, "<use href=\"#m-%s\" x=\"%d\" y=\"%d\">", kind,
                               x_of(plot, point->x), y_of(plot, point->y));
        if (point->frame)
            g_string_append_printf(plot->out, "<title>frame %u</title>", point->frame);
        g_string_append(plot->out, "</use>\n");
    }
}

static void put_marks(ssk_plot *plot, const ssk_chart_series *series)
{
    char *kind = g_strdelimit(g_strdup(series->name), " ", '-');
    if (plot->named)
        put_named_marks(plot, series, kind);
    else
        put_marks_of_path(plot, series, kind);
    g_free(kind);
}

static void put_curve(ssk_plot *plot, const ssk_chart_series *series, unsigned number)
{
    int last_y = 0;
    g_string_append_printf(plot->out, "<path class=\"line line-%u\" d=\"", number);
    for (guint i = 0; i < series->points->len; i++) {
        const ssk_chart_point *point = &g_array_index(series->points, ssk_chart_point, i);
        int x = x_of(plot, point->x), y = y_of(plot, point->y);
        if (i && series->draw == SSK_DRAW_STEPS)
            g_string_append_printf(plot->out, "L%d %d", x, last_y);
        g_string_append_printf(plot->out, "%c%d %d", i ? 'L' : 'M', x, y);
        last_y = y;
    }
    g_string_append(plot->out, "\"/>\n");
}

static void put_bars(ssk_plot *plot, const ssk_chart_series *series, unsigned number)
{
    const int bottom = TOP + plot->height;
    for (guint i = 0; i < series->points->len; i++) {
        const ssk_chart_point *point = &g_array_index(series->points, ssk_chart_point, i);
        int from = x_of(plot, point->x), to = x_of(plot, ssk_chart_bar_end(point->x));
        int width = MAX((to - from) / 2, 1);           /* the two directions stand side by side */
        int y = MIN(y_of(plot, point->y), bottom - 2); /* a count of one is seen too */
        g_string_append_printf(plot->out,
                               "<rect class=\"bar bar-%u\" x=\"%d\" y=\"%d\" width=\"%d\" "
                               "height=\"%d\"><title>%" G_GINT64_FORMAT "</title></rect>\n",
                               number, from + (int)number * width, y, width, bottom - y, point->y);
    }
}

static void find_range(ssk_plot *plot)
{
    const ssk_chart *chart = plot->chart;
    bool any = false;

    for (guint i = 0; i < chart->series->len; i++) {
        GArray *points = g_array_index(chart->series, ssk_chart_series, i).points;
        for (guint k = 0; k < points->len; k++) {
            int64_t y = g_array_index(points, ssk_chart_point, k).y;
            plot->y_from = any ? MIN(plot->y_from, y) : y;
            plot->y_to = any ? MAX(plot->y_to, y) : y;
            any = true;
        }
    }
    if (chart->y == SSK_AXIS_COUNT)
        plot->y_from = 1;
    if (chart->y == SSK_AXIS_ON)
        plot->y_from = 0;
    if (plot->y_to <= plot->y_from)
        plot->y_to = plot->y_from + 1;
}

void ssk_chart_svg(const ssk_chart *chart, bool named, GString *out)
{
    ssk_plot plot = {.chart = chart, .out = out, .named = named};

    plot.left = chart->y == SSK_AXIS_LANES ? 290 : 90;
    plot.height = chart->y == SSK_AXIS_LANES ? (int)MAX(chart->lanes->len, 2) * 26
                  : chart->y == SSK_AXIS_ON  ? 40
                                             : 150;
    find_range(&plot);
    g_string_append_printf(out,
                           "<svg class=\"chart\" id=\"%s\" role=\"img\" viewBox=\"0 0 %d %d\" "
                           "aria-label=\"",
                           chart->id, WIDTH, TOP + plot.height + BOTTOM);
    put_escaped(out, chart->label);
    g_string_append(out, "\">\n");
    put_bands(&plot);
    put_x_axis(&plot);
    put_y_axis(&plot);
    for (guint i = 0; i < chart->series->len; i++) {
        const ssk_chart_series *series = &g_array_index(chart->series, ssk_chart_series, i);
        if (series->draw == SSK_DRAW_MARKS)
            put_marks(&plot, series);
        else if (series->draw == SSK_DRAW_BARS)
            put_bars(&plot, series, i);
        else
            put_curve(&plot, series, i);
    }
    g_string_append(out, "</svg>\n");
}
