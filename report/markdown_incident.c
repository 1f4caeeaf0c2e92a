/* markdown_incident.c - one section per incident, for a ticket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/markdown_sheet.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/cause.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* Sets of causes in one incident. */
#define GROUPS_SHOWN 4

/* ---- verdict and evidence ---- */

static void put_cause(ssk_sheet *sheet, const ssk_verdict *verdict, size_t number, uint32_t flow)
{
    const ssk_cause_words *words = &ssk_cause_table[verdict->causes[number].id];
    ssk_story_in_turn(&sheet->story, verdict, number, flow, ssk_sheet_fresh(sheet));
    ssk_sheet_line(sheet, number ? "- " : "- **", number ? "." : ".**");
    if (g_hash_table_add(sheet->told, (char *)words->meaning))
        g_string_append_printf(sheet->out, " %s", words->meaning);
    g_string_append_c(sheet->out, '\n');
}

static void put_frames(const ssk_evidence *evidence, GString *out)
{
    const size_t shown = MIN(evidence->n_frames, SSK_PHRASE_FRAMES);
    for (size_t i = 0; i < shown; i++)
        g_string_append_printf(out, "%s%u", i ? ", " : "", evidence->frames[i]);
    if (evidence->n_frames > shown)
        g_string_append_printf(out, " and %zu more", evidence->n_frames - shown);
}

static void put_reasons(ssk_sheet *sheet, const ssk_digest *digest)
{
    size_t n = 0;
    GString *above = g_string_new(NULL);
    for (guint i = 0; i < digest->listed->len; i++) {
        const ssk_reason *reason = g_ptr_array_index(digest->listed, i);
        if (reason->repeated) {
            g_string_append_printf(above, "%s%u", above->len ? ", " : "", reason->number);
            continue;
        }
        if (n++ >= sheet->extent.evidence)
            continue;
        if (n == 1)
            g_string_append(sheet->out, "\n| | evidence | frames |\n|---:|---|---|\n");
        ssk_evidence without = *reason->evidence;
        ssk_reason shown = *reason;
        without.n_frames = 0;
        shown.evidence = &without;
        ssk_sheet_fresh(sheet);
        if (reason->contra)
            g_string_append(sheet->line, "against: ");
        ssk_digest_reason(&shown, sheet->line);
        g_string_append_printf(sheet->out, "| %u | ", reason->number);
        ssk_sheet_line(sheet, "", " | ");
        put_frames(reason->evidence, sheet->out);
        g_string_append(sheet->out, " |\n");
    }
    ssk_sheet_more(sheet, n, MIN(n, sheet->extent.evidence));
    if (ssk_digest_numbers(digest, ssk_sheet_fresh(sheet)))
        ssk_sheet_line(sheet, "\nNumbers and frames are ", ".\n");
    if (above->len)
        g_string_append_printf(sheet->out, "\nAs above: %s.\n", above->str);
    g_string_free(above, TRUE);
}

static void take_part(void *user, const char *text)
{
    GString *line = user;
    g_string_append_printf(line, "%s%s", line->len ? "; " : "", text);
}

void ssk_sheet_digest(ssk_sheet *sheet, const ssk_digest *digest, const ssk_verdict *verdict,
                      uint32_t flow)
{
    g_string_append_c(sheet->out, '\n');
    for (size_t i = 0; i < MIN(verdict->n_verdict, sheet->extent.evidence); i++)
        put_cause(sheet, verdict, i, flow);
    if (!verdict->n_verdict) {
        ssk_story_first(&sheet->story, verdict, flow, ssk_sheet_fresh(sheet));
        ssk_sheet_line(sheet, "**", "**\n");
    }
    put_reasons(sheet, digest);
    ssk_digest_weighing(&sheet->story, digest, take_part, ssk_sheet_fresh(sheet));
    if (sheet->line->len)
        ssk_sheet_line(sheet, "\n- **Weighing:** ", ".");
    g_string_append_c(sheet->out, '\n');
    ssk_digest_ruled_out(&sheet->story, digest, true, take_part, ssk_sheet_fresh(sheet));
    if (sheet->line->len)
        ssk_sheet_line(sheet, "- **Ruled out:** ", ".\n");
    if (verdict->n_verdict > 1)
        g_string_append_printf(
            sheet->out, "- **Cannot be known from here:** which of these %zu causes it was.\n",
            verdict->n_verdict);
    if (verdict->next_capture && g_hash_table_add(sheet->told, (char *)verdict->next_capture)) {
        ssk_safe_text_append(ssk_sheet_fresh(sheet), verdict->next_capture);
        ssk_sheet_line(sheet, "- **Next capture:** ", ".\n");
    }
}

/* ---- the stalls ---- */

static void put_end(ssk_sheet *sheet, bool known, uint32_t frame, ssk_time_ns time)
{
    ssk_sheet_fresh(sheet);
    if (!known)
        g_string_append(sheet->line, "never");
    else {
        if (frame)
            g_string_append_printf(sheet->line, "frame %u, ", frame);
        ssk_story_offset(&sheet->story, time, sheet->line);
    }
    ssk_sheet_line(sheet, "", " | ");
}

static void put_stall(ssk_sheet *sheet, const ssk_result_stall *stall, const ssk_result_stall *lead)
{
    char buf[SSK_TEXT_ROOM];
    const ssk_result_flow *flow = ssk_result_find_flow(sheet->story.result, stall->flow);

    g_string_append_printf(sheet->out, "| %u | ", stall->flow);
    ssk_sheet_fresh(sheet);
    if (flow)
        ssk_story_conversation(flow, sheet->line);
    ssk_sheet_line(sheet, "", " | ");
    g_string_append_printf(sheet->out, "%s | ", ssk_span_text(stall->duration, buf));
    put_end(sheet, true, stall->frame_before, stall->start);
    put_end(sheet, ssk_story_is_resumed(stall), stall->frame_after, stall->end);
    if (stall->missed >= 0)
        g_string_append_printf(sheet->out, "%" G_GINT64_FORMAT " | ", stall->missed);
    else
        g_string_append(sheet->out, "| ");
    ssk_story_stall_remark(&sheet->story, stall, lead, ssk_sheet_fresh(sheet));
    ssk_sheet_line(sheet, "", " |\n");
}

static void put_stalls(ssk_sheet *sheet, const GPtrArray *groups, size_t count)
{
    const ssk_result_stall *lead = ((const ssk_digest *)groups->pdata[0])->lead;
    size_t n = 0;
    char *summary = count == 1
                        ? g_strdup("The stall, its packets and its end")
                        : g_strdup_printf("The %zu stalls, their packets and their ends", count);
    ssk_sheet_open_details(sheet, summary);
    g_free(summary);
    g_string_append(sheet->out,
                    "| flow | conversation | silent | last packet before | first packet "
                    "after | missed | owed, and what followed |\n"
                    "|---:|---|---:|---:|---:|---:|---|\n");
    for (guint g = 0; g < groups->len; g++) {
        const ssk_digest *group = groups->pdata[g];
        for (guint i = 0; i < group->stalls->len; i++)
            if (n++ < sheet->extent.stalls)
                put_stall(sheet, group->stalls->pdata[i], lead);
    }
    ssk_sheet_more(sheet, count, MIN(count, sheet->extent.stalls));
    ssk_sheet_close_details(sheet);
}

/* ---- the section ---- */

static void put_apart(ssk_sheet *sheet, const ssk_digest *group)
{
    GString *line = ssk_sheet_fresh(sheet);
    g_string_append_printf(line, "Flow %u", group->lead->flow);
    if (group->stalls->len > 1)
        g_string_append_printf(line, " and %u more", group->stalls->len - 1);
    g_string_append(line, " apart: ");
    ssk_story_silence(&sheet->story, group->lead, group->lead->duration, line);
    ssk_sheet_line(sheet, "\n", "\n");
}

static void put_incident(ssk_sheet *sheet, const ssk_result_incident *incident)
{
    GPtrArray *groups = ssk_digest_incident(&sheet->story, incident);

    g_string_printf(ssk_sheet_fresh(sheet), "Incident %u: ", incident->id);
    if (sheet->story.result->n_incidents == 1) { /* the answer is its headline */
        ssk_story_incident_when(&sheet->story, incident, sheet->line);
        ssk_sheet_line(sheet, "\n## ", "\n");
    } else {
        ssk_story_incident_title(&sheet->story, incident, sheet->line);
        ssk_sheet_line(sheet, "\n## ", "\n");
        ssk_story_incident_when(&sheet->story, incident, ssk_sheet_fresh(sheet));
        ssk_sheet_line(sheet, "\n", "\n");
    }
    for (guint i = 0; i < MIN(groups->len, GROUPS_SHOWN); i++) {
        const ssk_digest *group = groups->pdata[i];
        if (i)
            put_apart(sheet, group);
        ssk_sheet_digest(sheet, group, &group->lead->verdict, group->lead->flow);
    }
    if (groups->len > GROUPS_SHOWN)
        g_string_append_printf(
            sheet->out, "\n%u more sets of causes on other flows; the JSON report has all.\n",
            groups->len - GROUPS_SHOWN);
    if (groups->len) {
        const ssk_result_stall *lead = ((const ssk_digest *)groups->pdata[0])->lead;
        if (lead->filter) { /* made here: no text from the capture is in it */
            ssk_safe_text_append(ssk_sheet_fresh(sheet), lead->filter);
            g_string_append_printf(sheet->out, "- **Display filter:** `%s`\n", sheet->line->str);
        }
        put_stalls(sheet, groups, incident->n_stalls);
    }
    g_ptr_array_free(groups, TRUE);
}

void ssk_sheet_incidents(ssk_sheet *sheet)
{
    const ssk_result *result = sheet->story.result;
    size_t shown = MIN(result->n_incidents, sheet->extent.incidents);
    for (size_t i = 0; i < shown; i++)
        put_incident(sheet, &result->incidents[i]);
    ssk_sheet_more(sheet, result->n_incidents, shown);
}
