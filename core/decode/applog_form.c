/* applog_form.c - log lines that begin otherwise: those of mosquitto, redis, nginx
 * and logcat, and the lines of JSON that Apple's log and systemd's journal write.
 *
 * Source: mosquitto 2.0 src/logging.c; redis 7 src/server.c; nginx 1.22
 * src/core/ngx_log.c and ngx_http_log_module.c; logcat's format "threadtime";
 * `log show --style ndjson`; systemd.journal-fields(7).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/decode/applog_part.h"
#include "core/decode/json.h"

#define US_PER_S   1000000
#define EPOCH_MOST INT64_C(9000000000)

static ssk_applog_text text_of(const ssk_json_value *value)
{
    return (ssk_applog_text){(const char *)value->text, value->len};
}

static void set_utc(ssk_applog_line *line, int64_t seconds, int64_t fraction, uint8_t digits)
{
    line->local = seconds * SSK_S + fraction;
    line->has_year = line->has_zone = true;
    line->zone_s = 0;
    line->fraction_digits = digits;
}

/* "1795349331: Received PINGREQ from dev1": mosquitto, seconds since 1970. */
static bool read_mosquitto(ssk_cursor *cursor, ssk_applog_line *line)
{
    uint64_t seconds;
    if (!ssk_applog_number(cursor, &seconds) || seconds < 100000000 || seconds > EPOCH_MOST ||
        !ssk_applog_take(cursor, ':') || !ssk_applog_take(cursor, ' '))
        return false;
    set_utc(line, (int64_t)seconds, 0, 0);
    return true;
}

/* "4901:M 30 Nov 2026 10:38:05.417 * Accepted 10.0.0.5:48844". */
static bool read_redis(ssk_cursor *cursor, ssk_applog_line *line)
{
    uint64_t pid;
    int day, month, year;
    ssk_span_ns of_day;
    if (!ssk_applog_number(cursor, &pid) || !ssk_applog_take(cursor, ':') ||
        !strchr("XCSM", ssk_cursor_peek(cursor)) || !ssk_cursor_left(cursor))
        return false;
    ssk_cursor_skip(cursor, 1);
    if (!ssk_applog_take(cursor, ' ') || !ssk_applog_fixed(cursor, 2, &day) ||
        !ssk_applog_take(cursor, ' ') || !ssk_applog_month(cursor, &month) ||
        !ssk_applog_take(cursor, ' ') || !ssk_applog_fixed(cursor, 4, &year) ||
        !ssk_applog_take(cursor, ' ') || !ssk_applog_valid_date(year, month, day) ||
        !ssk_applog_clock(cursor, line, &of_day))
        return false;
    line->local = ssk_applog_days(year, month, day) * SSK_DAY + of_day;
    line->has_year = true;
    ssk_applog_skip_spaces(cursor);
    if (ssk_cursor_left(cursor) && strchr(".-*#", ssk_cursor_peek(cursor)))
        ssk_cursor_skip(cursor, 1);
    return true;
}

/* "2026/11/30 10:45:27 [error] 123#0: *1 upstream timed out". */
static bool read_nginx_error(ssk_cursor *cursor, ssk_applog_line *line)
{
    int year, month, day;
    ssk_span_ns of_day;
    if (!ssk_applog_fixed(cursor, 4, &year) || !ssk_applog_take(cursor, '/') ||
        !ssk_applog_fixed(cursor, 2, &month) || !ssk_applog_take(cursor, '/') ||
        !ssk_applog_fixed(cursor, 2, &day) || !ssk_applog_take(cursor, ' ') ||
        !ssk_applog_valid_date(year, month, day) || !ssk_applog_clock(cursor, line, &of_day))
        return false;
    line->local = ssk_applog_days(year, month, day) * SSK_DAY + of_day;
    line->has_year = true;
    return true;
}

/* `10.0.0.5 - - [30/Nov/2026:10:45:27 +0000] "GET / HTTP/1.1" 200 3`: written when the answer is out. */
static bool read_nginx_access(ssk_cursor *cursor, ssk_applog_line *line)
{
    int year, month, day;
    ssk_span_ns of_day;
    for (int words = 0; words < 3; words++) {
        uint32_t from = cursor->pos;
        while (!ssk_applog_at_gap(cursor))
            ssk_cursor_skip(cursor, 1);
        if (cursor->pos == from || !ssk_applog_take(cursor, ' '))
            return false;
    }
    if (!ssk_applog_take(cursor, '[') || !ssk_applog_fixed(cursor, 2, &day) ||
        !ssk_applog_take(cursor, '/') || !ssk_applog_month(cursor, &month) ||
        !ssk_applog_take(cursor, '/') || !ssk_applog_fixed(cursor, 4, &year) ||
        !ssk_applog_take(cursor, ':') || !ssk_applog_valid_date(year, month, day) ||
        !ssk_applog_clock(cursor, line, &of_day) || !ssk_applog_take(cursor, ' '))
        return false;
    bool east = ssk_applog_take(cursor, '+');
    int hours, minutes;
    if ((!east && !ssk_applog_take(cursor, '-')) || !ssk_applog_fixed(cursor, 2, &hours) ||
        !ssk_applog_fixed(cursor, 2, &minutes) || !ssk_applog_take(cursor, ']'))
        return false;
    line->local = ssk_applog_days(year, month, day) * SSK_DAY + of_day;
    line->has_year = line->has_zone = true;
    line->zone_s = (east ? 1 : -1) * (hours * 3600 + minutes * 60);
    return true;
}

/* "11-30 10:45:27.123  1234  5678 I Tag: message": no year. */
static bool read_logcat(ssk_cursor *cursor, ssk_applog_line *line)
{
    int month, day;
    ssk_span_ns of_day;
    uint64_t id;
    if (!ssk_applog_fixed(cursor, 2, &month) || !ssk_applog_take(cursor, '-') ||
        !ssk_applog_fixed(cursor, 2, &day) || !ssk_applog_take(cursor, ' ') ||
        !ssk_applog_valid_date(SSK_APPLOG_NO_YEAR, month, day) ||
        !ssk_applog_clock(cursor, line, &of_day))
        return false;
    for (int numbers = 0; numbers < 2; numbers++) {
        ssk_applog_skip_spaces(cursor);
        if (!ssk_applog_number(cursor, &id))
            return false;
    }
    ssk_applog_skip_spaces(cursor);
    if (!ssk_cursor_left(cursor) || !strchr("VDIWEFS", ssk_cursor_peek(cursor)))
        return false;
    ssk_cursor_skip(cursor, 1);
    if (!ssk_applog_take(cursor, ' '))
        return false;
    uint32_t from = cursor->pos, end = from;
    for (; ssk_cursor_left(cursor) && ssk_cursor_peek(cursor) != ':'; ssk_cursor_skip(cursor, 1))
        if (ssk_cursor_peek(cursor) != ' ')
            end = cursor->pos + 1;
    if (end == from || !ssk_applog_take(cursor, ':'))
        return false;
    line->local = ssk_applog_days(SSK_APPLOG_NO_YEAR, month, day) * SSK_DAY + of_day;
    line->source = (ssk_applog_text){(const char *)cursor->data + from, end - from};
    return true;
}

/* ---- lines of JSON ---- */

static bool find_text(const ssk_cursor *cursor, const char *name, ssk_json_value *ret)
{
    return ssk_json_find(cursor->data, cursor->size, name, ret) == SSK_OK &&
           ret->kind == SSK_JSON_STRING && ret->whole;
}

/* The cursor then holds nothing but the message. */
static void go_to(ssk_cursor *cursor, const ssk_json_value *message)
{
    cursor->pos = (uint32_t)(message->text - cursor->data);
    cursor->size = cursor->pos + message->len;
}

/* Behind the last slash of a path. */
static ssk_applog_text last_part(ssk_applog_text path)
{
    for (uint32_t i = path.len; i > 0; i--)
        if (path.bytes[i - 1] == '/')
            return (ssk_applog_text){path.bytes + i, path.len - i};
    return path;
}

static bool read_apple_json(ssk_cursor *cursor, ssk_applog_line *line)
{
    ssk_json_value stamp, message, program;
    if (!find_text(cursor, "timestamp", &stamp) || !find_text(cursor, "eventMessage", &message))
        return false;
    ssk_cursor time = ssk_cursor_init(stamp.text, stamp.len);
    if (!ssk_applog_time(&time, line) || ssk_cursor_left(&time))
        return false;
    if (find_text(cursor, "processImagePath", &program))
        line->source = last_part(text_of(&program));
    go_to(cursor, &message);
    return true;
}

static bool read_journal(ssk_cursor *cursor, ssk_applog_line *line)
{
    ssk_json_value stamp, message, program;
    uint64_t us;
    if (ssk_json_find(cursor->data, cursor->size, "__REALTIME_TIMESTAMP", &stamp) != SSK_OK ||
        !ssk_json_to_uint(&stamp, &us) || us / US_PER_S > (uint64_t)EPOCH_MOST ||
        !find_text(cursor, "MESSAGE", &message))
        return false;
    set_utc(line, (int64_t)(us / US_PER_S), (int64_t)(us % US_PER_S) * SSK_US, 6);
    if (find_text(cursor, "SYSLOG_IDENTIFIER", &program) || find_text(cursor, "_COMM", &program))
        line->source = text_of(&program);
    go_to(cursor, &message);
    return true;
}

bool ssk_applog_form(ssk_cursor *cursor, ssk_applog_line *line)
{
    static bool (*const forms[])(ssk_cursor *, ssk_applog_line *) = {
        read_mosquitto, read_redis, read_nginx_error, read_logcat, read_nginx_access};
    static bool (*const objects[])(ssk_cursor *, ssk_applog_line *) = {read_apple_json,
                                                                       read_journal};
    bool json = ssk_cursor_left(cursor) && ssk_cursor_peek(cursor) == '{';
    size_t n = json ? sizeof objects / sizeof *objects : sizeof forms / sizeof *forms;
    for (size_t i = 0; i < n; i++) {
        ssk_cursor at = *cursor;
        ssk_applog_line read = {0};
        if (!(json ? objects : forms)[i](&at, &read) || at.failed)
            continue;
        *cursor = at;
        *line = read;
        return true;
    }
    return false;
}
