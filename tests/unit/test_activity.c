/* test_activity.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/base/activity.h"

static unsigned count(const ssk_activity *activity)
{
    unsigned n = 0;
    for (unsigned i = 0; i < SSK_ACTIVITY_SLICES; i++)
        n += ssk_activity_has(activity, i);
    return n;
}

static void test_a_gap_stays_a_gap(void)
{
    ssk_activity activity = {0};
    for (int second = 0; second < 100; second++)
        if (second < 30 || second >= 60)
            ssk_activity_add(&activity, second * SSK_S);
    ssk_span_ns slice = ssk_activity_slice(&activity);
    g_assert_cmpint(slice, >=, 100 * SSK_S / SSK_ACTIVITY_SLICES);
    for (ssk_span_ns at = 29 * SSK_S + slice; at < 60 * SSK_S - slice; at += slice)
        g_assert_false(ssk_activity_has(&activity, (unsigned)(at / slice)));
    g_assert_true(ssk_activity_has(&activity, (unsigned)(60 * SSK_S / slice)));
    g_assert_cmpuint(count(&activity), ==, 70);
}

static void test_all_of_the_time_fits(void)
{
    ssk_activity activity = {0};
    ssk_activity_add(&activity, 0);
    ssk_activity_add(&activity, INT64_MAX);
    g_assert_cmpuint(count(&activity), ==, 2);
    g_assert_true(ssk_activity_has(&activity, 0));
    ssk_activity_add(&activity, 5);
    g_assert_cmpuint(count(&activity), ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/activity/a gap stays a gap", test_a_gap_stays_a_gap);
    g_test_add_func("/activity/half a millennium fits", test_all_of_the_time_fits);
    return g_test_run();
}
