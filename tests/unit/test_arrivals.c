/* test_arrivals.c - how many bytes of a stream had arrived by when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/udp/arrivals.h"

#define START (1800000000 * SSK_S)

static void bytes_until(void)
{
    ssk_arrivals a = {0};
    for (int i = 0; i < 1000; i++)
        ssk_arrivals_add(&a, START + i * 5 * SSK_MS, 100);
    g_assert_cmpuint(ssk_arrivals_until(&a, START - 1), ==, 0);
    g_assert_cmpuint(ssk_arrivals_until(&a, START + 5 * SSK_S), ==, 100000);
    for (int i = 1; i < 50; i++)
        g_assert_cmpint(labs((long)ssk_arrivals_until(&a, START + i * 100 * SSK_MS) - i * 2000), <=,
                        200);
    ssk_arrivals_clear(&a);
}

static void bounded(void)
{
    ssk_arrivals a = {0};
    for (int i = 0; i < 100000; i++)
        ssk_arrivals_add(&a, START + i * 100 * SSK_MS, 10);
    g_assert_cmpuint(a.room, <=, SSK_ARRIVALS_STEPS);
    g_assert_cmpuint(a.bytes, ==, 1000000);
    long half = (long)ssk_arrivals_until(&a, START + 5000 * SSK_S);
    g_assert_cmpint(labs(half - 500000), <=, 500);
    ssk_arrivals_clear(&a);
}

static void back_in_time(void)
{
    ssk_arrivals a = {0};
    ssk_arrivals_add(&a, START + SSK_S, 10);
    ssk_arrivals_add(&a, START, 10);
    ssk_arrivals_add(&a, INT64_MAX, 10);
    ssk_arrivals_add(&a, INT64_MIN + 1, 10);
    g_assert_cmpuint(ssk_arrivals_until(&a, INT64_MAX), ==, 40);
    ssk_arrivals_clear(&a);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arrivals/bytes that had arrived by a time", bytes_until);
    g_test_add_func("/arrivals/a long stream takes no more memory", bounded);
    g_test_add_func("/arrivals/stamps that jump lose no bytes", back_in_time);
    return g_test_run();
}
