/* test_pause.c - silences that are everyday life, and their near misses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/ward.h"

/* One datagram a second, each answered; @p lost says which seconds bring none. */
static void datagrams(talk *t, unsigned seconds, const unsigned *lost)
{
    talk_begin(t);
    for (unsigned i = 0; i < seconds; i++) {
        bool gone = *lost == i;
        lost += gone;
        if (!gone) {
            talk_udp(t, DEVICE, 41000, SERVER_HOST, 6000, 20);
            talk_wait(t, SSK_MS);
            talk_udp(t, SERVER_HOST, 6000, DEVICE, 41000, 20);
            t->now -= SSK_MS;
        }
        talk_wait(t, SSK_S + (i % 3) * 10 * SSK_MS);
    }
}

static void three_in_a_row_are_lost_by_chance_where_others_are_lost(void)
{
    talk t;
    datagrams(&t, 90, (const unsigned[]){20, 35, 36, 37, 50, 60, 66, 70, 80, 91});
    expect_no_stall(&t);
}

static void three_in_a_row_are_a_silence_where_no_other_is_lost(void)
{
    talk t;
    datagrams(&t, 120, (const unsigned[]){35, 36, 37, 121});
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    ssk_result_free(result);
}

static void five_in_a_row_are_no_chance(void)
{
    talk t;
    datagrams(&t, 90, (const unsigned[]){20, 35, 36, 37, 38, 39, 60, 91});
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    ssk_result_free(result);
}

static void five_in_a_row_are_chance_where_every_other_is_missing(void)
{
    talk t;
    static const unsigned lost[] = {3,  5,  6,  9,  11, 12, 13, 17, 19, 21, 22, 25, 28, 29,
                                    32, 34, 35, 36, 40, 42, 43, 44, 45, 46, 49, 52, 53, 56,
                                    58, 59, 62, 65, 66, 67, 70, 73, 74, 78, 80, 91};
    datagrams(&t, 90, lost);
    expect_no_stall(&t);
}

static void a_year_without_a_packet_is_the_captures(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 400 * SSK_DAY);
    tcp_beats(&c, 20, SSK_S);
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    bool told = false; /* beside it, that the clock was set */
    for (size_t i = 0; i < result->n_measurement; i++)
        told |= !strcmp(result->measurement[i].id, "capture-pause");
    g_assert_true(told);
    ssk_result_free(result);
}

/* Keys of a fifth of a second, each echoed, and a thought between two lines. */
static void types(connection *c, unsigned keys)
{
    for (unsigned i = 0; i < keys; i++) {
        static const char key[] =
            "\x8f\x11\xc7\x05\x92\x6e\xd8\x44\xb1\x3a\x7d\xe0\x59\xa6\x2c\xf3";
        tcp_send(c, CLIENT, ACK, key, sizeof key - 1);
        talk_wait(c->t, SSK_MS);
        tcp_arrives(c, CLIENT);
        tcp_send(c, SERVER, ACK, key, sizeof key - 1);
        talk_wait(c->t, SSK_MS);
        tcp_ack(c, CLIENT);
        talk_wait(c->t, (170 + i % 5 * 15) * SSK_MS);
    }
}

static connection terminal(talk *t)
{
    talk_begin(t);
    connection c = talk_connection(t, DEVICE, SERVER_HOST, 22);
    tcp_connect(&c);
    return c;
}

static void one_who_typed_a_line_thinks(void)
{
    talk t;
    connection c = terminal(&t);
    types(&c, 16);
    talk_wait(&t, 40 * SSK_S);
    types(&c, 5);
    expect_no_stall(&t);
}

static void one_who_types_thinks_again_and_again(void)
{
    talk t;
    connection c = terminal(&t);
    for (unsigned i = 0; i < 4; i++) {
        types(&c, 70);
        talk_wait(&t, (9 + 5 * i) * SSK_S);
    }
    types(&c, 70);
    expect_no_stall(&t);
}

/* Two terminals, one inside the other: the same keys go through both. */
static void one_types_through_two_terminals(void)
{
    talk t;
    connection outer = terminal(&t), inner = talk_connection(&t, DEVICE, SERVER_HOST, 513);
    tcp_connect(&inner);
    for (unsigned line = 0; line < 3; line++) {
        for (unsigned key = 0; key < 16; key++) {
            ssk_time_ns pressed = t.now;
            types(&outer, 1);
            t.now = pressed + 5 * SSK_MS;
            types(&inner, 1);
            t.now = pressed + (180 + key % 4 * 10) * SSK_MS;
        }
        talk_wait(&t, (25 + 7 * line) * SSK_S);
    }
    types(&outer, 3);
    expect_no_stall(&t);
}

/* Twelve datagrams to see which way is best, and ten seconds later a few more. */
static void a_short_trial_of_datagrams(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 16; i++) {
        talk_udp(&t, DEVICE, 28150, SERVER_HOST, 530, 40);
        talk_wait(&t, 20 * SSK_MS);
        talk_udp(&t, SERVER_HOST, 530, DEVICE, 28150, 40);
        talk_wait(&t, i == 11 ? 10 * SSK_S : 480 * SSK_MS);
    }
    expect_no_stall(&t);
}

static void another_flow_of_the_host_pauses_as_well(void)
{
    ward w;
    ward_begin(&w, "server");
    for (unsigned i = 0; i < 4; i++) {
        ward_seconds(&w, 12, AUX | MAIN | PEER);
        ward_seconds(&w, 15, PEER);
    }
    ward_seconds(&w, 12, AUX | MAIN | PEER);
    ssk_result *result = talk_judge(&w.t);
    unsigned stalls = 0;
    for (size_t i = 0; i < result->n_stalls; i++)
        stalls += result->flows[result->stalls[i].flow - 1].port[SSK_B] == 6000;
    g_assert_cmpuint(stalls, ==, 4);
    ssk_result_free(result);
}

/* Registers that a screen shows, once a second; its user looks at another one for a while. */
static void polls(connection *c, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        tcp_send(c, CLIENT, ACK, "\x8f\x11\xc7\x05\x92\x6e\xd8\x44\xb1\x3a\x7d\xe0", 12);
        talk_wait(c->t, SSK_MS);
        tcp_arrives(c, CLIENT);
        tcp_send(c, SERVER, ACK, "\x8f\x11\xc7\x05\x92\x6e\xd8\x44\xb1\x3a\x7d", 11);
        talk_wait(c->t, SSK_MS);
        tcp_ack(c, CLIENT);
        talk_wait(c->t, 998 * SSK_MS);
    }
}

static void polls_that_were_all_answered_may_pause(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, 4711);
    tcp_connect(&c);
    polls(&c, 40);
    talk_wait(&t, 50 * SSK_S);
    polls(&c, 20);
    expect_no_stall(&t);
}

/* What was pushed meanwhile shows that there was something to answer. */
static void and_may_not_where_their_host_missed_what_it_was_sent(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, 4711);
    tcp_connect(&c);
    polls(&c, 40);
    tcp_send(&c, SERVER, ACK, "\x8f\x11", 2);
    for (unsigned i = 0; i < 6; i++) {
        talk_wait(&t, (SSK_S / 4) << i);
        tcp_again(&c, SERVER);
    }
    talk_wait(&t, SSK_S);
    polls(&c, 20);
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    ssk_result_free(result);
}

/* Who leaves says goodbye where he can; datagrams just stop. */
static void a_host_that_closes_its_connections_takes_its_datagrams_along(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 20, OF_DEVICE | PEER);
    talk_wait(&w.t, 700 * SSK_MS);
    connection *leaving[] = {&w.ext, &w.main};
    for (unsigned i = 0; i < 2; i++) {
        tcp_send(leaving[i], CLIENT, FIN | ACK, NULL, 0);
        talk_wait(&w.t, SSK_MS);
        tcp_ack(leaving[i], SERVER);
        tcp_send(leaving[i], SERVER, FIN | ACK, NULL, 0);
        talk_wait(&w.t, SSK_MS);
        tcp_ack(leaving[i], CLIENT);
    }
    ward_seconds(&w, 30, PEER);
    expect_no_stall(&w.t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pause/three in a row are lost by chance where others are lost",
                    three_in_a_row_are_lost_by_chance_where_others_are_lost);
    g_test_add_func("/pause/three in a row are a silence where no other is lost",
                    three_in_a_row_are_a_silence_where_no_other_is_lost);
    g_test_add_func("/pause/polls that were all answered may pause",
                    polls_that_were_all_answered_may_pause);
    g_test_add_func("/pause/and not where their host missed what it was sent",
                    and_may_not_where_their_host_missed_what_it_was_sent);
    g_test_add_func("/pause/five in a row are no chance", five_in_a_row_are_no_chance);
    g_test_add_func("/pause/five in a row are chance where every other is missing",
                    five_in_a_row_are_chance_where_every_other_is_missing);
    g_test_add_func("/pause/a year without a packet is the capture's",
                    a_year_without_a_packet_is_the_captures);
    g_test_add_func("/pause/one who typed a line thinks", one_who_typed_a_line_thinks);
    g_test_add_func("/pause/one who types thinks again and again",
                    one_who_types_thinks_again_and_again);
    g_test_add_func("/pause/one types through two terminals", one_types_through_two_terminals);
    g_test_add_func("/pause/a short trial of datagrams", a_short_trial_of_datagrams);
    g_test_add_func("/pause/another flow of the host pauses as well",
                    another_flow_of_the_host_pauses_as_well);
    g_test_add_func("/pause/a host that closes its connections takes its datagrams along",
                    a_host_that_closes_its_connections_takes_its_datagrams_along);
    return g_test_run();
}
