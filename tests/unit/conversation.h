/* conversation.h - hosts that talk, frame by frame, into an engine.
 *
 * Host n has the address 10.0.0.n (or fd00::n) and the MAC 02:00:00:00:00:n.
 * A connection keeps its own sequence numbers, so a test says only what
 * happens: connect, ping, pong, wait, send that again, lose this one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_CONVERSATION_H
#define SSK_TEST_CONVERSATION_H

#include <glib.h>
#include <string.h>

#include "core/engine.h"
#include "core/model/facts.h"

enum { FIN = 1, SYN = 2, RST = 4, ACK = 16 };
enum { CLIENT = 0, SERVER = 1 };

typedef struct talk {
    ssk_config config;
    ssk_engine *engine;
    ssk_time_ns now;
    uint32_t frame;  /* of the last one */
    unsigned family; /* 4 or 6 */
    unsigned ip_id;
    uint8_t routers[256];       /* that the packets of this host passed */
    bool unseen;                /* the next frame is on the wire, but not in the capture */
    bool timestamps;            /* TCP option, 1 ms a tick */
    ssk_span_ns held;           /* the next frame left its sender so long ago */
    uint32_t cut;               /* snap length; 0: none */
    const ssk_process *process; /* of the next frame; NULL: not known */
    uint16_t linktype;          /* of the next frames; 0: Ethernet */
    uint64_t drops;             /* the capture lost so many before the next frame */
    uint16_t file;              /* of several, which the next frames are in */
    uint16_t fragment;          /* flags and offset of the next IPv4 header: 0x2000, more follow */
    const char *plain;          /* what the host decrypted of the next frame; NULL: nothing */
    ssk_feedback said;          /* of the last frame */
} talk;

typedef struct connection {
    talk *t;
    unsigned host[2];
    uint16_t port[2];
    uint32_t next[2];  /* sequence number to come */
    uint32_t heard[2]; /* by this side: what it acknowledges */
    uint32_t echo[2];  /* TSval heard last by this side */
    uint16_t window[2];
    ssk_span_ns slept[2]; /* this side's clock stood still for so long */
    uint32_t last_seq[2], last_len[2];
    uint8_t last_flags[2];
    char last[2][256];
    uint32_t sack[2]; /* a block that the client acknowledges; equal: none */
    unsigned pings;
} connection;

static inline void talk_begin(talk *t)
{
    *t = (talk){.now = 1742841288 * SSK_S, .family = 4, .timestamps = true};
    ssk_config_init(&t->config);
}

/** Options are set between talk_begin() and the first frame. */
static inline void talk_set(talk *t, const char *name, const char *value)
{
    g_assert_true(ssk_config_set(&t->config, name, value, NULL));
}

static inline void talk_wait(talk *t, ssk_span_ns span)
{
    t->now += span;
}

static inline void talk_feed(talk *t, const uint8_t *bytes, uint32_t len)
{
    if (!t->engine)
        t->engine = ssk_engine_new(&t->config, NULL);
    t->held = 0;
    if (t->unseen) {
        t->unseen = false;
        return;
    }
    uint32_t cap = t->cut && t->cut < len ? t->cut : len;
    uint8_t *copy = g_malloc(cap ? cap : 1);
    memcpy(copy, bytes, cap);
    ssk_event event = {.frame = ++t->frame,
                       .time = t->now,
                       .bytes = copy,
                       .linktype = t->linktype ? t->linktype : 1,
                       .cap_len = cap,
                       .wire_len = len,
                       .file = t->file,
                       .drops = t->drops,
                       .process = t->process};
    t->drops = 0;
    t->process = NULL;
    ssk_plain plain = {(const uint8_t *)t->plain, t->plain ? (uint32_t)strlen(t->plain) : 0};
    if (t->plain) {
        event.plain = &plain;
        event.n_plain = 1;
        t->plain = NULL;
    }
    ssk_engine_feed(t->engine, &event, &t->said);
    g_free(copy);
}

static inline void put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static inline void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

static inline void put_mac(uint8_t *to, unsigned host)
{
    memset(to, host > 255 ? 0xff : 0, 6);
    if (host <= 255) {
        to[0] = 2;
        to[5] = (uint8_t)host;
    }
}

static inline ssk_addr talk_addr(const talk *t, unsigned host)
{
    ssk_addr addr = {.family = (uint8_t)t->family};
    addr.bytes[0] = t->family == 4 ? 10 : 0xfd;
    addr.bytes[t->family == 4 ? 3 : 15] = (uint8_t)host;
    return addr;
}

/** Ethernet and IP header. @param mac host number of the hardware address, usually @p from */
static inline uint32_t put_headers(talk *t, uint8_t *to, unsigned mac, unsigned from, unsigned into,
                                   unsigned protocol, uint32_t len)
{
    ssk_addr src = talk_addr(t, from), dst = talk_addr(t, into);
    put_mac(to, into);
    put_mac(to + 6, mac);
    put16(to + 12, t->family == 4 ? 0x0800 : 0x86dd);
    if (t->family == 4) {
        memset(to + 14, 0, 20);
        to[14] = 0x45;
        put16(to + 16, 20 + len);
        put16(to + 18, t->fragment & 0x1fff ? t->ip_id : ++t->ip_id);
        put16(to + 20, t->fragment);
        to[22] = (uint8_t)(64 - t->routers[(uint8_t)from]);
        to[23] = (uint8_t)protocol;
        memcpy(to + 26, src.bytes, 4);
        memcpy(to + 30, dst.bytes, 4);
        return 34;
    }
    memset(to + 14, 0, 40);
    to[14] = 0x60;
    put16(to + 18, len);
    to[20] = (uint8_t)protocol;
    to[21] = (uint8_t)(64 - t->routers[(uint8_t)from]);
    memcpy(to + 22, src.bytes, 16);
    memcpy(to + 38, dst.bytes, 16);
    return 54;
}

static inline connection talk_connection(talk *t, unsigned client, unsigned server, uint16_t port)
{
    return (connection){.t = t,
                        .host = {client, server},
                        .port = {(uint16_t)(port + 30000), port},
                        .next = {1000, 9000},
                        .heard = {9000, 1000},
                        .window = {65535, 65535}};
}

/** One segment, numbers as given. */
static inline void tcp_raw(connection *c, int from, unsigned flags, uint32_t seq, uint32_t ack,
                           const void *payload, uint32_t len)
{
    talk *t = c->t;
    uint8_t frame[2048];
    bool block = from == CLIENT && c->sack[0] != c->sack[1];
    uint32_t options = (t->timestamps ? 12 : 0) + (block ? 12 : 0), header = 20 + options;
    uint32_t at = put_headers(t, frame, c->host[from], c->host[from], c->host[!from], 6,
                              header + len);
    uint8_t *tcp = frame + at;
    memset(tcp, 0, header);
    put16(tcp, c->port[from]);
    put16(tcp + 2, c->port[!from]);
    put32(tcp + 4, seq);
    put32(tcp + 8, flags & ACK ? ack : 0);
    tcp[12] = (uint8_t)(header / 4 << 4);
    tcp[13] = (uint8_t)flags;
    put16(tcp + 14, flags & RST ? 0 : c->window[from]);
    if (t->timestamps) {
        /* both hosts' clocks started at other moments */
        uint32_t value = (uint32_t)((t->now - t->held - c->slept[from]) / SSK_MS) +
                         (from ? 777777 : 0);
        tcp[20] = tcp[21] = 1;
        tcp[22] = 8;
        tcp[23] = 10;
        put32(tcp + 24, value);
        put32(tcp + 28, flags & ACK ? c->echo[from] : 0);
        if (!t->unseen)
            c->echo[!from] = value;
    }
    if (block) {
        memcpy(tcp + header - 12, "\1\1\5\12", 4);
        put32(tcp + header - 8, c->sack[0]);
        put32(tcp + header - 4, c->sack[1]);
    }
    if (len)
        memcpy(tcp + header, payload, len);
    talk_feed(t, frame, at + header + len);
}

/** The next segment of this side, in order. */
static inline void tcp_send(connection *c, int from, unsigned flags, const void *payload,
                            uint32_t len)
{
    g_assert_cmpuint(len, <=, sizeof c->last[0]);
    c->last_seq[from] = c->next[from];
    c->last_len[from] = len;
    c->last_flags[from] = (uint8_t)flags;
    if (len)
        memcpy(c->last[from], payload, len);
    tcp_raw(c, from, flags, c->next[from], c->heard[from], payload, len);
    c->next[from] += len + ((flags & (SYN | FIN)) ? 1 : 0);
}

/** The other side has what this side sent. */
static inline void tcp_arrives(connection *c, int from)
{
    c->heard[!from] = c->next[from];
}

static inline void tcp_ack(connection *c, int from)
{
    tcp_arrives(c, !from);
    tcp_send(c, from, ACK, NULL, 0);
}

/** The last segment of this side once more. */
static inline void tcp_again(connection *c, int from)
{
    tcp_raw(c, from, c->last_flags[from], c->last_seq[from], c->heard[from], c->last[from],
            c->last_len[from]);
}

static inline void tcp_connect(connection *c)
{
    tcp_send(c, CLIENT, SYN, NULL, 0);
    tcp_arrives(c, CLIENT);
    talk_wait(c->t, 50 * SSK_US);
    tcp_send(c, SERVER, SYN | ACK, NULL, 0);
    talk_wait(c->t, 100 * SSK_US);
    tcp_ack(c, CLIENT);
    talk_wait(c->t, SSK_MS);
}

static inline void tcp_text(connection *c, int from, const char *text)
{
    tcp_send(c, from, ACK, text, (uint32_t)strlen(text));
}

static inline void tcp_ping(connection *c)
{
    char text[32];
    g_snprintf(text, sizeof text, "PING %u\n", ++c->pings);
    tcp_text(c, CLIENT, text);
}

static inline void tcp_pong(connection *c)
{
    char text[32];
    tcp_arrives(c, CLIENT);
    g_snprintf(text, sizeof text, "PONG %u\n", c->pings);
    tcp_text(c, SERVER, text);
}

/** A ping every @p period, each answered at once. */
static inline void tcp_beats(connection *c, unsigned count, ssk_span_ns period)
{
    for (unsigned i = 0; i < count; i++) {
        tcp_ping(c);
        talk_wait(c->t, SSK_MS);
        tcp_pong(c);
        talk_wait(c->t, SSK_MS);
        tcp_ack(c, CLIENT);
        talk_wait(c->t, period - 2 * SSK_MS);
    }
}

/** A connection of host 5 with host 1 that has pinged once a second, eight times:
 * long enough for its period to be known. The talk begins with it. */
static inline connection talk_in_rhythm(talk *t)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    return c;
}

static inline void talk_datagram(talk *t, unsigned from, uint16_t port, unsigned into,
                                 uint16_t to_port, const void *payload, uint32_t len)
{
    uint8_t frame[2048];
    uint32_t at = put_headers(t, frame, from, from, into, 17, 8 + len);
    put16(frame + at, port);
    put16(frame + at + 2, to_port);
    put16(frame + at + 4, 8 + len);
    put16(frame + at + 6, 0);
    memcpy(frame + at + 8, payload, len);
    talk_feed(t, frame, at + 8 + len);
}

static inline void talk_udp(talk *t, unsigned from, uint16_t port, unsigned into, uint16_t to_port,
                            uint32_t len)
{
    uint8_t payload[1500];
    memset(payload, 'x', sizeof payload);
    talk_datagram(t, from, port, into, to_port, payload, len);
}

/** @param host asks for an address that it does not have yet */
static inline void talk_dhcp(talk *t, unsigned host)
{
    uint8_t frame[400] = {0};
    uint32_t at = put_headers(t, frame, host, 0, 256, 17, 8 + 300);
    memset(frame + (t->family == 4 ? 26 : 22), 0, t->family == 4 ? 4 : 16);
    put16(frame + at, 68);
    put16(frame + at + 2, 67);
    put16(frame + at + 4, 8 + 300);
    talk_feed(t, frame, at + 8 + 300);
}

/** @param mac host number of the hardware address that speaks */
static inline void talk_arp_as(talk *t, unsigned mac, unsigned operation, unsigned sender,
                               unsigned target)
{
    uint8_t frame[42];
    ssk_addr from = {.family = 4, .bytes = {10, 0, 0, (uint8_t)sender}};
    put_mac(frame, operation == 1 ? 256 : target);
    put_mac(frame + 6, mac);
    put16(frame + 12, 0x0806);
    memcpy(frame + 14, "\0\1\10\0\6\4\0", 7);
    frame[21] = (uint8_t)operation;
    put_mac(frame + 22, mac);
    memcpy(frame + 28, sender ? from.bytes : (const uint8_t *)"\0\0\0\0", 4);
    memset(frame + 32, 0, 6);
    memcpy(frame + 38, (uint8_t[]){10, 0, 0, (uint8_t)target}, 4);
    talk_feed(t, frame, sizeof frame);
}

static inline void talk_arp(talk *t, unsigned operation, unsigned sender, unsigned target)
{
    talk_arp_as(t, sender, operation, sender, target);
}

/** ICMP: @p from says that the packet @p quoted -> @p target did not get there. */
static inline void talk_unreachable(talk *t, unsigned from, unsigned code, unsigned quoted,
                                    uint16_t port, unsigned target, uint16_t to_port)
{
    uint8_t frame[128];
    uint32_t at = put_headers(t, frame, from, from, quoted, 1, 8 + 28);
    uint8_t *icmp = frame + at, inner[64];
    memset(icmp, 0, 36);
    icmp[0] = 3;
    icmp[1] = (uint8_t)code;
    uint32_t inside = put_headers(t, inner, quoted, quoted, target, 17, 8);
    memcpy(icmp + 8, inner + 14, inside - 14);
    put16(icmp + 28, port);
    put16(icmp + 30, to_port);
    talk_feed(t, frame, at + 36);
}

/** Facts of one kind, in order; the caller frees the array, g_array_free(). */
static inline GArray *talk_facts(talk *t, ssk_fact_kind kind)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(ssk_fact));
    ssk_facts facts = ssk_engine_facts(t->engine);
    for (size_t i = 0; i < facts.count; i++)
        if (facts.list[i].kind == kind)
            g_array_append_val(found, facts.list[i]);
    ssk_facts_clear(&facts);
    return found;
}

/** The only fact of this kind; fails if there are none, or several. */
static inline ssk_fact talk_fact(talk *t, ssk_fact_kind kind)
{
    GArray *found = talk_facts(t, kind);
    g_assert_cmpuint(found->len, ==, 1);
    ssk_fact fact = g_array_index(found, ssk_fact, 0);
    g_array_free(found, TRUE);
    return fact;
}

static inline unsigned talk_count(talk *t, ssk_fact_kind kind)
{
    GArray *found = talk_facts(t, kind);
    unsigned count = found->len;
    g_array_free(found, TRUE);
    return count;
}

static inline void talk_end(talk *t)
{
    ssk_engine_free(t->engine);
    t->engine = NULL;
}

#endif
