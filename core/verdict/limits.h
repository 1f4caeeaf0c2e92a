/* limits.h - the thresholds of limits.def.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_LIMITS_H
#define SSK_VERDICT_LIMITS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/types.h"

typedef enum ssk_threshold_id {
#define X(name, value, unit, what, why) SSK_LIMIT_##name,
#include "core/verdict/limits.def"
#undef X
    SSK_N_LIMITS
} ssk_threshold_id;

typedef struct ssk_threshold {
    const char *name;
    int64_t value;
    const char *unit, *what, *why;
} ssk_threshold;

extern const ssk_threshold ssk_thresholds[SSK_N_LIMITS];

/** The value of one, in its unit. */
#define SSK_LIMIT(name) (ssk_thresholds[SSK_LIMIT_##name].value)

#endif
