/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/conversation.h"

/* What a mirror port adds to each frame between two instants. */
static void mirror(talk *t, connection *c, int from)
{
    t->ip_id--;
    talk_wait(t, 40 * SSK_US);
    tcp_again(c, from);
}

static void test_mirrored_packets_are_counted_and_do_nothing(void)
{
    for (unsigned family = 4; family <= 6; family += 2) {
        talk t;
        talk_begin(&t);
        t.family = family;
        connection c = talk_connection(&t, 5, 1, 7000);
        tcp_connect(&c);
        for (int i = 0; i < 20; i++) {
            tcp_ping(&c);
            mirror(&t, &c, CLIENT);
            tcp_pong(&c);
            mirror(&t, &c, SERVER);
            talk_wait(&t, SSK_S);
        }
        ssk_result *result = ssk_engine_snapshot(t.engine);
        const ssk_result_direction *client = &result->flows[0].dir[SSK_A];
        g_assert_cmpuint(client->packets, ==, 42);
        g_assert_cmpuint(client->payload_packets, ==, 40);
        g_assert_cmpuint(client->payload_copies, ==, 20);
        g_assert_cmpuint(client->retransmitted_packets, ==, 0);
        g_assert_cmpuint(result->flows[0].keepalive->pings, ==, 20);
        g_assert_cmpuint(result->n_measurement, ==, 1);
        g_assert_cmpstr(ssk_cause_text(result->measurement[0].id), ==, "mirror-duplicates");
        ssk_result_free(result);
        talk_end(&t);
    }
}

static void test_a_retransmission_is_no_copy(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_ping(&c);
    talk_wait(&t, SSK_MS);
    tcp_again(&c, CLIENT); /* at once, but with an identification of its own */
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].retransmitted_packets, ==, 1);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].payload_copies, ==, 0);
    ssk_result_free(result);
    talk_end(&t);
}

static void test_the_same_packet_later_is_no_copy(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_ping(&c);
    talk_wait(&t, 3 * SSK_MS);
    t.ip_id--;
    tcp_again(&c, CLIENT);
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].payload_copies, ==, 0);
    ssk_result_free(result);
    talk_end(&t);
}

static void test_a_doubled_question_is_asked_once(void)
{
    talk t;
    talk_begin(&t);
    for (int i = 0; i < 2; i++) {
        talk_arp(&t, 1, 5, 9);
        talk_wait(&t, 40 * SSK_US);
        talk_arp(&t, 1, 5, 9);
        talk_wait(&t, SSK_S);
    }
    g_assert_cmpint(talk_fact(&t, SSK_FACT_ARP).arp.questions, ==, 2);
    talk_end(&t);
}

static void test_datagrams_without_number_are_never_copies(void)
{
    talk t;
    talk_begin(&t);
    t.family = 6;
    talk_udp(&t, 5, 4000, 1, 4000, 100);
    talk_udp(&t, 5, 4000, 1, 4000, 100);
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].packets, ==, 2);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].payload_copies, ==, 0);
    ssk_result_free(result);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/copies/mirrored packets are counted and do nothing",
                    test_mirrored_packets_are_counted_and_do_nothing);
    g_test_add_func("/copies/a retransmission is no copy", test_a_retransmission_is_no_copy);
    g_test_add_func("/copies/the same packet later is no copy",
                    test_the_same_packet_later_is_no_copy);
    g_test_add_func("/copies/a doubled question is asked once",
                    test_a_doubled_question_is_asked_once);
    g_test_add_func("/copies/datagrams without number are never copies",
                    test_datagrams_without_number_are_never_copies);
    return g_test_run();
}
