/* lines.h - text in lines of bounded width.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LINES_H
#define SSK_LINES_H

#include <glib.h>

/** Columns that @p text takes on a terminal: wide characters count two, combining ones none. */
unsigned ssk_lines_columns(const char *text);

/** Append @p lead and @p text, wrapped at blanks; further lines are indented
 * as far as the lead is wide. A word too long for a line is cut. Ends with a
 * line break. Both are valid UTF-8 in one line.
 *
 * @param width columns in all; at least 20 more than the lead takes */
void ssk_lines_wrap(GString *out, const char *lead, const char *text, unsigned width);

/** Append @p text cut or filled to exactly @p columns; a cut text ends in "...". */
void ssk_lines_cell(GString *out, const char *text, unsigned columns);

#endif
