/* align.c - the constant by which two captures' clocks differ.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/align.h"

#include <glib.h>
#include <string.h>

#include "core/decode/packet.h"
#include "core/udp/match.h"

typedef struct sample {
    uint64_t key;
    ssk_time_ns time;
} sample;

struct ssk_align {
    GArray *samples[2]; /* of sample */
    uint64_t mask;      /* a key is picked if none of these bits is set */
};

ssk_align *ssk_align_new(void)
{
    ssk_align *align = g_new0(ssk_align, 1);
    align->samples[0] = g_array_new(FALSE, FALSE, sizeof(sample));
    align->samples[1] = g_array_new(FALSE, FALSE, sizeof(sample));
    return align;
}

void ssk_align_free(ssk_align *align)
{
    if (!align)
        return;
    g_array_free(align->samples[0], TRUE);
    g_array_free(align->samples[1], TRUE);
    g_free(align);
}

static void thin_out(ssk_align *align)
{
    align->mask = align->mask << 1 | 1;
    for (int view = 0; view < 2; view++) {
        GArray *list = align->samples[view];
        guint kept = 0;
        for (guint i = 0; i < list->len; i++) {
            sample s = g_array_index(list, sample, i);
            if (!(s.key & align->mask))
                g_array_index(list, sample, kept++) = s;
        }
        g_array_set_size(list, kept);
    }
}

void ssk_align_add(ssk_align *align, unsigned view, const ssk_event *event)
{
    ssk_packet packet;
    if (event->kind != SSK_EVENT_FRAME || event->time == SSK_TIME_NONE)
        return;
    ssk_decode_packet(event, &packet);
    if (packet.kind != SSK_PACKET_UDP)
        return;
    uint8_t whole[2 * sizeof(ssk_addr) + 3 * sizeof(uint64_t)] = {0}, *at = whole;
    uint64_t digest = ssk_match_digest(packet.payload, packet.payload_cap);
    uint32_t rest[] = {packet.src_port, packet.dst_port, packet.ip.version == 4 ? packet.ip.id : 0,
                       packet.udp.length};
    memcpy(at, &packet.ip.src, sizeof packet.ip.src);
    memcpy(at += sizeof packet.ip.src, &packet.ip.dst, sizeof packet.ip.dst);
    memcpy(at += sizeof packet.ip.dst, &digest, sizeof digest);
    memcpy(at += sizeof digest, rest, sizeof rest);
    uint64_t key = digest;
    for (size_t i = 0; i < sizeof whole; i += SSK_MATCH_DIGEST)
        key = key * UINT64_C(0x9e3779b97f4a7c15) ^
              ssk_match_digest(whole + i, (uint32_t)MIN(SSK_MATCH_DIGEST, sizeof whole - i));
    if (key & align->mask)
        return;
    sample s = {key, event->time};
    g_array_append_val(align->samples[view], s);
    if (align->samples[view]->len > SSK_ALIGN_ROOM)
        thin_out(align);
}

static int by_key(const void *a, const void *b)
{
    const sample *x = a, *y = b;
    return (x->key > y->key) - (x->key < y->key);
}

static int by_span(const void *a, const void *b)
{
    ssk_span_ns x = *(const ssk_span_ns *)a, y = *(const ssk_span_ns *)b;
    return (x > y) - (x < y);
}

/* Sorted by key, and only those that came once. */
static GArray *unique_of(const GArray *from)
{
    GArray *sorted = g_array_sized_new(FALSE, FALSE, sizeof(sample), from->len);
    if (from->len)
        g_array_append_vals(sorted, from->data, from->len);
    if (sorted->len)
        qsort(sorted->data, sorted->len, sizeof(sample), by_key);
    sample *list = (sample *)(void *)sorted->data;
    guint kept = 0;
    for (guint i = 0; i < sorted->len;) {
        guint next = i + 1;
        while (next < sorted->len && list[next].key == list[i].key)
            next++;
        if (next == i + 1)
            list[kept++] = list[i];
        i = next;
    }
    g_array_set_size(sorted, kept);
    return sorted;
}

bool ssk_align_measure(const ssk_align *align, ssk_span_ns *ret_offset)
{
    GArray *views[2] = {unique_of(align->samples[0]), unique_of(align->samples[1])};
    GArray *offsets = g_array_new(FALSE, FALSE, sizeof(ssk_span_ns));
    for (guint i = 0, k = 0; i < views[0]->len && k < views[1]->len;) {
        const sample *x = &g_array_index(views[0], sample, i);
        const sample *y = &g_array_index(views[1], sample, k);
        ssk_span_ns offset;
        if (x->key == y->key && !__builtin_sub_overflow(y->time, x->time, &offset))
            g_array_append_val(offsets, offset);
        i += x->key <= y->key;
        k += y->key <= x->key;
    }
    bool enough = offsets->len >= SSK_ALIGN_LEAST;
    if (enough) {
        qsort(offsets->data, offsets->len, sizeof(ssk_span_ns), by_span);
        *ret_offset = g_array_index(offsets, ssk_span_ns, offsets->len / 2);
    }
    g_array_free(offsets, TRUE);
    g_array_free(views[0], TRUE);
    g_array_free(views[1], TRUE);
    return enough;
}
