/* markdown.c - the report for an issue tracker.
 *
 * Trackers refuse long texts, so the report is written with fewer details
 * until it fits; what was left out is said. Text from the capture is escaped:
 * it makes no markup, no link and no mention of a user.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/text.h"
#include "core/model/cause.h"
#include "report/formats.h"
#include "report/safe_text.h"
#include "report/story.h"

/* GitHub takes 65 536 characters; bytes are counted, so wide text fits too. */
#define ROOM 60000
/* One line of text, so that no single value fills the report. */
#define LINE_ROOM 600

/* How much of each section is printed. */
typedef struct ssk_extent {
    size_t incidents, stalls, evidence, entries, txt, flows;
} ssk_extent;

static const ssk_extent extents[] = {
    {20, 50, 20, 50, 20, 50}, {20, 25, 10, 25, 8, 25}, {20, 12, 6, 12, 4, 15},
    {20, 6, 4, 6, 2, 10},     {10, 3, 3, 3, 1, 5},     {5, 1, 2, 2, 0, 0},
};

typedef struct ssk_sheet {
    ssk_story story;
    ssk_extent extent;
    GString *out, *line; /**< line: scratch */
    GHashTable *told;    /**< meanings of causes, advice: said once; borrowed text */
} ssk_sheet;

/* ---- escaping ---- */

/* GitHub, GitLab and Jira look for mentions and references in the rendered text, where an entity
 * is the character again and a backslash is gone. Only a character between the sign and the name
 * stops them: this one joins words and has no width. */
#define JOINER "\xe2\x81\xa0"

/* "@user", "#12", "!12", "~label", "%milestone", "$snippet", "^alert", and GitLab's "&epic". */
static bool is_sign(const char *p)
{
    bool quoted = (*p == '~' || *p == '%') && p[1] == '"'; /* ~"two words" */
    return strchr("@#!~%$^&", *p) && (g_ascii_isalnum(p[1]) || quoted);
}

/* An issue of Jira or GitHub: "ABC-123", "GH-12". */
static bool is_issue_dash(const char *text, const char *p)
{
    const char *start = p;
    if (*p != '-' || !g_ascii_isdigit(p[1]))
        return false;
    while (start > text && (g_ascii_isalnum(start[-1]) || start[-1] == '_'))
        start--;
    if (p - start < 2 || !g_ascii_isalpha(*start))
        return false;
    for (const char *at = start; at < p; at++)
        if (g_ascii_islower(*at))
            return false;
    return true;
}

/* Six hexadecimal digits of a run that may name a commit, 7 to 40 of them. */
static bool is_in_commit(const char *text, const char *p)
{
    const char *start = p + 1, *end = p + 1;
    bool letter = false;
    while (start > text && end - start < 7 && g_ascii_isxdigit(start[-1]))
        start--;
    if (end - start != 6)
        return false;
    while (end - start <= 40 && g_ascii_isxdigit(*end))
        end++;
    for (const char *at = start; at < end; at++)
        letter = letter || g_ascii_isalpha(*at);
    return letter && end - start >= 7 && end - start <= 40 &&
           (start == text || !g_ascii_isalnum(start[-1])) && !g_ascii_isalnum(*end);
}

static void put_escaped(GString *out, const char *text)
{
    const char *end = text;
    for (unsigned i = 0; *end && i < LINE_ROOM; i++)
        end = g_utf8_next_char(end);
    for (const char *p = text; p < end; p++) {
        if (strchr("&<@#", *p)) /* no entity and no tag, in Markdown itself */
            g_string_append_printf(out, "&#%d;", *p);
        else if (strchr("\\`*_[]|~$", *p))
            g_string_append_printf(out, "\\%c", *p);
        else if ((*p == ':' && p[1] == '/') ||
                 (*p == '.' && p - text >= 3 && g_ascii_strncasecmp(p - 3, "www", 3) == 0))
            g_string_append_printf(out, "&#%d;", *p); /* no link */
        else
            g_string_append_c(out, *p);
        if (is_sign(p) || is_issue_dash(text, p) || is_in_commit(text, p))
            g_string_append(out, JOINER);
    }
    if (*end)
        g_string_append(out, " ...");
}

static GString *fresh(ssk_sheet *sheet)
{
    return g_string_truncate(sheet->line, 0);
}

static void put_line(ssk_sheet *sheet, const char *before, const char *after)
{
    g_string_append(sheet->out, before);
    put_escaped(sheet->out, sheet->line->str);
    g_string_append(sheet->out, after);
}

static void put_item(ssk_sheet *sheet, const char *lead)
{
    put_line(sheet, lead, "\n");
}

static void put_more(ssk_sheet *sheet, size_t count, size_t shown)
{
    if (count > shown)
        g_string_append_printf(sheet->out, "\n... and %zu more; the JSON report has all.\n",
                               count - shown);
}

static void heading(ssk_sheet *sheet, const char *title)
{
    g_string_append_printf(sheet->out, "\n## %s\n\n", title);
}

/* ---- tables of labelled lines ---- */

static void begin_rows(ssk_sheet *sheet)
{
    g_string_append(sheet->out, "| | |\n|---|---|\n");
}

static void put_row(void *user, const char *label, const char *text)
{
    ssk_sheet *sheet = user;
    g_string_append_printf(sheet->out, "| %s | ", label);
    put_escaped(sheet->out, text);
    g_string_append(sheet->out, " |\n");
}

static void put_code(ssk_sheet *sheet, const char *text)
{
    g_string_append(sheet->out, "\n````\n");
    ssk_safe_text_append(sheet->out, text);
    g_string_append(sheet->out, "\n````\n");
}

/* ---- verdicts ---- */

typedef enum ssk_choice { ALL, SHARED, OWN } ssk_choice;

static void put_evidence(ssk_sheet *sheet, const char *lead, const ssk_evidence *list, size_t count,
                         const ssk_verdict *verdict, ssk_choice choice)
{
    size_t shown = 0;
    for (size_t i = 0; i < count && shown < sheet->extent.evidence; i++) {
        if (choice != ALL && ssk_story_is_shared(verdict, &list[i]) != (choice == SHARED))
            continue;
        ssk_story_evidence(&list[i], fresh(sheet));
        put_item(sheet, lead);
        shown++;
    }
}

static void put_verdict(ssk_sheet *sheet, const ssk_verdict *verdict, uint32_t flow)
{
    ssk_story_verdict(&sheet->story, verdict, flow, fresh(sheet));
    put_line(sheet, "\n**", "**\n\n");
    if (verdict->n_verdict)
        put_evidence(sheet, "- seen: ", verdict->causes[0].evidence, verdict->causes[0].n_evidence,
                     verdict, SHARED);
    for (size_t i = 0; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        const ssk_cause_words *words = ssk_cause_words_find(cause->id);
        bool stands = i < verdict->n_verdict;
        ssk_story_cause_title(&sheet->story, cause, flow, fresh(sheet));
        put_line(sheet, stands ? "- **" : "- Not **", "**");
        if (words && stands && g_hash_table_add(sheet->told, (char *)words->meaning))
            g_string_append_printf(sheet->out, ": %s", words->meaning);
        g_string_append_c(sheet->out, '\n');
        if (stands)
            put_evidence(sheet, "  - for: ", cause->evidence, cause->n_evidence, verdict, OWN);
        put_evidence(sheet, "  - against: ", cause->against, cause->n_against, verdict, ALL);
    }
    if (verdict->next_capture && g_hash_table_add(sheet->told, (char *)verdict->next_capture)) {
        ssk_safe_text_append(fresh(sheet), verdict->next_capture);
        put_line(sheet, "\nNext capture: ", "\n");
    }
}

/* ---- sections ---- */

static void put_summary(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_incidents, sheet->extent.incidents);

    g_string_append(sheet->out, "# What went silent\n\n");
    ssk_story_summary(&sheet->story, fresh(sheet));
    put_line(sheet, "**", "**\n\n");
    for (size_t i = 0; i < result->n_findings; i++)
        if (ssk_story_is_of_incidents(&result->findings[i])) {
            ssk_story_finding(&result->findings[i], fresh(sheet));
            put_line(sheet, "", "\n\n");
        }
    for (size_t i = 0; i < shown; i++) {
        ssk_story_incident(&sheet->story, &result->incidents[i], fresh(sheet));
        put_item(sheet, "1. ");
    }
    put_more(sheet, result->n_incidents, shown);
    if (!result->n_stalls) {
        begin_rows(sheet);
        ssk_story_scope(&sheet->story, put_row, sheet);
    }
    heading(sheet, "The capture");
    begin_rows(sheet);
    ssk_story_input(&sheet->story, put_row, sheet);
}

static void put_stalls(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_stalls, sheet->extent.stalls);

    for (size_t i = 0; i < shown; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        g_string_append_printf(fresh(sheet), "Stall %u: ", stall->id);
        ssk_story_stall_title(&sheet->story, stall, sheet->line);
        put_line(sheet, "\n## ", "\n\n");
        begin_rows(sheet);
        ssk_story_stall(&sheet->story, stall, put_row, sheet);
        put_verdict(sheet, &stall->verdict, stall->flow);
        if (stall->filter) {
            g_string_append(sheet->out, "\nDisplay filter:\n");
            put_code(sheet, stall->filter);
        }
    }
    put_more(sheet, result->n_stalls, shown);
}

static void put_measurement(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_measurement, sheet->extent.entries);

    if (!result->n_measurement)
        return;
    heading(sheet, "Faults of the capture itself");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        ssk_story_measurement(&sheet->story, fault, fresh(sheet));
        put_item(sheet, "- ");
        put_evidence(sheet, "  - ", fault->evidence, fault->n_evidence, NULL, ALL);
    }
    put_more(sheet, result->n_measurement, shown);
}

static void put_udp(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_udp, sheet->extent.entries);

    if (!result->n_udp)
        return;
    heading(sheet, "UDP reception");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        ssk_story_udp_title(&sheet->story, udp, fresh(sheet));
        put_line(sheet, "\n### ", "\n\n");
        if (udp->has_on_off || udp->has_reception || udp->has_application) {
            begin_rows(sheet);
            ssk_story_udp(&sheet->story, udp, put_row, sheet);
        }
        if (udp->has_on_off && udp->on_off.strip)
            put_code(sheet, udp->on_off.strip);
        if (udp->judged)
            put_verdict(sheet, &udp->verdict, udp->flow);
    }
    put_more(sheet, result->n_udp, shown);
}

static void put_clocks(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t n = 0;

    if (!result->n_clocks)
        return;
    heading(sheet, "Clocks");
    for (size_t i = 0; i < result->n_clocks; i++) {
        if (ssk_story_clock_agrees(&result->clocks[i]) || n++ >= sheet->extent.entries)
            continue;
        ssk_story_clock(&sheet->story, &result->clocks[i], fresh(sheet));
        put_item(sheet, "- ");
    }
    if (ssk_story_agreeing_clocks(&sheet->story, fresh(sheet)))
        put_item(sheet, "- ");
    put_more(sheet, n, MIN(n, sheet->extent.entries));
}

static void put_findings(ssk_sheet *sheet, const ssk_result_finding *list, size_t count)
{
    size_t shown = MIN(count, sheet->extent.entries);
    for (size_t i = 0; i < shown; i++) {
        ssk_story_finding(&list[i], fresh(sheet));
        g_string_append_printf(sheet->out, "- %s: ", list[i].severity ? list[i].severity : "note");
        put_item(sheet, "");
    }
    put_more(sheet, count, shown);
}

static void put_bonjour(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_services, sheet->extent.entries);

    if (!result->n_services && !result->n_bonjour_findings)
        return;
    heading(sheet, "Bonjour");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_service *service = &result->services[i];
        ssk_story_service(&sheet->story, service, fresh(sheet));
        put_item(sheet, "- ");
        for (size_t k = 0; k < MIN(service->n_txt, sheet->extent.txt); k++) {
            ssk_story_txt(&service->txt[k], fresh(sheet));
            put_item(sheet, "  - ");
        }
    }
    put_more(sheet, result->n_services, shown);
    put_findings(sheet, result->bonjour_findings, result->n_bonjour_findings);
}

static void put_flow(ssk_sheet *sheet, const ssk_result_flow *flow)
{
    char a_gap[SSK_TEXT_ROOM], b_gap[SSK_TEXT_ROOM], period_text[SSK_TEXT_ROOM];
    const ssk_result_direction *a = &flow->dir[SSK_A], *b = &flow->dir[SSK_B];
    ssk_span_ns period = a->period ? a->period : b->period;

    g_string_append_printf(sheet->out, "| %u | %s | ", flow->id,
                           flow->transport == SSK_TCP ? "tcp" : "udp");
    ssk_story_conversation(flow, fresh(sheet));
    if (flow->process_name) {
        g_string_append_c(sheet->line, ' ');
        ssk_safe_text_append(sheet->line, flow->process_name);
    }
    put_line(sheet, "", " | ");
    g_string_append_printf(
        sheet->out, "%" G_GUINT64_FORMAT " / %" G_GUINT64_FORMAT " | %s | %s | %s |\n", a->packets,
        b->packets, a->has_max_gap ? ssk_span_text(a->max_gap, a_gap) : "",
        b->has_max_gap ? ssk_span_text(b->max_gap, b_gap) : "",
        period ? ssk_span_text(period, period_text) : "");
}

static void put_flows(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_flows, sheet->extent.flows);

    if (!shown)
        return;
    heading(sheet, "Flows");
    g_string_append(sheet->out,
                    "| flow | | a -> b | packets a / b | longest gap a | longest gap b | period |\n"
                    "|---:|---|---|---:|---:|---:|---:|\n");
    const ssk_result_flow **flows = ssk_story_flows_by_weight(&sheet->story);
    for (size_t i = 0; i < shown; i++)
        put_flow(sheet, flows[i]);
    g_free(flows);
    put_more(sheet, result->n_flows, shown);
}

static void put_foot(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_not_analysed, sheet->extent.entries);

    if (result->n_not_analysed)
        heading(sheet, "Not analysed");
    for (size_t i = 0; i < shown; i++) {
        ssk_safe_text_append(fresh(sheet), result->not_analysed[i].what);
        g_string_append(sheet->line, ": ");
        ssk_safe_text_append(sheet->line, result->not_analysed[i].why);
        put_item(sheet, "- ");
    }
    put_more(sheet, result->n_not_analysed, shown);
    if (ssk_story_has_limits(&sheet->story)) {
        heading(sheet, "Limits reached");
        begin_rows(sheet);
        ssk_story_limits(&sheet->story, put_row, sheet);
    }
    ssk_story_program(&sheet->story, fresh(sheet));
    put_line(sheet, "\n---\nMade by ", "\n");
}

static void write_sheet(ssk_sheet *sheet)
{
    put_summary(sheet);
    put_stalls(sheet);
    put_measurement(sheet);
    put_udp(sheet);
    put_clocks(sheet);
    put_bonjour(sheet);
    if (sheet->story.result->n_findings) {
        heading(sheet, "Also found");
        put_findings(sheet, sheet->story.result->findings, sheet->story.result->n_findings);
    }
    put_flows(sheet);
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
