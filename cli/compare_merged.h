/* compare_merged.h - the captures of a comparison and its logs as one file for Wireshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_COMPARE_MERGED_H
#define SSK_COMPARE_MERGED_H

#include "cli/options.h"
#include "cli/output.h"
#include "core/view/views.h"
#include "report/annotate.h"

/** Is that name one of a capture file? */
bool ssk_compare_is_capture(const char *path);

/** Writes all packets by the base's clock, each capture an interface that begins with its letter,
 * log lines between them, the comments of the base's packets, and one on each packet that was lost.
 * @param views      after its snapshot; ssk_views_keep_lost() was called
 * @param sides      of char **, the files of each capture
 * @param interfaces of the one file that holds all captures, by view; NULL: a file or more each */
void ssk_compare_write_merged(ssk_views *views, const GPtrArray *sides, const uint32_t *interfaces,
                              unsigned n, const ssk_options *options, const ssk_comments *comments,
                              ssk_output *output);

#endif
