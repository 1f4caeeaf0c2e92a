/* strip.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/strip.h"

#include <string.h>

/* How a mark is drawn. Of several in one column the one that stands first in its table is shown. */
typedef struct sign {
    unsigned what; /* ssk_mark_kind, or ssk_log_tells */
    char sign;
    const char *means;
} sign;

typedef struct sign_table {
    const sign *list;
    size_t n;
} sign_table;

static const sign of_packets[] = {
    {SSK_MARK_RST, 'R', "RST"},
    {SSK_MARK_FIN, 'F', "FIN"},
    {SSK_MARK_SYN, 'S', "SYN"},
    {SSK_MARK_RETRANSMISSION, 'x', "retransmission"},
    {SSK_MARK_ZERO_WINDOW, 'w', "closed window"},
    {SSK_MARK_KEEPALIVE, 'k', "TCP keep-alive"},
    {SSK_MARK_DATA, '|', "data"},
    {SSK_MARK_PACKET, ':', "acknowledgment only"},
};
static const sign of_lines[] = {
    {SSK_LOG_MISSED, '!', "missing, by the log"},
    {SSK_LOG_SENT, '>', "sent, by the log"},
    {SSK_LOG_RECEIVED, '<', "received, by the log"},
    {SSK_LOG_OTHER, '-', "other log line"},
};
static const sign_table packets = {of_packets, G_N_ELEMENTS(of_packets)};
static const sign_table lines = {of_lines, G_N_ELEMENTS(of_lines)};

char ssk_strip_log_sign(ssk_log_tells tells)
{
    size_t i = 0;
    while (i + 1 < lines.n && lines.list[i].what != tells)
        i++;
    return lines.list[i].sign; /* the last is that of any other line */
}

/* A sign that stands before this one in its table stays; what has no sign is not drawn. */
static void put(char *cell, const sign_table *table, unsigned what)
{
    for (size_t rank = 0; rank < table->n && table->list[rank].sign != *cell; rank++)
        if (table->list[rank].what == what) {
            *cell = table->list[rank].sign;
            return;
        }
}

static unsigned column_of(const ssk_timeline *timeline, ssk_time_ns at, unsigned columns)
{
    double length = (double)timeline->to - (double)timeline->from;
    double share = length > 0 ? ((double)at - (double)timeline->from) / length : 0;
    return (unsigned)(CLAMP(share, 0, 1) * (columns - 1) + 0.5);
}

static void draw(const ssk_timeline *timeline, uint32_t flow, unsigned columns, ssk_strip *strip)
{
    for (size_t i = 0; i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        const ssk_lane *lane = mark->lane < timeline->n_lanes ? &timeline->lanes[mark->lane] : NULL;
        if (!lane || lane->flow != flow || (lane->from != SSK_SIDE_A && lane->from != SSK_SIDE_B))
            continue;
        char *line = strip->line[lane->from == SSK_SIDE_A ? 0 : 1];
        put(&line[column_of(timeline, mark->at, columns)], &packets, mark->kind);
    }
}

/* A row for the log of this lane, as long as there is room. */
static int log_row(ssk_strip *strip, const char *name, unsigned columns)
{
    for (unsigned i = 0; i < strip->n_logs; i++)
        if (strip->log_name[i] == name)
            return (int)i;
    if (strip->n_logs == SSK_STRIP_LOGS)
        return -1;
    strip->log_name[strip->n_logs] = name;
    strip->log[strip->n_logs] = g_strnfill(columns, '.');
    return (int)strip->n_logs++;
}

static void draw_logs(const ssk_timeline *timeline, unsigned columns, ssk_strip *strip)
{
    for (size_t i = 0; i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        int row = mark->kind == SSK_MARK_LOG && mark->lane < timeline->n_lanes
                      ? log_row(strip, timeline->lanes[mark->lane].name, columns)
                      : -1;
        if (row >= 0)
            put(&strip->log[row][column_of(timeline, mark->at, columns)], &lines, mark->tells);
    }
}

/* Writes @p text from @p at on where there are only blanks, one on each side too. */
static void place(char *scale, unsigned columns, unsigned at, const char *text)
{
    unsigned length = (unsigned)strlen(text);
    if (at + length > columns)
        return;
    for (unsigned i = at ? at - 1 : 0; i < MIN(at + length + 1, columns); i++)
        if (scale[i] != ' ')
            return;
    memcpy(scale + at, text, length);
}

/* The time stands right of its column or, where there is no room, left of it.
 * @param point to its column by a '^' */
static void place_time(const ssk_story *story, const ssk_timeline *timeline, ssk_time_ns time,
                       bool point, unsigned columns, char *scale)
{
    unsigned at = column_of(timeline, time, columns);
    GString *text = g_string_new(NULL);
    ssk_story_offset(story, time, text);
    bool right = at + text->len + point <= columns;
    if (point)
        g_string_insert_c(text, right ? 0 : -1, '^');
    if (right || at + 1 >= text->len)
        place(scale, columns, right ? at : at + 1 - (unsigned)text->len, text->str);
    g_string_free(text, TRUE);
}

bool ssk_strip_make(const ssk_story *story, const ssk_result_stall *stall, unsigned columns,
                    ssk_strip *ret)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    const ssk_timeline *timeline = stall->timeline;
    if (!timeline || !flow || timeline->to <= timeline->from)
        return false;
    for (int dir = 0; dir < 2; dir++) {
        ret->from[dir] = &flow->addr[dir];
        ret->line[dir] = g_strnfill(columns, '.');
    }
    draw(timeline, flow->id, columns, ret);
    ret->n_logs = 0;
    draw_logs(timeline, columns, ret);
    ret->scale = g_strnfill(columns, ' ');
    place_time(story, timeline, stall->start, true, columns, ret->scale);
    if (stall->end != SSK_TIME_NONE)
        place_time(story, timeline, stall->end, true, columns, ret->scale);
    place_time(story, timeline, timeline->from, false, columns, ret->scale);
    place_time(story, timeline, timeline->to, false, columns, ret->scale);
    g_strchomp(ret->scale);
    return true;
}

void ssk_strip_clear(ssk_strip *strip)
{
    g_free(strip->line[0]);
    g_free(strip->line[1]);
    for (unsigned i = 0; i < strip->n_logs; i++)
        g_free(strip->log[i]);
    g_free(strip->scale);
}

/* @param any signs stand in @p out before these; @return the same with these */
static bool append_legend(const sign_table *table, char *const *drawn, unsigned n, GHashTable *told,
                          bool any, GString *out)
{
    for (size_t i = table->n; i-- > 0;) {
        const sign *one = &table->list[i];
        bool stands = false;
        for (unsigned k = 0; k < n; k++)
            stands |= strchr(drawn[k], one->sign) != NULL;
        if (!stands || !g_hash_table_add(told, (char *)one->means))
            continue;
        g_string_append_printf(out, "%s%c %s", any ? ", " : "", one->sign, one->means);
        any = true;
    }
    return any;
}

bool ssk_strip_legend(const ssk_strip *strip, GHashTable *told, GString *out)
{
    static const char nothing[] = "nothing";
    bool any = append_legend(&packets, strip->line, G_N_ELEMENTS(strip->line), told, false, out);
    any = append_legend(&lines, strip->log, strip->n_logs, told, any, out);
    if (g_hash_table_add(told, (char *)nothing)) {
        g_string_append(out, any ? ", . nothing" : ". nothing");
        any = true;
    }
    return any;
}
