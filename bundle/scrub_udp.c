/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_udp.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"
#include "core/base/limits.h"
#include "core/decode/gdl90.h"
#include "core/udp/counter.h"

/* As core/udp/udp_lane.c does: windows without a counter before it gives up, and datagrams that
 * are enough at a flow's end. */
#define ATTEMPTS   4
#define FEWEST     10
#define RTP_HEADER 0xfffu
/* Flows remembered; what is beyond has no counters. */
#define FLOWS 1000000

typedef struct window {
    uint32_t interface_id;
    uint8_t n, room, attempts;
    bool used, done;
    ssk_counter_sample *samples;
} window;

/** One direction of a flow. A bit per byte. */
typedef struct way {
    ssk_counter_sample first;
    uint32_t varies, counts;
    window windows[2]; /* by interface */
} way;

typedef struct way_key {
    ssk_addr src, dst;
    uint16_t port[2];
} way_key;

struct ssk_scrub_udp {
    ssk_pseudonym *pseudonym;
    GHashTable *ways;
};

static guint key_hash(gconstpointer key)
{
    return (guint)ssk_hash(key, sizeof(way_key));
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(way_key));
}

static void way_free(gpointer data)
{
    way *w = data;
    g_free(w->windows[0].samples);
    g_free(w->windows[1].samples);
    g_free(w);
}

ssk_scrub_udp *ssk_scrub_udp_new(ssk_pseudonym *pseudonym)
{
    ssk_scrub_udp *udp = g_new0(ssk_scrub_udp, 1);
    udp->pseudonym = pseudonym;
    udp->ways = g_hash_table_new_full(key_hash, key_equal, g_free, way_free);
    return udp;
}

void ssk_scrub_udp_free(ssk_scrub_udp *udp)
{
    if (!udp)
        return;
    g_hash_table_destroy(udp->ways);
    g_free(udp);
}

static void key_fill(way_key *key, const ssk_packet *packet)
{
    memset(key, 0, sizeof *key);
    key->src = packet->ip.src;
    key->dst = packet->ip.dst;
    key->port[0] = packet->src_port;
    key->port[1] = packet->dst_port;
}

/* ---- first pass ---- */

static void find_counters(way *w, window *in)
{
    ssk_counter found;
    if (ssk_counter_find(in->samples, in->n, &found)) {
        for (unsigned i = 0; i < found.n_fields; i++)
            w->counts |= ((1u << found.fields[i].width) - 1) << found.fields[i].offset;
        if (found.is_rtp)
            w->counts |= RTP_HEADER;
        in->done = true;
    }
    in->n = 0;
    in->done = in->done || ++in->attempts == ATTEMPTS;
    if (in->done)
        g_clear_pointer(&in->samples, g_free);
}

static void sample(way *w, uint32_t interface_id, const ssk_counter_sample *taken)
{
    window *in = &w->windows[0];
    if (in->used && in->interface_id != interface_id)
        in = &w->windows[1];
    if ((in->used && in->interface_id != interface_id) || in->done)
        return;
    in->used = true;
    in->interface_id = interface_id;
    if (in->n == in->room || !in->samples) {
        in->room = (uint8_t)MIN(in->room ? in->room * 2 : 2, SSK_LIMIT(COUNTER_LEARN));
        in->samples = g_renew(ssk_counter_sample, in->samples, in->room);
    }
    in->samples[in->n++] = *taken;
    if (in->n == SSK_LIMIT(COUNTER_LEARN))
        find_counters(w, in);
}

void ssk_scrub_udp_learn(ssk_scrub_udp *udp, const ssk_packet *packet)
{
    way_key key;
    key_fill(&key, packet);
    way *w = g_hash_table_lookup(udp->ways, &key);
    ssk_counter_sample taken = {.len = (uint8_t)MIN(packet->payload_cap, SSK_COUNTER_BYTES)};
    if (taken.len)
        memcpy(taken.bytes, packet->payload, taken.len);
    if (!w) {
        if (g_hash_table_size(udp->ways) >= FLOWS)
            return;
        w = g_new0(way, 1);
        w->first = taken;
        g_hash_table_insert(udp->ways, g_memdup2(&key, sizeof key), w);
    }
    for (unsigned i = 0; i < taken.len; i++) {
        if (i >= w->first.len)
            w->first.bytes[w->first.len++] = taken.bytes[i];
        w->varies |= (uint32_t)(taken.bytes[i] != w->first.bytes[i]) << i;
    }
    sample(w, packet->event->interface_id, &taken);
}

/* ---- second pass ---- */

/** An emptied message with a good checksum, as long as it was. */
static void empty_frame(ssk_pseudonym *p, const uint8_t *from, uint8_t *to, uint32_t len)
{
    enum { FLAG = 0x7e, ESCAPE = 0x7d, TAIL = 2 };
    uint8_t noise[SSK_PSEUDONYM_NOISE], *message = to + 1;
    uint32_t size = len - 2 - TAIL;
    ssk_pseudonym_noise(p, from, len, noise);
    memset(to, 0, len);
    to[0] = to[len - 1] = FLAG;
    message[0] = from[1] == ESCAPE ? 0 : from[1];
    for (unsigned i = 0; i < 64; i++) {
        if (size > 2)
            message[size - 1] = (uint8_t)((noise[0] + i) & 0x3f);
        uint16_t crc = ssk_gdl90_crc(message, size);
        message[size] = (uint8_t)crc;
        message[size + 1] = (uint8_t)(crc >> 8);
        if (!memchr(message + size, FLAG, TAIL) && !memchr(message + size, ESCAPE, TAIL))
            return;
    }
    memset(message + size, 0, TAIL);
}

static void fill_gdl90(ssk_pseudonym *p, const uint8_t *from, uint8_t *to, uint32_t len)
{
    enum { SHORTEST = 5 };
    ssk_gdl90_reader reader = ssk_gdl90_open(from, len);
    ssk_gdl90_frame frame;
    memset(to, 0, len);
    while (ssk_gdl90_next(&reader, &frame)) {
        if (frame.status != SSK_OK)
            continue;
        if (frame.id == SSK_GDL90_HEARTBEAT)
            memcpy(to + frame.offset, from + frame.offset, frame.wire_len);
        else if (frame.wire_len >= SHORTEST)
            empty_frame(p, from + frame.offset, to + frame.offset, frame.wire_len);
    }
}

void ssk_scrub_udp_fill(ssk_scrub_udp *udp, const ssk_packet *packet, uint8_t *to, uint32_t len)
{
    enum {
        LOW = 0x3f
    }; /* of the first byte: else noise would now and then look like RTP, GDL 90 */
    way_key key;
    uint8_t noise[SSK_PSEUDONYM_NOISE];
    const uint8_t *from = packet->payload;
    key_fill(&key, packet);
    way *w = g_hash_table_lookup(udp->ways, &key);
    if (len && from[0] == 0x7e && ssk_gdl90_detect(from, len)) {
        fill_gdl90(udp->pseudonym, from, to, len);
        return;
    }
    for (int i = 0; w && i < 2; i++)
        if (w->windows[i].n >= FEWEST)
            find_counters(w, &w->windows[i]);
    len = MIN(len, SSK_COUNTER_BYTES);
    ssk_pseudonym_noise(udp->pseudonym, from, len, noise);
    for (uint32_t i = 0; i < len; i++) {
        bool counts = w && w->counts >> i & 1, varies = !w || w->varies >> i & 1;
        to[i] = counts ? from[i] : !varies ? 0 : i ? noise[i] : noise[i] & LOW;
    }
}
