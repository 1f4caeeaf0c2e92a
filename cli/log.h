/* log.h - the log of an application, as events of the analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_H
#define SSK_LOG_H

#include <glib.h>

#include "core/model/event.h"

typedef struct ssk_log ssk_log;

/** Opens the file and reads up to its first line with a time.
 * @param path "-": standard input
 * @param zone of lines that name none; borrowed
 * @return NULL with an error that says what is wrong, without the file's name */
ssk_log *ssk_log_open(const char *path, GTimeZone *zone, GError **error);
void ssk_log_close(ssk_log *log);

/** The next line that begins with a time.
 * @param near time of the capture: its year is taken where lines have none
 * @param[out] ret what it points to lives until the next call
 * @return false: the end, or @p error is set (what came before is good) */
bool ssk_log_next(ssk_log *log, ssk_time_ns near, ssk_event *ret, GError **error);

/** The zone of --log-timezone. @param name known to be one; NULL: the machine's */
GTimeZone *ssk_log_zone(const char *name);

#endif
