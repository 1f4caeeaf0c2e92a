/* test_meter_answer.c - SSK_FACT_ANSWERS: what a silent side's kernel acknowledges.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

enum { PROMPT = SSK_ANSWER_PROMPT | SSK_ANSWER_PROMPT_FIRST | SSK_ANSWER_PROMPT_LAST };

static void data_into_a_silence_is_acknowledged_promptly(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 5 * SSK_S);
    tcp_text(&c, SERVER, "TIME 2025-03-24T18:34:16Z\n");
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, CLIENT);
    ssk_fact fact = talk_fact(&t, SSK_FACT_ANSWERS);
    g_assert_cmpint(fact.dir, ==, SSK_A);
    g_assert_cmpint(fact.answers.bytes, ==, 26);
    g_assert_cmpint(fact.answers.count, ==, 1);
    g_assert_cmpuint(fact.flags, ==,
                     SSK_ANSWER_PROMPT | SSK_ANSWER_PROMPT_FIRST | SSK_ANSWER_PROMPT_LAST |
                         SSK_ANSWER_DATA_FIRST | SSK_ANSWER_DATA_LAST);
    g_assert_cmpuint(fact.frame_first, ==, t.frame);
    talk_end(&t);
}

static void after_a_retransmission_it_is_not_prompt(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 5 * SSK_S);
    tcp_text(&c, SERVER, "TIME 2025-03-24T18:34:16Z\n");
    talk_wait(&t, 300 * SSK_MS);
    tcp_again(&c, SERVER);
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, CLIENT);
    g_assert_cmpuint(talk_fact(&t, SSK_FACT_ANSWERS).flags & PROMPT, ==, 0);
    talk_end(&t);
}

static void after_seconds_without_a_question_it_is_not_prompt(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 5 * SSK_S);
    tcp_text(&c, SERVER, "TIME 2025-03-24T18:34:16Z\n");
    talk_wait(&t, 7 * SSK_S);
    tcp_ack(&c, CLIENT);
    g_assert_cmpuint(talk_fact(&t, SSK_FACT_ANSWERS).flags & PROMPT, ==, 0);
    talk_end(&t);
}

static void the_last_beats_own_acknowledgment_is_none(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 5 * SSK_S);
    tcp_ping(&c);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_ANSWERS), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter answer/data into a silence is acknowledged promptly",
                    data_into_a_silence_is_acknowledged_promptly);
    g_test_add_func("/meter answer/after a retransmission it is not prompt",
                    after_a_retransmission_it_is_not_prompt);
    g_test_add_func("/meter answer/after seconds without a question it is not prompt",
                    after_seconds_without_a_question_it_is_not_prompt);
    g_test_add_func("/meter answer/the last beat's own acknowledgment is none",
                    the_last_beats_own_acknowledgment_is_none);
    return g_test_run();
}
