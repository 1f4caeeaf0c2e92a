/* observe_log.c - what logs add: the silent side's program, and what a kernel counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

#include "core/base/addr.h"
#include "core/base/text.h"

static const ssk_log_account *account(const ssk_case *c, ssk_seen *seen)
{
    const ssk_log_account *log = &c->log[c->silent];
    g_snprintf(seen->text, sizeof seen->text, "%s", log->name ? log->name : "");
    return log;
}

ssk_tri ssk_ask_LOG_RAN(const ssk_case *c, ssk_seen *seen)
{
    const ssk_log_account *log = account(c, seen);
    seen->tally = log->lines;
    return log->spread ? SSK_YES : log->paused ? SSK_NO : SSK_UNKNOWN;
}

ssk_tri ssk_ask_LOG_PAUSED(const ssk_case *c, ssk_seen *seen)
{
    return ssk_yes_or_unknown(account(c, seen)->paused);
}

ssk_tri ssk_ask_STACK_SAMPLES(const ssk_case *c, ssk_seen *seen)
{
    (void)c;
    (void)seen;
    return SSK_UNKNOWN;
}

ssk_tri ssk_ask_CRASH_REPORT(const ssk_case *c, ssk_seen *seen)
{
    (void)c;
    (void)seen;
    return SSK_UNKNOWN;
}

ssk_tri ssk_ask_LOG_SENT(const ssk_case *c, ssk_seen *seen)
{
    seen->tally = account(c, seen)->sent;
    return ssk_yes_or_unknown(seen->tally.count > 0);
}

/* A reading says what was counted since the one before it. Where the tools ran, their clock is taken
 * as the capture's. Two files may be of one host, so the one that says most counts. */
static ssk_tri counted(const ssk_case *c, const char *counter, ssk_seen *seen)
{
    seen->tally.count = 0;
    for (size_t i = 0; i < c->result->n_counters; i++) {
        const ssk_result_counter *row = &c->result->counters[i];
        int64_t n = 0;
        for (size_t k = 0; !strcmp(row->counter, counter) && k < row->n_list; k++) {
            if (row->list[k].at < c->from || row->list[k].since > c->to)
                continue;
            n += (int64_t)MIN(row->list[k].by, (uint64_t)INT32_MAX);
        }
        if (n <= seen->tally.count)
            continue;
        seen->tally.count = n;
        g_strlcpy(seen->text, row->name ? row->name : "its log", sizeof seen->text);
    }
    return ssk_yes_or_unknown(seen->tally.count > 0);
}

ssk_tri ssk_ask_LISTEN_FULL(const ssk_case *c, ssk_seen *seen)
{
    return counted(c, "listen-full", seen);
}

/* An overflow is counted as a drop, too. */
ssk_tri ssk_ask_LISTEN_DROPS(const ssk_case *c, ssk_seen *seen)
{
    ssk_seen overflow = {.answer = SSK_UNKNOWN};
    if (counted(c, "listen-full", &overflow) == SSK_YES)
        return SSK_UNKNOWN;
    return counted(c, "listen-drops", seen);
}

ssk_tri ssk_ask_TIMEOUTS(const ssk_case *c, ssk_seen *seen)
{
    return counted(c, "tcp-timeouts", seen);
}

/* Is it the socket of far's end of the flow? NAT may call either end something else, not both. */
static bool is_far_socket(const ssk_case *c, const ssk_result_counter *row)
{
    char far[SSK_TEXT_ROOM], near[SSK_TEXT_ROOM];
    const ssk_result_flow *flow = c->flow;
    if (flow->transport != SSK_TCP || !row->peer_port || row->port != flow->port[c->far] ||
        row->peer_port != flow->port[c->near])
        return false;
    return !g_strcmp0(row->host, ssk_addr_text(&flow->addr[c->far], far)) ||
           !g_strcmp0(row->peer, ssk_addr_text(&flow->addr[c->near], near));
}

/* Whatever a socket throws away, old data or data beyond its window, had come to it. */
ssk_tri ssk_ask_SOCKET_DROPS(const ssk_case *c, ssk_seen *seen)
{
    seen->tally.count = 0;
    for (size_t i = 0; i < c->result->n_counters; i++) {
        const ssk_result_counter *row = &c->result->counters[i];
        for (size_t k = 0; is_far_socket(c, row) && k < row->n_list; k++)
            if (row->list[k].since >= c->from && row->list[k].at <= c->to)
                seen->tally.count += (int64_t)MIN(row->list[k].by, (uint64_t)INT32_MAX);
        if (seen->tally.count)
            g_strlcpy(seen->text, row->name ? row->name : "its log", sizeof seen->text);
        if (seen->tally.count)
            break;
    }
    return ssk_yes_or_unknown(seen->tally.count > 0);
}

ssk_tri ssk_ask_BAD_SUMS(const ssk_case *c, ssk_seen *seen)
{
    return counted(c, "bad-checksums", seen);
}
