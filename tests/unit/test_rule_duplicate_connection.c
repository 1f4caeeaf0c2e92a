/* test_rule_duplicate_connection.c - one device, or two peers, connected twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

/* A client that says who it is, then pings. */
static void introduce(lan *l, unsigned client, unsigned port, const char *hello, uint32_t *a,
                      uint32_t *b)
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
    char *instance = g_strdup_printf("h%u|_ward|_tcp|local", h),
         *host = g_strdup_printf("h%u|local", h);
    uint8_t addr[4] = {192, 0, 2, (uint8_t)h};
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule duplicate_connection/one device connected twice",
                    test_duplicate_connection);
    g_test_add_func("/rule duplicate_connection/two peers connected both ways",
                    test_crossed_connections);
    return g_test_run();
}
