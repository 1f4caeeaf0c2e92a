/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/flow/stream.h"

static const uint8_t letters[] = "abcdefghijklmnopqrstuvwxyz";

typedef struct heard {
    GString *text; /* '-' for each skipped byte, '?' for each unreadable one */
    uint32_t frames[16];
    unsigned chunks;
} heard;

static void hear(void *user, const ssk_chunk *chunk)
{
    heard *h = user;
    for (uint64_t i = 0; i < chunk->skipped; i++)
        g_string_append_c(h->text, '-');
    g_string_append_len(h->text, (const char *)chunk->data, chunk->cap_len);
    for (uint32_t i = chunk->cap_len; i < chunk->wire_len; i++)
        g_string_append_c(h->text, '?');
    if (h->chunks < G_N_ELEMENTS(h->frames))
        h->frames[h->chunks] = chunk->frame;
    h->chunks++;
}

#define BASE 0xfffffff8u /* the wrap lies inside the alphabet */

static void push(ssk_stream *stream, heard *h, uint32_t from, uint32_t len, uint32_t frame)
{
    ssk_stream_push(stream, BASE + from, letters + from, len, len, frame, frame * SSK_MS, hear, h);
}

static heard begin(ssk_stream **ret_stream)
{
    *ret_stream = ssk_stream_new(BASE);
    return (heard){.text = g_string_new(NULL)};
}

static void end(ssk_stream *stream, heard *h, const char *expect)
{
    g_assert_cmpstr(h->text->str, ==, expect);
    g_string_free(h->text, TRUE);
    ssk_stream_free(stream);
}

static void in_order(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    push(s, &h, 0, 5, 1);
    push(s, &h, 5, 10, 2);
    g_assert_cmpuint(h.chunks, ==, 2);
    end(s, &h, "abcdefghijklmno");
}

static void reordered(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    push(s, &h, 10, 5, 1);
    push(s, &h, 5, 5, 2);
    g_assert_cmpuint(ssk_stream_waiting(s), ==, 10);
    push(s, &h, 0, 5, 3);
    g_assert_cmpuint(h.frames[0], ==, 3);
    g_assert_cmpuint(h.frames[1], ==, 3);
    g_assert_cmpuint(h.frames[2], ==, 3);
    g_assert_cmpuint(ssk_stream_waiting(s), ==, 0);
    end(s, &h, "abcdefghijklmno");
}

static void old_and_new(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    push(s, &h, 0, 5, 1);
    push(s, &h, 0, 5, 2);
    push(s, &h, 2, 8, 3);
    push(s, &h, 12, 4, 4);
    push(s, &h, 8, 6, 5);
    end(s, &h, "abcdefghijklmnop");
}

static void hole_acked(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    push(s, &h, 0, 5, 1);
    push(s, &h, 9, 3, 2);
    ssk_stream_acked(s, BASE + 8, 3, 3, hear, &h);
    g_assert_cmpuint(h.chunks, ==, 1);
    ssk_stream_acked(s, BASE + 9, 4, 4, hear, &h);
    g_assert_cmpuint(h.frames[1], ==, 2); /* it had arrived then */
    g_assert_cmpuint(ssk_stream_skipped(s), ==, 4);
    end(s, &h, "abcde----jkl");
}

static void acked_before_seen(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    ssk_stream_acked(s, BASE + 5, 1, 1, hear, &h);
    push(s, &h, 0, 3, 2); /* the mirror port swapped the two */
    push(s, &h, 5, 3, 3);
    end(s, &h, "abc--fgh");
}

static void patience(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    ssk_stream_push(s, BASE + 2, letters + 2, 2, 2, 1, 0, hear, &h);
    ssk_stream_push(s, BASE + 4, letters + 4, 2, 2, 2, SSK_STREAM_PATIENCE, hear, &h);
    g_assert_cmpuint(h.chunks, ==, 0);
    ssk_stream_push(s, BASE + 6, letters + 6, 2, 2, 3, SSK_STREAM_PATIENCE + 1, hear, &h);
    end(s, &h, "--cdefgh");
}

static void room(void)
{
    ssk_stream *s = ssk_stream_new(0);
    heard h = {.text = g_string_new(NULL)};
    uint8_t one = 'x';
    for (uint32_t i = 0; i < SSK_STREAM_ROOM && !h.chunks; i++)
        ssk_stream_push(s, 100 + i * 2, &one, 1, 1, i + 1, i, hear, &h);
    g_assert_cmpuint(h.chunks, >, 0);
    g_assert_cmpuint(ssk_stream_waiting(s), <, SSK_STREAM_ROOM / 16);
    g_string_free(h.text, TRUE);
    ssk_stream_free(s);
}

static void short_snap(void)
{
    ssk_stream *s;
    heard h = begin(&s);
    ssk_stream_push(s, BASE, letters, 3, 10, 1, 1, hear, &h);
    ssk_stream_push(s, BASE + 5, letters + 5, 3, 10, 2, 2, hear, &h);
    end(s, &h, "abc????????????");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stream/bytes in order pass straight through", in_order);
    g_test_add_func("/stream/a filled hole delivers all that waited, in the filler's frame",
                    reordered);
    g_test_add_func("/stream/a retransmission with old and new bytes delivers the new",
                    old_and_new);
    g_test_add_func("/stream/an acknowledged hole is skipped and counted", hole_acked);
    g_test_add_func("/stream/an acknowledgment seen before its bytes loses none",
                    acked_before_seen);
    g_test_add_func("/stream/a hole that nobody fills is skipped in time", patience);
    g_test_add_func("/stream/the room is bounded", room);
    g_test_add_func("/stream/bytes beyond the snap length count but cannot be read", short_snap);
    return g_test_run();
}
