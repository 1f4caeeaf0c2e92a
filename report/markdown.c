/* markdown.c - the report for an issue tracker.
 *
 * Trackers refuse long texts, so the report is written with fewer details
 * until it fits; what was left out is said. Details are folded.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/text.h"
#include "report/formats.h"
#include "report/markdown_sheet.h"
#include "report/safe_text.h"

/* GitHub takes 65 536 characters; bytes are counted, so wide text fits too. */
#define ROOM 60000

static const ssk_extent extents[] = {
    {20, 20, 20, 50, 20, 20}, {20, 20, 10, 25, 8, 20}, {20, 12, 6, 12, 4, 15},
    {20, 6, 4, 6, 2, 10},     {10, 3, 3, 3, 1, 5},     {5, 1, 2, 2, 0, 0},
};

/* ---- sections ---- */

static void put_answer(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;

    ssk_story_answer(&sheet->story, ssk_sheet_fresh(sheet));
    ssk_sheet_line(sheet, "# stallshark\n\n**", "**\n");
    for (size_t i = 0; i < result->n_findings; i++)
        if (ssk_story_is_of_incidents(&result->findings[i])) {
            ssk_story_finding(&result->findings[i], ssk_sheet_fresh(sheet));
            ssk_sheet_line(sheet, "\n", "\n");
        }
    if (!result->n_stalls) {
        g_string_append_c(sheet->out, '\n');
        ssk_sheet_begin_rows(sheet);
        ssk_story_scope(&sheet->story, ssk_sheet_row, sheet);
    }
}

static void begin_kind(void *user, const char *text)
{
    g_string_append(ssk_sheet_fresh(user), text);
    ssk_sheet_item(user, "- ");
}

static void put_case(void *user, const char *text)
{
    g_string_append(ssk_sheet_fresh(user), text);
    ssk_sheet_item(user, "  - ");
}

static void end_kind(void *user, size_t count, size_t shown)
{
    ssk_sheet_more(user, count, shown);
}

static void put_measurement(ssk_sheet *sheet)
{
    static const ssk_story_list list = {begin_kind, put_case, end_kind};
    if (!sheet->story.result->n_measurement)
        return;
    ssk_sheet_heading(sheet, "Faults of the capture itself");
    ssk_story_measurements(&sheet->story, sheet->extent.entries, false, &list, sheet);
}

static void put_udp(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_udp, sheet->extent.entries);

    if (!result->n_udp)
        return;
    ssk_sheet_heading(sheet, "UDP reception");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        ssk_story_udp_title(&sheet->story, udp, ssk_sheet_fresh(sheet));
        ssk_sheet_line(sheet, "\n### ", "\n\n");
        if (udp->has_on_off || udp->has_reception || udp->has_application) {
            ssk_sheet_begin_rows(sheet);
            ssk_story_udp(&sheet->story, udp, ssk_sheet_row, sheet);
        }
        if (udp->has_on_off && udp->on_off.strip)
            ssk_sheet_code(sheet, udp->on_off.strip);
        if (udp->judged) {
            ssk_digest *digest = ssk_digest_verdict(&udp->verdict, udp->flow);
            ssk_sheet_digest(sheet, digest, &udp->verdict, udp->flow);
            ssk_digest_free(digest);
        }
    }
    ssk_sheet_more(sheet, result->n_udp, shown);
}

static void put_clocks(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t n = 0;

    for (size_t i = 0; i < result->n_clocks; i++) {
        if (ssk_story_clock_agrees(&result->clocks[i]) || n++ >= sheet->extent.entries)
            continue;
        if (n == 1)
            ssk_sheet_heading(sheet, "Clocks");
        ssk_story_clock(&sheet->story, &result->clocks[i], ssk_sheet_fresh(sheet));
        ssk_sheet_item(sheet, "- ");
    }
    ssk_sheet_more(sheet, n, MIN(n, sheet->extent.entries));
}

static void put_findings(ssk_sheet *sheet, const ssk_result_finding *list, size_t count)
{
    const ssk_result *result = sheet->story.result;
    size_t untold = ssk_story_untold(result, list, count);
    size_t shown = MIN(untold, sheet->extent.entries);
    for (size_t i = 0, left = shown; left; i++) {
        if (ssk_story_is_told(result, &list[i]))
            continue;
        left--;
        ssk_story_finding(&list[i], ssk_sheet_fresh(sheet));
        g_string_append_printf(sheet->out, "- %s: ", list[i].severity ? list[i].severity : "note");
        ssk_sheet_item(sheet, "");
    }
    ssk_sheet_more(sheet, untold, shown);
}

static void put_bonjour(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_services, sheet->extent.entries);

    if (!result->n_services && !result->n_bonjour_findings)
        return;
    ssk_sheet_heading(sheet, "Bonjour");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_service *service = &result->services[i];
        ssk_story_service(&sheet->story, service, ssk_sheet_fresh(sheet));
        ssk_sheet_item(sheet, "- ");
        for (size_t k = 0; k < MIN(service->n_txt, sheet->extent.txt); k++) {
            ssk_story_txt(&service->txt[k], ssk_sheet_fresh(sheet));
            ssk_sheet_item(sheet, "  - ");
        }
    }
    ssk_sheet_more(sheet, result->n_services, shown);
    put_findings(sheet, result->bonjour_findings, result->n_bonjour_findings);
}

static void put_flow(ssk_sheet *sheet, const ssk_result_flow *flow)
{
    char a_gap[SSK_TEXT_ROOM], b_gap[SSK_TEXT_ROOM], period_text[SSK_TEXT_ROOM];
    const ssk_result_direction *a = &flow->dir[SSK_A], *b = &flow->dir[SSK_B];
    ssk_span_ns period = a->period ? a->period : b->period;

    g_string_append_printf(sheet->out, "| %u | %s | ", flow->id,
                           flow->transport == SSK_TCP ? "tcp" : "udp");
    ssk_story_conversation(flow, ssk_sheet_fresh(sheet));
    if (flow->process_name) {
        g_string_append_c(sheet->line, ' ');
        ssk_safe_text_append(sheet->line, flow->process_name);
    }
    ssk_sheet_line(sheet, "", " | ");
    g_string_append_printf(
        sheet->out, "%" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT " | %s | %s | %s |\n", a->packets,
        b->packets, a->has_max_gap ? ssk_span_text(a->max_gap, a_gap) : "",
        b->has_max_gap ? ssk_span_text(b->max_gap, b_gap) : "",
        period ? ssk_span_text(period, period_text) : "");
}

/* Flows that stalled have a row in the table of their incident. */
static void put_flows(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    GHashTable *stalled = g_hash_table_new(NULL, NULL);
    size_t shown = 0;

    for (size_t i = 0; i < result->n_stalls; i++)
        g_hash_table_add(stalled, GUINT_TO_POINTER(result->stalls[i].flow));
    size_t left = result->n_flows - MIN(result->n_flows, g_hash_table_size(stalled));
    const ssk_result_flow **flows = ssk_story_flows_by_weight(&sheet->story);
    for (size_t i = 0; i < result->n_flows && shown < sheet->extent.flows; i++) {
        if (g_hash_table_contains(stalled, GUINT_TO_POINTER(flows[i]->id)))
            continue;
        if (!shown++) {
            g_string_printf(ssk_sheet_fresh(sheet), "%zu%s flow%s", left,
                            result->n_stalls ? " other" : "", left == 1 ? "" : "s");
            char *summary = g_strdup(sheet->line->str);
            ssk_sheet_open_details(sheet, summary);
            g_free(summary);
            g_string_append(sheet->out, "| flow | | conversation | packets -> / <- | longest gap "
                                        "-> | longest gap <- | period |\n"
                                        "|---:|---|---|---:|---:|---:|---:|\n");
        }
        put_flow(sheet, flows[i]);
    }
    if (shown) {
        ssk_sheet_more(sheet, left, shown);
        ssk_sheet_close_details(sheet);
    }
    g_free(flows);
    g_hash_table_destroy(stalled);
}

static void put_foot(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_not_analysed, sheet->extent.entries);

    if (result->n_not_analysed)
        ssk_sheet_heading(sheet, "Not analyzed");
    for (size_t i = 0; i < shown; i++) {
        ssk_safe_text_append(ssk_sheet_fresh(sheet), result->not_analysed[i].what);
        g_string_append(sheet->line, ": ");
        ssk_safe_text_append(sheet->line, result->not_analysed[i].why);
        ssk_sheet_item(sheet, "- ");
    }
    ssk_sheet_more(sheet, result->n_not_analysed, shown);
    if (ssk_story_has_limits(&sheet->story)) {
        ssk_sheet_heading(sheet, "Limits reached");
        ssk_sheet_begin_rows(sheet);
        ssk_story_limits(&sheet->story, ssk_sheet_row, sheet);
    }
}

static void put_capture(ssk_sheet *sheet)
{
    g_string_assign(ssk_sheet_fresh(sheet), "The capture, analyzed by ");
    ssk_story_program(&sheet->story, sheet->line);
    char *summary = g_strdup(sheet->line->str);
    ssk_sheet_open_details(sheet, summary);
    g_free(summary);
    ssk_sheet_begin_rows(sheet);
    ssk_story_input(&sheet->story, ssk_sheet_row, sheet);
    if (ssk_story_agreeing_clocks(&sheet->story, ssk_sheet_fresh(sheet))) {
        char *clocks = g_strdup(sheet->line->str);
        ssk_sheet_row(sheet, "clocks", clocks);
        g_free(clocks);
    }
    ssk_sheet_close_details(sheet);
}

static void put_views(ssk_sheet *sheet)
{
    if (!sheet->story.result->n_views)
        return;
    ssk_sheet_heading(sheet, "Between the captures");
    ssk_sheet_begin_rows(sheet);
    ssk_story_views(&sheet->story, ssk_sheet_row, sheet);
}

static void write_sheet(ssk_sheet *sheet)
{
    put_answer(sheet);
    ssk_sheet_incidents(sheet);
    put_views(sheet);
    put_measurement(sheet);
    put_udp(sheet);
    put_clocks(sheet);
    put_bonjour(sheet);
    const ssk_result *result = sheet->story.result;
    if (ssk_story_untold(result, result->findings, result->n_findings)) {
        ssk_sheet_heading(sheet, "Also found");
        put_findings(sheet, result->findings, result->n_findings);
    }
    put_flows(sheet);
    put_capture(sheet);
    put_foot(sheet);
}

static void write_markdown(const ssk_result *result, const ssk_host *host, GString *out)
{
    static const char cut[] = "\n(Cut here: the rest did not fit; the JSON report has all.)\n";
    ssk_sheet sheet = {.out = g_string_new(NULL),
                       .line = g_string_new(NULL),
                       .told = g_hash_table_new(g_str_hash, g_str_equal)};

    ssk_story_init(&sheet.story, result, host);
    for (size_t i = 0; i < G_N_ELEMENTS(extents); i++) {
        sheet.extent = extents[i];
        g_string_truncate(sheet.out, 0);
        g_hash_table_remove_all(sheet.told);
        write_sheet(&sheet);
        if (sheet.out->len <= ROOM)
            break;
    }
    if (sheet.out->len > ROOM) {
        gsize end = ROOM - sizeof cut;
        while (end && sheet.out->str[end - 1] != '\n')
            end--;
        g_string_truncate(sheet.out, end);
        g_string_append(sheet.out, cut);
    }
    g_string_append_len(out, sheet.out->str, (gssize)sheet.out->len);
    ssk_story_clear(&sheet.story);
    g_hash_table_destroy(sheet.told);
    g_string_free(sheet.out, TRUE);
    g_string_free(sheet.line, TRUE);
}

const ssk_writer ssk_writer_markdown = {
    "markdown", "for an issue tracker, at most 60 000 characters", write_markdown};
