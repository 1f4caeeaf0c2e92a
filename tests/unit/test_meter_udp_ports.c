/* test_meter_udp_ports.c - SSK_FACT_UDP_PORTS: how fast a host opens source ports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static ssk_fact opened(talk *t, unsigned count, ssk_span_ns apart, uint16_t to_port)
{
    ssk_fact fact = {0};
    talk_begin(t);
    for (unsigned i = 0; i < count; i++, talk_wait(t, apart))
        talk_udp(t, 5, (uint16_t)(20000 + i), 1, to_port, 8);
    GArray *found = talk_facts(t, SSK_FACT_UDP_PORTS);
    if (found->len)
        fact = g_array_index(found, ssk_fact, 0);
    g_array_free(found, TRUE);
    return fact;
}

static void the_worst_minute_and_the_worst_second(void)
{
    talk t;
    ssk_fact fact = opened(&t, 300, 250 * SSK_MS, 6000);
    g_assert_cmpuint(fact.udp_ports.ports, ==, 300);
    g_assert_cmpuint(fact.udp_ports.in_minute, ==, 240);
    g_assert_cmpuint(fact.udp_ports.in_second, ==, 4);
    g_assert_cmpuint(fact.host.bytes[3], ==, 5);
    talk_end(&t);
}

static void questions_to_a_resolver_are_left_out(void)
{
    talk t;
    g_assert_cmpuint(opened(&t, 50, SSK_MS, 53).kind, ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter udp ports/the worst minute and the worst second",
                    the_worst_minute_and_the_worst_second);
    g_test_add_func("/meter udp ports/questions to a resolver are left out",
                    questions_to_a_resolver_are_left_out);
    return g_test_run();
}
