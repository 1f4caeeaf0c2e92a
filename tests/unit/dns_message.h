/* dns_message.h - writes DNS messages for tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_DNS_MESSAGE_H
#define SSK_TEST_DNS_MESSAGE_H

#include <glib.h>
#include <stdint.h>
#include <string.h>

#define CACHE_FLUSH 0x8000u
#define QU          0x8000u

static inline void put(GByteArray *out, const void *bytes, guint len)
{
    g_byte_array_append(out, bytes, len);
}

static inline void put16(GByteArray *out, unsigned value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    put(out, bytes, 2);
}

static inline void put32(GByteArray *out, uint32_t value)
{
    put16(out, value >> 16);
    put16(out, value & 0xffff);
}

/** Labels parted by '|', so that a label may hold dots. */
static inline void put_name(GByteArray *out, const char *labels)
{
    char **list = g_strsplit(labels, "|", -1);
    for (char **label = list; *label; label++) {
        uint8_t len = (uint8_t)strlen(*label);
        put(out, &len, 1);
        put(out, *label, len);
    }
    put(out, "", 1);
    g_strfreev(list);
}

static inline GByteArray *message(unsigned flags, unsigned questions, unsigned answers,
                                  unsigned authority, unsigned additional)
{
    GByteArray *out = g_byte_array_new();
    put16(out, 0);
    put16(out, flags);
    put16(out, questions);
    put16(out, answers);
    put16(out, authority);
    put16(out, additional);
    return out;
}

static inline void put_question(GByteArray *out, const char *labels, unsigned type, unsigned class)
{
    put_name(out, labels);
    put16(out, type);
    put16(out, class);
}

static inline void put_rr(GByteArray *out, const char *labels, unsigned type, unsigned class,
                          uint32_t ttl, const void *rdata, unsigned len)
{
    put_question(out, labels, type, class);
    put32(out, ttl);
    put16(out, len);
    put(out, rdata, len);
}

#endif
