/* stream.c - one TCP direction's payload, in order, in bounded memory.
 *
 * Positions are compared by their distance ahead of the next byte wanted,
 * modulo 2^32. Everything is "ahead" but a last stretch of REACH bytes: no
 * retransmission comes from further back, whereas a hole in the capture can be
 * of any size.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/flow/stream.h"

#include <glib.h>
#include <string.h>

/** How far back a retransmission can lie: well beyond any window in use. */
#define REACH (64u * 1024 * 1024)

/** A segment ahead of a hole. */
typedef struct ssk_waiting {
    uint32_t seq, cap_len, wire_len, frame;
    ssk_time_ns time;
    uint8_t *data;
} ssk_waiting;

/** Fixed cost of a waiting segment, charged against the room with its bytes. */
#define SEGMENT_COST ((uint32_t)sizeof(ssk_waiting) + 16)

struct ssk_stream {
    uint32_t next;  /* sequence number of the next byte to deliver */
    uint32_t acked; /* highest acknowledgment heard */
    bool has_acked;
    uint64_t skipped;
    ssk_waiting *waiting; /* sorted by seq, from index first */
    uint32_t first, count, room;
    uint32_t bytes, charged;
};

typedef struct ssk_sink {
    ssk_chunk_fn deliver;
    void *user;
} ssk_sink;

ssk_stream *ssk_stream_new(uint32_t first_seq)
{
    ssk_stream *stream = g_new0(ssk_stream, 1);
    stream->next = first_seq;
    return stream;
}

void ssk_stream_free(ssk_stream *stream)
{
    if (!stream)
        return;
    for (uint32_t i = 0; i < stream->count; i++)
        g_free(stream->waiting[stream->first + i].data);
    g_free(stream->waiting);
    g_free(stream);
}

uint32_t ssk_stream_waiting(const ssk_stream *stream)
{
    return stream->bytes;
}

uint64_t ssk_stream_skipped(const ssk_stream *stream)
{
    return stream->skipped;
}

static bool is_old(const ssk_stream *stream, uint32_t seq)
{
    return stream->next - seq <= REACH && seq != stream->next;
}

static uint32_t ahead(const ssk_stream *stream, uint32_t seq)
{
    return seq - stream->next;
}

/* Deliver what of a segment lies at or after next; it must start at or before it. */
static void pass(ssk_stream *stream, const ssk_waiting *segment, uint64_t skipped,
                 const ssk_sink *sink)
{
    uint32_t seen = stream->next - segment->seq;
    if (seen >= segment->wire_len)
        return;
    uint32_t cut = MIN(seen, segment->cap_len);
    ssk_chunk chunk = {
        .data = segment->data ? segment->data + cut : NULL, /* nothing captured */
        .cap_len = segment->cap_len - cut,
        .wire_len = segment->wire_len - seen,
        .skipped = skipped,
        .frame = segment->frame,
        .time = segment->time,
    };
    stream->next += chunk.wire_len;
    sink->deliver(sink->user, &chunk);
}

/* Deliver the waiting segments that are due. A filled hole makes them due at
 * @p filler; after a skipped one each arrived when its own frame did. */
static void drain(ssk_stream *stream, const ssk_waiting *filler, uint64_t skipped,
                  const ssk_sink *sink)
{
    while (stream->count) {
        ssk_waiting *segment = &stream->waiting[stream->first];
        if (segment->seq != stream->next && !is_old(stream, segment->seq))
            return;
        if (filler) {
            segment->frame = filler->frame;
            segment->time = filler->time;
        }
        pass(stream, segment, skipped, sink);
        skipped = 0;
        stream->bytes -= segment->cap_len;
        stream->charged -= segment->cap_len + SEGMENT_COST;
        g_free(segment->data);
        stream->first++;
        if (!--stream->count)
            stream->first = 0;
    }
    g_clear_pointer(&stream->waiting, g_free);
    stream->room = 0;
}

static bool must_skip(const ssk_stream *stream, ssk_time_ns now)
{
    const ssk_waiting *segment = &stream->waiting[stream->first];
    /* acknowledged beyond the hole: the receiver has it, the capture never will */
    if (stream->has_acked && !is_old(stream, stream->acked) &&
        ahead(stream, stream->acked) >= ahead(stream, segment->seq))
        return true;
    if (stream->charged > SSK_STREAM_ROOM)
        return true;
    return now != SSK_TIME_NONE && segment->time != SSK_TIME_NONE &&
           (now < segment->time ? 0 : now - segment->time) > SSK_STREAM_PATIENCE;
}

static void skip_holes(ssk_stream *stream, ssk_time_ns now, const ssk_sink *sink)
{
    while (stream->count && must_skip(stream, now)) {
        uint32_t hole = ahead(stream, stream->waiting[stream->first].seq);
        stream->skipped += hole;
        stream->next += hole;
        drain(stream, NULL, hole, sink);
    }
}

static void keep(ssk_stream *stream, const ssk_waiting *segment)
{
    uint32_t distance = ahead(stream, segment->seq);
    uint32_t low = 0, high = stream->count;
    while (low < high) { /* after those that start at the same byte */
        uint32_t middle = (low + high) / 2;
        if (ahead(stream, stream->waiting[stream->first + middle].seq) <= distance)
            low = middle + 1;
        else
            high = middle;
    }
    if (low) { /* a retransmission of what waits already */
        const ssk_waiting *before = &stream->waiting[stream->first + low - 1];
        if (ahead(stream, before->seq) + (uint64_t)before->wire_len >=
            distance + (uint64_t)segment->wire_len)
            return;
    }
    if (stream->first + stream->count == stream->room) {
        if (stream->first) {
            memmove(stream->waiting, stream->waiting + stream->first,
                    stream->count * sizeof *stream->waiting);
            stream->first = 0;
        }
        if (stream->count == stream->room) {
            stream->room = MAX(8, stream->room * 2);
            stream->waiting = g_renew(ssk_waiting, stream->waiting, stream->room);
        }
    }
    ssk_waiting *slot = stream->waiting + stream->first + low;
    memmove(slot + 1, slot, (stream->count - low) * sizeof *slot);
    *slot = *segment;
    slot->data = segment->cap_len ? g_memdup2(segment->data, segment->cap_len) : NULL;
    stream->count++;
    stream->bytes += segment->cap_len;
    stream->charged += segment->cap_len + SEGMENT_COST;
}

void ssk_stream_push(ssk_stream *stream, uint32_t seq, const uint8_t *data, uint32_t cap_len,
                     uint32_t wire_len, uint32_t frame, ssk_time_ns time, ssk_chunk_fn deliver,
                     void *user)
{
    const ssk_sink sink = {deliver, user};
    const ssk_waiting segment = {.seq = seq,
                                 .cap_len = MIN(cap_len, wire_len),
                                 .wire_len = wire_len,
                                 .frame = frame,
                                 .time = time,
                                 .data = (uint8_t *)data};

    if (!wire_len)
        return;
    if (seq == stream->next || is_old(stream, seq)) {
        uint32_t before = stream->next;
        pass(stream, &segment, 0, &sink);
        if (stream->next != before && stream->count)
            drain(stream, &segment, 0, &sink);
    } else {
        keep(stream, &segment);
    }
    skip_holes(stream, time, &sink);
}

void ssk_stream_acked(ssk_stream *stream, uint32_t ack, uint32_t frame, ssk_time_ns time,
                      ssk_chunk_fn deliver, void *user)
{
    const ssk_sink sink = {deliver, user};

    (void)frame; /* what waited behind a skipped hole keeps its own frame */
    if (is_old(stream, ack))
        return;
    if (!stream->has_acked || is_old(stream, stream->acked) ||
        ahead(stream, ack) > ahead(stream, stream->acked))
        stream->acked = ack;
    stream->has_acked = true;
    skip_holes(stream, time, &sink);
}

bool ssk_stream_is_next(const ssk_stream *stream, uint32_t seq)
{
    return stream->next == seq && !stream->count;
}

void ssk_stream_pass(ssk_stream *stream, uint32_t len)
{
    stream->next += len;
}
