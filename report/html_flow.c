/* html_flow.c - the table of flows, and the timing of those that matter most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html_page.h"

#include "core/base/text.h"
#include "core/model/filter.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* Flows whose timing is drawn; of these, the ones that are not folded. */
#define FLOW_CHARTS  30
#define CHARTS_SHOWN 3
/* Rows of the table before the rest is folded. */
#define ROWS_SHOWN 20

static void put_flow(ssk_document *document, const ssk_result_flow *flow, bool with_process)
{
    char a_gap[SSK_TEXT_ROOM], b_gap[SSK_TEXT_ROOM], period_text[SSK_TEXT_ROOM];
    const ssk_result_direction *a = &flow->dir[SSK_A], *b = &flow->dir[SSK_B];
    ssk_span_ns period = a->period ? a->period : b->period;

    ssk_story_conversation(flow, ssk_html_fresh(document));
    g_string_append_printf(document->out, "<tr><th scope=\"row\">%u</th><td>%s</td>", flow->id,
                           flow->transport == SSK_TCP ? "tcp" : "udp");
    ssk_html_line(document, "<td>", "</td>");
    if (with_process) {
        ssk_safe_text_append(ssk_html_fresh(document),
                             flow->process_name ? flow->process_name : "");
        ssk_html_line(document, "<td>", "</td>");
    }
    g_string_append_printf(document->out,
                           "<td>%" G_GUINT64_FORMAT "</td><td>%" G_GUINT64_FORMAT
                           "</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                           a->packets, b->packets,
                           a->has_max_gap ? ssk_span_text(a->max_gap, a_gap) : "",
                           b->has_max_gap ? ssk_span_text(b->max_gap, b_gap) : "",
                           period ? ssk_span_text(period, period_text) : "");
}

static void put_flow_charts(ssk_document *document, const ssk_result_flow *const *flows,
                            size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ssk_story_flow(&document->story, flows[i]->id, ssk_html_fresh(document));
        ssk_phrase_capitalise(document->line, 0);
        const bool folded = i >= CHARTS_SHOWN;
        if (folded)
            ssk_html_line(document, "<details><summary>", "</summary>\n");
        else
            ssk_html_line(document, "<article>\n<h3>", "</h3>\n");
        ssk_html_chart(document, ssk_chart_gaps(&document->story, flows[i]),
                       "Gaps between packets by length, both axes logarithmic");
        ssk_html_chart(document, ssk_chart_rtt(&document->story, flows[i]),
                       "Keep-alive round trip, from ping to pong as captured");
        char *filter = ssk_filter_flow(flows[i]);
        ssk_html_filter(document, filter);
        g_free(filter);
        ssk_html_put(document, folded ? "</details>\n" : "</article>\n");
    }
}

static void put_table(ssk_document *document, const ssk_result_flow *const *flows, size_t count,
                      bool with_process, const char *label)
{
    g_string_append_printf(document->out,
                           "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
                           "aria-label=\"%s\"><table>\n",
                           label);
    ssk_html_put(document, "<thead><tr><th scope=\"col\">Flow</th><th scope=\"col\">Transport</th>"
                           "<th scope=\"col\">Conversation</th>");
    ssk_html_put(document, with_process ? "<th scope=\"col\">Process</th>" : "");
    ssk_html_put(
        document,
        "<th scope=\"col\">Packets &rarr;</th><th "
        "scope=\"col\">Packets &larr;</th>"
        "<th scope=\"col\">Longest gap &rarr;</th><th scope=\"col\">Longest gap &larr;</th>"
        "<th scope=\"col\">Period</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < count; i++)
        put_flow(document, flows[i], with_process);
    ssk_html_put(document, "</tbody></table></div>\n");
}

void ssk_html_flows(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_flows, SSK_HTML_FLOWS), first = MIN(shown, ROWS_SHOWN);
    bool with_process = false;

    if (!shown)
        return;
    const ssk_result_flow **flows = ssk_story_flows_by_weight(&document->story);
    for (size_t i = 0; i < shown; i++)
        with_process |= flows[i]->process_name != NULL;
    ssk_html_open_section(document, "flows", "Flows");
    put_table(document, flows, first, with_process, "Table of flows");
    if (shown > first) {
        g_string_append_printf(document->out, "<details><summary>%zu more flows</summary>\n",
                               shown - first);
        put_table(document, flows + first, shown - first, with_process, "Table of more flows");
        ssk_html_put(document, "</details>\n");
    }
    ssk_html_more(document, result->n_flows, shown);
    ssk_html_close_section(document);

    ssk_html_open_section(document, "timing", "Timing of the flows that matter most");
    put_flow_charts(document, flows, MIN(result->n_flows, FLOW_CHARTS));
    ssk_html_close_section(document);
    g_free(flows);
}
