/* test_meter_close.c - SSK_FACT_CLOSE: the first FIN and the first RST of each side.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static connection begin(talk *t)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_connect(&c);
    return c;
}

static void a_fin_is_told_once_per_side(void)
{
    talk t;
    connection c = begin(&t);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&t, 300 * SSK_MS);
    tcp_again(&c, SERVER);
    tcp_arrives(&c, SERVER);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    GArray *found = talk_facts(&t, SSK_FACT_CLOSE);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpint(g_array_index(found, ssk_fact, 0).dir, ==, SSK_B);
    g_assert_cmpint(g_array_index(found, ssk_fact, 0).close.reset, ==, 0);
    g_assert_cmpint(g_array_index(found, ssk_fact, 1).dir, ==, SSK_A);
    g_array_free(found, TRUE);
    talk_end(&t);
}

static void a_rst_after_a_fin_is_told_too(void)
{
    talk t;
    connection c = begin(&t);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    tcp_send(&c, SERVER, RST | ACK, NULL, 0);
    tcp_send(&c, SERVER, RST | ACK, NULL, 0);
    GArray *found = talk_facts(&t, SSK_FACT_CLOSE);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpint(g_array_index(found, ssk_fact, 1).close.reset, ==, 1);
    g_array_free(found, TRUE);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter close/a FIN is told once per side", a_fin_is_told_once_per_side);
    g_test_add_func("/meter close/a RST after a FIN is told too, once",
                    a_rst_after_a_fin_is_told_too);
    return g_test_run();
}
