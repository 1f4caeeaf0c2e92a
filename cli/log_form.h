/* log_form.h - lines of an own format, told by regular expressions in a key file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_FORM_H
#define SSK_LOG_FORM_H

#include <glib.h>

typedef struct ssk_log_form ssk_log_form;

/** Reads the group [log] of a key file: `time`, and what lines of each kind look like.
 * @return owned by the caller; NULL with a one-line error */
ssk_log_form *ssk_log_form_load(const char *path, GError **error);
void ssk_log_form_free(ssk_log_form *form);

/** The line in words that the analysis reads, the line itself behind them.
 * @param line without its newline, not terminated
 * @return owned by the caller; NULL: it has no such time, and is left as it is */
char *ssk_log_form_rewrite(const ssk_log_form *form, const char *line, gsize len);

#endif
