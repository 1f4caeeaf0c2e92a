/* timesync.h - a sender's timestamp, whatever its format, to nanoseconds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_TIMESYNC_H
#define SSK_DECODE_TIMESYNC_H

#include "core/base/types.h"

typedef enum ssk_time_format {
    SSK_FORMAT_AUTO = 0, /**< find out: ssk_timesync_add() */
    SSK_FORMAT_UNIX_S,   /**< since 1970-01-01 UTC */
    SSK_FORMAT_UNIX_MS,
    SSK_FORMAT_UNIX_US,
    SSK_FORMAT_UNIX_NS,
    SSK_FORMAT_COCOA,    /**< seconds since 2001-01-01 UTC: Apple's reference date */
    SSK_FORMAT_NTP,      /**< 32.32 bit seconds since 1900-01-01 UTC: RFC 5905, section 6 */
    SSK_FORMAT_FILETIME, /**< 100 ns since 1601-01-01 UTC */
    SSK_FORMAT_GPS, /**< seconds since 1980-01-06, without leap seconds; text: "WEEK:SECONDS" too */
    SSK_FORMAT_DAY_S,     /**< seconds since midnight UTC: GDL90 */
    SSK_FORMAT_DAY_CLOCK, /**< hhmmss.ss, UTC: NMEA 0183 */
    SSK_FORMAT_ISO_8601,  /**< without a zone: UTC */
    SSK_FORMAT_RFC_1123,  /**< "Mon, 24 Mar 2025 17:34:16 GMT" */
    SSK_N_FORMATS
} ssk_time_format;

/** GPS time runs ahead of UTC by the leap seconds since 1980: 18 from 2017 on. */
#define SSK_GPS_LEAP_SECONDS 18

/** A time field as it lies in the message. */
typedef struct ssk_stamp {
    enum { SSK_STAMP_NONE = 0, SSK_STAMP_INTEGER, SSK_STAMP_REAL, SSK_STAMP_TEXT } kind;
    uint64_t integer;
    double real;
    const uint8_t *text; /**< digits, with a fraction or not, or a date; borrowed */
    uint32_t len;
    uint8_t size; /**< bytes of a binary field, 1..8; 0: none */
} ssk_stamp;

/** @param near the capture's time: it gives the day where the format holds none, and NTP's era;
 *         SSK_TIME_NONE: those cannot be read
 *  @return false: not a time of that format, or beyond SSK_TIME_MAX */
bool ssk_stamp_read(const ssk_stamp *stamp, ssk_time_format format, ssk_time_ns near,
                    ssk_time_ns *ret) SSK_WARN_UNUSED;

/** Turn a text of digits with a fraction into SSK_STAMP_REAL, exact to a microsecond for times of
 * our days. @return false: no such text; unchanged */
bool ssk_stamp_to_real(ssk_stamp *stamp) SSK_WARN_UNUSED;

/** "unix-ms", "iso-8601" ...; static. */
const char *ssk_time_format_name(ssk_time_format format);
/** @return false: no such name */
bool ssk_time_format_find(const char *name, ssk_time_format *ret);

/* ---- finding the format out ---- */

/** Ways to read the bytes of a binary field: as declared, as a double, and both with the bytes the
 * other way round. */
#define SSK_STAMP_READINGS 4

/** Which formats the values of one field can be in: those in which all lie within 10 years of the
 * capture's time and advance with it (slope 1 +- 1e-3). Zero-filled to begin with. */
typedef struct ssk_timesync {
    uint32_t samples; /**< since the guesses began */
    ssk_time_ns first_local, last_local;
    struct {
        bool dead;
        ssk_time_ns first, last;
    } guess[SSK_STAMP_READINGS][SSK_N_FORMATS];
    uint8_t reading, format; /**< chosen; format SSK_FORMAT_AUTO: none yet */
    uint32_t proof;          /**< values that the choice rested on */
    ssk_span_ns span;        /**< and the time they took */
    ssk_span_ns away;        /**< the last of them minus the capture's time */
} ssk_timesync;

/** Take the field's next value. @param local the capture's time; SSK_TIME_NONE: it says nothing */
void ssk_timesync_add(ssk_timesync *sync, const ssk_stamp *stamp, ssk_time_ns local);

/** Read a value in the chosen format. @return false: none is chosen yet, or it is none of that format */
bool ssk_timesync_read(const ssk_timesync *sync, const ssk_stamp *stamp, ssk_time_ns local,
                       ssk_time_ns *ret) SSK_WARN_UNUSED;

/** Room for ssk_timesync_why(). */
#define SSK_TIMESYNC_WHY 200
/** "unix-ms, found: 12 values in 11.9 s lie near the capture's clock and advance with it"; static
 * where the format is not known.
 * @return @p buf */
const char *ssk_timesync_why(const ssk_timesync *sync, char buf[SSK_TIMESYNC_WHY]);

#endif
