/* observe_log.c - what the log of the silent side's program adds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/verdict/observe.h"

#include <string.h>

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
