/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_clock;

#define T0 (INT64_C(1742841288) * SSK_S)

/* Two steps of a remote clock, one of them at the capture's own. @return those left */
static size_t judge(ssk_span_ns captures_by, ssk_time_ns step_at, ssk_span_ns step_by)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    result->n_measurement = 1;
    result->measurement = ssk_result_alloc(result, sizeof *result->measurement);
    result->measurement[0] = (ssk_result_measurement){.id = SSK_CAUSE_CLOCK_STEP,
                                                      .start = T0,
                                                      .end = T0 + captures_by,
                                                      .has_by = true,
                                                      .by = captures_by};
    result->n_clocks = 1;
    result->clocks = ssk_result_alloc(result, sizeof *result->clocks);
    result->clocks[0].n_steps = 2;
    result->clocks[0].steps = ssk_result_alloc(result, 2 * sizeof *result->clocks[0].steps);
    result->clocks[0].steps[0].at = step_at;
    result->clocks[0].steps[0].by = step_by;
    result->clocks[0].steps[1].at = T0 + 100 * SSK_S;
    result->clocks[0].steps[1].by = 77 * SSK_MS;
    ssk_facts facts;
    ssk_facts_init(&facts, 10);
    ssk_rule_clock.judge(&facts, result);
    size_t left = result->clocks[0].n_steps;
    g_assert_cmpint(result->clocks[0].steps[left - 1].by, ==, 77 * SSK_MS);
    ssk_facts_clear(&facts);
    ssk_result_free(result);
    return left;
}

static void captures_own(void)
{
    g_assert_cmpuint(judge(7 * SSK_S, T0 + 7 * SSK_S + SSK_S / 2, -7 * SSK_S + 3 * SSK_MS), ==, 1);
    g_assert_cmpuint(judge(-7 * SSK_S, T0 - 7 * SSK_S + SSK_S / 2, 7 * SSK_S), ==, 1);
}

static void its_own(void)
{
    g_assert_cmpuint(judge(7 * SSK_S, T0 + 7 * SSK_S, 7 * SSK_S), ==, 2);   /* the other way */
    g_assert_cmpuint(judge(7 * SSK_S, T0 + 7 * SSK_S, -3 * SSK_S), ==, 2);  /* another size */
    g_assert_cmpuint(judge(7 * SSK_S, T0 + 30 * SSK_S, -7 * SSK_S), ==, 2); /* another time */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/rule clock/the capture's own step is not the remote clock's", captures_own);
    g_test_add_func("/rule clock/any other step stays", its_own);
    return g_test_run();
}
