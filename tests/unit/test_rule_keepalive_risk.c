/* test_rule_keepalive_risk.c - ways to keep a connection alive that invite silences.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule keepalive_risk/ways to keep a connection alive", test_keepalive_risk);
    return g_test_run();
}
