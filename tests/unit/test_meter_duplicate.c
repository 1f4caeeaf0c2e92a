/* test_meter_duplicate.c - SSK_FACT_DUPLICATES: packets that came twice.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void one_that_comes_again_within_two_milliseconds(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 10; i++) {
        talk_udp(&t, 5, 4000, 1, 4001, 8);
        if (i < 3) {
            talk_wait(&t, 100 * SSK_US);
            t.ip_id--;
            talk_udp(&t, 5, 4000, 1, 4001, 8);
        }
        talk_wait(&t, SSK_S);
    }
    ssk_fact fact = talk_fact(&t, SSK_FACT_DUPLICATES);
    g_assert_cmpint(fact.duplicates.copies, ==, 3);
    g_assert_cmpint(fact.duplicates.packets, ==, 13);
    talk_end(&t);
}

static void the_same_words_in_another_packet(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 10; i++) {
        talk_udp(&t, 5, 4000, 1, 4001, 8);
        talk_wait(&t, 100 * SSK_US);
    }
    g_assert_cmpuint(talk_count(&t, SSK_FACT_DUPLICATES), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter duplicate/one that comes again within two milliseconds",
                    one_that_comes_again_within_two_milliseconds);
    g_test_add_func("/meter duplicate/the same words in another packet",
                    the_same_words_in_another_packet);
    return g_test_run();
}
