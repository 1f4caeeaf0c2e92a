/* test_bonjour_address.c - addresses of hosts: left, and wanted by two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/mdns_net.h"

static void test_stale_address(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    wait_ms(n, 2000);
    n->moved = 1;
    arp(n, 1, 9, 1); /* the host speaks from its new address */
    wait_ms(n, 1000);
    arp(n, 9, 1, 1); /* and is sought at the old one */
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

static void test_too_many(void)
{
    net *n = net_new();
    announce(n, 1, "a=1");
    for (unsigned i = 2; i < SSK_BONJOUR_ADDRESSES + 5; i++) {
        GByteArray *out = message(0x8400, 0, 1, 0, 0);
        put_a(out, HOST, 120, addr_of(n, (uint8_t)i));
        send(n, 1, out);
    }
    ssk_result *result = freeze(n);
    g_assert_cmpuint(result->services[0].n_addresses, ==, SSK_BONJOUR_ADDRESSES);
    g_assert_cmpuint(result->limits.addresses_dropped, ==, 4);
    ssk_result_free(result);
    expect(n, "stale-address", NULL, NULL);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bonjour address/an announced address that its host has left",
                    test_stale_address);
    g_test_add_func("/bonjour address/two hosts want one host name", test_host_conflict);
    g_test_add_func("/bonjour address/addresses beyond the limit are counted", test_too_many);
    return g_test_run();
}
