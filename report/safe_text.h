/* safe_text.h - text from captures is hostile: TXT records, process names and
 * log lines may hold terminal commands, line breaks or no UTF-8 at all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SAFE_TEXT_H
#define SSK_SAFE_TEXT_H

#include <glib.h>
#include <stdbool.h>

/** A character that a terminal or an editor would obey instead of showing:
 * C0 and C1 controls, line and paragraph separators, direction overrides. */
bool ssk_safe_text_forbids(gunichar c);

/** Append @p text as one line of valid UTF-8: bytes that are none become
 * U+FFFD, forbidden characters are spelled out (\x1b, \u202e). */
void ssk_safe_text_append(GString *out, const char *text);

#endif
