/* exchange.c - the seconds around a stall in lanes: what the log says, this capture, the other one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/exchange.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/model/facts.h"
#include "report/phrase.h"
#include "report/safe_text.h"
#include "report/strip.h"

/* Columns of the text: the time, what a log says, a count, the way between the captures. */
#define TIME      7
#define SAID      12
#define COUNT     5
#define WAY_LEAST 8
#define WAY_MOST  28
/* Of the drawing, in its units. */
#define ROW     20
#define SIDES   96 /* of a log's words */
#define COUNTED 44
#define WAY     180

enum { LEFT, RIGHT, N_SIDES };

/* ---- what stands in the lanes ---- */

typedef struct drawing {
    const ssk_story *story;
    const ssk_result_stall *stall;
    const ssk_result_flow *flow;
    bool a_is_left;
    const ssk_result_log *logs[N_SIDES]; /* one of those whose lines are counted; NULL: none */
} drawing;

/* Lines of one side in one step. */
typedef struct said {
    unsigned n[SSK_LOG_MISSED + 1];
} said;

static ssk_side side_of(const drawing *d, int at)
{
    return d->a_is_left == (at == LEFT) ? SSK_SIDE_A : SSK_SIDE_B;
}

/* Lines about the connection itself; where none are matched with it, about others of the two hosts. */
static bool is_of(const drawing *d, const ssk_result_log *log, int at, bool own)
{
    const ssk_result_flow *flow = ssk_result_find_flow(d->story->result, log->flow);
    ssk_dir mine = side_of(d, at) == SSK_SIDE_A ? SSK_A : SSK_B;
    ssk_dir writer = log->side == SSK_SIDE_A ? SSK_A : SSK_B;
    if (!flow || (log->side != SSK_SIDE_A && log->side != SSK_SIDE_B))
        return false;
    if (log->side == SSK_SIDE_B && !log->connection)
        return false; /* a server's lines that name no connection are about all its clients */
    if (own)
        return log->flow == d->stall->flow && log->side == side_of(d, at);
    return ssk_addr_equal(&flow->addr[writer], &d->flow->addr[mine]) &&
           ssk_addr_equal(&flow->addr[!writer], &d->flow->addr[!mine]);
}

static const ssk_result_log *log_of(const drawing *d, int at)
{
    const ssk_result *result = d->story->result;
    for (int own = 1; own >= 0; own--)
        for (size_t i = 0; i < result->n_logs; i++)
            if (is_of(d, &result->logs[i], at, own))
                return &result->logs[i];
    return NULL;
}

static bool begin(const ssk_story *story, const ssk_result_stall *stall, drawing *ret)
{
    *ret = (drawing){.story = story, .stall = stall};
    ret->flow = ssk_result_find_flow(story->result, stall->flow);
    if (!ret->flow || !stall->n_exchange || stall->exchange_step <= 0)
        return false;
    const ssk_result_exchange *first = &stall->exchange[0];
    ret->a_is_left = (first->from == SSK_SIDE_A) == first->here_first;
    for (int at = LEFT; at < N_SIDES; at++)
        ret->logs[at] = log_of(ret, at);
    return true;
}

static ssk_time_ns step_time(const drawing *d, int step)
{
    return ssk_time_shifted(d->stall->start, (step - 2) * d->stall->exchange_step);
}

static void count_lines(const ssk_result_log *log, ssk_time_ns from, ssk_time_ns to, said *all)
{
    size_t low = 0, high = log->n_list;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (log->list[middle].at < from)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < log->n_list && log->list[low].at < to; low++)
        if (log->list[low].tells <= SSK_LOG_MISSED)
            all->n[log->list[low].tells]++;
}

static said lines_in(const drawing *d, int at, int step)
{
    const ssk_result *result = d->story->result;
    ssk_time_ns from = step_time(d, step), to = step_time(d, step + 1);
    bool own = d->logs[at] && d->logs[at]->flow == d->stall->flow;
    said all = {{0}};
    for (size_t i = 0; d->logs[at] && i < result->n_logs; i++)
        if (is_of(d, &result->logs[i], at, own))
            count_lines(&result->logs[i], from, to, &all);
    return all;
}

/* ">4 <3 -2", by the signs of the strip. */
static void put_said(const said *all, GString *out)
{
    static const ssk_log_tells order[] = {SSK_LOG_SENT, SSK_LOG_RECEIVED, SSK_LOG_MISSED,
                                          SSK_LOG_OTHER};
    gsize at = out->len;
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++)
        if (all->n[order[i]])
            g_string_append_printf(out, "%s%c%u", out->len > at ? " " : "",
                                   ssk_strip_log_sign(order[i]), all->n[order[i]]);
}

static const ssk_result_exchange *packets_in(const drawing *d, int step, bool from_left)
{
    for (size_t i = 0; i < d->stall->n_exchange; i++) {
        const ssk_result_exchange *e = &d->stall->exchange[i];
        if (e->at == step_time(d, step) && e->here_first == from_left)
            return e;
    }
    return NULL;
}

static bool is_lost(const ssk_result_exchange *e)
{
    return !e->arrived && !e->late;
}

/* The last step with anything in it. */
static int last_step(const drawing *d)
{
    return (int)((d->stall->exchange[d->stall->n_exchange - 1].at - step_time(d, 0)) /
                 d->stall->exchange_step);
}

static void put_when(const drawing *d, int step, GString *out)
{
    g_string_append_printf(out, "%+*.0f s", TIME - 2,
                           (double)((step - 2) * d->stall->exchange_step) / 1e9);
}

/* ---- text ---- */

static void put_capture(const drawing *d, int at, GString *out)
{
    char base = d->story->result->views[d->story->result->n_views - 1].letter;
    g_string_append_printf(out, "capture %c, nearer to ",
                           at == LEFT ? base : d->stall->exchange[0].view);
    ssk_phrase_addr(out, &d->flow->addr[side_of(d, at) == SSK_SIDE_A ? SSK_A : SSK_B]);
}

bool ssk_exchange_head(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    drawing d;
    if (!begin(story, stall, &d))
        return false;
    if (d.logs[LEFT]) {
        ssk_safe_text_append(out, d.logs[LEFT]->name ? d.logs[LEFT]->name : "log");
        g_string_append(out, " | ");
    }
    put_capture(&d, LEFT, out);
    g_string_append(out, " | ");
    put_capture(&d, RIGHT, out);
    if (d.logs[RIGHT]) {
        g_string_append(out, " | ");
        ssk_safe_text_append(out, d.logs[RIGHT]->name ? d.logs[RIGHT]->name : "log");
    }
    bool partly = false, late = false, lost = false;
    for (size_t i = 0; i < stall->n_exchange; i++) {
        const ssk_result_exchange *e = &stall->exchange[i];
        late |= e->late > 0;
        lost |= is_lost(e);
        partly |= !is_lost(e) && e->arrived + e->late < e->sent;
    }
    g_string_append(out, "; packets sent, and arrived");
    if (lost)
        g_string_append(out, "; x none of them arrived");
    if (partly)
        g_string_append(out, "; +x some did not");
    if (late)
        g_string_append(out, "; ~ more than a second later");
    if (d.logs[LEFT] || d.logs[RIGHT])
        g_string_append(out, "; lines of the log: > sent, < received, ! missing, - other");
    return true;
}

/* "------------------->", "<-------------------", "----------x         ", "----------+x-------->". */
static void put_way(const ssk_result_exchange *e, int width, GString *out)
{
    char way[WAY_MOST + 1];
    memset(way, e->late && !e->arrived ? '~' : '-', (size_t)width);
    way[width] = 0;
    way[e->here_first ? width - 1 : 0] = e->here_first ? '>' : '<';
    if (is_lost(e)) {
        int middle = width / 2;
        memset(e->here_first ? way + middle : way, ' ',
               (size_t)(e->here_first ? width - middle : middle));
        way[middle] = 'x';
    } else if (e->arrived + e->late < e->sent) {
        way[width / 2] = 'x';
        way[width / 2 - 1] = '+';
    }
    g_string_append(out, way);
}

static void put_row(const ssk_result_exchange *e, int width, GString *out)
{
    char counts[N_SIDES][24] = {"", ""};
    if (e) {
        g_snprintf(counts[e->here_first ? LEFT : RIGHT], 24, "%" G_GUINT64_FORMAT, e->sent);
        if (!is_lost(e))
            g_snprintf(counts[e->here_first ? RIGHT : LEFT], 24, "%" G_GUINT64_FORMAT,
                       e->arrived + e->late);
    }
    g_string_append_printf(out, "%*s |", COUNT, counts[LEFT]);
    if (e)
        put_way(e, width, out);
    else
        g_string_append_printf(out, "%*s", width, "");
    g_string_append_printf(out, "| %-*s", COUNT, counts[RIGHT]);
}

static void end_line(GString *out)
{
    while (out->len && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

static void put_step(const drawing *d, int step, int width, GString *out)
{
    GString *words[N_SIDES];
    for (int at = LEFT; at < N_SIDES; at++) {
        said all = lines_in(d, at, step);
        put_said(&all, words[at] = g_string_new(NULL));
    }
    const ssk_result_exchange *ways[] = {packets_in(d, step, true), packets_in(d, step, false)};
    bool any = ways[0] || ways[1];
    for (int row = 0; row < 2; row++) {
        bool first = any ? !row || !ways[0] : !row;
        if (any ? !ways[row] : row)
            continue;
        g_string_append(out, "  ");
        if (first)
            put_when(d, step, out);
        else
            g_string_append_printf(out, "%*s", TIME, "");
        if (d->logs[LEFT])
            g_string_append_printf(out, "  %-*s", SAID, first ? words[LEFT]->str : "");
        put_row(ways[row], width, out);
        if (d->logs[RIGHT] && first)
            g_string_append(out, words[RIGHT]->str);
        end_line(out);
    }
    for (int at = LEFT; at < N_SIDES; at++)
        g_string_free(words[at], TRUE);
}

void ssk_exchange_text(const ssk_story *story, const ssk_result_stall *stall, unsigned columns,
                       GString *out)
{
    drawing d;
    if (!begin(story, stall, &d))
        return;
    int used = 2 + TIME + 2 * (COUNT + 2);
    for (int at = LEFT; at < N_SIDES; at++)
        used += d.logs[at] ? SAID + 2 : 0;
    int width = CLAMP((int)columns - used, WAY_LEAST, WAY_MOST);
    for (int step = 0; step <= last_step(&d); step++)
        put_step(&d, step, width, out);
}

/* ---- SVG ---- */

/* From one capture to the other. */
static void put_line(const ssk_result_exchange *e, int left, int y, GString *out)
{
    int right = left + WAY, middle = (left + right) / 2;
    int from = e->here_first ? left : right, to = e->here_first ? right : left;
    bool lost = is_lost(e);
    g_string_append_printf(out, "<path class=\"way\" d=\"M%d %dH%d\"%s/>", from, y,
                           lost ? middle : to, e->late ? " stroke-dasharray=\"4 3\"" : "");
    if (!lost)
        g_string_append_printf(out, "<path class=\"tip\" d=\"M%d %dl%d -4v8z\"/>", to, y,
                               e->here_first ? -7 : 7);
    if (lost || e->arrived + e->late < e->sent)
        g_string_append_printf(out, "<path class=\"cross\" d=\"M%d %dl10 10m0 -10l-10 10\"/>",
                               middle - 5, y - 5);
    g_string_append_printf(
        out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%" G_GUINT64_FORMAT "</text>",
        e->here_first ? left - 8 : right + 8, y + 4, e->here_first ? "end" : "start", e->sent);
    if (!lost)
        g_string_append_printf(
            out, "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%" G_GUINT64_FORMAT "%s</text>",
            e->here_first ? right + 8 : left - 8, y + 4, e->here_first ? "start" : "end",
            e->arrived + e->late, e->late ? " late" : "");
}

static void put_words(const drawing *d, int at, int step, int x, int y, GString *out)
{
    GString *words = g_string_new(NULL);
    said all = lines_in(d, at, step);
    put_said(&all, words);
    char *safe = g_markup_escape_text(words->str, -1);
    if (*safe)
        g_string_append_printf(out, "<text class=\"said\" x=\"%d\" y=\"%d\">%s</text>", x, y, safe);
    g_free(safe);
    g_string_free(words, TRUE);
}

void ssk_exchange_svg(const ssk_story *story, const ssk_result_stall *stall, GString *out)
{
    drawing d;
    if (!begin(story, stall, &d))
        return;
    int left = 52 + (d.logs[LEFT] ? SIDES : 0) + COUNTED, right = left + WAY;
    int width = right + COUNTED + 16 + (d.logs[RIGHT] ? SIDES : 0), y = 12;
    GString *rows = g_string_new(NULL);
    for (int step = 0; step <= last_step(&d); step++) {
        GString *when = g_string_new(NULL);
        put_when(&d, step, when);
        g_string_append_printf(rows, "<text x=\"46\" y=\"%d\" text-anchor=\"end\">%s</text>", y + 4,
                               g_strchug(when->str));
        g_string_free(when, TRUE);
        if (d.logs[LEFT])
            put_words(&d, LEFT, step, 56, y + 4, rows);
        if (d.logs[RIGHT])
            put_words(&d, RIGHT, step, right + COUNTED + 8, y + 4, rows);
        const ssk_result_exchange *out_ = packets_in(&d, step, true),
                                  *in = packets_in(&d, step, false);
        if (out_)
            put_line(out_, left, y, rows);
        if (out_ && in)
            y += ROW;
        if (in)
            put_line(in, left, y, rows);
        y += ROW;
    }
    g_string_append(out, "<figure class=\"exchange\"><figcaption>");
    GString *head = g_string_new(NULL);
    ssk_exchange_head(story, stall, head);
    char *safe = g_markup_escape_text(head->str, -1);
    g_string_append_printf(
        out,
        "%s</figcaption><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Packets "
        "between the two captures, stall %u\"><svg width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">"
        "<title>Packets between the two captures</title>"
        "<path class=\"grid\" d=\"M%d 0V%dM%d 0V%d\"/>%s</svg></div></figure>\n",
        safe, stall->id, width, y, width, y, left, y, right, y, rows->str);
    g_free(safe);
    g_string_free(head, TRUE);
    g_string_free(rows, TRUE);
}
