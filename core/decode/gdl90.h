/* gdl90.h - GDL 90: aviation GPS and traffic data in UDP datagrams.
 *
 * A datagram holds any number of frames: flag byte 0x7E, escaped message,
 * CRC, flag byte. The heartbeat carries the second of the day: the sender's
 * clock and, at one per second, an exact count of what was lost.
 *
 * Source: GDL 90 Data Interface Specification, 560-1058-00 Rev A, sections 2
 * and 3; ForeFlight "GDL 90 Extended Specification" (message 0x65); Stratux
 * heartbeat (message 0xCC) as its receivers document it.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_GDL90_H
#define SSK_DECODE_GDL90_H

#include "core/base/types.h"

/** UDP port in common use; detection does not need it. */
#define SSK_PORT_GDL90 4000

/** Longest message kept, id and CRC included; an uplink, the longest specified, has 438. */
#define SSK_GDL90_MESSAGE_MAX 512

enum {
    SSK_GDL90_HEARTBEAT = 0x00,
    SSK_GDL90_INITIALIZATION = 0x02,
    SSK_GDL90_UPLINK = 0x07,
    SSK_GDL90_HAT = 0x09, /**< height above terrain */
    SSK_GDL90_OWNSHIP = 0x0a,
    SSK_GDL90_GEO_ALTITUDE = 0x0b,
    SSK_GDL90_TRAFFIC = 0x14,
    SSK_GDL90_BASIC = 0x1e,
    SSK_GDL90_LONG = 0x1f,
    SSK_GDL90_FOREFLIGHT = 0x65,
    SSK_GDL90_STRATUX = 0xcc,
};

/** One frame of a datagram, unescaped. */
typedef struct ssk_gdl90_frame {
    /** SSK_OK; SSK_EFORMAT: CRC wrong or too short; SSK_ETRUNC: no closing flag;
     * SSK_ELIMIT: longer than SSK_GDL90_MESSAGE_MAX */
    ssk_status status;
    uint32_t offset, wire_len; /**< in the datagram, both flags included */
    uint8_t id;
    uint16_t crc, crc_computed;
    uint16_t len; /**< of the message, id included, CRC not */
    uint8_t message[SSK_GDL90_MESSAGE_MAX];
} ssk_gdl90_frame;

typedef struct ssk_gdl90_reader {
    const uint8_t *data;
    uint32_t size, pos;
} ssk_gdl90_reader;

/** Begin to read a datagram; @p data is borrowed while reading. */
ssk_gdl90_reader ssk_gdl90_open(const uint8_t *data, uint32_t size);
/** The next frame, good or bad. One flag may end a frame and begin the next,
 * so stray bytes behind a frame read as a bad one.
 * @return false: no further byte behind a flag */
bool ssk_gdl90_next(ssk_gdl90_reader *reader, ssk_gdl90_frame *ret);

/** CRC of a message. Polynomial 0x1021, start 0; section 2.2.3. */
uint16_t ssk_gdl90_crc(const uint8_t *message, size_t len);

/** "Heartbeat", "Ownship report" ...; NULL: no message of the specification or its extensions. */
const char *ssk_gdl90_name(uint8_t id);

/* ---- messages ---- */

/** Not available. */
#define SSK_GDL90_NONE INT32_MIN

/** Message 0, 7 bytes; section 3.1. */
typedef struct ssk_gdl90_heartbeat {
    bool gps_valid, maintenance, ident, address_talkback, gps_battery_low, ratcs;
    bool uat_initialized, csa_requested, csa_not_available, utc_ok;
    uint32_t seconds;     /**< since 00:00 UTC; 0..86400 from a sane sender, 0..131071 possible */
    uint8_t uplinks;      /**< received in the last second, 0..31 */
    uint16_t basic_longs; /**< basic and long reports together, 0..1023 */
} ssk_gdl90_heartbeat;

/** Messages 0x0A and 0x14, 28 bytes; section 3.5. */
typedef struct ssk_gdl90_report {
    uint8_t alert, address_type; /**< 0..15 */
    uint32_t address;            /**< 24 bits */
    int32_t latitude, longitude; /**< 1e-7 degree, -180..180 */
    int32_t altitude_ft;         /**< pressure altitude; SSK_GDL90_NONE */
    bool airborne, extrapolated;
    uint8_t track_type; /**< 0 none, 1 true track, 2 magnetic heading, 3 true heading */
    uint8_t nic, nacp;
    int32_t speed_kt;           /**< SSK_GDL90_NONE */
    int32_t climb_fpm;          /**< SSK_GDL90_NONE */
    uint16_t track_decidegrees; /**< 0..3599 */
    uint8_t emitter, priority;
    char call_sign[9]; /**< printable ASCII, spaces at its end removed */
} ssk_gdl90_report;

/** Message 0x0B, 5 bytes; section 3.8. */
typedef struct ssk_gdl90_geo_altitude {
    int32_t altitude_ft;
    bool warning;
    int32_t vertical_error_m; /**< SSK_GDL90_NONE */
} ssk_gdl90_geo_altitude;

/** Messages 0x07, 0x1E and 0x1F: what was received over the air; sections 3.3, 3.6. */
typedef struct ssk_gdl90_air {
    int64_t received_ns;    /**< since the UTC second began; -1: not known */
    const uint8_t *payload; /**< in the frame; 432, 18 or 34 bytes */
    uint16_t payload_len;
} ssk_gdl90_air;

/** Message 0x65, sub-message 0, 39 bytes. */
typedef struct ssk_gdl90_foreflight_id {
    uint8_t version;
    uint64_t serial; /**< UINT64_MAX: none */
    char name[9];    /**< UTF-8 as sent, cut at NUL */
    char long_name[17];
    uint32_t capabilities;
} ssk_gdl90_foreflight_id;

/** Message 0x65, sub-message 1, 12 bytes. */
typedef struct ssk_gdl90_ahrs {
    int32_t roll_decidegrees, pitch_decidegrees, heading_decidegrees; /**< SSK_GDL90_NONE */
    bool heading_magnetic;
    int32_t indicated_kt, true_kt; /**< airspeed; SSK_GDL90_NONE */
} ssk_gdl90_ahrs;

/** Message 0xCC, 2 bytes. */
typedef struct ssk_gdl90_stratux {
    bool ahrs_valid, gps_valid;
    uint8_t version;
} ssk_gdl90_stratux;

/* Each: SSK_OK; SSK_EUNSUPPORTED if the frame is another message or is bad;
 * SSK_ETRUNC if it is shorter than the message; ret set only with SSK_OK. */
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_heartbeat(const ssk_gdl90_frame *frame,
                                                    ssk_gdl90_heartbeat *ret);
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_report(const ssk_gdl90_frame *frame,
                                                 ssk_gdl90_report *ret);
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_geo_altitude(const ssk_gdl90_frame *frame,
                                                       ssk_gdl90_geo_altitude *ret);
/** @param[out] ret_feet SSK_GDL90_NONE: not valid */
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_hat(const ssk_gdl90_frame *frame, int32_t *ret_feet);
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_air(const ssk_gdl90_frame *frame, ssk_gdl90_air *ret);
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_foreflight_id(const ssk_gdl90_frame *frame,
                                                        ssk_gdl90_foreflight_id *ret);
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_ahrs(const ssk_gdl90_frame *frame, ssk_gdl90_ahrs *ret);
SSK_WARN_UNUSED ssk_status ssk_gdl90_read_stratux(const ssk_gdl90_frame *frame,
                                                  ssk_gdl90_stratux *ret);

/* ---- datagrams ---- */

/** Is this GDL 90? A datagram that begins with a flag and whose first frame
 * has a good CRC and an id of the specification. */
bool ssk_gdl90_detect(const uint8_t *data, uint32_t size);

/** The sender's clock in a datagram: the second of the day of its first good
 * heartbeat.
 * @return false: no heartbeat, or one that says its UTC is not valid, or beyond 86400 */
bool ssk_gdl90_seconds(const uint8_t *data, uint32_t size, uint32_t *ret_seconds);

/** Seconds of the sender's clock from @p before to @p after, across midnight:
 * -43200..43199. One heartbeat per second: 1 means none lost, n means n - 1 lost, 0 a
 * repeat, below 0 an older one. */
int32_t ssk_gdl90_step(uint32_t before, uint32_t after);

#endif
