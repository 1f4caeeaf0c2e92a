/* test_meter_backlog.c - SSK_FACT_BACKLOG: what comes at once when a silence ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

/* A silence of 10 s, then @p count pings, @p apart from each other. */
static ssk_fact resume(talk *t, unsigned count, ssk_span_ns apart)
{
    talk_begin(t);
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    talk_wait(t, 9 * SSK_S);
    for (unsigned i = 0; i < count; i++, talk_wait(t, apart))
        tcp_ping(&c);
    talk_wait(t, SSK_S);
    tcp_ping(&c);
    GArray *found = talk_facts(t, SSK_FACT_BACKLOG);
    ssk_fact fact = {0};
    for (guint i = 0; i < found->len; i++)
        if (g_array_index(found, ssk_fact, i).dir == SSK_A)
            fact = g_array_index(found, ssk_fact, i);
    g_array_free(found, TRUE);
    return fact;
}

static void all_within_the_window_count(void)
{
    talk t;
    ssk_fact fact = resume(&t, 10, SSK_MS);
    g_assert_cmpint(fact.backlog.messages, ==, 10);
    g_assert_cmpint(fact.backlog.bytes, ==, 7 + 9 * 8); /* "PING 9\n", then two digits */
    talk_end(&t);
}

static void one_message_is_one(void)
{
    talk t;
    ssk_fact fact = resume(&t, 1, SSK_MS);
    g_assert_cmpint(fact.backlog.messages, ==, 1);
    talk_end(&t);
}

static void the_150th_millisecond_still_counts(void)
{
    talk t;
    g_assert_cmpint(resume(&t, 2, 150 * SSK_MS).backlog.messages, ==, 2);
    talk_end(&t);
    g_assert_cmpint(resume(&t, 2, 151 * SSK_MS).backlog.messages, ==, 1);
    talk_end(&t);
}

static void client_says(connection *c, const char *text)
{
    tcp_arrives(c, SERVER);
    tcp_text(c, CLIENT, text);
}

static void server_says(connection *c, const char *text)
{
    tcp_arrives(c, CLIENT);
    tcp_text(c, SERVER, text);
}

static void answers_to_new_questions_had_not_waited(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 21);
    tcp_connect(&c);
    client_says(&c, "USER a\r\n");
    server_says(&c, "331 password\r\n");
    talk_wait(&t, 10 * SSK_S);
    client_says(&c, "PORT 1,2\r\n");
    for (unsigned i = 0; i < 4; i++) {
        talk_wait(&t, SSK_S);
        tcp_again(&c, CLIENT);
    }
    server_says(&c, "200 successful\r\n");
    client_says(&c, "NLST\r\n");
    server_says(&c, "150 here it comes\r\n");
    server_says(&c, "226 sent\r\n");
    talk_wait(&t, SSK_S);
    client_says(&c, "QUIT\r\n");
    GArray *found = talk_facts(&t, SSK_FACT_BACKLOG);
    unsigned of_server = 0;
    for (guint i = 0; i < found->len; i++) {
        const ssk_fact *fact = &g_array_index(found, ssk_fact, i);
        of_server += fact->dir == SSK_B;
        if (fact->dir == SSK_B)
            g_assert_cmpint(fact->backlog.messages, ==, 1);
    }
    g_assert_cmpuint(of_server, ==, 1);
    g_array_free(found, TRUE);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter backlog/all within the window count", all_within_the_window_count);
    g_test_add_func("/meter backlog/one message is one", one_message_is_one);
    g_test_add_func("/meter backlog/the 150th millisecond still counts, the 151st does not",
                    the_150th_millisecond_still_counts);
    g_test_add_func("/meter backlog/answers to new questions had not waited",
                    answers_to_new_questions_had_not_waited);
    return g_test_run();
}
