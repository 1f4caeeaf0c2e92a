/* test_meter_dns.c - SSK_FACT_DNS and SSK_FACT_DNS_SLOWEST: names asked and answered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* A question for hN.example, or its answer. */
static void dns(talk *t, unsigned from, uint16_t port, unsigned into, uint16_t to_port,
                uint8_t number, bool answer)
{
    uint8_t message[28] = {0, number, answer ? 0x81 : 0x01, answer ? 0x80 : 0, 0, 1};
    memcpy(message + 12, "\2h0\7example\0\0\1\0\1", 16);
    message[14] = (uint8_t)('a' + number);
    talk_datagram(t, from, port, into, to_port, message, sizeof message);
}

static void ask(talk *t, uint8_t number, ssk_span_ns answered_after)
{
    dns(t, 5, (uint16_t)(30000 + number), 1, 53, number, false);
    if (answered_after) {
        talk_wait(t, answered_after);
        dns(t, 1, 53, 5, (uint16_t)(30000 + number), number, true);
    }
    talk_wait(t, SSK_S);
}

static void questions_and_those_never_answered(void)
{
    talk t;
    talk_begin(&t);
    for (uint8_t i = 0; i < 6; i++)
        ask(&t, i, i % 3 ? 20 * SSK_MS : 0);
    talk_wait(&t, 30 * SSK_S);
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    ssk_fact fact = talk_fact(&t, SSK_FACT_DNS);
    g_assert_cmpint(fact.names.chosen, ==, 6);
    g_assert_cmpint(fact.names.unanswered, ==, 2);
    g_assert_cmpuint(fact.host.bytes[3], ==, 5);
    g_assert_cmpuint(fact.peer.bytes[3], ==, 1);
    talk_end(&t);
}

static void the_slowest_answer(void)
{
    talk t;
    talk_begin(&t);
    ask(&t, 0, 20 * SSK_MS);
    ask(&t, 1, 900 * SSK_MS);
    ask(&t, 2, 30 * SSK_MS);
    g_assert_cmpint(talk_fact(&t, SSK_FACT_DNS_SLOWEST).slowest.took, ==, 900 * SSK_MS);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter dns/questions and those never answered",
                    questions_and_those_never_answered);
    g_test_add_func("/meter dns/the slowest answer", the_slowest_answer);
    return g_test_run();
}
