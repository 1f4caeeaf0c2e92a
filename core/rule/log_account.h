/* log_account.h - what the programs of a stalled flow wrote in their logs meanwhile.
 *
 * A line is stamped before the send returns, so it tells that the program ran
 * and what it meant to do, not that anything left.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_ACCOUNT_H
#define SSK_LOG_ACCOUNT_H

#include "core/rule/verdict.h"

/** Read what the program on side @p dir wrote during the judged interval. Only logs
 * that match the flow count. */
void ssk_log_account_read(const ssk_case *c, ssk_dir dir, ssk_log_account *ret);

/** Add evidence and counter-evidence, and put first what it speaks for. */
void ssk_log_account_tell(const ssk_case *c, ssk_verdict_draft *draft);

/** Better than asking for a log that is there already; NULL: nothing to say. */
const char *ssk_log_account_next(const ssk_case *c);

#endif
