/* case_log.c - what the log of one side's program says about the interval.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/case_part.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"

/* Who accepts connections at one port of one host is one program. */
static bool is_of_program(const ssk_case *c, ssk_dir dir, const ssk_result_log *log)
{
    const ssk_result_flow *flow = ssk_result_find_flow(c->result, log->flow);
    ssk_dir at = log->side == SSK_SIDE_B ? SSK_B : SSK_A;
    return flow && dir == SSK_B && at == SSK_B && flow->handshake && c->flow->handshake &&
           flow->port[at] == c->flow->port[dir] &&
           ssk_addr_equal(&flow->addr[at], &c->flow->addr[dir]);
}

/* Of this connection; else of another one of the same program. */
static const ssk_result_log *log_of(const ssk_case *c, ssk_dir dir)
{
    ssk_side side = dir == SSK_A ? SSK_SIDE_A : SSK_SIDE_B;
    const ssk_result_log *best = NULL, *beside = NULL;
    for (size_t i = 0; i < c->result->n_logs; i++) {
        const ssk_result_log *log = &c->result->logs[i];
        if (log->flow == c->flow->id && log->side == side &&
            (!best || log->matched > best->matched))
            best = log;
        if (is_of_program(c, dir, log) && (!beside || log->matched > beside->matched))
            beside = log;
    }
    return best ? best : beside;
}

/* The lines go on over a good part of the silence, or for a while until it ends: whoever was stopped and
 * goes on speaks at once. Not a program that was woken for a moment amid it. */
static bool goes_on(ssk_time_ns first, ssk_time_ns last, ssk_time_ns from, ssk_time_ns to)
{
    ssk_span_ns part = (to - from) / 4;
    return last - first >= part || (last - first >= SSK_LIMIT(LOG_GOES_ON) && to - last < part);
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
            read_line(line, row == log && log->flow == c->flow->id, &account);
            if (line->at < from)
                continue; /* the last words of a program that stopped then */
            inside++;
            first = first == SSK_TIME_NONE ? line->at : MIN(first, line->at);
            last = last == SSK_TIME_NONE ? line->at : MAX(last, line->at);
        }
    }
    account.spread = inside >= SSK_LIMIT(LOG_LINES_LEAST) && goes_on(first, last, from, to);
    account.paused = !inside && before >= SSK_LIMIT(LOG_LINES_LEAST);
    *ret = account;
}
