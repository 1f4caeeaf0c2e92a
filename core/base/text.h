/* text.h - spans, times and addresses to text and back, without the locale.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEXT_H
#define SSK_TEXT_H

#include <glib.h>

#include "core/base/types.h"

/** Room for any output of the functions below, terminator included. */
#define SSK_TEXT_ROOM 64

/** Shortest exact-enough form for people: "30.04 s", "12 ms", "2 min 5 s". */
const char *ssk_span_text(ssk_span_ns span, char buf[SSK_TEXT_ROOM]);
/** "1 packet", "2 packets". @param many at most 40 bytes, as @p one */
const char *ssk_count_text(uint64_t count, const char *one, const char *many,
                           char buf[SSK_TEXT_ROOM]);
/** "55.1%" of 551, "100%" of 1000: no tenths that say nothing. */
const char *ssk_permille_text(int64_t permille, char buf[SSK_TEXT_ROOM]);
/** Exact form that ssk_span_parse() reads back: "2s", "1500ms", "0". */
const char *ssk_span_exact(ssk_span_ns span, char buf[SSK_TEXT_ROOM]);
/** "2s", "1.5s", "250 ms", "3min", "1h", "1d", "10us", "7ns"; a bare 0 too.
 * A leading "-" is read; whole nanoseconds only.
 * @return false: not a span, or beyond int64 nanoseconds */
bool ssk_span_parse(const char *text, ssk_span_ns *ret_span);

/** Epoch seconds with nine decimals: "1742841288.808000000"; "none" for SSK_TIME_NONE. */
const char *ssk_time_epoch(ssk_time_ns time, char buf[SSK_TEXT_ROOM]);
/** Local time: "2025-03-24 18:34:16.298 +01:00". @param zone NULL: UTC */
const char *ssk_time_local(ssk_time_ns time, GTimeZone *zone, char buf[SSK_TEXT_ROOM]);
/** Epoch seconds, ISO 8601 (a date, a date and a time; without a zone: UTC), or
 * what ssk_time_local() prints. Never gives SSK_TIME_NONE. */
bool ssk_time_parse(const char *text, ssk_time_ns *ret_time);

/** "10.0.0.5", "fe80::1"; RFC 5952; "none" for family 0. */
const char *ssk_addr_text(const ssk_addr *addr, char buf[SSK_TEXT_ROOM]);
const char *ssk_mac_text(const ssk_mac *mac, char buf[SSK_TEXT_ROOM]);

/** Up to three of @p words (NULL-terminated) that look like @p word, best
 * first: "min_gap, max_gap"; "" if none does. Owned by the caller. */
char *ssk_words_nearest(const char *word, const char *const *words);
/** For who gave @p word, which is none of @p words: "nearest: " and those, or "there are: " and all
 * of them. Owned by the caller. */
char *ssk_words_hint(const char *word, const char *const *words);

/** For an error message: valid UTF-8 without control characters, cut after
 * @p max_chars. Owned by the caller. */
char *ssk_text_safe(const char *text, size_t max_chars);

#endif
