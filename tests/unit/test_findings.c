/* test_findings.c - findings beyond one flow: for each a case in which it
 * fires, and near misses in which it must stay silent. Frames go through the
 * whole engine.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/engine.h"

#include "tests/unit/dns_message.h"

#define START (INT64_C(1742841200) * SSK_S)

/* ---- a small LAN: host n has 192.0.2.n and the MAC 02:00:00:00:00:n ---- */

typedef struct lan {
    ssk_engine *engine;
    uint32_t    frame;
    ssk_time_ns now;
    GByteArray *out; /* the frame being written */
} lan;

static lan *lan_new(void)
{
    lan *l = g_new0(lan, 1);
    ssk_config config;
    ssk_config_init(&config);
    l->engine = ssk_engine_new(&config, NULL);
    l->now = START;
    return l;
}

static void wait_ms(lan *l, int64_t ms)
{
    l->now += ms * SSK_MS;
}

static void put8(GByteArray *out, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    put(out, &byte, 1);
}

static void put_mac(GByteArray *out, unsigned host)
{
    put(out, "\2\0\0\0\0", 5);
    put8(out, host);
}

static void put_addr(GByteArray *out, unsigned host)
{
    put(out, "\xc0\0\2", 3);
    put8(out, host);
}

static void begin(lan *l, unsigned from, unsigned to, unsigned ethertype)
{
    l->out = g_byte_array_new();
    put_mac(l->out, to);
    put_mac(l->out, from);
    put16(l->out, ethertype);
}

static void end(lan *l)
{
    ssk_event event = { .kind = SSK_EVENT_FRAME, .frame = ++l->frame, .time = l->now, .linktype = 1,
                        .bytes = l->out->data, .cap_len = l->out->len, .wire_len = l->out->len };
    ssk_engine_feed(l->engine, &event, NULL);
    g_byte_array_unref(l->out);
}

/* @p group: 0: host @p to; else the last byte of 239.1.1.x */
static void begin_ip(lan *l, unsigned from, unsigned to, unsigned group, unsigned protocol, unsigned len)
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

static void udp_to(lan *l, unsigned from, unsigned to, unsigned group, unsigned from_port,
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

static void tcp(lan *l, unsigned from, unsigned to, unsigned from_port, unsigned to_port,
                uint32_t seq, uint32_t ack, unsigned flags, unsigned window, const char *payload)
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

static void handshake(lan *l, unsigned client, unsigned client_port, unsigned server, unsigned port)
{
    tcp(l, client, server, client_port, port, 0, 0, SYN, 65535, "");
    tcp(l, server, client, port, client_port, 0, 1, SYN | ACK, 65535, "");
    tcp(l, client, server, client_port, port, 1, 1, ACK, 65535, "");
}

/* ---- the outcome ---- */

static const ssk_result_finding *find(const ssk_result *result, const char *id)
{
    for (size_t i = 0; i < result->n_findings; i++)
        if (strcmp(result->findings[i].id, id) == 0)
            return &result->findings[i];
    return NULL;
}

/* Ends the LAN. @p words: must stand in the text; NULL: must stay silent */
static void expect(lan *l, const char *id, const char *words)
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

/* ---- resolvers ---- */

static void dns(lan *l, unsigned from, unsigned to, unsigned from_port, unsigned to_port, unsigned id,
                const char *name, bool response)
{
    GByteArray *out = g_byte_array_new();
    put16(out, id);
    put16(out, response ? 0x8180 : 0x0100);
    put16(out, 1);
    put16(out, 0);
    put32(out, 0);
    put_question(out, name, 1, 1);
    udp_to(l, from, to, 0, from_port, to_port, out->data, out->len);
    g_byte_array_unref(out);
}

/* Host 5 asks @p resolver for a new name each time. */
static void ask(lan *l, unsigned resolver, unsigned number, bool answered)
{
    char *name = g_strdup_printf("name%u|example", number);
    dns(l, 5, resolver, 30000 + number, 53, number, name, false);
    wait_ms(l, 20);
    if (answered)
        dns(l, resolver, 5, 53, 30000 + number, number, name, true);
    wait_ms(l, 1000);
    g_free(name);
}

static void dhcp_offer(lan *l, unsigned client, unsigned resolver)
{
    uint8_t payload[240 + 10] = { 2, 1, 6, 0 };
    const uint8_t yiaddr[4] = { 192, 0, 2, (uint8_t)client };
    const uint8_t options[] = { 53, 1, 5, 6, 4, 192, 0, 2, (uint8_t)resolver, 255 };
    memcpy(payload + 16, yiaddr, 4);
    memcpy(payload + 240, options, sizeof options);
    udp_to(l, 1, client, 0, 67, 68, payload, sizeof payload);
}

static void test_resolver(void)
{
    lan *l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, true);
    ask(l, 8, 20, true);
    expect(l, "dns-other-resolver", "192.0.2.8 for 1 names, past its usual resolver 192.0.2.1");

    l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, true);
    dns(l, 5, 1, 31000, 53, 9, "slow|example", false); /* the usual one does not answer: a fallback */
    wait_ms(l, 5000);
    dns(l, 5, 8, 31001, 53, 10, "slow|example", false);
    dns(l, 8, 5, 53, 31001, 10, "slow|example", true);
    expect(l, "dns-other-resolver", NULL);

    l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, i % 2 ? 1 : 8, i, true); /* two in turn: neither is the usual one */
    expect(l, "dns-other-resolver", NULL);

    l = lan_new();
    dhcp_offer(l, 5, 1);
    ask(l, 8, 1, true); /* one question is enough where DHCP told */
    expect(l, "dns-other-resolver", "DHCP gave");

    l = lan_new();
    dhcp_offer(l, 6, 1); /* told to another host */
    ask(l, 8, 1, true);
    expect(l, "dns-other-resolver", NULL);
}

static void test_unanswered(void)
{
    lan *l = lan_new();
    for (unsigned i = 0; i < 8; i++)
        ask(l, 1, i, i % 2);
    wait_ms(l, 10000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1); /* the capture goes on */
    expect(l, "dns-other-resolver", "of which 4 were never answered");

    l = lan_new();
    for (unsigned i = 0; i < 30; i++)
        ask(l, 1, i, i != 3 && i != 9); /* two lost of thirty */
    wait_ms(l, 10000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "dns-other-resolver", NULL);

    l = lan_new();
    ask(l, 1, 1, true);
    for (unsigned i = 2; i < 5; i++)
        dns(l, 5, 1, 30000 + i, 53, i, "late|example", false); /* the capture ends before the answers */
    expect(l, "dns-other-resolver", NULL);
}

static void test_slow_answer(void)
{
    for (int slow = 0; slow < 2; slow++) {
        lan *l = lan_new();
        dns(l, 5, 1, 30000, 53, 7, "a|example", false);
        wait_ms(l, slow ? 3000 : 1500);
        dns(l, 1, 5, 53, 30000, 7, "a|example", true);
        expect(l, "dns-other-resolver", slow ? "waited 3 s" : NULL);
    }
}

/* ---- groups ---- */

static void igmp(lan *l, unsigned from, unsigned type, unsigned group)
{
    begin_ip(l, from, 0, group ? group : 1, 2, 8);
    put8(l->out, type);
    put8(l->out, 100);
    put16(l->out, 0);
    if (group)
        put(l->out, "\xef\1\1", 3), put8(l->out, group);
    else
        put32(l->out, 0);
    end(l);
}

static void igmp3_report(lan *l, unsigned from, unsigned record_type, unsigned group)
{
    begin_ip(l, from, 0, 1, 2, 16);
    put32(l->out, 0x22000000);
    put32(l->out, 1);
    put8(l->out, record_type);
    put8(l->out, 0);
    put16(l->out, 0);
    put(l->out, "\xef\1\1", 3);
    put8(l->out, group);
    end(l);
}

static void stream(lan *l, unsigned group, unsigned seconds)
{
    for (unsigned i = 0; i < seconds; i++) {
        udp_to(l, 7, 0, group, 5000, 5000, "data", 4);
        wait_ms(l, 1000);
    }
}

static void test_unjoined(void)
{
    enum { QUERY = 0x11, REPORT = 0x16 };
    lan *l = lan_new();
    igmp(l, 1, QUERY, 0);
    igmp(l, 5, REPORT, 9);
    stream(l, 4, 20);
    expect(l, "multicast-unjoined", "20 datagrams went to 239.1.1.4");

    l = lan_new();
    igmp(l, 1, QUERY, 0);
    igmp(l, 5, REPORT, 9);
    igmp3_report(l, 5, 4, 4); /* joined, in version 3's words */
    stream(l, 4, 20);
    expect(l, "multicast-unjoined", NULL);

    l = lan_new();
    stream(l, 4, 20); /* nobody asks here: nothing can be told */
    expect(l, "multicast-unjoined", NULL);

    l = lan_new();
    igmp(l, 1, QUERY, 0);
    stream(l, 4, 20); /* no report at all comes by here */
    expect(l, "multicast-unjoined", NULL);

    l = lan_new();
    igmp(l, 5, REPORT, 9);
    stream(l, 4, 15);
    igmp(l, 1, QUERY, 0);
    stream(l, 4, 5); /* reports may still come */
    expect(l, "multicast-unjoined", NULL);
}

static void test_no_send(void)
{
    lan *l = lan_new();
    igmp3_report(l, 5, 4, 4);
    wait_ms(l, 40000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "multicast-no-send", "239.1.1.4 was joined");

    l = lan_new();
    igmp3_report(l, 5, 4, 4);
    wait_ms(l, 40000);
    stream(l, 4, 1);
    expect(l, "multicast-no-send", NULL);

    l = lan_new();
    igmp3_report(l, 5, 3, 4); /* left, not joined */
    wait_ms(l, 40000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "multicast-no-send", NULL);

    l = lan_new();
    igmp3_report(l, 5, 4, 4);
    wait_ms(l, 10000);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "multicast-no-send", NULL);
}

/* ---- UDP ports ---- */

static void test_ports(void)
{
    lan *l = lan_new();
    for (unsigned i = 0; i < 2000; i++) {
        udp_to(l, 5, 1, 0, 20000 + i, 6000, "x", 1);
        wait_ms(l, 20);
    }
    expect(l, "udp-port-churn", "192.0.2.5 opened 2000 new UDP source ports");

    l = lan_new();
    for (unsigned i = 0; i < 2000; i++) { /* as many, over ten minutes */
        udp_to(l, 5, 1, 0, 20000 + i, 6000, "x", 1);
        wait_ms(l, 300);
    }
    expect(l, "udp-port-churn", NULL);

    l = lan_new();
    for (unsigned i = 0; i < 2000; i++) { /* one port to many */
        udp_to(l, 5, 1, 0, 20000, 1024 + i, "x", 1);
        wait_ms(l, 20);
    }
    expect(l, "udp-port-churn", NULL);

    l = lan_new();
    for (unsigned i = 0; i < 2000; i++) { /* a resolver */
        udp_to(l, 5, 1, 0, 20000 + i, 53, "x", 1);
        wait_ms(l, 20);
    }
    expect(l, "udp-port-churn", NULL);
}

/* ---- addresses ---- */

static void arp(lan *l, unsigned mac, unsigned operation, unsigned sender, unsigned target)
{
    begin(l, mac, 255, 0x0806);
    put(l->out, "\0\1\x08\0\6\4", 6);
    put16(l->out, operation);
    put_mac(l->out, mac);
    if (sender)
        put_addr(l->out, sender);
    else
        put32(l->out, 0);
    put_mac(l->out, 0);
    put_addr(l->out, target);
    end(l);
    wait_ms(l, 500);
}

static void test_conflict(void)
{
    lan *l = lan_new();
    for (int i = 0; i < 3; i++) { /* two machines answer for address 5 */
        arp(l, 9, 1, 9, 5);
        arp(l, 5, 2, 5, 9);
        arp(l, 6, 2, 5, 9);
    }
    expect(l, "address-conflict", "claim 192.0.2.5 by turns");

    l = lan_new();
    arp(l, 5, 2, 5, 9);
    arp(l, 6, 1, 5, 5); /* a standby takes the address over */
    for (int i = 0; i < 5; i++)
        arp(l, 6, 2, 5, 9);
    expect(l, "address-conflict", NULL);

    l = lan_new();
    arp(l, 6, 1, 0, 5); /* a newcomer probes */
    arp(l, 5, 2, 5, 6);
    expect(l, "address-conflict", "found it taken by 02:00:00:00:00:05");

    l = lan_new();
    arp(l, 5, 1, 0, 5); /* its own probes and announcements */
    arp(l, 5, 1, 0, 5);
    arp(l, 5, 1, 5, 5);
    expect(l, "address-conflict", NULL);
}

static void test_two_addresses(void)
{
    lan *l = lan_new();
    for (int i = 0; i < 3; i++) {
        arp(l, 5, 2, 5, 9);
        arp(l, 5, 2, 15, 9);
    }
    expect(l, "address-conflict", "answers for two addresses");

    l = lan_new();
    for (int i = 0; i < 3; i++)
        arp(l, 5, 2, 5, 9);
    for (int i = 0; i < 3; i++)
        arp(l, 5, 2, 15, 9); /* it moved */
    expect(l, "address-conflict", NULL);

    l = lan_new();
    for (int i = 0; i < 3; i++) /* a proxy answers for many */
        for (unsigned k = 10; k < 15; k++)
            arp(l, 5, 2, k, 9);
    expect(l, "address-conflict", NULL);
}

/* ---- keys ---- */

static void eapol(lan *l, unsigned message)
{
    static const unsigned info[] = { 0, 0x008a, 0x010a, 0x13ca, 0x030a };
    bool from_station = message == 2 || message == 4;
    begin(l, from_station ? 5 : 1, from_station ? 1 : 5, 0x888e);
    put(l->out, "\2\3\0\x5f\2", 5);
    put16(l->out, info[message]);
    for (int i = 0; i < 90; i++)
        put8(l->out, 0);
    put16(l->out, message == 2 ? 22 : 0);
    end(l);
    wait_ms(l, 300);
}

static void eapol_all(lan *l, const char *messages)
{
    for (; *messages; messages++)
        eapol(l, (unsigned)(*messages - '0'));
}

static void test_key_exchange(void)
{
    static const struct { const char *messages, *words; } cases[] = {
        { "1234", NULL },
        { "11234", NULL },       /* one repeated */
        { "123", NULL },         /* the last is often missed by a capture */
        { "1", NULL },
        { "11", NULL },
        { "1111", "never answered" },
        { "12121212", "wrong password" },
        { "123333", "never confirmed" },
        { "111234", NULL },      /* late, but done */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        lan *l = lan_new();
        eapol_all(l, cases[i].messages);
        expect(l, "eapol-failed", cases[i].words);
    }
    lan *l = lan_new();
    eapol_all(l, "1");
    wait_ms(l, 60000);
    eapol_all(l, "1"); /* three attempts far apart, each seen in part */
    wait_ms(l, 60000);
    eapol_all(l, "1");
    expect(l, "eapol-failed", NULL);

    l = lan_new();
    begin(l, 1, 5, 0x888e);
    put(l->out, "\1\0\0\4\4\7\0\4", 8); /* EAP failure */
    end(l);
    expect(l, "eapol-failed", "refused");
}

/* ---- connections ---- */

static void syns(lan *l, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        tcp(l, 5, 1, 40000, 7000, 0, 0, SYN, 65535, "");
        wait_ms(l, 1000 << i);
    }
}

static void test_connect_slow(void)
{
    lan *l = lan_new();
    syns(l, 6);
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "connect-slow", "1 connection of 192.0.2.5 to 192.0.2.1 port 7000");

    l = lan_new();
    syns(l, 4);
    tcp(l, 1, 5, 7000, 40000, 0, 1, SYN | ACK, 65535, "");
    expect(l, "connect-slow", "0 never answered");

    l = lan_new();
    syns(l, 2); /* one lost SYN */
    tcp(l, 1, 5, 7000, 40000, 0, 1, SYN | ACK, 65535, "");
    expect(l, "connect-slow", NULL);

    l = lan_new();
    syns(l, 4);
    tcp(l, 1, 5, 7000, 40000, 0, 1, RST | ACK, 65535, ""); /* refused is not slow */
    expect(l, "connect-slow", NULL);

    l = lan_new();
    syns(l, 3); /* gave up after some seconds */
    udp_to(l, 5, 1, 0, 4000, 4001, "x", 1);
    expect(l, "connect-slow", NULL);
}

/* Pings of one side every second, answered. @p first: sequence numbers begin behind it */
static void pings(lan *l, unsigned client, unsigned port, unsigned server, unsigned from, unsigned to,
                  uint32_t *client_seq, uint32_t *server_seq)
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

static void test_keepalive_risk(void)
{
    uint32_t a = 1, b = 1;
    lan *l = lan_new();
    handshake(l, 5, 40000, 1, 7000);
    pings(l, 5, 40000, 1, 1, 21, &a, &b);
    wait_ms(l, 20000); /* and then it failed */
    pings(l, 5, 40000, 1, 21, 31, &a, &b);
    expect(l, "keepalive-risk", "originate the heartbeat (every 1 s)");

    l = lan_new();
    a = b = 1;
    handshake(l, 5, 40000, 1, 7000); /* as most applications do, and it worked */
    pings(l, 5, 40000, 1, 1, 51, &a, &b);
    expect(l, "keepalive-risk", NULL);

    l = lan_new();
    a = b = 1;
    handshake(l, 5, 40000, 1, 7000);
    for (unsigned i = 1; i < 21; i++) { /* the server originates */
        char ping[32], pong[32];
        g_snprintf(ping, sizeof ping, "PING %u\n", i);
        g_snprintf(pong, sizeof pong, "PONG %u\n", i);
        tcp(l, 1, 5, 7000, 40000, b, a, ACK, 65535, ping);
        b += (uint32_t)strlen(ping);
        tcp(l, 5, 1, 40000, 7000, a, b, ACK, 65535, pong);
        a += (uint32_t)strlen(pong);
        wait_ms(l, 1000);
    }
    expect(l, "keepalive-risk", NULL);

    for (int long_idle = 0; long_idle < 2; long_idle++) {
        l = lan_new();
        handshake(l, 5, 40000, 1, 7000);
        tcp(l, 5, 1, 40000, 7000, 1, 1, ACK, 65535, "hello there");
        tcp(l, 1, 5, 7000, 40000, 1, 12, ACK, 65535, "good day");
        wait_ms(l, long_idle ? 400000 : 200000);
        tcp(l, 5, 1, 40000, 7000, 12, 9, ACK, 65535, "still there");
        tcp(l, 1, 5, 7000, 40000, 9, 23, ACK, 65535, "yes");
        expect(l, "keepalive-risk", long_idle ? "without any keep-alive" : NULL);
    }
}

/* A client that says who it is, then pings. */
static void introduce(lan *l, unsigned client, unsigned port, const char *hello, uint32_t *a, uint32_t *b)
{
    *a = *b = 1;
    handshake(l, client, port, 1, 7000);
    tcp(l, client, 1, port, 7000, 1, 1, ACK, 65535, hello);
    *a += (uint32_t)strlen(hello);
}

static void test_duplicate_connection(void)
{
    uint32_t a, b, c, d;
    lan *l = lan_new();
    introduce(l, 5, 40000, "HELLO 15bf60ec01 iPhone|Ward-3|6C7F\n", &a, &b);
    pings(l, 5, 40000, 1, 1, 8, &a, &b);
    introduce(l, 5, 40001, "HELLO 77aa60ec02 iPhone|Ward-3|6C7F\n", &c, &d);
    for (unsigned i = 0; i < 10; i++) {
        pings(l, 5, 40000, 1, 8 + i, 9 + i, &a, &b);
        pings(l, 5, 40001, 1, 1 + i, 2 + i, &c, &d);
    }
    expect(l, "duplicate-connection", "192.0.2.5 has two live connections");

    l = lan_new(); /* main app and extension: two names */
    introduce(l, 5, 40000, "HELLO 15bf60ec01 iPhone|Main-1|6C7F\n", &a, &b);
    introduce(l, 5, 40001, "HELLO 77aa60ec02 iPhone|Ext-1|6C7F\n", &c, &d);
    for (unsigned i = 0; i < 20; i++) {
        pings(l, 5, 40000, 1, 1 + i, 2 + i, &a, &b);
        pings(l, 5, 40001, 1, 1 + i, 2 + i, &c, &d);
    }
    expect(l, "duplicate-connection", NULL);

    l = lan_new(); /* one replaces the other */
    introduce(l, 5, 40000, "HELLO 15bf60ec01 iPhone|Ward-3|6C7F\n", &a, &b);
    pings(l, 5, 40000, 1, 1, 20, &a, &b);
    introduce(l, 5, 40001, "HELLO 77aa60ec02 iPhone|Ward-3|6C7F\n", &c, &d);
    pings(l, 5, 40001, 1, 1, 20, &c, &d);
    expect(l, "duplicate-connection", NULL);

    l = lan_new(); /* two devices of the same make */
    introduce(l, 5, 40000, "HELLO 15bf60ec01 iPhone|Ward-3|0000\n", &a, &b);
    introduce(l, 6, 40001, "HELLO 77aa60ec02 iPhone|Ward-3|0000\n", &c, &d);
    for (unsigned i = 0; i < 20; i++) {
        pings(l, 5, 40000, 1, 1 + i, 2 + i, &a, &b);
        pings(l, 6, 40001, 1, 1 + i, 2 + i, &c, &d);
    }
    expect(l, "duplicate-connection", NULL);
}

/* Host @p h offers _ward._tcp on port 7000 + h. */
static void offer(lan *l, unsigned h)
{
    GByteArray *out = message(0x8400, 0, 2, 0, 0), *srv = g_byte_array_new();
    char *instance = g_strdup_printf("h%u|_ward|_tcp|local", h), *host = g_strdup_printf("h%u|local", h);
    uint8_t addr[4] = { 192, 0, 2, (uint8_t)h };
    put32(srv, 0);
    put16(srv, 7000 + h);
    put_name(srv, host);
    put_rr(out, instance, 33, 1 | CACHE_FLUSH, 120, srv->data, srv->len);
    put_rr(out, host, 1, 1 | CACHE_FLUSH, 120, addr, 4);
    udp_to(l, h, 251, 0, 5353, 5353, out->data, out->len);
    g_byte_array_unref(out);
    g_byte_array_unref(srv);
    g_free(instance);
    g_free(host);
}

static void test_crossed_connections(void)
{
    for (int both = 0; both < 2; both++) {
        lan *l = lan_new();
        offer(l, 5);
        offer(l, 6);
        handshake(l, 5, 40000, 6, 7006);
        handshake(l, 6, 40000, 5, both ? 7005 : 9000); /* 9000 is something else */
        wait_ms(l, 10000);
        tcp(l, 5, 6, 40000, 7006, 1, 1, ACK, 65535, "hello");
        tcp(l, 6, 5, 40000, both ? 7005 : 9000, 1, 1, ACK, 65535, "hello");
        expect(l, "duplicate-connection", both ? "each to the other's service" : NULL);
    }
}

static void test_receiver_limited(void)
{
    for (unsigned times = 2; times <= 3; times++) {
        uint32_t seq = 1;
        lan *l = lan_new();
        handshake(l, 5, 40000, 1, 7000);
        for (unsigned i = 0; i < times; i++) {
            for (int k = 0; k < 5; k++) {
                tcp(l, 1, 5, 7000, 40000, seq, 1, ACK, 65535, "some bulk data");
                seq += 14;
                wait_ms(l, 10);
            }
            tcp(l, 5, 1, 40000, 7000, 1, seq, ACK, 0, "");
            wait_ms(l, 300);
            tcp(l, 5, 1, 40000, 7000, 1, seq, ACK, 65535, "");
        }
        expect(l, "receiver-limited", times == 3 ? "closed its receive window 3 times" : NULL);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/findings/a name asked past the usual resolver", test_resolver);
    g_test_add_func("/findings/names that are never answered", test_unanswered);
    g_test_add_func("/findings/a slow answer", test_slow_answer);
    g_test_add_func("/findings/a group nobody joined", test_unjoined);
    g_test_add_func("/findings/a group nothing is sent to", test_no_send);
    g_test_add_func("/findings/UDP ports that run out", test_ports);
    g_test_add_func("/findings/one address, two hosts", test_conflict);
    g_test_add_func("/findings/one host, two addresses", test_two_addresses);
    g_test_add_func("/findings/keys that were not agreed on", test_key_exchange);
    g_test_add_func("/findings/connections that stay connecting", test_connect_slow);
    g_test_add_func("/findings/ways to keep a connection alive", test_keepalive_risk);
    g_test_add_func("/findings/one device connected twice", test_duplicate_connection);
    g_test_add_func("/findings/two peers connected both ways", test_crossed_connections);
    g_test_add_func("/findings/a window that closes again and again", test_receiver_limited);
    return g_test_run();
}
