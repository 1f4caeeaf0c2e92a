/* test_applog.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/applog.h"

#include <glib.h>
#include <string.h>

static ssk_applog_line read_line(const char *text)
{
    ssk_applog_line line;
    g_assert_cmpint(ssk_decode_applog(text, strlen(text), &line), ==, SSK_OK);
    return line;
}

static void assert_text(ssk_applog_text text, const char *expected)
{
    if (!expected) {
        g_assert_null(text.bytes);
        return;
    }
    g_assert_nonnull(text.bytes);
    g_assert_cmpmem(text.bytes, text.len, expected, strlen(expected));
}

static void test_forms(void)
{
    ssk_applog_line line = read_line("1742841256: Received PINGREQ from dev1");
    g_assert_cmpint(line.local, ==, INT64_C(1742841256000000000));
    g_assert_true(line.has_zone);
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_RECEIVED);
    line = read_line("2025-03-24T18:34:16: Client dev1 has exceeded timeout, disconnecting.");
    g_assert_cmpint(line.local, ==, INT64_C(1742841256000000000));
    g_assert_cmpint(line.event, ==, SSK_APPLOG_TIMEOUT);
    line = read_line("4901:M 24 Mar 2025 18:34:16.298 * Accepted 10.0.0.5:48844");
    g_assert_cmpint(line.local, ==, INT64_C(1742841256298000000));
    g_assert_cmpint(line.event, ==, SSK_APPLOG_CONNECTED);
    line = read_line("2025/03/24 18:34:16 [error] 123#0: *1 upstream timed out (110: Connection "
                     "timed out) while reading response header from upstream");
    g_assert_cmpint(line.local, ==, INT64_C(1742841256000000000));
    g_assert_false(line.has_zone);
    g_assert_cmpint(line.event, ==, SSK_APPLOG_TIMEOUT);
    line = read_line("10.1.0.21 - - [24/Mar/2025:19:34:16 +0100] \"GET / HTTP/1.1\" 200 3 \"-\"");
    g_assert_cmpint(line.local - line.zone_s * SSK_S, ==, INT64_C(1742841256000000000));
    line = read_line("03-24 18:34:16.298  1234  5678 I Ext     : heartbeat sent");
    g_assert_false(line.has_year);
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_SENT);
    assert_text(line.source, "Ext");
    line = read_line("2025-03-24 18:34:16.298 INFO (MainThread) [custom.ext] heartbeat sent");
    assert_text(line.source, "custom.ext");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_SENT);
    line = read_line("{\"timestamp\":\"2025-03-24 19:34:16.298123+0100\",\"processImagePath\":"
                     "\"/private/var/Ext\",\"eventMessage\":\"ping sent\",\"processID\":311}");
    g_assert_cmpint(line.local - line.zone_s * SSK_S, ==, INT64_C(1742841256298123000));
    assert_text(line.source, "Ext");
    assert_text(line.text, "ping sent");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_SENT);
    line = read_line("{\"__REALTIME_TIMESTAMP\":\"1742841256298123\",\"SYSLOG_IDENTIFIER\":\"ext\","
                     "\"MESSAGE\":\"received keep-alive\"}");
    g_assert_cmpint(line.local, ==, INT64_C(1742841256298123000));
    assert_text(line.source, "ext");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_RECEIVED);
    line = read_line("2025-03-24T18:34:16.298123+0000 host ext[311]: heartbeat sent");
    assert_text(line.source, "ext");
    const char *const none[] = {"{\"a\":1}", "12: x", "4901:M 33 Mar 2025 18:34:16.298 * x",
                                "a b c [x]"};
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_cmpint(ssk_decode_applog(none[i], strlen(none[i]), &line), ==, SSK_EFORMAT);
}

static void test_lab(void)
{
    ssk_applog_line line = read_line("2025-03-24 18:34:16.298 sendKeepAliveRequest()");
    g_assert_cmpint(line.local, ==, INT64_C(1742841256298000000));
    g_assert_false(line.has_zone);
    g_assert_cmpuint(line.fraction_digits, ==, 3);
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_SENT);
    assert_text(line.source, NULL);
    assert_text(line.connection, NULL);
    assert_text(line.text, "sendKeepAliveRequest()");

    line = read_line("2026-11-22 06:07:55.719 received keep-alive seq=17 connection ID=4dad...");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_RECEIVED);
    g_assert_true(line.has_seq);
    g_assert_cmpuint(line.seq, ==, 17);
    g_assert_false(line.has_value);
    assert_text(line.connection, "4dad");

    line = read_line(
        "2026-11-22 06:07:55.704 Remote Subsystem Connected {name=iPhone|Replica-Ext|6C7F} "
        "connection ID=72e6...");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_CONNECTED);
    assert_text(line.name, "iPhone|Replica-Ext|6C7F");
    assert_text(line.connection, "72e6");

    line = read_line(
        "2026-11-22 06:08:55.704 No keep-alive received for 16.25 seconds... connection ID=72e6...");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_MISSING);
    g_assert_cmpuint(line.value, ==, 16250);
    line = read_line(
        "2026-11-22 06:08:55.704 No keep-alive received for 16 seconds... connection ID=72e6...");
    g_assert_cmpuint(line.value, ==, 16000);

    line = read_line("2026-11-22 12:10:13.419 received bytes=139 total=310");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_RECEIVED);
    g_assert_cmpuint(line.value, ==, 139);
    g_assert_cmpuint(line.total, ==, 310);
    line = read_line("2026-11-22 12:10:13.419 received total=310 datagrams=4 missing=2");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_RECEIVED);
    g_assert_false(line.has_value);
    g_assert_cmpuint(line.total, ==, 310);

    g_assert_cmpint(
        read_line("2026-11-22 12:10:13.419 keepAliveTimer IS TIME OUT... in CoreService.").event,
        ==, SSK_APPLOG_TIMEOUT);
    line = read_line("2026-11-22 12:10:13.419 keep-alive resumed, 29 messages");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_RESUMED);
    g_assert_cmpuint(line.value, ==, 29);
    assert_text(
        read_line("2026-11-22 12:10:13.419 connecting to fe80::1:9:10023 connection ID=9dbe...")
            .source,
        NULL);
}

static void test_time(void)
{
    g_assert_cmpint(read_line("1970-01-01 00:00:00 x").local, ==, 0);
    g_assert_cmpint(read_line("2000-02-29 23:59:60.5 x").local, ==, INT64_C(951868800500000000));
    g_assert_cmpint(read_line("1969-12-31T23:59:59,000000001 x").local, ==, -999999999);
    g_assert_cmpint(read_line("2261-12-31 23:59:59.9999999999 x").local, ==,
                    INT64_C(9214646399999999999));

    ssk_applog_line line = read_line("2025-03-24T18:34:16.298+01:00 x");
    g_assert_true(line.has_zone);
    g_assert_cmpint(line.zone_s, ==, 3600);
    assert_text(line.text, "x");
    line = read_line("2025-03-24 18:34:16 -0430 x");
    g_assert_cmpint(line.zone_s, ==, -16200);
    line = read_line("2025-03-24T18:34:16Z");
    g_assert_true(line.has_zone && line.zone_s == 0);
    assert_text(line.text, "");
    line = read_line("2025-03-24 18:34:16 Zoned");
    g_assert_false(line.has_zone);
    assert_text(line.text, "Zoned");
    line = read_line("2025-03-24 18:34:16 Z!");
    g_assert_false(line.has_zone);
    line = read_line("2025-03-24 18:34:16 -5 items");
    g_assert_false(line.has_zone);
    assert_text(line.text, "-5 items");
}

static void test_refused(void)
{
    static const char *const lines[] = {
        "",
        "x",
        "2025-03-24",
        "2025-03-24 18:34",
        "2025-02-29 00:00:00 x",
        "2025-13-01 00:00:00 x",
        "2025-03-24 24:00:00 x",
        "2025-03-24 18:34:16. x",
        "1677-01-01 00:00:00 x",
        "2262-01-01 00:00:00 x",
        "    at Foo.swift:12",
        "2025-03-24 18:34:16x",
        "25-03-24 18:34:16 x",
    };
    ssk_applog_line line;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++)
        g_assert_cmpint(ssk_decode_applog(lines[i], strlen(lines[i]), &line), ==, SSK_EFORMAT);
    g_assert_cmpint(ssk_decode_applog(NULL, 0, &line), ==, SSK_EFORMAT);
}

static void test_source(void)
{
    assert_text(read_line("2025-03-24 18:34:16 [Main App] connected. connection ID=1").source,
                "Main App");
    ssk_applog_line line =
        read_line("2025-03-24 18:34:16 Extension[311]: connected. connection ID=ab-1");
    assert_text(line.source, "Extension");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_CONNECTED);
    assert_text(line.connection, "ab-1");
    assert_text(read_line("2025-03-24 18:34:16 Extension: peer closed.").source, "Extension");
    assert_text(read_line("2025-03-24 18:34:16 connect failed: timeout. connection ID=1").source,
                NULL);
    assert_text(read_line("2025-03-24 18:34:16 []: x").source, NULL);
    assert_text(read_line("2025-03-24 18:34:16 [open").source, NULL);
    g_assert_cmpint(read_line("2025-03-24 18:34:16 [Ext] nothing we know").event, ==,
                    SSK_APPLOG_OTHER);
}

static void test_syslog(void)
{
    ssk_applog_line line = read_line(
        "Mar  4 18:34:16 iPhone Extension(Network)[311] <Notice>: (Net) [a.b:c] ping sent");
    g_assert_false(line.has_year);
    assert_text(line.source, "Extension");
    assert_text(line.text, "ping sent");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_SENT);
    ssk_time_ns near = INT64_C(1742841256) * SSK_S; /* 2025-03-24 */
    g_assert_cmpint(ssk_applog_near(&line, near), ==, INT64_C(1741113256) * SSK_S);
    line =
        read_line("Dec 31 23:59:59.5 host sshd[1]: x"); /* of the year before: nearer to January */
    g_assert_cmpint(ssk_applog_near(&line, INT64_C(1735689600) * SSK_S), ==,
                    INT64_C(1735689599500000000));
    line = read_line("Feb 29 00:00:00 x"); /* 2025 has none, 2024 does */
    g_assert_cmpint(ssk_applog_near(&line, near), ==, INT64_C(1709164800) * SSK_S);
    g_assert_cmpint(ssk_applog_near(&line, SSK_TIME_NONE), ==, line.local);

    line = read_line(
        "<165>1 2025-03-24T18:34:16.298Z host app 311 ID7 [x@1 y=\"z\"] heartbeat received");
    assert_text(line.source, "app");
    assert_text(line.text, "heartbeat received");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_RECEIVED);
    assert_text(read_line("<34>Oct 11 22:14:15 host su[12]: failed").source, "su");
}

static void test_apple(void)
{
    ssk_applog_line line = read_line(
        "2025-03-24 18:34:16.298123+0100 0x1a2b     Default     0x0                  "
        "311    0    Extension: (libnetwork.dylib) [com.x.y:conn] Sent ping 4");
    g_assert_cmpint(line.zone_s, ==, 3600);
    assert_text(line.source, "Extension");
    assert_text(line.text, "Sent ping 4");
    g_assert_cmpint(line.event, ==, SSK_APPLOG_PING_SENT);
    line = read_line("2025-03-24 18:34:16.298 Df Extension[311:1a2b] [com.x.y:conn] sendPing");
    assert_text(line.source, "Extension");
    assert_text(line.text, "sendPing");
    line = read_line(
        "2025-03-24 18:34:16.298123+0100  localhost Extension[311]: (Net) [com.x.y:conn] hello");
    assert_text(line.source, "Extension");
    assert_text(line.text, "hello");
}

static void test_words(void)
{
    static const struct {
        const char *text;
        ssk_applog_event event;
    } cases[] = {
        {"heartbeat sent", SSK_APPLOG_PING_SENT},
        {"Sending keepalive #4", SSK_APPLOG_PING_SENT},
        {"send(keepAlive) succeeded", SSK_APPLOG_PING_SENT},
        {"Ping received from server", SSK_APPLOG_PING_RECEIVED},
        {"got pong 17", SSK_APPLOG_PING_RECEIVED},
        {"failed to send heartbeat", SSK_APPLOG_OTHER},
        {"heartbeat not sent", SSK_APPLOG_OTHER},
        {"mapping sent", SSK_APPLOG_OTHER},
        {"message sent", SSK_APPLOG_OTHER},
        {"heartbeat timer started", SSK_APPLOG_OTHER},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = g_strconcat("2025-03-24 18:34:16 ", cases[i].text, NULL);
        g_test_message("%s", text);
        g_assert_cmpint(read_line(text).event, ==, cases[i].event);
        g_free(text);
    }
}

static void test_numbers(void)
{
    ssk_applog_line line =
        read_line("2025-03-24 18:34:16 received keep-alive seq=99999999999999999999999");
    g_assert_false(line.has_seq);
    line = read_line("2025-03-24 18:34:16 No keep-alive received for ever");
    g_assert_false(line.has_value);
    line = read_line("2025-03-24 18:34:16 received keep-alive seq=18446744073709551615");
    g_assert_cmpuint(line.seq, ==, UINT64_MAX);
}

static void test_long(void)
{
    GString *text = g_string_new("2025-03-24 18:34:16 connected ");
    while (text->len < 3 * SSK_APPLOG_LINE_MAX)
        g_string_append(text, "seq ");
    g_string_append(text, "seq=1\r\n");
    ssk_applog_line line;
    g_assert_cmpint(ssk_decode_applog(text->str, text->len, &line), ==, SSK_OK);
    g_assert_false(line.has_seq);
    g_assert_cmpuint(line.text.len, <=, SSK_APPLOG_LINE_MAX);
    g_string_free(text, TRUE);
    assert_text(read_line("2025-03-24 18:34:16 peer closed. \r\n").text, "peer closed.");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/applog/forms", test_forms);
    g_test_add_func("/applog/lines of the hospital app", test_lab);
    g_test_add_func("/applog/times with and without a zone", test_time);
    g_test_add_func("/applog/a line without a time is refused", test_refused);
    g_test_add_func("/applog/the source is what stands marked before the message", test_source);
    g_test_add_func("/applog/syslog, with the year that is nearest", test_syslog);
    g_test_add_func("/applog/what Apple's log show prints", test_apple);
    g_test_add_func("/applog/keep-alives by the words for them", test_words);
    g_test_add_func("/applog/numbers that do not fit are no numbers", test_numbers);
    g_test_add_func("/applog/a line is read up to its limit", test_long);
    return g_test_run();
}
