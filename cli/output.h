/* output.h - a file that is there whole or not at all.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_OUTPUT_H
#define SSK_OUTPUT_H

#include <glib.h>
#include <stdbool.h>

/** Bytes go to a temporary file beside @p path, which takes its name in
 * ssk_output_commit(). A path that exists and is no regular file (a device, a
 * pipe) is written to directly. */
typedef struct ssk_output ssk_output;

/** What --color says. */
typedef enum ssk_color {
    SSK_COLOR_AUTO = 0, /**< on a terminal, unless NO_COLOR is set */
    SSK_COLOR_ALWAYS,
    SSK_COLOR_NEVER,
} ssk_color;

#define SSK_OUTPUT_ERROR ssk_output_error_quark()
GQuark ssk_output_error_quark(void);

/** @param path  NULL or "-": standard output
 *  @param force replace an existing file
 *  @return NULL with an error that names @p path */
ssk_output *ssk_output_open(const char *path, gboolean force, GError **error);
/** An error is told by ssk_output_commit(). */
void ssk_output_write(ssk_output *output, const void *bytes, size_t length);

/** A further descriptor of the file, for a library that writes and closes one
 * itself. The caller closes it. */
int ssk_output_descriptor(ssk_output *output);

/** Whether colors are wanted where it goes. */
bool ssk_output_color(const ssk_output *output, ssk_color wanted);
/** Of the terminal that it goes to; 0: to none. */
unsigned ssk_output_columns(const ssk_output *output);

/** Make it visible; frees @p output in any case. */
gboolean ssk_output_commit(ssk_output *output, GError **error);
/** Drop what was written. NULL is fine. */
void ssk_output_cancel(ssk_output *output);

/** Print to standard output. @return exit status */
int ssk_output_print(const char *text);
/** Print a one-line error and free it. @return exit status 2 */
int ssk_output_complain(GError *error);

/** Further files, then folders, to remove when a signal ends the program.
 * @param paths NULL-terminated, kept until replaced; NULL: none any more */
void ssk_output_guard(char *const *paths);

/** Of signals that end the program: remove the temporary files first. */
void ssk_output_catch_signals(void);

#endif
