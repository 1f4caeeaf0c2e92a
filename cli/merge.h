/* merge.h - `stallshark merge REPORT...`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLI_MERGE_H
#define SSK_CLI_MERGE_H

#include "cli/options.h"

extern const ssk_command ssk_command_merge;

#endif
