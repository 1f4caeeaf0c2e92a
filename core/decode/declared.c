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
    default:
        return false;
    }
}

/* Hello time and hold time in seconds; of version 2 in milliseconds. */
bool ssk_declared_read_datagram(const uint8_t *data, uint32_t cap_len, ssk_declared *ret)
{
    enum { HELLO = 0, ADVERTISES = 3, PASSIVE = 2 };
    enum { STANDBY = 8, ACTIVE = 16, V2_STANDBY = 5, V2_ACTIVE = 6 };
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
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
