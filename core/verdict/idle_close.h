/* idle_close.h - a connection that was closed by a timer, while nobody owed anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_IDLE_CLOSE_H
#define SSK_VERDICT_IDLE_CLOSE_H

#include "core/model/facts.h"

/** The timeout that a close looks like: it came a round time after the last message of either side,
 * and nothing waited for an acknowledgment.
 * @param close SSK_FACT_CLOSE
 * @return 0: none */
ssk_span_ns ssk_idle_timeout(const ssk_fact *close);

#endif
