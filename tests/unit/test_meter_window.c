/* test_meter_window.c - SSK_FACT_ZERO_WINDOW: a receiver that closes its window, and the probes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static connection closed(talk *t, unsigned probes)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_connect(&c);
    c.window[CLIENT] = 0;
    tcp_ack(&c, CLIENT);
    for (unsigned i = 0; i < probes; i++) {
        talk_wait(t, SSK_S);
        tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
        talk_wait(t, SSK_MS);
        tcp_raw(&c, CLIENT, ACK, c.next[CLIENT], c.heard[CLIENT], NULL, 0);
    }
    return c;
}

static void the_probes_of_the_other_side_are_counted(void)
{
    talk t;
    connection c = closed(&t, 4);
    c.window[CLIENT] = 500;
    talk_wait(&t, SSK_S);
    tcp_ack(&c, CLIENT);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ZERO_WINDOW);
    g_assert_cmpint(fact.dir, ==, SSK_A);
    g_assert_cmpint(fact.window.probes, ==, 4);
    g_assert_cmpint(fact.end - fact.start, ==, 5 * SSK_S + 4 * SSK_MS);
    g_assert_false(fact.open);
    talk_end(&t);
}

static void one_that_never_opens_again_is_open_to_the_end(void)
{
    talk t;
    closed(&t, 2);
    g_assert_true(talk_fact(&t, SSK_FACT_ZERO_WINDOW).open);
    talk_end(&t);
}

static void a_reset_announces_no_window(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_send(&c, CLIENT, RST | ACK, NULL, 0);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_ZERO_WINDOW), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter window/the probes of the other side are counted",
                    the_probes_of_the_other_side_are_counted);
    g_test_add_func("/meter window/one that never opens again is open to the end",
                    one_that_never_opens_again_is_open_to_the_end);
    g_test_add_func("/meter window/a RST announces no window", a_reset_announces_no_window);
    return g_test_run();
}
