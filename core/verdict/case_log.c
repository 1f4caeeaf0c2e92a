/* case_log.c - what the log of one side's program says about the interval.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/limits.h"

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
    ssk_tally_add(&account->lines, 1, line->frame);
    if (!own)
        return;
    if (line->tells == SSK_LOG_SENT)
        ssk_tally_add(&account->sent, 1, line->frame);
    else if (line->tells == SSK_LOG_RECEIVED)
        ssk_tally_add(&account->received, 1, line->frame);
    else if (line->tells == SSK_LOG_MISSED)
        ssk_tally_add(&account->missed, 1, line->frame);
}

void ssk_case_read_log(const ssk_case *c, ssk_dir dir, ssk_log_account *ret)
{
    const ssk_result_log *log = log_of(c, dir);
    ssk_log_account account = {0};
    *ret = account;
    if (!log)
        return;
    ssk_span_ns slack = SSK_LIMIT(LOG_SLACK) + log->error;
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
    account.spread = inside >= SSK_LIMIT(LOG_LINES_LEAST) && last - first >= (to - from) / 4;
    account.paused = !inside && before >= SSK_LIMIT(LOG_LINES_LEAST);
    *ret = account;
}
