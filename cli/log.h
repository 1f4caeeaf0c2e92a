/* log.h - the log of an application, as events of the analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_H
#define SSK_LOG_H

#include <glib.h>

#include "cli/log_form.h"
#include "core/model/event.h"

typedef struct ssk_log ssk_log;

/** Opens the file and reads up to its first line with a time.
 * @param path "-": standard input
 * @param zone of lines that name none; borrowed
 * @return NULL with an error that says what is wrong, without the file's name */
ssk_log *ssk_log_open(const char *path, GTimeZone *zone, const ssk_log_form *form, GError **error);
void ssk_log_close(ssk_log *log);

/** The next line that begins with a time.
 * @param near time of the capture: its year is taken where lines have none
 * @param[out] ret what it points to lives until the next call
 * @return false: the end, or @p error is set (what came before is good) */
bool ssk_log_next(ssk_log *log, ssk_time_ns near, ssk_event *ret, GError **error);

typedef void (*ssk_log_taker)(void *user, const ssk_event *event);

/** All lines of a file, as ssk_log_open() and ssk_log_next() give them.
 * @return false: @p error is set (what came before was taken) */
bool ssk_log_read(const char *path, GTimeZone *zone, const ssk_log_form *form, ssk_time_ns near,
                  ssk_log_taker take, void *user, GError **error);

/** Make a frame of a line, as captures hold them for Wireshark to show.
 * @param event a line; then a frame of its own link type
 * @param room  holds its bytes, which are borrowed until the next call */
void ssk_log_record(ssk_event *event, GByteArray *room);

/** The zone of --log-timezone. @param name known to be one; NULL: the machine's */
GTimeZone *ssk_log_zone(const char *name);

#endif
