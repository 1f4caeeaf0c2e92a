/* test_meter_key_exchange.c - SSK_FACT_KEY_EXCHANGE: how far a station and its access point came.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* A message 1 to 4 of the 4-way handshake of station 5. */
static void key(talk *t, unsigned message)
{
    static const unsigned info[] = {0, 0x008a, 0x010a, 0x13ca, 0x030a};
    uint8_t frame[113] = {0};
    bool from_station = message == 2 || message == 4;
    put_mac(frame, from_station ? 77 : 5);
    put_mac(frame + 6, from_station ? 5 : 77);
    put16(frame + 12, 0x888e);
    memcpy(frame + 14, "\2\3\0\x5f\2", 5);
    put16(frame + 19, info[message]);
    put16(frame + 111, message == 2 ? 22 : 0); /* length of the key data */
    talk_feed(t, frame, sizeof frame);
    talk_wait(t, 300 * SSK_MS);
}

static void all_four(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 1; i <= 4; i++)
        key(&t, i);
    ssk_fact fact = talk_fact(&t, SSK_FACT_KEY_EXCHANGE);
    g_assert_cmpuint(fact.key_exchange.furthest, ==, 4);
    g_assert_cmpuint(fact.mac.bytes[5], ==, 5);
    talk_end(&t);
}

static void repeats_are_counted(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 4; i++)
        key(&t, 1);
    ssk_fact fact = talk_fact(&t, SSK_FACT_KEY_EXCHANGE);
    g_assert_cmpuint(fact.key_exchange.sent_1, ==, 4);
    g_assert_cmpuint(fact.key_exchange.furthest, ==, 1);
    talk_end(&t);
}

static void ten_seconds_later_it_is_another_attempt(void)
{
    talk t;
    talk_begin(&t);
    key(&t, 1);
    talk_wait(&t, 10 * SSK_S);
    key(&t, 1);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_KEY_EXCHANGE), ==, 2);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter key exchange/all four", all_four);
    g_test_add_func("/meter key exchange/repeats are counted", repeats_are_counted);
    g_test_add_func("/meter key exchange/ten seconds later it is another attempt",
                    ten_seconds_later_it_is_another_attempt);
    return g_test_run();
}
