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

/* ---- the backend's part ---- */

/** Write a file of any other format as pcapng with comments.
 * @param edit max_frames: stop behind this one
 * @return FALSE with an error that says what, without the file's name */
gboolean ssk_annotate_convert(const char *path, const ssk_pcapng_edit *edit, ssk_output *output,
                              ssk_pcapng_outcome *ret, GError **error);

#endif
