/* strip.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/strip.h"

#include <string.h>

/* Of several marks in one column the one that stands first here is shown. */
static const struct {
    ssk_mark_kind kind;
    char sign;
    const char *means;
} signs[] = {
    {SSK_MARK_RST, 'R', "RST"},
    {SSK_MARK_FIN, 'F', "FIN"},
    {SSK_MARK_SYN, 'S', "SYN"},
    {SSK_MARK_RETRANSMISSION, 'x', "retransmission"},
    {SSK_MARK_ZERO_WINDOW, 'w', "closed window"},
    {SSK_MARK_KEEPALIVE, 'k', "TCP keep-alive"},
    {SSK_MARK_DATA, '|', "data"},
    {SSK_MARK_PACKET, ':', "acknowledgment only"},
};

/* The same of a log's lines. */
static const struct {
    ssk_log_tells tells;
    char sign;
    const char *means;
} log_signs[] = {
    {SSK_LOG_MISSED, '!', "missing, by the log"},
    {SSK_LOG_SENT, '>', "sent, by the log"},
    {SSK_LOG_RECEIVED, '<', "received, by the log"},
    {SSK_LOG_OTHER, '-', "other log line"},
};

static size_t rank_of(char sign)
{
    size_t rank = 0;
    while (rank < G_N_ELEMENTS(signs) && signs[rank].sign != sign)
        rank++;
    return rank;
}

static char sign_of(unsigned kind)
{
    for (size_t i = 0; i < G_N_ELEMENTS(signs); i++)
        if (signs[i].kind == (ssk_mark_kind)kind)
            return signs[i].sign;
    return 0;
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
        char sign = sign_of(mark->kind);
        if (!lane || !sign || lane->flow != flow ||
            (lane->from != SSK_SIDE_A && lane->from != SSK_SIDE_B))
            continue;
        char *cell =
            &strip->line[lane->from == SSK_SIDE_A ? 0 : 1][column_of(timeline, mark->at, columns)];
        if (rank_of(sign) < rank_of(*cell))
            *cell = sign;
    }
}

static unsigned log_rank_of(char sign)
{
    unsigned rank = 0;
    while (rank < G_N_ELEMENTS(log_signs) && log_signs[rank].sign != sign)
        rank++;
    return rank;
}

static unsigned log_rank(unsigned tells)
{
    unsigned rank = 0;
    while (rank + 1 < G_N_ELEMENTS(log_signs) && log_signs[rank].tells != (ssk_log_tells)tells)
        rank++;
    return rank;
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
        if (row < 0)
            continue;
        char *cell = &strip->log[row][column_of(timeline, mark->at, columns)];
        unsigned rank = log_rank(mark->tells);
        if (rank < log_rank_of(*cell))
            *cell = log_signs[rank].sign;
    }
}

/* Writes @p text at @p at where there are only blanks, one on each side too. */
static void place(char *scale, unsigned columns, unsigned at, const char *text)
{
    unsigned length = (unsigned)strlen(text);
    if (length > columns)
        return;
    at = MIN(at, columns - length);
    for (unsigned i = at ? at - 1 : 0; i < MIN(at + length + 1, columns); i++)
        if (scale[i] != ' ')
            return;
    memcpy(scale + at, text, length);
}

static void place_time(const ssk_story *story, const ssk_timeline *timeline, ssk_time_ns time,
                       const char *lead, unsigned columns, char *scale)
{
    GString *text = g_string_new(lead);
    ssk_story_offset(story, time, text);
    place(scale, columns, column_of(timeline, time, columns), text->str);
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
    place_time(story, timeline, stall->start, "^", columns, ret->scale);
    if (stall->end != SSK_TIME_NONE)
        place_time(story, timeline, stall->end, "^", columns, ret->scale);
    place_time(story, timeline, timeline->from, "", columns, ret->scale);
    place_time(story, timeline, timeline->to, "", columns, ret->scale);
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

bool ssk_strip_legend(const ssk_strip *strip, GHashTable *told, GString *out)
{
    static const char nothing[] = "nothing";
    bool any = false;
    for (size_t i = G_N_ELEMENTS(signs); i-- > 0;) {
        char sign = signs[i].sign;
        if (!strchr(strip->line[0], sign) && !strchr(strip->line[1], sign))
            continue;
        if (!g_hash_table_add(told, (char *)signs[i].means))
            continue;
        g_string_append_printf(out, "%s%c %s", any ? ", " : "", sign, signs[i].means);
        any = true;
    }
    for (size_t i = G_N_ELEMENTS(log_signs); i-- > 0;) {
        bool drawn = false;
        for (unsigned k = 0; k < strip->n_logs; k++)
            drawn |= strchr(strip->log[k], log_signs[i].sign) != NULL;
        if (!drawn || !g_hash_table_add(told, (char *)log_signs[i].means))
            continue;
        g_string_append_printf(out, "%s%c %s", any ? ", " : "", log_signs[i].sign,
                               log_signs[i].means);
        any = true;
    }
    if (g_hash_table_add(told, (char *)nothing)) {
        g_string_append(out, any ? ", . nothing" : ". nothing");
        any = true;
    }
    return any;
}
