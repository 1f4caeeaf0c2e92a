/* test_rule_receiver_limited.c - a window that closes again and again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/lan.h"

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
    g_test_add_func("/rule receiver_limited/a window that closes again and again",
                    test_receiver_limited);
    return g_test_run();
}
