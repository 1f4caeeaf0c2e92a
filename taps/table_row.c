/* table_row.c - a row of a table, cell by cell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "taps/table.h"

#include "core/base/text.h"
#include "report/phrase.h"
#include "report/safe_text.h"

void ssk_cell_empty(ssk_cell *at)
{
    if (at->type == TABLE_ITEM_STRING)
        g_free((char *)at->value.string_value);
    *at = (ssk_cell){.type = TABLE_ITEM_NONE};
}

void ssk_row_own(ssk_row *row, char *text)
{
    ssk_cell_empty(row->next);
    row->next->type = TABLE_ITEM_STRING;
    row->next->value.string_value = text;
    row->next++;
}

void ssk_row_text(ssk_row *row, const char *text)
{
    GString *safe = g_string_new(NULL);

    if (text)
        ssk_safe_text_append(safe, text);
    ssk_row_own(row, g_string_free(safe, FALSE));
}

void ssk_row_uint(ssk_row *row, uint32_t value)
{
    ssk_cell_empty(row->next);
    row->next->type = TABLE_ITEM_UINT;
    row->next->value.uint_value = value;
    row->next++;
}

void ssk_row_seconds(ssk_row *row, ssk_span_ns span)
{
    ssk_cell_empty(row->next);
    row->next->type = TABLE_ITEM_FLOAT;
    row->next->value.float_value = (double)span / (double)SSK_S;
    row->next++;
}

/* Wireshark's numbers have 32 bits, and none of them can be left out: what may
 * be larger or missing is text, filled up so that it sorts like the number. */

void ssk_row_count(ssk_row *row, uint64_t count)
{
    ssk_row_own(row, g_strdup_printf("%12" G_GUINT64_FORMAT, count));
}

void ssk_row_count_if(ssk_row *row, int64_t count, bool known)
{
    ssk_row_own(row, known ? g_strdup_printf("%12" G_GINT64_FORMAT, count) : g_strdup(""));
}

void ssk_row_frame(ssk_row *row, uint32_t frame)
{
    ssk_row_count_if(row, frame, frame != 0);
}

void ssk_row_seconds_if(ssk_row *row, ssk_span_ns span, bool known)
{
    char digits[SSK_TEXT_ROOM];
    uint64_t size = span < 0 ? 0 - (uint64_t)span : (uint64_t)span;

    if (!known) {
        ssk_row_text(row, "");
        return;
    }
    g_snprintf(digits, sizeof digits, "%s%" G_GUINT64_FORMAT ".%09u", span < 0 ? "-" : "",
               size / SSK_S, (unsigned)(size % SSK_S));
    ssk_row_own(row, g_strdup_printf("%20s", digits));
}

void ssk_row_time(ssk_row *row, ssk_time_ns time)
{
    GString *text = g_string_new(NULL);

    if (time != SSK_TIME_NONE)
        ssk_story_time(row->story, time, text);
    ssk_row_own(row, g_string_free(text, FALSE));
}

void ssk_row_percent_if(ssk_row *row, int64_t permille, bool known)
{
    ssk_row_own(row, known ? g_strdup_printf("%10" G_GINT64_FORMAT ".%d", permille / 10,
                                             (int)(permille % 10))
                           : g_strdup(""));
}

void ssk_row_host(ssk_row *row, uint32_t id, ssk_side side)
{
    const ssk_result_flow *flow = ssk_result_find_flow(row->story->result, id);
    GString *text = g_string_new(NULL);

    if (side == SSK_SIDE_PATH)
        g_string_append(text, "the path");
    else if (side == SSK_SIDE_BOTH)
        g_string_append(text, "both sides");
    else if (flow && side != SSK_SIDE_NONE)
        ssk_phrase_addr(text, &flow->addr[side == SSK_SIDE_A ? SSK_A : SSK_B]);
    ssk_row_own(row, g_string_free(text, FALSE));
}

void ssk_row_conversation(ssk_row *row, uint32_t id)
{
    const ssk_result_flow *flow = ssk_result_find_flow(row->story->result, id);
    GString *text = g_string_new(NULL);

    if (flow)
        ssk_story_conversation(flow, text);
    ssk_row_own(row, g_string_free(text, FALSE));
}

void ssk_row_verdict(ssk_row *row, const ssk_verdict *verdict, uint32_t flow)
{
    GString *text = g_string_new(NULL);

    ssk_story_causes(row->story, verdict, flow, text);
    ssk_row_own(row, g_string_free(text, FALSE));
}

void ssk_row_numbers(ssk_row *row, const uint32_t *list, size_t count)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < count; i++)
        g_string_append_printf(text, "%s%u", i ? ", " : "", list[i]);
    ssk_row_own(row, g_string_free(text, FALSE));
}
