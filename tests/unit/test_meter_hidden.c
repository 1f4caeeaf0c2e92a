/* test_meter_hidden.c - SSK_FACT_HIDDEN, SSK_FACT_UNSEEN and SSK_FACT_DROPPED:
 * numbers that moved on without their bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* The client falls silent, and sends so many bytes that nobody sees. @return the first of them */
static uint32_t lose_across_a_silence(connection *c, uint32_t bytes)
{
    talk_wait(c->t, 9 * SSK_S);
    uint32_t missing = c->next[CLIENT];
    c->next[CLIENT] += bytes;
    return missing;
}

static void bytes_that_jump_across_a_silence_are_hidden(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    lose_across_a_silence(&c, 80);
    c.heard[SERVER] += 80;
    c.next[SERVER] += 64;
    c.heard[CLIENT] += 64;
    tcp_beats(&c, 6, SSK_S);
    ssk_fact fact = talk_fact(&t, SSK_FACT_HIDDEN);
    g_assert_cmpint(fact.hidden.bytes[SSK_A], ==, 80);
    g_assert_cmpint(fact.hidden.bytes[SSK_B], ==, 64);
    g_assert_cmpint(fact.end - fact.start, >, 9 * SSK_S);
    talk_end(&t);
}

static void bytes_that_come_within_three_seconds_are_not(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    uint32_t missing = lose_across_a_silence(&c, 8);
    tcp_ping(&c);
    talk_wait(&t, 2 * SSK_S);
    tcp_raw(&c, CLIENT, ACK, missing, c.heard[CLIENT], "PING 00\n", 8);
    tcp_beats(&c, 6, SSK_S);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_HIDDEN), ==, 0);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_UNSEEN), ==, 0);
    talk_end(&t);
}

static void a_bare_ack_tells_of_bytes_that_never_came(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    lose_across_a_silence(&c, 16);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 5 * SSK_S);
    tcp_ack(&c, SERVER); /* time passes; acknowledges nothing new to see */
    ssk_fact fact = talk_fact(&t, SSK_FACT_UNSEEN);
    g_assert_cmpint(fact.dir, ==, SSK_A);
    g_assert_cmpint(fact.unseen.bytes, ==, 16);
    talk_end(&t);
}

static void bytes_that_their_sender_may_send_yet_are_not_unseen(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    uint32_t missing = lose_across_a_silence(&c, 16);
    tcp_ack(&c, CLIENT); /* shows them; then it falls silent once more */
    talk_wait(&t, 9 * SSK_S);
    tcp_raw(&c, CLIENT, ACK, missing, c.heard[CLIENT], "PING 00\nPING 01\n", 16);
    talk_wait(&t, 5 * SSK_S);
    tcp_ack(&c, CLIENT);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_UNSEEN), ==, 0);
    talk_end(&t);
}

static void a_hole_in_the_burst_after_a_silence_was_not_in_the_silence(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 9 * SSK_S);
    for (unsigned i = 0; i < 5; i++) {
        t.unseen = i == 3;
        tcp_ping(&c);
        talk_wait(&t, SSK_MS);
    }
    talk_wait(&t, 5 * SSK_S);
    tcp_ack(&c, SERVER);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_UNSEEN), ==, 0);
    talk_end(&t);
}

static void acknowledged_but_never_seen_is_dropped(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    t.unseen = true;
    tcp_ping(&c);
    tcp_pong(&c);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, SSK_S);
    tcp_beats(&c, 3, SSK_S);
    ssk_fact fact = talk_fact(&t, SSK_FACT_DROPPED);
    g_assert_cmpint(fact.dropped.packets, ==, 1);
    g_assert_cmpint(fact.dropped.bytes, ==, 7); /* "PING 9\n" */
    talk_end(&t);
}

/* A capture of several queues writes an answer before its question. */
static void what_comes_just_after_its_acknowledgment_was_not_dropped(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    t.unseen = true;
    tcp_ping(&c);
    tcp_pong(&c);
    talk_wait(&t, SSK_MS);
    tcp_again(&c, CLIENT);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, SSK_S);
    tcp_beats(&c, 3, SSK_S);
    t.unseen = true;
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    tcp_ack(&c, SERVER);
    tcp_again(&c, CLIENT);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_DROPPED), ==, 0);
    talk_end(&t);
}

static void one_number_is_a_fin_and_no_byte(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 9 * SSK_S);
    c.next[CLIENT] += 1;
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 5 * SSK_S);
    tcp_ack(&c, CLIENT);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_HIDDEN), ==, 0);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_UNSEEN), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter hidden/bytes that jump across a silence are hidden",
                    bytes_that_jump_across_a_silence_are_hidden);
    g_test_add_func("/meter hidden/bytes that come within three seconds are not",
                    bytes_that_come_within_three_seconds_are_not);
    g_test_add_func("/meter hidden/bytes that their sender may send yet are not unseen",
                    bytes_that_their_sender_may_send_yet_are_not_unseen);
    g_test_add_func("/meter hidden/a hole in the burst after a silence was not in the silence",
                    a_hole_in_the_burst_after_a_silence_was_not_in_the_silence);
    g_test_add_func("/meter hidden/a bare ACK tells of bytes that never came",
                    a_bare_ack_tells_of_bytes_that_never_came);
    g_test_add_func("/meter hidden/acknowledged but never seen is dropped",
                    acknowledged_but_never_seen_is_dropped);
    g_test_add_func("/meter hidden/what comes just after its acknowledgment was not dropped",
                    what_comes_just_after_its_acknowledgment_was_not_dropped);
    g_test_add_func("/meter hidden/one number is a FIN and no byte",
                    one_number_is_a_fin_and_no_byte);
    return g_test_run();
}
