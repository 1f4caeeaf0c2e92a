/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/message/recent.h"

#include <string.h>

static uint32_t end_of(const ssk_recent *recent, unsigned i)
{
    return i + 1 < recent->n ? recent->piece[i + 1].from : recent->bytes->len;
}

static void drop_oldest(ssk_recent *recent)
{
    uint32_t len = end_of(recent, 0);
    g_byte_array_remove_range(recent->bytes, 0, len);
    recent->n--;
    memmove(recent->piece, recent->piece + 1, recent->n * sizeof recent->piece[0]);
    for (unsigned i = 0; i < recent->n; i++)
        recent->piece[i].from -= len;
}

void ssk_recent_add(ssk_recent *recent, const ssk_chunk *chunk)
{
    bool unfit = chunk->cap_len < chunk->wire_len || chunk->wire_len > SSK_RECENT_BYTES;
    if (unfit || chunk->skipped)
        ssk_recent_clear(recent);
    if (unfit)
        return;
    if (!recent->bytes)
        recent->bytes = g_byte_array_new();
    while (recent->n == SSK_RECENT_PIECES ||
           (recent->n && recent->bytes->len + chunk->wire_len > SSK_RECENT_BYTES))
        drop_oldest(recent);
    recent->piece[recent->n].from = recent->bytes->len;
    recent->piece[recent->n].frame = chunk->frame;
    recent->piece[recent->n++].time = chunk->time;
    g_byte_array_append(recent->bytes, chunk->data, chunk->wire_len);
}

void ssk_recent_piece(const ssk_recent *recent, unsigned i, ssk_chunk *ret)
{
    uint32_t from = recent->piece[i].from, len = end_of(recent, i) - from;
    *ret = (ssk_chunk){.data = recent->bytes->data + from,
                       .cap_len = len,
                       .wire_len = len,
                       .frame = recent->piece[i].frame,
                       .time = recent->piece[i].time};
}

void ssk_recent_join(ssk_recent *recent, unsigned i, const ssk_chunk *chunk, ssk_chunk *ret)
{
    uint32_t kept = recent->bytes->len, from = recent->piece[i].from;
    if (chunk->cap_len)
        g_byte_array_append(recent->bytes, chunk->data, chunk->cap_len);
    *ret = (ssk_chunk){.data = recent->bytes->data + from,
                       .cap_len = kept - from + chunk->cap_len,
                       .wire_len = kept - from + chunk->wire_len,
                       .frame = chunk->frame,
                       .time = chunk->time};
    recent->bytes->len = kept; /* the bytes stay readable; the array only forgets them */
}

void ssk_recent_clear(ssk_recent *recent)
{
    if (recent->bytes)
        g_byte_array_free(recent->bytes, TRUE);
    *recent = (ssk_recent){0};
}
