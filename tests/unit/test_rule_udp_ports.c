/* test_rule_udp_ports.c - UDP ports that run out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule udp_ports/UDP ports that run out", test_ports);
    return g_test_run();
}
