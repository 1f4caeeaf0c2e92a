/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/base/histogram.h"

static void every_span_lies_in_a_bucket_two_percent_wide(void)
{
    ssk_span_ns below = ssk_hist_bucket_up_to(0);
    g_assert_cmpint(below, ==, 1000);
    for (unsigned bucket = 1; bucket < SSK_HIST_BUCKETS - 1; bucket++) {
        ssk_span_ns up_to = ssk_hist_bucket_up_to(bucket);
        g_assert_cmpint(up_to, >, below);
        g_assert_cmpint((up_to - below) * 50, <=, up_to);
        g_assert_cmpuint(ssk_hist_bucket_of(up_to), ==, bucket);
        g_assert_cmpuint(ssk_hist_bucket_of(below + 1), ==, bucket);
        below = up_to;
    }
    g_assert_cmpint(below, ==, SSK_DAY);
}

static void what_is_outside_has_a_bucket_too(void)
{
    g_assert_cmpuint(ssk_hist_bucket_of(INT64_MIN), ==, 0);
    g_assert_cmpuint(ssk_hist_bucket_of(0), ==, 0);
    g_assert_cmpuint(ssk_hist_bucket_of(SSK_DAY + 1), ==, SSK_HIST_BUCKETS - 1);
    g_assert_cmpuint(ssk_hist_bucket_of(INT64_MAX), ==, SSK_HIST_BUCKETS - 1);
    g_assert_cmpint(ssk_hist_bucket_up_to(SSK_HIST_BUCKETS - 1), ==, INT64_MAX);
}

static void counts_add_up_and_stay_sorted(void)
{
    ssk_hist hist = {0}, other = {0};
    for (int i = 0; i < 1000; i++)
        ssk_hist_add(&hist, (ssk_span_ns)(i % 37) * SSK_MS);
    ssk_hist_add(&other, SSK_S);
    ssk_hist_merge(&hist, &other);
    g_assert_cmpuint(ssk_hist_total(&hist), ==, 1001);
    for (unsigned i = 1; i < hist.used; i++)
        g_assert_cmpint(ssk_hist_cell_up_to(&hist, i - 1), <, ssk_hist_cell_up_to(&hist, i));
    ssk_hist copy = ssk_hist_copy(&hist);
    ssk_hist_clear(&hist);
    g_assert_cmpuint(ssk_hist_total(&hist), ==, 0);
    g_assert_cmpuint(ssk_hist_total(&copy), ==, 1001);
    ssk_hist_clear(&copy);
    ssk_hist_clear(&other);
}

static void spans_counted_together_count_as_one_by_one(void)
{
    ssk_hist together = {0}, singly = {0};
    for (int i = 0; i < 500; i++) {
        uint16_t buckets[SSK_HIST_TOGETHER];
        unsigned n = (unsigned)g_random_int_range(0, SSK_HIST_TOGETHER + 1);
        for (unsigned k = 0; k < n; k++) {
            ssk_span_ns span = (ssk_span_ns)g_random_int_range(0, 300) * g_random_int_range(1, 3) *
                               SSK_MS;
            buckets[k] = (uint16_t)ssk_hist_bucket_of(span);
            ssk_hist_add(&singly, span);
        }
        ssk_hist_add_buckets(&together, buckets, n);
    }
    g_assert_cmpuint(together.used, ==, singly.used);
    g_assert_cmpmem(together.cells, together.used * sizeof *together.cells, singly.cells,
                    singly.used * sizeof *singly.cells);
    ssk_hist_clear(&together);
    ssk_hist_clear(&singly);
}

static void a_quantile_is_the_bound_that_so_many_do_not_exceed(void)
{
    ssk_hist hist = {0};
    g_assert_cmpint(ssk_hist_quantile(&hist, 500), ==, 0);
    for (int i = 1; i <= 100; i++)
        ssk_hist_add(&hist, i * SSK_MS);
    ssk_span_ns half = ssk_hist_quantile(&hist, 500);
    g_assert_cmpint(half, >=, 50 * SSK_MS);
    g_assert_cmpint(half, <=, 51 * SSK_MS);
    g_assert_cmpint(ssk_hist_quantile(&hist, 1000), >=, 100 * SSK_MS);
    ssk_hist_clear(&hist);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/histogram/every span lies in a bucket at most two percent wide",
                    every_span_lies_in_a_bucket_two_percent_wide);
    g_test_add_func("/histogram/what is outside has a bucket too",
                    what_is_outside_has_a_bucket_too);
    g_test_add_func("/histogram/counts add up and stay sorted", counts_add_up_and_stay_sorted);
    g_test_add_func("/histogram/spans counted together count as one by one",
                    spans_counted_together_count_as_one_by_one);
    g_test_add_func("/histogram/a quantile is the bound that so many do not exceed",
                    a_quantile_is_the_bound_that_so_many_do_not_exceed);
    return g_test_run();
}
