/* compare.h - `stallshark compare WIRE DEVICE`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLI_COMPARE_H
#define SSK_CLI_COMPARE_H

#include "cli/options.h"

extern const ssk_command ssk_command_compare;

#endif
