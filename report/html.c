/* html.c - the report as one self-contained page.
 *
 * Plain HTML that says everything in words; charts are drawn by the embedded
 * library from JSON in the page, or as SVG by chart_svg.c. It asks for nothing
 * over the network and its policy forbids it to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/html.h"

#include <string.h>

#include "core/text.h"
#include "report/cause_words.h"
#include "report/chart.h"
#include "report/formats.h"
#include "report/safe_text.h"
#include "report/story.h"
#include "report/web.h"

/* Entries of a section; the JSON report has all of them. */
#define STALLS_SHOWN 100
#define ENTRIES_SHOWN 100
#define FLOWS_SHOWN 1000
#define FLOW_CHARTS 30

typedef struct ssk_document {
    ssk_story story;
    bool library;
    GString *out, *line; /**< line: scratch */
    GPtrArray *charts;   /**< of ssk_chart, for the script; library only */
} ssk_document;

/* ---- pieces ---- */

static void put(ssk_document *document, const char *html)
{
    g_string_append(document->out, html);
}

static void put_text(ssk_document *document, const char *text)
{
    char *escaped = g_markup_escape_text(text, -1);
    g_string_append(document->out, escaped);
    g_free(escaped);
}

static GString *fresh(ssk_document *document)
{
    return g_string_truncate(document->line, 0);
}

/* <tag>the scratch line</tag> */
static void put_line(ssk_document *document, const char *open, const char *close)
{
    put(document, open);
    put_text(document, document->line->str);
    put(document, close);
}

static void put_row(void *user, const char *label, const char *text)
{
    ssk_document *document = user;
    put(document, "<dt>");
    put_text(document, label);
    put(document, "</dt><dd>");
    put_text(document, text);
    put(document, "</dd>\n");
}

static void open_section(ssk_document *document, const char *id, const char *title)
{
    g_string_append_printf(
        document->out, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">%s</h2>\n",
        id, id, id, title);
}

static void close_section(ssk_document *document)
{
    put(document, "</section>\n");
}

static void put_more(ssk_document *document, size_t count, size_t shown)
{
    if (count > shown)
        g_string_append_printf(document->out,
                               "<p class=\"more\">... and %zu more; the JSON report has all.</p>\n",
                               count - shown);
}

static void put_filter(ssk_document *document, const char *filter)
{
    if (!filter)
        return;
    ssk_safe_text_append(fresh(document), filter);
    put_line(document, "<div class=\"filter\"><code>",
             "</code> <button type=\"button\" class=\"copy\" "
             "aria-label=\"Copy the display filter\">Copy</button></div>\n");
}

/* ---- charts ---- */

static void put_legend(ssk_document *document, const ssk_chart *chart)
{
    put(document, "<ul class=\"legend\" aria-hidden=\"true\">");
    for (guint i = 0; i < chart->series->len; i++) {
        const ssk_chart_series *series = &g_array_index(chart->series, ssk_chart_series, i);
        put(document, "<li>");
        if (series->draw == SSK_DRAW_MARKS) {
            char *kind = g_strdelimit(g_strdup(series->name), " ", '-');
            g_string_append_printf(
                document->out, "<svg viewBox=\"-8 -8 16 16\"><use href=\"#m-%s\"/></svg>", kind);
            g_free(kind);
        } else {
            g_string_append_printf(document->out, "<i class=\"swatch swatch-%u\"></i>", i);
        }
        put_text(document, series->name);
        put(document, "</li>");
    }
    for (guint i = 0; i < chart->bands->len; i++) {
        const char *name = g_array_index(chart->bands, ssk_chart_band, i).name;
        g_string_append_printf(document->out, "<li><i class=\"swatch band-%s\"></i>%s</li>", name,
                               name);
    }
    put(document, "</ul>\n");
}

/* Takes ownership of @p chart; NULL draws nothing. */
static void put_chart(ssk_document *document, ssk_chart *chart, const char *caption)
{
    if (!chart)
        return;
    g_string_append_printf(document->out, "<figure class=\"axis-%s\"><figcaption>",
                           chart->y == SSK_AXIS_LANES ? "lanes"
                           : chart->y == SSK_AXIS_ON  ? "on"
                                                      : "values");
    put_text(document, caption);
    put(document, "</figcaption>\n");
    if (document->library) {
        g_string_append_printf(document->out,
                               "<div class=\"chart\" id=\"%s\" role=\"group\" tabindex=\"0\" "
                               "aria-describedby=\"keys\" aria-label=\"",
                               chart->id);
        put_text(document, chart->label);
        put(document, "\"></div>\n");
        g_ptr_array_add(document->charts, chart);
        put_legend(document, chart);
    } else {
        ssk_chart_svg(chart, document->out);
        put_legend(document, chart);
        ssk_chart_free(chart);
    }
    put(document, "</figure>\n");
}

/* The shapes of marks: one definition for SVG, the legend and the script. */
static void put_shapes(ssk_document *document)
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
    put(document, "<svg class=\"shapes\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>\n");
    for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
        g_string_append_printf(document->out, "<path id=\"m-%s\" class=\"mark m-%s\" d=\"%s\"/>\n",
                               shapes[i].kind, shapes[i].kind, shapes[i].path);
    put(document, "</defs></svg>\n");
}

/* ---- verdicts ---- */

static void put_evidence_list(ssk_document *document, const char *title, const char *class_name,
                              const ssk_evidence *list, size_t count, const ssk_verdict *shared_by,
                              bool shared)
{
    bool open = false;
    for (size_t i = 0; i < count; i++) {
        if (shared_by && ssk_story_is_shared(shared_by, &list[i]) != shared)
            continue;
        if (!open)
            g_string_append_printf(document->out, "<p class=\"what\">%s</p><ul class=\"%s\">\n",
                                   title, class_name);
        open = true;
        ssk_story_evidence(&list[i], fresh(document));
        put_line(document, "<li>", "</li>\n");
    }
    if (open)
        put(document, "</ul>\n");
}

static void put_verdict(ssk_document *document, const ssk_verdict *verdict, uint32_t flow)
{
    ssk_story_verdict(&document->story, verdict, flow, fresh(document));
    put_line(document, "<p class=\"verdict\">", "</p>\n");
}

static void put_reasons(ssk_document *document, const ssk_verdict *verdict, uint32_t flow)
{
    if (verdict->n_verdict)
        put_evidence_list(document, "Seen, and fits each of them", "for",
                          verdict->causes[0].evidence, verdict->causes[0].n_evidence, verdict,
                          true);
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        const ssk_cause_words *words = ssk_cause_words_find(cause->id);
        ssk_story_cause_title(&document->story, cause, flow, fresh(document));
        put_line(document, "<div class=\"cause\"><h4>", "</h4>\n");
        if (words)
            g_string_append_printf(document->out, "<p>%s</p>\n", words->meaning);
        put_evidence_list(document, "What speaks for it", "for", cause->evidence, cause->n_evidence,
                          verdict, false);
        put_evidence_list(document, "What speaks against it", "against", cause->against,
                          cause->n_against, NULL, false);
        put(document, "</div>\n");
    }
    if (verdict->n_causes > verdict->n_verdict) {
        put(document, "<p class=\"what\">Ruled out</p><ul class=\"ruled-out\">\n");
        for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++) {
            const ssk_cause *cause = &verdict->causes[i];
            ssk_story_cause_title(&document->story, cause, flow, fresh(document));
            for (size_t k = 0; k < cause->n_against; k++) {
                g_string_append(document->line, k ? "; " : ": ");
                ssk_story_evidence(&cause->against[k], document->line);
            }
            put_line(document, "<li>", "</li>\n");
        }
        put(document, "</ul>\n");
    }
    if (verdict->next_capture) {
        ssk_safe_text_append(fresh(document), verdict->next_capture);
        put_line(document, "<p class=\"next\"><b>Next capture:</b> ", "</p>\n");
    }
}

/* ---- head ---- */

static void put_head(ssk_document *document)
{
    put(document, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                  "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                  "<meta name=\"referrer\" content=\"no-referrer\">\n");
    ssk_story_summary(&document->story, fresh(document));
    put_line(document, "<title>stallshark: ", "</title>\n<style>\n");
    put(document, ssk_web_style);
    if (document->library)
        put(document, ssk_web_library_style);
    put(document, "</style>\n</head>\n<body>\n"
                  "<a class=\"skip\" href=\"#main\">Skip to the details</a>\n");
    put_shapes(document);
}

static void put_summary(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_incidents, ENTRIES_SHOWN);

    put(document, "<header>\n<h1>What went silent</h1>\n");
    ssk_story_summary(&document->story, fresh(document));
    put_line(document, "<p class=\"lead\">", "</p>\n");
    for (size_t i = 0; i < result->n_findings; i++)
        if (ssk_story_is_of_incidents(&result->findings[i])) {
            ssk_story_finding(&result->findings[i], fresh(document));
            put_line(document, "<p>", "</p>\n");
        }
    if (shown)
        put(document, "<ol class=\"incidents\">\n");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_incident *incident = &result->incidents[i];
        ssk_story_incident(&document->story, incident, fresh(document));
        put_line(document, "<li>", "");
        for (size_t k = 0; k < MIN(incident->n_stalls, 10); k++)
            g_string_append_printf(document->out, " <a href=\"#stall-%u\">stall %u</a>",
                                   incident->stalls[k], incident->stalls[k]);
        put(document, "</li>\n");
    }
    if (shown)
        put(document, "</ol>\n");
    put_more(document, result->n_incidents, shown);
    if (!result->n_stalls) {
        put(document, "<dl>\n");
        ssk_story_scope(&document->story, put_row, document);
        put(document, "</dl>\n");
    }
    put(document, "</header>\n<main id=\"main\">\n");
    if (document->library)
        put(document,
            "<p id=\"keys\" class=\"keys\">Charts: drag to zoom in, double-click to see all. With "
            "the "
            "keyboard: <kbd>+</kbd> <kbd>-</kbd> zoom, <kbd>&larr;</kbd> <kbd>&rarr;</kbd> move, "
            "<kbd>0</kbd> shows all.</p>\n");
}

/* ---- sections ---- */

static void put_stalls(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_stalls, STALLS_SHOWN);

    if (!shown)
        return;
    open_section(document, "stalls", "Stalls");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        g_string_append_printf(document->out,
                               "<article id=\"stall-%u\">\n<h3>Stall %u: ", stall->id, stall->id);
        ssk_story_stall_title(&document->story, stall, fresh(document));
        put_line(document, "", "</h3>\n");
        put_verdict(document, &stall->verdict, stall->flow);
        put_chart(document, ssk_chart_stall(&document->story, stall),
                  "Packets around the stall, in seconds since the capture's start");
        put_reasons(document, &stall->verdict, stall->flow);
        put(document, "<dl>\n");
        ssk_story_stall(&document->story, stall, put_row, document);
        put(document, "</dl>\n");
        put_filter(document, stall->filter);
        put(document, "</article>\n");
    }
    put_more(document, result->n_stalls, shown);
    close_section(document);
}

static void put_measurement(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_measurement, ENTRIES_SHOWN);

    if (!shown)
        return;
    open_section(document, "measurement", "Faults of the capture itself");
    put(document, "<ul>\n");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        ssk_story_measurement(&document->story, fault, fresh(document));
        put_line(document, "<li>", "\n");
        put_evidence_list(document, "Seen", "for", fault->evidence, fault->n_evidence, NULL, false);
        put(document, "</li>\n");
    }
    put(document, "</ul>\n");
    put_more(document, result->n_measurement, shown);
    close_section(document);
}

/* The strip of characters is for text: here it is a chart. */
static void put_udp_row(void *user, const char *name, const char *text)
{
    if (strcmp(name, "over time") != 0)
        put_row(user, name, text);
}

static void put_udp(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_udp, ENTRIES_SHOWN);

    if (!shown)
        return;
    open_section(document, "udp", "UDP reception");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        put(document, "<article>\n");
        ssk_story_udp_title(&document->story, udp, fresh(document));
        put_line(document, "<h3>", "</h3>\n");
        if (udp->judged)
            put_verdict(document, &udp->verdict, udp->flow);
        put_chart(document, ssk_chart_strip(&document->story, i), "On and off over time");
        put_chart(document, ssk_chart_bursts(&document->story, i), "Bytes of each burst");
        if (udp->judged)
            put_reasons(document, &udp->verdict, udp->flow);
        if (udp->has_on_off || udp->has_reception) {
            put(document, "<dl>\n");
            ssk_story_udp(&document->story, udp, put_udp_row, document);
            put(document, "</dl>\n");
        }
        put(document, "</article>\n");
    }
    put_more(document, result->n_udp, shown);
    close_section(document);
}

static void put_clocks(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_clocks, ENTRIES_SHOWN);

    if (!shown)
        return;
    open_section(document, "clocks", "Clocks");
    for (size_t i = 0; i < shown; i++) {
        ssk_story_clock(&document->story, &result->clocks[i], fresh(document));
        put_line(document, "<p>", "</p>\n");
        put_chart(document, ssk_chart_clock(&document->story, i), "Offset to the capture's clock");
    }
    put_more(document, result->n_clocks, shown);
    close_section(document);
}

static void put_findings(ssk_document *document, const ssk_result_finding *list, size_t count)
{
    size_t shown = MIN(count, ENTRIES_SHOWN);
    if (!shown)
        return;
    put(document, "<ul class=\"findings\">\n");
    for (size_t i = 0; i < shown; i++) {
        ssk_safe_text_append(fresh(document), list[i].severity ? list[i].severity : "note");
        put_line(document, "<li><b class=\"severity\">", "</b> ");
        ssk_story_finding(&list[i], fresh(document));
        put_line(document, "", "</li>\n");
    }
    put(document, "</ul>\n");
    put_more(document, count, shown);
}

static void put_bonjour(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_services, ENTRIES_SHOWN);

    if (!shown && !result->n_bonjour_findings)
        return;
    open_section(document, "bonjour", "Bonjour");
    put_findings(document, result->bonjour_findings, result->n_bonjour_findings);
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_service *service = &result->services[i];
        ssk_story_service(&document->story, service, fresh(document));
        put_line(document, "<p class=\"service\">", "</p>\n");
        if (!service->n_txt)
            continue;
        put(document, "<ul class=\"txt\">\n");
        for (size_t k = 0; k < MIN(service->n_txt, ENTRIES_SHOWN); k++) {
            ssk_story_txt(&service->txt[k], fresh(document));
            put_line(document, "<li><code>", "</code></li>\n");
        }
        put(document, "</ul>\n");
    }
    put_more(document, result->n_services, shown);
    close_section(document);
}

static void put_flow(ssk_document *document, const ssk_result_flow *flow)
{
    char a_gap[SSK_TEXT_ROOM], b_gap[SSK_TEXT_ROOM], period_text[SSK_TEXT_ROOM];
    const ssk_result_direction *a = &flow->dir[SSK_A], *b = &flow->dir[SSK_B];
    ssk_span_ns period = a->period ? a->period : b->period;

    ssk_story_conversation(flow, fresh(document));
    g_string_append_printf(document->out, "<tr><th scope=\"row\">%u</th><td>%s</td>", flow->id,
                           flow->transport == SSK_TCP ? "tcp" : "udp");
    put_line(document, "<td>", "</td>");
    if (flow->process_name)
        ssk_safe_text_append(fresh(document), flow->process_name);
    else
        fresh(document);
    put_line(document, "<td>", "</td>");
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
        ssk_story_flow(&document->story, flows[i]->id, fresh(document));
        put_line(document, "<article>\n<h3>", "</h3>\n");
        put_chart(document, ssk_chart_gaps(&document->story, flows[i]),
                  "Gaps between packets by length, both axes logarithmic");
        put_chart(document, ssk_chart_rtt(&document->story, flows[i]),
                  "Keep-alive round trip, from ping to pong as captured");
        put_filter(document, flows[i]->filter);
        put(document, "</article>\n");
    }
}

static void put_flows(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_flows, FLOWS_SHOWN);

    if (!shown)
        return;
    const ssk_result_flow **flows = ssk_story_flows_by_weight(&document->story);
    open_section(document, "flows", "Flows");
    put(document, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of "
                  "flows\"><table>\n"
                  "<thead><tr><th scope=\"col\">Flow</th><th scope=\"col\"></th><th "
                  "scope=\"col\">a &rarr; b</th>"
                  "<th scope=\"col\">Process</th><th scope=\"col\">Packets a</th><th "
                  "scope=\"col\">Packets b</th>"
                  "<th scope=\"col\">Longest gap a</th><th scope=\"col\">Longest gap b</th>"
                  "<th scope=\"col\">Period</th></tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < shown; i++)
        put_flow(document, flows[i]);
    put(document, "</tbody></table></div>\n");
    put_more(document, result->n_flows, shown);
    close_section(document);

    open_section(document, "timing", "Timing of the flows that matter most");
    put_flow_charts(document, flows, MIN(result->n_flows, FLOW_CHARTS));
    close_section(document);
    g_free(flows);
}

static void put_rest(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_not_analysed, ENTRIES_SHOWN);

    if (result->n_findings) {
        open_section(document, "findings", "Also found");
        put_findings(document, result->findings, result->n_findings);
        close_section(document);
    }
    put_flows(document);
    open_section(document, "capture", "The capture");
    put(document, "<dl>\n");
    ssk_story_input(&document->story, put_row, document);
    put(document, "</dl>\n");
    close_section(document);
    if (shown) {
        open_section(document, "not-analysed", "Not analysed");
        put(document, "<ul>\n");
        for (size_t i = 0; i < shown; i++) {
            ssk_safe_text_append(fresh(document), result->not_analysed[i].what);
            g_string_append(document->line, ": ");
            ssk_safe_text_append(document->line, result->not_analysed[i].why);
            put_line(document, "<li>", "</li>\n");
        }
        put(document, "</ul>\n");
        put_more(document, result->n_not_analysed, shown);
        close_section(document);
    }
    if (ssk_story_has_limits(&document->story)) {
        open_section(document, "limits", "Limits reached");
        put(document, "<dl>\n");
        ssk_story_limits(&document->story, put_row, document);
        put(document, "</dl>\n");
        close_section(document);
    }
    open_section(document, "howto", "How to see the frames");
    put(document,
        "<p>Open the capture in Wireshark (no plugin is needed), copy a display filter from "
        "above, paste it into the bar over the list of packets and press Enter. Frame "
        "numbers are Wireshark's.</p>\n");
    close_section(document);
}

/* ---- data and scripts ---- */

/* In JSON a '<' stands only inside a text: as \u003c it can end no script. */
static void put_data(ssk_document *document, const char *id, const GString *json)
{
    g_string_append_printf(document->out, "<script type=\"application/json\" id=\"%s\">", id);
    for (const char *run = json->str; *run;) {
        gsize length = strcspn(run, "<");
        const char *end = run + length;
        g_string_append_len(document->out, run, (gssize)length);
        if (!*end)
            break;
        put(document, "\\u003c");
        run = end + 1;
    }
    put(document, "</script>\n");
}

/* The report itself, but for what only charts need; a very large one without
 * the flows that the page does not list either. */
static void put_report_data(ssk_document *document)
{
    GString *text = g_string_new(NULL);
    ssk_json json;
    ssk_result shown = *document->story.result;

    if (shown.n_flows > FLOWS_SHOWN)
        shown.n_flows = FLOWS_SHOWN;
    ssk_json_init(&json, text, SSK_JSON_INLINE);
    json.lean = true;
    ssk_json_report(&json, &shown, document->story.host);
    put_data(document, "report", text);
    g_string_free(text, TRUE);
}

static void put_chart_data(ssk_document *document)
{
    GString *text = g_string_new(NULL);
    ssk_json json;

    ssk_json_init(&json, text, SSK_JSON_INLINE);
    ssk_json_array(&json, NULL, SSK_JSON_INLINE);
    for (guint i = 0; i < document->charts->len; i++)
        ssk_chart_json(document->charts->pdata[i], &json);
    ssk_json_end(&json);
    put_data(document, "charts", text);
    g_string_free(text, TRUE);
}

static void put_foot(ssk_document *document)
{
    put(document, "</main>\n<footer>\n");
    ssk_story_program(&document->story, fresh(document));
    put_line(document, "<p>Made by ", ". ");
    if (document->library)
        g_string_append_printf(document->out, "Charts by uPlot %s. ", ssk_web_library_version);
    else
        put(document,
            "The charts are static: this build has no chart library, so there is no zoom. ");
    put(document, "The report's data is in this file as JSON.</p>\n"
                  "<noscript><p>Zooming and copying need scripts, which are switched off here.</p>"
                  "</noscript>\n</footer>\n");
    put_report_data(document);
    if (document->library) {
        put_chart_data(document);
        put(document, "<script>\n/*\n");
        put(document, ssk_web_library_licence);
        put(document, "*/\n");
        put(document, ssk_web_library);
        put(document, "</script>\n");
    }
    put(document, "<script>\n");
    put(document, ssk_web_script);
    put(document, "</script>\n</body>\n</html>\n");
}

void ssk_html_write(const ssk_result *result, const ssk_host *host, bool library, GString *out)
{
    ssk_document document = {
        .library = library && *ssk_web_library,
        .out = out,
        .line = g_string_new(NULL),
        .charts = g_ptr_array_new_with_free_func((GDestroyNotify)ssk_chart_free),
    };
    ssk_story_init(&document.story, result, host);
    put_head(&document);
    put_summary(&document);
    put_stalls(&document);
    put_measurement(&document);
    put_udp(&document);
    put_clocks(&document);
    put_bonjour(&document);
    put_rest(&document);
    put_foot(&document);
    ssk_story_clear(&document.story);
    g_ptr_array_free(document.charts, TRUE);
    g_string_free(document.line, TRUE);
}

static void write_html(const ssk_result *result, const ssk_host *host, GString *out)
{
    ssk_html_write(result, host, true, out);
}

const ssk_writer ssk_writer_html = {"html", "one page with charts, to open in any browser",
                                    write_html};
