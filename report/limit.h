/* limit.h - bounds that were reached, and what that cost: one table for all writers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LIMIT_H
#define SSK_LIMIT_H

#include "core/model/result.h"

typedef struct ssk_limit {
    const char *key; /**< in the JSON report's "limits"; NULL: it stands elsewhere there */
    const char *label, *means; /**< for people, after the count: "3 left out" */
    size_t place;              /**< of the count in ssk_result */
} ssk_limit;

/** Ended by a row without a label. */
extern const ssk_limit ssk_limits[];

/** How often it was reached; 0: never. */
uint64_t ssk_limit_count(const ssk_limit *limit, const ssk_result *result);

#endif
