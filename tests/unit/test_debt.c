/* test_debt.c - SSK_FACT_DEBT by kind: opened, paid, unpaid, and what owes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/flow/step.h"
#include "tests/unit/ward.h"

#define GET "GET /index.html HTTP/1.1\r\n\r\n"

static connection begun(talk *t, uint16_t port)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, port);
    tcp_connect(&c);
    return c;
}

/* Ends the talk: nobody owed anything. */
static void expect_none(talk *t)
{
    g_assert_cmpuint(talk_count(t, SSK_FACT_DEBT), ==, 0);
    talk_end(t);
}

/* Ends the talk: the only debt. */
static ssk_fact expect_debt(talk *t, ssk_debt_kind kind, ssk_dir debtor)
{
    ssk_fact debt = talk_fact(t, SSK_FACT_DEBT);
    g_assert_cmpint(debt.debt.kind, ==, kind);
    g_assert_cmpint(debt.dir, ==, debtor);
    talk_end(t);
    return debt;
}

/* Ends the talk: the only debt of this kind, whatever else is late with it. */
static ssk_fact expect_among(talk *t, ssk_debt_kind kind, ssk_dir debtor)
{
    GArray *debts = talk_facts(t, SSK_FACT_DEBT);
    ssk_fact found = {0};
    for (guint i = 0; i < debts->len; i++)
        if (g_array_index(debts, ssk_fact, i).debt.kind == kind) {
            g_assert_false(found.kind);
            found = g_array_index(debts, ssk_fact, i);
        }
    g_assert_cmpint(found.kind, ==, SSK_FACT_DEBT);
    g_assert_cmpint(found.dir, ==, debtor);
    g_array_free(debts, TRUE);
    talk_end(t);
    return found;
}

/* ---- acknowledgment ---- */

/* The client's request is lost on its way: retransmitted after 0.3, 0.6, 1.2 s ... */
static connection unheard(talk *t, unsigned tries, ssk_time_ns *ret_since)
{
    connection c = begun(t, 80);
    *ret_since = t->now;
    tcp_text(&c, CLIENT, GET);
    ssk_span_ns wait = 300 * SSK_MS;
    for (unsigned i = 0; i < tries; i++, wait *= 2) {
        talk_wait(t, wait);
        tcp_again(&c, CLIENT);
    }
    return c;
}

static void what_is_sent_again_in_vain_is_owed_an_acknowledgment(void)
{
    talk t;
    ssk_time_ns since;
    unheard(&t, 5, &since);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ACK, SSK_B);
    g_assert_cmpint(debt.start, ==, since); /* its first transmission, not the first repetition */
    g_assert_cmpint(debt.frame_first, ==, 4);
    g_assert_cmpint(debt.debt.asked, ==, 5);
    g_assert_true(debt.open);
}

static void an_acknowledgment_pays(void)
{
    talk t;
    ssk_time_ns since;
    connection c = unheard(&t, 4, &since);
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, SERVER);
    ssk_time_ns paid = t.now;
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ACK, SSK_B);
    g_assert_cmpint(debt.end, ==, paid);
    g_assert_true(debt.flags & SSK_DEBT_PAID);
}

static void one_that_comes_soon_is_no_debt(void)
{
    talk t;
    ssk_time_ns since;
    connection c = unheard(&t, 2, &since);
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, SERVER);
    expect_none(&t);
}

static void one_is_owed_after_one_repetition_to_who_hears_that_it_is_lacked(void)
{
    talk t;
    ssk_time_ns since;
    connection c = unheard(&t, 1, &since);
    talk_wait(&t, 2 * SSK_S);
    tcp_text(&c, SERVER, "220 ready"); /* it acknowledges less */
    talk_wait(&t, SSK_S);
    tcp_arrives(&c, CLIENT);
    tcp_ack(&c, SERVER);
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_ACK, SSK_B).start, ==, since);
}

static void the_first_one_of_a_connection_from_before_the_capture_pays(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 80);
    tcp_text(&c, CLIENT, GET);
    for (unsigned i = 0; i < 2; i++) {
        talk_wait(&t, 500 * SSK_MS);
        tcp_again(&c, CLIENT);
    }
    talk_wait(&t, SSK_MS);
    tcp_arrives(&c, CLIENT);
    tcp_ack(&c, SERVER);
    talk_wait(&t, 20 * SSK_S);
    tcp_send(&c, CLIENT, RST | ACK, NULL, 0);
    expect_none(&t);
}

static void a_reset_ends_it(void)
{
    talk t;
    ssk_time_ns since;
    connection c = unheard(&t, 4, &since);
    tcp_send(&c, CLIENT, RST | ACK, NULL, 0);
    g_assert_true(expect_debt(&t, SSK_DEBT_ACK, SSK_B).flags & SSK_DEBT_CLOSED);
}

static void a_fin_that_nobody_acknowledges_waits_for_nothing(void)
{
    talk t;
    connection c = begun(&t, 80);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    for (unsigned i = 0; i < 6; i++) {
        talk_wait(&t, SSK_S);
        tcp_again(&c, CLIENT);
    }
    expect_none(&t);
}

/* The capture holds what the client sends, each segment twice, and nothing of the server. */
static void who_is_out_of_sight_owes_none(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 5223);
    for (unsigned i = 0; i < 6; i++) {
        tcp_text(&c, CLIENT, "\x17 beat");
        talk_wait(&t, 20 * SSK_MS);
        tcp_again(&c, CLIENT);
        talk_wait(&t, 20 * SSK_S);
        tcp_arrives(&c, CLIENT);
        t.unseen = true;
        tcp_text(&c, SERVER, "\x17 answer");
        tcp_arrives(&c, SERVER);
    }
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

/* What the client sends again acknowledges more and more of what the server sent unseen. */
static void nor_does_who_was_heard_out_of_sight_meanwhile(void)
{
    talk t;
    connection c = begun(&t, 54994);
    tcp_text(&c, SERVER, "first");
    tcp_arrives(&c, SERVER);
    tcp_text(&c, CLIENT, GET);
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, 20 * SSK_S);
        t.unseen = true;
        tcp_text(&c, SERVER, "another");
        tcp_arrives(&c, SERVER);
        tcp_again(&c, CLIENT);
    }
    expect_none(&t);
}

static void other_bytes_with_the_same_number_are_no_repetition(void)
{
    static const char *const texts[] = {"one message", "and another", "or a third!", "the fourth."};
    talk t;
    connection c = begun(&t, 1433);
    tcp_text(&c, CLIENT, "zero message");
    uint32_t seq = c.last_seq[CLIENT];
    for (unsigned i = 0; i < 8; i++) {
        talk_wait(&t, SSK_S);
        tcp_raw(&c, CLIENT, ACK, seq, c.heard[CLIENT], texts[i % 4], 11);
    }
    expect_none(&t);
}

static void nor_are_bytes_with_the_number_of_the_syn(void)
{
    talk t;
    connection c = begun(&t, 8081);
    uint32_t isn = c.next[CLIENT] - 1;
    tcp_raw(&c, CLIENT, ACK, isn, c.heard[CLIENT], NULL, 0);
    tcp_raw(&c, CLIENT, ACK, isn, c.heard[CLIENT], GET, sizeof GET - 1);
    for (unsigned i = 0; i < 3; i++) {
        talk_wait(&t, SSK_S);
        tcp_raw(&c, CLIENT, FIN | ACK, isn, c.heard[CLIENT], NULL, 0);
    }
    GArray *debts = talk_facts(&t, SSK_FACT_DEBT);
    for (guint i = 0; i < debts->len; i++)
        g_assert_cmpint(g_array_index(debts, ssk_fact, i).debt.kind, !=, SSK_DEBT_ACK);
    g_array_free(debts, TRUE);
    talk_end(&t);
}

/* ---- answer ---- */

static connection asked(talk *t, uint16_t port, const char *request)
{
    connection c = begun(t, port);
    tcp_text(&c, CLIENT, request);
    talk_wait(t, SSK_MS);
    tcp_ack(&c, SERVER);
    return c;
}

static void a_request_that_was_received_is_owed_an_answer(void)
{
    talk t;
    connection c = asked(&t, 80, GET);
    talk_wait(&t, 40 * SSK_S);
    tcp_text(&c, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
    g_assert_cmpint(debt.frame_first, ==, 4);
    g_assert_true(debt.flags & SSK_DEBT_READ);
    g_assert_true(debt.flags & SSK_DEBT_PAID);
}

static void one_that_never_comes_ends_with_the_close_of_the_asker(void)
{
    talk t;
    connection c = asked(&t, 80, GET);
    talk_wait(&t, 30 * SSK_S);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    g_assert_true(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).flags & SSK_DEBT_CLOSED);
}

static void who_asks_and_leaves_at_once_waits_for_nothing(void)
{
    talk t;
    connection c = asked(&t, 80, GET);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, SERVER);
    talk_wait(&t, 30 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

static void a_subscription_may_wait(void)
{
    talk t;
    asked(&t, 6379, "*2\r\n$9\r\nSUBSCRIBE\r\n$4\r\nnews\r\n");
    talk_wait(&t, 90 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

static void what_nobody_can_read_is_a_request_where_two_take_turns(void)
{
    talk t;
    connection c = begun(&t, 4000);
    for (unsigned i = 0; i < 6; i++) {
        tcp_text(&c, CLIENT, "\x01\x02\x03?");
        talk_wait(&t, SSK_MS);
        tcp_arrives(&c, CLIENT);
        if (i < 5)
            tcp_text(&c, SERVER, "\x04\x05!");
        else
            tcp_ack(&c, SERVER);
        talk_wait(&t, (3 + i % 3) * SSK_S);
        tcp_arrives(&c, SERVER);
    }
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    g_assert_cmpuint(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).samples, ==, 5);
}

/* The server speaks, the client follows within a second, and @p times again it takes 30 s: either may
 * be the one that asks. */
static void wait_for_each_other(talk *t, unsigned times)
{
    static const char record[300] = "\x17\x03\x03";
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 443);
    for (unsigned i = 0; i <= times; i++) {
        tcp_raw(&c, SERVER, ACK, c.next[SERVER], c.heard[SERVER], record, 200);
        c.next[SERVER] += 200;
        tcp_arrives(&c, SERVER);
        talk_wait(t, 900 * SSK_MS);
        tcp_raw(&c, CLIENT, ACK, c.next[CLIENT], c.heard[CLIENT], record, sizeof record);
        c.next[CLIENT] += sizeof record;
        tcp_arrives(&c, CLIENT);
        talk_wait(t, SSK_MS);
        tcp_ack(&c, SERVER);
        talk_wait(t, 30 * SSK_S);
    }
}

static void what_may_be_none_shows_how_long_they_take(void)
{
    talk t;
    wait_for_each_other(&t, 6);
    GArray *debts = talk_facts(&t, SSK_FACT_DEBT);
    g_assert_cmpuint(debts->len, ==, 6);
    for (guint i = 0; i < debts->len; i++) {
        const ssk_fact *debt = &g_array_index(debts, ssk_fact, i);
        g_assert_cmpint(debt->debt.kind, ==, SSK_DEBT_ANSWER);
        g_assert_cmpint(!(debt->flags & SSK_DEBT_UNASKED), ==, i == 0);
    }
    g_array_free(debts, TRUE);
    talk_end(&t);
}

static void a_wait_as_long_as_those_that_follow_is_no_stall(void)
{
    talk t;
    wait_for_each_other(&t, 6);
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
    wait_for_each_other(&t, 2); /* and the same, where nothing more is known */
    result = talk_judge(&t);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    ssk_result_free(result);
}

/* Turns at once, as of a handshake; then one that is received and answered after 100 s. */
static void a_command_takes_100_s(talk *t, uint16_t port)
{
    connection c = begun(t, port);
    for (unsigned i = 0; i < 8; i++) {
        tcp_text(&c, CLIENT, "\x01\x02\x03?");
        talk_wait(t, SSK_MS);
        tcp_arrives(&c, CLIENT);
        if (i == 7) {
            tcp_ack(&c, SERVER);
            talk_wait(t, 100 * SSK_S);
        }
        tcp_text(&c, SERVER, "\x04\x05!");
        talk_wait(t, 300 * SSK_MS);
        tcp_arrives(&c, SERVER);
    }
}

static void a_command_of_a_shell_takes_its_time(void)
{
    talk t;
    a_command_takes_100_s(&t, 22);
    expect_none(&t);
    a_command_takes_100_s(&t, 4000); /* the same of something else */
    expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
}

/* Seen from the middle, at the port of HTTP: what comes back begins with @p back. */
static void comes_back(talk *t, const char *back)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 80);
    for (unsigned i = 0; i < 2; i++) {
        tcp_text(&c, CLIENT, "\x01\x02 the end of something");
        talk_wait(t, SSK_MS);
        tcp_arrives(&c, CLIENT);
        tcp_ack(&c, SERVER);
    }
    talk_wait(t, 22 * SSK_S);
    tcp_text(&c, SERVER, back);
}

static void what_is_no_http_answers_none(void)
{
    talk t;
    comes_back(&t, "\x05\x06 news");
    expect_none(&t);
    comes_back(&t, "HTTP/1.1 200 OK\r\n\r\n");
    expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
}

static const uint8_t mqtt_hello[] = {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 20, 0, 0};

static void a_first_request_is_owed_one_even_where_it_tells_the_profile(void)
{
    talk t;
    connection c = begun(&t, 1883);
    tcp_send(&c, CLIENT, ACK, mqtt_hello, sizeof mqtt_hello);
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, SERVER);
    talk_wait(&t, 15 * SSK_S);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).frame_first, ==, 4);
}

/* ---- HTTP/2: the program's frames, and its library's ---- */

#define H2_PREFACE  "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
#define H2_SETTINGS "\0\0\0\4\0\0\0\0\0"
#define H2_REQUEST  "\0\0\4\1\5\0\0\0\1head"
#define H2_WINDOW   "\0\0\4\x8\0\0\0\0\1\0\1\0\0"
#define H2_PONG           \
    "\0\0\x8\6\1\0\0\0\0" \
    "12345678"
#define H2_RESET "\0\0\4\3\0\0\0\0\1\0\0\0\x8"

static void h2_send(connection *c, int from, const char *frames, size_t size)
{
    tcp_send(c, from, ACK, frames, (uint32_t)size - 1);
    talk_wait(c->t, SSK_MS);
    tcp_arrives(c, from);
    tcp_ack(c, !from);
    talk_wait(c->t, SSK_MS);
}

static connection h2_begun(talk *t)
{
    connection c = begun(t, 8080);
    h2_send(&c, CLIENT, H2_PREFACE, sizeof H2_PREFACE);
    h2_send(&c, SERVER, H2_SETTINGS, sizeof H2_SETTINGS);
    return c;
}

static void pings_and_windows_of_http2_answer_no_request(void)
{
    talk t;
    connection c = h2_begun(&t);
    h2_send(&c, CLIENT, H2_REQUEST, sizeof H2_REQUEST);
    uint32_t asked = t.frame - 1;
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, 5 * SSK_S);
        h2_send(&c, SERVER, H2_PONG, sizeof H2_PONG);
    }
    h2_send(&c, SERVER, H2_REQUEST, sizeof H2_REQUEST); /* headers, this way an answer */
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
    g_assert_cmpint(debt.frame_first, ==, asked);
    g_assert_true(debt.flags & SSK_DEBT_PAID);
}

static void who_takes_its_question_back_waits_no_longer(void)
{
    talk t;
    connection c = h2_begun(&t);
    h2_send(&c, CLIENT, H2_REQUEST, sizeof H2_REQUEST);
    talk_wait(&t, 10 * SSK_S);
    ssk_time_ns back = t.now;
    h2_send(&c, CLIENT, H2_RESET, sizeof H2_RESET);
    talk_wait(&t, 60 * SSK_S);
    h2_send(&c, SERVER, H2_REQUEST, sizeof H2_REQUEST);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
    g_assert_cmpint(debt.end, ==, back);
    g_assert_true(debt.flags & SSK_DEBT_GIVEN_UP);
}

static void h2_data(connection *c)
{
    for (unsigned i = 0; i < 100; i++) {
        uint8_t data[209] = {0, 0, 200};
        data[8] = 1;
        tcp_send(c, SERVER, ACK, data, sizeof data);
        talk_wait(c->t, SSK_MS);
        tcp_arrives(c, SERVER);
        tcp_ack(c, CLIENT);
    }
}

static void a_window_of_http2_is_owed_to_who_sends_as_soon_as_it_is_widened(void)
{
    talk t;
    connection c = h2_begun(&t);
    h2_data(&c);
    talk_wait(&t, 30 * SSK_S);
    h2_send(&c, CLIENT, H2_WINDOW, sizeof H2_WINDOW);
    h2_data(&c);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_WINDOW, SSK_A);
    g_assert_cmpint(debt.end - debt.start, >=, 30 * SSK_S);
}

static void and_none_where_the_data_comes_later(void)
{
    talk t;
    connection c = h2_begun(&t);
    h2_data(&c);
    talk_wait(&t, 30 * SSK_S);
    h2_send(&c, CLIENT, H2_WINDOW, sizeof H2_WINDOW);
    talk_wait(&t, 3 * SSK_S);
    h2_data(&c);
    expect_none(&t);
}

static void who_answers_a_word_at_once_asks_nothing(void)
{
    talk t;
    connection c = begun(&t, 80);
    for (unsigned i = 0; i < 2; i++) { /* a WebSocket that was opened before the capture */
        tcp_send(&c, SERVER, ACK, "\x89\x01.", 3);
        talk_wait(&t, SSK_MS);
        tcp_arrives(&c, SERVER);
        tcp_send(&c, CLIENT, ACK, "\x8a\x81----.", 7);
        talk_wait(&t, SSK_MS);
        tcp_ack(&c, SERVER);
        talk_wait(&t, 20 * SSK_S);
    }
    expect_none(&t);
}

/* After a greeting of its server, the client sends @p len bytes, and waits. */
static void greeted(talk *t, const void *bytes, uint32_t len)
{
    connection c = begun(t, 3306);
    tcp_text(&c, SERVER, "J\x01\x02 greets");
    talk_wait(t, SSK_MS);
    tcp_arrives(&c, SERVER);
    tcp_send(&c, CLIENT, ACK, bytes, len);
    talk_wait(t, SSK_MS);
    tcp_ack(&c, SERVER);
    talk_wait(t, 20 * SSK_S);
    tcp_text(&c, SERVER, "at last");
}

static void a_query_of_mysql_is_owed_an_answer(void)
{
    talk t;
    greeted(&t, "\x09\0\0\0\x03SELECT 1", 13);
    expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
}

static void a_command_of_imap_is_and_a_sentence_is_none(void)
{
    talk t;
    greeted(&t, "GAJB1 LOGIN fred secret\r\n", 25);
    expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
    greeted(&t, "Anonymous login succeeded for fred\r\n", 36);
    expect_none(&t);
}

/* A line of a request that somebody types. */
static void type(connection *c, const char *line)
{
    tcp_text(c, CLIENT, line);
    talk_wait(c->t, SSK_MS);
    tcp_arrives(c, CLIENT);
    tcp_ack(c, SERVER);
    talk_wait(c->t, 15 * SSK_S);
}

static void a_head_that_is_not_over_asks_for_nothing(void)
{
    talk t;
    connection c = begun(&t, 80);
    type(&c, "GET / HTTP/1.1\r\n");
    type(&c, "Host: a\r\n");
    tcp_text(&c, SERVER, "HTTP/1.1 408 Request Timeout\r\n\r\n");
    expect_none(&t);
}

static void it_asks_with_its_empty_line(void)
{
    talk t;
    connection c = begun(&t, 80);
    type(&c, "GET / HTTP/1.1\n");
    type(&c, "Host: a\n");
    type(&c, "\n");
    tcp_text(&c, SERVER, "HTTP/1.1 200 OK\r\n\r\n");
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).frame_first, ==, 8);
}

static void what_only_begins_with_a_length_is_none(void)
{
    talk t;
    greeted(&t, "\x09\0\0\0\x03\xe0\x6e\x68\xb5\x5d\xa9\x17\x3e", 13);
    expect_none(&t);
}

/* The same, again and again after a second, and nothing back. */
static void says_in_vain(const char *text, unsigned times)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < times; i++) {
        talk_datagram(&t, 7, 7411, 8, 7410, text, (uint32_t)strlen(text));
        talk_wait(&t, SSK_S);
    }
    talk_wait(&t, 30 * SSK_S);
    talk_udp(&t, 7, 1, 9, 2, 20);
    expect_none(&t);
}

static void who_announces_itself_wants_no_answer(void)
{
    says_in_vain("RTPS\2\1\1\x0f announces", 6);
    says_in_vain("NOTIFY * HTTP/1.1\r\nNTS: ssdp:alive\r\n\r\n", 6);
    says_in_vain("HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\n\r\n", 6);
}

static void who_searches_for_devices_wants_none_either(void)
{
    says_in_vain("\x0c\x15\x1f is anybody here?", 3);
}

static void a_duplicate_that_is_reported_asks_for_nothing(void)
{
    ssk_tcp_hdr twice = {.ack = 115, .sack_count = 1, .sack = {{58, 115}}};
    ssk_tcp_hdr lacks = {.ack = 115, .sack_count = 1, .sack = {{200, 300}}};
    g_assert_true(ssk_tcp_reports_duplicate(&twice));
    g_assert_false(ssk_tcp_reports_duplicate(&lacks));
}

/* ---- polls over UDP ---- */

/* A poll and its answer, each so often. */
static void poll(talk *t, unsigned asks, unsigned answers)
{
    uint8_t text[20] = "poll";
    text[5] = (uint8_t)t->frame; /* never the same twice */
    for (unsigned i = 0; i < asks; i++)
        talk_datagram(t, 7, 9000, 8, 9001, text, sizeof text);
    talk_wait(t, 5 * SSK_MS);
    for (unsigned i = 0; i < answers; i++)
        talk_datagram(t, 8, 9001, 7, 9000, text, sizeof text);
    talk_wait(t, SSK_S);
}

static void expect_answer_missing(talk *t)
{
    for (unsigned i = 0; i < 10; i++)
        poll(t, 1, 0);
    poll(t, 1, 1);
    expect_debt(t, SSK_DEBT_ANSWER, SSK_B);
}

static void one_answer_that_was_not_captured_hides_no_turns(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 10; i++)
        poll(&t, 1, i != 4);
    expect_answer_missing(&t);
}

static void copies_of_a_mirror_port_hide_no_turns(void)
{
    talk t;
    talk_begin(&t);
    t.family = 6; /* no number to tell a copy by */
    for (unsigned i = 0; i < 10; i++)
        poll(&t, 2, 2);
    expect_answer_missing(&t);
}

/* ---- requests that overlap ---- */

static void modbus(connection *c, int from, uint8_t number)
{
    const uint8_t ask[] = {0, number, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1};
    const uint8_t say[] = {0, number, 0, 0, 0, 5, 1, 3, 2, 0, 7};
    if (from == CLIENT)
        tcp_send(c, from, ACK, ask, sizeof ask);
    else
        tcp_send(c, from, ACK, say, sizeof say);
    talk_wait(c->t, SSK_MS);
    tcp_arrives(c, from);
    tcp_ack(c, !from);
    talk_wait(c->t, 10 * SSK_MS);
}

static void of_requests_that_overlap_the_unanswered_one_is_owed(void)
{
    talk t;
    connection c = begun(&t, 502);
    modbus(&c, CLIENT, 1);
    modbus(&c, CLIENT, 2);
    uint32_t second = t.frame - 1;
    modbus(&c, SERVER, 1);
    talk_wait(&t, 20 * SSK_S);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).frame_first, ==, second);
}

/* Answers of two numbers in two segments, cut where it pleases TCP. */
static void an_answer_in_pieces_leaves_the_latest_request_open(void)
{
    talk t;
    connection c = begun(&t, 502);
    modbus(&c, CLIENT, 1);
    modbus(&c, SERVER, 1);
    static const uint8_t ask[] = {0, 2, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1,
                                  0, 3, 0, 0, 0, 6, 1, 3, 0, 0, 0, 1};
    static const uint8_t say[] = {0, 2, 0, 0, 0, 5, 1, 3, 2, 0, 7};
    tcp_send(&c, CLIENT, ACK, ask, sizeof ask);
    tcp_arrives(&c, CLIENT);
    tcp_send(&c, SERVER, ACK, say, 9);
    tcp_send(&c, SERVER, ACK, say + 9, 2);
    tcp_arrives(&c, SERVER);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 20 * SSK_S);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
}

static void and_nothing_once_all_were_answered(void)
{
    talk t;
    connection c = begun(&t, 502);
    for (uint8_t i = 0; i < 20; i += 2) {
        modbus(&c, CLIENT, i);
        modbus(&c, CLIENT, i + 1);
        modbus(&c, SERVER, i);
        modbus(&c, SERVER, i + 1);
    }
    talk_wait(&t, 20 * SSK_S);
    tcp_send(&c, CLIENT, FIN | ACK, NULL, 0);
    expect_none(&t);
}

static void requests_that_go_on_and_on_are_owed_since_the_first(void)
{
    talk t;
    connection c = begun(&t, 502);
    for (uint8_t i = 0; i < 200; i++) {
        modbus(&c, CLIENT, i);
        talk_wait(&t, 100 * SSK_MS);
    }
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).frame_first, ==, 4);
}

/* ---- answer over UDP ---- */

static void a_datagram_repeated_in_vain_is_owed_an_answer(void)
{
    talk t;
    talk_begin(&t);
    ssk_span_ns wait = SSK_S / 2;
    for (unsigned i = 0; i < 6; i++, wait *= 2) {
        talk_datagram(&t, 5, 5060, 1, 5060, "OPTIONS sip:a@b SIP/2.0\r\n\r\n", 27);
        talk_wait(&t, wait);
    }
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
    g_assert_cmpint(debt.debt.asked, ==, 6);
    g_assert_cmpint(debt.frame_first, ==, 1);
}

static void a_line_of_syslog_wants_no_answer(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 6; i++) {
        talk_datagram(&t, 5, 514, 1, 514, "<13>host: the same line", 23);
        talk_wait(&t, SSK_S);
    }
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

/* ---- questions that each come from a port of their own ---- */

static void dns(talk *t, uint16_t port, bool asks)
{
    uint8_t message[] = {0, (uint8_t)port, 1,   0,   0,   1, 0, 0, 0, 0, 0, 0,
                         4, 'w',           'a', 'r', 'd', 0, 0, 1, 0, 1};
    if (!asks)
        message[2] = 0x81;
    if (asks)
        talk_datagram(t, 5, port, 1, 53, message, sizeof message);
    else
        talk_datagram(t, 1, 53, 5, port, message, sizeof message);
    talk_wait(t, 2 * SSK_S);
}

static void a_name_that_is_asked_for_in_vain_is_owed_whatever_the_ports(void)
{
    talk t;
    talk_begin(&t);
    for (uint16_t port = 4000; port < 4005; port++)
        dns(&t, port, true);
    ssk_time_ns paid = t.now;
    dns(&t, 4004, false);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ANSWER, SSK_B);
    g_assert_cmpint(debt.debt.asked, ==, 5);
    g_assert_cmpint(debt.frame_first, ==, 1);
    g_assert_cmpint(debt.end, ==, paid);
}

static void what_too_many_pairs_of_hosts_asked_is_counted(void)
{
    static const uint8_t query[] = {0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 'w', 0, 0, 1, 0, 1};
    talk t;
    talk_begin(&t);
    for (unsigned host = 10; host < 250; host++)
        for (unsigned server = 1; server < 5; server++)
            talk_datagram(&t, host, 4000, server, 53, query, sizeof query);
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpuint(result->limits.questions_dropped, >=, 240 * 4 - 512);
    ssk_result_free(result);
    talk_end(&t);
}

static void and_not_where_each_is_answered(void)
{
    talk t;
    talk_begin(&t);
    for (uint16_t port = 4000; port < 4020; port++) {
        dns(&t, port, true);
        dns(&t, port, false);
    }
    expect_none(&t);
}

static void ntp(talk *t, uint16_t port, bool asks)
{
    uint8_t message[48] = {asks ? 0x23 : 0x24, 0, 3}; /* every 8 s */
    if (asks)
        talk_datagram(t, 5, port, 1, 123, message, sizeof message);
    else
        talk_datagram(t, 1, 123, 5, port, message, sizeof message);
    talk_wait(t, 4 * SSK_S);
}

static void the_time_is_owed_by_a_server_that_told_it_before(void)
{
    talk t;
    talk_begin(&t);
    ntp(&t, 4000, true);
    ntp(&t, 4000, false);
    for (uint16_t port = 4001; port < 4006; port++)
        ntp(&t, port, true);
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_ANSWER, SSK_B).frame_first, ==, 3);
}

static void one_that_never_told_it_may_answer_another_way(void)
{
    talk t;
    talk_begin(&t);
    for (uint16_t port = 4001; port < 4006; port++)
        ntp(&t, port, true);
    expect_none(&t);
}

/* ---- beat ---- */

static void a_keep_alive_that_can_be_read_is_a_timers_though_nothing_else_is_decoded(void)
{
    talk t;
    connection c = begun(&t, 6379);
    for (unsigned i = 0; i < 12; i++) {
        tcp_text(&c, CLIENT, "*1\r\n$4\r\nPING\r\n");
        talk_wait(&t, SSK_MS);
        tcp_arrives(&c, CLIENT);
        tcp_text(&c, SERVER, "+PONG\r\n");
        talk_wait(&t, SSK_MS);
        tcp_arrives(&c, SERVER);
        tcp_ack(&c, CLIENT);
        talk_wait(&t, 3 * SSK_S);
    }
    talk_wait(&t, 40 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    g_assert_true(expect_debt(&t, SSK_DEBT_BEAT, SSK_A).flags & SSK_DEBT_DECODED);
}

static void a_timer_that_stops_owes_its_next_beat(void)
{
    talk t;
    connection c = talk_in_rhythm(&t);
    talk_wait(&t, 20 * SSK_S);
    tcp_ping(&c);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_BEAT, SSK_A);
    g_assert_true(debt.flags & SSK_DEBT_DECODED);
    g_assert_cmpint(debt.debt.period, ==, SSK_S);
}

/* Twelve beats of 50 bytes that nobody can read; then the client waits 20 s, and sends 250 bytes.
 * @param vain how often it sent the last beat again meanwhile, without being heard */
static ssk_fact much_after_a_silence(unsigned vain)
{
    talk t;
    connection c = begun(&t, 50051);
    char bytes[250];
    memset(bytes, 0xc1, sizeof bytes);
    for (unsigned i = 0; i < 12; i++) {
        talk_wait(&t, SSK_S);
        bytes[7] = (char)i;
        tcp_send(&c, CLIENT, ACK, bytes, 50);
        if (vain && i == 11)
            break;
        talk_wait(&t, SSK_MS);
        tcp_ack(&c, SERVER);
    }
    for (unsigned i = 0; i < vain; i++) {
        talk_wait(&t, 20 * SSK_S / (vain + 1));
        tcp_again(&c, CLIENT);
    }
    talk_wait(&t, 20 * SSK_S / (vain + 1));
    tcp_ack(&c, SERVER);
    tcp_send(&c, CLIENT, ACK, bytes, sizeof bytes);
    tcp_ack(&c, SERVER);
    return expect_among(&t, SSK_DEBT_BEAT, SSK_A);
}

static void beats_that_waited_come_in_large_segments(void)
{
    g_assert_true(much_after_a_silence(5).flags & SSK_DEBT_PAID);
}

static void what_is_of_another_size_is_no_beat(void)
{
    g_assert_true(much_after_a_silence(0).flags & SSK_DEBT_HEARD);
}

static void a_promise_is_broken_before_three_of_it(void)
{
    talk t;
    connection c = begun(&t, 1883);
    static const uint8_t hello[] = {0x10, 0x0c, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 20, 0, 0};
    tcp_send(&c, CLIENT, ACK, hello, sizeof hello);
    talk_wait(&t, SSK_MS);
    tcp_arrives(&c, CLIENT);
    tcp_send(&c, SERVER, ACK, "\x20\x02\0\0", 4);
    talk_wait(&t, 30 * SSK_S); /* one and a half of it */
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_BEAT, SSK_A);
    g_assert_cmpint(debt.debt.period, ==, 20 * SSK_S);
    g_assert_true(debt.flags & SSK_DEBT_CLOSED);
}

/* Ends the talk, in which both were quiet: how long each had promised to be so at most. */
static void expect_promised(talk *t, ssk_span_ns of_client, ssk_span_ns of_server)
{
    talk_udp(t, 7, 1, 8, 2, 20);
    GArray *debts = talk_facts(t, SSK_FACT_DEBT);
    ssk_span_ns promised[2] = {0, 0};
    for (guint i = 0; i < debts->len; i++) {
        const ssk_fact *debt = &g_array_index(debts, ssk_fact, i);
        promised[debt->dir] = debt->debt.kind == SSK_DEBT_BEAT ? debt->debt.period : 0;
    }
    g_assert_cmpint(promised[SSK_A], ==, of_client);
    g_assert_cmpint(promised[SSK_B], ==, of_server);
    g_array_free(debts, TRUE);
    talk_end(t);
}

/* Who declares @p bytes, and what each side then promises. */
static void expect_promises(uint16_t port, int from, const void *bytes, uint32_t len,
                            ssk_span_ns of_client, ssk_span_ns of_server)
{
    talk t;
    connection c = begun(&t, port);
    tcp_send(&c, from, ACK, bytes, len);
    tcp_arrives(&c, from);
    tcp_send(&c, !from, ACK, "\x7fother", 6);
    tcp_arrives(&c, !from);
    tcp_ack(&c, from);
    talk_wait(&t, 2 * MAX(of_server, 20 * SSK_S));
    expect_promised(&t, of_client, of_server);
}

static void what_protocols_declare_is_promised(void)
{
    static const uint8_t ldp[] = {0, 1, 0, 28, 2, 2, 2, 2,   0, 0, 2, 0, 0, 22, 0, 0, 0, 1,
                                  5, 0, 0, 14, 0, 1, 0, 180, 0, 0, 0, 0, 1, 1,  1, 1, 0, 0};
    expect_promises(646, CLIENT, ldp, sizeof ldp, 180 * SSK_S, 180 * SSK_S);
    static const uint8_t amqp[] = {0,    0,    0,    26, 2,    0,    0, 0,    0,
                                   0x53, 0x10, 0xc0, 13, 5,    0xa1, 1, 'c',  0x40,
                                   0x40, 0x60, 0,    9,  0x70, 0,    0, 0xea, 0x60};
    expect_promises(5672, CLIENT, amqp, sizeof amqp, 0, 60 * SSK_S);
    static const char socket_io[] =
        "\x81\x3b"
        "0{\"sid\":\"lv_VI97HAXpY6yYWAAAC\",\"pingInterval\":25000,\"p\":1}";
    expect_promises(8000, SERVER, socket_io, sizeof socket_io - 1, 25 * SSK_S, 25 * SSK_S);
    static const char other[] = "\x81\x20"
                                "1{\"sid\":\"x\",\"pingInterval\":25000}";
    expect_promises(8000, SERVER, other, sizeof other - 1, 0, 0);
}

/* The client's heart-beats and the server's, after both have said what they can and want. */
static void expect_heart_beats(const char *client, const char *server, ssk_span_ns of_client,
                               ssk_span_ns of_server)
{
    talk t;
    connection c = begun(&t, 61613);
    tcp_text(&c, CLIENT, client);
    tcp_arrives(&c, CLIENT);
    tcp_text(&c, SERVER, server);
    tcp_arrives(&c, SERVER);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 25 * SSK_S);
    expect_promised(&t, of_client, of_server);
}

static void heart_beats_are_promised_as_both_agree(void)
{
    expect_heart_beats("CONNECT\naccept-version:1.2\nheart-beat:5000,9000\n\n",
                       "CONNECTED\nversion:1.2\nheart-beat:8000,10000\n\n", 10 * SSK_S, 9 * SSK_S);
    expect_heart_beats("STOMP\r\nheart-beat:0,9000\r\n\r\n",
                       "CONNECTED\nheart-beat:10000,20000\n\n", 0, 10 * SSK_S);
    expect_heart_beats("CONNECT\nhost:/\n\n", "CONNECTED\nheart-beat:0,0\n\n", 0, 0);
}

/* NATS: its client asks once; then the server does, each 8 s, and is answered @p times. */
static void server_pings(unsigned times)
{
    talk t;
    connection c = begun(&t, 4222);
    tcp_text(&c, SERVER, "INFO {\"server_id\":\"N\"}\r\n");
    tcp_arrives(&c, SERVER);
    tcp_text(&c, CLIENT, "CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPING\r\n");
    tcp_arrives(&c, CLIENT);
    tcp_text(&c, SERVER, "PONG\r\n");
    for (unsigned i = 0; i < 10; i++) {
        tcp_arrives(&c, SERVER);
        tcp_ack(&c, CLIENT);
        talk_wait(&t, 8 * SSK_S);
        tcp_text(&c, SERVER, "PING\r\n");
        talk_wait(&t, SSK_MS);
        tcp_arrives(&c, SERVER);
        if (i < times)
            tcp_text(&c, CLIENT, "PONG\r\n");
        tcp_arrives(&c, CLIENT);
    }
    if (times < 10) {
        ssk_fact debt = expect_debt(&t, SSK_DEBT_ANSWER, SSK_A);
        g_assert_true(debt.flags & SSK_DEBT_DECODED);
        g_assert_cmpint(debt.end - debt.start, >=, (9 - times) * 8 * SSK_S);
    } else {
        expect_none(&t);
    }
}

static void who_asked_only_once_owes_the_answers_to_its_peers_pings(void)
{
    server_pings(8);
    server_pings(10);
}

/* A session of BFD in that state, a packet of host 5 each 300 ms. */
static void watched(talk *t, unsigned state, unsigned packets)
{
    uint8_t bfd[24] = {0x20, (uint8_t)(state << 6), 5, 24, 0, 0, 0, 1, 0, 0, 0, 2};
    bfd[13] = bfd[17] = 4; /* 300 ms in microseconds: 0x493e0 */
    bfd[14] = bfd[18] = 0x93;
    bfd[15] = bfd[19] = 0xe0;
    for (unsigned i = 0; i < packets; i++) {
        talk_datagram(t, 5, 49152, 6, 3784, bfd, sizeof bfd);
        talk_wait(t, 300 * SSK_MS);
    }
}

static void a_session_that_is_up_owes_its_next_packet(void)
{
    talk t;
    talk_begin(&t);
    watched(&t, 3, 30);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    g_assert_cmpint(expect_among(&t, SSK_DEBT_STREAM, SSK_A).debt.period, ==, 300 * SSK_MS);
}

/* Ends the talk. */
static void expect_no_stream(talk *t)
{
    GArray *debts = talk_facts(t, SSK_FACT_DEBT);
    for (guint i = 0; i < debts->len; i++)
        g_assert_cmpint(g_array_index(debts, ssk_fact, i).debt.kind, !=, SSK_DEBT_STREAM);
    g_array_free(debts, TRUE);
    talk_end(t);
}

static void and_none_once_it_says_that_it_is_down(void)
{
    talk t;
    talk_begin(&t);
    watched(&t, 3, 30);
    watched(&t, 1, 1);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_no_stream(&t);
}

/* A few beats, while the other side pushes twice as often; then the pushes go on alone. */
static connection few_beats(talk *t, unsigned more)
{
    connection c = begun(t, 8883);
    for (unsigned i = 0; i < 12 + more; i++) {
        tcp_text(&c, SERVER, "\x17news");
        talk_wait(t, 500 * SSK_MS);
        tcp_arrives(&c, SERVER);
        if (i < 12 && i % 2 == 0)
            tcp_text(&c, CLIENT, "\x17ping");
        else
            tcp_ack(&c, CLIENT);
        talk_wait(t, 2 * SSK_S);
        tcp_arrives(&c, CLIENT);
    }
    return c;
}

/* Pings of a WebSocket's client; the server has other things to say. */
static connection pinged(talk *t, bool answers)
{
    connection c = begun(t, 8888);
    tcp_text(&c, CLIENT, "GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    tcp_arrives(&c, CLIENT);
    tcp_text(&c, SERVER, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    for (unsigned i = 0; i < 12; i++) {
        talk_wait(t, 2 * SSK_S);
        tcp_text(&c, SERVER, "\x82\x04more"); /* unasked: they take no turns */
        talk_wait(t, SSK_S);
        tcp_send(&c, CLIENT, ACK, "\x89\x80----", 6);
        talk_wait(t, SSK_MS);
        tcp_arrives(&c, CLIENT);
        if (answers)
            tcp_send(&c, SERVER, ACK, "\x8a\0", 2);
        talk_wait(t, SSK_S);
        tcp_text(&c, SERVER, "\x82\x04news");
        talk_wait(t, SSK_MS);
        tcp_arrives(&c, SERVER);
        tcp_ack(&c, CLIENT);
    }
    for (unsigned i = 0; i < 6; i++) {
        talk_wait(t, 5 * SSK_S);
        tcp_send(&c, CLIENT, ACK, "\x89\x80----", 6);
        talk_wait(t, SSK_MS);
        tcp_ack(&c, SERVER);
    }
    talk_wait(t, SSK_MS);
    tcp_send(&c, SERVER, FIN | ACK, "\x88\0", 2);
    return c;
}

static void a_pong_is_owed_by_who_sent_some(void)
{
    talk t;
    pinged(&t, true);
    GArray *debts = talk_facts(&t, SSK_FACT_DEBT);
    unsigned answers = 0;
    for (guint i = 0; i < debts->len; i++)
        answers += g_array_index(debts, ssk_fact, i).debt.kind == SSK_DEBT_ANSWER;
    g_assert_cmpuint(answers, ==, 1);
    g_array_free(debts, TRUE);
    talk_end(&t);
}

static void and_not_by_who_leaves_pings_unanswered(void)
{
    talk t;
    pinged(&t, false);
    GArray *debts = talk_facts(&t, SSK_FACT_DEBT);
    for (guint i = 0; i < debts->len; i++)
        g_assert_cmpint(g_array_index(debts, ssk_fact, i).debt.kind, !=, SSK_DEBT_ANSWER);
    g_array_free(debts, TRUE);
    talk_end(&t);
}

static void few_exact_beats_are_owed_to_a_peer_that_goes_on_and_closes(void)
{
    talk t;
    connection c = few_beats(&t, 4);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    talk_wait(&t, SSK_MS);
    tcp_arrives(&c, SERVER);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 20 * SSK_S);
    tcp_text(&c, CLIENT, "\x17ping");
    ssk_fact debt = expect_debt(&t, SSK_DEBT_BEAT, SSK_A);
    g_assert_cmpint(debt.debt.period / SSK_S, ==, 5);
}

static void and_to_nobody_else(void)
{
    talk t;
    connection c = few_beats(&t, 0);
    talk_wait(&t, 20 * SSK_S);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
    GArray *debts = talk_facts(&t, SSK_FACT_DEBT);
    for (guint i = 0; i < debts->len; i++) /* the pushes are regular, too */
        g_assert_cmpint(g_array_index(debts, ssk_fact, i).dir, ==, SSK_B);
    g_array_free(debts, TRUE);
    talk_end(&t);
}

static const uint8_t active[20] = {0, 0, 16, 3, 10, 105}, speaking[20] = {0, 0, 4, 3, 10, 105};

static void hello(talk *t, const uint8_t *datagram)
{
    talk_datagram(t, 5, 1985, 200, 1985, datagram, 20);
    talk_wait(t, 3 * SSK_S);
}

static void a_router_that_stands_for_others_owes_the_hellos_that_it_declares(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 4; i++)
        hello(&t, active);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_STREAM, SSK_A);
    g_assert_cmpint(debt.debt.period, ==, 3 * SSK_S);
}

static void and_none_where_the_capture_holds_only_some_of_them(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 6; i++) { /* what somebody chose to keep of them */
        hello(&t, active);
        talk_wait(&t, i % 2 ? SSK_S : 20 * SSK_S);
    }
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

static void and_one_that_stands_back_owes_none(void)
{
    talk t;
    talk_begin(&t);
    hello(&t, active);
    hello(&t, speaking);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

static void nor_one_that_says_that_it_is_passive(void)
{
    static const uint8_t passive[] = {0, 3, 0, 1, 0, 14, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0};
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 12; i++) {
        hello(&t, active);
        talk_wait(&t, 3 * SSK_S);
    }
    talk_datagram(&t, 5, 1985, 200, 1985, passive, sizeof passive);
    talk_wait(&t, 60 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

/* Keep-alives of both ends of a label distribution, each at its own pace. */
static void keep_alives_of_two_timers_answer_nothing(void)
{
    static const uint8_t alive[] = {0, 1, 0, 14, 2, 2, 2, 2, 0, 0, 2, 1, 0, 4, 0, 0, 0, 9};
    talk t;
    connection c = begun(&t, 646);
    for (unsigned i = 0; i < 3; i++) {
        tcp_send(&c, CLIENT, ACK, alive, sizeof alive);
        tcp_arrives(&c, CLIENT);
        tcp_ack(&c, SERVER);
        talk_wait(&t, 36 * SSK_S);
        tcp_send(&c, SERVER, ACK, alive, sizeof alive);
        tcp_arrives(&c, SERVER);
        tcp_ack(&c, CLIENT);
        talk_wait(&t, 20 * SSK_S);
    }
    expect_none(&t);
}

/* Seen from the middle: it is the client's pong that tells what the two speak. */
static void a_pong_that_tells_the_profile_wants_no_answer(void)
{
    static const char *const said[] = {"\x89\x80\xe8\x83\x1e\x78", "\x8a\0", "\x89\0",
                                       "\x8a\x80\xaa\xa6\x92\xeb"};
    static const int by[] = {CLIENT, SERVER, SERVER, CLIENT};
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 80);
    for (unsigned i = 0; i < 4; i++) {
        tcp_send(&c, by[i], ACK, said[i], by[i] == CLIENT ? 6 : 2);
        tcp_arrives(&c, by[i]);
        talk_wait(&t, i == 1 ? 3 * SSK_S : 20 * SSK_MS);
    }
    tcp_ack(&c, SERVER);
    talk_wait(&t, 20 * SSK_S);
    talk_udp(&t, 7, 1, 8, 2, 20);
    expect_none(&t);
}

/* A server pushes once a second, falls silent, and somebody between closes the connection. */
static void pushed(talk *t, const char *answer)
{
    connection c = begun(t, 80);
    tcp_text(&c, CLIENT, GET);
    tcp_arrives(&c, CLIENT);
    tcp_text(&c, SERVER, answer);
    for (unsigned i = 0; i < 14; i++) {
        talk_wait(t, SSK_S);
        tcp_text(&c, SERVER, "\x81\x04tick");
        tcp_arrives(&c, SERVER);
        tcp_ack(&c, CLIENT);
    }
    talk_wait(t, 20 * SSK_S);
    tcp_send(&c, SERVER, FIN | ACK, NULL, 0);
}

static void a_websocket_that_is_closed_without_a_word_leaves_a_trace(void)
{
    talk t;
    pushed(&t, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n");
    g_assert_true(expect_debt(&t, SSK_DEBT_BEAT, SSK_B).flags & SSK_DEBT_TRACED);
    pushed(&t, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    g_assert_false(expect_debt(&t, SSK_DEBT_BEAT, SSK_B).flags & SSK_DEBT_TRACED);
}

/* ---- window ---- */

/* The server sends in full segments; then the client's window lets @p room bytes through, and each
 * second it reads a little: of @p length seconds. */
static connection squeezed(talk *t, uint16_t room, unsigned length)
{
    static const uint8_t bulk[250];
    connection c = begun(t, 8080);
    for (unsigned i = 0; i < 9; i++) {
        tcp_send(&c, SERVER, ACK, bulk, sizeof bulk);
        tcp_ack(&c, CLIENT);
    }
    c.window[CLIENT] = room;
    for (unsigned i = 0; i < length; i++) {
        tcp_ack(&c, CLIENT);
        talk_wait(t, SSK_S);
        tcp_send(&c, SERVER, ACK, bulk, room); /* to the last byte that fits */
    }
    return c;
}

static void one_too_small_for_a_segment_is_as_good_as_closed(void)
{
    talk t;
    connection c = squeezed(&t, 100, 30);
    c.window[CLIENT] = 60000;
    tcp_ack(&c, CLIENT);
    ssk_fact debt = expect_among(&t, SSK_DEBT_WINDOW, SSK_A);
    g_assert_cmpint(debt.end - debt.start, ==, 30 * SSK_S);
    g_assert_true(debt.flags & SSK_DEBT_PAID);
}

static void it_is_owed_until_the_reader_leaves(void)
{
    talk t;
    connection c = squeezed(&t, 100, 30);
    tcp_send(&c, CLIENT, RST | ACK, NULL, 0);
    g_assert_true(expect_among(&t, SSK_DEBT_WINDOW, SSK_A).flags & SSK_DEBT_CLOSED);
}

static void it_stays_owed_to_the_end(void)
{
    talk t;
    squeezed(&t, 100, 30);
    g_assert_true(expect_among(&t, SSK_DEBT_WINDOW, SSK_A).open);
}

static void a_segment_now_and_then_pays_nothing(void)
{
    static const uint8_t bulk[250];
    talk t;
    connection c = squeezed(&t, 100, 10);
    for (unsigned i = 0; i < 3; i++) {
        c.window[CLIENT] = 1400;
        tcp_ack(&c, CLIENT);
        tcp_send(&c, SERVER, ACK, bulk, sizeof bulk);
        c.window[CLIENT] = 0;
        tcp_ack(&c, CLIENT);
        talk_wait(&t, 10 * SSK_S);
        tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
    }
    c.window[CLIENT] = 60000;
    tcp_ack(&c, CLIENT);
    ssk_fact debt = expect_among(&t, SSK_DEBT_WINDOW, SSK_A);
    g_assert_cmpint(debt.end - debt.start, >=, 40 * SSK_S);
}

static void nor_does_it_matter_where_nothing_more_is_to_come(void)
{
    talk t;
    connection c = squeezed(&t, 100, 10);
    c.window[CLIENT] = 1400;
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 60 * SSK_S);
    tcp_ack(&c, CLIENT);
    ssk_fact debt = expect_among(&t, SSK_DEBT_WINDOW, SSK_A);
    g_assert_cmpint(debt.end - debt.start, ==, 10 * SSK_S);
}

static void small_segments_in_quick_succession_are_no_pause(void)
{
    static const uint8_t bulk[100];
    talk t;
    connection c = squeezed(&t, 100, 1);
    for (unsigned i = 0; i < 1000; i++) {
        tcp_ack(&c, CLIENT);
        talk_wait(&t, 20 * SSK_MS);
        tcp_send(&c, SERVER, ACK, bulk, sizeof bulk);
    }
    expect_none(&t);
}

static void a_small_window_that_nobody_fills_is_owed_to_nobody(void)
{
    talk t;
    connection c = squeezed(&t, 100, 0);
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 60 * SSK_S);
    c.window[CLIENT] = 60000;
    tcp_ack(&c, CLIENT);
    expect_none(&t);
}

static void a_closed_window_is_owed_to_who_probes_it(void)
{
    talk t;
    connection c = begun(&t, 7000);
    c.window[CLIENT] = 0;
    tcp_ack(&c, CLIENT);
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, SSK_S);
        tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
        tcp_ack(&c, CLIENT); /* its kernel answers each */
    }
    c.window[CLIENT] = 5000;
    talk_wait(&t, SSK_S);
    tcp_ack(&c, CLIENT);
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_WINDOW, SSK_A).debt.asked, ==, 4);
}

/* Two probes are answered; then nothing comes any more of the kernel that has to answer them. */
static void probes_that_no_kernel_answers_are_owed_an_acknowledgment(void)
{
    talk t;
    connection c = begun(&t, 7000);
    c.window[CLIENT] = 0;
    tcp_ack(&c, CLIENT);
    ssk_time_ns since = 0;
    for (unsigned i = 0; i < 6; i++) {
        talk_wait(&t, (500u << i) * SSK_MS);
        since = i == 2 ? t.now : since;
        tcp_raw(&c, SERVER, ACK, c.next[SERVER] - 1, c.heard[SERVER], NULL, 0);
        if (i < 2)
            tcp_ack(&c, CLIENT);
    }
    c.window[CLIENT] = 5000;
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, CLIENT);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ACK, SSK_A);
    g_assert_cmpint(debt.start, ==, since);
    g_assert_true(debt.flags & SSK_DEBT_PAID);
}

static void or_to_who_sends_as_soon_as_it_opens(void)
{
    talk t;
    connection c = begun(&t, 7000);
    c.window[CLIENT] = 0;
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 45 * SSK_S);
    c.window[CLIENT] = 5000;
    tcp_ack(&c, CLIENT);
    talk_wait(&t, SSK_MS);
    tcp_text(&c, SERVER, "what had waited");
    g_assert_cmpint(expect_debt(&t, SSK_DEBT_WINDOW, SSK_A).end - 45 * SSK_S, >, 0);
}

static void nobody_is_owed_one_that_nobody_uses(void)
{
    talk t;
    connection c = begun(&t, 7000);
    c.window[CLIENT] = 0;
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 45 * SSK_S);
    c.window[CLIENT] = 5000;
    tcp_ack(&c, CLIENT);
    talk_wait(&t, 5 * SSK_S);
    tcp_text(&c, SERVER, "something new");
    expect_none(&t);
}

/* ---- bytes asked for again ---- */

static void bytes_that_duplicates_ask_for_are_owed_by_their_sender(void)
{
    talk t;
    connection c = begun(&t, 80);
    uint32_t left = c.next[SERVER];
    tcp_text(&c, SERVER, "lost behind the capture");
    tcp_text(&c, SERVER, "this one arrives");
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, SSK_MS);
        tcp_raw(&c, CLIENT, ACK, c.next[CLIENT], left, NULL, 0);
    }
    talk_wait(&t, 20 * SSK_S);
    tcp_raw(&c, SERVER, ACK, left, c.heard[SERVER], "lost behind the capture", 23);
    ssk_fact debt = expect_debt(&t, SSK_DEBT_ACK, SSK_B);
    g_assert_true(debt.flags & SSK_DEBT_BYTES);
    g_assert_true(debt.flags & SSK_DEBT_PAID);
}

static void who_asks_whether_the_connection_lives_asks_for_no_bytes(void)
{
    talk t;
    connection c = begun(&t, 80);
    for (unsigned i = 0; i < 5; i++) {
        talk_wait(&t, 20 * SSK_S);
        tcp_ack(&c, CLIENT);
    }
    expect_none(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/debt/acknowledgment/what is sent again in vain is owed one",
                    what_is_sent_again_in_vain_is_owed_an_acknowledgment);
    g_test_add_func("/debt/acknowledgment/one pays", an_acknowledgment_pays);
    g_test_add_func("/debt/acknowledgment/one that comes soon is no debt",
                    one_that_comes_soon_is_no_debt);
    g_test_add_func("/debt/acknowledgment/one repetition is enough where its lack is heard",
                    one_is_owed_after_one_repetition_to_who_hears_that_it_is_lacked);
    g_test_add_func("/debt/acknowledgment/the first one in the capture pays",
                    the_first_one_of_a_connection_from_before_the_capture_pays);
    g_test_add_func("/debt/acknowledgment/a reset ends it", a_reset_ends_it);
    g_test_add_func("/debt/acknowledgment/a FIN that nobody acknowledges waits for nothing",
                    a_fin_that_nobody_acknowledges_waits_for_nothing);
    g_test_add_func("/debt/acknowledgment/who is out of sight owes none",
                    who_is_out_of_sight_owes_none);
    g_test_add_func("/debt/acknowledgment/nor does who was heard out of sight meanwhile",
                    nor_does_who_was_heard_out_of_sight_meanwhile);
    g_test_add_func("/debt/acknowledgment/other bytes with the same number are no repetition",
                    other_bytes_with_the_same_number_are_no_repetition);
    g_test_add_func("/debt/acknowledgment/nor are bytes with the number of the SYN",
                    nor_are_bytes_with_the_number_of_the_syn);
    g_test_add_func("/debt/answer/a request that was received is owed one",
                    a_request_that_was_received_is_owed_an_answer);
    g_test_add_func("/debt/answer/one that never comes ends with the close of the asker",
                    one_that_never_comes_ends_with_the_close_of_the_asker);
    g_test_add_func("/debt/answer/who asks and leaves at once waits for nothing",
                    who_asks_and_leaves_at_once_waits_for_nothing);
    g_test_add_func("/debt/answer/a subscription may wait", a_subscription_may_wait);
    g_test_add_func("/debt/answer/what nobody can read is a request where two take turns",
                    what_nobody_can_read_is_a_request_where_two_take_turns);
    g_test_add_func("/debt/answer/what may be none shows how long they take",
                    what_may_be_none_shows_how_long_they_take);
    g_test_add_func("/debt/answer/a wait as long as those that follow is no stall",
                    a_wait_as_long_as_those_that_follow_is_no_stall);
    g_test_add_func("/debt/answer/a command of a shell takes its time",
                    a_command_of_a_shell_takes_its_time);
    g_test_add_func("/debt/answer/what is no HTTP answers none", what_is_no_http_answers_none);
    g_test_add_func("/debt/answer/a datagram repeated in vain is owed one",
                    a_datagram_repeated_in_vain_is_owed_an_answer);
    g_test_add_func("/debt/answer/who answers a word at once asks nothing",
                    who_answers_a_word_at_once_asks_nothing);
    g_test_add_func("/debt/answer/a query of MySQL is owed one",
                    a_query_of_mysql_is_owed_an_answer);
    g_test_add_func("/debt/answer/a command of IMAP is owed one, and a sentence none",
                    a_command_of_imap_is_and_a_sentence_is_none);
    g_test_add_func("/debt/answer/a head that is not over asks for none",
                    a_head_that_is_not_over_asks_for_nothing);
    g_test_add_func("/debt/answer/it asks with its empty line", it_asks_with_its_empty_line);
    g_test_add_func("/debt/answer/what only begins with a length is none",
                    what_only_begins_with_a_length_is_none);
    g_test_add_func("/debt/answer/who announces itself wants none",
                    who_announces_itself_wants_no_answer);
    g_test_add_func("/debt/answer/who searches for devices wants none either",
                    who_searches_for_devices_wants_none_either);
    g_test_add_func("/debt/bytes/a duplicate that is reported asks for nothing",
                    a_duplicate_that_is_reported_asks_for_nothing);
    g_test_add_func("/debt/answer/one that was not captured hides no turns",
                    one_answer_that_was_not_captured_hides_no_turns);
    g_test_add_func("/debt/answer/copies of a mirror port hide no turns",
                    copies_of_a_mirror_port_hide_no_turns);
    g_test_add_func("/debt/answer/a line of syslog wants none", a_line_of_syslog_wants_no_answer);
    g_test_add_func("/debt/beat/a timer that stops owes its next one",
                    a_timer_that_stops_owes_its_next_beat);
    g_test_add_func("/debt/beat/beats that waited come in large segments",
                    beats_that_waited_come_in_large_segments);
    g_test_add_func("/debt/beat/what is of another size is no beat",
                    what_is_of_another_size_is_no_beat);
    g_test_add_func("/debt/beat/a promise is broken before three of it",
                    a_promise_is_broken_before_three_of_it);
    g_test_add_func("/debt/beat/what protocols declare is promised",
                    what_protocols_declare_is_promised);
    g_test_add_func("/debt/window/one too small for a segment is as good as closed",
                    one_too_small_for_a_segment_is_as_good_as_closed);
    g_test_add_func("/debt/window/it is owed until the reader leaves",
                    it_is_owed_until_the_reader_leaves);
    g_test_add_func("/debt/window/it stays owed to the end", it_stays_owed_to_the_end);
    g_test_add_func("/debt/window/a segment now and then pays nothing",
                    a_segment_now_and_then_pays_nothing);
    g_test_add_func("/debt/window/nor does it matter where nothing more is to come",
                    nor_does_it_matter_where_nothing_more_is_to_come);
    g_test_add_func("/debt/window/small segments in quick succession are no pause",
                    small_segments_in_quick_succession_are_no_pause);
    g_test_add_func("/debt/window/a small window that nobody fills is owed to nobody",
                    a_small_window_that_nobody_fills_is_owed_to_nobody);
    g_test_add_func("/debt/window/a closed one is owed to who probes it",
                    a_closed_window_is_owed_to_who_probes_it);
    g_test_add_func("/debt/window/probes that no kernel answers are owed an acknowledgment",
                    probes_that_no_kernel_answers_are_owed_an_acknowledgment);
    g_test_add_func("/debt/window/or to who sends as soon as it opens",
                    or_to_who_sends_as_soon_as_it_opens);
    g_test_add_func("/debt/window/nobody is owed one that nobody uses",
                    nobody_is_owed_one_that_nobody_uses);
    g_test_add_func("/debt/bytes/what duplicates ask for is owed by its sender",
                    bytes_that_duplicates_ask_for_are_owed_by_their_sender);
    g_test_add_func("/debt/bytes/who asks whether the connection lives asks for none",
                    who_asks_whether_the_connection_lives_asks_for_no_bytes);
    g_test_add_func("/debt/answer/a first request is owed one even where it tells the profile",
                    a_first_request_is_owed_one_even_where_it_tells_the_profile);
    g_test_add_func("/debt/http2/pings and windows answer no request",
                    pings_and_windows_of_http2_answer_no_request);
    g_test_add_func("/debt/http2/who takes its question back waits no longer",
                    who_takes_its_question_back_waits_no_longer);
    g_test_add_func("/debt/http2/a window is owed to who sends as soon as it is widened",
                    a_window_of_http2_is_owed_to_who_sends_as_soon_as_it_is_widened);
    g_test_add_func("/debt/http2/and none where the data comes later",
                    and_none_where_the_data_comes_later);
    g_test_add_func("/debt/overlap/the unanswered one is owed",
                    of_requests_that_overlap_the_unanswered_one_is_owed);
    g_test_add_func("/debt/overlap/an answer in pieces leaves the latest open",
                    an_answer_in_pieces_leaves_the_latest_request_open);
    g_test_add_func("/debt/overlap/and nothing once all were answered",
                    and_nothing_once_all_were_answered);
    g_test_add_func("/debt/overlap/those that go on and on are owed since the first",
                    requests_that_go_on_and_on_are_owed_since_the_first);
    g_test_add_func("/debt/beat/a pong is owed by who sent some", a_pong_is_owed_by_who_sent_some);
    g_test_add_func("/debt/beat/and not by who leaves pings unanswered",
                    and_not_by_who_leaves_pings_unanswered);
    g_test_add_func("/debt/beat/few exact ones are owed to a peer that goes on and closes",
                    few_exact_beats_are_owed_to_a_peer_that_goes_on_and_closes);
    g_test_add_func("/debt/beat/and to nobody else", and_to_nobody_else);
    g_test_add_func("/debt/beat/heart-beats are promised as both agree",
                    heart_beats_are_promised_as_both_agree);
    g_test_add_func("/debt/answer/who asked only once owes the answers to its peer's pings",
                    who_asked_only_once_owes_the_answers_to_its_peers_pings);
    g_test_add_func("/debt/beat/a session that is up owes its next packet",
                    a_session_that_is_up_owes_its_next_packet);
    g_test_add_func("/debt/beat/and none once it says that it is down",
                    and_none_once_it_says_that_it_is_down);
    g_test_add_func("/debt/beat/a router that stands for others owes the hellos that it declares",
                    a_router_that_stands_for_others_owes_the_hellos_that_it_declares);
    g_test_add_func("/debt/beat/and none where the capture holds only some of them",
                    and_none_where_the_capture_holds_only_some_of_them);
    g_test_add_func("/debt/beat/and one that stands back owes none",
                    and_one_that_stands_back_owes_none);
    g_test_add_func("/debt/beat/nor one that says that it is passive",
                    nor_one_that_says_that_it_is_passive);
    g_test_add_func("/debt/answer/keep-alives of two timers answer nothing",
                    keep_alives_of_two_timers_answer_nothing);
    g_test_add_func("/debt/beat/a pong that tells the profile wants no answer",
                    a_pong_that_tells_the_profile_wants_no_answer);
    g_test_add_func("/debt/beat/a WebSocket that is closed without a word leaves a trace",
                    a_websocket_that_is_closed_without_a_word_leaves_a_trace);
    g_test_add_func("/debt/scattered/a name is owed whatever the ports",
                    a_name_that_is_asked_for_in_vain_is_owed_whatever_the_ports);
    g_test_add_func("/debt/scattered/what too many pairs of hosts asked is counted",
                    what_too_many_pairs_of_hosts_asked_is_counted);
    g_test_add_func("/debt/scattered/and not where each question is answered",
                    and_not_where_each_is_answered);
    g_test_add_func("/debt/scattered/the time is owed by a server that told it before",
                    the_time_is_owed_by_a_server_that_told_it_before);
    g_test_add_func("/debt/scattered/one that never told it may answer another way",
                    one_that_never_told_it_may_answer_another_way);
    g_test_add_func("/debt/beat/a keep-alive that can be read is a timer's",
                    a_keep_alive_that_can_be_read_is_a_timers_though_nothing_else_is_decoded);
    return g_test_run();
}
