/* ttl.h - what a time to live shows.
 *
 * Source: RFC 1700 and what systems send today: it begins with 64, 128 or 255, and each router takes one
 * off.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TTL_H
#define SSK_TTL_H

#include <stdint.h>

/** Routers that a packet has passed, by its time to live or hop limit. */
static inline unsigned ssk_ttl_routers(uint8_t ttl)
{
    return ttl <= 64 ? 64u - ttl : ttl <= 128 ? 128u - ttl : 255u - ttl;
}

#endif
