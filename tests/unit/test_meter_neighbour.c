/* test_meter_neighbour.c - SSK_FACT_ARP: who was sought, who answered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void a_question_and_its_answer(void)
{
    talk t;
    talk_begin(&t);
    talk_arp(&t, 1, 1, 5);
    talk_wait(&t, SSK_MS);
    talk_arp(&t, 2, 5, 1);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ARP);
    g_assert_cmpint(fact.arp.questions, ==, 1);
    g_assert_cmpint(fact.arp.answered, ==, 1);
    g_assert_cmpuint(fact.host.bytes[3], ==, 5);
    g_assert_cmpuint(fact.peer.bytes[3], ==, 1);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    talk_end(&t);
}

static void questions_in_vain_are_counted_together(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 4; i++, talk_wait(&t, SSK_S))
        talk_arp(&t, 1, 1, 5);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ARP);
    g_assert_cmpint(fact.arp.questions, ==, 4);
    g_assert_cmpint(fact.arp.answered, ==, 0);
    talk_end(&t);
}

/* The ones before stayed unanswered: that is what a host that comes back shows. */
static void a_late_answer_answers_the_last_question(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 4; i++) {
        talk_arp(&t, 1, 1, 5);
        talk_wait(&t, i < 3 ? SSK_S : SSK_MS);
    }
    talk_arp(&t, 2, 5, 1);
    GArray *found = talk_facts(&t, SSK_FACT_ARP);
    g_assert_cmpuint(found->len, ==, 2);
    g_assert_cmpint(g_array_index(found, ssk_fact, 0).arp.questions, ==, 3);
    g_assert_cmpint(g_array_index(found, ssk_fact, 0).arp.answered, ==, 0);
    g_assert_cmpint(g_array_index(found, ssk_fact, 1).arp.questions, ==, 1);
    g_assert_cmpint(g_array_index(found, ssk_fact, 1).arp.answered, ==, 1);
    g_array_free(found, TRUE);
    talk_end(&t);
}

static void an_announcement_asks_nobody(void)
{
    talk t;
    talk_begin(&t);
    talk_arp(&t, 1, 5, 5);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_ARP), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter neighbor/a question and its answer", a_question_and_its_answer);
    g_test_add_func("/meter neighbor/questions in vain are counted together",
                    questions_in_vain_are_counted_together);
    g_test_add_func("/meter neighbor/a late answer answers the last question",
                    a_late_answer_answers_the_last_question);
    g_test_add_func("/meter neighbor/an announcement asks nobody", an_announcement_asks_nobody);
    return g_test_run();
}
