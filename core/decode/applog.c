/* applog.c - one line of an application's log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/applog.h"

#include <string.h>

#include "core/decode/cursor.h"

/* ---- small readers ---- */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_name_byte(uint8_t byte)
{
    uint8_t lower = (uint8_t)(byte | 0x20);
    return is_digit(byte) || (lower >= 'a' && lower <= 'z') || byte == '_' || byte == '-' ||
           byte == '.' || byte >= 0x80;
}

static bool take(ssk_cursor *cursor, char byte)
{
    if (ssk_cursor_left(cursor) == 0 || ssk_cursor_peek(cursor) != (uint8_t)byte)
        return false;
    ssk_cursor_skip(cursor, 1);
    return true;
}

/* Exactly @p digits of them. */
static bool fixed(ssk_cursor *cursor, int digits, int *ret)
{
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (!is_digit(ssk_cursor_peek(cursor)))
            return false;
        value = value * 10 + (ssk_cursor_u8(cursor) - '0');
    }
    *ret = value;
    return true;
}

static bool number(ssk_cursor *cursor, uint64_t *ret)
{
    uint64_t value = 0;
    bool     any = false;
    while (is_digit(ssk_cursor_peek(cursor))) {
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

static void skip_spaces(ssk_cursor *cursor)
{
    while (take(cursor, ' ') || take(cursor, '\t'))
        ;
}

/* ---- time ---- */

static bool valid_date(int year, int month, int day)
{
    static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1678 && year <= 2261 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

/* Days from 1970-01-01 in the proleptic Gregorian calendar: years begin in
 * March, so that a leap day is a year's last. */
static int64_t days_since_epoch(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era_day = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return 365 * y + y / 4 - y / 100 + y / 400 + era_day - 719468;
}

static bool at_gap(const ssk_cursor *cursor)
{
    return ssk_cursor_left(cursor) == 0 || ssk_cursor_peek(cursor) == ' ' ||
           ssk_cursor_peek(cursor) == '\t';
}

/* "Z", "+01:00", "+0100", "+01", a space before it or not; a gap behind it. */
static bool read_zone(ssk_cursor *cursor, int32_t *ret_seconds)
{
    ssk_cursor at = *cursor;
    int hours, minutes = 0;
    take(&at, ' ');
    if (take(&at, 'Z')) {
        if (!at_gap(&at))
            return false; /* a word that begins with Z */
        *ret_seconds = 0;
        *cursor = at;
        return true;
    }
    bool east = take(&at, '+');
    if (!east && !take(&at, '-'))
        return false;
    if (!fixed(&at, 2, &hours))
        return false;
    ssk_cursor with_minutes = at;
    take(&with_minutes, ':');
    if (fixed(&with_minutes, 2, &minutes))
        at = with_minutes;
    else
        minutes = 0;
    if (hours > 14 || minutes > 59 || !at_gap(&at))
        return false;
    *ret_seconds = (east ? 1 : -1) * (hours * 3600 + minutes * 60);
    *cursor = at;
    return true;
}

static bool read_time(ssk_cursor *cursor, ssk_applog_line *line)
{
    int year, month, day, hour, minute, second;
    if (!fixed(cursor, 4, &year) || !take(cursor, '-') || !fixed(cursor, 2, &month) ||
        !take(cursor, '-') || !fixed(cursor, 2, &day))
        return false;
    if (!take(cursor, ' ') && !take(cursor, 'T'))
        return false;
    if (!fixed(cursor, 2, &hour) || !take(cursor, ':') || !fixed(cursor, 2, &minute) ||
        !take(cursor, ':') || !fixed(cursor, 2, &second))
        return false;
    if (!valid_date(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return false;

    int64_t fraction = 0, unit = SSK_S;
    if (take(cursor, '.') || take(cursor, ',')) {
        while (is_digit(ssk_cursor_peek(cursor))) {
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
    int64_t seconds = days_since_epoch(year, month, day) * 86400 + hour * 3600 + minute * 60 + second;
    line->local = seconds * SSK_S + fraction;
    line->has_zone = read_zone(cursor, &line->zone_s);
    return true;
}

/* ---- source ---- */

static ssk_applog_text text_between(const ssk_cursor *from, uint32_t to)
{
    return (ssk_applog_text){ (const char *)from->data + from->pos, to - from->pos };
}

/* "[Extension]", "Extension[311]:", "Extension:". A word without a mark is part
 * of the message. */
static ssk_applog_text read_source(ssk_cursor *cursor)
{
    ssk_applog_text none = { NULL, 0 };
    ssk_cursor      at = *cursor;
    uint64_t        pid;

    if (take(&at, '[')) {
        ssk_cursor start = at;
        while (ssk_cursor_left(&at) > 0 && ssk_cursor_peek(&at) != ']')
            ssk_cursor_skip(&at, 1);
        uint32_t end = at.pos;
        if (end == start.pos || !take(&at, ']'))
            return none;
        *cursor = at;
        return text_between(&start, end);
    }
    while (is_name_byte(ssk_cursor_peek(&at)))
        ssk_cursor_skip(&at, 1);
    uint32_t end = at.pos;
    if (take(&at, '[') && (!number(&at, &pid) || !take(&at, ']')))
        return none;
    if (end == cursor->pos || !take(&at, ':') || (ssk_cursor_left(&at) > 0 && !take(&at, ' ')))
        return none;
    ssk_applog_text source = text_between(cursor, end);
    *cursor = at;
    return source;
}

/* ---- message ---- */

typedef enum value_kind { NO_VALUE, COUNT, SECONDS } value_kind;

/* The first that fits holds. The value is the first number behind the words. */
static const struct {
    const char *words; /* at the message's start */
    uint8_t     event, value;
} messages[] = {
    { "sendKeepAliveRequest", SSK_APPLOG_PING_SENT, NO_VALUE },
    { "received keep-alive", SSK_APPLOG_PING_RECEIVED, NO_VALUE },
    { "No keep-alive received for", SSK_APPLOG_PING_MISSING, SECONDS },
    { "keep-alive resumed", SSK_APPLOG_RESUMED, COUNT },
    { "keepAliveTimer IS TIME OUT", SSK_APPLOG_TIMEOUT, NO_VALUE },
    { "Connection timed out", SSK_APPLOG_TIMEOUT, NO_VALUE },
    { "connecting to", SSK_APPLOG_CONNECTING, NO_VALUE },
    { "connected", SSK_APPLOG_CONNECTED, NO_VALUE },
    { "Remote Subsystem Connected", SSK_APPLOG_CONNECTED, NO_VALUE },
    { "connect failed", SSK_APPLOG_CONNECT_FAILED, NO_VALUE },
    { "Connection closed by peer", SSK_APPLOG_PEER_CLOSED, NO_VALUE },
    { "peer closed", SSK_APPLOG_PEER_CLOSED, NO_VALUE },
    { "Remote Subsystem Disconnected", SSK_APPLOG_DISCONNECTED, NO_VALUE },
    { "disconnected", SSK_APPLOG_DISCONNECTED, NO_VALUE },
    { "listening on", SSK_APPLOG_LISTENING, NO_VALUE },
    { "send would block", SSK_APPLOG_WOULD_BLOCK, COUNT },
    { "received bytes=", SSK_APPLOG_RECEIVED, COUNT },
    { "received total=", SSK_APPLOG_RECEIVED, NO_VALUE },
};

static bool at_words(const ssk_cursor *cursor, const char *words)
{
    ssk_cursor at = *cursor;
    size_t     len = strlen(words);
    if (ssk_cursor_left(&at) < len)
        return false;
    return memcmp(ssk_cursor_take(&at, (uint32_t)len), words, len) == 0;
}

/* Behind the first @p words; false: they are not there. */
static bool find_words(const ssk_cursor *cursor, const char *words, ssk_cursor *ret)
{
    uint32_t len = (uint32_t)strlen(words);
    for (ssk_cursor at = *cursor; ssk_cursor_left(&at) >= len; ssk_cursor_skip(&at, 1)) {
        if (at_words(&at, words)) {
            ssk_cursor_skip(&at, len);
            *ret = at;
            return true;
        }
    }
    return false;
}

static bool number_after(const ssk_cursor *cursor, const char *words, uint64_t *ret)
{
    ssk_cursor at;
    return find_words(cursor, words, &at) && number(&at, ret);
}

/* "16", "16.25": milliseconds. */
static bool read_seconds(ssk_cursor *cursor, uint64_t *ret_ms)
{
    uint64_t seconds, ms = 0;
    if (!number(cursor, &seconds) || seconds > UINT64_MAX / 2000)
        return false;
    ssk_cursor at = *cursor;
    if (take(&at, '.'))
        for (unsigned unit = 100; unit > 0 && is_digit(ssk_cursor_peek(&at)); unit /= 10)
            ms += unit * (ssk_cursor_u8(&at) - '0');
    *ret_ms = seconds * 1000 + ms;
    return true;
}

static void read_message(const ssk_cursor *cursor, ssk_applog_line *line)
{
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if (!at_words(cursor, messages[i].words))
            continue;
        line->event = (ssk_applog_event)messages[i].event;
        ssk_cursor at = *cursor;
        ssk_cursor_skip(&at, (uint32_t)strlen(messages[i].words));
        while (messages[i].value != NO_VALUE && ssk_cursor_left(&at) > 0 &&
               !is_digit(ssk_cursor_peek(&at)))
            ssk_cursor_skip(&at, 1);
        if (messages[i].value == COUNT)
            line->has_value = number(&at, &line->value);
        else if (messages[i].value == SECONDS)
            line->has_value = read_seconds(&at, &line->value);
        break;
    }

    ssk_cursor at;
    line->has_seq = number_after(cursor, "seq=", &line->seq);
    line->has_total = number_after(cursor, "total=", &line->total);
    if (find_words(cursor, "connection ID=", &at)) {
        ssk_cursor start = at;
        while (is_name_byte(ssk_cursor_peek(&at)) && ssk_cursor_peek(&at) != '.')
            ssk_cursor_skip(&at, 1);
        if (at.pos > start.pos)
            line->connection = text_between(&start, at.pos);
    }
    if (find_words(cursor, "{name=", &at)) {
        ssk_cursor start = at;
        while (ssk_cursor_left(&at) > 0 && ssk_cursor_peek(&at) != '}')
            ssk_cursor_skip(&at, 1);
        if (ssk_cursor_left(&at) > 0)
            line->name = text_between(&start, at.pos);
    }
}

ssk_status ssk_decode_applog(const char *line, size_t len, ssk_applog_line *ret)
{
    uint32_t        size = len > SSK_APPLOG_LINE_MAX ? SSK_APPLOG_LINE_MAX : (uint32_t)len;
    ssk_cursor      cursor = ssk_cursor_init((const uint8_t *)line, size);
    ssk_applog_line read = { 0 };

    if (!read_time(&cursor, &read))
        return SSK_EFORMAT;
    if (!at_gap(&cursor))
        return SSK_EFORMAT;
    skip_spaces(&cursor);
    read.source = read_source(&cursor);
    skip_spaces(&cursor);
    while (cursor.size > cursor.pos && strchr("\r\n \t", cursor.data[cursor.size - 1]) &&
           cursor.data[cursor.size - 1])
        cursor.size--;
    read.text = text_between(&cursor, cursor.size);
    read_message(&cursor, &read);
    *ret = read;
    return SSK_OK;
}

const char *ssk_applog_event_text(ssk_applog_event event)
{
    static const char *const texts[SSK_N_APPLOG_EVENTS] = {
        [SSK_APPLOG_OTHER] = "other",
        [SSK_APPLOG_LISTENING] = "listening",
        [SSK_APPLOG_CONNECTING] = "connecting",
        [SSK_APPLOG_CONNECTED] = "connected",
        [SSK_APPLOG_CONNECT_FAILED] = "connect failed",
        [SSK_APPLOG_PING_SENT] = "ping sent",
        [SSK_APPLOG_PING_RECEIVED] = "ping received",
        [SSK_APPLOG_PING_MISSING] = "ping missing",
        [SSK_APPLOG_RESUMED] = "resumed",
        [SSK_APPLOG_TIMEOUT] = "timeout",
        [SSK_APPLOG_PEER_CLOSED] = "peer closed",
        [SSK_APPLOG_DISCONNECTED] = "disconnected",
        [SSK_APPLOG_WOULD_BLOCK] = "send would block",
        [SSK_APPLOG_RECEIVED] = "received",
    };
    return texts[event < SSK_N_APPLOG_EVENTS ? event : SSK_APPLOG_OTHER];
}
