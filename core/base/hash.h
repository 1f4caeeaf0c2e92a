/* hash.h - keyed hashes, so that no capture can be made to fill one bucket; and two words folded
 * into one.
 *
 * SipHash-1-3 (Aumasson and Bernstein, 2012): who does not know the key cannot find inputs that
 * collide. Two words, as each packet asks for, are folded with keys of their own, twice: the first
 * product is unknown without the key, the second spreads it over all bits. The host sets a random key once per process. Nothing that is reported depends on it:
 * a table that is walked is sorted first.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_HASH_H
#define SSK_HASH_H

#include <glib.h>

#include "core/base/types.h"

/** Before the first table is made, by one thread. Without it the key is a fixed one. */
void ssk_hash_set_key(uint64_t first, uint64_t second);

uint64_t ssk_hash(const void *data, size_t len);
/** Of one number. */
uint64_t ssk_hash_number(uint64_t number);
/** The same for text that each packet may bring, in a third of the time: a fold of each eight bytes. */
uint64_t ssk_hash_text(const void *data, size_t len);
/** Of two, in a tenth of the time. */
uint64_t ssk_hash_pair(uint64_t first, uint64_t second);

/** FNV-1a, without the key, for where the value shows in the result: in a table of fixed size in
 * which a newcomer displaces what is there, or kept in place of the bytes. */
static inline uint32_t ssk_slot_hash(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ bytes[i]) * 16777619u;
    return hash;
}

/** The halves of the long product, put together: one multiplication where there are 128 bits. */
static inline uint64_t ssk_hash_fold(uint64_t a, uint64_t b)
{
#ifdef __SIZEOF_INT128__
    unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
#else
    uint64_t high = (a >> 32) * (b >> 32), low = (uint32_t)a * (uint64_t)(uint32_t)b;
    uint64_t cross = (a >> 32) * (uint32_t)b, other = (uint32_t)a * (b >> 32);
    uint64_t middle = (low >> 32) + (uint32_t)cross + (uint32_t)other;
    return ((uint32_t)low | middle << 32) ^ (high + (cross >> 32) + (other >> 32) + (middle >> 32));
#endif
}

/* For GHashTable. */
guint ssk_str_hash(gconstpointer text);     /**< with g_str_equal() */
guint ssk_gbytes_hash(gconstpointer bytes); /**< of GBytes, with g_bytes_equal() */
guint ssk_direct_hash(gconstpointer value); /**< of GUINT_TO_POINTER(), with g_direct_equal() */

#endif
