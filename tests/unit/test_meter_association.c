/* test_meter_association.c - SSK_FACT_ASSOCIATION: a station joins or moves.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void eapol(talk *t, unsigned station)
{
    uint8_t frame[60] = {0};
    put_mac(frame, 77);
    put_mac(frame + 6, station);
    put16(frame + 12, 0x888e);
    talk_feed(t, frame, sizeof frame);
}

static void signs_within_two_seconds_are_one_event(void)
{
    talk t;
    talk_begin(&t);
    eapol(&t, 5);
    talk_wait(&t, SSK_S);
    talk_dhcp(&t, 5);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ASSOCIATION);
    g_assert_cmpuint(fact.flags, ==, SSK_ASSOCIATION_EAPOL | SSK_ASSOCIATION_DHCP);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    talk_end(&t);
}

static void further_apart_they_are_two(void)
{
    talk t;
    talk_begin(&t);
    eapol(&t, 5);
    talk_wait(&t, 2 * SSK_S + SSK_MS);
    eapol(&t, 5);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_ASSOCIATION), ==, 2);
    talk_end(&t);
}

static void who_renews_its_lease_does_not_join(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 5, 68, 1, 67, 300);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_ASSOCIATION), ==, 0);
    talk_end(&t);
}

static void a_server_of_dhcp_does_not_join(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 1, 67, 5, 68, 300);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_ASSOCIATION), ==, 0);
    talk_end(&t);
}

static void an_association_request_is_a_sign(void)
{
    talk t;
    talk_begin(&t);
    t.linktype = 105;
    uint8_t frame[40] = {0x00}; /* management, association request */
    put_mac(frame + 4, 77);
    put_mac(frame + 10, 5);
    put_mac(frame + 16, 77);
    talk_feed(&t, frame, sizeof frame);
    g_assert_cmpuint(talk_fact(&t, SSK_FACT_ASSOCIATION).flags, ==, SSK_ASSOCIATION_FRAME);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter association/signs within two seconds are one event",
                    signs_within_two_seconds_are_one_event);
    g_test_add_func("/meter association/further apart they are two", further_apart_they_are_two);
    g_test_add_func("/meter association/who renews its lease does not join",
                    who_renews_its_lease_does_not_join);
    g_test_add_func("/meter association/a server of dhcp does not join",
                    a_server_of_dhcp_does_not_join);
    g_test_add_func("/meter association/an association request is a sign",
                    an_association_request_is_a_sign);
    return g_test_run();
}
