/* test_meter_udp_onoff.c - which flows have a row, and what it says of their cast.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/udp_sender.h"

static void test_casts(void)
{
    static const char *const names[] = {"unicast", "multicast", "multicast", "broadcast",
                                        "broadcast"};
    for (int to = UNICAST; to <= SUBNET; to++) {
        sender s;
        sender_init(&s, (cast)to, IDS_NONE, true);
        uint32_t lost = gate(&s, 20, false);
        ssk_result *result = sender_finish(&s);
        const ssk_result_udp *udp = only_row(result);
        g_assert_cmpstr(udp->cast, ==, names[to]);
        g_assert_true(udp->has_on_off);
        g_assert_cmpint(udp->on_off.on_bytes.p50, ==, 131072);
        g_assert_cmpint(udp->on_off.power_of_two, ==, 131072);
        g_assert_cmpint(udp->on_off.duty_permille, >, 535);
        g_assert_cmpint(udp->on_off.duty_permille, <, 555);
        g_assert_true(udp->has_reception);
        g_assert_cmpuint(udp->reception.reference_packets - udp->reception.received_packets, ==,
                         lost);
        g_assert_cmpuint(udp->reception.n_runs, ==, 39);
        g_assert_cmpuint(udp->reception.runs[1].packets, ==, 107);
        g_assert_cmpuint(udp->reception.runs[1].bytes, ==, 107 * 1024);
        g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
        g_assert_true(has(udp, "udp-lost-before-receiver"));
        ssk_result_free(result);
    }
}

static void test_few(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_COUNT, true);
    for (int i = 0; i < 99; i++)
        send(&s, i * SSK_MS, 100, true);
    ssk_result *result = sender_finish(&s);
    g_assert_cmpuint(result->n_udp, ==, 0);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("udp-lost-before-receiver", "a numbered stream has holes, to every cast", test_casts);
    SILENT("udp-sender-pauses", "its numbers went on", test_casts);
    g_test_add_func("/meter udp_onoff/fewer than 100 datagrams make no row", test_few);
    return g_test_run();
}
