/* test_bonjour.c - each finding: a case where it fires, and near misses where
 * it must stay silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/tracker.h"

#include "tests/unit/dns_message.h"

#define TYPE "_hospital|_tcp|local"
#define WARD "Ward 3|" TYPE
#define HOST "server|local"

/* ---- a network of a few hosts ---- */

typedef struct net {
    ssk_bonjour *bonjour;
    uint32_t     frame;
    ssk_time_ns  now;
    uint8_t      moved; /* this host speaks from an address 100 higher */
} net;

static net *net_new(void)
{
    net *n = g_new0(net, 1);
    n->bonjour = ssk_bonjour_new();
    n->now = INT64_C(1742841200) * SSK_S;
    return n;
}

static ssk_addr addr_of(const net *n, uint8_t host)
{
    ssk_addr addr = { .family = 4, .bytes = { 192, 0, 2, host } };
    if (host && host == n->moved)
        addr.bytes[3] = (uint8_t)(host + 100);
    return addr;
}

static void hear(net *n, ssk_packet *packet)
{
    ssk_event event = { .frame = ++n->frame, .time = n->now };
    packet->event = &event;
    ssk_bonjour_hear(n->bonjour, packet, n->now);
}

/* Takes @p bytes; @p cut bytes at its end are not in the capture. */
static void send_cut(net *n, uint8_t host, GByteArray *bytes, guint cut)
{
    uint8_t   *exact = g_memdup2(bytes->data, bytes->len - cut);
    ssk_packet packet = { .kind = SSK_PACKET_UDP,
                          .link = { .has_macs = true, .src = { { 2, 0, 0, 0, 0, host } } },
                          .src_port = SSK_PORT_MDNS, .dst_port = SSK_PORT_MDNS,
                          .payload = exact, .payload_cap = bytes->len - cut,
                          .payload_len = bytes->len };
    packet.ip.src = addr_of(n, host);
    packet.udp.length = (uint16_t)(bytes->len + 8);
    hear(n, &packet);
    g_free(exact);
    g_byte_array_unref(bytes);
}

static void send(net *n, uint8_t host, GByteArray *bytes)
{
    send_cut(n, host, bytes, 0);
}

static void wait_ms(net *n, int64_t ms)
{
    n->now += ms * SSK_MS;
}

static void put_srv(GByteArray *out, const char *instance, uint32_t ttl, const char *host, unsigned port)
{
    GByteArray *rdata = g_byte_array_new();
    put32(rdata, 0);
    put16(rdata, port);
    put_name(rdata, host);
    put_rr(out, instance, SSK_DNS_SRV, 1 | CACHE_FLUSH, ttl, rdata->data, rdata->len);
    g_byte_array_unref(rdata);
}

static void put_ptr(GByteArray *out, const char *type, const char *instance, uint32_t ttl)
{
    GByteArray *rdata = g_byte_array_new();
    put_name(rdata, instance);
    put_rr(out, type, SSK_DNS_PTR, 1, ttl, rdata->data, rdata->len);
    g_byte_array_unref(rdata);
}

/* TXT strings parted by '|'. */
static void put_txt(GByteArray *out, const char *instance, uint32_t ttl, const char *strings)
{
    GByteArray *rdata = g_byte_array_new();
    put_name(rdata, strings); /* the same form, but for the root at its end */
    put_rr(out, instance, SSK_DNS_TXT, 1 | CACHE_FLUSH, ttl, rdata->data, rdata->len - 1);
    g_byte_array_unref(rdata);
}

static void put_a(GByteArray *out, const char *host, uint32_t ttl, ssk_addr addr)
{
    put_rr(out, host, SSK_DNS_A, 1 | CACHE_FLUSH, ttl, addr.bytes, 4);
}

/* PTR, SRV, TXT and A as a responder announces them. */
static void announce_as(net *n, uint8_t host, const char *type, const char *instance,
                        const char *host_name, const char *txt)
{
    GByteArray *out = message(0x8400, 0, 4, 0, 0);
    put_ptr(out, type, instance, 4500);
    put_srv(out, instance, 120, host_name, 7000);
    put_txt(out, instance, 4500, txt);
    put_a(out, host_name, 120, addr_of(n, host));
    send(n, host, out);
}

static void announce(net *n, uint8_t host, const char *txt)
{
    announce_as(n, host, TYPE, WARD, HOST, txt);
}

static void goodbye(net *n, uint8_t host)
{
    GByteArray *out = message(0x8400, 0, 1, 0, 0);
    put_ptr(out, TYPE, WARD, 0);
    send(n, host, out);
}

static void probe(net *n, uint8_t host, const char *instance, const char *host_name)
{
    for (int i = 0; i < 3; i++) {
        GByteArray *out = message(0, 1, 0, 1, 0);
        put_question(out, instance, SSK_DNS_ANY, 1 | (i == 0 ? QU : 0));
        put_srv(out, instance, 120, host_name, 7000);
        send(n, host, out);
        wait_ms(n, 250);
    }
}

static void ask(net *n, uint8_t host, const char *name, unsigned type, unsigned class)
{
    GByteArray *out = message(0, 1, 0, 0, 0);
    put_question(out, name, type, class);
    send(n, host, out);
}

static void arp(net *n, uint8_t sender, uint8_t target, unsigned operation)
{
    ssk_packet packet = { .kind = SSK_PACKET_ARP };
    packet.arp.operation = (uint16_t)operation;
    packet.arp.sender_mac = (ssk_mac){ { 2, 0, 0, 0, 0, sender } };
    packet.arp.sender = addr_of(n, sender);
    packet.arp.target = (ssk_addr){ .family = 4, .bytes = { 192, 0, 2, target } };
    hear(n, &packet);
}

/* ---- the outcome ---- */

static ssk_result *freeze(const net *n)
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
        if (strcmp(result->bonjour_findings[i].id, id) == 0)
            return &result->bonjour_findings[i];
    return NULL;
}

/* Ends the net. @p frames: list ended by 0; NULL: must not fire */
static void expect(net *n, const char *id, const uint32_t *frames, const char *words)
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

#define FRAMES(...) ((const uint32_t[]){ __VA_ARGS__, 0 })

/* ---- services ---- */

static void test_service(void)
{
    net *n = net_new();
    announce(n, 1, "peerID=x|empty=|flag|PEERID=y");
    wait_ms(n, 1000);
    announce(n, 1, "peerID=x|empty=|flag|PEERID=y");
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_services, ==, 1);
    const ssk_result_service *service = &result->services[0];
    g_assert_cmpstr(service->instance, ==, "Ward 3");
    g_assert_cmpstr(service->type, ==, "_hospital._tcp");
    g_assert_cmpstr(service->domain, ==, "local");
    g_assert_cmpstr(service->host, ==, "server.local");
    g_assert_cmpuint(service->port, ==, 7000);
    g_assert_cmpuint(service->n_addresses, ==, 1);
    g_assert_cmpuint(service->addresses[0].bytes[3], ==, 1);
    g_assert_cmpstr(service->state, ==, "alive");
    g_assert_cmpuint(service->n_txt, ==, 3);
    g_assert_cmpstr(service->txt[0].key, ==, "peerID");
    g_assert_cmpstr(service->txt[0].value, ==, "x");
    g_assert_cmpstr(service->txt[1].value, ==, "");
    g_assert_null(service->txt[2].value);
    g_assert_cmpuint(service->n_txt_seen, ==, 1);
    g_assert_cmpuint(service->txt_seen[0].n_strings, ==, 4);
    g_assert_cmpuint(result->txt_records, ==, 2);
    ssk_result_free(result);

    result = freeze(n); /* again, and the same */
    g_assert_cmpuint(result->n_services, ==, 1);
    g_assert_cmpuint(result->txt_records, ==, 2);
    ssk_result_free(result);
    goodbye(n, 1);
    result = freeze(n);
    g_assert_cmpstr(result->services[0].state, ==, "goodbye");
    ssk_result_free(result);
    announce(n, 1, "a=1");
    wait_ms(n, 4501 * 1000);
    result = freeze(n);
    g_assert_cmpstr(result->services[0].state, ==, "expired");
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL); /* nobody asked: nothing was owed */
}

static void test_every_section(void)
{
    net *n = net_new();
    GByteArray *out = message(0, 1, 1, 1, 1);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_txt(out, WARD, 4500, "a=1");
    put_txt(out, WARD, 4500, "a=2");
    put_txt(out, WARD, 4500, "a=3");
    send(n, 1, out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->txt_records, ==, 3);
    g_assert_cmpuint(result->services[0].n_txt_seen, ==, 3);
    ssk_result_free(result);
    expect(n, "txt-changed", NULL, NULL);
}

static void test_host_txt(void)
{
    net *n = net_new();
    GByteArray *out = message(0x8400, 0, 1, 0, 0);
    put_txt(out, "_kerberos|Ward|local", 120, "LKDC:SHA1.00|=");
    send(n, 1, out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_services, ==, 1);
    g_assert_cmpstr(result->services[0].instance, ==, "_kerberos.Ward");
    g_assert_cmpstr(result->services[0].type, ==, "");
    g_assert_cmpstr(result->services[0].domain, ==, "local");
    ssk_result_free(result);
    expect(n, "bad-txt", NULL, NULL); /* RFC 6763 speaks of services */
}

static void test_unicast(void)
{
    net *n = net_new();
    GByteArray *out = message(0x8400, 0, 3, 0, 0);
    put_ptr(out, "_http|_tcp|example|com", "Site|_http|_tcp|example|com", 300);
    put_txt(out, "Site|_http|_tcp|example|com", 300, "path=/");
    put_txt(out, "example|com", 300, "v=spf1");
    ssk_packet packet = { .kind = SSK_PACKET_UDP, .src_port = SSK_PORT_DNS, .dst_port = 40000,
                          .payload = out->data, .payload_cap = out->len, .payload_len = out->len };
    hear(n, &packet);
    g_byte_array_unref(out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->txt_records, ==, 0); /* those of Multicast DNS are counted */
    g_assert_cmpuint(result->n_services, ==, 1);
    g_assert_cmpstr(result->services[0].domain, ==, "example.com");
    g_assert_cmpstr(result->services[0].txt[0].key, ==, "path");
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL);
}

/* ---- no-goodbye, ttl-not-refreshed ---- */

static void test_probed_again(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 8000);
    n->moved = 1; /* the same machine, another address */
    probe(n, 1, WARD, HOST);
    announce(n, 1, "a=1");
    expect(n, "no-goodbye", FRAMES(1, 2), "8 s");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 3000);
    goodbye(n, 1); /* said goodbye: no fault */
    wait_ms(n, 5000);
    probe(n, 1, WARD, HOST);
    announce(n, 1, "a=1");
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    probe(n, 1, WARD, HOST); /* the start of a life */
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    announce(n, 1, "a=1");
    expect(n, "no-goodbye", NULL, NULL);
}

static void ask_in_vain(net *n, unsigned class)
{
    for (int i = 0; i < 4; i++) {
        wait_ms(n, 1000 << i);
        ask(n, 9, TYPE, SSK_DNS_PTR, class);
    }
    wait_ms(n, 5000);
}

static void test_gone(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1);
    expect(n, "no-goodbye", FRAMES(1, 2, 5), "4 questions in 14 s");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1 | QU); /* the answers may have gone to the asker alone */
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1);
    announce(n, 1, "a=1"); /* late, but there */
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    for (int i = 0; i < 4; i++) { /* a question that names what it knows wants no answer */
        wait_ms(n, 5000);
        GByteArray *out = message(0, 1, 1, 0, 0);
        put_question(out, TYPE, SSK_DNS_PTR, 1);
        put_ptr(out, TYPE, WARD, 4000);
        send(n, 9, out);
    }
    wait_ms(n, 5000);
    expect(n, "no-goodbye", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    for (int i = 0; i < 9; i++) /* answered within the last second */
        ask(n, 9, TYPE, SSK_DNS_PTR, 1);
    wait_ms(n, 5000);
    expect(n, "no-goodbye", NULL, NULL);
}

static void test_not_refreshed(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 10000);
    ask_in_vain(n, 1);
    ask(n, 1, "_http|_tcp|local", SSK_DNS_PTR, 1); /* the host is there, and asks for others */
    wait_ms(n, 5000);
    expect(n, "ttl-not-refreshed", FRAMES(1, 2, 5, 6), "went on speaking");

    n = net_new();
    announce(n, 1, "a=1");
    int percent[] = { 80, 85, 90, 95 };
    int64_t start = n->now;
    for (int i = 0; i < 4; i++) {
        n->now = start + percent[i] * 1200 * SSK_MS;
        ask(n, 9, WARD, SSK_DNS_SRV, 1);
    }
    wait_ms(n, 30000);
    announce(n, 1, "a=1");
    expect(n, "ttl-not-refreshed", FRAMES(2, 5, 6), "4 times");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 96000);
    ask(n, 9, WARD, SSK_DNS_SRV, 1);
    wait_ms(n, 20);
    announce(n, 1, "a=1"); /* refreshed when asked */
    wait_ms(n, 96000);
    expect(n, "ttl-not-refreshed", NULL, NULL);
}

/* ---- stale-address ---- */

static void test_stale_address(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 2000);
    n->moved = 1;
    arp(n, 1, 9, 1);    /* the host speaks from its new address */
    wait_ms(n, 1000);
    arp(n, 9, 1, 1);    /* and is sought at the old one */
    wait_ms(n, 1000);
    arp(n, 9, 1, 1);
    expect(n, "stale-address", FRAMES(1, 2, 3, 4), "192.0.2.101");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 2000);
    n->moved = 1;
    announce(n, 1, "a=1"); /* announced at once */
    wait_ms(n, 1500);
    announce(n, 1, "a=1"); /* flushes the old address */
    for (int i = 0; i < 5; i++) {
        wait_ms(n, 1000);
        arp(n, 9, 1, 1);
    }
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->services[0].n_addresses, ==, 1);
    g_assert_cmpuint(result->services[0].addresses[0].bytes[3], ==, 101);
    ssk_result_free(result);
    expect(n, "stale-address", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    for (int i = 0; i < 5; i++) { /* silent altogether: gone, not moved */
        wait_ms(n, 1000);
        arp(n, 9, 1, 1);
    }
    expect(n, "stale-address", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    n->moved = 1;
    arp(n, 1, 9, 1); /* a second address of the host */
    n->moved = 0;
    for (int i = 0; i < 5; i++) {
        wait_ms(n, 1000);
        arp(n, 9, 1, 1);
        arp(n, 1, 9, 2); /* and the first answers */
    }
    expect(n, "stale-address", NULL, NULL);
}

/* ---- name-conflict ---- */

static void test_conflict(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 5000);
    GByteArray *out = message(0, 1, 0, 1, 0);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_srv(out, WARD, 120, "other|local", 7000);
    send(n, 2, out);
    announce(n, 1, "a=1"); /* the owner defends its name */
    wait_ms(n, 1000);
    probe(n, 2, "Ward 3 (2)|" TYPE, "other|local");
    announce_as(n, 2, TYPE, "Ward 3 (2)|" TYPE, "other|local", "a=2");
    expect(n, "name-conflict", FRAMES(2, 3), "\"Ward 3 (2)\"");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    announce_as(n, 2, TYPE, WARD, "other|local", "a=1"); /* two that never probed */
    expect(n, "name-conflict", FRAMES(1, 2), NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    announce(n, 2, "a=1"); /* a proxy, or a second interface: the same host */
    expect(n, "name-conflict", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 1000);
    goodbye(n, 1);
    wait_ms(n, 1000);
    announce_as(n, 2, TYPE, WARD, "other|local", "a=1"); /* the name was free */
    expect(n, "name-conflict", NULL, NULL);

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 121000);
    announce_as(n, 2, TYPE, WARD, "other|local", "a=1"); /* its SRV had expired */
    expect(n, "name-conflict", NULL, NULL);
}

static void test_simultaneous_probes(void)
{
    net *n = net_new();
    GByteArray *out = message(0, 1, 0, 1, 0);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_srv(out, WARD, 120, HOST, 7000);
    send(n, 1, out);
    wait_ms(n, 100);
    out = message(0, 1, 0, 1, 0);
    put_question(out, WARD, SSK_DNS_ANY, 1);
    put_srv(out, WARD, 120, "other|local", 7000);
    send(n, 2, out);
    expect(n, "name-conflict", FRAMES(1, 2), NULL);
}

static void test_host_conflict(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 5000);
    GByteArray *out = message(0, 1, 0, 1, 0);
    put_question(out, HOST, SSK_DNS_ANY, 1);
    put_a(out, HOST, 120, addr_of(n, 2));
    send(n, 2, out);
    announce(n, 1, "a=1");
    expect(n, "name-conflict", FRAMES(2, 3), "host name server.local");

    n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 5000);
    n->moved = 1;
    out = message(0, 1, 0, 1, 0); /* the same host probes for its new address */
    put_question(out, HOST, SSK_DNS_ANY, 1);
    put_a(out, HOST, 120, addr_of(n, 1));
    send(n, 1, out);
    announce(n, 1, "a=1");
    expect(n, "name-conflict", NULL, NULL);
}

/* ---- TXT ---- */

static void test_txt_changed(void)
{
    net *n = net_new();
    announce(n, 1, "role=a|version=1|flag|same=x");
    wait_ms(n, 2000);
    announce(n, 1, "role=b|version=1|new=1|same=x");
    expect(n, "txt-changed", FRAMES(1, 2), ": role, flag, new");

    n = net_new();
    announce(n, 1, "role=a|version=1");
    wait_ms(n, 2000);
    announce(n, 1, "version=1|role=a"); /* another order says the same */
    expect(n, "txt-changed", NULL, NULL);

    n = net_new();
    announce(n, 1, "role=a");
    wait_ms(n, 2000);
    goodbye(n, 1);
    wait_ms(n, 2000);
    announce(n, 1, "role=b"); /* a new life */
    expect(n, "txt-changed", NULL, NULL);

    n = net_new();
    announce(n, 1, "role=a");
    wait_ms(n, 2000);
    announce_as(n, 2, TYPE, WARD, "other|local", "role=b"); /* another's: a conflict */
    expect(n, "txt-changed", NULL, NULL);

    n = net_new();
    for (int i = 0; i < 3; i++) {
        wait_ms(n, 2000);
        GByteArray *out = message(0x8400, 0, 2, 0, 0); /* RFC 6763, section 6.8 */
        put_txt(out, WARD, 4500, "queue=1");
        put_txt(out, WARD, 4500, "queue=2");
        send(n, 1, out);
    }
    expect(n, "txt-changed", NULL, NULL);
}

static void test_bad_txt(void)
{
    net *n = net_new();
    announce(n, 1, "a=1|=x");
    expect(n, "bad-txt", FRAMES(1), "starts with '='");
    n = net_new();
    announce(n, 1, "role=1|ROLE=2");
    expect(n, "bad-txt", FRAMES(1), "(ROLE)");
    n = net_new();
    announce(n, 1, "b\xc3\xa9=1");
    expect(n, "bad-txt", FRAMES(1), "ASCII");

    n = net_new();
    GByteArray *out = message(0x8400, 0, 2, 0, 0);
    put_rr(out, WARD, SSK_DNS_TXT, 1 | CACHE_FLUSH, 4500, "\3a=1\x09zz", 7);
    put_rr(out, "b|" TYPE, SSK_DNS_TXT, 1 | CACHE_FLUSH, 4500, "", 0);
    send(n, 1, out);
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_bonjour_findings, ==, 2);
    g_assert_nonnull(strstr(result->bonjour_findings[0].text, "more bytes"));
    g_assert_nonnull(strstr(result->bonjour_findings[1].text, "no string"));
    ssk_result_free(result);
    expect(n, "bad-message", NULL, NULL); /* the message itself is whole */

    n = net_new();
    announce(n, 1, "bin=\xff\x01|empty=|flag"); /* values are opaque */
    out = message(0x8400, 0, 1, 0, 0);
    put_rr(out, "b|" TYPE, SSK_DNS_TXT, 1 | CACHE_FLUSH, 4500, "", 1); /* an empty record */
    send(n, 1, out);
    expect(n, "bad-txt", NULL, NULL);
}

static void test_bad_message(void)
{
    net *n = net_new();
    GByteArray *out = message(0x8400, 0, 2, 0, 0);
    put_txt(out, WARD, 4500, "a=1");
    send(n, 1, out);
    expect(n, "bad-message", FRAMES(1), "192.0.2.1");

    n = net_new();
    out = message(0x8400, 0, 1, 0, 0);
    put_txt(out, WARD, 4500, "a=1");
    send_cut(n, 1, out, 3); /* by the capture's snap length */
    expect(n, "bad-message", NULL, NULL);
}

static void test_bad_service_name(void)
{
    net *n = net_new();
    announce_as(n, 1, "_ward_app|_tcp|local", "x|_ward_app|_tcp|local", HOST, "a=1");
    expect(n, "bad-service-name", FRAMES(1), "_ward_app._tcp");
    n = net_new();
    ask(n, 9, "_sixteen-letters1|_tcp|local", SSK_DNS_PTR, 1);
    expect(n, "bad-service-name", FRAMES(1), "15");
    n = net_new();
    ask(n, 9, "_fifteen-letters|_tcp|local", SSK_DNS_PTR, 1);
    ask(n, 9, "_any thing|_sub|_http|_tcp|local", SSK_DNS_PTR, 1);
    ask(n, 9, "_services|_dns-sd|_udp|local", SSK_DNS_PTR, 1);
    expect(n, "bad-service-name", NULL, NULL);
}

/* ---- identity ---- */

#define UUID "6ba7b810-9dad-11d1-80b4-00c04fd430c8"

static void test_duplicate_peer(void)
{
    net *n = net_new();
    announce(n, 1, "peerID=" UUID);
    wait_ms(n, 1000);
    announce_as(n, 2, TYPE, "Ward 4|" TYPE, "other|local", "peerid=" UUID);
    expect(n, "duplicate-peer", FRAMES(1, 2), "Ward 4");

    n = net_new();
    announce(n, 1, "peerID=" UUID);
    wait_ms(n, 1000);
    goodbye(n, 1); /* renamed in good order */
    wait_ms(n, 1000);
    announce_as(n, 1, TYPE, "Ward 4|" TYPE, HOST, "peerID=" UUID);
    expect(n, "duplicate-peer", NULL, NULL);

    n = net_new();
    announce(n, 1, "peerID=" UUID); /* one device offers two services */
    announce_as(n, 1, "_files|_tcp|local", "Ward 3|_files|_tcp|local", HOST, "peerID=" UUID);
    expect(n, "duplicate-peer", NULL, NULL);

    n = net_new();
    announce(n, 1, "gid=" UUID); /* a group has one id for many */
    announce_as(n, 2, TYPE, "Ward 4|" TYPE, "other|local", "gid=" UUID);
    expect(n, "duplicate-peer", NULL, NULL);
}

static void test_identifier(void)
{
    net *n = net_new();
    announce(n, 1, "peerID=" UUID);
    expect(n, "persistent-identifier", FRAMES(1), "peerID");
    n = net_new();
    announce_as(n, 1, TYPE, "cam-02:00:00:00:00:01|" TYPE, HOST, "a=1");
    expect(n, "persistent-identifier", FRAMES(1), "MAC address in its name");
    n = net_new();
    announce_as(n, 1, TYPE, WARD, "cam020000000001|local", "a=1");
    expect(n, "persistent-identifier", FRAMES(1), "host name");
    n = net_new();
    announce(n, 1, "session=6ba7b8109dad|mac=02:00:00:00:00:02|version=1.2.3"); /* another's MAC */
    expect(n, "persistent-identifier", NULL, NULL);
}

static void test_personal(void)
{
    static const char *const personal[] = { "Anna\xe2\x80\x99s iPad", "Anna's MacBook Pro (2)",
                                            "iPhone von Anna", "Annas-iPhone" };
    static const char *const neutral[] = { "Ward 3 iPad", "iPhone", "Nurse's desk", "Desk iMac",
                                           "HP LaserJet's tray" };
    for (size_t i = 0; i < G_N_ELEMENTS(personal); i++) {
        net *n = net_new();
        char *name = g_strconcat(personal[i], "|", TYPE, NULL);
        announce_as(n, 1, TYPE, name, HOST, "a=1");
        g_free(name);
        expect(n, "personal-name", FRAMES(1), personal[i]);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(neutral); i++) {
        net *n = net_new();
        char *name = g_strconcat(neutral[i], "|", TYPE, NULL);
        announce_as(n, 1, TYPE, name, HOST, "a=1");
        g_free(name);
        expect(n, "personal-name", NULL, NULL);
    }
}

/* ---- limits ---- */

static void test_limits(void)
{
    net *n = net_new();
    for (int i = 0; i < SSK_BONJOUR_NAMES + 10; i++) {
        char *name = g_strdup_printf("n%d|" TYPE, i);
        GByteArray *out = message(0x8400, 0, 1, 0, 0);
        put_txt(out, name, 4500, "a=1");
        send(n, 1, out);
        g_free(name);
    }
    for (int i = 0; i < SSK_BONJOUR_TXT_SETS + 5; i++) {
        char *txt = g_strdup_printf("v=%d", i);
        GByteArray *out = message(0x8400, 0, 1, 0, 0);
        put_txt(out, "n0|" TYPE, 4500, txt);
        send(n, 1, out);
        g_free(txt);
    }
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->n_services, ==, SSK_BONJOUR_NAMES);
    g_assert_cmpuint(result->services_dropped, ==, 10);
    g_assert_cmpuint(result->txt_records, ==, SSK_BONJOUR_NAMES + 10 + SSK_BONJOUR_TXT_SETS + 5);
    g_assert_cmpuint(result->services[0].n_txt_seen, ==, SSK_BONJOUR_TXT_SETS);
    g_assert_cmpuint(result->services[0].txt_seen_dropped, ==, 6);
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL);
}

static void test_hostile_text(void)
{
    net *n = net_new();
    announce_as(n, 1, TYPE, "<script>\x1b[31m\xff|" TYPE, HOST, "k=\xff\xfe|peerID=" UUID);
    ssk_result *result = freeze(n);
    g_assert_true(g_utf8_validate(result->services[0].instance, -1, NULL));
    g_assert_true(g_utf8_validate(result->services[0].txt[0].value, -1, NULL));
    g_assert_cmpmem(result->services[0].txt[0].value_bytes, result->services[0].txt[0].value_len,
                    "\xff\xfe", 2);
    for (size_t i = 0; i < result->n_bonjour_findings; i++) {
        g_assert_true(g_utf8_validate(result->bonjour_findings[i].text, -1, NULL));
        g_assert_null(strchr(result->bonjour_findings[i].text, '\x1b'));
    }
    ssk_result_free(result);
    expect(n, "bad-txt", NULL, NULL);
}

static void test_no_time(void)
{
    net *n = net_new();
    n->now = SSK_TIME_NONE;
    announce(n, 1, "a=1");
    n->now = INT64_MAX;
    announce(n, 1, "a=2");
    n->now = INT64_MIN + 1;
    announce(n, 1, "a=3");
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->txt_records, ==, 3);
    ssk_result_free(result);
    expect(n, "no-goodbye", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour/a service is listed with host, port, addresses and TXT", test_service);
    g_test_add_func("/bonjour/TXT records of all sections count", test_every_section);
    g_test_add_func("/bonjour/a TXT record of a name that is no service is listed", test_host_txt);
    g_test_add_func("/bonjour/services of a DNS server are listed, not judged", test_unicast);
    g_test_add_func("/bonjour/probing again without goodbye", test_probed_again);
    g_test_add_func("/bonjour/questions left unanswered by one who is gone", test_gone);
    g_test_add_func("/bonjour/questions left unanswered by one who is there", test_not_refreshed);
    g_test_add_func("/bonjour/an announced address that its host has left", test_stale_address);
    g_test_add_func("/bonjour/two hosts want one service name", test_conflict);
    g_test_add_func("/bonjour/two probe at once", test_simultaneous_probes);
    g_test_add_func("/bonjour/two hosts want one host name", test_host_conflict);
    g_test_add_func("/bonjour/a TXT record that changes", test_txt_changed);
    g_test_add_func("/bonjour/TXT records against RFC 6763", test_bad_txt);
    g_test_add_func("/bonjour/broken messages are not cut ones", test_bad_message);
    g_test_add_func("/bonjour/service names against RFC 6335", test_bad_service_name);
    g_test_add_func("/bonjour/two services of one peer", test_duplicate_peer);
    g_test_add_func("/bonjour/identifiers that last", test_identifier);
    g_test_add_func("/bonjour/names of people", test_personal);
    g_test_add_func("/bonjour/what is beyond the limits is counted", test_limits);
    g_test_add_func("/bonjour/hostile text comes out harmless", test_hostile_text);
    g_test_add_func("/bonjour/frames without a usable time are heard", test_no_time);
    return g_test_run();
}
