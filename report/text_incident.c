/* text_incident.c - one section per incident: verdict, evidence, and a table of its stalls.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/text_page.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/cause.h"
#include "report/exchange.h"
#include "report/lines.h"
#include "report/safe_text.h"
#include "report/strip.h"

/* What is printed; the JSON has all of it. */
#define INCIDENTS_SHOWN 20
#define GROUPS_SHOWN    4
#define REASONS_SHOWN   12
#define STALLS_SHOWN    20
/* In a longer table a stall has a line of remarks only where it went another way than the one
 * above. */
#define TABLE_SHORT 3

/* ---- verdict and evidence ---- */

/* A line under a label, or under the line before it. */
typedef struct ssk_labelled {
    ssk_page *page;
    const char *label;
} ssk_labelled;

static void put_labelled(void *user, const char *line)
{
    ssk_labelled *labelled = user;
    ssk_page_row(labelled->page, labelled->label, line);
    labelled->label = "";
}

static void take_part(void *user, const char *text)
{
    GString *line = user;
    g_string_append_printf(line, "%s%s", line->len ? "; " : "", text);
}

/* What speaks for a cause, then what only speaks against one; what an earlier group of the incident
 * has told by its number. */
static void put_reasons(ssk_page *page, const ssk_digest *digest)
{
    const size_t shown = page->all ? SIZE_MAX : REASONS_SHOWN;
    const char *label = "";
    GString *above = g_string_new(NULL);
    size_t count = 0;
    for (guint i = 0; i < digest->listed->len; i++) {
        const ssk_reason *reason = g_ptr_array_index(digest->listed, i);
        const char *kind = reason->contra ? "against" : "seen";
        char lead[24];
        if (reason->repeated) {
            g_string_append_printf(above, "%s%u", above->len ? ", " : "", reason->number);
            continue;
        }
        if (count++ >= shown)
            continue;
        g_snprintf(lead, sizeof lead, "  %-10s %2u ", strcmp(kind, label) == 0 ? "" : kind,
                   reason->number);
        ssk_digest_reason(reason, ssk_page_fresh(page));
        ssk_page_line(page, lead);
        label = kind;
    }
    if (above->len)
        ssk_page_row(page, "as above", above->str);
    g_string_free(above, TRUE);
    ssk_page_more(page, count, MIN(count, shown), "--verbose has all");
}

/* The causes that stand, each with what it means where that is news. */
static void put_verdict(ssk_page *page, const ssk_verdict *verdict, uint32_t flow)
{
    bool news = false;
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause_words *words = ssk_cause_words_find(verdict->causes[i].id);
        news |= words && !g_hash_table_contains(page->told, words->meaning);
    }
    if (!news) {
        ssk_story_likely(&page->story, verdict, flow, ssk_page_fresh(page));
        ssk_page_row(page, "verdict", page->line->str);
        return;
    }
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause_words *words = ssk_cause_words_find(verdict->causes[i].id);
        GString *line = ssk_page_fresh(page);
        ssk_story_in_turn(&page->story, verdict, i, flow, line);
        g_string_append_c(line, '.');
        if (words && g_hash_table_add(page->told, (char *)words->meaning))
            g_string_append_printf(line, " %s", words->meaning);
        ssk_page_row(page, i ? "" : "verdict", line->str);
    }
}

void ssk_page_digest(ssk_page *page, const ssk_digest *digest, const ssk_verdict *verdict,
                     uint32_t flow, bool first)
{
    ssk_labelled labelled = {page, "weighing"};
    gsize at = page->out->len;

    put_verdict(page, verdict, flow);
    ssk_page_paint(page, at, SSK_PAINT_BOLD);
    put_reasons(page, digest);
    ssk_digest_weighing(&page->story, digest, put_labelled, &labelled);
    ssk_page_fresh(page);
    if (first || page->verbose)
        ssk_digest_ruled_out(&page->story, digest, true, take_part, page->line);
    if (page->line->len)
        ssk_page_row(page, "ruled out", page->line->str);
    if (first && verdict->n_verdict > 1) {
        g_string_printf(ssk_page_fresh(page), "which of these %zu causes it was",
                        verdict->n_verdict);
        ssk_page_row(page, "cannot tell", page->line->str);
    }
    if (verdict->next_capture && g_hash_table_add(page->told, (char *)verdict->next_capture)) {
        at = page->out->len;
        ssk_safe_text_append(ssk_page_fresh(page), verdict->next_capture);
        ssk_page_row(page, "next capture", page->line->str);
        ssk_page_paint(page, at, SSK_PAINT_ADVICE);
    }
}

/* ---- the timeline ---- */

static void put_strip(ssk_page *page, const ssk_result_stall *stall)
{
    ssk_strip strip;
    char buf[SSK_TEXT_ROOM], name[24];
    const unsigned columns = MIN(SSK_STRIP_COLUMNS, page->columns - 18);

    if (!ssk_strip_make(&page->story, stall, columns, &strip))
        return;
    for (int dir = 0; dir < 2; dir++) {
        const char *text = ssk_addr_text(strip.from[dir], buf);
        gsize length = strlen(text);
        g_snprintf(name, sizeof name, "%s%s", length > 15 ? ".." : "",
                   length > 15 ? text + length - 13 : text);
        g_string_append_printf(page->out, "  %-15s %s\n", name, strip.line[dir]);
    }
    gsize at = page->out->len;
    g_string_append_printf(page->out, "%-18s%s\n", "", strip.scale);
    if (g_hash_table_add(page->told, (char *)"strip")) {
        ssk_strip_legend(&strip, ssk_page_fresh(page));
        ssk_page_line(page, "                  ");
    }
    ssk_page_paint(page, at, SSK_PAINT_DIM);
    ssk_strip_clear(&strip);
}

/* ---- the table of stalls ---- */

#define CELL    16
#define NUMBERS 58 /* columns of a row without its conversation */

static unsigned conversation_columns(const ssk_page *page)
{
    return page->columns - NUMBERS;
}

static void put_end(ssk_page *page, bool known, uint32_t frame, ssk_time_ns time)
{
    GString *cell = g_string_new(NULL);
    if (known) {
        if (frame)
            g_string_append_printf(cell, "#%u ", frame);
        GString *offset = g_string_new(NULL);
        ssk_story_offset(&page->story, time, offset);
        g_string_append_printf(cell, "%9s", offset->str);
        g_string_free(offset, TRUE);
    } else {
        g_string_append(cell, "never");
    }
    ssk_page_right(page, cell->str, CELL);
    g_string_free(cell, TRUE);
}

static void put_stall_row(ssk_page *page, const ssk_result_stall *stall)
{
    char buf[SSK_TEXT_ROOM];
    const ssk_result_flow *flow = ssk_result_find_flow(page->story.result, stall->flow);

    g_string_append_printf(page->out, "  %4u  ", stall->flow);
    ssk_page_fresh(page);
    if (flow)
        ssk_story_conversation(flow, page->line);
    unsigned used = ssk_lines_columns(page->line->str);
    g_string_append(page->out, page->line->str);
    const unsigned room = conversation_columns(page);
    if (used > room) { /* the numbers go on a line of their own */
        g_string_append_printf(page->out, "\n%*s", (int)(8 + room), "");
    } else {
        g_string_append_printf(page->out, "%*s", (int)(room - used), "");
    }
    ssk_page_right(page, ssk_span_text(stall->duration, buf), 9);
    put_end(page, true, stall->frame_before, stall->start);
    put_end(page, !stall->open && stall->end != SSK_TIME_NONE, stall->frame_after, stall->end);
    char missed[24] = "-";
    if (stall->missed >= 0)
        g_snprintf(missed, sizeof missed, "%" G_GINT64_FORMAT, stall->missed);
    ssk_page_right(page, missed, 7);
    g_string_append_c(page->out, '\n');
    g_hash_table_add(page->shown, GUINT_TO_POINTER(stall->flow));
}

static void put_stalls(ssk_page *page, const GPtrArray *groups, size_t count)
{
    const ssk_result_stall *lead = ((const ssk_digest *)groups->pdata[0])->lead;
    size_t shown = page->all ? count : MIN(count, STALLS_SHOWN), n = 0;
    char *above = NULL;

    gsize at = page->out->len;
    g_string_append_printf(page->out, "  flow  %-*s%9s%16s%16s%7s\n",
                           (int)conversation_columns(page), "conversation", "silent", "last before",
                           "first after", "missed");
    ssk_page_paint(page, at, SSK_PAINT_DIM);
    for (guint g = 0; g < groups->len; g++) {
        const ssk_digest *group = groups->pdata[g];
        for (guint i = 0; i < group->stalls->len; i++) {
            const ssk_result_stall *stall = group->stalls->pdata[i];
            g_hash_table_add(page->shown, GUINT_TO_POINTER(stall->flow));
            if (n++ >= shown)
                continue;
            put_stall_row(page, stall);
            ssk_story_stall_remark(&page->story, stall, lead, ssk_page_fresh(page));
            char *shape = ssk_digest_shape(page->line->str);
            if (page->line->len && (count <= TABLE_SHORT || g_strcmp0(above, shape) != 0))
                ssk_page_line(page, "        ");
            g_free(above);
            above = shape;
        }
    }
    g_free(above);
    ssk_page_more(page, count, shown, "--flows=all lists all");
}

/* ---- the section ---- */

static void put_group(ssk_page *page, const ssk_digest *group, guint number)
{
    const ssk_result_stall *lead = group->lead;
    if (number) {
        GString *line = ssk_page_fresh(page);
        g_string_append(line, group->stalls->len == 1 ? "flow " : "flows ");
        for (guint i = 0; i < MIN(group->stalls->len, 6); i++)
            g_string_append_printf(line, "%s%u", i ? ", " : "",
                                   ((const ssk_result_stall *)group->stalls->pdata[i])->flow);
        if (group->stalls->len > 6)
            g_string_append_printf(line, " and %u more", group->stalls->len - 6);
        g_string_append(line, ": ");
        ssk_story_silence(&page->story, lead, lead->duration, line);
        ssk_page_row(page, "apart", line->str);
    }
    ssk_page_digest(page, group, &lead->verdict, lead->flow, !number);
}

static void put_incident(ssk_page *page, const ssk_result_incident *incident)
{
    GPtrArray *groups = ssk_digest_incident(&page->story, incident);
    gsize at = page->out->len;

    const bool only = page->story.result->n_incidents == 1; /* the answer is its headline */
    g_string_printf(ssk_page_fresh(page), "INCIDENT %u: ", incident->id);
    if (only)
        ssk_story_incident_when(&page->story, incident, page->line);
    else
        ssk_story_incident_title(&page->story, incident, page->line);
    g_string_append_c(page->out, '\n');
    ssk_page_line(page, "");
    ssk_page_paint(page, at, SSK_PAINT_ALARM);
    ssk_story_incident_when(&page->story, incident, ssk_page_fresh(page));
    if (!only)
        ssk_page_row(page, "when", page->line->str);
    if (groups->len) {
        const ssk_result_stall *lead = ((const ssk_digest *)groups->pdata[0])->lead;
        put_strip(page, lead);
        guint shown = page->all ? groups->len : MIN(groups->len, GROUPS_SHOWN);
        for (guint i = 0; i < shown; i++)
            put_group(page, groups->pdata[i], i);
        if (groups->len > shown) {
            g_string_printf(ssk_page_fresh(page),
                            "%u more sets of causes on other flows (--verbose has them)",
                            groups->len - shown);
            ssk_page_row(page, "apart", page->line->str);
        }
        ssk_story_crossings(&page->story, lead, ssk_page_row, page);
        ssk_exchange_text(&page->story, lead, "               ", page->out);
        put_stalls(page, groups, incident->n_stalls);
        at = page->out->len;
        ssk_page_filter(page, lead->filter);
        ssk_page_paint(page, at, SSK_PAINT_DIM);
    }
    g_ptr_array_free(groups, TRUE);
}

/* ---- --verbose: each stall for itself ---- */

static void put_stall(ssk_page *page, const ssk_result_stall *stall)
{
    gsize at = page->out->len;
    g_string_append_printf(ssk_page_fresh(page), "STALL %u: ", stall->id);
    ssk_story_stall_title(&page->story, stall, page->line);
    g_string_append_c(page->out, '\n');
    ssk_page_line(page, "");
    ssk_page_paint(page, at, SSK_PAINT_BOLD);
    ssk_story_stall(&page->story, stall, ssk_page_row, page);
    ssk_exchange_text(&page->story, stall, "               ", page->out);
    ssk_page_verdict(page, &stall->verdict, stall->flow);
    ssk_page_filter(page, stall->filter);
}

void ssk_page_incidents(ssk_page *page)
{
    const ssk_result *result = page->story.result;
    size_t shown = page->all ? result->n_incidents : MIN(result->n_incidents, INCIDENTS_SHOWN);

    for (size_t i = 0; i < shown; i++)
        put_incident(page, &result->incidents[i]);
    ssk_page_more(page, result->n_incidents, shown, "--flows=all lists all");
    for (size_t i = 0; page->verbose && i < result->n_stalls; i++)
        put_stall(page, &result->stalls[i]);
}
