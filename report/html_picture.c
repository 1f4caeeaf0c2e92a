/* html_picture.c - the whole capture in one picture: a lane per flow, what was silent, what was
 * not captured.
 *
 * Lanes are drawings that stretch with the page; all words are HTML, so they stay as large as they
 * are. The flows that matter most are drawn here, the others by the page's script when they are
 * unfolded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/cause.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* Units across a lane, its height, and that of one direction. */
#define ACROSS 1000
#define HEIGHT 20
#define HALF   8
/* Lanes that are drawn at once; marks of one kind over all lanes. */
#define LANES 12
#define BANDS 100
/* Characters of all folded lanes. */
#define FOLDED_ROOM 500000

typedef struct ssk_picture {
    ssk_document *document;
    ssk_time_ns from;
    double length; /* ns; > 0 */
} ssk_picture;

static int across(const ssk_picture *picture, ssk_time_ns time)
{
    double since = (double)time - (double)picture->from;
    return (int)(CLAMP(since / picture->length, 0, 1) * ACROSS + 0.5);
}

/* ---- lanes ---- */

/* "M12 2h3v8h-3z" for each stretch with packets; stretches closer than @p merge units are one. */
static void put_path(const ssk_picture *picture, const ssk_result_direction *dir, int y, int merge,
                     GString *out)
{
    int from = -1, to = -1;
    if (dir->first == SSK_TIME_NONE || !dir->packets)
        return;
    const ssk_span_ns slice = ssk_activity_slice(&dir->activity);
    for (unsigned i = 0; i <= SSK_ACTIVITY_SLICES; i++) {
        bool last = i == SSK_ACTIVITY_SLICES;
        if (!last && !ssk_activity_has(&dir->activity, i))
            continue;
        double start = ((double)dir->first + (double)i * (double)slice - (double)picture->from) /
                       picture->length * ACROSS;
        int x = (int)CLAMP(start, 0, ACROSS - 2);
        int end = (int)CLAMP(start + (double)slice / picture->length * ACROSS, x + 2, ACROSS);
        if (!last && from >= 0 && x <= to + merge) {
            to = MAX(to, end);
            continue;
        }
        if (from >= 0)
            g_string_append_printf(out, "M%d %dh%dv%dh-%dz", from, y, to - from, HALF, to - from);
        from = x;
        to = end;
    }
}

static const ssk_result_udp *bursts_of(const ssk_result *result, uint32_t flow)
{
    for (size_t i = 0; i < result->n_udp; i++)
        if (result->udp[i].flow == flow && result->udp[i].has_on_off)
            return &result->udp[i];
    return NULL;
}

static void put_stalls(ssk_picture *picture, const ssk_result_flow *flow)
{
    const ssk_result *result = picture->document->story.result;
    for (size_t i = 0; i < result->n_stalls; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        if (stall->flow != flow->id)
            continue;
        int from = across(picture, stall->start);
        int to = stall->end != SSK_TIME_NONE ? across(picture, stall->end) : ACROSS;
        g_string_append_printf(picture->document->out,
                               "<rect class=\"silent\" x=\"%d\" y=\"0\" width=\"%d\" "
                               "height=\"%d\"/>",
                               from, MAX(to - from, 2), HEIGHT);
    }
}

static void put_lane(ssk_picture *picture, const ssk_result_flow *flow)
{
    ssk_document *document = picture->document;
    const ssk_result_udp *bursts = bursts_of(document->story.result, flow->id);
    char density[40] = "";

    if (bursts) /* how much of the time it is on, as how dark it is */
        g_snprintf(density, sizeof density, " fill-opacity=\"%.2f\"",
                   CLAMP((double)bursts->on_off.duty_permille / 1000, 0.25, 1));
    ssk_story_conversation(flow, ssk_html_fresh(document));
    ssk_html_line(document, "<div class=\"lane\"><span class=\"name\">", "");
    if (bursts) {
        ssk_phrase_permille(ssk_html_fresh(document), bursts->on_off.duty_permille);
        ssk_html_line(document, " <i>on ", " of the time</i>");
    }
    g_string_append_printf(document->out,
                           "</span><svg viewBox=\"0 0 %d %d\" preserveAspectRatio=\"none\" "
                           "aria-hidden=\"true\">",
                           ACROSS, HEIGHT);
    put_stalls(picture, flow);
    for (int dir = 0; dir < 2; dir++) {
        g_string_append_printf(document->out, "<path class=\"%s\"%s d=\"", dir ? "back" : "out",
                               density);
        put_path(picture, &flow->dir[dir], dir ? HEIGHT - HALF - 1 : 1, 0, document->out);
        ssk_html_put(document, "\"/>");
    }
    ssk_html_put(document, "</svg></div>\n");
}

/* ---- what lies over all lanes ---- */

static void put_band(ssk_picture *picture, const char *open, ssk_time_ns start, ssk_time_ns end)
{
    int from = across(picture, start);
    int to = end != SSK_TIME_NONE ? across(picture, end) : ACROSS;
    if (to < from) { /* a clock that stepped back */
        int swap = to;
        to = from;
        from = swap;
    }
    g_string_append_printf(picture->document->out, "%s style=\"left:%d.%d%%;width:%d.%d%%\"", open,
                           from / 10, from % 10, MAX(to - from, 2) / 10, MAX(to - from, 2) % 10);
}

static void put_incidents(ssk_picture *picture)
{
    ssk_document *document = picture->document;
    const ssk_result *result = document->story.result;

    if (!result->n_incidents)
        return;
    ssk_html_put(document, "<div class=\"lane marks\"><span class=\"name\">Incidents</span>"
                           "<div class=\"bands\">");
    for (size_t i = 0; i < MIN(result->n_incidents, BANDS); i++) {
        const ssk_result_incident *incident = &result->incidents[i];
        char open[80];
        g_snprintf(open, sizeof open, "<a class=\"band incident-band\" href=\"#incident-%u\"",
                   incident->id);
        put_band(picture, open, incident->start, incident->end);
        g_string_printf(ssk_html_fresh(document), "Incident %u: ", incident->id);
        ssk_story_incident_title(&document->story, incident, document->line);
        ssk_html_line(document, " aria-label=\"", "\"");
        ssk_html_line(document, " title=\"", "\"");
        g_string_append_printf(document->out, ">%u</a>", incident->id);
    }
    ssk_html_put(document, "</div></div>\n");
}

static void put_faults(ssk_picture *picture)
{
    ssk_document *document = picture->document;
    const ssk_result *result = document->story.result;

    if (!result->n_measurement)
        return;
    ssk_html_put(document, "<div class=\"lane marks\"><span class=\"name\">Not captured</span>"
                           "<div class=\"bands\">");
    for (size_t i = 0; i < MIN(result->n_measurement, BANDS); i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        put_band(picture, "<a class=\"band hole\" href=\"#measurement\"", fault->start, fault->end);
        ssk_story_measurement(&document->story, fault, ssk_html_fresh(document));
        ssk_html_line(document, " aria-label=\"", "\"");
        ssk_html_line(document, " title=\"", "\"></a>");
    }
    ssk_html_put(document, "</div></div>\n");
}

static void put_shades(ssk_picture *picture)
{
    const ssk_result *result = picture->document->story.result;
    ssk_html_put(picture->document, "<div class=\"shades\" aria-hidden=\"true\">");
    for (size_t i = 0; i < MIN(result->n_incidents, BANDS); i++) {
        put_band(picture, "<i class=\"shade\"", result->incidents[i].start,
                 result->incidents[i].end);
        ssk_html_put(picture->document, "></i>");
    }
    for (size_t i = 0; i < MIN(result->n_measurement, BANDS); i++) {
        put_band(picture, "<i class=\"shade hole\"", result->measurement[i].start,
                 result->measurement[i].end);
        ssk_html_put(picture->document, "></i>");
    }
    ssk_html_put(picture->document, "</div>\n");
}

static void put_axis(ssk_picture *picture)
{
    ssk_document *document = picture->document;
    ssk_html_put(document, "<div class=\"lane axis\" aria-hidden=\"true\"><span class=\"name\">"
                           "Seconds since the capture's start</span><div class=\"bands\">");
    for (int tick = 0; tick <= 4; tick++)
        g_string_append_printf(
            document->out, "<span class=\"tick%s\" style=\"left:%d%%\">%.4g s</span>",
            tick == 4 ? " end" : "", tick * 25, picture->length / 1e9 * tick / 4);
    ssk_html_put(document, "</div></div>\n");
}

/* ---- the folded lanes, and the words ---- */

/* As JSON for the script: name, then the paths of both directions. */
static void put_folded(ssk_picture *picture, const ssk_result_flow *const *flows, size_t count)
{
    ssk_document *document = picture->document;
    GString *lanes = g_string_new(NULL), *path = g_string_new(NULL);
    ssk_json json;
    size_t n = 0;

    ssk_json_init(&json, lanes, SSK_JSON_INLINE);
    ssk_json_array(&json, NULL, SSK_JSON_INLINE);
    for (; n < count && lanes->len < FOLDED_ROOM; n++) {
        ssk_json_array(&json, NULL, SSK_JSON_INLINE);
        ssk_story_conversation(flows[n], ssk_html_fresh(document));
        ssk_json_string(&json, NULL, document->line->str);
        for (int dir = 0; dir < 2; dir++) {
            put_path(picture, &flows[n]->dir[dir], dir ? HEIGHT - HALF - 1 : 1, 8,
                     g_string_truncate(path, 0));
            ssk_json_string(&json, NULL, path->str);
        }
        ssk_json_end(&json);
    }
    ssk_json_end(&json);
    g_string_append_printf(document->out,
                           "<details id=\"folded\"><summary>%zu more flow%s</summary>"
                           "<div class=\"lanes\"></div>",
                           count, count == 1 ? "" : "s");
    ssk_html_more(document, count, n);
    ssk_html_put(document, "<noscript><p>Drawing them needs scripts, which are switched off here; "
                           "the table of flows below lists them.</p></noscript></details>\n");
    ssk_html_data(document, "lanes", lanes);
    g_string_free(lanes, TRUE);
    g_string_free(path, TRUE);
}

static void put_table(ssk_picture *picture, const ssk_result_flow *const *flows, size_t count)
{
    ssk_document *document = picture->document;
    const ssk_result *result = document->story.result;

    ssk_html_put(document,
                 "<details><summary>The picture as a table</summary><div class=\"scroll\" "
                 "tabindex=\"0\" role=\"region\" aria-label=\"Flows and their silences\"><table>"
                 "<thead><tr><th scope=\"col\">Flow</th><th scope=\"col\">Conversation</th>"
                 "<th scope=\"col\">First packet</th><th scope=\"col\">Last packet</th>"
                 "<th scope=\"col\">Silent</th></tr></thead><tbody>\n");
    for (size_t i = 0; i < count; i++) {
        g_string_append_printf(document->out, "<tr><th scope=\"row\">%u</th>", flows[i]->id);
        ssk_story_conversation(flows[i], ssk_html_fresh(document));
        ssk_html_line(document, "<td>", "</td>");
        ssk_story_offset(&document->story, flows[i]->first, ssk_html_fresh(document));
        ssk_html_line(document, "<td>", "</td>");
        ssk_story_offset(&document->story, flows[i]->last, ssk_html_fresh(document));
        ssk_html_line(document, "<td>", "</td>");
        GString *silent = g_string_new(NULL);
        for (size_t k = 0; k < result->n_stalls && silent->len < 300; k++) {
            const ssk_result_stall *stall = &result->stalls[k];
            if (stall->flow != flows[i]->id)
                continue;
            g_string_append(silent, silent->len ? "; " : "");
            ssk_story_offset(&document->story, stall->start, silent);
            g_string_append(silent, " to ");
            if (stall->end == SSK_TIME_NONE)
                g_string_append(silent, "the end");
            else
                ssk_story_offset(&document->story, stall->end, silent);
        }
        g_string_assign(ssk_html_fresh(document), silent->str);
        g_string_free(silent, TRUE);
        ssk_html_line(document, "<td>", "</td></tr>\n");
    }
    ssk_html_put(document, "</tbody></table></div></details>\n");
}

void ssk_html_picture(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    const ssk_story *story = &document->story;
    ssk_picture picture = {document, story->origin, (double)story->end - (double)story->origin};

    if (!result->n_flows || story->origin == SSK_TIME_NONE || story->end == SSK_TIME_NONE ||
        picture.length <= 0)
        return;
    const ssk_result_flow **flows = ssk_story_flows_by_weight(story);
    size_t shown = MIN(result->n_flows, LANES);
    ssk_html_open_section(document, "picture", "The whole capture");
    ssk_html_put(document,
                 "<div class=\"picture\"><p class=\"keys\">One lane per flow: packets of "
                 "the first host above, of the second below; shaded red where a stall is, "
                 "hatched where nothing was captured.</p>\n"
                 "<div class=\"lanes\">\n");
    put_shades(&picture);
    put_incidents(&picture);
    put_faults(&picture);
    for (size_t i = 0; i < shown; i++)
        put_lane(&picture, flows[i]);
    put_axis(&picture);
    ssk_html_put(document, "</div>\n");
    if (shown < result->n_flows)
        put_folded(&picture, flows + shown, result->n_flows - shown);
    put_table(&picture, flows, shown);
    ssk_html_put(document, "</div>\n");
    ssk_html_close_section(document);
    g_free(flows);
}
