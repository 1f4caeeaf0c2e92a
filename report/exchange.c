/* exchange.c - the seconds around a stall, as two captures have them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/exchange.h"

#include <string.h>

#include "report/phrase.h"

/* Dashes between the two lanes. */
#define WAY 28
/* Of the drawing, in pixels. */
#define ROW   18
#define LEFT  240
#define RIGHT 640
#define WIDTH 880

static const char *head_of(const ssk_story *story, const ssk_result_stall *stall, GString *line)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const ssk_result_exchange *first = &stall->exchange[0];
    bool a_is_here = (first->from == SSK_SIDE_A) == first->here_first;
    char base = story->result->views[story->result->n_views - 1].letter;
    g_string_truncate(line, 0);
    g_string_append_printf(line, "capture %c, nearer to ", base);
    if (flow)
        ssk_phrase_addr(line, &flow->addr[a_is_here ? SSK_A : SSK_B]);
    g_string_append_printf(line, "    |    capture %c, nearer to ", first->view);
    if (flow)
        ssk_phrase_addr(line, &flow->addr[a_is_here ? SSK_B : SSK_A]);
    return line->str;
}

static void put_when(const ssk_result_stall *stall, const ssk_result_exchange *e, GString *out)
{
    ssk_span_ns since = e->at - stall->start;
    g_string_append_printf(out, "%+7.0f s", (double)since / 1e9);
}

/* "  7 ------------------------> 7", "  7 -----------x", "    <------------- 3". */
static void put_arrow(const ssk_result_exchange *e, GString *out)
{
    char way[WAY + 1];
    bool lost = !e->arrived && !e->late;
    memset(way, e->late && !e->arrived ? '~' : '-', WAY);
    way[WAY] = 0;
    if (e->here_first) {
        way[lost ? WAY / 2 : WAY - 1] = lost ? 'x' : '>';
        if (lost)
            way[WAY / 2 + 1] = 0;
        g_string_append_printf(out, " %6" G_GUINT64_FORMAT " %s", e->sent, way);
        if (!lost)
            g_string_append_printf(out, " %" G_GUINT64_FORMAT, e->arrived + e->late);
    } else {
        way[lost ? WAY / 2 : 0] = lost ? 'x' : '<';
        if (lost)
            memset(way, ' ', WAY / 2);
        if (lost)
            g_string_append_printf(out, " %6s %s", "", way);
        else
            g_string_append_printf(out, " %6" G_GUINT64_FORMAT " %s", e->arrived + e->late, way);
        g_string_append_printf(out, " %" G_GUINT64_FORMAT, e->sent);
    }
    if (e->late) {
        g_string_append_printf(out, " (%" G_GUINT64_FORMAT " late)", e->late);
    }
}

void ssk_exchange_text(const ssk_story *story, const ssk_result_stall *stall, const char *indent,
                       GString *out)
{
    GString *line = g_string_new(NULL);
    if (stall->n_exchange) {
        g_string_append_printf(out, "%s%s\n", indent, head_of(story, stall, line));
        for (size_t i = 0; i < stall->n_exchange; i++) {
            g_string_append(out, indent);
            put_when(stall, &stall->exchange[i], out);
            put_arrow(&stall->exchange[i], out);
            g_string_append_c(out, '\n');
        }
    }
    g_string_free(line, TRUE);
}

static void put_line(const ssk_result_exchange *e, int y, GString *out)
{
    bool lost = !e->arrived && !e->late;
    int from = e->here_first ? LEFT : RIGHT, to = e->here_first ? RIGHT : LEFT;
    int end = lost ? (LEFT + RIGHT) / 2 : to, tip = e->here_first ? -7 : 7;
    g_string_append_printf(
        out, "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"currentColor\"%s/>", from, y,
        end, y, e->late ? " stroke-dasharray=\"4 3\"" : "");
    if (lost)
        g_string_append_printf(
            out, "<path d=\"M%d %dl10 10m0 -10l-10 10\" stroke=\"#c33\" stroke-width=\"2\"/>",
            end - 5, y - 5);
    else
        g_string_append_printf(out, "<path d=\"M%d %dl%d -4v8z\" fill=\"currentColor\"/>", to, y,
                               tip);
    g_string_append_printf(
        out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%" G_GUINT64_FORMAT "</text>",
        e->here_first ? LEFT - 8 : RIGHT + 8, y + 4, e->here_first ? "end" : "start", e->sent);
    if (!lost)
        g_string_append_printf(
            out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%" G_GUINT64_FORMAT "%s</text>",
            e->here_first ? RIGHT + 8 : LEFT - 8, y + 4, e->here_first ? "start" : "end",
            e->arrived + e->late, e->late ? " (late)" : "");
}

void ssk_exchange_svg(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    GString *line = g_string_new(NULL);
    int height = 30 + (int)stall->n_exchange * ROW;
    if (stall->n_exchange) {
        g_string_append_printf(
            out,
            "<svg class=\"exchange\" viewBox=\"0 0 %d %d\" role=\"img\" font-size=\"12\" "
            "fill=\"currentColor\"><title>Packets between the two captures</title>"
            "<text x=\"0\" y=\"14\">",
            WIDTH, height);
        char *head = g_markup_escape_text(head_of(story, stall, line), -1);
        g_string_append_printf(out, "%s</text>", head);
        g_free(head);
        for (size_t i = 0; i < stall->n_exchange; i++) {
            int y = 36 + (int)i * ROW;
            g_string_truncate(line, 0);
            put_when(stall, &stall->exchange[i], line);
            g_string_append_printf(out, "<text x=\"0\" y=\"%d\">%s</text>", y + 4, line->str);
            put_line(&stall->exchange[i], y, out);
        }
        g_string_append(out, "</svg>\n");
    }
    g_string_free(line, TRUE);
}
