/* annotate.h - `stallshark annotate IN -o OUT.pcapng`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLI_ANNOTATE_H
#define SSK_CLI_ANNOTATE_H

#include "cli/options.h"
#include "cli/output.h"
#include "cli/pcapng_rewrite.h"

extern const ssk_command ssk_command_annotate;

#endif
