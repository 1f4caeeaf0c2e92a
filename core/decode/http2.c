/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/http2.h"

#include <string.h>

#include "core/decode/cursor.h"

enum {
    DATA,
    HEADERS,
    PRIORITY,
    RST_STREAM,
    SETTINGS,
    PUSH_PROMISE,
    PING,
    GOAWAY,
    WINDOW_UPDATE,
    CONTINUATION
};

#define PREFACE    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define HEAD       9
#define END_STREAM 0x01
/* The largest frame that a side accepts unless it says otherwise: RFC 9113, 4.2. */
#define FRAME_MOST 16384

/* Does the head of a frame agree with itself? */
static bool is_head(uint32_t len, uint8_t type, uint32_t stream)
{
    bool odd = stream & 1;
    switch (type) {
    case DATA:
    case HEADERS:
    case CONTINUATION:
        return odd && len <= FRAME_MOST;
    case PRIORITY:
        return odd && len == 5;
    case RST_STREAM:
        return stream && len == 4;
    case SETTINGS:
        return !stream && len % 6 == 0 && len <= 60;
    case PING:
        return !stream && len == 8;
    case GOAWAY:
        return !stream && len >= 8 && len <= FRAME_MOST;
    case WINDOW_UPDATE:
        return !(stream & 1u << 31) && len == 4;
    default:
        return false;
    }
}

bool ssk_http2_read(const uint8_t *data, uint32_t cap_len, uint32_t len, ssk_http2 *ret)
{
    const uint32_t preface = sizeof PREFACE - 1;
    *ret = (ssk_http2){.library = true};
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    if (cap_len >= preface && !memcmp(data, PREFACE, preface)) {
        ret->opens = true;
        ssk_cursor_skip(&cursor, preface);
        if (len == preface)
            return true;
    }
    uint64_t at = ret->opens ? preface : 0;
    unsigned windows = 0, others = 0;
    while (at < len) {
        uint32_t size = (uint32_t)ssk_cursor_u8(&cursor) << 16;
        size |= ssk_cursor_be16(&cursor);
        uint8_t type = ssk_cursor_u8(&cursor), flags = ssk_cursor_u8(&cursor);
        uint32_t stream = ssk_cursor_be32(&cursor);
        if (cursor.failed) /* cut: what was read counts */
            return at > 0;
        if (!is_head(size, type, stream))
            return at > 0 && ret->opens;
        bool program = type <= HEADERS || type == CONTINUATION;
        ret->library &= !program;
        ret->asks |= program && type != CONTINUATION && (flags & END_STREAM);
        ret->cancels |= type == RST_STREAM;
        windows += type == WINDOW_UPDATE;
        others += type != WINDOW_UPDATE && type != PING && type != SETTINGS;
        at += HEAD + size;
        ssk_cursor_skip(&cursor, size);
    }
    ret->widens = windows && !others;
    return true;
}
