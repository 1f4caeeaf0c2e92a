/* html_incident.c - one article per incident: verdict, chart, evidence, a table of its stalls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include "core/base/text.h"
#include "core/model/cause.h"
#include "report/exchange.h"
#include "report/safe_text.h"

/* What is shown of each; the JSON report has all. */
#define INCIDENTS_SHOWN 50
#define GROUPS_SHOWN    4
#define STALLS_LISTED   50 /* of these, the ones that are not folded: */
#define STALLS_SHOWN    20
#define DETAILS_SHOWN   10

/* ---- verdict and evidence ---- */

static void put_cause(ssk_document *document, const ssk_verdict *verdict, size_t number,
                      uint32_t flow)
{
    ssk_story_in_turn(&document->story, verdict, number, flow, ssk_html_fresh(document));
    ssk_html_line(document, number ? "<p>" : "<p class=\"verdict\"><b>", number ? "." : ".</b>");
    g_string_append_printf(document->out, " %s",
                           ssk_cause_table[verdict->causes[number].id].meaning);
    ssk_html_put(document, "</p>\n");
}

static void take_item(void *user, const char *text)
{
    ssk_document *document = user;
    ssk_html_put(document, "<li>");
    ssk_html_text(document, text);
    ssk_html_put(document, "</li>\n");
}

static void put_reasons(ssk_document *document, const ssk_digest *digest)
{
    GString *above = g_string_new(NULL);
    bool open = false;
    for (guint i = 0; i < digest->listed->len; i++) {
        const ssk_reason *reason = g_ptr_array_index(digest->listed, i);
        if (reason->repeated) {
            g_string_append_printf(above, "%s%u", above->len ? ", " : "", reason->number);
            continue;
        }
        if (!open)
            ssk_html_put(document, "<p class=\"what\">Seen</p><ol class=\"seen\">\n");
        open = true;
        ssk_digest_reason(reason, ssk_html_fresh(document));
        g_string_append_printf(document->out, "<li value=\"%u\">%s", reason->number,
                               reason->contra ? "<b>Against:</b> " : "");
        ssk_html_line(document, "", "</li>\n");
    }
    if (open)
        ssk_html_put(document, "</ol>\n");
    if (ssk_digest_numbers(digest, ssk_html_fresh(document)))
        ssk_html_line(document, "<p class=\"note\">Numbers and frames are ", ".</p>\n");
    if (above->len)
        g_string_append_printf(document->out, "<p>As above: %s.</p>\n", above->str);
    g_string_free(above, TRUE);
}

void ssk_html_digest(ssk_document *document, const ssk_digest *digest, const ssk_verdict *verdict,
                     uint32_t flow)
{
    for (size_t i = 0; i < verdict->n_verdict; i++)
        put_cause(document, verdict, i, flow);
    if (!verdict->n_verdict) {
        ssk_story_first(&document->story, verdict, flow, ssk_html_fresh(document));
        ssk_html_line(document, "<p class=\"verdict\">", "</p>\n");
    }
    put_reasons(document, digest);
    gsize at = document->out->len;
    ssk_html_put(document, "<p class=\"what\">Of these</p><ul>\n");
    gsize empty = document->out->len;
    ssk_digest_weighing(&document->story, digest, take_item, document);
    if (document->out->len > empty)
        ssk_html_put(document, "</ul>\n");
    else
        g_string_truncate(document->out, at);
    if (digest->ruled_out->len) {
        ssk_html_put(document, "<p class=\"what\">Ruled out</p><ul class=\"ruled-out\">\n");
        ssk_digest_ruled_out(&document->story, digest, true, take_item, document);
        ssk_html_put(document, "</ul>\n");
    }
    if (verdict->n_verdict > 1)
        g_string_append_printf(document->out,
                               "<p><b>Cannot be known from here:</b> which of these %zu causes it "
                               "was.</p>\n",
                               verdict->n_verdict);
    if (verdict->next_capture) {
        ssk_safe_text_append(ssk_html_fresh(document), verdict->next_capture);
        ssk_html_line(document, "<p class=\"next\"><b>Next capture:</b> ", ".</p>\n");
    }
}

/* ---- the stalls ---- */

static void put_end(ssk_document *document, bool known, uint32_t frame, ssk_time_ns time)
{
    GString *line = ssk_html_fresh(document);
    if (!known)
        g_string_append(line, "never");
    else {
        if (frame)
            g_string_append_printf(line, "frame %u, ", frame);
        ssk_story_offset(&document->story, time, line);
    }
    ssk_html_line(document, "<td>", "</td>");
}

static void put_stall(ssk_document *document, const ssk_result_stall *stall,
                      const ssk_result_stall *lead)
{
    char buf[SSK_TEXT_ROOM];
    const ssk_result_flow *flow = ssk_result_find_flow(document->story.result, stall->flow);

    g_string_append_printf(document->out, "<tr><th scope=\"row\">%u</th>", stall->flow);
    ssk_html_fresh(document);
    if (flow)
        ssk_story_conversation(flow, document->line);
    ssk_html_line(document, "<td>", "</td>");
    g_string_append_printf(document->out, "<td>%s</td>", ssk_span_text(stall->duration, buf));
    put_end(document, true, stall->frame_before, stall->start);
    put_end(document, ssk_story_is_resumed(stall), stall->frame_after, stall->end);
    if (stall->missed >= 0)
        g_string_append_printf(document->out, "<td>%" G_GINT64_FORMAT "</td>", stall->missed);
    else
        ssk_html_put(document, "<td></td>");
    ssk_story_stall_remark(&document->story, stall, lead, ssk_html_fresh(document));
    ssk_html_line(document, "<td class=\"wide\">", "</td></tr>\n");
}

static void put_details(ssk_document *document, const ssk_result_stall *stall)
{
    g_string_printf(ssk_html_fresh(document), "Stall %u: ", stall->id);
    ssk_story_stall_title(&document->story, stall, document->line);
    ssk_html_line(document, "<details><summary>", "</summary>\n<dl>\n");
    ssk_story_stall(&document->story, stall, ssk_html_row, document);
    ssk_html_put(document, "</dl>\n");
    ssk_html_filter(document, stall->filter);
    ssk_html_put(document, "</details>\n");
}

static void open_table(ssk_document *document, uint32_t incident, const char *which)
{
    g_string_append_printf(document->out,
                           "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                           "aria-label=\"%s of incident %u\"><table>\n",
                           which, incident);
    ssk_html_put(document,
                 "<thead><tr><th scope=\"col\">Flow</th><th scope=\"col\">Conversation</th>"
                 "<th scope=\"col\">Silent</th><th scope=\"col\">Last packet before</th>"
                 "<th scope=\"col\">First packet after</th><th scope=\"col\">Missed</th>"
                 "<th scope=\"col\">Owed, and what followed</th></tr></thead>\n<tbody>\n");
}

static void put_stalls(ssk_document *document, const GPtrArray *groups, uint32_t incident,
                       size_t count)
{
    const ssk_result_stall *lead = ((const ssk_digest *)groups->pdata[0])->lead;
    size_t n = 0, listed = MIN(count, STALLS_LISTED);

    open_table(document, incident, "Stalls");
    for (guint g = 0; g < groups->len; g++) {
        const ssk_digest *group = groups->pdata[g];
        for (guint i = 0; i < group->stalls->len && n < listed; i++, n++) {
            if (n == STALLS_SHOWN) {
                g_string_append_printf(document->out,
                                       "</tbody></table></div>\n<details><summary>%zu more "
                                       "stalls</summary>\n",
                                       listed - n);
                open_table(document, incident, "More stalls");
            }
            put_stall(document, group->stalls->pdata[i], lead);
        }
    }
    ssk_html_put(document, "</tbody></table></div>\n");
    ssk_html_put(document, n > STALLS_SHOWN ? "</details>\n" : "");
    ssk_html_more(document, count, listed);
    ssk_html_filter(document, lead->filter);
    n = 0;
    for (guint g = 0; g < groups->len; g++) {
        const ssk_digest *group = groups->pdata[g];
        for (guint i = 0; i < group->stalls->len && n < DETAILS_SHOWN; i++, n++)
            put_details(document, group->stalls->pdata[i]);
    }
}

/* ---- the article ---- */

static void put_incident(ssk_document *document, const ssk_result_incident *incident)
{
    GPtrArray *groups = ssk_digest_incident(&document->story, incident);

    g_string_append_printf(document->out,
                           "<article class=\"incident\" id=\"incident-%u\">\n<h3>Incident %u: ",
                           incident->id, incident->id);
    ssk_story_incident_title(&document->story, incident, ssk_html_fresh(document));
    ssk_html_line(document, "", "</h3>\n");
    ssk_story_incident_when(&document->story, incident, ssk_html_fresh(document));
    ssk_html_line(document, "<p class=\"when\">", "</p>\n");
    for (guint i = 0; i < MIN(groups->len, GROUPS_SHOWN); i++) {
        const ssk_digest *group = groups->pdata[i];
        const ssk_result_stall *lead = group->lead;
        if (i) {
            g_string_printf(ssk_html_fresh(document), "Apart, flow %u: ", lead->flow);
            ssk_story_stall_title(&document->story, lead, document->line);
            ssk_html_line(document, "<h4>", "</h4>\n");
        } else {
            ssk_html_chart(document, ssk_chart_stall(&document->story, lead),
                           "Packets around the incident, in seconds since the capture's start");
            ssk_exchange_svg(&document->story, lead, document->out);
        }
        ssk_html_digest(document, group, &lead->verdict, lead->flow);
    }
    if (groups->len)
        put_stalls(document, groups, incident->id, incident->n_stalls);
    g_ptr_array_free(groups, TRUE);
    ssk_html_put(document, "</article>\n");
}

void ssk_html_incidents(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_incidents, INCIDENTS_SHOWN);

    if (!shown)
        return;
    ssk_html_open_section(document, "incidents", "Incidents");
    for (size_t i = 0; i < shown; i++)
        put_incident(document, &result->incidents[i]);
    ssk_html_more(document, result->n_incidents, shown);
    ssk_html_close_section(document);
}
