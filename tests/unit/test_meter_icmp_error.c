/* test_meter_icmp_error.c - SSK_FACT_ICMP: errors that quote a packet.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void the_quoted_packet_is_named(void)
{
    talk t;
    talk_begin(&t);
    talk_unreachable(&t, 1, 3, 5, 41000, 1, 6000);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ICMP);
    g_assert_cmpuint(fact.icmp.type, ==, 3);
    g_assert_cmpuint(fact.icmp.code, ==, 3);
    g_assert_cmpuint(fact.icmp.source_port, ==, 41000);
    g_assert_cmpuint(fact.icmp.destination_port, ==, 6000);
    g_assert_cmpuint(fact.host.bytes[3], ==, 5);
    g_assert_cmpuint(fact.peer.bytes[3], ==, 1);
    g_assert_cmpuint(fact.icmp.version, ==, 4);
    talk_end(&t);
}

static void who_sent_it_is_told(void)
{
    talk t;
    talk_begin(&t);
    talk_unreachable(&t, 9, 13, 5, 41000, 1, 6000);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ICMP);
    g_assert_cmpuint(fact.icmp.reporter[3], ==, 9);
    g_assert_false(fact.icmp.by_destination);
    talk_end(&t);
    talk_begin(&t);
    talk_unreachable(&t, 1, 3, 5, 41000, 1, 6000);
    g_assert_true(talk_fact(&t, SSK_FACT_ICMP).icmp.by_destination);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter icmp error/the quoted packet is named", the_quoted_packet_is_named);
    g_test_add_func("/meter icmp error/who sent it is told", who_sent_it_is_told);
    return g_test_run();
}
