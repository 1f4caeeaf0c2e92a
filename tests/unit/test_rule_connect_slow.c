/* test_rule_connect_slow.c - connections that stay connecting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

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
    expect(l, "connect-slow", " SYNs");

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule connect_slow/connections that stay connecting", test_connect_slow);
    return g_test_run();
}
