/* other_way.h - answers that come back between other ports than the question went: of a device that
 * sends to a port that it was given, or a server that opens a port of its own (TFTP).
 *
 * Source: RFC 1350, 4 (the transfer's own port). SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_OTHER_WAY_H
#define SSK_OTHER_WAY_H

#include <glib.h>

#include "core/model/facts.h"
#include "core/model/result.h"

/** Flows of datagrams that one side alone sent, by that side. */
typedef struct ssk_other_ways {
    GHashTable *senders; /* owned */
} ssk_other_ways;

/** @param result borrowed, must live as long as @p ways */
void ssk_other_ways_init(ssk_other_ways *ways, const ssk_result *result);
void ssk_other_ways_clear(ssk_other_ways *ways);

/** Did the debtor send to another port of its creditor's host meanwhile, with nothing there to answer?
 * @param debt an answer of @p flow */
bool ssk_answered_elsewhere(const ssk_other_ways *ways, const ssk_result_flow *flow,
                            const ssk_fact *debt);

#endif
