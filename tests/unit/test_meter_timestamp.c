/* test_meter_timestamp.c - SSK_FACT_TS_LAG and SSK_FACT_TS_ECHO: TCP timestamps
 * against the capture's clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void a_frame_that_waited_is_late_for_once(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 4 * SSK_S);
    t.held = 4 * SSK_S;
    tcp_ping(&c);
    tcp_pong(&c);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, SSK_S);
    tcp_beats(&c, 3, SSK_S);
    ssk_fact fact = talk_fact(&t, SSK_FACT_TS_LAG);
    g_assert_cmpint(fact.dir, ==, SSK_A);
    g_assert_cmpint(ABS(fact.lag.first - 4 * SSK_S), <, 20 * SSK_MS);
    g_assert_cmpint(ABS(fact.lag.stayed), <, 20 * SSK_MS);
    talk_end(&t);
}

static void a_clock_that_stood_still_stays_behind(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 4 * SSK_S);
    c.slept[CLIENT] = 4 * SSK_S;
    tcp_beats(&c, 5, SSK_S);
    ssk_fact fact = talk_fact(&t, SSK_FACT_TS_LAG);
    g_assert_cmpint(ABS(fact.lag.stayed - 4 * SSK_S), <, 20 * SSK_MS);
    talk_end(&t);
}

static void too_few_packets_after_it_leave_it_unsettled(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 24 * SSK_S);
    c.slept[CLIENT] = 24 * SSK_S;
    tcp_ping(&c);
    tcp_pong(&c);
    talk_wait(&t, 100 * SSK_MS);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    ssk_fact fact = talk_fact(&t, SSK_FACT_TS_LAG);
    g_assert_cmpint(fact.lag.stayed, ==, 0);
    g_assert_cmpuint(fact.flags, ==, SSK_LAG_UNSETTLED);
    talk_end(&t);
}

static void a_quarter_of_a_second_is_noise(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    t.held = 200 * SSK_MS;
    tcp_ping(&c);
    tcp_pong(&c);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, SSK_S);
    tcp_beats(&c, 3, SSK_S);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_TS_LAG), ==, 0);
    talk_end(&t);
}

static void different_stamps_of_the_silence_are_counted(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    uint32_t echo[3];
    for (unsigned i = 0; i < 3; i++) {
        talk_wait(&t, 2 * SSK_S);
        tcp_ping(&c);
        echo[i] = c.echo[SERVER];
    }
    talk_wait(&t, 2 * SSK_S);
    for (unsigned i = 0; i < 4; i++) {
        c.echo[SERVER] = echo[i % 3]; /* the first one twice */
        tcp_raw(&c, SERVER, ACK, c.next[SERVER], c.heard[SERVER] + 1 + i, NULL, 0);
    }
    talk_wait(&t, SSK_S);
    tcp_ack(&c, SERVER);
    ssk_fact fact = talk_fact(&t, SSK_FACT_TS_ECHO);
    g_assert_cmpint(fact.dir, ==, SSK_B);
    g_assert_cmpint(fact.echoes.timestamps, ==, 3);
    talk_end(&t);
}

static void without_the_option_nothing_is_told(void)
{
    talk t;
    talk_begin(&t);
    t.timestamps = false;
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    talk_wait(&t, 30 * SSK_S);
    tcp_beats(&c, 3, SSK_S);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_TS_LAG) + talk_count(&t, SSK_FACT_TS_ECHO), ==, 0);
    talk_end(&t);
}

static void a_handshake_of_a_century_overflows_nothing(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    t.now = -SSK_TIME_MAX;
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    tcp_arrives(&c, CLIENT);
    t.now = SSK_TIME_MAX - SSK_HOUR;
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    tcp_ack(&c, CLIENT);
    tcp_beats(&c, 8, SSK_S);
    t.now = -SSK_TIME_MAX;
    for (int i = 0; i < 3; i++) {
        tcp_ping(&c);
        tcp_pong(&c);
        talk_wait(&t, 10 * SSK_S);
    }
    g_assert_cmpuint(talk_count(&t, SSK_FACT_TS_ECHO), ==, 0);
    talk_end(&t);
}

static void a_leap_from_end_to_end_is_a_lag_that_fits(void)
{
    talk t;
    talk_begin(&t);
    t.now = -SSK_TIME_MAX;
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    t.now = SSK_TIME_MAX - SSK_HOUR;
    tcp_beats(&c, 5, SSK_S);
    GArray *lags = talk_facts(&t, SSK_FACT_TS_LAG);
    g_assert_cmpuint(lags->len, ==, 2); /* of either side */
    for (guint i = 0; i < lags->len; i++)
        g_assert_cmpint(ABS(g_array_index(lags, ssk_fact, i).lag.stayed), ==, SSK_TIME_MAX);
    g_array_free(lags, TRUE);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter timestamp/a frame that waited is late for once",
                    a_frame_that_waited_is_late_for_once);
    g_test_add_func("/meter timestamp/a clock that stood still stays behind",
                    a_clock_that_stood_still_stays_behind);
    g_test_add_func("/meter timestamp/too few packets after it leave it unsettled",
                    too_few_packets_after_it_leave_it_unsettled);
    g_test_add_func("/meter timestamp/a quarter of a second is noise",
                    a_quarter_of_a_second_is_noise);
    g_test_add_func("/meter timestamp/different stamps of the silence are counted",
                    different_stamps_of_the_silence_are_counted);
    g_test_add_func("/meter timestamp/without the option nothing is told",
                    without_the_option_nothing_is_told);
    g_test_add_func("/meter timestamp/a handshake of a century overflows nothing",
                    a_handshake_of_a_century_overflows_nothing);
    g_test_add_func("/meter timestamp/a leap from end to end is a lag that fits",
                    a_leap_from_end_to_end_is_a_lag_that_fits);
    return g_test_run();
}
