/* test_meter_log.c - lines of a program, and the connection that they are about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/text.h"
#include "tests/unit/conversation.h"

#define BEATS 30

/* Not quite a second, or any beat would fit any other. */
static ssk_span_ns beat(unsigned i)
{
    return SSK_S + (int64_t)(i * 37 % 100) * SSK_MS;
}

/* Lines go in before the packets: their clock is not known yet. */
static void write_line(talk *t, ssk_time_ns time, const char *words)
{
    char stamp[SSK_TEXT_ROOM];
    GTimeZone *utc = g_time_zone_new_utc();
    char *text = g_strdup_printf("%s %s", ssk_time_local(time, utc, stamp), words);
    ssk_event event = {.kind = SSK_EVENT_LOG,
                       .time = time,
                       .interface_name = "client.log",
                       .bytes = (const uint8_t *)text,
                       .cap_len = (uint32_t)strlen(text)};
    if (!t->engine)
        t->engine = ssk_engine_new(&t->config, NULL);
    ssk_engine_feed(t->engine, &event, NULL);
    g_free(text);
    g_time_zone_unref(utc);
}

static void write_beats(talk *t, ssk_span_ns ahead, unsigned stretch)
{
    ssk_time_ns at = t->now + ahead;
    for (unsigned i = 0; i < BEATS; i++) {
        write_line(t, at, "sendKeepAliveRequest()");
        at += stretch * beat(i) / 4;
    }
}

static ssk_result *talk_on(talk *t)
{
    connection c = talk_connection(t, 5, 1, 7000);
    tcp_connect(&c);
    for (unsigned i = 0; i < BEATS; i++) {
        tcp_ping(&c);
        talk_wait(t, SSK_MS);
        tcp_pong(&c);
        talk_wait(t, beat(i) - SSK_MS);
    }
    ssk_result *result = ssk_engine_snapshot(t->engine);
    talk_end(t);
    return result;
}

static void lines_are_matched_with_the_messages_they_tell_of(void)
{
    talk t;
    talk_begin(&t);
    write_beats(&t, 5 * SSK_S, 4);
    ssk_result *result = talk_on(&t);
    g_assert_cmpuint(result->n_logs, ==, 1);
    const ssk_result_log *log = &result->logs[0];
    g_assert_cmpstr(log->name, ==, "client.log");
    g_assert_cmpuint(log->lines, ==, BEATS);
    g_assert_cmpuint(log->sent, ==, BEATS);
    g_assert_cmpuint(log->flow, ==, 1);
    g_assert_cmpint(log->side, ==, SSK_SIDE_A);
    g_assert_true(log->has_offset);
    g_assert_cmpint(ABS(log->offset - 5 * SSK_S), <, 50 * SSK_MS);
    g_assert_cmpuint(log->matched, >=, BEATS - 2);
    ssk_result_free(result);
}

static void another_rhythm_is_nobodys(void)
{
    talk t;
    talk_begin(&t);
    write_beats(&t, 5 * SSK_S, 5);
    ssk_result *result = talk_on(&t);
    g_assert_cmpuint(result->n_logs, ==, 1);
    g_assert_cmpuint(result->logs[0].flow, ==, 0);
    g_assert_false(result->logs[0].has_offset);
    ssk_result_free(result);
}

static void a_line_moves_neither_the_time_nor_the_counts_of_the_capture(void)
{
    talk t;
    talk_begin(&t);
    ssk_time_ns start = t.now;
    write_line(&t, start - SSK_DAY, "connecting to 10.0.0.1:7000");
    ssk_result *result = talk_on(&t);
    g_assert_cmpint(result->inputs[0].first, ==, start);
    g_assert_cmpuint(result->inputs[0].records, ==, 0);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter log/lines are matched with the messages they tell of",
                    lines_are_matched_with_the_messages_they_tell_of);
    g_test_add_func("/meter log/another rhythm is nobody's", another_rhythm_is_nobodys);
    g_test_add_func("/meter log/a line moves neither the time nor the counts of the capture",
                    a_line_moves_neither_the_time_nor_the_counts_of_the_capture);
    return g_test_run();
}
