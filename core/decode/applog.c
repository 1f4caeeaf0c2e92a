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
    bool any = false;
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
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year >= 1678 && year <= 2261 && month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap);
}

/* A line without a year may be of the 29th of February. */
#define YEAR_UNKNOWN 1972

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

/* "18:34:16", "18:34:16.298": since midnight. */
static bool read_clock(ssk_cursor *cursor, ssk_applog_line *line, ssk_span_ns *ret_of_day)
{
    int hour, minute, second;
    if (!fixed(cursor, 2, &hour) || !take(cursor, ':') || !fixed(cursor, 2, &minute) ||
        !take(cursor, ':') || !fixed(cursor, 2, &second))
        return false;
    if (hour > 23 || minute > 59 || second > 60)
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
    *ret_of_day = (hour * 3600 + minute * 60 + second) * SSK_S + fraction;
    return true;
}

/* RFC 3164, 4.1.2: "Mar 24 18:34:16", "Mar  4 ...". */
static bool read_month(ssk_cursor *cursor, int *ret_month, int *ret_day)
{
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    const uint8_t *word = ssk_cursor_take(cursor, 3);
    int month = 0;
    for (int i = 0; word && i < 12; i++)
        if (!memcmp(word, names + 3 * i, 3))
            month = i + 1;
    if (!month || !take(cursor, ' '))
        return false;
    *ret_month = month;
    return take(cursor, ' ') ? fixed(cursor, 1, ret_day) : fixed(cursor, 2, ret_day);
}

static bool read_date(ssk_cursor *cursor, int *ret_year, int *ret_month, int *ret_day)
{
    return fixed(cursor, 4, ret_year) && take(cursor, '-') && fixed(cursor, 2, ret_month) &&
           take(cursor, '-') && fixed(cursor, 2, ret_day) &&
           (take(cursor, ' ') || take(cursor, 'T'));
}

static bool read_time(ssk_cursor *cursor, ssk_applog_line *line)
{
    int year = YEAR_UNKNOWN, month, day;
    ssk_span_ns of_day;
    line->has_year = is_digit(ssk_cursor_peek(cursor));
    if (line->has_year ? !read_date(cursor, &year, &month, &day)
                       : !read_month(cursor, &month, &day) || !take(cursor, ' '))
        return false;
    if (!valid_date(year, month, day) || !read_clock(cursor, line, &of_day))
        return false;
    line->local = days_since_epoch(year, month, day) * SSK_DAY + of_day;
    line->has_zone = read_zone(cursor, &line->zone_s);
    return true;
}

/* ---- source ---- */

static ssk_applog_text text_between(const ssk_cursor *from, uint32_t to)
{
    return (ssk_applog_text){(const char *)from->data + from->pos, to - from->pos};
}

static void skip_name(ssk_cursor *cursor)
{
    while (is_name_byte(ssk_cursor_peek(cursor)))
        ssk_cursor_skip(cursor, 1);
}

/* What stands in brackets, if anything does. */
static bool take_group(ssk_cursor *cursor, char open, char close)
{
    ssk_cursor at = *cursor;
    if (!take(&at, open))
        return false;
    while (ssk_cursor_left(&at) > 0 && ssk_cursor_peek(&at) != (uint8_t)close)
        ssk_cursor_skip(&at, 1);
    if (!take(&at, close))
        return false;
    *cursor = at;
    return true;
}

/* A word and the space behind it. */
static bool take_word(ssk_cursor *cursor, ssk_applog_text *ret_word)
{
    ssk_cursor start = *cursor;
    skip_name(cursor);
    *ret_word = text_between(&start, cursor->pos);
    uint32_t end = cursor->pos;
    skip_spaces(cursor);
    return ret_word->len > 0 && cursor->pos > end;
}

static bool is_hex(const ssk_applog_text *word)
{
    return word->len > 2 && word->bytes[0] == '0' && word->bytes[1] == 'x';
}

/* "[Extension]", "Extension[311]:", "Extension:". A word without a mark is part
 * of the message. */
static ssk_applog_text read_source(ssk_cursor *cursor)
{
    ssk_applog_text none = {NULL, 0};
    ssk_cursor at = *cursor;
    uint64_t pid;

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
    skip_name(&at);
    uint32_t end = at.pos;
    if (take(&at, '[') && (!number(&at, &pid) || !take(&at, ']')))
        return none;
    if (end == cursor->pos || !take(&at, ':') || (ssk_cursor_left(&at) > 0 && !take(&at, ' ')))
        return none;
    ssk_applog_text source = text_between(cursor, end);
    *cursor = at;
    return source;
}

/* "(Network) [subsystem:category] " before the message. */
static void skip_subsystem(ssk_cursor *cursor)
{
    skip_spaces(cursor);
    if (take_group(cursor, '(', ')'))
        skip_spaces(cursor);
    if (take_group(cursor, '[', ']'))
        skip_spaces(cursor);
}

/* `log show`: thread, type, activity, pid, time to live, "Extension: ". */
static bool read_apple_columns(ssk_cursor *cursor, ssk_applog_text *ret_source)
{
    ssk_cursor at = *cursor;
    ssk_applog_text thread, type, activity, pid, ttl, source;
    if (!take_word(&at, &thread) || !is_hex(&thread) || !take_word(&at, &type) ||
        !take_word(&at, &activity) || !is_hex(&activity) || !take_word(&at, &pid) ||
        !take_word(&at, &ttl))
        return false;
    source = read_source(&at);
    if (!source.bytes)
        return false;
    skip_subsystem(&at);
    *cursor = at;
    *ret_source = source;
    return true;
}

/* `log show --style compact`: "Df Extension[311:1a2b] [subsystem:category]". */
static bool read_apple_compact(ssk_cursor *cursor, ssk_applog_text *ret_source)
{
    ssk_cursor at = *cursor;
    ssk_applog_text type;
    if (!take_word(&at, &type) || type.len > 2)
        return false;
    ssk_cursor start = at;
    skip_name(&at);
    uint32_t end = at.pos;
    if (end == start.pos || !take_group(&at, '[', ']') || !take(&at, ' '))
        return false;
    *ret_source = text_between(&start, end);
    skip_subsystem(&at);
    *cursor = at;
    return true;
}

/* "iPhone Extension(Network)[311] <Notice>: ", "iPhone Extension[311]: (Network) ". */
static bool read_syslog(ssk_cursor *cursor, ssk_applog_text *ret_source)
{
    ssk_cursor at = *cursor;
    ssk_applog_text host;
    if (!take_word(&at, &host))
        return false;
    ssk_cursor start = at;
    skip_name(&at);
    uint32_t end = at.pos;
    take_group(&at, '(', ')');
    if (end == start.pos || !take_group(&at, '[', ']'))
        return false;
    skip_spaces(&at);
    take_group(&at, '<', '>');
    if (!take(&at, ':'))
        return false;
    *ret_source = text_between(&start, end);
    skip_subsystem(&at);
    *cursor = at;
    return true;
}

/* RFC 5424, 6: host, program, process, message id, structured data. */
static bool read_syslog_5424(ssk_cursor *cursor, ssk_applog_text *ret_source)
{
    ssk_cursor at = *cursor;
    ssk_applog_text host, source, process, id;
    if (!take_word(&at, &host) || !take_word(&at, &source) || !take_word(&at, &process) ||
        !take_word(&at, &id))
        return false;
    if (!take(&at, '-') && !take_group(&at, '[', ']'))
        return false;
    *ret_source = source;
    *cursor = at;
    return true;
}

static ssk_applog_text read_writer(ssk_cursor *cursor, bool is_5424)
{
    ssk_applog_text source;
    if ((is_5424 && read_syslog_5424(cursor, &source)) || read_apple_columns(cursor, &source) ||
        read_apple_compact(cursor, &source) || read_syslog(cursor, &source))
        return source;
    return read_source(cursor);
}

/* "<165>1 " */
static bool take_priority(ssk_cursor *cursor)
{
    ssk_cursor at = *cursor;
    uint64_t priority;
    if (!take(&at, '<') || !number(&at, &priority) || !take(&at, '>'))
        return false;
    bool is_5424 = take(&at, '1');
    if (is_5424 && !take(&at, ' '))
        return false;
    *cursor = at;
    return is_5424;
}

/* ---- message ---- */

typedef enum value_kind { NO_VALUE, COUNT, SECONDS } value_kind;

/* The first that fits holds. The value is the first number behind the words. */
static const struct {
    const char *words; /* at the message's start */
    uint8_t event, value;
} messages[] = {
    {"sendKeepAliveRequest", SSK_APPLOG_PING_SENT, NO_VALUE},
    {"received keep-alive", SSK_APPLOG_PING_RECEIVED, NO_VALUE},
    {"No keep-alive received for", SSK_APPLOG_PING_MISSING, SECONDS},
    {"keep-alive resumed", SSK_APPLOG_RESUMED, COUNT},
    {"keepAliveTimer IS TIME OUT", SSK_APPLOG_TIMEOUT, NO_VALUE},
    {"Connection timed out", SSK_APPLOG_TIMEOUT, NO_VALUE},
    {"connecting to", SSK_APPLOG_CONNECTING, NO_VALUE},
    {"connected", SSK_APPLOG_CONNECTED, NO_VALUE},
    {"Remote Subsystem Connected", SSK_APPLOG_CONNECTED, NO_VALUE},
    {"connect failed", SSK_APPLOG_CONNECT_FAILED, NO_VALUE},
    {"Connection closed by peer", SSK_APPLOG_PEER_CLOSED, NO_VALUE},
    {"peer closed", SSK_APPLOG_PEER_CLOSED, NO_VALUE},
    {"Remote Subsystem Disconnected", SSK_APPLOG_DISCONNECTED, NO_VALUE},
    {"disconnected", SSK_APPLOG_DISCONNECTED, NO_VALUE},
    {"listening on", SSK_APPLOG_LISTENING, NO_VALUE},
    {"send would block", SSK_APPLOG_WOULD_BLOCK, COUNT},
    {"received bytes=", SSK_APPLOG_RECEIVED, COUNT},
    {"received total=", SSK_APPLOG_RECEIVED, NO_VALUE},
};

static bool at_words(const ssk_cursor *cursor, const char *words)
{
    ssk_cursor at = *cursor;
    size_t len = strlen(words);
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

static bool is_letter(uint8_t byte)
{
    uint8_t lower = (uint8_t)(byte | 0x20);
    return lower >= 'a' && lower <= 'z';
}

/* A word in lower case, whatever its case there. It begins where no letter is
 * before it, or with a capital: "sendPing", but not "mapping". */
static bool has_word(const ssk_cursor *cursor, const char *word)
{
    uint32_t len = (uint32_t)strlen(word);
    uint8_t before = ' ';
    for (ssk_cursor at = *cursor; ssk_cursor_left(&at) >= len;) {
        uint8_t first = ssk_cursor_peek(&at);
        ssk_cursor behind = at;
        uint32_t same = 0;
        while (same < len && (ssk_cursor_u8(&behind) | 0x20) == (uint8_t)word[same])
            same++;
        if (same == len && (!is_letter(before) || !(first & 0x20)))
            return true;
        before = ssk_cursor_u8(&at);
    }
    return false;
}

static bool has_any(const ssk_cursor *cursor, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (has_word(cursor, words[i]))
            return true;
    return false;
}

#define HAS_ANY(cursor, words) has_any(cursor, words, sizeof words / sizeof *words)

/* What a keep-alive may be called, and what happened to it. */
static ssk_applog_event by_words(const ssk_cursor *cursor)
{
    static const char *const things[] = {"keep-alive", "keepalive", "keep alive", "heartbeat",
                                         "heart beat", "ping",      "pong"};
    static const char *const bad[] = {"fail",    "error",  "timeout", "timed out",
                                      "missing", "missed", "not "};
    static const char *const in[] = {"receiv", "got ", "recv", "arrived"};
    static const char *const out[] = {"sent", "send"};
    if (!HAS_ANY(cursor, things) || HAS_ANY(cursor, bad))
        return SSK_APPLOG_OTHER;
    return HAS_ANY(cursor, in)    ? SSK_APPLOG_PING_RECEIVED
           : HAS_ANY(cursor, out) ? SSK_APPLOG_PING_SENT
                                  : SSK_APPLOG_OTHER;
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
    if (line->event == SSK_APPLOG_OTHER)
        line->event = by_words(cursor);

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
    uint32_t size = len > SSK_APPLOG_LINE_MAX ? SSK_APPLOG_LINE_MAX : (uint32_t)len;
    ssk_cursor cursor = ssk_cursor_init((const uint8_t *)line, size);
    ssk_applog_line read = {0};

    bool is_5424 = take_priority(&cursor);
    if (!read_time(&cursor, &read))
        return SSK_EFORMAT;
    if (!at_gap(&cursor))
        return SSK_EFORMAT;
    skip_spaces(&cursor);
    read.source = read_writer(&cursor, is_5424);
    skip_spaces(&cursor);
    while (cursor.size > cursor.pos && strchr("\r\n \t", cursor.data[cursor.size - 1]) &&
           cursor.data[cursor.size - 1])
        cursor.size--;
    read.text = text_between(&cursor, cursor.size);
    read_message(&cursor, &read);
    *ret = read;
    return SSK_OK;
}

ssk_time_ns ssk_applog_near(const ssk_applog_line *line, ssk_time_ns near)
{
    if (line->has_year || near == SSK_TIME_NONE)
        return line->local;
    int64_t day = line->local / SSK_DAY - days_since_epoch(YEAR_UNKNOWN, 1, 1);
    ssk_span_ns of_day = line->local % SSK_DAY, best_apart = INT64_MAX;
    ssk_time_ns best = line->local;
    int month = 12;
    while (days_since_epoch(YEAR_UNKNOWN, month, 1) > days_since_epoch(YEAR_UNKNOWN, 1, 1) + day)
        month--;
    day -= days_since_epoch(YEAR_UNKNOWN, month, 1) - days_since_epoch(YEAR_UNKNOWN, 1, 1);
    int about = 1970 + (int)(near / (SSK_DAY / 4 * 1461));
    for (int year = about - 1; year <= about + 1; year++) {
        if (!valid_date(year, month, (int)day + 1))
            continue;
        ssk_time_ns local = (days_since_epoch(year, month, 1) + day) * SSK_DAY + of_day;
        ssk_span_ns apart = local > near ? local - near : near - local;
        if (apart < best_apart) {
            best = local;
            best_apart = apart;
        }
    }
    return best;
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
