/* applog.c - one line of an application's log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/applog.h"

#include <string.h>

#include "core/decode/applog_part.h"

static bool is_name_byte(uint8_t byte)
{
    uint8_t lower = (uint8_t)(byte | 0x20);
    return ssk_applog_is_digit(byte) || (lower >= 'a' && lower <= 'z') || byte == '_' ||
           byte == '-' || byte == '.' || byte >= 0x80;
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
    if (!ssk_applog_take(&at, open))
        return false;
    while (ssk_cursor_left(&at) > 0 && ssk_cursor_peek(&at) != (uint8_t)close)
        ssk_cursor_skip(&at, 1);
    if (!ssk_applog_take(&at, close))
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
    ssk_applog_skip_spaces(cursor);
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

    if (ssk_applog_take(&at, '[')) {
        ssk_cursor start = at;
        while (ssk_cursor_left(&at) > 0 && ssk_cursor_peek(&at) != ']')
            ssk_cursor_skip(&at, 1);
        uint32_t end = at.pos;
        if (end == start.pos || !ssk_applog_take(&at, ']'))
            return none;
        *cursor = at;
        return text_between(&start, end);
    }
    skip_name(&at);
    uint32_t end = at.pos;
    if (ssk_applog_take(&at, '[') && (!ssk_applog_number(&at, &pid) || !ssk_applog_take(&at, ']')))
        return none;
    if (end == cursor->pos || !ssk_applog_take(&at, ':') ||
        (ssk_cursor_left(&at) > 0 && !ssk_applog_take(&at, ' ')))
        return none;
    ssk_applog_text source = text_between(cursor, end);
    *cursor = at;
    return source;
}

/* "(Network) [subsystem:category] " before the message. */
static void skip_subsystem(ssk_cursor *cursor)
{
    ssk_applog_skip_spaces(cursor);
    if (take_group(cursor, '(', ')'))
        ssk_applog_skip_spaces(cursor);
    if (take_group(cursor, '[', ']'))
        ssk_applog_skip_spaces(cursor);
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
    if (end == start.pos || !take_group(&at, '[', ']') || !ssk_applog_take(&at, ' '))
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
    ssk_applog_skip_spaces(&at);
    take_group(&at, '<', '>');
    if (!ssk_applog_take(&at, ':'))
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
    if (!ssk_applog_take(&at, '-') && !take_group(&at, '[', ']'))
        return false;
    *ret_source = source;
    *cursor = at;
    return true;
}

/* Home Assistant: "INFO (MainThread) [homeassistant.components.mqtt] ". */
static bool read_home_assistant(ssk_cursor *cursor, ssk_applog_text *ret_source)
{
    ssk_cursor at = *cursor;
    ssk_applog_text level;
    if (!take_word(&at, &level) || !take_group(&at, '(', ')') || !ssk_applog_take(&at, ' '))
        return false;
    ssk_cursor start = at;
    if (!take_group(&at, '[', ']') || at.pos < start.pos + 3)
        return false;
    *ret_source = (ssk_applog_text){(const char *)start.data + start.pos + 1,
                                    at.pos - start.pos - 2};
    *cursor = at;
    return true;
}

static ssk_applog_text read_writer(ssk_cursor *cursor, bool is_5424)
{
    ssk_applog_text source;
    if ((is_5424 && read_syslog_5424(cursor, &source)) || read_apple_columns(cursor, &source) ||
        read_apple_compact(cursor, &source) || read_home_assistant(cursor, &source) ||
        read_syslog(cursor, &source))
        return source;
    return read_source(cursor);
}

/* "<165>1 " */
static bool take_priority(ssk_cursor *cursor)
{
    ssk_cursor at = *cursor;
    uint64_t priority;
    if (!ssk_applog_take(&at, '<') || !ssk_applog_number(&at, &priority) ||
        !ssk_applog_take(&at, '>'))
        return false;
    bool is_5424 = ssk_applog_take(&at, '1');
    if (is_5424 && !ssk_applog_take(&at, ' '))
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

/* What brokers and servers say, anywhere in the line. */
static const struct {
    const char *words;
    uint8_t event;
} sayings[] = {
    {"has exceeded timeout", SSK_APPLOG_TIMEOUT},
    {"upstream timed out", SSK_APPLOG_TIMEOUT},
    {"New client connected from", SSK_APPLOG_CONNECTED},
    {"Accepted ", SSK_APPLOG_CONNECTED},
    {"closed its connection", SSK_APPLOG_PEER_CLOSED},
    {"Client closed connection", SSK_APPLOG_PEER_CLOSED},
    {"Socket error on client", SSK_APPLOG_DISCONNECTED},
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
    return find_words(cursor, words, &at) && ssk_applog_number(&at, ret);
}

/* "16", "16.25": milliseconds. */
static bool read_seconds(ssk_cursor *cursor, uint64_t *ret_ms)
{
    uint64_t seconds, ms = 0;
    if (!ssk_applog_number(cursor, &seconds) || seconds > UINT64_MAX / 2000)
        return false;
    ssk_cursor at = *cursor;
    if (ssk_applog_take(&at, '.'))
        for (unsigned unit = 100; unit > 0 && ssk_applog_is_digit(ssk_cursor_peek(&at)); unit /= 10)
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
               !ssk_applog_is_digit(ssk_cursor_peek(&at)))
            ssk_cursor_skip(&at, 1);
        if (messages[i].value == COUNT)
            line->has_value = ssk_applog_number(&at, &line->value);
        else if (messages[i].value == SECONDS)
            line->has_value = read_seconds(&at, &line->value);
        break;
    }
    ssk_cursor at;
    for (size_t i = 0; line->event == SSK_APPLOG_OTHER && i < sizeof sayings / sizeof *sayings; i++)
        if (find_words(cursor, sayings[i].words, &at))
            line->event = (ssk_applog_event)sayings[i].event;
    if (line->event == SSK_APPLOG_OTHER)
        line->event = by_words(cursor);

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

    if (!ssk_applog_form(&cursor, &read)) {
        bool is_5424 = take_priority(&cursor);
        if (!ssk_applog_time(&cursor, &read))
            return SSK_EFORMAT;
        ssk_applog_take(&cursor, ':'); /* mosquitto's log_timestamp_format */
        if (!ssk_applog_at_gap(&cursor))
            return SSK_EFORMAT;
        ssk_applog_skip_spaces(&cursor);
        read.source = read_writer(&cursor, is_5424);
    }
    ssk_applog_skip_spaces(&cursor);
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
    int64_t day = line->local / SSK_DAY - ssk_applog_days(SSK_APPLOG_NO_YEAR, 1, 1);
    ssk_span_ns of_day = line->local % SSK_DAY, best_apart = INT64_MAX;
    ssk_time_ns best = line->local;
    int month = 12;
    while (ssk_applog_days(SSK_APPLOG_NO_YEAR, month, 1) >
           ssk_applog_days(SSK_APPLOG_NO_YEAR, 1, 1) + day)
        month--;
    day -= ssk_applog_days(SSK_APPLOG_NO_YEAR, month, 1) -
           ssk_applog_days(SSK_APPLOG_NO_YEAR, 1, 1);
    int about = 1970 + (int)(near / (SSK_DAY / 4 * 1461));
    for (int year = about - 1; year <= about + 1; year++) {
        if (!ssk_applog_valid_date(year, month, (int)day + 1))
            continue;
        ssk_time_ns local = (ssk_applog_days(year, month, 1) + day) * SSK_DAY + of_day;
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
