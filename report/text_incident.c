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
#define RULED_OUT_SHOWN 3
#define STALLS_SHOWN    20
/* In a longer table a remark that differs only in its numbers is printed once. */
#define TABLE_SHORT 8
/* Minimum rows of each way in which stalls went, in a table that is cut. */
#define RUN_SHOWN 3

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

/* Parts of one line, of which the first are shown. */
typedef struct ssk_parts {
    GString *line;
    size_t count, shown;
} ssk_parts;

static void take_part(void *user, const char *text)
{
    ssk_parts *parts = user;
    if (parts->count++ < parts->shown)
        g_string_append_printf(parts->line, "%s%s", parts->line->len ? "; " : "", text);
}

static void put_ruled_out(ssk_page *page, const ssk_digest *digest)
{
    ssk_parts parts = {ssk_page_fresh(page), 0, page->verbose ? SIZE_MAX : RULED_OUT_SHOWN};
    ssk_digest_ruled_out(&page->story, digest, true, take_part, &parts);
    if (parts.count > parts.shown)
        g_string_append_printf(page->line, "; and more, for %zu other reason%s (--verbose)",
                               parts.count - parts.shown,
                               parts.count - parts.shown == 1 ? "" : "s");
    if (page->line->len)
        ssk_page_row(page, "ruled out", page->line->str);
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
    if (ssk_digest_numbers(digest, ssk_page_fresh(page))) {
        if (!page->verbose)
            g_string_append(page->line, "; --verbose has those of the others");
        ssk_page_row(page, "numbers", page->line->str);
    }
}

/* The causes that stand, each with what it means where that is news. */
static void put_verdict(ssk_page *page, const ssk_verdict *verdict, uint32_t flow)
{
    bool news = false;
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause_words *words = &ssk_cause_table[verdict->causes[i].id];
        news |= !g_hash_table_contains(page->told, words->meaning);
    }
    if (!news) {
        ssk_story_likely(&page->story, verdict, flow, ssk_page_fresh(page));
        ssk_page_row(page, "verdict", page->line->str);
        return;
    }
    for (size_t i = 0; i < verdict->n_verdict; i++) {
        const ssk_cause_words *words = &ssk_cause_table[verdict->causes[i].id];
        GString *line = ssk_page_fresh(page);
        ssk_story_in_turn(&page->story, verdict, i, flow, line);
        g_string_append_c(line, '.');
        if (g_hash_table_add(page->told, (char *)words->meaning))
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
    if (first || page->verbose)
        put_ruled_out(page, digest);
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

/* The end of a name that is too long says more than its beginning. */
static void put_strip_line(ssk_page *page, const char *name, const char *line)
{
    glong length = g_utf8_strlen(name, -1);
    const char *end = length > 15 ? g_utf8_offset_to_pointer(name, length - 13) : name;
    g_string_append_printf(page->out, "  %s", length > 15 ? ".." : "");
    ssk_safe_text_append(page->out, end);
    for (glong i = MIN(length, 15); i < 15; i++)
        g_string_append_c(page->out, ' ');
    g_string_append_printf(page->out, " %s\n", line);
}

static void put_strip(ssk_page *page, const ssk_result_stall *stall)
{
    ssk_strip strip;
    char buf[SSK_TEXT_ROOM];
    const unsigned columns = MIN(SSK_STRIP_COLUMNS, page->columns - 18);

    if (!ssk_strip_make(&page->story, stall, columns, &strip))
        return;
    for (unsigned i = 0; i < strip.n_logs; i++)
        put_strip_line(page, strip.log_name[i], strip.log[i]);
    for (int dir = 0; dir < 2; dir++)
        put_strip_line(page, ssk_addr_text(strip.from[dir], buf), strip.line[dir]);
    gsize at = page->out->len;
    g_string_append_printf(page->out, "%-18s%s\n", "", strip.scale);
    if (ssk_strip_legend(&strip, page->told, ssk_page_fresh(page)))
        ssk_page_line(page, "                  ");
    ssk_page_paint(page, at, SSK_PAINT_DIM);
    ssk_strip_clear(&strip);
}

/* Two captures and the logs, side by side. */
static void put_exchange(ssk_page *page, const ssk_result_stall *stall)
{
    if (ssk_exchange_head(&page->story, stall, ssk_page_fresh(page)))
        ssk_page_row(page, "drawn", page->line->str);
    ssk_exchange_text(&page->story, stall, page->columns, page->out);
}

/* ---- the table of stalls ---- */

/* Columns with numbers, right-aligned: each as wide as its widest cell. */
enum { SILENT, BEFORE, AFTER, MISSED, N_CELLS };
static const char *const titles[N_CELLS] = {"silent", "last before", "first after", "missed"};
#define CELL_ROOM 64

typedef struct ssk_cells {
    char text[N_CELLS][CELL_ROOM];
} ssk_cells;

static void write_end(const ssk_page *page, bool known, uint32_t frame, ssk_time_ns time,
                      char cell[CELL_ROOM])
{
    GString *offset = g_string_new(NULL);
    if (known)
        ssk_story_offset(&page->story, time, offset);
    if (!known)
        g_strlcpy(cell, "never", CELL_ROOM);
    else if (frame)
        g_snprintf(cell, CELL_ROOM, "#%u %9s", frame, offset->str);
    else
        g_snprintf(cell, CELL_ROOM, "%9s", offset->str);
    g_string_free(offset, TRUE);
}

static ssk_cells cells_of(const ssk_page *page, const ssk_result_stall *stall)
{
    ssk_cells cells;
    char buf[SSK_TEXT_ROOM];
    g_strlcpy(cells.text[SILENT], ssk_span_text(stall->duration, buf), CELL_ROOM);
    write_end(page, true, stall->frame_before, stall->start, cells.text[BEFORE]);
    write_end(page, ssk_story_is_resumed(stall), stall->frame_after, stall->end, cells.text[AFTER]);
    if (stall->missed >= 0)
        g_snprintf(cells.text[MISSED], CELL_ROOM, "%" G_GINT64_FORMAT, stall->missed);
    else
        g_strlcpy(cells.text[MISSED], "-", CELL_ROOM);
    return cells;
}

/* The widths that a table needs, and what they leave for the conversation. */
typedef struct ssk_widths {
    unsigned cell[N_CELLS], conversation;
} ssk_widths;

static void put_stall_row(ssk_page *page, const ssk_result_stall *stall, const ssk_widths *widths)
{
    const ssk_result_flow *flow = ssk_result_find_flow(page->story.result, stall->flow);
    const ssk_cells cells = cells_of(page, stall);

    g_string_append_printf(page->out, "  %4u  ", stall->flow);
    ssk_page_fresh(page);
    if (flow)
        ssk_story_conversation(flow, page->line);
    unsigned used = ssk_lines_columns(page->line->str);
    g_string_append(page->out, page->line->str);
    if (used > widths->conversation) { /* the numbers go on a line of their own */
        g_string_append_printf(page->out, "\n%*s", (int)(8 + widths->conversation), "");
    } else {
        g_string_append_printf(page->out, "%*s", (int)(widths->conversation - used), "");
    }
    for (int i = 0; i < N_CELLS; i++)
        ssk_page_right(page, cells.text[i], widths->cell[i]);
    g_string_append_c(page->out, '\n');
}

/* A stall and its remark. Stalls that went the same way stand together: their remarks have one
 * shape, that is, the same words with other numbers. */
typedef struct ssk_entry {
    const ssk_result_stall *stall;
    char *remark, *shape; /* owned */
    guint run;            /* number of its shape, in the order of first appearance */
} ssk_entry;

static void clear_entry(void *data)
{
    ssk_entry *entry = data;
    g_free(entry->remark);
    g_free(entry->shape);
}

static gint by_run(gconstpointer a, gconstpointer b)
{
    const ssk_entry *x = a, *y = b;
    return x->run < y->run ? -1 : x->run > y->run;
}

/* @return of ssk_entry, the stalls of a run one after the other; owned by the caller */
static GArray *entries_of(ssk_page *page, const GPtrArray *groups)
{
    const ssk_result_stall *lead = ((const ssk_digest *)groups->pdata[0])->lead;
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(ssk_entry));
    GHashTable *runs = g_hash_table_new(g_str_hash, g_str_equal);

    g_array_set_clear_func(entries, clear_entry);
    for (guint g = 0; g < groups->len; g++) {
        const ssk_digest *group = groups->pdata[g];
        for (guint i = 0; i < group->stalls->len; i++) {
            ssk_entry entry = {.stall = group->stalls->pdata[i]};
            g_hash_table_add(page->shown, GUINT_TO_POINTER(entry.stall->flow));
            ssk_story_stall_remark(&page->story, entry.stall, lead, ssk_page_fresh(page));
            entry.remark = g_strdup(page->line->str);
            if (entry.stall == lead) /* what it owed, all others owed too */
                ssk_story_stall_remark(&page->story, lead, NULL, ssk_page_fresh(page));
            entry.shape = ssk_digest_shape(page->line->str, false);
            gpointer run;
            if (g_hash_table_lookup_extended(runs, entry.shape, NULL, &run))
                entry.run = GPOINTER_TO_UINT(run);
            else
                g_hash_table_insert(runs, entry.shape,
                                    GUINT_TO_POINTER(entry.run = g_hash_table_size(runs)));
            g_array_append_val(entries, entry);
        }
    }
    g_hash_table_destroy(runs);
    g_array_sort(entries, by_run); /* stable */
    return entries;
}

/* "did not resume (also flows 6, 10 and 122 more)", "replaced by flow 501 (similar: ...)",
 * "the answer came (3 times more)" where one flow stalled again and again. */
static void put_remark(ssk_page *page, const ssk_entry *run, guint n, bool same)
{
    if (!*run->remark)
        return;
    GString *line = ssk_page_fresh(page);
    g_string_append(line, run->remark);
    ssk_flow_set *others = ssk_flow_set_new();
    for (guint i = 1; i < n; i++)
        if (run[i].stall->flow != run->stall->flow)
            ssk_flow_set_add(others, run[i].stall->flow);
    if (ssk_flow_set_size(others)) {
        g_string_append(line, same ? " (also " : " (similar: ");
        ssk_flow_set_put(others, line);
        g_string_append_c(line, ')');
    } else if (n > 1) {
        g_string_append_printf(line, same ? " (%u %s more)" : " (similar %u %s more)", n - 1,
                               n == 2 ? "time" : "times");
    }
    ssk_flow_set_free(others);
    ssk_page_line(page, "        ");
}

/* @param each: a remark for each that has numbers of its own */
static void put_run(ssk_page *page, const ssk_entry *run, guint n, guint shown, bool each,
                    const ssk_widths *widths)
{
    bool same = true;
    for (guint i = 2; i < n; i++) /* the first may be the lead, which has more to say */
        same = same && strcmp(run[i].remark, run[1].remark) == 0;
    same = same && (n < 2 || g_str_has_suffix(run[0].remark, run[1].remark));
    for (guint i = 0; i < shown; i++) {
        put_stall_row(page, run[i].stall, widths);
        if (each && !same)
            put_remark(page, &run[i], 1, true);
        else if (!i)
            put_remark(page, run, n, same);
    }
}

static guint run_length(const GArray *entries, guint from)
{
    guint n = 1;
    while (from + n < entries->len && g_array_index(entries, ssk_entry, from + n).run ==
                                          g_array_index(entries, ssk_entry, from).run)
        n++;
    return n;
}

static ssk_widths widths_of(const ssk_page *page, const GArray *entries)
{
    ssk_widths widths;
    unsigned sum = 0;
    for (int i = 0; i < N_CELLS; i++)
        widths.cell[i] = (unsigned)strlen(titles[i]);
    for (guint i = 0; i < entries->len; i++) {
        const ssk_cells cells = cells_of(page, g_array_index(entries, ssk_entry, i).stall);
        for (int k = 0; k < N_CELLS; k++)
            widths.cell[k] = MAX(widths.cell[k], (unsigned)strlen(cells.text[k]));
    }
    for (int i = 0; i < N_CELLS; i++)
        sum += widths.cell[i] += i ? 2 : 1; /* blanks before it */
    widths.conversation = page->columns > 8 + sum + 12 ? page->columns - 8 - sum : 12;
    return widths;
}

static void put_stalls(ssk_page *page, const GPtrArray *groups)
{
    GArray *entries = entries_of(page, groups);
    const ssk_widths widths = widths_of(page, entries);
    size_t room = page->all ? entries->len : MIN(entries->len, STALLS_SHOWN), shown = 0;
    guint runs = g_array_index(entries, ssk_entry, entries->len - 1).run + 1;

    gsize at = page->out->len;
    g_string_append_printf(page->out, "  flow  %-*s", (int)widths.conversation, "conversation");
    for (int i = 0; i < N_CELLS; i++)
        ssk_page_right(page, titles[i], widths.cell[i]);
    g_string_append_c(page->out, '\n');
    ssk_page_paint(page, at, SSK_PAINT_DIM);
    for (guint from = 0, n; from < entries->len && shown < room; from += n) {
        n = run_length(entries, from);
        runs--; /* that still come: each gets its least */
        size_t kept = MIN(runs * RUN_SHOWN, room - shown);
        size_t rows = MIN(n, MAX(room - shown - kept, MIN(RUN_SHOWN, room - shown)));
        put_run(page, &g_array_index(entries, ssk_entry, from), n, (guint)rows,
                entries->len <= TABLE_SHORT, &widths);
        shown += rows;
    }
    ssk_page_more(page, entries->len, shown, "--flows=all lists all");
    g_array_free(entries, TRUE);
}

/* ---- the section ---- */

static void put_group(ssk_page *page, const ssk_digest *group, guint number)
{
    const ssk_result_stall *lead = group->lead;
    if (number) {
        GString *line = ssk_page_fresh(page);
        ssk_flow_set *flows = ssk_flow_set_new();
        for (guint i = 0; i < group->stalls->len; i++)
            ssk_flow_set_add(flows, ((const ssk_result_stall *)group->stalls->pdata[i])->flow);
        ssk_flow_set_put(flows, line);
        if (ssk_flow_set_size(flows) < group->stalls->len)
            g_string_append_printf(line, " (%u stalls)", group->stalls->len);
        ssk_flow_set_free(flows);
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
        put_exchange(page, lead);
        put_stalls(page, groups);
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
    put_exchange(page, stall);
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
