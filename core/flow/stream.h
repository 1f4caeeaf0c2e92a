/* stream.h - one TCP direction's payload, in order, in bounded memory.
 *
 * Bytes that arrive in order pass straight through, without a copy. Bytes
 * ahead of a hole wait (SSK_STREAM_ROOM bytes at most) until the hole is
 * filled, is acknowledged by the peer (the capture missed it), has not been
 * filled for SSK_STREAM_PATIENCE (the capture holds one direction only), or the
 * room is used up; then the hole is skipped and the next chunk says so.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_STREAM_H
#define SSK_STREAM_H

#include "core/message/chunk.h"

/** Bytes that may wait for a hole to be filled: one large receive window. */
#define SSK_STREAM_ROOM (256 * 1024)
/** Time that they may wait: several retransmissions of any sane path. */
#define SSK_STREAM_PATIENCE (10 * SSK_S)

/** Takes a chunk. @param chunk borrowed for the call */
typedef void (*ssk_chunk_fn)(void *user, const ssk_chunk *chunk);

typedef struct ssk_stream ssk_stream;

/** @param first_seq sequence number of the first payload byte (ISN + 1), or of the first byte seen */
ssk_stream *ssk_stream_new(uint32_t first_seq);
void ssk_stream_free(ssk_stream *stream);

/** Take a segment; deliver what is now in order. Bytes seen before are not
 * delivered again; a retransmission that carries old and new bytes delivers
 * the new ones. */
void ssk_stream_push(ssk_stream *stream, uint32_t seq, const uint8_t *data, uint32_t cap_len,
                     uint32_t wire_len, uint32_t frame, ssk_time_ns time, ssk_chunk_fn deliver,
                     void *user);

/** The peer acknowledged everything below @p ack: holes below it will not be
 * waited for. */
void ssk_stream_acked(ssk_stream *stream, uint32_t ack, uint32_t frame, ssk_time_ns time,
                      ssk_chunk_fn deliver, void *user);

/** Bytes waiting now, and bytes skipped so far. */
uint32_t ssk_stream_waiting(const ssk_stream *stream);
uint64_t ssk_stream_skipped(const ssk_stream *stream);

/** Is @p seq the next byte, and does nothing wait behind it? */
bool ssk_stream_is_next(const ssk_stream *stream, uint32_t seq);
/** The next @p len bytes were taken without ssk_stream_push(): after ssk_stream_is_next() only. */
void ssk_stream_pass(ssk_stream *stream, uint32_t len);

#endif
