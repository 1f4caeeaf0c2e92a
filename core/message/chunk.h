/* chunk.h - payload on its way to the messages: what a stream or a datagram brought.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CHUNK_H
#define SSK_CHUNK_H

#include "core/base/types.h"

/** A run of consecutive payload bytes. */
typedef struct ssk_chunk {
    const uint8_t *data; /**< borrowed for the call; NULL if nothing was captured */
    uint32_t cap_len;    /**< bytes readable: a short snap length cuts segments */
    uint32_t wire_len;   /**< bytes the stream advances by; the rest is not readable */
    uint64_t skipped;    /**< bytes missing before this chunk: a hole that was given up */
    /** That delivered it to the application. A filled hole delivers what waited
     * behind it, so that is the filler's; behind a skipped hole nothing waited
     * but the capture, so that is each segment's own, earlier than now. */
    uint32_t frame;
    ssk_time_ns time;
} ssk_chunk;

/** Bytes that can be read from @p pos on. */
static inline uint32_t ssk_chunk_readable(const ssk_chunk *chunk, uint32_t pos)
{
    return chunk->cap_len > pos ? chunk->cap_len - pos : 0;
}

/** The first of them; NULL: there are none. */
static inline const uint8_t *ssk_chunk_at(const ssk_chunk *chunk, uint32_t pos)
{
    return ssk_chunk_readable(chunk, pos) ? chunk->data + pos : NULL;
}

#endif
