/* html_chart.c - charts in the page, with legends, and the shapes of their marks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include <string.h>

/** Marks of a static page that tell their frames; the charts after that have smaller ones, so that pages stay small. */
#define NAMED_MARKS_MOST 6000

/* "SYN" of the kind "syn": abbreviations in capitals, words as they are. */
static void put_name(ssk_document *document, const char *name)
{
    static const char *const capitals[] = {"syn", "fin", "rst", "arp"};
    for (size_t i = 0; i < G_N_ELEMENTS(capitals); i++)
        if (strcmp(name, capitals[i]) == 0) {
            char *upper = g_ascii_strup(name, -1);
            ssk_html_text(document, upper);
            g_free(upper);
            return;
        }
    ssk_html_text(document, strcmp(name, "mdns") == 0 ? "mDNS" : name);
}

static void put_legend(ssk_document *document, const ssk_chart *chart)
{
    ssk_html_put(document, "<ul class=\"legend\" aria-hidden=\"true\">");
    for (guint i = 0; i < chart->series->len; i++) {
        const ssk_chart_series *series = &g_array_index(chart->series, ssk_chart_series, i);
        ssk_html_put(document, "<li>");
        if (series->draw == SSK_DRAW_MARKS) {
            char *kind = g_strdelimit(g_strdup(series->name), " ", '-');
            g_string_append_printf(
                document->out, "<svg viewBox=\"-8 -8 16 16\"><use href=\"#m-%s\"/></svg>", kind);
            g_free(kind);
        } else {
            g_string_append_printf(document->out, "<i class=\"swatch swatch-%u\"></i>", i);
        }
        put_name(document, series->name);
        ssk_html_put(document, "</li>");
    }
    for (guint i = 0; i < chart->bands->len; i++) {
        const char *name = g_array_index(chart->bands, ssk_chart_band, i).name;
        g_string_append_printf(document->out, "<li><i class=\"swatch band-%s\"></i>%s</li>", name,
                               name);
    }
    ssk_html_put(document, "</ul>\n");
}

/* Whether marks of @p chart still tell their frames; counts them. */
static bool names_frames(ssk_document *document, const ssk_chart *chart)
{
    size_t marks = 0;
    for (guint i = 0; i < chart->series->len; i++) {
        const ssk_chart_series *series = &g_array_index(chart->series, ssk_chart_series, i);
        marks += series->draw == SSK_DRAW_MARKS ? series->points->len : 0;
    }
    if (document->named + marks > NAMED_MARKS_MOST)
        return false;
    document->named += marks;
    return true;
}

void ssk_html_chart(ssk_document *document, ssk_chart *chart, const char *caption)
{
    if (!chart)
        return;
    g_string_append_printf(document->out, "<figure class=\"axis-%s\"><figcaption>",
                           chart->y == SSK_AXIS_LANES ? "lanes"
                           : chart->y == SSK_AXIS_ON  ? "on"
                                                      : "values");
    ssk_html_text(document, caption);
    ssk_html_put(document, "</figcaption>\n");
    if (document->library) {
        g_string_append_printf(document->out,
                               "<div class=\"chart\" id=\"%s\" role=\"group\" tabindex=\"0\" "
                               "aria-describedby=\"keys\" aria-label=\"",
                               chart->id);
        ssk_html_text(document, chart->label);
        ssk_html_put(document, "\"></div>\n");
        g_ptr_array_add(document->charts, chart);
        put_legend(document, chart);
    } else {
        ssk_chart_svg(chart, names_frames(document, chart), document->out);
        put_legend(document, chart);
        ssk_chart_free(chart);
    }
    ssk_html_put(document, "</figure>\n");
}

void ssk_html_shapes(ssk_document *document)
{
    static const struct {
        const char *kind, *path;
    } shapes[] = {
        {"packet", "M0-4V4"},
        {"data", "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0Z"},
        {"retransmission", "M0-5L4.5 3.5H-4.5Z"},
        {"keep-alive", "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0Z"},
        {"zero-window", "M-4-4H4V4H-4Z"},
        {"syn", "M-4 4V-4L4 0Z"},
        {"fin", "M-4-4H4V4H-4Z"},
        {"rst", "M-4.5-4.5L4.5 4.5M-4.5 4.5L4.5-4.5"},
        {"arp", "M0-5L5 0L0 5L-5 0Z"},
        {"mdns", "M-5 0H5M0-5V5"},
        {"log", "M-3-4H3M-3 0H3M-3 4H3"},
        {"last-before", "M-4-5L4 0L-4 5Z"},
        {"first-after", "M4-5L-4 0L4 5Z"},
        {"next-retry", "M0-5L4.5 3.5H-4.5Z"},
    };
    ssk_html_put(document,
                 "<svg class=\"shapes\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        g_string_append_printf(document->out, "<path id=\"m-%s\" class=\"mark m-%s\" d=\"%s\"/>\n",
                               shapes[i].kind, shapes[i].kind, shapes[i].path);
    if (!document->library) /* marks that tell no frame are the corners of paths */
        for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
            g_string_append_printf(
                document->out,
                "<marker id=\"p-%s\" overflow=\"visible\" "
                "markerUnits=\"userSpaceOnUse\"><use href=\"#m-%s\"/></marker>\n",
                shapes[i].kind, shapes[i].kind);
    ssk_html_put(document, "</defs></svg>\n");
}
