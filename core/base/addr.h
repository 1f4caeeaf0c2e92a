/* addr.h - addresses as keys, and what kind they are.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ADDR_H
#define SSK_ADDR_H

#include <glib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/types.h"

/** Multicast (RFC 1112, RFC 4291), or what may be the broadcast of an IPv4 subnet. */
static inline bool ssk_addr_may_be_group(const ssk_addr *addr)
{
    return addr->family == 4 ? (addr->bytes[0] & 0xf0) == 0xe0 || addr->bytes[3] == 0xff
                             : addr->bytes[0] == 0xff;
}

/** For GHashTable. */
static inline guint ssk_addr_hash(gconstpointer key)
{
    const ssk_addr *addr = key;
    uint64_t words[2];
    memcpy(words, addr->bytes, sizeof words);
    return (guint)ssk_hash_pair(words[0] + addr->family, words[1]);
}

static inline gboolean ssk_addr_equal(gconstpointer a, gconstpointer b)
{
    /* In words: a call of memcmp() costs more than the comparison. */
    uint64_t x[2], y[2];
    memcpy(x, a, sizeof x);
    memcpy(y, b, sizeof y);
    return !((x[0] ^ y[0]) | (x[1] ^ y[1])) &&
           ((const ssk_addr *)a)->bytes[15] == ((const ssk_addr *)b)->bytes[15];
}

/** The row of an address in a bounded table, made where there is none yet.
 * @param table  NULL: made with the first row; it owns its rows
 * @param size   bytes of a row, which begins with its ssk_addr; the rest is zero at first
 * @param most   rows
 * @return NULL: the table is full */
static inline void *ssk_addr_row(GHashTable **table, const ssk_addr *addr, size_t size, guint most)
{
    if (!*table)
        *table = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, NULL, g_free);
    void *row = g_hash_table_lookup(*table, addr);
    if (row || g_hash_table_size(*table) >= most)
        return row;
    row = g_malloc0(size);
    memcpy(row, addr, sizeof *addr);
    g_hash_table_insert(*table, row, row);
    return row;
}

/** 127.0.0.0/8, ::1: a host that talks to itself. RFC 1122, 3.2.1.3; RFC 4291, 2.5.3. */
static inline bool ssk_addr_is_loopback(const ssk_addr *addr)
{
    static const uint8_t one[16] = {[15] = 1};
    return addr->family == 4 ? addr->bytes[0] == 127
                             : addr->family == 6 && !memcmp(addr->bytes, one, sizeof one);
}

/** 0.0.0.0, :: or none. */
static inline bool ssk_addr_is_zero(const ssk_addr *addr)
{
    uint64_t words[2];
    memcpy(words, addr->bytes, sizeof words);
    return !(words[0] | words[1]);
}

/** RFC 1112; RFC 4291, section 2.7. */
static inline bool ssk_addr_is_multicast(const ssk_addr *addr)
{
    return (addr->family == 4 && addr->bytes[0] >> 4 == 14) ||
           (addr->family == 6 && addr->bytes[0] == 0xff);
}

#endif
