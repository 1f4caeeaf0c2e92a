/* log_command.h - `stallshark log APPLOG...`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_COMMAND_H
#define SSK_LOG_COMMAND_H

#include "cli/options.h"

extern const ssk_command ssk_command_log;

#endif
