/* test_meter_drop_count.c - SSK_FACT_DROP_COUNT: what the capture says it lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void counts_are_added_up(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 6; i++) {
        t.drops = i == 2 ? 5 : i == 4 ? 7 : 0;
        talk_udp(&t, 5, 4000, 1, 4001, 8);
        talk_wait(&t, SSK_S);
    }
    ssk_fact fact = talk_fact(&t, SSK_FACT_DROP_COUNT);
    g_assert_cmpint(fact.drop_count.packets, ==, 12);
    g_assert_cmpint(fact.drop_count.counts, ==, 2);
    g_assert_cmpuint(fact.frame_first, ==, 3);
    g_assert_cmpuint(fact.frame_last, ==, 5);
    talk_end(&t);
}

static void a_count_from_nowhere_does_not_overflow(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 3; i++) {
        t.drops = UINT64_MAX;
        talk_udp(&t, 5, 4000, 1, 4001, 8);
    }
    g_assert_cmpint(talk_fact(&t, SSK_FACT_DROP_COUNT).drop_count.packets, ==, INT64_MAX);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter drop count/counts are added up", counts_are_added_up);
    g_test_add_func("/meter drop count/a count from nowhere does not overflow",
                    a_count_from_nowhere_does_not_overflow);
    return g_test_run();
}
