/* test_meter_locality.c - SSK_FACT_LOCALITY: the host that captured itself is in every packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static int64_t share_of(talk *t, unsigned host)
{
    GArray *found = talk_facts(t, SSK_FACT_LOCALITY);
    int64_t share = -1;
    for (guint i = 0; i < found->len; i++)
        if (g_array_index(found, ssk_fact, i).host.bytes[3] == host)
            share = g_array_index(found, ssk_fact, i).locality.permille;
    g_array_free(found, TRUE);
    return share;
}

static void the_one_that_is_in_all_of_them(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned peer = 10; peer < 15; peer++) {
        talk_udp(&t, 5, 4000, peer, 4001, 8);
        talk_udp(&t, peer, 4001, 5, 4000, 8);
    }
    g_assert_cmpint(share_of(&t, 5), ==, 1000);
    g_assert_cmpint(share_of(&t, 10), ==, -1);
    talk_end(&t);
}

static void half_is_the_least_that_is_told(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 4; i++) {
        talk_udp(&t, 5, 4000, 10, 4001, 8);
        talk_udp(&t, 6, 4000, 11, 4001, 8);
    }
    g_assert_cmpint(share_of(&t, 5), ==, 500);
    talk_udp(&t, 6, 4000, 11, 4001, 8);
    g_assert_cmpint(share_of(&t, 5), ==, -1);
    talk_end(&t);
}

static void broadcasts_do_not_count(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 5, 4000, 10, 4001, 8);
    talk_udp(&t, 6, 4000, 256, 4001, 8); /* to all */
    g_assert_cmpint(share_of(&t, 5), ==, 1000);
    talk_end(&t);
}

static void the_first_twenty_thousand_packets_settle_it(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 20000; i++)
        talk_udp(&t, 5, 4000, 10, 4001, 8);
    for (unsigned i = 0; i < 30000; i++)
        talk_udp(&t, 6, 4000, 11, 4001, 8);
    g_assert_cmpint(share_of(&t, 5), ==, 1000);
    g_assert_cmpint(share_of(&t, 6), ==, -1);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter locality/the one that is in all of them",
                    the_one_that_is_in_all_of_them);
    g_test_add_func("/meter locality/half is the least that is told",
                    half_is_the_least_that_is_told);
    g_test_add_func("/meter locality/broadcasts do not count", broadcasts_do_not_count);
    g_test_add_func("/meter locality/the first twenty thousand packets settle it",
                    the_first_twenty_thousand_packets_settle_it);
    return g_test_run();
}
