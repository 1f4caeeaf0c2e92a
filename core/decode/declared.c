/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/declared.h"

#include <glib.h>
#include <string.h>

#include "core/decode/cursor.h"

static bool of_mqtt(ssk_cursor cursor, ssk_declared *ret)
{
    if (ssk_cursor_u8(&cursor) != 0x10)
        return false;
    for (unsigned i = 0; i < 4 && ssk_cursor_u8(&cursor) & 0x80; i++)
        ; /* remaining length */
    uint16_t len = ssk_cursor_be16(&cursor);
    const uint8_t *name = ssk_cursor_take(&cursor, len);
    bool known = name && ((len == 4 && !memcmp(name, "MQTT", 4)) ||
                          (len == 6 && !memcmp(name, "MQIsdp", 6)));
    ssk_cursor_skip(&cursor, 2); /* level, flags */
    uint16_t seconds = ssk_cursor_be16(&cursor);
    if (cursor.failed || !known || !seconds)
        return false;
    *ret = (ssk_declared){.own = seconds * SSK_S};
    return true;
}

static bool of_amqp(ssk_cursor cursor, ssk_declared *ret)
{
    enum { METHOD = 1, TUNE_OK = 10 << 16 | 31 };
    bool method = ssk_cursor_u8(&cursor) == METHOD;
    uint16_t channel = ssk_cursor_be16(&cursor);
    uint32_t len = ssk_cursor_be32(&cursor), what = ssk_cursor_be32(&cursor);
    ssk_cursor_skip(&cursor, 6); /* channels, frame size */
    uint16_t seconds = ssk_cursor_be16(&cursor);
    if (cursor.failed || !method || channel || len != 12 || what != TUNE_OK || !seconds)
        return false;
    *ret = (ssk_declared){.own = seconds * SSK_S, .other = seconds * SSK_S};
    return true;
}

static bool of_bgp(ssk_cursor cursor, ssk_declared *ret)
{
    for (unsigned i = 0; i < 16; i++)
        if (ssk_cursor_u8(&cursor) != 0xff)
            return false;
    uint16_t len = ssk_cursor_be16(&cursor);
    bool opens = ssk_cursor_u8(&cursor) == 1 && ssk_cursor_u8(&cursor) == 4;
    ssk_cursor_skip(&cursor, 2);
    uint16_t hold = ssk_cursor_be16(&cursor);
    if (cursor.failed || !opens || len < 29 || hold < 3)
        return false;
    *ret = (ssk_declared){.own = hold / 3 * SSK_S};
    return true;
}

/* The head of a PDU and of its first message: RFC 5036, 3.1 and 3.5. */
static bool is_ldp(ssk_cursor *cursor, uint16_t message)
{
    bool version = ssk_cursor_be16(cursor) == 1;
    ssk_cursor_skip(cursor, 8); /* length, identifier */
    bool is = ssk_cursor_be16(cursor) == message;
    ssk_cursor_skip(cursor, 6); /* length, identifier */
    return version && is && !cursor->failed;
}

static bool of_ldp(ssk_cursor cursor, ssk_declared *ret)
{
    enum { INITIALIZATION = 0x0200, SESSION = 0x0500 };
    if (!is_ldp(&cursor, INITIALIZATION) || ssk_cursor_be16(&cursor) != SESSION)
        return false;
    ssk_cursor_skip(&cursor, 4); /* length, version */
    uint16_t seconds = ssk_cursor_be16(&cursor);
    if (cursor.failed || !seconds)
        return false;
    *ret = (ssk_declared){.own = seconds * SSK_S, .other = seconds * SSK_S};
    return true;
}

/* A string, a number or nothing, as AMQP 1.0, 1.6, encodes them. */
static uint64_t skip_amqp_field(ssk_cursor *cursor)
{
    enum { ABSENT = 0x40, ZERO = 0x43, SMALL = 0x52, SHORT = 0x60, INT = 0x70 };
    enum { STRING_8 = 0xa1, SYMBOL_8 = 0xa3 };
    switch (ssk_cursor_u8(cursor)) {
    case ABSENT:
    case ZERO:
        return 0;
    case SMALL:
        return ssk_cursor_u8(cursor);
    case SHORT:
        return ssk_cursor_be16(cursor);
    case INT:
        return ssk_cursor_be32(cursor);
    case STRING_8:
    case SYMBOL_8:
        ssk_cursor_skip(cursor, ssk_cursor_u8(cursor));
        return 0;
    default:
        cursor->failed = true;
        return 0;
    }
}

/* It asks the other side not to be silent for longer. */
static bool of_amqp_1(ssk_cursor cursor, ssk_declared *ret)
{
    enum { BEFORE_IDLE = 4, LIST_8 = 0xc0, LIST_32 = 0xd0 };
    ssk_cursor_skip(&cursor, 4); /* size */
    bool frame = ssk_cursor_u8(&cursor) == 2 && ssk_cursor_u8(&cursor) == 0;
    ssk_cursor_skip(&cursor, 2); /* channel */
    bool opens = ssk_cursor_be16(&cursor) == 0x0053 && ssk_cursor_u8(&cursor) == 0x10;
    uint8_t list = ssk_cursor_u8(&cursor);
    if (!frame || !opens || (list != LIST_8 && list != LIST_32))
        return false;
    ssk_cursor_skip(&cursor, list == LIST_8 ? 1 : 4); /* size */
    uint32_t count = list == LIST_8 ? ssk_cursor_u8(&cursor) : ssk_cursor_be32(&cursor);
    for (unsigned i = 0; i < BEFORE_IDLE; i++)
        skip_amqp_field(&cursor);
    uint64_t ms = skip_amqp_field(&cursor);
    if (cursor.failed || count <= BEFORE_IDLE || ms < 1000)
        return false;
    *ret = (ssk_declared){.other = (ssk_span_ns)ms * SSK_MS};
    return true;
}

/* Engine.IO, protocol 4: a text frame of the server, 0 and an object; whoever asks, the other answers. */
static bool of_engine_io(ssk_cursor cursor, ssk_declared *ret)
{
    static const char key[] = "\"pingInterval\":";
    ssk_cursor_skip(&cursor, 1);
    uint8_t len = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, len == 126 ? 2 : 0);
    bool opens = ssk_cursor_u8(&cursor) == '0' && ssk_cursor_u8(&cursor) == '{';
    if (cursor.failed || len > 126 || !opens)
        return false;
    while (ssk_cursor_left(&cursor) > sizeof key) {
        const uint8_t *at = ssk_cursor_take(&cursor, 1);
        if (*at != '"' || memcmp(at, key, sizeof key - 1) != 0)
            continue;
        ssk_cursor_skip(&cursor, sizeof key - 2);
        uint32_t ms = 0;
        for (uint8_t c; ms < 100 * 1000 * 1000 && g_ascii_isdigit(c = ssk_cursor_u8(&cursor));)
            ms = ms * 10 + (uint32_t)(c - '0');
        if (ms < 1000)
            return false;
        *ret = (ssk_declared){.own = ms * SSK_MS, .other = ms * SSK_MS};
        return true;
    }
    return false;
}

/* One of these words, alone on the line. */
static bool take_line(ssk_cursor *cursor, const char *const *words, size_t n)
{
    const char *left = (const char *)cursor->data + cursor->pos;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(words[i]);
        ssk_cursor rest = *cursor;
        if (ssk_cursor_left(cursor) <= len || memcmp(left, words[i], len) != 0)
            continue;
        ssk_cursor_skip(&rest, (uint32_t)len);
        if (ssk_cursor_peek(&rest) == '\r')
            ssk_cursor_skip(&rest, 1);
        if (ssk_cursor_u8(&rest) != '\n')
            continue;
        *cursor = rest;
        return true;
    }
    return false;
}

/* Decimal digits; more than seven are none. */
static uint32_t take_number(ssk_cursor *cursor)
{
    uint32_t number = 0, digits = 0;
    for (; g_ascii_isdigit(ssk_cursor_peek(cursor)) && ssk_cursor_left(cursor); digits++)
        number = number * 10 + (ssk_cursor_u8(cursor) - '0');
    return digits <= 7 ? number : 0;
}

/* The two of CONNECT and CONNECTED: what it can send, and what it would like to get. */
static bool of_stomp(ssk_cursor cursor, ssk_declared *ret)
{
    static const char *const opens[] = {"CONNECT", "CONNECTED", "STOMP"};
    static const char header[] = "heart-beat:";
    if (!take_line(&cursor, opens, G_N_ELEMENTS(opens)))
        return false;
    while (ssk_cursor_left(&cursor) > sizeof header - 1) {
        const uint8_t *line = cursor.data + cursor.pos;
        const uint8_t *end = memchr(line, '\n', ssk_cursor_left(&cursor));
        if (!end || end - line < 2)
            return false; /* the body follows */
        if (!memcmp(line, header, sizeof header - 1)) {
            ssk_cursor_skip(&cursor, sizeof header - 1);
            uint32_t sends = take_number(&cursor);
            bool comma = ssk_cursor_u8(&cursor) == ',';
            uint32_t wants = take_number(&cursor);
            if (!comma || !ssk_cursor_left(&cursor)) /* cut off, maybe amid a number */
                return false;
            *ret = (ssk_declared){.own = sends * SSK_MS, .other = wants * SSK_MS, .agreed = true};
            return true;
        }
        ssk_cursor_skip(&cursor, (uint32_t)(end - line) + 1);
    }
    return false;
}

bool ssk_declares_websocket(const uint8_t *data, uint32_t cap_len)
{
    static const char status[] = "HTTP/1.1 101 ", field[] = "\r\nupgrade: websocket\r\n";
    if (cap_len < sizeof status || memcmp(data, status, sizeof status - 1))
        return false;
    for (uint32_t at = 0; at + sizeof field - 1 <= cap_len; at++)
        if (!g_ascii_strncasecmp((const char *)data + at, field, sizeof field - 1))
            return true;
    return false;
}

bool ssk_declared_read(const uint8_t *data, uint32_t cap_len, ssk_declared *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    switch (ssk_cursor_peek(&cursor)) {
    case 0x10:
        return of_mqtt(cursor, ret);
    case 0x01:
        return of_amqp(cursor, ret);
    case 0xff:
        return of_bgp(cursor, ret);
    case 0x00:
        return of_ldp(cursor, ret) || of_amqp_1(cursor, ret);
    case 0x81:
        return of_engine_io(cursor, ret);
    case 'C':
    case 'S':
        return of_stomp(cursor, ret);
    default:
        return false;
    }
}

/* A hello of LDP: three of them within its hold time. */
static bool of_ldp_hello(ssk_cursor cursor, ssk_declared *ret)
{
    enum { HELLO = 0x0100, PARAMETERS = 0x0400, LINK = 15, FOREVER = 0xffff };
    if (!is_ldp(&cursor, HELLO) || ssk_cursor_be16(&cursor) != PARAMETERS)
        return false;
    ssk_cursor_skip(&cursor, 2); /* length */
    uint16_t hold = ssk_cursor_be16(&cursor);
    if (cursor.failed || hold == FOREVER)
        return false;
    *ret = (ssk_declared){.own = (hold ? hold : LINK) * SSK_S / 3};
    return true;
}

/* Hello time and hold time in seconds; of version 2 in milliseconds. */
static bool of_hsrp(ssk_cursor cursor, ssk_declared *ret)
{
    enum { HELLO = 0, ADVERTISES = 3, PASSIVE = 2 };
    enum { STANDBY = 8, ACTIVE = 16, V2_STANDBY = 5, V2_ACTIVE = 6 };
    bool second = ssk_cursor_u8(&cursor) == 1;
    if (second && (ssk_cursor_u8(&cursor) != 40 || ssk_cursor_u8(&cursor) != 2))
        return false;
    uint8_t says = ssk_cursor_u8(&cursor), state = ssk_cursor_u8(&cursor);
    if (!second && says == ADVERTISES) { /* type 1, length, state of the interface */
        bool of_interface = !state && ssk_cursor_u8(&cursor) == 1;
        ssk_cursor_skip(&cursor, 2);
        bool passive = ssk_cursor_u8(&cursor) == PASSIVE;
        if (cursor.failed || !of_interface || !passive)
            return false;
        *ret = (ssk_declared){.own = 0};
        return true;
    }
    if (second)
        ssk_cursor_skip(&cursor, 13); /* IP version, group, identifier, priority */
    uint64_t hello = second ? ssk_cursor_be32(&cursor) : ssk_cursor_u8(&cursor) * 1000u;
    uint64_t hold = second ? ssk_cursor_be32(&cursor) : ssk_cursor_u8(&cursor) * 1000u;
    if (cursor.failed || says > 3 || hold < hello || hello > 3600 * 1000)
        return false;
    bool stands = second ? state == V2_STANDBY || state == V2_ACTIVE
                         : state == STANDBY || state == ACTIVE;
    *ret = (ssk_declared){.own = says == HELLO && stands ? (ssk_span_ns)hello * SSK_MS : 0};
    return true;
}

/* Version 1, state, its own least interval and the one that it can take, in microseconds. */
static bool of_bfd(ssk_cursor cursor, ssk_declared *ret)
{
    enum { UP = 3, LEAST = 24 };
    uint32_t whole = ssk_cursor_left(&cursor);
    uint8_t version = ssk_cursor_u8(&cursor) >> 5, state = ssk_cursor_u8(&cursor) >> 6;
    uint8_t multiplier = ssk_cursor_u8(&cursor), len = ssk_cursor_u8(&cursor);
    uint32_t mine = ssk_cursor_be32(&cursor), yours = ssk_cursor_be32(&cursor);
    uint32_t sends = ssk_cursor_be32(&cursor), takes = ssk_cursor_be32(&cursor);
    ssk_cursor_skip(&cursor, 4); /* echo */
    if (cursor.failed || version != 1 || !multiplier || len < LEAST || len > whole || !mine)
        return false;
    bool up = state == UP && yours;
    *ret = (ssk_declared){.own = up ? MAX(sends, takes) * SSK_US : 0};
    return true;
}

bool ssk_declared_read_datagram(const uint8_t *data, uint32_t cap_len, ssk_declared *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    return of_bfd(cursor, ret) || of_ldp_hello(cursor, ret) || of_hsrp(cursor, ret);
}
