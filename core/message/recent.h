/* recent.h - the last few small segments of a direction that is not in step.
 *
 * A message that is written in two pieces begins in a segment that proves
 * nothing yet. What came just before is kept, to be looked at again together
 * with what comes next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RECENT_H
#define SSK_RECENT_H

#include <glib.h>

#include "core/message/chunk.h"

/** Segments kept; a program that writes a message in more pieces than this is not followed. */
#define SSK_RECENT_PIECES 4
/** Bytes kept: keep-alives are small. */
#define SSK_RECENT_BYTES 1024

typedef struct ssk_recent {
    GByteArray *bytes; /**< of all pieces; NULL: none */
    unsigned n;
    struct ssk_recent_piece {
        uint32_t from; /**< offset in bytes */
        uint32_t frame;
        ssk_time_ns time;
    } piece[SSK_RECENT_PIECES];
} ssk_recent;

/** Keep @p chunk; the oldest are dropped. One that is large, cut short or behind a hole begins anew. */
void ssk_recent_add(ssk_recent *recent, const ssk_chunk *chunk);

/** Piece @p i as it came. @param[out] ret borrowed until the next call */
void ssk_recent_piece(const ssk_recent *recent, unsigned i, ssk_chunk *ret);

/** Everything from piece @p i on, with @p chunk behind it, as if one segment.
 * @param[out] ret borrowed until the next call */
void ssk_recent_join(ssk_recent *recent, unsigned i, const ssk_chunk *chunk, ssk_chunk *ret);

void ssk_recent_clear(ssk_recent *recent);

#endif
