/* bundle.h - `stallshark bundle FILE... -o FOLDER|FILE.tar.gz`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CLI_BUNDLE_H
#define SSK_CLI_BUNDLE_H

#include "cli/options.h"

extern const ssk_command ssk_command_bundle;

#endif
