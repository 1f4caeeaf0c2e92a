/* phrase.h - the small parts of a sentence: lengths, counts, addresses, frames.
 *
 * Each appends to a line that is being written. The report is read by people:
 * spans are rounded, units named, a plural is one where there are many.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PHRASE_H
#define SSK_PHRASE_H

#include <glib.h>

#include "core/base/types.h"

/** Frames, or flows, named after a sentence; the JSON has all of them. */
#define SSK_PHRASE_FRAMES 6

/** Begin a sentence or a row afresh. @return @p line, emptied */
GString *ssk_phrase_begin(GString *line);
/** A sentence begins with a capital letter, unless it begins with an address.
 *
 * @param at where it begins in @p out */
void ssk_phrase_capitalise(GString *out, gsize at);

/** "30.04 s", as ssk_span_text() writes it. */
void ssk_phrase_span(GString *out, ssk_span_ns span);
/** "1 packet", "2 packets". */
void ssk_phrase_count(GString *out, uint64_t count, const char *one, const char *many);
/** "55.1%" of 551, as ssk_permille_text() writes it. */
void ssk_phrase_permille(GString *out, int64_t permille);
/** "10.0.0.5"; "an unknown host" for an address that is none. */
void ssk_phrase_addr(GString *out, const ssk_addr *addr);
/** "flow 3", "flows 3, 4 and 7 more". */
void ssk_phrase_flows(GString *out, const uint32_t *flows, size_t count);
/** " (frames 3, 4 and 7 more)"; nothing where there are none. */
void ssk_phrase_frames(GString *out, const uint32_t *frames, size_t count);

#endif
