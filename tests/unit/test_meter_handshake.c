/* test_meter_handshake.c - SSK_FACT_HANDSHAKE: which side answers at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void both_turns_are_measured(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    tcp_arrives(&c, CLIENT);
    talk_wait(&t, 50 * SSK_US);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    talk_wait(&t, 30 * SSK_MS);
    tcp_ack(&c, CLIENT);
    ssk_fact fact = talk_fact(&t, SSK_FACT_HANDSHAKE);
    g_assert_cmpint(fact.dir, ==, SSK_A);
    g_assert_cmpint(fact.handshake.server_turn, ==, 50 * SSK_US);
    g_assert_cmpint(fact.handshake.client_turn, ==, 30 * SSK_MS);
    talk_end(&t);
}

/* RFC 6298, section 3: which SYN was answered is a guess. */
static void a_repeated_syn_tells_nothing(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    talk_wait(&t, SSK_S);
    tcp_again(&c, CLIENT);
    tcp_arrives(&c, CLIENT);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    tcp_ack(&c, CLIENT);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_HANDSHAKE), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter handshake/both turns are measured", both_turns_are_measured);
    g_test_add_func("/meter handshake/a repeated SYN tells nothing", a_repeated_syn_tells_nothing);
    return g_test_run();
}
