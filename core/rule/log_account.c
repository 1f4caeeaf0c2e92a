/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/rule/log_account.h"

#include <glib.h>
#include <string.h>

/* Fewest lines that show a running program, or a pace that could pause. */
#define LINES_LEAST 3
/* A line is written some time before its message passes here. */
#define SLACK (100 * SSK_MS)

static void tally(ssk_tally *into, uint32_t frame)
{
    into->count++;
    if (frame && into->n_frames < SSK_CASE_FRAMES)
        into->frames[into->n_frames++] = frame;
}

static const ssk_result_log *log_of(const ssk_case *c, ssk_dir dir)
{
    ssk_side side = dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    const ssk_result_log *best = NULL;
    for (size_t i = 0; i < c->result->n_logs; i++) {
        const ssk_result_log *log = &c->result->logs[i];
        if (log->flow == c->flow->id && log->side == side &&
            (!best || log->matched > best->matched))
            best = log;
    }
    return best;
}

static void read_line(const ssk_log_line *line, bool own, ssk_log_account *account)
{
    tally(&account->lines, line->frame);
    if (!own)
        return;
    if (line->tells == SSK_LOG_SENT)
        tally(&account->sent, line->frame);
    else if (line->tells == SSK_LOG_RECEIVED)
        tally(&account->received, line->frame);
    else if (line->tells == SSK_LOG_MISSED)
        tally(&account->missed, line->frame);
}

void ssk_log_account_read(const ssk_case *c, ssk_dir dir, ssk_log_account *ret)
{
    const ssk_result_log *log = log_of(c, dir);
    ssk_log_account account = {0};
    *ret = account;
    if (!log)
        return;
    ssk_span_ns slack = SLACK + log->error;
    ssk_time_ns begin = c->stall->start + slack, from = MAX(c->from, begin), to = c->to - slack;
    ssk_time_ns first = SSK_TIME_NONE, last = SSK_TIME_NONE;
    unsigned before = 0, inside = 0;
    if (to <= from)
        return;
    account.name = log->source ? log->source : log->name ? log->name : "the application";
    for (size_t i = 0; i < c->result->n_logs; i++) {
        const ssk_result_log *row = &c->result->logs[i];
        for (size_t k = 0; row->writer == log->writer && k < row->n_list; k++) {
            const ssk_log_line *line = &row->list[k];
            before += line->at <= c->stall->start && line->at > c->stall->start - (to - from);
            if (line->at < begin || line->at > to)
                continue;
            read_line(line, row == log, &account);
            if (line->at < from)
                continue; /* the last words of a program that stopped then */
            inside++;
            first = first == SSK_TIME_NONE ? line->at : MIN(first, line->at);
            last = last == SSK_TIME_NONE ? line->at : MAX(last, line->at);
        }
    }
    account.spread = inside >= LINES_LEAST && last - first >= (to - from) / 4;
    account.paused = !inside && before >= LINES_LEAST;
    *ret = account;
}

/* ---- what it says ---- */

static const char *role(const ssk_case *c, ssk_dir dir)
{
    return dir == c->client ? "client" : "server";
}

static const char *plural(int64_t count)
{
    return count == 1 ? "" : "s";
}

static void tell_side(const ssk_case *c, ssk_dir dir, ssk_verdict_draft *draft)
{
    const ssk_log_account *log = &c->log[dir];
    const ssk_tally none = {0};
    if (!log->name)
        return;
    const char *who = role(c, dir);
    if (log->sent.count && dir == c->silent)
        ssk_verdict_for(
            draft, &log->sent,
            "the %s's log (%s) tells of %u message%s sent during the silence; the capture has none of "
            "them then",
            who, log->name, (unsigned)log->sent.count, plural(log->sent.count));
    else if (log->lines.count && !log->missed.count && !log->received.count)
        ssk_verdict_for(draft, &log->lines,
                        "the %s's log (%s) went on: %u line%s during the silence", who, log->name,
                        (unsigned)log->lines.count, plural(log->lines.count));
    if (log->received.count && dir != c->silent)
        ssk_verdict_for(
            draft, &log->received,
            "the %s's log (%s) tells of %u message%s received during the silence, which this "
            "capture did not see",
            who, log->name, (unsigned)log->received.count, plural(log->received.count));
    if (log->missed.count)
        ssk_verdict_for(draft, &log->missed, "the %s's log (%s) says %u time%s that nothing comes",
                        who, log->name, (unsigned)log->missed.count, plural(log->missed.count));
    if (log->paused)
        ssk_verdict_for(draft, &none, "the %s's log (%s) paused too", who, log->name);
}

void ssk_log_account_tell(const ssk_case *c, ssk_verdict_draft *draft)
{
    tell_side(c, SSK_A, draft);
    tell_side(c, SSK_B, draft);
    const ssk_log_account *log = &c->log[c->silent];
    if (log->name && log->spread) {
        char *text = g_strdup_printf("its log (%s) has %u lines of that time: the program ran",
                                     log->name, (unsigned)log->lines.count);
        ssk_verdict_against(draft, "process-suspended", &log->lines, text);
        ssk_verdict_against(draft, "host-asleep", &log->lines, text);
        g_free(text);
    } else if (log->paused) {
        ssk_verdict_prefer(draft, "process-suspended");
        if (c->far == c->silent && c->far_host_silent)
            ssk_verdict_prefer(draft, "host-asleep");
    }
}

static bool stands(const ssk_case *c, const char *id)
{
    const ssk_verdict *verdict = &c->stall->verdict;
    for (size_t i = 0; i < verdict->n_verdict; i++)
        if (!strcmp(verdict->causes[i].id, id))
            return true;
    return false;
}

const char *ssk_log_account_next(const ssk_case *c)
{
    if (!c->log[c->silent].name || !stands(c, "process-suspended") || !stands(c, "app-wedged"))
        return NULL;
    return "its log paused, as a stopped process's would and a stuck thread's may: a sysdiagnose, or samples of "
           "its stack, taken meanwhile tell which";
}
