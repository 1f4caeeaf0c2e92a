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

#include "report/formats.h"
#include "report/html_page.h"
#include "report/safe_text.h"
#include "report/web.h"

/* Entries of a section; the JSON report has all of them. */
#define ENTRIES_SHOWN 100

static void put_head(ssk_document *document)
{
    ssk_html_put(document,
                 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
                 "<meta name=\"referrer\" content=\"no-referrer\">\n");
    ssk_story_answer(&document->story, ssk_html_fresh(document));
    ssk_html_line(document, "<title>stallshark: ", "</title>\n<style>\n");
    ssk_html_put(document, ssk_web_style);
    if (document->library)
        ssk_html_put(document, ssk_web_library_style);
    ssk_html_put(document, "</style>\n</head>\n<body>\n"
                           "<a class=\"skip\" href=\"#main\">Skip to the details</a>\n");
    ssk_html_shapes(document);
}

static void put_answer(ssk_document *document)
{
    const ssk_result *result = document->story.result;

    ssk_html_put(document, "<header>\n<h1>What went silent</h1>\n");
    ssk_story_answer(&document->story, ssk_html_fresh(document));
    ssk_html_line(document, "<p class=\"lead\">", "</p>\n");
    for (size_t i = 0; i < result->n_findings; i++)
        if (ssk_story_is_of_incidents(&result->findings[i])) {
            ssk_story_finding(&result->findings[i], ssk_html_fresh(document));
            ssk_html_line(document, "<p>", "</p>\n");
        }
    if (!result->n_stalls) {
        ssk_html_put(document, "<dl>\n");
        ssk_story_scope(&document->story, ssk_html_row, document);
        ssk_html_put(document, "</dl>\n");
    }
    ssk_html_put(document, "</header>\n<main id=\"main\">\n");
    ssk_html_picture(document);
    if (document->library)
        ssk_html_put(
            document,
            "<p id=\"keys\" class=\"keys\">Charts: drag to zoom in, double-click to see all. With "
            "the keyboard: <kbd>+</kbd> <kbd>-</kbd> zoom, <kbd>&larr;</kbd> <kbd>&rarr;</kbd> "
            "move, <kbd>0</kbd> shows all.</p>\n");
}

static void begin_kind(void *user, const char *text)
{
    g_string_append(ssk_html_fresh(user), text);
    ssk_html_line(user, "<li>", "\n<ul>\n");
}

static void put_case(void *user, const char *text)
{
    g_string_append(ssk_html_fresh(user), text);
    ssk_html_line(user, "<li>", "</li>\n");
}

static void end_kind(void *user, size_t count, size_t shown)
{
    ssk_html_put(user, "</ul>\n");
    ssk_html_more(user, count, shown);
    ssk_html_put(user, "</li>\n");
}

static void put_measurement(ssk_document *document)
{
    static const ssk_story_list list = {begin_kind, put_case, end_kind};
    if (!document->story.result->n_measurement)
        return;
    ssk_html_open_section(document, "measurement", "Faults of the capture itself");
    ssk_html_put(document, "<ul>\n");
    ssk_story_measurements(&document->story, ENTRIES_SHOWN, false, &list, document);
    ssk_html_put(document, "</ul>\n");
    ssk_html_close_section(document);
}

/* The strip of characters is for text: here it is a chart. */
static void put_udp_row(void *user, const char *name, const char *text)
{
    if (strcmp(name, "over time") != 0)
        ssk_html_row(user, name, text);
}

static void put_udp(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_udp, ENTRIES_SHOWN);

    if (!shown)
        return;
    ssk_html_open_section(document, "udp", "UDP reception");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        ssk_html_put(document, "<article>\n");
        ssk_story_udp_title(&document->story, udp, ssk_html_fresh(document));
        ssk_html_line(document, "<h3>", "</h3>\n");
        ssk_html_chart(document, ssk_chart_strip(&document->story, i), "On and off over time");
        ssk_html_chart(document, ssk_chart_bursts(&document->story, i), "Bytes of each burst");
        if (udp->judged) {
            ssk_digest *digest = ssk_digest_verdict(&udp->verdict, udp->flow);
            ssk_html_digest(document, digest, &udp->verdict, udp->flow);
            ssk_digest_free(digest);
        }
        if (udp->has_on_off || udp->has_reception || udp->has_application) {
            ssk_html_put(document, "<dl>\n");
            ssk_story_udp(&document->story, udp, put_udp_row, document);
            ssk_html_put(document, "</dl>\n");
        }
        ssk_html_put(document, "</article>\n");
    }
    ssk_html_more(document, result->n_udp, shown);
    ssk_html_close_section(document);
}

/* Clocks that agree with the capture's are one line; their own lines are folded, and not drawn. */
static void put_agreeing_clocks(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t n = 0;

    if (!ssk_story_agreeing_clocks(&document->story, ssk_html_fresh(document)))
        return;
    ssk_html_line(document, "<p>", "</p>\n<details><summary>Each of them</summary>\n<ul>\n");
    for (size_t i = 0; i < result->n_clocks && n < ENTRIES_SHOWN; i++)
        if (ssk_story_clock_agrees(&result->clocks[i])) {
            n++;
            ssk_story_clock(&document->story, &result->clocks[i], ssk_html_fresh(document));
            ssk_html_line(document, "<li>", "</li>\n");
        }
    ssk_html_put(document, "</ul>\n</details>\n");
}

static void put_clocks(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t n = 0;

    if (!result->n_clocks)
        return;
    ssk_html_open_section(document, "clocks", "Clocks");
    for (size_t i = 0; i < result->n_clocks; i++) {
        if (ssk_story_clock_agrees(&result->clocks[i]) || n++ >= ENTRIES_SHOWN)
            continue;
        ssk_story_clock(&document->story, &result->clocks[i], ssk_html_fresh(document));
        ssk_html_line(document, "<p>", "</p>\n");
        ssk_html_chart(document, ssk_chart_clock(&document->story, i),
                       "Offset to the capture's clock");
    }
    ssk_html_more(document, n, MIN(n, ENTRIES_SHOWN));
    put_agreeing_clocks(document);
    ssk_html_close_section(document);
}

static void put_findings(ssk_document *document, const ssk_result_finding *list, size_t count)
{
    const ssk_result *result = document->story.result;
    size_t untold = ssk_story_untold(result, list, count);
    size_t shown = MIN(untold, ENTRIES_SHOWN);
    if (!shown)
        return;
    ssk_html_put(document, "<ul class=\"findings\">\n");
    for (size_t i = 0, left = shown; left; i++) {
        if (ssk_story_is_told(result, &list[i]))
            continue;
        left--;
        ssk_safe_text_append(ssk_html_fresh(document),
                             list[i].severity ? list[i].severity : "note");
        ssk_html_line(document, "<li><b class=\"severity\">", "</b> ");
        ssk_story_finding(&list[i], ssk_html_fresh(document));
        ssk_html_line(document, "", "</li>\n");
    }
    ssk_html_put(document, "</ul>\n");
    ssk_html_more(document, untold, shown);
}

static void put_bonjour(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_services, ENTRIES_SHOWN);

    if (!shown && !result->n_bonjour_findings)
        return;
    ssk_html_open_section(document, "bonjour", "Bonjour");
    put_findings(document, result->bonjour_findings, result->n_bonjour_findings);
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_service *service = &result->services[i];
        ssk_story_service(&document->story, service, ssk_html_fresh(document));
        ssk_html_line(document, "<p class=\"service\">", "</p>\n");
        if (!service->n_txt)
            continue;
        ssk_html_put(document, "<ul class=\"txt\">\n");
        for (size_t k = 0; k < MIN(service->n_txt, ENTRIES_SHOWN); k++) {
            ssk_story_txt(&service->txt[k], ssk_html_fresh(document));
            ssk_html_line(document, "<li><code>", "</code></li>\n");
        }
        ssk_html_put(document, "</ul>\n");
    }
    ssk_html_more(document, result->n_services, shown);
    ssk_html_close_section(document);
}

static void put_views(ssk_document *document)
{
    if (!document->story.result->n_views)
        return;
    ssk_html_open_section(document, "views", "Between the captures");
    ssk_html_put(document, "<dl>\n");
    ssk_story_views(&document->story, ssk_html_row, document);
    ssk_html_put(document, "</dl>\n");
    ssk_html_close_section(document);
}

static void put_rest(ssk_document *document)
{
    const ssk_result *result = document->story.result;
    size_t shown = MIN(result->n_not_analysed, ENTRIES_SHOWN);

    if (ssk_story_untold(result, result->findings, result->n_findings)) {
        ssk_html_open_section(document, "findings", "Also found");
        put_findings(document, result->findings, result->n_findings);
        ssk_html_close_section(document);
    }
    ssk_html_flows(document);
    ssk_html_open_section(document, "capture", "The capture");
    ssk_html_put(document, "<dl>\n");
    ssk_story_input(&document->story, ssk_html_row, document);
    ssk_html_put(document, "</dl>\n");
    ssk_html_close_section(document);
    if (shown) {
        ssk_html_open_section(document, "not-analysed", "Not analyzed");
        ssk_html_put(document, "<ul>\n");
        for (size_t i = 0; i < shown; i++) {
            ssk_safe_text_append(ssk_html_fresh(document), result->not_analysed[i].what);
            g_string_append(document->line, ": ");
            ssk_safe_text_append(document->line, result->not_analysed[i].why);
            ssk_html_line(document, "<li>", "</li>\n");
        }
        ssk_html_put(document, "</ul>\n");
        ssk_html_more(document, result->n_not_analysed, shown);
        ssk_html_close_section(document);
    }
    if (ssk_story_has_limits(&document->story)) {
        ssk_html_open_section(document, "limits", "Limits reached");
        ssk_html_put(document, "<dl>\n");
        ssk_story_limits(&document->story, ssk_html_row, document);
        ssk_html_put(document, "</dl>\n");
        ssk_html_close_section(document);
    }
    ssk_html_open_section(document, "howto", "How to see the frames");
    ssk_html_put(
        document,
        "<p>Open the capture in Wireshark (no plugin is needed), copy a display filter from "
        "above, paste it into the bar over the list of packets and press Enter. Frame "
        "numbers are Wireshark's.</p>\n");
    ssk_html_close_section(document);
}

static void put_foot(ssk_document *document)
{
    ssk_html_put(document, "</main>\n<footer>\n");
    ssk_story_program(&document->story, ssk_html_fresh(document));
    ssk_html_line(document, "<p>Made by ", ". ");
    if (document->library)
        g_string_append_printf(document->out, "Charts by uPlot %s. ", ssk_web_library_version);
    else
        ssk_html_put(
            document,
            "The charts are static: this build has no chart library, so there is no zoom, and on a "
            "large page only the first charts name their frames. ");
    ssk_html_put(document,
                 "The report's data is in this file as JSON.</p>\n"
                 "<noscript><p>Zooming and copying need scripts, which are switched off here.</p>"
                 "</noscript>\n</footer>\n");
    ssk_html_report_data(document);
    if (document->library) {
        ssk_html_chart_data(document);
        ssk_html_put(document, "<script>\n/*\n");
        ssk_html_put(document, ssk_web_library_licence);
        ssk_html_put(document, "*/\n");
        ssk_html_put(document, ssk_web_library);
        ssk_html_put(document, "</script>\n");
    }
    ssk_html_put(document, "<script>\n");
    ssk_html_put(document, ssk_web_script);
    ssk_html_put(document, "</script>\n</body>\n</html>\n");
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
    put_answer(&document);
    ssk_html_incidents(&document);
    put_views(&document);
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
