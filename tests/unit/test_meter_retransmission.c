/* test_meter_retransmission.c - SSK_FACT_RETRANSMISSIONS: runs that nobody acknowledged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static connection begin(talk *t)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 3, SSK_S);
    tcp_ping(&c);
    return c;
}

/* 0.3, 0.6, 1.2 s ... */
static void backs_off(connection *c, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        talk_wait(c->t, 300 * SSK_MS << i);
        tcp_again(c, CLIENT);
    }
}

static void a_run_keeps_its_count_and_its_last_interval(void)
{
    talk t;
    connection c = begin(&t);
    backs_off(&c, 4);
    ssk_fact fact = talk_fact(&t, SSK_FACT_RETRANSMISSIONS);
    g_assert_cmpint(fact.dir, ==, SSK_A);
    g_assert_cmpint(fact.retransmissions.packets, ==, 4);
    g_assert_cmpint(fact.retransmissions.interval, ==,
                    2400 * SSK_MS); /* the next one is due twice as long after it */
    g_assert_true(fact.open);
    talk_end(&t);
}

static void an_acknowledgment_ends_it(void)
{
    talk t;
    connection c = begin(&t);
    backs_off(&c, 3);
    tcp_pong(&c);
    ssk_fact fact = talk_fact(&t, SSK_FACT_RETRANSMISSIONS);
    g_assert_cmpuint(fact.flags, ==, SSK_RETRANSMISSION_ACKED);
    g_assert_false(fact.open);
    talk_end(&t);
}

static void an_acknowledgment_that_did_not_arrive_does_not_end_it(void)
{
    talk t;
    connection c = begin(&t);
    backs_off(&c, 2);
    tcp_pong(&c); /* seen here, lost further on */
    backs_off(&c, 2);
    ssk_fact fact = talk_fact(&t, SSK_FACT_RETRANSMISSIONS);
    g_assert_cmpint(fact.retransmissions.packets, ==, 4);
    g_assert_cmpuint(fact.flags, ==, 0);
    g_assert_true(fact.open);
    talk_end(&t);
}

static void what_lies_behind_the_acknowledgment_is_another_run(void)
{
    talk t;
    connection c = begin(&t);
    tcp_pong(&c);
    backs_off(&c, 1); /* in vain: it had been acknowledged */
    tcp_ping(&c);
    backs_off(&c, 3);
    g_assert_cmpint(talk_fact(&t, SSK_FACT_RETRANSMISSIONS).retransmissions.packets, ==, 3);
    talk_end(&t);
}

static void one_that_is_acknowledged_is_everyday_life(void)
{
    talk t;
    connection c = begin(&t);
    backs_off(&c, 1);
    tcp_pong(&c);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_RETRANSMISSIONS), ==, 0);
    talk_end(&t);
}

static void a_fin_is_marked(void)
{
    talk t;
    connection c = begin(&t);
    tcp_pong(&c);
    tcp_ack(&c, CLIENT);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    backs_off(&c, 2);
    g_assert_cmpuint(talk_fact(&t, SSK_FACT_RETRANSMISSIONS).flags, ==, SSK_RETRANSMISSION_FIN);
    talk_end(&t);
}

static void a_keepalive_is_none(void)
{
    talk t;
    connection c = begin(&t);
    tcp_pong(&c);
    tcp_ack(&c, CLIENT);
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, SSK_S);
        tcp_raw(&c, CLIENT, ACK, c.next[CLIENT] - 1, c.heard[CLIENT], NULL, 0);
    }
    g_assert_cmpuint(talk_count(&t, SSK_FACT_RETRANSMISSIONS), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter retransmission/a run keeps its count and its last interval",
                    a_run_keeps_its_count_and_its_last_interval);
    g_test_add_func("/meter retransmission/an acknowledgment ends it", an_acknowledgment_ends_it);
    g_test_add_func("/meter retransmission/an acknowledgment that did not arrive does not end it",
                    an_acknowledgment_that_did_not_arrive_does_not_end_it);
    g_test_add_func("/meter retransmission/what lies behind the acknowledgment is another run",
                    what_lies_behind_the_acknowledgment_is_another_run);
    g_test_add_func("/meter retransmission/one that is acknowledged is everyday life",
                    one_that_is_acknowledged_is_everyday_life);
    g_test_add_func("/meter retransmission/a FIN is marked", a_fin_is_marked);
    g_test_add_func("/meter retransmission/a keep-alive is none", a_keepalive_is_none);
    return g_test_run();
}
