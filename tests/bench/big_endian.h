/* big_endian.h - numbers as packets hold them, for the programs that write captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BENCH_BIG_ENDIAN_H
#define SSK_BENCH_BIG_ENDIAN_H

#include <stdint.h>

static inline void put16(uint8_t *at, uint32_t value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
    put16(at, value >> 16);
    put16(at + 2, value);
}

#endif
