/* fuzz_stream.c - segments in any order against a naive reassembly.
 *
 * The byte at each stream offset is a function of that offset, so every
 * delivered byte can be checked: right value, right order, none twice, and
 * skipped bytes only where nothing was delivered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/flow/stream.h"

#define SPACE 4096

static uint8_t byte_at(uint64_t offset)
{
    return (uint8_t)(offset * 167 + (offset >> 8) * 31);
}

typedef struct check {
    uint64_t offset;     /* of the next byte to come */
    uint8_t sent[SPACE]; /* pushed at least once */
    uint8_t gone[SPACE]; /* delivered */
    uint64_t skipped;
} check;

static void deliver(void *user, const ssk_chunk *chunk)
{
    check *c = user;
    g_assert_cmpuint(chunk->cap_len, <=, chunk->wire_len);
    g_assert_cmpuint(chunk->wire_len, >, 0);
    c->skipped += chunk->skipped;
    c->offset += chunk->skipped;
    for (uint32_t i = 0; i < chunk->wire_len; i++, c->offset++) {
        g_assert_cmpuint(c->offset, <, SPACE);
        g_assert_true(c->sent[c->offset]);
        g_assert_false(c->gone[c->offset]);
        c->gone[c->offset] = 1;
        if (i < chunk->cap_len)
            g_assert_cmpuint(chunk->data[i], ==, byte_at(c->offset));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint32_t bases[] = {0, 1, 0x7ffffff0, 0x80000010, 0xfffff800, 0xffffffff};
    if (size < 1)
        return 0;
    uint32_t base = bases[data[0] % G_N_ELEMENTS(bases)];
    bool acks = data[0] & 0x40, cuts = data[0] & 0x80;
    check c = {0};
    ssk_stream *stream = ssk_stream_new(base);
    uint32_t frame = 0;
    ssk_time_ns now = 0;
    uint64_t in_order = 0; /* naive reassembly: the first byte not yet sent */

    for (size_t i = 1; i + 4 <= size; i += 4) {
        uint32_t from = (data[i] | data[i + 1] << 8) % SPACE;
        uint32_t len = MIN(data[i + 2], SPACE - from);
        frame++;
        now += (data[i + 3] >> 4) * SSK_MS * 100;
        if (acks && (data[i + 3] & 15) == 0) {
            ssk_stream_acked(stream, base + from, frame, now, deliver, &c);
            continue;
        }
        uint8_t segment[256];
        for (uint32_t k = 0; k < len; k++) {
            segment[k] = byte_at(from + k);
            c.sent[from + k] = 1;
        }
        uint32_t cap = cuts ? MIN(len, (data[i + 3] & 15) * 8u) : len;
        uint8_t *exact = g_memdup2(segment, cap);
        ssk_stream_push(stream, base + from, exact, cap, len, frame, now, deliver, &c);
        g_free(exact);
        while (in_order < SPACE && c.sent[in_order])
            in_order++;
        /* nothing that a naive reassembly has may be kept back */
        g_assert_cmpuint(c.offset, >=, in_order);
        g_assert_cmpuint(ssk_stream_waiting(stream), <=, SSK_STREAM_ROOM);
    }
    g_assert_cmpuint(c.skipped, ==, ssk_stream_skipped(stream));
    if (!acks && !c.skipped)
        g_assert_cmpuint(c.offset, ==, in_order);
    ssk_stream_free(stream);
    return 0;
}
