/* lan.h - frames of a small LAN through the whole engine, and the findings that come of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_LAN_H
#define SSK_TEST_LAN_H

#include "core/engine.h"

#include "tests/unit/dns_message.h"

#define START (INT64_C(1742841200) * SSK_S)

/* ---- a small LAN: host n has 192.0.2.n and the MAC 02:00:00:00:00:n ---- */

typedef struct lan {
    ssk_engine *engine;
    uint32_t frame;
    ssk_time_ns now;
    GByteArray *out; /* the frame being written */
} lan;

static inline lan *lan_new(void)
{
    lan *l = g_new0(lan, 1);
    ssk_config config;
    ssk_config_init(&config);
    l->engine = ssk_engine_new(&config, NULL);
    l->now = START;
    return l;
}

static inline void wait_ms(lan *l, int64_t ms)
{
    l->now += ms * SSK_MS;
}

static inline void put8(GByteArray *out, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    put(out, &byte, 1);
}

static inline void put_mac(GByteArray *out, unsigned host)
{
    put(out, "\2\0\0\0\0", 5);
    put8(out, host);
}

static inline void put_addr(GByteArray *out, unsigned host)
{
    put(out, "\xc0\0\2", 3);
    put8(out, host);
}

static inline void begin(lan *l, unsigned from, unsigned to, unsigned ethertype)
{
    l->out = g_byte_array_new();
    put_mac(l->out, to);
    put_mac(l->out, from);
    put16(l->out, ethertype);
}

static inline void end(lan *l)
{
    ssk_event event = {.kind = SSK_EVENT_FRAME,
                       .frame = ++l->frame,
                       .time = l->now,
                       .linktype = 1,
                       .bytes = l->out->data,
                       .cap_len = l->out->len,
                       .wire_len = l->out->len};
    ssk_engine_feed(l->engine, &event, NULL);
    g_byte_array_unref(l->out);
}

/* @p group: 0: host @p to; else the last byte of 239.1.1.x */
static inline void begin_ip(lan *l, unsigned from, unsigned to, unsigned group, unsigned protocol,
                            unsigned len)
{
    begin(l, from, to, 0x0800);
    put16(l->out, 0x4500);
    put16(l->out, 20 + len);
    put32(l->out, 0);
    put8(l->out, 64);
    put8(l->out, protocol);
    put16(l->out, 0);
    put_addr(l->out, from);
    if (group) {
        put(l->out, "\xef\1\1", 3);
        put8(l->out, group);
    } else {
        put_addr(l->out, to);
    }
}

static inline void udp_to(lan *l, unsigned from, unsigned to, unsigned group, unsigned from_port,
                          unsigned to_port, const void *payload, unsigned len)
{
    begin_ip(l, from, to, group, 17, 8 + len);
    put16(l->out, from_port);
    put16(l->out, to_port);
    put16(l->out, 8 + len);
    put16(l->out, 0);
    put(l->out, payload, len);
    end(l);
}

static inline void tcp(lan *l, unsigned from, unsigned to, unsigned from_port, unsigned to_port,
                       uint32_t seq, uint32_t ack, unsigned flags, unsigned window,
                       const char *payload)
{
    unsigned len = (unsigned)strlen(payload);
    begin_ip(l, from, to, 0, 6, 20 + len);
    put16(l->out, from_port);
    put16(l->out, to_port);
    put32(l->out, seq);
    put32(l->out, ack);
    put16(l->out, 0x5000 | flags);
    put16(l->out, window);
    put32(l->out, 0);
    put(l->out, payload, len);
    end(l);
}

enum { FIN = 1, SYN = 2, RST = 4, ACK = 0x10 };

static inline void handshake(lan *l, unsigned client, unsigned client_port, unsigned server,
                             unsigned port)
{
    tcp(l, client, server, client_port, port, 0, 0, SYN, 65535, "");
    tcp(l, server, client, port, client_port, 0, 1, SYN | ACK, 65535, "");
    tcp(l, client, server, client_port, port, 1, 1, ACK, 65535, "");
}

/* ---- the outcome ---- */

static const ssk_result_finding *find(const ssk_result *result, const char *id)
{
    for (size_t i = 0; i < result->n_findings; i++)
        if (strcmp(ssk_cause_text(result->findings[i].id), id) == 0)
            return &result->findings[i];
    return NULL;
}

/* Ends the LAN. @p words: must stand in the text; NULL: must stay silent */
static inline void expect(lan *l, const char *id, const char *words)
{
    ssk_result *result = ssk_engine_snapshot(l->engine);
    const ssk_result_finding *finding = find(result, id);
    if (!words && finding)
        g_error("%s must stay silent: %s", id, finding->text);
    if (words && !finding)
        g_error("%s must fire", id);
    if (words && !strstr(finding->text, words))
        g_error("\"%s\" not in \"%s\"", words, finding->text);
    for (size_t i = 0; finding && i < finding->n_frames; i++)
        g_assert_true(finding->frames[i] >= 1 && finding->frames[i] <= l->frame);
    ssk_result_free(result);
    ssk_engine_free(l->engine);
    g_free(l);
}

/* Pings of one side every second, answered. @p first: sequence numbers begin behind it */
static inline void pings(lan *l, unsigned client, unsigned port, unsigned server, unsigned from,
                         unsigned to, uint32_t *client_seq, uint32_t *server_seq)
{
    for (unsigned i = from; i < to; i++) {
        char ping[32], pong[32];
        g_snprintf(ping, sizeof ping, "PING %u\n", i);
        g_snprintf(pong, sizeof pong, "PONG %u\n", i);
        tcp(l, client, server, port, 7000, *client_seq, *server_seq, ACK, 65535, ping);
        *client_seq += (uint32_t)strlen(ping);
        tcp(l, server, client, 7000, port, *server_seq, *client_seq, ACK, 65535, pong);
        *server_seq += (uint32_t)strlen(pong);
        wait_ms(l, 1000);
    }
}

#endif
