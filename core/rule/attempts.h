/* attempts.h - who tried to connect where, and which of it was only looking
 * around.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ATTEMPTS_H
#define SSK_ATTEMPTS_H

#include <glib.h>

#include "core/model/facts.h"
#include "core/model/result.h"

/** A handshake, answered or not. */
typedef struct ssk_attempt {
    const ssk_fact *fact; /**< SSK_FACT_CONNECT */
    const ssk_result_flow *flow;
} ssk_attempt;

/** The attempts that waited for somebody, those of one client and one service
 * together and by time. Left out is a client that never waited, and who tries many ports of one host, or one
 * port of many hosts, in vain: a scan is no waiting.
 * @param ret_scans a finding for each scan is added here; NULL: not told
 * @return of ssk_attempt; the caller frees it, g_array_free() */
GArray *ssk_attempts_new(const ssk_facts *facts, const ssk_result *result, ssk_result *ret_scans);

/** Of one client to one address and port? */
bool ssk_attempts_same_target(const ssk_attempt *x, const ssk_attempt *y);

#endif
