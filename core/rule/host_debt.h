/* host_debt.h - did another conversation of the same host owe something at the same time?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_HOST_DEBT_H
#define SSK_HOST_DEBT_H

#include <glib.h>

#include "core/model/facts.h"
#include "core/model/result.h"

/** Debts that stand by themselves - decoded, or with something left unacknowledged - by host. */
typedef struct ssk_host_debts {
    GHashTable *hosts; /* owned */
} ssk_host_debts;

void ssk_host_debts_init(ssk_host_debts *debts, const ssk_facts *facts, const ssk_result *result);
void ssk_host_debts_clear(ssk_host_debts *debts);

/** Does such a debt of another flow of either host cover half of @p debt, or begin with it? */
bool ssk_host_debts_cover(const ssk_host_debts *debts, const ssk_result_flow *flow,
                          const ssk_fact *debt);

#endif
