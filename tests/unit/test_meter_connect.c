/* test_meter_connect.c - SSK_FACT_CONNECT: how handshakes went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static connection syns(talk *t, unsigned count)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    for (unsigned i = 1; i < count; i++) {
        talk_wait(t, SSK_S);
        tcp_again(&c, CLIENT);
    }
    talk_wait(t, SSK_MS);
    return c;
}

static void syns_are_counted_until_one_is_answered(void)
{
    talk t;
    connection c = syns(&t, 3);
    tcp_arrives(&c, CLIENT);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CONNECT);
    g_assert_cmpint(fact.connect.syns, ==, 3);
    g_assert_cmpint(fact.connect.outcome, ==, SSK_CONNECT_ANSWERED);
    g_assert_cmpint(fact.end - fact.start, ==, 2 * SSK_S + SSK_MS);
    g_assert_cmpuint(fact.frame_last, ==, t.frame);
    talk_end(&t);
}

static void a_rst_of_the_other_side_is_a_refusal(void)
{
    talk t;
    connection c = syns(&t, 1);
    tcp_raw(&c, SERVER, RST | ACK, 0, c.next[CLIENT], NULL, 0);
    g_assert_cmpint(talk_fact(&t, SSK_FACT_CONNECT).connect.outcome, ==, SSK_CONNECT_REFUSED);
    talk_end(&t);
}

static void the_openers_own_rst_is_none(void)
{
    talk t;
    connection c = syns(&t, 2);
    tcp_raw(&c, CLIENT, RST, c.next[CLIENT], 0, NULL, 0);
    g_assert_cmpint(talk_fact(&t, SSK_FACT_CONNECT).connect.outcome, ==, SSK_CONNECT_UNANSWERED);
    talk_end(&t);
}

static void without_an_answer_it_stays_open(void)
{
    talk t;
    syns(&t, 4);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CONNECT);
    g_assert_true(fact.open);
    g_assert_cmpint(fact.connect.outcome, ==, SSK_CONNECT_UNANSWERED);
    talk_end(&t);
}

/* RFC 9293, 3.5.1: a peer that missed the end of the last connection. */
static void an_old_connections_segment_is_no_answer(void)
{
    talk t;
    connection c = syns(&t, 1);
    tcp_raw(&c, SERVER, ACK, 77777, 55555, NULL, 0);
    g_assert_true(talk_fact(&t, SSK_FACT_CONNECT).open);
    talk_end(&t);
}

/* Likewise: the opener resets the old connection, and goes on with this attempt. */
static void the_reset_of_an_old_connection_ends_no_attempt(void)
{
    talk t;
    connection c = syns(&t, 1);
    tcp_raw(&c, SERVER, ACK, 77777, 55555, NULL, 0);
    tcp_raw(&c, CLIENT, RST | ACK, 55555, 77777, NULL, 0);
    talk_wait(&t, SSK_S);
    tcp_again(&c, CLIENT);
    tcp_arrives(&c, CLIENT);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CONNECT);
    g_assert_cmpint(fact.connect.syns, ==, 2);
    g_assert_cmpint(fact.connect.outcome, ==, SSK_CONNECT_ANSWERED);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter connect/SYNs are counted until one is answered",
                    syns_are_counted_until_one_is_answered);
    g_test_add_func("/meter connect/a RST of the other side is a refusal",
                    a_rst_of_the_other_side_is_a_refusal);
    g_test_add_func("/meter connect/the opener's own RST is none", the_openers_own_rst_is_none);
    g_test_add_func("/meter connect/without an answer it stays open",
                    without_an_answer_it_stays_open);
    g_test_add_func("/meter connect/an old connection's segment is no answer",
                    an_old_connections_segment_is_no_answer);
    g_test_add_func("/meter connect/the reset of an old connection ends no attempt",
                    the_reset_of_an_old_connection_ends_no_attempt);
    return g_test_run();
}
