/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/merge.h"

#include <glib.h>

static void put(ssk_merge *merge, size_t input, int64_t seconds)
{
    ssk_stamp stamp = {true, seconds, 0};
    ssk_merge_put(merge, input, &stamp);
}

static size_t take(ssk_merge *merge)
{
    size_t input = 99;
    g_assert_true(ssk_merge_take(merge, &input));
    return input;
}

static void earliest_first(void)
{
    ssk_merge *merge = ssk_merge_new(3);
    put(merge, 0, 5);
    put(merge, 1, -3);
    put(merge, 2, 4);
    g_assert_cmpuint(take(merge), ==, 1);
    put(merge, 1, 6);
    g_assert_cmpuint(take(merge), ==, 2);
    g_assert_cmpuint(take(merge), ==, 0);
    g_assert_cmpuint(take(merge), ==, 1);
    size_t none = 7;
    g_assert_false(ssk_merge_take(merge, &none));
    g_assert_cmpuint(none, ==, 7);
    ssk_merge_free(merge);
}

static void equal_stamps_go_to_the_last_input(void)
{
    ssk_merge *merge = ssk_merge_new(3);
    for (size_t i = 0; i < 3; i++)
        put(merge, i, 1);
    g_assert_cmpuint(take(merge), ==, 2);
    g_assert_cmpuint(take(merge), ==, 1);
    g_assert_cmpuint(take(merge), ==, 0);
    ssk_merge_free(merge);
}

static void no_stamp_goes_before_all(void)
{
    ssk_stamp none = {false, 9, 9};
    ssk_merge *merge = ssk_merge_new(3);
    put(merge, 0, INT64_MIN);
    ssk_merge_put(merge, 1, &none);
    ssk_merge_put(merge, 2, &none);
    g_assert_cmpuint(take(merge), ==, 1);
    g_assert_cmpuint(take(merge), ==, 2);
    g_assert_cmpuint(take(merge), ==, 0);
    ssk_merge_free(merge);
}

static void many_inputs_come_out_sorted(void)
{
    enum { N = 257 };
    GRand *rand = g_rand_new_with_seed(1);
    ssk_merge *merge = ssk_merge_new(N);
    int64_t at[N], last = INT64_MIN;
    for (size_t i = 0; i < N; i++)
        put(merge, i, at[i] = g_rand_int_range(rand, 0, 50));
    for (size_t i = 0; i < 20 * N; i++) {
        size_t input = take(merge);
        g_assert_cmpint(at[input], >=, last);
        last = at[input];
        put(merge, input, at[input] += g_rand_int_range(rand, 0, 50));
    }
    ssk_merge_free(merge);
    g_rand_free(rand);
}

static void stamps_outside_are_no_time(void)
{
    static const struct {
        ssk_stamp stamp;
        ssk_time_ns time;
    } cases[] = {
        {{true, 1742841288, 808000000}, 1742841288808000000},
        {{false, 1742841288, 0}, SSK_TIME_NONE},
        {{true, 0, 0}, 0},
        {{true, -1, 999999999}, -1},
        {{true, 18000000000000, 0}, SSK_TIME_NONE},
        {{true, 2305843009, 213693952}, SSK_TIME_MAX},
        {{true, 2305843009, 213693953}, SSK_TIME_NONE},
        {{true, 9223372036, 0}, SSK_TIME_NONE},
        {{true, INT64_MIN, 0}, SSK_TIME_NONE},
        {{true, 1418145370, 1000000000}, SSK_TIME_NONE},
        {{true, 1418145370, -1}, SSK_TIME_NONE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpint(ssk_stamp_time(&cases[i].stamp), ==, cases[i].time);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/merge/the earliest record comes first", earliest_first);
    g_test_add_func("/merge/of equal stamps the last input's comes first, as in mergecap",
                    equal_stamps_go_to_the_last_input);
    g_test_add_func("/merge/a record without a stamp comes before all", no_stamp_goes_before_all);
    g_test_add_func("/merge/many inputs come out sorted", many_inputs_come_out_sorted);
    g_test_add_func("/merge/a timestamp before 1896-12-06 or after 2043-01-25 is no time",
                    stamps_outside_are_no_time);
    return g_test_run();
}
