/* test_meter_host.c - SSK_FACT_HOST, SSK_FACT_HOST_SILENCE and SSK_FACT_CAPTURE_SILENCE: who was heard when.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void an_address_is_told_once_with_its_mac(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 3; i++)
        talk_udp(&t, 5, 4000, 1, 4001, 8);
    ssk_fact fact = talk_fact(&t, SSK_FACT_HOST);
    g_assert_cmpuint(fact.host.bytes[3], ==, 5);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    g_assert_cmpint(fact.sighting.has_mac, ==, 1);
    talk_end(&t);
}

static void a_host_that_is_heard_again(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    ssk_time_ns last = t.now - SSK_S + 2 * SSK_MS;
    for (unsigned i = 0; i < 6; i++) { /* another one goes on */
        talk_udp(&t, 9, 4000, 1, 4001, 8);
        talk_wait(&t, SSK_S);
    }
    ssk_time_ns again = t.now;
    tcp_ping(&c);
    GArray *found = talk_facts(&t, SSK_FACT_HOST_SILENCE);
    bool seen = false;
    for (guint i = 0; i < found->len; i++) {
        ssk_fact fact = g_array_index(found, ssk_fact, i);
        seen |= fact.host.bytes[3] == 5 && fact.start == last && fact.end == again && !fact.open;
    }
    g_assert_true(seen);
    g_array_free(found, TRUE);
    talk_end(&t);
}

static void arp_is_no_sign_of_life_here(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    for (unsigned i = 0; i < 5; i++) {
        talk_wait(&t, SSK_S);
        talk_arp(&t, 2, 5, 1);
    }
    GArray *found = talk_facts(&t, SSK_FACT_HOST_SILENCE);
    g_assert_cmpuint(found->len, ==, 1);
    g_assert_true(g_array_index(found, ssk_fact, 0).open);
    g_array_free(found, TRUE);
    talk_end(&t);
}

static void who_was_seen_in_arp_alone_is_told_again_once_it_speaks(void)
{
    talk t;
    talk_begin(&t);
    talk_arp(&t, 2, 5, 1);
    g_assert_cmpuint(talk_fact(&t, SSK_FACT_HOST).flags & SSK_HOST_BY_IP, ==, 0);
    for (unsigned i = 0; i < 3; i++)
        talk_udp(&t, 5, 4000, 1, 4001, 8);
    GArray *found = talk_facts(&t, SSK_FACT_HOST);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_true(g_array_index(found, ssk_fact, 1).flags & SSK_HOST_BY_IP);
    g_array_free(found, TRUE);
    talk_end(&t);
}

static void nobody_at_all_is_heard(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    talk_wait(&t, 5 * SSK_S);
    talk_udp(&t, 9, 4000, 1, 4001, 8);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CAPTURE_SILENCE);
    g_assert_cmpint(fact.end - fact.start, ==, 5 * SSK_S);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter host/an address is told once with its mac",
                    an_address_is_told_once_with_its_mac);
    g_test_add_func("/meter host/a host that is heard again", a_host_that_is_heard_again);
    g_test_add_func("/meter host/arp is no sign of life here", arp_is_no_sign_of_life_here);
    g_test_add_func("/meter host/who was seen in ARP alone is told again once it speaks",
                    who_was_seen_in_arp_alone_is_told_again_once_it_speaks);
    g_test_add_func("/meter host/nobody at all is heard", nobody_at_all_is_heard);
    return g_test_run();
}
