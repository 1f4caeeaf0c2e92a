/* analyze.h - `stallshark analyze FILE...`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ANALYZE_H
#define SSK_ANALYZE_H

#include "cli/options.h"

extern const ssk_command ssk_command_analyze;

#endif
