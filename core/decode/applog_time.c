/* applog_time.c - the small words of a log line: digits, dates, clocks, zones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/applog_part.h"

#include <string.h>

/* ---- small readers ---- */

bool ssk_applog_is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

bool ssk_applog_take(ssk_cursor *cursor, char byte)
{
    if (ssk_cursor_left(cursor) == 0 || ssk_cursor_peek(cursor) != (uint8_t)byte)
        return false;
    ssk_cursor_skip(cursor, 1);
    return true;
}

/* Exactly @p digits of them. */
bool ssk_applog_fixed(ssk_cursor *cursor, int digits, int *ret)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!ssk_applog_is_digit(ssk_cursor_peek(cursor)))
            return false;
        value = value * 10 + (ssk_cursor_u8(cursor) - '0');
    }
    *ret = value;
    return true;
}

bool ssk_applog_number(ssk_cursor *cursor, uint64_t *ret)
{
    uint64_t value = 0;
    bool any = false;
    while (ssk_applog_is_digit(ssk_cursor_peek(cursor))) {
        unsigned digit = ssk_cursor_u8(cursor) - '0';
        if (value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
        any = true;
    }
    if (any)
        *ret = value;
    return any;
}

void ssk_applog_skip_spaces(ssk_cursor *cursor)
{
    while (ssk_applog_take(cursor, ' ') || ssk_applog_take(cursor, '\t'))
        ;
}

/* ---- time ---- */

bool ssk_applog_valid_date(int year, int month, int day)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1678 && year <= 2261 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar: years begin in
 * March, so that a leap day is a year's last. */
int64_t ssk_applog_days(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + era_day - 719468;
}

bool ssk_applog_at_gap(const ssk_cursor *cursor)
{
    return ssk_cursor_left(cursor) == 0 || ssk_cursor_peek(cursor) == ' ' ||
           ssk_cursor_peek(cursor) == '\t';
}

/* "Z", "+01:00", "+0100", "+01", a space before it or not; a gap behind it. */
bool ssk_applog_zone(ssk_cursor *cursor, int32_t *ret_seconds)
{
    ssk_cursor at = *cursor;
    int hours, minutes = 0;
    ssk_applog_take(&at, ' ');
    if (ssk_applog_take(&at, 'Z')) {
        if (!ssk_applog_at_gap(&at))
            return false; /* a word that begins with Z */
        *ret_seconds = 0;
        *cursor = at;
        return true;
    }
    bool east = ssk_applog_take(&at, '+');
    if (!east && !ssk_applog_take(&at, '-'))
        return false;
    if (!ssk_applog_fixed(&at, 2, &hours))
        return false;
    ssk_cursor with_minutes = at;
    ssk_applog_take(&with_minutes, ':');
    if (ssk_applog_fixed(&with_minutes, 2, &minutes))
        at = with_minutes;
    else
        minutes = 0;
    if (hours > 14 || minutes > 59 || !ssk_applog_at_gap(&at))
        return false;
    *ret_seconds = (east ? 1 : -1) * (hours * 3600 + minutes * 60);
    *cursor = at;
    return true;
}

/* "18:34:16", "18:34:16.298": since midnight. */
bool ssk_applog_clock(ssk_cursor *cursor, ssk_applog_line *line, ssk_span_ns *ret_of_day)
{
    int hour, minute, second;
    if (!ssk_applog_fixed(cursor, 2, &hour) || !ssk_applog_take(cursor, ':') ||
        !ssk_applog_fixed(cursor, 2, &minute) || !ssk_applog_take(cursor, ':') ||
        !ssk_applog_fixed(cursor, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
        return false;

    int64_t fraction = 0, unit = SSK_S;
    if (ssk_applog_take(cursor, '.') || ssk_applog_take(cursor, ',')) {
        while (ssk_applog_is_digit(ssk_cursor_peek(cursor))) {
            int digit = ssk_cursor_u8(cursor) - '0';
            if (unit == 1)
                continue; /* finer than a nanosecond */
            unit /= 10;
            fraction += digit * unit;
            line->fraction_digits++;
        }
        if (line->fraction_digits == 0)
            return false;
    }
    *ret_of_day = (hour * 3600 + minute * 60 + second) * SSK_S + fraction;
    return true;
}

/* "Mar", 1 to 12. */
bool ssk_applog_month(ssk_cursor *cursor, int *ret_month)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const uint8_t *word = ssk_cursor_take(cursor, 3);
    for (int i = 0; word && i < 12; i++)
        if (!memcmp(word, names + 3 * i, 3)) {
            *ret_month = i + 1;
            return true;
        }
    return false;
}

/* RFC 3164, 4.1.2: "Mar 24 18:34:16", "Mar  4 ...". */
static bool read_month(ssk_cursor *cursor, int *ret_month, int *ret_day)
{
    if (!ssk_applog_month(cursor, ret_month) || !ssk_applog_take(cursor, ' '))
        return false;
    return ssk_applog_take(cursor, ' ') ? ssk_applog_fixed(cursor, 1, ret_day)
                                        : ssk_applog_fixed(cursor, 2, ret_day);
}

static bool read_date(ssk_cursor *cursor, int *ret_year, int *ret_month, int *ret_day)
{
    return ssk_applog_fixed(cursor, 4, ret_year) && ssk_applog_take(cursor, '-') &&
           ssk_applog_fixed(cursor, 2, ret_month) && ssk_applog_take(cursor, '-') &&
           ssk_applog_fixed(cursor, 2, ret_day) &&
           (ssk_applog_take(cursor, ' ') || ssk_applog_take(cursor, 'T'));
}

bool ssk_applog_time(ssk_cursor *cursor, ssk_applog_line *line)
{
    int year = SSK_APPLOG_NO_YEAR, month, day;
    ssk_span_ns of_day;
    line->has_year = ssk_applog_is_digit(ssk_cursor_peek(cursor));
    if (line->has_year ? !read_date(cursor, &year, &month, &day)
                       : !read_month(cursor, &month, &day) || !ssk_applog_take(cursor, ' '))
        return false;
    if (!ssk_applog_valid_date(year, month, day) || !ssk_applog_clock(cursor, line, &of_day))
        return false;
    line->local = ssk_applog_days(year, month, day) * SSK_DAY + of_day;
    line->has_zone = ssk_applog_zone(cursor, &line->zone_s);
    return true;
}
