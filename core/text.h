/* text.h - spans, times and addresses to text and back, without the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEXT_H
#define SSK_TEXT_H

#include <glib.h>

#include "core/types.h"

/** Room for any output of the functions below, terminator included. */
#define SSK_TEXT_ROOM 64

/** Shortest exact-enough form for people: "30.04 s", "12 ms", "2 min 5 s". */
const char *ssk_span_text(ssk_span_ns span, char buf[SSK_TEXT_ROOM]);
/** Exact form that ssk_span_parse() reads back: "2s", "1500ms", "0". */
const char *ssk_span_exact(ssk_span_ns span, char buf[SSK_TEXT_ROOM]);
/** "2s", "1.5s", "250 ms", "3min", "1h", "1d", "10us", "7ns"; a bare 0 too.
 * @return false: not a span, or beyond int64 nanoseconds */
bool ssk_span_parse(const char *text, ssk_span_ns *ret_span);

/** Epoch seconds with nine decimals: "1742841288.808000000". */
const char *ssk_time_epoch(ssk_time_ns time, char buf[SSK_TEXT_ROOM]);
/** Local time: "2025-03-24 18:34:16.298 +01:00". @param zone NULL: UTC */
const char *ssk_time_local(ssk_time_ns time, GTimeZone *zone, char buf[SSK_TEXT_ROOM]);
/** Epoch seconds or ISO 8601 (without a zone: UTC). */
bool ssk_time_parse(const char *text, ssk_time_ns *ret_time);

/** "10.0.0.5", "fe80::1"; RFC 5952. */
const char *ssk_addr_text(const ssk_addr *addr, char buf[SSK_TEXT_ROOM]);
const char *ssk_mac_text(const ssk_mac *mac, char buf[SSK_TEXT_ROOM]);

#endif
