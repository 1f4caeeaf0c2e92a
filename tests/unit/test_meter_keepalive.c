/* test_meter_keepalive.c - keepalive of a flow: pings, pongs, round trips.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void what_is_sent_is_counted(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 10, SSK_S);
    tcp_ping(&c);
    talk_wait(&t, SSK_S);
    tcp_ping(&c); /* the two last ones are not answered */
    ssk_result *result = ssk_engine_snapshot(t.engine);
    const ssk_result_keepalive *keepalive = result->flows[0].keepalive;
    g_assert_nonnull(keepalive);
    g_assert_cmpint(keepalive->originator, ==, SSK_SIDE_A);
    g_assert_cmpuint(keepalive->pings, ==, 12);
    g_assert_cmpuint(keepalive->pongs, ==, 10);
    g_assert_cmpuint(keepalive->unanswered, ==, 2);
    g_assert_cmpint(keepalive->period, ==, SSK_S);
    g_assert_cmpint(keepalive->rtt_min, ==, SSK_MS);
    g_assert_cmpint(keepalive->rtt_max, ==, SSK_MS);
    g_assert_cmpint(keepalive->rtt_p99, ==,
                    SSK_MS); /* not the bound of its bucket, which is more */
    g_assert_cmpuint(keepalive->rtt_over_time.n_points, ==, 10);
    ssk_result_free(result);
    talk_end(&t);
}

static void a_pong_belongs_to_the_ping_of_its_number(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 5, SSK_S);
    tcp_ping(&c); /* 6: never answered */
    talk_wait(&t, 10 * SSK_S);
    tcp_ping(&c); /* 7 */
    talk_wait(&t, 5 * SSK_MS);
    tcp_pong(&c);
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpint(result->flows[0].keepalive->rtt_max, ==, 5 * SSK_MS);
    g_assert_cmpuint(result->flows[0].keepalive->unanswered, ==, 1);
    ssk_result_free(result);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter keepalive/what is sent is counted", what_is_sent_is_counted);
    g_test_add_func("/meter keepalive/a pong belongs to the ping of its number",
                    a_pong_belongs_to_the_ping_of_its_number);
    return g_test_run();
}
