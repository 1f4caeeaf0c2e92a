/* hash.h - two words into one, each bit of it made of all of theirs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_HASH_H
#define SSK_HASH_H

#include <stdint.h>

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

#endif
