/* applog_part.h - what the decoders of log lines share. All readers leave the
 * cursor where it was only if they say so; each returns false where its words are not there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_APPLOG_PART_H
#define SSK_DECODE_APPLOG_PART_H

#include "core/decode/applog.h"
#include "core/decode/cursor.h"

/** A line without a year may be of the 29th of February. */
#define SSK_APPLOG_NO_YEAR 1972

bool ssk_applog_is_digit(uint8_t byte);
/** This one byte; else the cursor stays. */
bool ssk_applog_take(ssk_cursor *cursor, char byte);
/** Exactly @p digits of them. */
bool ssk_applog_fixed(ssk_cursor *cursor, int digits, int *ret);
bool ssk_applog_number(ssk_cursor *cursor, uint64_t *ret);
void ssk_applog_skip_spaces(ssk_cursor *cursor);
/** The end of the line, or a blank. */
bool ssk_applog_at_gap(const ssk_cursor *cursor);

bool ssk_applog_valid_date(int year, int month, int day);
/** Days from 1970-01-01. */
int64_t ssk_applog_days(int year, int month, int day);
/** "Mar", 1 to 12. */
bool ssk_applog_month(ssk_cursor *cursor, int *ret_month);
/** "18:34:16.298": since midnight; sets line->fraction_digits. */
bool ssk_applog_clock(ssk_cursor *cursor, ssk_applog_line *line, ssk_span_ns *ret_of_day);
/** "Z", "+01:00", "+0100"; else the cursor stays. */
bool ssk_applog_zone(ssk_cursor *cursor, int32_t *ret_seconds);
/** ISO 8601, or RFC 3164's. */
bool ssk_applog_time(ssk_cursor *cursor, ssk_applog_line *line);

/** Forms that do not begin with such a time: mosquitto, redis, nginx, logcat, and lines of JSON. Sets
 * time and source; the cursor is then at the message, and ends with it. The cursor stays if it is none. */
bool ssk_applog_form(ssk_cursor *cursor, ssk_applog_line *line);

#endif
