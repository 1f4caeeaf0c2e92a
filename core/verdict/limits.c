/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/verdict/limits.h"

const ssk_threshold ssk_thresholds[SSK_N_LIMITS] = {
#define X(name, value, unit, what, why) {#name, value, #unit, what, why},
#include "core/verdict/limits.def"
#undef X
};
