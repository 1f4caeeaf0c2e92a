/* cursor.h - bounded reader: the only code that indexes raw bytes in decoders.
 *
 * The error is sticky: a read past the end gives zeros, moves to the end and
 * sets `failed`, so a decoder reads a whole header and asks once. Header-only,
 * because it sits in the hot path and must inline.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_CURSOR_H
#define SSK_DECODE_CURSOR_H

#include <glib.h>
#include <string.h>

#include "core/base/types.h"

typedef struct ssk_cursor {
    const uint8_t *data; /**< borrowed */
    uint32_t size;       /**< bytes readable at @c data */
    uint32_t pos;        /**< 0..size */
    bool failed;
} ssk_cursor;

/** @param data may be NULL when @p size is 0 */
static inline ssk_cursor ssk_cursor_init(const uint8_t *data, uint32_t size)
{
    /* adding even 0 to NULL is undefined */
    return (ssk_cursor){.data = data ? data : (const uint8_t *)"", .size = size};
}

/** Bytes not read yet. */
static inline uint32_t ssk_cursor_left(const ssk_cursor *cursor)
{
    return cursor->size - cursor->pos;
}

/** Take @p len bytes. @return pointer to them, borrowed; NULL past the end */
static inline const uint8_t *ssk_cursor_take(ssk_cursor *cursor, uint32_t len)
{
    if (len > ssk_cursor_left(cursor)) {
        cursor->pos = cursor->size;
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *bytes = cursor->data + cursor->pos;
    cursor->pos += len;
    return bytes;
}

static inline void ssk_cursor_skip(ssk_cursor *cursor, uint32_t len)
{
    (void)ssk_cursor_take(cursor, len);
}

/** Go to an absolute position; past the end fails. */
static inline void ssk_cursor_seek(ssk_cursor *cursor, uint32_t pos)
{
    if (pos > cursor->size) {
        cursor->pos = cursor->size;
        cursor->failed = true;
    } else {
        cursor->pos = pos;
    }
}

/** The next @p len bytes as a reader of their own; empty and failed past the end. */
static inline ssk_cursor ssk_cursor_sub(ssk_cursor *cursor, uint32_t len)
{
    const uint8_t *bytes = ssk_cursor_take(cursor, len);
    ssk_cursor sub = ssk_cursor_init(bytes, bytes ? len : 0);
    sub.failed = !bytes;
    return sub;
}

/** Copy @p len bytes out; zeros past the end. */
static inline void ssk_cursor_copy(ssk_cursor *cursor, void *ret_bytes, uint32_t len)
{
    const uint8_t *bytes = ssk_cursor_take(cursor, len);
    if (bytes)
        memcpy(ret_bytes, bytes, len);
    else
        memset(ret_bytes, 0, len);
}

/** Skip the bytes that @p wanted says yes to. */
static inline void ssk_cursor_skip_while(ssk_cursor *cursor, bool (*wanted)(uint8_t byte))
{
    uint32_t pos = cursor->pos;
    while (pos < cursor->size && wanted(cursor->data[pos]))
        pos++;
    cursor->pos = pos;
}

/** Look at the next byte without taking it; 0 at the end, without failing. */
static inline uint8_t ssk_cursor_peek(const ssk_cursor *cursor)
{
    return cursor->pos < cursor->size ? cursor->data[cursor->pos] : 0;
}

static inline uint8_t ssk_cursor_u8(ssk_cursor *cursor)
{
    const uint8_t *b = ssk_cursor_take(cursor, 1);
    return b ? b[0] : 0;
}

/* be: network byte order; le: little endian. */

static inline uint16_t ssk_cursor_be16(ssk_cursor *cursor)
{
    const uint8_t *b = ssk_cursor_take(cursor, 2);
    return b ? (uint16_t)(b[0] << 8 | b[1]) : 0;
}

static inline uint16_t ssk_cursor_le16(ssk_cursor *cursor)
{
    const uint8_t *b = ssk_cursor_take(cursor, 2);
    return b ? (uint16_t)(b[1] << 8 | b[0]) : 0;
}

static inline uint32_t ssk_cursor_be32(ssk_cursor *cursor)
{
    const uint8_t *b = ssk_cursor_take(cursor, 4);
    return b ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] : 0;
}

static inline uint32_t ssk_cursor_le32(ssk_cursor *cursor)
{
    const uint8_t *b = ssk_cursor_take(cursor, 4);
    return b ? (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0] : 0;
}

static inline uint64_t ssk_cursor_be64(ssk_cursor *cursor)
{
    uint64_t high = ssk_cursor_be32(cursor);
    return high << 32 | ssk_cursor_be32(cursor);
}

static inline uint64_t ssk_cursor_le64(ssk_cursor *cursor)
{
    uint64_t low = ssk_cursor_le32(cursor);
    return (uint64_t)ssk_cursor_le32(cursor) << 32 | low;
}

/* Without a cursor, for bytes whose number was checked at once. */

static inline uint16_t ssk_be16_at(const uint8_t *bytes)
{
    uint16_t value;
    memcpy(&value, bytes, sizeof value);
    return GUINT16_FROM_BE(value);
}

static inline uint32_t ssk_be32_at(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_BE(value);
}

static inline ssk_mac ssk_cursor_mac(ssk_cursor *cursor)
{
    ssk_mac mac;
    ssk_cursor_copy(cursor, mac.bytes, sizeof mac.bytes);
    return mac;
}

/** IPv4 or IPv6 address, 4 or 16 bytes by @p family. */
static inline ssk_addr ssk_cursor_addr(ssk_cursor *cursor, uint8_t family)
{
    ssk_addr addr = {.family = family};
    ssk_cursor_copy(cursor, addr.bytes, family == 4 ? 4 : 16);
    return addr;
}

#endif
