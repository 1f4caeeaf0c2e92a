/* test_meter_silence.c - SSK_FACT_SILENCE: a direction that owed a message, and what ended it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* Of the client; kind 0: none. */
static ssk_fact of_client(talk *t)
{
    GArray *found = talk_facts(t, SSK_FACT_SILENCE);
    ssk_fact fact = {0};
    for (guint i = 0; i < found->len && !fact.kind; i++)
        if (g_array_index(found, ssk_fact, i).dir == SSK_A)
            fact = g_array_index(found, ssk_fact, i);
    g_array_free(found, TRUE);
    return fact;
}

static void three_periods_are_still_ordinary(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 2 * SSK_S); /* 3 s since the last ping */
    tcp_ping(&c);
    g_assert_cmpint(of_client(&t).kind, ==, 0);
    talk_end(&t);
    c = talk_in_rhythm(&t);
    talk_wait(&t, 2 * SSK_S + 100 * SSK_MS);
    tcp_ping(&c);
    ssk_fact fact = of_client(&t);
    g_assert_cmpint(fact.silence.ended_by, ==, SSK_END_MESSAGE);
    g_assert_cmpint(fact.end - fact.start, ==, 3100 * SSK_MS);
    g_assert_cmpint(fact.silence.period, ==, SSK_S);
    talk_end(&t);
}

static void min_gap_is_the_least(void)
{
    talk t;
    talk_begin(&t);
    talk_set(&t, "min_gap", "5s");
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    talk_wait(&t, 4 * SSK_S);
    tcp_ping(&c);
    g_assert_cmpint(of_client(&t).kind, ==, 0);
    talk_end(&t);
}

static void retransmissions_and_keepalives_do_not_end_it(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    for (unsigned i = 0; i < 8; i++) {
        tcp_again(&c, CLIENT);
        tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
        tcp_raw(&c, CLIENT, ACK, c.next[CLIENT], c.heard[CLIENT], NULL, 0);
        talk_wait(&t, SSK_S);
    }
    tcp_ping(&c);
    ssk_fact fact = of_client(&t);
    g_assert_cmpint(fact.end - fact.start, ==, 9 * SSK_S);
    talk_end(&t);
}

static void a_bare_ack_after_it_was_overdue_ends_the_last_one(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 9 * SSK_S);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&t, SSK_S);
    tcp_ack(&c, CLIENT);
    ssk_time_ns heard = t.now;
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 5, 4000, 1, 4001, 5);
    ssk_fact fact = of_client(&t);
    g_assert_cmpint(fact.silence.ended_by, ==, SSK_END_HEARD);
    g_assert_cmpint(fact.end, ==, heard);
    talk_end(&t);
}

static void the_close_ends_it_where_nothing_was_heard(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 9 * SSK_S);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    ssk_time_ns closed = t.now;
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 5, 4000, 1, 4001, 5);
    ssk_fact fact = of_client(&t);
    g_assert_cmpint(fact.silence.ended_by, ==, SSK_END_CLOSE);
    g_assert_cmpint(fact.end, ==, closed);
    talk_end(&t);
}

static void without_either_it_is_open(void)
{
    talk t;
    talk_in_rhythm(&t);
    talk_wait(&t, 9 * SSK_S);
    talk_udp(&t, 5, 4000, 1, 4001, 5);
    ssk_fact fact = of_client(&t);
    g_assert_cmpint(fact.silence.ended_by, ==, SSK_END_OPEN);
    g_assert_cmpint(fact.end, ==, t.now);
    g_assert_cmpuint(fact.frame_last, ==, 0);
    talk_end(&t);
}

static void its_own_fin_in_time_is_orderly(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 5, 4000, 1, 4001, 5);
    g_assert_cmpint(of_client(&t).kind, ==, 0);
    talk_end(&t);
}

static void other_new_packets_make_it_a_silence_of_the_application(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    for (unsigned i = 0; i < 6; i++) {
        tcp_text(&c, SERVER, "TIME 2025-03-24T18:34:16Z\n");
        talk_wait(&t, SSK_MS);
        tcp_ack(&c, CLIENT);
        talk_wait(&t, SSK_S);
    }
    tcp_ping(&c);
    g_assert_true(of_client(&t).flags & SSK_SILENCE_NEWS);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter silence/three periods are still ordinary",
                    three_periods_are_still_ordinary);
    g_test_add_func("/meter silence/min_gap is the least", min_gap_is_the_least);
    g_test_add_func("/meter silence/retransmissions and keep-alives do not end it",
                    retransmissions_and_keepalives_do_not_end_it);
    g_test_add_func("/meter silence/a bare ACK after it was overdue ends the last one",
                    a_bare_ack_after_it_was_overdue_ends_the_last_one);
    g_test_add_func("/meter silence/the close ends it where nothing was heard",
                    the_close_ends_it_where_nothing_was_heard);
    g_test_add_func("/meter silence/without either it is open", without_either_it_is_open);
    g_test_add_func("/meter silence/its own FIN in time is orderly",
                    its_own_fin_in_time_is_orderly);
    g_test_add_func("/meter silence/other new packets make it a silence of the application",
                    other_new_packets_make_it_a_silence_of_the_application);
    return g_test_run();
}
