/* types.h - the few types every folder shares.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TYPES_H
#define SSK_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A point in time: nanoseconds since 1970-01-01 00:00:00 UTC, within SSK_TIME_MAX of it. */
typedef int64_t ssk_time_ns;

/** A length of time in nanoseconds; negative where a clock stepped back. */
typedef int64_t ssk_span_ns;

/** "This packet carries no usable timestamp." */
#define SSK_TIME_NONE INT64_MIN

/** Times reach from 1896-12-06 to 2043-01-25. The difference of two of them is then at most half
 * of what int64 holds, so a difference can be added to a time, and two differences compared,
 * without a check at each place. */
#define SSK_TIME_MAX (INT64_C(1) << 61)

/** @return false for SSK_TIME_NONE too */
static inline bool ssk_time_fits(int64_t time)
{
    return time >= -SSK_TIME_MAX && time <= SSK_TIME_MAX;
}

/** A timestamp as capture files hold it.
 * @param nanoseconds 0..999999999; anything else is damage
 * @return SSK_TIME_NONE beyond SSK_TIME_MAX and for damage */
static inline ssk_time_ns ssk_time_of(int64_t seconds, int32_t nanoseconds)
{
    const int64_t second = INT64_C(1000000000);
    if (seconds > SSK_TIME_MAX / second || seconds < -SSK_TIME_MAX / second || nanoseconds < 0 ||
        nanoseconds >= second)
        return SSK_TIME_NONE;
    int64_t time = seconds * second + nanoseconds;
    return ssk_time_fits(time) ? time : SSK_TIME_NONE;
}

#define SSK_US     INT64_C(1000)
#define SSK_MS     INT64_C(1000000)
#define SSK_S      INT64_C(1000000000)
#define SSK_MINUTE (60 * SSK_S)
#define SSK_HOUR   (60 * SSK_MINUTE)
#define SSK_DAY    (24 * SSK_HOUR)

/** What a decoder says. Odd input is data, so these are ordinary outcomes. */
typedef enum ssk_status {
    SSK_OK = 0,
    SSK_ETRUNC,       /**< fewer bytes than the format needs */
    SSK_EFORMAT,      /**< bytes that the format forbids */
    SSK_EUNSUPPORTED, /**< well-formed, but nothing here decodes it */
    SSK_ELIMIT,       /**< a bound of ours was reached; what was dropped is counted */
} ssk_status;

#if defined(__GNUC__)
#define SSK_WARN_UNUSED       __attribute__((warn_unused_result))
#define SSK_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define SSK_WARN_UNUSED
#define SSK_PRINTF(fmt, args)
#endif

/** One side of a flow: A sent the SYN, or was heard first. Index into [2]. */
typedef enum ssk_dir { SSK_A = 0, SSK_B = 1 } ssk_dir;

static inline ssk_dir ssk_dir_other(ssk_dir dir)
{
    return dir == SSK_A ? SSK_B : SSK_A;
}

typedef enum ssk_transport { SSK_TCP = 6, SSK_UDP = 17 } ssk_transport;

/** How a TCP connection was closed first. */
typedef enum ssk_close { SSK_CLOSE_NONE = 0, SSK_CLOSE_FIN, SSK_CLOSE_RST } ssk_close;

/** An IP address. Unused trailing bytes are zero; ssk_addr_equal() compares. */
typedef struct ssk_addr {
    uint8_t family; /**< 4, 6, or 0 for none */
    uint8_t bytes[16];
} ssk_addr;

typedef struct ssk_mac {
    uint8_t bytes[6];
} ssk_mac;

#endif
