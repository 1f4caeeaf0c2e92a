/* mdns_net.h - a few hosts that speak Multicast DNS, and what the tracker makes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TEST_MDNS_NET_H
#define SSK_TEST_MDNS_NET_H

#include "core/bonjour/tracker.h"

#include "tests/unit/dns_message.h"

#define TYPE "_hospital|_tcp|local"
#define WARD "Ward 3|" TYPE
#define HOST "server|local"

/* ---- a network of a few hosts ---- */

typedef struct net {
    ssk_bonjour *bonjour;
    uint32_t frame;
    ssk_time_ns now;
    uint8_t moved; /* this host speaks from an address 100 higher */
} net;

static inline net *net_new(void)
{
    net *n = g_new0(net, 1);
    n->bonjour = ssk_bonjour_new();
    n->now = INT64_C(1742841200) * SSK_S;
    return n;
}

static inline ssk_addr addr_of(const net *n, uint8_t host)
{
    ssk_addr addr = {.family = 4, .bytes = {192, 0, 2, host}};
    if (host && host == n->moved)
        addr.bytes[3] = (uint8_t)(host + 100);
    return addr;
}

static inline void hear(net *n, ssk_packet *packet)
{
    ssk_event event = {.frame = ++n->frame, .time = n->now};
    packet->event = &event;
    ssk_bonjour_hear(n->bonjour, packet, n->now);
}

/* Takes @p bytes; @p cut bytes at its end are not in the capture. */
static inline void send_cut(net *n, uint8_t host, GByteArray *bytes, guint cut)
{
    uint8_t *exact = g_memdup2(bytes->data, bytes->len - cut);
    ssk_packet packet = {.kind = SSK_PACKET_UDP,
                         .link = {.has_macs = true, .src = {{2, 0, 0, 0, 0, host}}},
                         .src_port = SSK_PORT_MDNS,
                         .dst_port = SSK_PORT_MDNS,
                         .payload = exact,
                         .payload_cap = bytes->len - cut,
                         .payload_len = bytes->len};
    packet.ip.src = addr_of(n, host);
    packet.udp.length = (uint16_t)(bytes->len + 8);
    hear(n, &packet);
    g_free(exact);
    g_byte_array_unref(bytes);
}

static inline void send(net *n, uint8_t host, GByteArray *bytes)
{
    send_cut(n, host, bytes, 0);
}

static inline void wait_ms(net *n, int64_t ms)
{
    n->now += ms * SSK_MS;
}

static inline void put_srv(GByteArray *out, const char *instance, uint32_t ttl, const char *host,
                           unsigned port)
{
    GByteArray *rdata = g_byte_array_new();
    put32(rdata, 0);
    put16(rdata, port);
    put_name(rdata, host);
    put_rr(out, instance, SSK_DNS_SRV, 1 | CACHE_FLUSH, ttl, rdata->data, rdata->len);
    g_byte_array_unref(rdata);
}

static inline void put_ptr(GByteArray *out, const char *type, const char *instance, uint32_t ttl)
{
    GByteArray *rdata = g_byte_array_new();
    put_name(rdata, instance);
    put_rr(out, type, SSK_DNS_PTR, 1, ttl, rdata->data, rdata->len);
    g_byte_array_unref(rdata);
}

/* TXT strings parted by '|'. */
static inline void put_txt(GByteArray *out, const char *instance, uint32_t ttl, const char *strings)
{
    GByteArray *rdata = g_byte_array_new();
    put_name(rdata, strings); /* the same form, but for the root at its end */
    put_rr(out, instance, SSK_DNS_TXT, 1 | CACHE_FLUSH, ttl, rdata->data, rdata->len - 1);
    g_byte_array_unref(rdata);
}

static inline void put_a(GByteArray *out, const char *host, uint32_t ttl, ssk_addr addr)
{
    put_rr(out, host, SSK_DNS_A, 1 | CACHE_FLUSH, ttl, addr.bytes, 4);
}

/* PTR, SRV, TXT and A as a responder announces them. */
static inline void announce_as(net *n, uint8_t host, const char *type, const char *instance,
                               const char *host_name, const char *txt)
{
    GByteArray *out = message(0x8400, 0, 4, 0, 0);
    put_ptr(out, type, instance, 4500);
    put_srv(out, instance, 120, host_name, 7000);
    put_txt(out, instance, 4500, txt);
    put_a(out, host_name, 120, addr_of(n, host));
    send(n, host, out);
}

static inline void announce(net *n, uint8_t host, const char *txt)
{
    announce_as(n, host, TYPE, WARD, HOST, txt);
}

static inline void goodbye(net *n, uint8_t host)
{
    GByteArray *out = message(0x8400, 0, 1, 0, 0);
    put_ptr(out, TYPE, WARD, 0);
    send(n, host, out);
}

static inline void probe(net *n, uint8_t host, const char *instance, const char *host_name)
{
    for (int i = 0; i < 3; i++) {
        GByteArray *out = message(0, 1, 0, 1, 0);
        put_question(out, instance, SSK_DNS_ANY, 1 | (i == 0 ? QU : 0));
        put_srv(out, instance, 120, host_name, 7000);
        send(n, host, out);
        wait_ms(n, 250);
    }
}

static inline void ask(net *n, uint8_t host, const char *name, unsigned type, unsigned class)
{
    GByteArray *out = message(0, 1, 0, 0, 0);
    put_question(out, name, type, class);
    send(n, host, out);
}

static inline void arp(net *n, uint8_t sender, uint8_t target, unsigned operation)
{
    ssk_packet packet = {.kind = SSK_PACKET_ARP};
    packet.arp.operation = (uint16_t)operation;
    packet.arp.sender_mac = (ssk_mac){{2, 0, 0, 0, 0, sender}};
    packet.arp.sender = addr_of(n, sender);
    packet.arp.target = (ssk_addr){.family = 4, .bytes = {192, 0, 2, target}};
    hear(n, &packet);
}

/* ---- the outcome ---- */

static inline ssk_result *freeze(const net *n)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    ssk_bonjour_freeze(n->bonjour, n->now, result);
    return result;
}

static const ssk_result_finding *find(const ssk_result *result, const char *id)
{
    for (size_t i = 0; i < result->n_bonjour_findings; i++)
        if (strcmp(ssk_cause_text(result->bonjour_findings[i].id), id) == 0)
            return &result->bonjour_findings[i];
    return NULL;
}

/* Ends the net. @p frames: list ended by 0; NULL: must not fire */
static inline void expect(net *n, const char *id, const uint32_t *frames, const char *words)
{
    ssk_result *result = freeze(n);
    const ssk_result_finding *finding = find(result, id);
    if (!frames) {
        if (finding)
            g_error("%s must stay silent: %s", id, finding->text);
    } else {
        g_assert_nonnull(finding);
        size_t count = 0;
        while (frames[count])
            count++;
        g_assert_cmpmem(finding->frames, finding->n_frames * sizeof *frames, frames,
                        count * sizeof *frames);
        if (words && !strstr(finding->text, words))
            g_error("\"%s\" not in \"%s\"", words, finding->text);
    }
    ssk_result_free(result);
    ssk_bonjour_free(n->bonjour);
    g_free(n);
}

#define FRAMES(...) ((const uint32_t[]){__VA_ARGS__, 0})

#define UUID "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

#endif
