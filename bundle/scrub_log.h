/* scrub_log.h - a line of a program's log without the program's own words.
 *
 * What the analysis reads of a line is kept: its time, what it tells, numbers
 * of messages and bytes. Programs and connections get other names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_LOG_H
#define SSK_SCRUB_LOG_H

#include <glib.h>

#include "bundle/pseudonym.h"
#include "core/model/event.h"

/** Appends the line, with its newline, in a form that is read again: its time in UTC, "[log1-Name]",
 * and the words.
 * @param names what gives other names; NULL: program, connection and words stay
 * @param log   which of the logs, from 1: lines of two programs stay apart
 * @param event SSK_EVENT_LOG
 * @return false: the line has no time that can be written, nothing was appended */
bool ssk_scrub_log(const ssk_pseudonym *names, unsigned log, const ssk_event *event, GString *out);

#endif
