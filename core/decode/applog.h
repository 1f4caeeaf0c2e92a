/* applog.h - one line of an application's log: when, who, what, which connection.
 *
 * A line begins with its time, most often local and without a zone:
 *
 *   2025-03-24 18:34:16.298 sendKeepAliveRequest()
 *   2025-03-24 18:34:16.298 [Extension] connected. connection ID=72e6...
 *   2025-03-24T18:34:16.298+01:00 Extension[311]: No keep-alive received for 16 seconds...
 *
 * Syslog (RFC 3164, section 4.1, and RFC 5424, section 6) and the styles of Apple's
 * `log show` (default, compact, syslog) are read as well:
 *
 *   Mar 24 18:34:16 iPhone Extension(Network)[311] <Notice>: heartbeat sent
 *   2025-03-24 18:34:16.298123+0100 0x1a2b Default 0x0 311 0 Extension: (Network) [sub:cat] ping sent
 *   2025-03-24 18:34:16.298 Df Extension[311:1a2b] [sub:cat] ping sent
 *
 * So are lines of mosquitto, redis, nginx (access and error), logcat, Home
 * Assistant, systemd's journal (short-iso, json) and Apple's log as ndjson.
 *
 * Events are recognized by their words, not by the program that wrote them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_APPLOG_H
#define SSK_DECODE_APPLOG_H

#include "core/base/types.h"

/** Longest line read; what is behind is ignored. */
#define SSK_APPLOG_LINE_MAX 16384

typedef enum ssk_applog_event {
    SSK_APPLOG_OTHER = 0,
    SSK_APPLOG_LISTENING,
    SSK_APPLOG_CONNECTING,
    SSK_APPLOG_CONNECTED, /**< on either side */
    SSK_APPLOG_CONNECT_FAILED,
    SSK_APPLOG_PING_SENT, /**< stamped before the send returns: says what the program meant to do */
    SSK_APPLOG_PING_RECEIVED,
    SSK_APPLOG_PING_MISSING, /**< "none for N seconds": has_value, milliseconds */
    SSK_APPLOG_RESUMED,      /**< has_value: messages that had waited */
    SSK_APPLOG_TIMEOUT,      /**< gave the connection up */
    SSK_APPLOG_PEER_CLOSED,
    SSK_APPLOG_DISCONNECTED,
    SSK_APPLOG_WOULD_BLOCK, /**< has_value: bytes that wait */
    SSK_APPLOG_RECEIVED,    /**< has_value: bytes since the last line; total: of all */
    SSK_N_APPLOG_EVENTS
} ssk_applog_event;

/** A stretch of the line; not terminated. */
typedef struct ssk_applog_text {
    const char *bytes; /**< borrowed; NULL: not there */
    uint32_t len;
} ssk_applog_text;

typedef struct ssk_applog_line {
    /** The wall clock as written, read as if it were UTC: 2025-03-24 18:34:16
     * is that many seconds whatever the zone. Without a year: in 1972. */
    ssk_time_ns local;
    bool has_year;
    bool has_zone;
    int32_t zone_s;          /**< seconds east of UTC; the instant is local - zone */
    uint8_t fraction_digits; /**< 0..9: how exact the timestamp is */
    ssk_applog_text source;  /**< "Extension"; NULL: the line names none */
    ssk_applog_event event;
    ssk_applog_text text;       /**< what is left of the line */
    ssk_applog_text connection; /**< id as written, "72e6..." without the dots */
    ssk_applog_text name;       /**< of the other side: {name=...} */
    bool has_seq, has_value, has_total;
    uint64_t seq, value, total;
} ssk_applog_line;

/** Decode a line.
 * @param line without its newline; borrowed by @p ret
 * @return SSK_OK; SSK_EFORMAT: the line does not begin with a time (a continuation line, a headline) */
SSK_WARN_UNUSED ssk_status ssk_decode_applog(const char *line, size_t len, ssk_applog_line *ret);

/** What @c local is in the year that brings it nearest to @p near; unchanged where the
 * line has a year. */
ssk_time_ns ssk_applog_near(const ssk_applog_line *line, ssk_time_ns near);

/** "ping sent", "connected" ...; static. */
const char *ssk_applog_event_text(ssk_applog_event event);

#endif
