/* limits.h - the thresholds of limits.def.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LIMITS_H
#define SSK_LIMITS_H

#include "core/base/types.h"

enum {
#define X(name, value, unit, what, why) SSK_LIMIT_##name = (value),
#include "core/base/limits.def"
#undef X
};

/** The value of one, in its unit; a constant expression, wide enough for multiples of it. */
#define SSK_LIMIT(name) ((int64_t)SSK_LIMIT_##name)

/** One in permille, as a share of 1. */
#define SSK_SHARE(name) ((double)SSK_LIMIT_##name / 1000.0)

#endif
