/* key_exchange.c - a station and its access point agree on keys, or do not.
 *
 * Source: IEEE 802.11-2020, 12.7.2 (EAPOL-Key) and 12.7.6 (4-way handshake);
 * RFC 3748, section 4.2 (EAP failure).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/limits.h"
#include "core/decode/cursor.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_key_exchange;

#define STATIONS 64

typedef struct state {
    ssk_fact attempt[STATIONS]; /* kind 0: free */
} state;

typedef enum sort { OTHER = 0, MESSAGE_1, MESSAGE_2, MESSAGE_3, MESSAGE_4, FAILURE } sort;

/* From the first byte behind the Ethertype. */
static sort sort_of(ssk_cursor *cursor)
{
    enum { EAP_PACKET = 0, KEY = 3, EAP_FAILURE = 4 };
    enum { PAIRWISE = 0x08, ACK = 0x80, MIC = 0x100, SECURE = 0x200 };
    enum {
        TO_NONCE = 10,
        NONCE = 32,
        TO_DATA_LEN = 48
    }; /* key length, counter; IV, RSC, id, MIC */
    ssk_cursor_skip(cursor, 1);
    uint8_t kind = ssk_cursor_u8(cursor);
    ssk_cursor_skip(cursor, 2);
    uint8_t descriptor = ssk_cursor_u8(cursor);
    if (cursor->failed)
        return OTHER;
    if (kind == EAP_PACKET)
        return descriptor == EAP_FAILURE ? FAILURE : OTHER;
    uint16_t info = ssk_cursor_be16(cursor);
    if (kind != KEY || !(info & PAIRWISE) || cursor->failed)
        return OTHER;
    if (info & ACK)
        return info & MIC ? MESSAGE_3 : MESSAGE_1;
    if (!(info & MIC))
        return OTHER;
    /* Message 4 says "secure" (RSN), or carries no key data (WPA). */
    ssk_cursor_skip(cursor, TO_NONCE + NONCE + TO_DATA_LEN);
    uint16_t data_len = ssk_cursor_be16(cursor);
    return (info & SECURE) || (!cursor->failed && data_len == 0) ? MESSAGE_4 : MESSAGE_2;
}

static ssk_fact *attempt_of(state *s, const ssk_mac *station, const ssk_event *event,
                            ssk_facts *out)
{
    ssk_fact *place = &s->attempt[0];
    for (unsigned i = 0; i < STATIONS; i++) {
        ssk_fact *attempt = &s->attempt[i];
        if (!attempt->kind || !memcmp(&attempt->mac, station, sizeof *station)) {
            place = attempt;
            break;
        }
        if (attempt->end < place->end)
            place = attempt;
    }
    bool another = place->kind && (memcmp(&place->mac, station, sizeof *station) ||
                                   event->time - place->end > SSK_LIMIT(KEY_ATTEMPT));
    if (another)
        ssk_facts_add(out, place);
    if (another || !place->kind)
        *place = (ssk_fact){SSK_AS_KEY_EXCHANGE(.furthest = 0), .mac = *station,
                            .start = event->time, .frame_first = event->frame};
    place->end = event->time;
    place->frame_last = event->frame;
    return place;
}

static void on_step(void *opaque, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    enum { ETHERTYPE_EAPOL = 0x888e };
    state *s = opaque;
    const ssk_packet *packet = step->packet;
    const ssk_event *event = packet->event;
    (void)config;
    if (packet->link.ethertype != ETHERTYPE_EAPOL || !packet->link.has_macs ||
        step->time == SSK_TIME_NONE)
        return;
    ssk_link link;
    uint32_t offset;
    if (ssk_decode_link(event->linktype, event->bytes, event->cap_len, &link, &offset) != SSK_OK)
        return;
    ssk_cursor cursor = ssk_cursor_init(event->bytes, event->cap_len);
    ssk_cursor_seek(&cursor, offset);
    sort what = sort_of(&cursor);
    if (what == OTHER)
        return;
    bool from_station = what == MESSAGE_2 || what == MESSAGE_4;
    ssk_fact *attempt = attempt_of(s, from_station ? &link.src : &link.dst, event, out);
    if (what == FAILURE) {
        attempt->key_exchange.refused = true;
        return;
    }
    attempt->key_exchange.sent_1 += what == MESSAGE_1;
    attempt->key_exchange.sent_3 += what == MESSAGE_3;
    if (attempt->key_exchange.furthest < what)
        attempt->key_exchange.furthest = (uint8_t)what;
}

static void on_close(const void *opaque, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out)
{
    const state *s = opaque;
    (void)config;
    (void)flow;
    (void)end;
    for (unsigned i = 0; i < STATIONS; i++)
        if (s->attempt[i].kind)
            ssk_facts_add(out, &s->attempt[i]);
}

const ssk_meter ssk_meter_key_exchange = {
    .name = "key-exchange",
    .hears = SSK_HEARS(OTHER),
    .state_size = sizeof(state),
    .on_step = on_step,
    .on_close = on_close,
};
