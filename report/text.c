/* text.c - the report as text for a terminal or a mail.
 *
 * At most 100 columns wide, or as the window is, but for display filters and
 * rows of tables: a filter is one line, to be pasted. Printable characters only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/text.h"
#include "core/model/cause.h"
#include "report/exchange.h"
#include "report/formats.h"
#include "report/lines.h"
#include "report/safe_text.h"
#include "report/story.h"

#define COLUMNS     100
#define COLUMNS_MIN 72

/* Entries of a section that are printed; the JSON has all of them. */
#define INCIDENTS_SHOWN 20
#define STALLS_SHOWN    50
#define ENTRIES_SHOWN   30
#define FLOWS_SHOWN     20
#define TXT_SHOWN       20

typedef struct ssk_page {
    ssk_story story;
    GString *out, *line; /**< line: scratch */
    unsigned columns;
    GHashTable *told; /**< meanings of causes, advice: said once; borrowed text */
} ssk_page;

static void heading(ssk_page *page, const char *title)
{
    g_string_append_printf(page->out, "\n%s\n", title);
}

static void put_row(void *user, const char *label, const char *text)
{
    ssk_page *page = user;
    char lead[24];
    g_snprintf(lead, sizeof lead, "  %-12s ", label);
    ssk_lines_wrap(page->out, lead, text, page->columns);
}

static GString *fresh(ssk_page *page)
{
    return g_string_truncate(page->line, 0);
}

static void put_line(ssk_page *page, const char *lead)
{
    ssk_lines_wrap(page->out, lead, page->line->str, page->columns);
}

static void put_more(ssk_page *page, size_t count, size_t shown)
{
    if (count > shown)
        g_string_append_printf(page->out, "  ... and %zu more (the JSON report has all)\n",
                               count - shown);
}

static void put_filter(ssk_page *page, const char *filter)
{
    if (!filter)
        return;
    g_string_append(page->out, "  filter       ");
    ssk_safe_text_append(page->out, filter);
    g_string_append_c(page->out, '\n');
}

static void put_evidence(ssk_page *page, const char *lead, const ssk_evidence *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ssk_story_evidence(&list[i], fresh(page));
        put_line(page, lead);
    }
}

/* Evidence that all causes of the verdict share is printed once, before them. */
static void put_evidence_of(ssk_page *page, const char *lead, const ssk_verdict *verdict,
                            const ssk_evidence *list, size_t count, bool shared)
{
    for (size_t i = 0; i < count; i++)
        if (ssk_story_is_shared(verdict, &list[i]) == shared)
            put_evidence(page, lead, &list[i], 1);
}

/* What a cause means stands where it is first named; the row of the verdict has its title. */
static void put_cause(ssk_page *page, const ssk_verdict *verdict, const ssk_cause *cause,
                      uint32_t flow)
{
    const ssk_cause_words *words = ssk_cause_words_find(cause->id);
    bool news = words && g_hash_table_add(page->told, (char *)words->meaning);
    size_t own = cause->n_against;
    for (size_t i = 0; i < cause->n_evidence; i++)
        own += !ssk_story_is_shared(verdict, &cause->evidence[i]);
    if (!news && !own)
        return;
    ssk_story_cause_title(&page->story, cause, flow, fresh(page));
    if (news)
        g_string_append_printf(page->line, ". %s", words->meaning);
    put_line(page, "    * ");
    put_evidence_of(page, "        for      ", verdict, cause->evidence, cause->n_evidence, false);
    put_evidence(page, "        against  ", cause->against, cause->n_against);
}

static void put_verdict(ssk_page *page, const ssk_verdict *verdict, uint32_t flow)
{
    ssk_story_verdict(&page->story, verdict, flow, fresh(page));
    put_row(page, "verdict", page->line->str);
    if (verdict->n_verdict)
        put_evidence_of(page, "    seen         ", verdict, verdict->causes[0].evidence,
                        verdict->causes[0].n_evidence, true);
    for (size_t i = 0; i < verdict->n_verdict; i++)
        put_cause(page, verdict, &verdict->causes[i], flow);
    for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        ssk_story_cause_title(&page->story, cause, flow, fresh(page));
        if (cause->n_against) {
            g_string_append(page->line, ": ");
            ssk_story_evidence(&cause->against[0], page->line);
        }
        put_row(page, "not", page->line->str);
    }
    if (verdict->next_capture && g_hash_table_add(page->told, (char *)verdict->next_capture)) {
        ssk_safe_text_append(fresh(page), verdict->next_capture);
        put_row(page, "next capture", page->line->str);
    }
}

static void put_finding(ssk_page *page, const ssk_result_finding *finding)
{
    bool note = !finding->severity || strcmp(finding->severity, "note") == 0;
    ssk_story_finding(finding, fresh(page));
    put_line(page, note ? "  * " : "  ! ");
}

static void put_incidents(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_incidents, INCIDENTS_SHOWN);

    ssk_story_summary(&page->story, fresh(page));
    g_string_append_c(page->out, '\n');
    put_line(page, "");
    for (size_t i = 0; i < result->n_findings; i++)
        if (ssk_story_is_of_incidents(&result->findings[i]))
            put_finding(page, &result->findings[i]);
    for (size_t i = 0; i < shown; i++) {
        char lead[24];
        g_snprintf(lead, sizeof lead, "  %2u. ", result->incidents[i].id);
        ssk_story_incident(&page->story, &result->incidents[i], fresh(page));
        put_line(page, lead);
    }
    put_more(page, result->n_incidents, shown);
    if (!result->n_stalls)
        ssk_story_scope(&page->story, put_row, page);
}

static void put_stalls(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_stalls, STALLS_SHOWN);

    for (size_t i = 0; i < shown; i++) {
        const ssk_result_stall *stall = &result->stalls[i];
        g_string_append_printf(fresh(page), "STALL %u: ", stall->id);
        ssk_story_stall_title(&page->story, stall, page->line);
        g_string_append_c(page->out, '\n');
        put_line(page, "");
        ssk_story_stall(&page->story, stall, put_row, page);
        ssk_exchange_text(&page->story, stall, "               ", page->out);
        put_verdict(page, &stall->verdict, stall->flow);
        put_filter(page, stall->filter);
    }
    put_more(page, result->n_stalls, shown);
}

static void put_measurement(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_measurement, ENTRIES_SHOWN);

    if (!shown)
        return;
    heading(page, "THE CAPTURE ITSELF (no fault of the network)");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_measurement *fault = &result->measurement[i];
        ssk_story_measurement(&page->story, fault, fresh(page));
        put_line(page, "  * ");
        put_evidence(page, "      ", fault->evidence, fault->n_evidence);
    }
    put_more(page, result->n_measurement, shown);
}

/* '#' on, '.' off; in rows that fit. */
static void put_strip(ssk_page *page, const char *strip)
{
    const size_t row = 80, rows = 4;
    size_t length = strip ? strlen(strip) : 0;

    for (size_t at = 0; at < MIN(length, row * rows); at += row) {
        g_string_truncate(page->line, 0);
        g_string_append_len(page->line, strip + at, (gssize)MIN(row, length - at));
        g_string_append(page->out, "               [");
        ssk_safe_text_append(page->out, page->line->str);
        g_string_append(page->out, "]\n");
    }
}

static void put_udp(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_udp, ENTRIES_SHOWN);

    if (!shown)
        return;
    heading(page, "UDP RECEPTION");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        ssk_story_udp_title(&page->story, udp, fresh(page));
        put_line(page, "  * ");
        ssk_story_udp(&page->story, udp, put_row, page);
        if (udp->has_on_off)
            put_strip(page, udp->on_off.strip);
        if (udp->judged)
            put_verdict(page, &udp->verdict, udp->flow);
    }
    put_more(page, result->n_udp, shown);
}

static void put_clocks(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t n = 0;

    if (!result->n_clocks)
        return;
    heading(page, "CLOCKS");
    for (size_t i = 0; i < result->n_clocks; i++) {
        if (ssk_story_clock_agrees(&result->clocks[i]) || n++ >= ENTRIES_SHOWN)
            continue;
        ssk_story_clock(&page->story, &result->clocks[i], fresh(page));
        put_line(page, "  * ");
    }
    put_more(page, n, MIN(n, ENTRIES_SHOWN));
    if (ssk_story_agreeing_clocks(&page->story, fresh(page)))
        put_line(page, "  * ");
}

static void put_findings(ssk_page *page, const ssk_result_finding *list, size_t count)
{
    size_t shown = MIN(count, ENTRIES_SHOWN);
    for (size_t i = 0; i < shown; i++)
        put_finding(page, &list[i]);
    put_more(page, count, shown);
}

static void put_bonjour(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_services, ENTRIES_SHOWN);

    if (!shown && !result->n_bonjour_findings)
        return;
    heading(page, "BONJOUR");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_service *service = &result->services[i];
        size_t n_txt = MIN(service->n_txt, TXT_SHOWN);
        ssk_story_service(&page->story, service, fresh(page));
        put_line(page, "  * ");
        for (size_t k = 0; k < n_txt; k++) {
            ssk_story_txt(&service->txt[k], fresh(page));
            put_line(page, "      ");
        }
        put_more(page, service->n_txt, n_txt);
    }
    put_more(page, result->n_services, shown);
    put_findings(page, result->bonjour_findings, result->n_bonjour_findings);
}

/* Columns of the table of flows: number, conversation with packets at its
 * right end, two gaps, period. */
#define FLOW_NUMBER       11
#define FLOW_CONVERSATION 56
#define FLOW_SPAN         10

static void put_blanks(ssk_page *page, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        g_string_append_c(page->out, ' ');
}

static void put_span_cell(ssk_page *page, bool known, ssk_span_ns span)
{
    char buf[SSK_TEXT_ROOM];
    g_string_append(page->out, "  ");
    ssk_lines_cell(page->out, known ? ssk_span_text(span, buf) : "-", FLOW_SPAN);
}

static void put_flow(ssk_page *page, const ssk_result_flow *flow)
{
    char number[24], packets[48];
    const ssk_result_direction *a = &flow->dir[SSK_A], *b = &flow->dir[SSK_B];
    ssk_span_ns period = a->period ? a->period : b->period;

    g_snprintf(number, sizeof number, "  %-4u %s ", flow->id,
               flow->transport == SSK_TCP ? "tcp" : "udp");
    g_snprintf(packets, sizeof packets, "%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT, a->packets,
               b->packets);
    ssk_story_conversation(flow, fresh(page));
    if (flow->process_name) {
        g_string_append(page->line, "  ");
        ssk_safe_text_append(page->line, flow->process_name);
    }
    unsigned used = ssk_lines_columns(page->line->str), wanted = (unsigned)strlen(packets);
    if (used + 1 + wanted > FLOW_CONVERSATION) { /* the numbers go on a line of their own */
        ssk_lines_wrap(page->out, number, page->line->str, page->columns);
        put_blanks(page, FLOW_NUMBER);
        used = 0;
    } else {
        ssk_lines_cell(page->out, number, FLOW_NUMBER);
        g_string_append(page->out, page->line->str);
    }
    put_blanks(page, FLOW_CONVERSATION - MIN(used + wanted, FLOW_CONVERSATION));
    g_string_append(page->out, packets);
    put_span_cell(page, a->has_max_gap, a->max_gap);
    put_span_cell(page, b->has_max_gap, b->max_gap);
    put_span_cell(page, period != 0, period);
    while (page->out->str[page->out->len - 1] == ' ')
        g_string_truncate(page->out, page->out->len - 1);
    g_string_append_c(page->out, '\n');
}

static void put_flows(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_flows, FLOWS_SHOWN);

    if (!shown)
        return;
    heading(page, shown < result->n_flows ? "FLOWS (the ones that matter most)" : "FLOWS");
    g_string_append(page->out, "  flow     conversation a -> b                          packets a/b"
                               "  longest gap a, b        period\n");
    const ssk_result_flow **flows = ssk_story_flows_by_weight(&page->story);
    for (size_t i = 0; i < shown; i++)
        put_flow(page, flows[i]);
    g_free(flows);
    put_more(page, result->n_flows, shown);
}

static void put_not_analysed(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = MIN(result->n_not_analysed, ENTRIES_SHOWN);

    if (!shown)
        return;
    heading(page, "NOT ANALYSED");
    for (size_t i = 0; i < shown; i++) {
        ssk_safe_text_append(fresh(page), result->not_analysed[i].what);
        g_string_append(page->line, ": ");
        ssk_safe_text_append(page->line, result->not_analysed[i].why);
        put_line(page, "  * ");
    }
    put_more(page, result->n_not_analysed, shown);
}

static void put_limits(ssk_page *page)
{
    if (!ssk_story_has_limits(&page->story))
        return;
    heading(page, "LIMITS REACHED");
    ssk_story_limits(&page->story, put_row, page);
}

static void write_text(const ssk_result *result, const ssk_host *host, GString *out)
{
    ssk_page page = {.out = out,
                     .line = g_string_new(NULL),
                     .columns = host->columns ? CLAMP(host->columns, COLUMNS_MIN, COLUMNS)
                                              : COLUMNS,
                     .told = g_hash_table_new(g_str_hash, g_str_equal)};

    ssk_story_init(&page.story, result, host);
    ssk_story_program(&page.story, page.line);
    put_line(&page, "");
    ssk_story_input(&page.story, put_row, &page);
    put_incidents(&page);
    put_stalls(&page);
    put_measurement(&page);
    put_udp(&page);
    put_clocks(&page);
    put_bonjour(&page);
    if (result->n_findings) {
        heading(&page, "ALSO FOUND");
        put_findings(&page, result->findings, result->n_findings);
    }
    put_flows(&page);
    put_not_analysed(&page);
    put_limits(&page);
    ssk_story_clear(&page.story);
    g_hash_table_destroy(page.told);
    g_string_free(page.line, TRUE);
}

const ssk_writer ssk_writer_text = {"text", "for reading: incidents first, details below",
                                    write_text};
