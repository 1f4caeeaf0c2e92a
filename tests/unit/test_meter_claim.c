/* test_meter_claim.c - SSK_FACT_CLAIM and SSK_FACT_CLAIMS_TWO: who says whose address it is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void an_address_that_comes_back_is_counted(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 4; i++, talk_wait(&t, SSK_S))
        talk_arp_as(&t, i % 2 ? 6 : 5, 2, 5, 9);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CLAIM);
    g_assert_cmpuint(fact.host.bytes[3], ==, 5);
    g_assert_cmpint(fact.claim.turns, ==, 2); /* 5, 6, back to 5, back to 6 */
    talk_end(&t);
}

static void one_that_moves_once_is_not(void)
{
    talk t;
    talk_begin(&t);
    talk_arp_as(&t, 5, 2, 5, 9);
    talk_arp_as(&t, 6, 2, 5, 9);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_CLAIM), ==, 0);
    talk_end(&t);
}

static void a_probe_that_is_answered_by_another(void)
{
    talk t;
    talk_begin(&t);
    talk_arp_as(&t, 6, 1, 0, 5); /* RFC 5227: from nowhere */
    talk_wait(&t, SSK_S);
    talk_arp_as(&t, 5, 2, 5, 6);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CLAIM);
    g_assert_cmpuint(fact.flags, ==, SSK_CLAIM_PROBED);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    talk_end(&t);
}

static void two_addresses_of_one_mac_by_turns(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 6; i++, talk_wait(&t, SSK_S))
        talk_arp_as(&t, 5, 2, i % 2 ? 15 : 5, 9);
    ssk_fact fact = talk_fact(&t, SSK_FACT_CLAIMS_TWO);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    g_assert_cmpint(fact.claim.turns, >=, 2);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter claim/an address that comes back is counted",
                    an_address_that_comes_back_is_counted);
    g_test_add_func("/meter claim/one that moves once is not", one_that_moves_once_is_not);
    g_test_add_func("/meter claim/a probe that is answered by another",
                    a_probe_that_is_answered_by_another);
    g_test_add_func("/meter claim/two addresses of one mac by turns",
                    two_addresses_of_one_mac_by_turns);
    return g_test_run();
}
