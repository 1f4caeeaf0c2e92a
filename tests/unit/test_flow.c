/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/flow/flow.h"

static void the_best_known_period_counts(void)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_service service = {.period = {3 * SSK_S, 0}};
    ssk_flow flow = {.service = &service};
    ssk_period_origin origin;

    g_assert_cmpint(ssk_flow_period(&flow, SSK_A, &config, &origin), ==, 0);
    g_assert_false(origin.inherited);

    flow.side[SSK_A].inherits = true;
    g_assert_cmpint(ssk_flow_period(&flow, SSK_A, &config, &origin), ==, 3 * SSK_S);
    g_assert_true(origin.inherited);

    ssk_period period;
    ssk_period_init(&period);
    for (int i = 0; i < 9; i++)
        ssk_period_add(&period, i * SSK_S);
    flow.side[SSK_A].rhythm.period = &period;
    flow.side[SSK_A].learned = ssk_period_value(&period, NULL);
    g_assert_cmpint(ssk_flow_period(&flow, SSK_A, &config, &origin), ==, SSK_S);
    g_assert_false(origin.inherited);
    g_assert_cmpuint(origin.samples, ==, 8);

    config.period = 5 * SSK_S;
    g_assert_cmpint(ssk_flow_period(&flow, SSK_A, &config, &origin), ==, 5 * SSK_S);
    g_assert_true(origin.declared);
    g_assert_cmpuint(origin.samples, ==, 0);
}

static void discovery_has_none_whatever_is_declared(void)
{
    ssk_config config;
    ssk_config_init(&config);
    config.period = SSK_S;
    ssk_flow flow = {.side = {{.learned = SSK_S}}};
    g_assert_cmpint(ssk_flow_period(&flow, SSK_A, &config, NULL), ==, 0);
}

static void a_rhythm_of_two_paces_is_given_time_for_the_slower(void)
{
    ssk_config config;
    ssk_config_init(&config);
    config.min_gap = 2 * SSK_S;
    ssk_flow flow = {.side = {{.learned = SSK_S, .ordinary = 5 * SSK_S}}};
    g_assert_cmpint(ssk_flow_patience(&flow, SSK_A, SSK_S, &config), ==, 10 * SSK_S);
    g_assert_cmpint(ssk_flow_patience(&flow, SSK_A, 4 * SSK_S, &config), ==, 12 * SSK_S);
    g_assert_cmpint(ssk_flow_patience(&flow, SSK_A, 0, &config), ==, 2 * SSK_S);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/flow/the best known period counts", the_best_known_period_counts);
    g_test_add_func("/flow/discovery has none, whatever is declared",
                    discovery_has_none_whatever_is_declared);
    g_test_add_func("/flow/a rhythm of two paces is given time for the slower",
                    a_rhythm_of_two_paces_is_given_time_for_the_slower);
    return g_test_run();
}
