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
#include "report/formats.h"
#include "report/lines.h"
#include "report/phrase.h"
#include "report/safe_text.h"
#include "report/text_page.h"

#define COLUMNS     100
#define COLUMNS_MIN 72

/* Entries of a section that are printed; the JSON has all of them. */
#define ENTRIES_SHOWN 30
#define ALIKE_SHOWN   3 /* findings that differ in their numbers and hosts alone */
#define FLOWS_SHOWN   20
#define UDP_SHOWN     10
#define TXT_SHOWN     20

/* ---- the parts of a page ---- */

static void put_blanks(ssk_page *page, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        g_string_append_c(page->out, ' ');
}

GString *ssk_page_fresh(ssk_page *page)
{
    return g_string_truncate(page->line, 0);
}

/* Each line for itself, so that a pager may show any part of it. */
void ssk_page_paint(ssk_page *page, gsize at, ssk_paint paint)
{
    static const char *const codes[] = {
        [SSK_PAINT_PLAIN] = "", [SSK_PAINT_BOLD] = "1",    [SSK_PAINT_ALARM] = "1;31",
        [SSK_PAINT_DIM] = "2",  [SSK_PAINT_ADVICE] = "32",
    };
    if (!page->color || at >= page->out->len)
        return;
    char *plain = g_strndup(page->out->str + at, page->out->len - at);
    g_string_truncate(page->out, at);
    for (char *line = plain; *line;) {
        char *end = strchr(line, '\n');
        if (end)
            *end = 0;
        if (*line)
            g_string_append_printf(page->out, "\x1b[%sm%s\x1b[0m", codes[paint], line);
        if (end)
            g_string_append_c(page->out, '\n');
        line = end ? end + 1 : line + strlen(line);
    }
    g_free(plain);
}

void ssk_page_line(ssk_page *page, const char *lead)
{
    ssk_lines_wrap(page->out, lead, page->line->str, page->columns);
}

void ssk_page_row(void *user, const char *label, const char *text)
{
    ssk_page *page = user;
    char lead[24];
    g_snprintf(lead, sizeof lead, "  %-12s ", label);
    ssk_lines_wrap(page->out, lead, text, page->columns);
}

void ssk_page_more(ssk_page *page, size_t count, size_t shown, const char *how)
{
    if (count > shown)
        g_string_append_printf(page->out, "  ... and %zu more (%s)\n", count - shown, how);
}

void ssk_page_right(ssk_page *page, const char *text, unsigned columns)
{
    unsigned used = ssk_lines_columns(text);
    put_blanks(page, used < columns ? columns - used : 1);
    g_string_append(page->out, text);
}

void ssk_page_filter(ssk_page *page, const char *filter)
{
    if (!filter)
        return;
    g_string_append(page->out, "  filter       ");
    ssk_safe_text_append(page->out, filter);
    g_string_append_c(page->out, '\n');
}

static void heading(ssk_page *page, const char *title)
{
    gsize at = page->out->len;
    g_string_append_printf(page->out, "\n%s\n", title);
    ssk_page_paint(page, at, SSK_PAINT_BOLD);
}

static void put_more(ssk_page *page, size_t count, size_t shown)
{
    ssk_page_more(page, count, shown, "the JSON report has all");
}

static size_t limit_of(const ssk_page *page, size_t count, size_t most)
{
    return page->all ? count : MIN(count, most);
}

/* ---- a verdict with all of its reasons ---- */

static void put_evidence(ssk_page *page, const char *lead, const ssk_evidence *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        ssk_story_evidence(&list[i], ssk_page_fresh(page));
        ssk_page_line(page, lead);
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
    const ssk_cause_words *words = &ssk_cause_table[cause->id];
    bool news = g_hash_table_add(page->told, (char *)words->meaning);
    size_t own = cause->n_against;
    for (size_t i = 0; i < cause->n_evidence; i++)
        own += !ssk_story_is_shared(verdict, &cause->evidence[i]);
    if (!news && !own)
        return;
    ssk_story_cause_title(&page->story, cause, flow, ssk_page_fresh(page));
    if (news)
        g_string_append_printf(page->line, ". %s", words->meaning);
    ssk_page_line(page, "    * ");
    put_evidence_of(page, "        for      ", verdict, cause->evidence, cause->n_evidence, false);
    put_evidence(page, "        against  ", cause->against, cause->n_against);
}

void ssk_page_verdict(ssk_page *page, const ssk_verdict *verdict, uint32_t flow)
{
    ssk_story_verdict(&page->story, verdict, flow, ssk_page_fresh(page));
    ssk_page_row(page, "verdict", page->line->str);
    if (verdict->n_verdict)
        put_evidence_of(page, "    seen         ", verdict, verdict->causes[0].evidence,
                        verdict->causes[0].n_evidence, true);
    for (size_t i = 0; i < verdict->n_verdict; i++)
        put_cause(page, verdict, &verdict->causes[i], flow);
    for (size_t i = verdict->n_verdict; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        ssk_story_cause_title(&page->story, cause, flow, ssk_page_fresh(page));
        if (cause->n_against) {
            g_string_append(page->line, ": ");
            ssk_story_evidence(&cause->against[0], page->line);
        }
        ssk_page_row(page, "ruled out", page->line->str);
    }
    if (verdict->next_capture && g_hash_table_add(page->told, (char *)verdict->next_capture)) {
        ssk_safe_text_append(ssk_page_fresh(page), verdict->next_capture);
        ssk_page_row(page, "next capture", page->line->str);
    }
}

static void put_finding(ssk_page *page, const ssk_result_finding *finding)
{
    bool note = !finding->severity || strcmp(finding->severity, "note") == 0;
    ssk_story_finding(finding, ssk_page_fresh(page));
    ssk_page_line(page, note ? "  * " : "  ! ");
}

static void begin_kind(void *user, const char *text)
{
    ssk_page *page = user;
    ssk_lines_wrap(page->out, "  * ", text, page->columns);
}

static void put_case(void *user, const char *text)
{
    ssk_page *page = user;
    ssk_lines_wrap(page->out, "      ", text, page->columns);
}

static void end_kind(void *user, size_t count, size_t shown)
{
    put_more(user, count, shown);
}

static void put_measurement(ssk_page *page)
{
    static const ssk_story_list list = {begin_kind, put_case, end_kind};
    if (!page->story.result->n_measurement)
        return;
    heading(page, "THE CAPTURE ITSELF (no fault of the network)");
    ssk_story_measurements(&page->story, limit_of(page, SIZE_MAX, ENTRIES_SHOWN), page->verbose,
                           &list, page);
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

/* Steady datagrams have nothing to tell but that. */
static bool is_plain(const ssk_result_udp *udp)
{
    return !udp->has_on_off && !udp->has_reception && !udp->has_application && !udp->judged;
}

static void put_udp_flow(ssk_page *page, const ssk_result_udp *udp)
{
    ssk_story_udp_title(&page->story, udp, ssk_page_fresh(page));
    ssk_page_line(page, "  * ");
    ssk_story_udp(&page->story, udp, ssk_page_row, page);
    if (udp->has_on_off)
        put_strip(page, udp->on_off.strip);
    if (!udp->judged)
        return;
    ssk_digest *digest = ssk_digest_verdict(&udp->verdict, udp->flow);
    ssk_page_digest(page, digest, &udp->verdict, udp->flow, true);
    ssk_digest_free(digest);
}

static void put_udp(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = limit_of(page, SIZE_MAX, UDP_SHOWN), told = 0, plain = 0;
    GString *flows = g_string_new(NULL);

    if (result->n_udp)
        heading(page, "UDP RECEPTION");
    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (!is_plain(udp) || page->verbose) {
            if (told++ < shown)
                put_udp_flow(page, udp);
        } else if (plain++ < SSK_PHRASE_FRAMES) {
            g_string_append_printf(flows, "%s%u", plain > 1 ? ", " : "", udp->flow);
        }
    }
    put_more(page, told, MIN(told, shown));
    if (plain) {
        ssk_phrase_count(ssk_page_fresh(page), plain, "flow", "flows");
        g_string_append(page->line, plain == 1 ? " has" : " have");
        g_string_append_printf(page->line, " no on/off pattern (%s%s%s)",
                               plain == 1 ? "flow " : "flows ", flows->str,
                               plain > SSK_PHRASE_FRAMES ? " and more" : "");
        ssk_page_line(page, "  * ");
    }
    g_string_free(flows, TRUE);
}

static void put_clocks(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t n = 0;

    for (size_t i = 0; i < result->n_clocks; i++) {
        if (ssk_story_clock_agrees(&result->clocks[i]) || n++ >= ENTRIES_SHOWN)
            continue;
        if (n == 1)
            heading(page, "CLOCKS");
        ssk_story_clock(&page->story, &result->clocks[i], ssk_page_fresh(page));
        ssk_page_line(page, "  * ");
    }
    put_more(page, n, MIN(n, ENTRIES_SHOWN));
}

/* Is it the fourth of a kind, or a later one: a resolver that is down is told for some of its hosts. */
static bool is_one_more(const ssk_page *page, GHashTable *alike, const ssk_result_finding *finding)
{
    char *text = ssk_digest_shape(finding->text ? finding->text : "", false),
         *shape = g_strconcat(ssk_cause_text(finding->id), " ", text, NULL);
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(alike, shape)) + 1;
    g_hash_table_insert(alike, shape, GUINT_TO_POINTER(n));
    g_free(text);
    return !page->all && n > ALIKE_SHOWN;
}

/* @param title: of the section, which is empty without a finding; NULL: none */
static void put_findings(ssk_page *page, const char *title, const ssk_result_finding *list,
                         size_t count)
{
    GHashTable *alike = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    size_t n = 0, shown = 0, most = limit_of(page, SIZE_MAX, ENTRIES_SHOWN);

    for (size_t i = 0; i < count; i++) {
        if (ssk_story_is_told(page->story.result, &list[i]))
            continue;
        if (!n++ && title)
            heading(page, title);
        if (shown >= most || is_one_more(page, alike, &list[i]))
            continue;
        put_finding(page, &list[i]);
        shown++;
    }
    put_more(page, n, shown);
    g_hash_table_destroy(alike);
}

static void put_bonjour(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = limit_of(page, result->n_services, ENTRIES_SHOWN);

    if (!shown && !result->n_bonjour_findings)
        return;
    heading(page, "BONJOUR");
    for (size_t i = 0; i < shown; i++) {
        const ssk_result_service *service = &result->services[i];
        size_t n_txt = limit_of(page, service->n_txt, TXT_SHOWN);
        ssk_story_service(&page->story, service, ssk_page_fresh(page));
        ssk_page_line(page, "  * ");
        for (size_t k = 0; k < n_txt; k++) {
            ssk_story_txt(&service->txt[k], ssk_page_fresh(page));
            ssk_page_line(page, "      ");
        }
        put_more(page, service->n_txt, n_txt);
    }
    put_more(page, result->n_services, shown);
    put_findings(page, NULL, result->bonjour_findings, result->n_bonjour_findings);
}

/* Columns of the table of flows: number, conversation with packets at its
 * right end, two gaps, period. */
#define FLOW_NUMBER 11
#define FLOW_SPAN   11

static unsigned flow_conversation(const ssk_page *page)
{
    return page->columns - FLOW_NUMBER - 3 * FLOW_SPAN;
}

static void put_span_cell(ssk_page *page, bool known, ssk_span_ns span)
{
    char buf[SSK_TEXT_ROOM];
    ssk_page_right(page, known ? ssk_span_text(span, buf) : "-", FLOW_SPAN);
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
    ssk_story_conversation(flow, ssk_page_fresh(page));
    if (flow->process_name) {
        g_string_append(page->line, "  ");
        ssk_safe_text_append(page->line, flow->process_name);
    }
    unsigned used = ssk_lines_columns(page->line->str), wanted = (unsigned)strlen(packets);
    if (used + 1 + wanted > flow_conversation(page)) { /* the numbers go on a line of their own */
        ssk_lines_wrap(page->out, number, page->line->str, page->columns);
        put_blanks(page, FLOW_NUMBER);
        used = 0;
    } else {
        ssk_lines_cell(page->out, number, FLOW_NUMBER);
        g_string_append(page->out, page->line->str);
    }
    put_blanks(page, flow_conversation(page) - MIN(used + wanted, flow_conversation(page)));
    g_string_append(page->out, packets);
    put_span_cell(page, a->has_max_gap, a->max_gap);
    put_span_cell(page, b->has_max_gap, b->max_gap);
    put_span_cell(page, period != 0, period);
    while (page->out->str[page->out->len - 1] == ' ')
        g_string_truncate(page->out, page->out->len - 1);
    g_string_append_c(page->out, '\n');
}

/* Flows that an incident's table has are not told again, unless all are asked for. */
static void put_flows(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t left = 0, shown = 0;

    for (size_t i = 0; i < result->n_flows; i++)
        left += page->all ||
                !g_hash_table_contains(page->shown, GUINT_TO_POINTER(result->flows[i].id));
    if (!left)
        return;
    size_t most = limit_of(page, left, FLOWS_SHOWN);
    gsize at = page->out->len;
    g_string_append_printf(page->out, "\n%-*spackets ->/<- longest gap -> and <-   period\n",
                           (int)(FLOW_NUMBER + flow_conversation(page) - 12),
                           left == result->n_flows ? "FLOWS" : "OTHER FLOWS");
    ssk_page_paint(page, at, SSK_PAINT_BOLD);
    const ssk_result_flow **flows = ssk_story_flows_by_weight(&page->story);
    for (size_t i = 0; i < result->n_flows && shown < most; i++) {
        if (!page->all && g_hash_table_contains(page->shown, GUINT_TO_POINTER(flows[i]->id)))
            continue;
        put_flow(page, flows[i]);
        shown++;
    }
    g_free(flows);
    ssk_page_more(page, left, shown, "--flows=all lists all");
}

static void put_not_analysed(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = limit_of(page, result->n_not_analysed, ENTRIES_SHOWN);

    if (!shown)
        return;
    heading(page, "NOT ANALYZED");
    for (size_t i = 0; i < shown; i++) {
        ssk_safe_text_append(ssk_page_fresh(page), result->not_analysed[i].what);
        g_string_append(page->line, ": ");
        ssk_safe_text_append(page->line, result->not_analysed[i].why);
        ssk_page_line(page, "  * ");
    }
    put_more(page, result->n_not_analysed, shown);
}

static void put_limits(ssk_page *page)
{
    if (!ssk_story_has_limits(&page->story))
        return;
    heading(page, "LIMITS REACHED");
    ssk_story_limits(&page->story, ssk_page_row, page);
}

static void put_answer(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    gsize at = page->out->len;

    ssk_story_answer(&page->story, ssk_page_fresh(page));
    ssk_page_line(page, "");
    ssk_page_paint(page, at, SSK_PAINT_BOLD);
    for (size_t i = 0; i < result->n_findings; i++)
        if (ssk_story_is_of_incidents(&result->findings[i]))
            put_finding(page, &result->findings[i]);
    if (!result->n_stalls)
        ssk_story_scope(&page->story, ssk_page_row, page);
}

static void put_views(ssk_page *page)
{
    if (!page->story.result->n_views)
        return;
    heading(page, "BETWEEN THE CAPTURES");
    ssk_story_views(&page->story, ssk_page_row, page);
}

static void put_capture(ssk_page *page)
{
    GString *title = g_string_new("THE CAPTURE, analyzed by ");
    ssk_story_program(&page->story, title);
    heading(page, title->str);
    g_string_free(title, TRUE);
    ssk_story_input(&page->story, ssk_page_row, page);
    if (page->verbose && ssk_story_agreeing_clocks(&page->story, ssk_page_fresh(page)))
        ssk_page_row(page, "clocks", page->line->str);
}

static void write_text(const ssk_result *result, const ssk_host *host, GString *out)
{
    ssk_page page = {.out = out,
                     .line = g_string_new(NULL),
                     .columns = host->columns ? CLAMP(host->columns, COLUMNS_MIN, COLUMNS)
                                              : COLUMNS,
                     .color = host->color,
                     .verbose = host->verbose,
                     .all = host->verbose || result->config.flows == SSK_FLOWS_ALL,
                     .told = g_hash_table_new(g_str_hash, g_str_equal),
                     .shown = g_hash_table_new(NULL, NULL)};

    ssk_story_init(&page.story, result, host);
    put_answer(&page);
    ssk_page_incidents(&page);
    put_views(&page);
    put_measurement(&page);
    put_udp(&page);
    put_clocks(&page);
    put_bonjour(&page);
    put_findings(&page, "ALSO FOUND", result->findings, result->n_findings);
    put_flows(&page);
    put_capture(&page);
    put_not_analysed(&page);
    put_limits(&page);
    ssk_story_clear(&page.story);
    g_hash_table_destroy(page.told);
    g_hash_table_destroy(page.shown);
    g_string_free(page.line, TRUE);
}

const ssk_writer ssk_writer_text = {"text", "for reading, incidents first", write_text};
