/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/conversation.h"

static void exchange(connection *c, unsigned number, const char *record)
{
    char ping[32], pong[32];
    g_snprintf(ping, sizeof ping, "PING %u\n", number);
    g_snprintf(pong, sizeof pong, "PONG %u\n", number);
    c->t->plain = ping;
    tcp_text(c, CLIENT, record);
    tcp_arrives(c, CLIENT);
    talk_wait(c->t, 3 * SSK_MS);
    c->t->plain = pong;
    tcp_text(c, SERVER, record);
    tcp_arrives(c, SERVER);
    talk_wait(c->t, SSK_S);
}

static void test_read_from_what_the_host_decrypted(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 8443);
    tcp_connect(&c);
    for (unsigned i = 0; i < 10; i++)
        exchange(&c, i, "\x17\x03\x03 cipher text, whatever it is");
    ssk_result *result = ssk_engine_snapshot(t.engine);
    const ssk_result_flow *flow = &result->flows[0];
    g_assert_true(flow->decrypted);
    g_assert_nonnull(flow->keepalive);
    g_assert_cmpstr(flow->keepalive->profile, ==, "text-lines");
    g_assert_cmpuint(flow->keepalive->pings, ==, 10);
    g_assert_cmpuint(flow->keepalive->pongs, ==, 10);
    g_assert_cmpint(flow->keepalive->rtt_max, ==, 3 * SSK_MS);
    ssk_result_free(result);
    talk_end(&t);
}

static void test_takes_the_place_of_the_wire(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 8443);
    tcp_connect(&c);
    tcp_beats(&c, 6, SSK_S);
    for (unsigned i = 100; i < 106; i++)
        exchange(&c, i, "PING 7\n");
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_true(result->flows[0].decrypted);
    g_assert_cmpuint(result->flows[0].keepalive->pings, ==, 12);
    ssk_result_free(result);
    talk_end(&t);
}

static void test_without_it_nothing_is_said(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 6, SSK_S);
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_false(result->flows[0].decrypted);
    g_assert_cmpuint(result->flows[0].keepalive->pings, ==, 6);
    ssk_result_free(result);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plain/Messages are read from what the host decrypted",
                    test_read_from_what_the_host_decrypted);
    g_test_add_func("/plain/It takes the place of the bytes on the wire",
                    test_takes_the_place_of_the_wire);
    g_test_add_func("/plain/Without it no flow is called decrypted",
                    test_without_it_nothing_is_said);
    return g_test_run();
}
