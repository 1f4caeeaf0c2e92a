/* test_meter_power_save.c - SSK_FACT_POWER_SAVE: a station tells its access point that it dozes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

enum { TO_AP = 0x01, FROM_AP = 0x02, DOZES = 0x10 };

/* A data frame without data, as stations send it to say only this. */
static void null_frame(talk *t, unsigned from, unsigned flags)
{
    uint8_t frame[24] = {0x48, (uint8_t)flags};
    t->linktype = 105;
    put_mac(frame + 4, 77);
    put_mac(frame + 10, from);
    put_mac(frame + 16, 77);
    talk_feed(t, frame, sizeof frame);
}

static void from_dozing_to_awake(void)
{
    talk t;
    talk_begin(&t);
    null_frame(&t, 5, TO_AP | DOZES);
    talk_wait(&t, 5 * SSK_S);
    null_frame(&t, 5, TO_AP);
    ssk_fact fact = talk_fact(&t, SSK_FACT_POWER_SAVE);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    g_assert_cmpint(fact.end - fact.start, ==, 5 * SSK_S);
    g_assert_false(fact.open);
    talk_end(&t);
}

static void one_that_never_wakes_dozes_to_the_end(void)
{
    talk t;
    talk_begin(&t);
    null_frame(&t, 5, TO_AP | DOZES);
    talk_wait(&t, 9 * SSK_S);
    null_frame(&t, 6, TO_AP);
    ssk_fact fact = talk_fact(&t, SSK_FACT_POWER_SAVE);
    g_assert_true(fact.open);
    g_assert_cmpint(fact.end, ==, t.now);
    talk_end(&t);
}

static void less_than_a_second_is_everyday_life(void)
{
    talk t;
    talk_begin(&t);
    null_frame(&t, 5, TO_AP | DOZES);
    talk_wait(&t, SSK_S - 1);
    null_frame(&t, 5, TO_AP);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_POWER_SAVE), ==, 0);
    talk_end(&t);
}

static void the_access_points_bit_means_something_else(void)
{
    talk t;
    talk_begin(&t);
    null_frame(&t, 77, FROM_AP | DOZES);
    talk_wait(&t, 9 * SSK_S);
    null_frame(&t, 6, TO_AP);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_POWER_SAVE), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter power save/from dozing to awake", from_dozing_to_awake);
    g_test_add_func("/meter power save/one that never wakes dozes to the end",
                    one_that_never_wakes_dozes_to_the_end);
    g_test_add_func("/meter power save/less than a second is everyday life",
                    less_than_a_second_is_everyday_life);
    g_test_add_func("/meter power save/the access points bit means something else",
                    the_access_points_bit_means_something_else);
    return g_test_run();
}
