/* test_meter_timeline.c - what is drawn of a stall: lanes and marks around it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void a_stall_has_its_own_lanes_and_its_neighbours(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, 5, 1, 7000), other = talk_connection(&t, 5, 1, 7001);
    connection stranger = talk_connection(&t, 6, 9, 7002);
    tcp_connect(&c);
    tcp_connect(&other);
    tcp_connect(&stranger);
    for (unsigned i = 0; i < 30; i++) {
        if (i < 10 || i > 20)
            tcp_beats(&c, 1, 100 * SSK_MS);
        tcp_beats(&other, 1, 100 * SSK_MS);
        tcp_beats(&stranger, 1, 100 * SSK_MS);
        talk_wait(&t, i < 10 || i > 20 ? 700 * SSK_MS : 800 * SSK_MS);
    }
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    const ssk_timeline *line = result->stalls[0].timeline;
    g_assert_nonnull(line);
    g_assert_cmpint(line->from, <, result->stalls[0].start);
    g_assert_cmpint(line->to, >, result->stalls[0].end);
    g_assert_cmpuint(line->lanes[0].flow, ==, result->stalls[0].flow);
    bool neighbour = false;
    for (size_t i = 0; i < line->n_lanes; i++) {
        neighbour |= line->lanes[i].flow == 2;
        g_assert_cmpuint(line->lanes[i].flow, !=, 3); /* shares no host with it */
    }
    g_assert_true(neighbour);
    for (size_t i = 1; i < line->n_marks; i++)
        g_assert_cmpint(line->marks[i - 1].at, <=, line->marks[i].at);
    g_assert_cmpuint(line->n_marks, >, 10);
    ssk_result_free(result);
    talk_end(&t);
}

/* Forty attempts, each refused, each from a port of its own. */
static void attempts_to_connect_are_drawn_as_one(void)
{
    enum { ATTEMPTS = 40 };
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < ATTEMPTS; i++) {
        connection c = talk_connection(&t, 5, 1, 7000);
        c.port[CLIENT] = (uint16_t)(41100 + i);
        tcp_send(&c, CLIENT, SYN, NULL, 0);
        tcp_raw(&c, SERVER, RST | ACK, 0, c.next[CLIENT], NULL, 0);
        talk_wait(&t, SSK_S);
    }
    ssk_result *result = ssk_engine_snapshot(t.engine);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    const ssk_timeline *line = result->stalls[0].timeline;
    g_assert_nonnull(line);
    g_assert_cmpuint(line->n_lanes, ==, 2);
    g_assert_cmpuint(line->n_marks, ==, 2 * ATTEMPTS);
    g_assert_null(strstr(line->lanes[0].name, "41100"));
    g_assert_nonnull(strstr(line->lanes[0].name, ":7000"));
    /* nothing is drawn of the time before the capture */
    g_assert_cmpint(line->from, ==, result->inputs[0].first);
    ssk_result_free(result);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter timeline/a stall has its own lanes and its neighbors",
                    a_stall_has_its_own_lanes_and_its_neighbours);
    g_test_add_func("/meter timeline/attempts to connect are drawn as one",
                    attempts_to_connect_are_drawn_as_one);
    return g_test_run();
}
