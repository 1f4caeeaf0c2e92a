/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_dhcp.h"

#include <string.h>

#include "bundle/scrub_text.h"
#include "core/decode/cursor.h"

enum { ADDRESSES = 12, HARDWARE = 28, COOKIE = 236, OPTIONS = 240, HARDWARE_ROOM = 16 };
enum { ETHERNET = 1, PAD = 0, END = 255 };

typedef enum option_kind { EMPTIED = 0, KEPT, IPV4, NAME, CLIENT_ID } option_kind;

static option_kind kind_of(uint8_t code)
{
    switch (code) {
    case 1:
    case 23:
    case 26:
    case 51:
    case 52:
    case 53:
    case 55:
    case 57:
    case 58:
    case 59:
        return KEPT; /* mask, hop limit, MTU, times, kind of message, wishes, sizes */
    case 3:
    case 4:
    case 5:
    case 6:
    case 7:
    case 28:
    case 42:
    case 44:
    case 50:
    case 54:
        return IPV4; /* routers, servers, broadcast, requested, server's identifier */
    case 12:
    case 15:
        return NAME;
    case 61:
        return CLIENT_ID;
    }
    return EMPTIED;
}

static void put_option(ssk_pseudonym *p, uint8_t code, const uint8_t *from, uint8_t *to,
                       uint32_t len)
{
    switch (kind_of(code)) {
    case KEPT:
        memcpy(to, from, len);
        break;
    case IPV4:
        memcpy(to, from, len);
        for (uint32_t at = 0; at + 4 <= len; at += 4)
            ssk_pseudonym_ipv4(p, to + at);
        memset(to + len / 4 * 4, 0, len % 4);
        break;
    case NAME:
        ssk_scrub_name(p, from, len, to);
        break;
    case CLIENT_ID:
        if (len == 7 && from[0] == ETHERNET) {
            memcpy(to, from, len);
            ssk_pseudonym_mac(p, to + 1);
        } else if (len) {
            ssk_pseudonym_word(p, from, len, to);
            to[0] = from[0];
        }
        break;
    case EMPTIED:
        break;
    }
}

bool ssk_scrub_dhcp(ssk_pseudonym *p, const uint8_t *from, uint8_t *to, uint32_t len)
{
    static const uint8_t cookie[] = {0x63, 0x82, 0x53, 0x63};
    if (len < OPTIONS || memcmp(from + COOKIE, cookie, sizeof cookie) != 0)
        return false;
    memcpy(to, from, HARDWARE);
    for (uint32_t at = ADDRESSES; at < HARDWARE; at += 4)
        ssk_pseudonym_ipv4(p, to + at);
    if (from[1] == ETHERNET && from[2] == 6) {
        memcpy(to + HARDWARE, from + HARDWARE, 6);
        ssk_pseudonym_mac(p, to + HARDWARE);
    }
    memcpy(to + COOKIE, cookie, sizeof cookie);
    ssk_cursor cursor = ssk_cursor_init(from, len);
    ssk_cursor_seek(&cursor, OPTIONS);
    while (ssk_cursor_left(&cursor)) {
        uint32_t at = cursor.pos;
        uint8_t code = ssk_cursor_u8(&cursor);
        to[at] = code;
        if (code == END)
            break;
        if (code == PAD)
            continue;
        uint8_t size = ssk_cursor_u8(&cursor);
        const uint8_t *value = ssk_cursor_take(&cursor, size);
        if (!value) {
            to[at] = 0;
            break;
        }
        to[at + 1] = size;
        put_option(p, code, value, to + at + 2, size);
    }
    return true;
}
