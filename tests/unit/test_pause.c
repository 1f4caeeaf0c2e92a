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
        told |= !strcmp(ssk_cause_text(result->measurement[i].id), "capture-pause");
    g_assert_true(told);
    ssk_result_free(result);
}

/* Three streams of datagrams, between hosts from @p first on; each second one of each. */
static void streams(talk *t, unsigned seconds, unsigned common)
{
    for (unsigned i = 0; i < seconds; i++) {
        for (unsigned k = 0; k < 3; k++) {
            uint8_t reading[20] = {(uint8_t)k, (uint8_t)i, (uint8_t)(i * 37)};
            talk_datagram(t, 20 + k, 5000, common ? common : 30 + k, 6000, reading, sizeof reading);
            talk_wait(t, (100 + i % 3 * 7) * SSK_MS);
        }
        talk_wait(t, 700 * SSK_MS);
    }
}

static ssk_result *paused(unsigned common)
{
    talk t;
    talk_begin(&t);
    streams(&t, 150, common);
    talk_wait(&t, 60 * SSK_S);
    streams(&t, 60, common);
    return talk_judge(&t);
}

static void who_has_nothing_in_common_falls_silent_with_the_capture(void)
{
    ssk_result *result = paused(0);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    g_assert_true(says(result, "capture-pause"));
    ssk_result_free(result);
}

static void those_of_one_host_fall_silent_with_it(void)
{
    ssk_result *result = paused(1);
    g_assert_cmpuint(result->n_stalls, >, 0);
    g_assert_false(says(result, "capture-pause"));
    ssk_result_free(result);
}

static void one_that_goes_on_shows_that_the_capture_does(void)
{
    talk t;
    talk_begin(&t);
    streams(&t, 60, 0);
    talk_wait(&t, 20 * SSK_S);
    talk_arp(&t, 1, 40, 41);
    talk_wait(&t, 5 * SSK_S);
    streams(&t, 60, 0);
    ssk_result *result = talk_judge(&t);
    g_assert_true(says(result, "capture-pause")); /* before the question: 20 s */
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/* Kernels of both sides probe their idle connection, each 10 s; then the server's has nothing but
 * questions for its client's address. */
static ssk_result *probed(bool sought)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, 6379);
    tcp_connect(&c);
    tcp_text(&c, CLIENT, "*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n");
    talk_wait(&t, SSK_MS);
    tcp_arrives(&c, CLIENT);
    tcp_text(&c, SERVER, ":1\r\n");
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, CLIENT);
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, 10 * SSK_S);
        tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
        talk_wait(&t, SSK_MS);
        tcp_ack(&c, CLIENT);
    }
    talk_wait(&t, 10 * SSK_S);
    for (unsigned i = 0; sought && i < 6; i++) {
        talk_arp(&t, 1, SERVER_HOST, DEVICE);
        talk_wait(&t, SSK_S);
    }
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    return talk_judge(&t);
}

static void who_is_sought_in_vain_owes_what_a_probe_would_have_asked_for(void)
{
    ssk_result *result = probed(true);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    g_assert_cmpint(result->stalls[0].debt.kind, ==, SSK_DEBT_ACK);
    g_assert_cmpint(result->stalls[0].direction, ==, SSK_SIDE_A);
    g_assert_true(result->stalls[0].open);
    ssk_result_free(result);
}

static void and_nothing_where_nobody_asks(void)
{
    ssk_result *result = probed(false);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/* A reader takes a window full each 20 s: from the beginning, or after it has read @p before kB. */
static ssk_result *read_by_and_by(unsigned before, unsigned times)
{
    static const uint8_t bulk[250];
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, 8080);
    tcp_connect(&c);
    for (unsigned i = 0; i < 4 * before; i++) {
        tcp_send(&c, SERVER, ACK, bulk, sizeof bulk);
        tcp_ack(&c, CLIENT);
        talk_wait(&t, SSK_MS / 10);
    }
    for (unsigned k = 0; k < times; k++) {
        c.window[CLIENT] = 20000;
        tcp_ack(&c, CLIENT);
        for (unsigned i = 0; i < 80; i++) {
            c.window[CLIENT] -= 250;
            tcp_send(&c, SERVER, ACK, bulk, sizeof bulk);
            tcp_ack(&c, CLIENT);
        }
        for (unsigned i = 0; i < 4; i++) {
            talk_wait(&t, 5 * SSK_S);
            tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
            tcp_ack(&c, CLIENT); /* its kernel answers */
        }
    }
    c.window[CLIENT] = 20000;
    tcp_ack(&c, CLIENT);
    return talk_judge(&t);
}

static void a_reader_that_never_took_more_than_a_window_full_has_its_pace(void)
{
    ssk_result *result = read_by_and_by(0, 2);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

static void one_that_did_stalls(void)
{
    ssk_result *result = read_by_and_by(400, 2);
    g_assert_cmpuint(result->n_stalls, ==, 2);
    g_assert_cmpint(result->stalls[0].kind, ==, SSK_STALL_WINDOW);
    ssk_result_free(result);
}

static void and_so_does_one_that_pauses_once(void)
{
    ssk_result *result = read_by_and_by(0, 1);
    g_assert_cmpuint(result->n_stalls, ==, 1);
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

/* The only finding of silences that are no stalls. */
static const char *excused(const ssk_result *result)
{
    const char *text = "";
    for (size_t i = 0; i < result->n_findings; i++)
        if (!strcmp(ssk_cause_text(result->findings[i].id), "no-debt"))
            text = result->findings[i].text;
    return text;
}

static void a_readers_pace_is_told(void)
{
    ssk_result *result = read_by_and_by(0, 2);
    g_assert_cmpstr(
        excused(result), ==,
        "2 closed windows of up to 20 s on flow 1 are no stalls: taken as the reader's pace");
    ssk_result_free(result);
}

static void what_lies_in_a_stall_is_not_told_apart(void)
{
    ssk_result *result = read_by_and_by(400, 2);
    g_assert_cmpuint(result->n_stalls, ==, 2);
    g_assert_cmpstr(excused(result), ==, "");
    ssk_result_free(result);
}

/* A pointer that is moved and rests again and again: a message each 12 ms, or none. */
static void a_hand_that_moves_and_rests_keeps_no_timer(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, 5900);
    for (unsigned i = 0; i < 30; i++) {
        for (unsigned k = 0; k < 40; k++) {
            tcp_text(&c, CLIENT, "\x05 pointer to x,y");
            tcp_arrives(&c, CLIENT);
            talk_wait(&t, 12 * SSK_MS);
        }
        tcp_ack(&c, SERVER);
        bool rests = i % 3 == 0;
        talk_wait(&t, i == 15 ? 3 * SSK_S : rests ? (900 + 40 * i) * SSK_MS : 0);
    }
    expect_no_stall(&t);
}

/* The same question 6 times, farther and farther apart; @p elsewhere: each is answered, from the port
 * that was asked to another one. */
static ssk_result *asked_again(bool elsewhere)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 6; i++) {
        talk_udp(&t, DEVICE, 1427, SERVER_HOST, 51235, 40);
        talk_wait(&t, SSK_MS);
        if (elsewhere)
            talk_udp(&t, SERVER_HOST, 51235, DEVICE, 1234, 30);
        talk_wait(&t, (400u << i) * SSK_MS);
    }
    return talk_judge(&t);
}

static void what_is_answered_between_other_ports_is_owed_nothing(void)
{
    ssk_result *result = asked_again(true);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    g_assert_nonnull(
        strstr(excused(result), "meanwhile its receiver sent to another port of the same host"));
    ssk_result_free(result);
    result = asked_again(false);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    ssk_result_free(result);
}

/* A handshake of QUIC is repeated for 7 s and given up; 12 s later its server answers, and repeats that. */
static void who_left_owes_nothing_for_the_answer_that_came_too_late(void)
{
    static const uint8_t hello[40] = {0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8};
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 5; i++) {
        talk_datagram(&t, DEVICE, 41000, SERVER_HOST, 443, hello, sizeof hello);
        talk_wait(&t, (i < 4 ? 500u << i : 12000) * SSK_MS);
    }
    for (unsigned i = 0; i < 6; i++) {
        talk_datagram(&t, SERVER_HOST, 443, DEVICE, 41000, hello, sizeof hello);
        talk_wait(&t, (500u << i) * SSK_MS);
    }
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    g_assert_cmpint(result->stalls[0].direction, ==,
                    SSK_SIDE_B); /* the server's, which came late */
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pause/a hand that moves and rests keeps no timer",
                    a_hand_that_moves_and_rests_keeps_no_timer);
    g_test_add_func("/pause/who left owes nothing for the answer that came too late",
                    who_left_owes_nothing_for_the_answer_that_came_too_late);
    g_test_add_func("/pause/what is answered between other ports is owed nothing",
                    what_is_answered_between_other_ports_is_owed_nothing);
    FIRES("no-debt", "a silence has an excuse", a_readers_pace_is_told);
    SILENT("no-debt", "it lies in a stall", what_lies_in_a_stall_is_not_told_apart);
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
    g_test_add_func("/pause/who has nothing in common falls silent with the capture",
                    who_has_nothing_in_common_falls_silent_with_the_capture);
    g_test_add_func("/pause/those of one host fall silent with it",
                    those_of_one_host_fall_silent_with_it);
    g_test_add_func("/pause/one that goes on shows that the capture does",
                    one_that_goes_on_shows_that_the_capture_does);
    g_test_add_func("/pause/who is sought in vain owes what a probe would have asked for",
                    who_is_sought_in_vain_owes_what_a_probe_would_have_asked_for);
    g_test_add_func("/pause/and nothing where nobody asks", and_nothing_where_nobody_asks);
    g_test_add_func("/pause/a reader that never took more than a window full has its pace",
                    a_reader_that_never_took_more_than_a_window_full_has_its_pace);
    g_test_add_func("/pause/one that did stalls", one_that_did_stalls);
    g_test_add_func("/pause/and so does one that pauses once", and_so_does_one_that_pauses_once);
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
