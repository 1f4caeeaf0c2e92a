/* test_rule_claim.c - two hosts with one address, one host with two.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule claim/one address, two hosts", test_conflict);
    g_test_add_func("/rule claim/one host, two addresses", test_two_addresses);
    return g_test_run();
}
