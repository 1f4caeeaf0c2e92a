/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/udp/delivery.h"

static ssk_result *freeze(const ssk_delivery *delivery, ssk_result_udp *ret)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    *ret = (ssk_result_udp){0};
    ssk_delivery_freeze(delivery, "the test", result, ret);
    return result;
}

static void received_and_lost_runs_alternate(void)
{
    ssk_delivery delivery = {0};
    ssk_result_udp udp;
    for (int i = 0; i < 4; i++)
        ssk_delivery_received(&delivery, i * SSK_S, 100);
    ssk_delivery_lost(&delivery, 5 * SSK_S, 2, SSK_DELIVERY_MEAN);
    ssk_delivery_received(&delivery, 6 * SSK_S, 100);
    ssk_result *result = freeze(&delivery, &udp);
    g_assert_cmpuint(udp.reception.n_runs, ==, 3);
    g_assert_cmpuint(udp.reception.runs[1].bytes, ==, 200);
    g_assert_cmpint(udp.reception.runs[1].start, ==, 3 * SSK_S);
    g_assert_cmpint(udp.reception.runs[1].end, ==, 5 * SSK_S);
    g_assert_cmpuint(udp.reception.reference_packets, ==, 7);
    g_assert_cmpuint(udp.reception.received_packets, ==, 5);
    g_assert_cmpuint(udp.reception.delivered_permille, ==, 714);
    ssk_result_free(result);
    ssk_delivery_clear(&delivery);
}

static void what_came_late_was_never_lost(void)
{
    ssk_delivery delivery = {0};
    ssk_result_udp udp;
    ssk_delivery_received(&delivery, 0, 100);
    ssk_delivery_lost(&delivery, SSK_S, 1, 100);
    ssk_delivery_received(&delivery, 2 * SSK_S, 100);
    ssk_delivery_late(&delivery, 100);
    ssk_result *result = freeze(&delivery, &udp);
    g_assert_cmpuint(udp.reception.n_runs, ==, 1);
    g_assert_cmpuint(udp.reception.runs[0].packets, ==, 3);
    g_assert_cmpuint(udp.reception.delivered_permille, ==, 1000);
    ssk_result_free(result);
    ssk_delivery_clear(&delivery);
}

static void runs_beyond_the_limit_are_counted(void)
{
    ssk_delivery delivery = {0};
    ssk_result_udp udp;
    for (int i = 0; i < SSK_DELIVERY_RUNS; i++) {
        ssk_delivery_received(&delivery, i * SSK_S, 100);
        ssk_delivery_lost(&delivery, i * SSK_S, 1, 100);
    }
    ssk_result *result = freeze(&delivery, &udp);
    g_assert_cmpuint(udp.reception.n_runs, ==, SSK_DELIVERY_RUNS);
    g_assert_cmpuint(udp.reception.runs_dropped, ==, SSK_DELIVERY_RUNS);
    g_assert_cmpuint(udp.reception.reference_packets, ==, 2 * SSK_DELIVERY_RUNS);
    ssk_result_free(result);
    ssk_delivery_clear(&delivery);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/delivery/received and lost runs alternate", received_and_lost_runs_alternate);
    g_test_add_func("/delivery/what came late was never lost", what_came_late_was_never_lost);
    g_test_add_func("/delivery/runs beyond the limit are counted",
                    runs_beyond_the_limit_are_counted);
    return g_test_run();
}
