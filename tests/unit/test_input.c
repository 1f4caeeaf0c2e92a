/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/engine.h"
#include "core/input.h"

static void count(ssk_input *input, uint32_t interface_id, ssk_time_ns time, ssk_problem problem)
{
    ssk_event event = {
        .time = time, .linktype = 1, .interface_id = interface_id, .cap_len = 60, .wire_len = 100};
    ssk_packet packet = {.event = &event, .kind = SSK_PACKET_TCP, .problem = problem};
    ssk_input_count(input, &packet);
}

static const ssk_result_input *freeze(ssk_input *input, ssk_result **ret_result)
{
    ssk_config config;
    ssk_config_init(&config);
    *ret_result = ssk_result_new(&config);
    ssk_input_freeze(input, *ret_result);
    g_assert_cmpuint((*ret_result)->n_inputs, ==, 1);
    return (*ret_result)->inputs;
}

static void stamps_that_lie_are_counted_and_widen_nothing(void)
{
    ssk_input input;
    ssk_result *result;
    ssk_input_init(&input);
    count(&input, 0, 5 * SSK_S, SSK_PROBLEM_NONE);
    count(&input, 0, SSK_TIME_NONE, SSK_PROBLEM_NONE);
    count(&input, 0, 4 * SSK_S, SSK_PROBLEM_NONE);
    count(&input, 0, 9 * SSK_S, SSK_PROBLEM_NONE);
    const ssk_result_input *row = freeze(&input, &result);
    g_assert_cmpuint(row->packets, ==, 4);
    g_assert_cmpuint(row->bytes, ==, 400);
    g_assert_cmpuint(row->truncated_packets, ==, 4);
    g_assert_cmpuint(row->bad_timestamps, ==, 1);
    g_assert_cmpuint(row->backward_timestamps, ==, 1);
    g_assert_cmpint(row->first, ==, 4 * SSK_S);
    g_assert_cmpint(row->last, ==, 9 * SSK_S);
    ssk_result_free(result);
    ssk_input_clear(&input);
}

/* Whoever fills the event: beyond it a sum of two spans would not fit in 64 bits. */
static void a_time_beyond_the_limit_is_none_to_the_engine(void)
{
    static const struct {
        ssk_time_ns time;
        bool good;
    } cases[] = {
        {0, true},
        {SSK_TIME_MAX, true},
        {-SSK_TIME_MAX, true},
        {SSK_TIME_MAX + 1, false},
        {-SSK_TIME_MAX - 1, false},
        {INT64_MAX, false},
        {INT64_MIN + 1, false},
        {SSK_TIME_NONE, false},
    };
    static const uint8_t bytes[60];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ssk_config config;
        ssk_config_init(&config);
        ssk_engine *engine = ssk_engine_new(&config, NULL);
        ssk_event event = {.frame = 1,
                           .time = cases[i].time,
                           .linktype = 1,
                           .bytes = bytes,
                           .cap_len = sizeof bytes,
                           .wire_len = sizeof bytes};
        ssk_engine_feed(engine, &event, NULL);
        ssk_result *result = ssk_engine_snapshot(engine);
        g_assert_cmpuint(result->inputs[0].bad_timestamps, ==, !cases[i].good);
        g_assert_cmpint(result->inputs[0].first, ==, cases[i].good ? cases[i].time : SSK_TIME_NONE);
        ssk_result_free(result);
        ssk_engine_free(engine);
    }
}

static void what_was_not_decoded_is_counted_by_its_reason(void)
{
    ssk_input input;
    ssk_result *result;
    ssk_input_init(&input);
    count(&input, 0, SSK_S, SSK_PROBLEM_TRUNCATED);
    count(&input, 0, SSK_S, SSK_PROBLEM_FORMAT);
    count(&input, 0, SSK_S, SSK_PROBLEM_FORMAT);
    count(&input, 0, SSK_S, SSK_PROBLEM_NONE);
    const ssk_result_input *row = freeze(&input, &result);
    g_assert_cmpuint(row->undecoded_packets, ==, 3);
    g_assert_cmpuint(row->n_undecoded, ==, 2);
    g_assert_cmpstr(row->undecoded[0].what, ==, ssk_problem_text(SSK_PROBLEM_TRUNCATED));
    g_assert_cmpuint(row->undecoded[0].packets, ==, 1);
    g_assert_cmpuint(row->undecoded[1].packets, ==, 2);
    ssk_result_free(result);
    ssk_input_clear(&input);
}

static void interfaces_are_listed_by_number_each_with_its_own_times(void)
{
    ssk_input input;
    ssk_result *result;
    ssk_input_init(&input);
    count(&input, 3, 5 * SSK_S, SSK_PROBLEM_NONE);
    count(&input, 1, 6 * SSK_S, SSK_PROBLEM_NONE);
    count(&input, 3, 8 * SSK_S, SSK_PROBLEM_NONE);
    const ssk_result_input *row = freeze(&input, &result);
    g_assert_cmpuint(row->n_interfaces, ==, 2);
    g_assert_cmpuint(row->interfaces[0].id, ==, 1);
    g_assert_cmpint(row->interfaces[0].last, ==, 6 * SSK_S);
    g_assert_cmpuint(row->interfaces[1].id, ==, 3);
    g_assert_cmpint(row->interfaces[1].first, ==, 5 * SSK_S);
    g_assert_cmpint(row->interfaces[1].last, ==, 8 * SSK_S);
    ssk_result_free(result);
    ssk_input_clear(&input);
}

static void a_million_interfaces_fill_no_memory(void)
{
    ssk_input input;
    ssk_result *result;
    ssk_input_init(&input);
    for (uint32_t i = 0; i < SSK_INPUT_INTERFACES + 10; i++)
        count(&input, i, SSK_S, SSK_PROBLEM_NONE);
    const ssk_result_input *row = freeze(&input, &result);
    g_assert_cmpuint(row->n_interfaces, ==, SSK_INPUT_INTERFACES);
    g_assert_cmpuint(row->packets, ==, SSK_INPUT_INTERFACES + 10);
    g_assert_cmpuint(input.interfaces_dropped, ==, 10);
    ssk_result_free(result);
    ssk_input_clear(&input);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/input/stamps that lie are counted and widen nothing",
                    stamps_that_lie_are_counted_and_widen_nothing);
    g_test_add_func("/input/a time before 1896-12-06 or after 2043-01-25 is none to the engine",
                    a_time_beyond_the_limit_is_none_to_the_engine);
    g_test_add_func("/input/what was not decoded is counted by its reason",
                    what_was_not_decoded_is_counted_by_its_reason);
    g_test_add_func("/input/interfaces are listed by number, each with its own times",
                    interfaces_are_listed_by_number_each_with_its_own_times);
    g_test_add_func("/input/a million interfaces fill no memory",
                    a_million_interfaces_fill_no_memory);
    return g_test_run();
}
