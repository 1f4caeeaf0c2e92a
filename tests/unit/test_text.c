/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "core/text.h"

static char buf[SSK_TEXT_ROOM];

static void span_reads_well(void)
{
    static const struct {
        ssk_span_ns span;
        const char *text;
    } cases[] = {
        { 0, "0 s" }, { 1, "1 ns" }, { 999, "999 ns" }, { 1000, "1 us" }, { 1500, "1.5 us" },
        { 12345, "12.35 us" }, { 999960, "1 ms" }, { 12 * SSK_MS, "12 ms" },
        { 3215 * SSK_US, "3.215 ms" }, { 250450 * SSK_US, "250.5 ms" }, { 999960 * SSK_US, "1 s" },
        { 1234567890, "1.235 s" }, { 30038 * SSK_MS, "30.04 s" }, { 30 * SSK_S, "30 s" },
        { 59996 * SSK_MS, "1 min" }, { 60 * SSK_S, "1 min" }, { 125 * SSK_S, "2 min 5 s" },
        { SSK_HOUR - 1, "1 h" }, { 3 * SSK_HOUR + 12 * SSK_MINUTE, "3 h 12 min" },
        { SSK_DAY - SSK_S, "1 d" }, { 52 * SSK_HOUR, "2 d 4 h" }, { -1500 * SSK_MS, "-1.5 s" },
        { INT64_MAX, "106752 d" }, { INT64_MIN, "-106752 d" }, { INT64_MAX - 1, "106752 d" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(ssk_span_text(cases[i].span, buf), ==, cases[i].text);
}

static void span_prints_exactly(void)
{
    g_assert_cmpstr(ssk_span_exact(0, buf), ==, "0");
    g_assert_cmpstr(ssk_span_exact(2 * SSK_S, buf), ==, "2s");
    g_assert_cmpstr(ssk_span_exact(1500 * SSK_MS, buf), ==, "1500ms");
    g_assert_cmpstr(ssk_span_exact(10 * SSK_US, buf), ==, "10us");
    g_assert_cmpstr(ssk_span_exact(7, buf), ==, "7ns");
    g_assert_cmpstr(ssk_span_exact(SSK_HOUR, buf), ==, "1h");
    g_assert_cmpstr(ssk_span_exact(90 * SSK_S, buf), ==, "90s");
    g_assert_cmpstr(ssk_span_exact(-SSK_DAY, buf), ==, "-1d");
    g_assert_cmpstr(ssk_span_exact(INT64_MAX, buf), ==, "9223372036854775807ns");
    g_assert_cmpstr(ssk_span_exact(INT64_MIN, buf), ==, "-9223372036854775808ns");
}

static void span_parses(void)
{
    static const struct {
        const char *text;
        ssk_span_ns span;
    } good[] = {
        { "0", 0 }, { "0.0", 0 }, { "0s", 0 }, { "2s", 2 * SSK_S }, { "1.5s", 1500 * SSK_MS },
        { "250 ms", 250 * SSK_MS }, { "3min", 3 * SSK_MINUTE }, { "1h", SSK_HOUR }, { "1d", SSK_DAY },
        { "10us", 10 * SSK_US }, { "10\xc2\xb5s", 10 * SSK_US }, { "7ns", 7 }, { "1.000ns", 1 },
        { "0.000000001s", 1 }, { "1.50000000000000000000s", 1500 * SSK_MS }, { "-2s", -2 * SSK_S },
        { "9223372036854775807ns", INT64_MAX }, { "-9223372036854775808ns", INT64_MIN },
        { "9223372036.854775807s", INT64_MAX }, { "000000000000000000000000002s", 2 * SSK_S },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        ssk_span_ns span = -77;
        g_assert_true(ssk_span_parse(good[i].text, &span));
        g_assert_cmpint(span, ==, good[i].span);
    }
    static const char *const bad[] = {
        "", "s", "2", "2 ", "2x", "2S", "2m", "2 s ", " 2s", "+2s", "--2s", ".5s", "1.s", "1..5s",
        "1e3s", "1,5s", "0.5ns", "0.0000000001s", "2s2s", "NaN", "inf", "0x10s",
        "9223372036854775808ns", "-9223372036854775809ns", "9223372036.854775808s",
        "99999999999999999999999999d", "106752d", "2\ts", "2s\n", "\xff\xfe",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ssk_span_ns span = -77;
        g_assert_false(ssk_span_parse(bad[i], &span));
        g_assert_cmpint(span, ==, -77);
    }
}

static void time_prints_epoch(void)
{
    g_assert_cmpstr(ssk_time_epoch(1742841288808000000, buf), ==, "1742841288.808000000");
    g_assert_cmpstr(ssk_time_epoch(0, buf), ==, "0.000000000");
    g_assert_cmpstr(ssk_time_epoch(-1, buf), ==, "-0.000000001");
    g_assert_cmpstr(ssk_time_epoch(INT64_MAX, buf), ==, "9223372036.854775807");
    g_assert_cmpstr(ssk_time_epoch(INT64_MIN + 1, buf), ==, "-9223372036.854775807");
    g_assert_cmpstr(ssk_time_epoch(SSK_TIME_NONE, buf), ==, "none");
}

static void time_prints_in_a_zone(void)
{
    GTimeZone *berlin = g_time_zone_new_offset(3600), *west = g_time_zone_new_offset(-12600);
    g_assert_cmpstr(ssk_time_local(1742837656298999999, berlin, buf), ==,
                    "2025-03-24 18:34:16.298 +01:00");
    g_assert_cmpstr(ssk_time_local(1742837656298000000, west, buf), ==,
                    "2025-03-24 14:04:16.298 -03:30");
    g_assert_cmpstr(ssk_time_local(1742837656298000000, NULL, buf), ==,
                    "2025-03-24 17:34:16.298 +00:00");
    g_assert_cmpstr(ssk_time_local(-1, NULL, buf), ==, "1969-12-31 23:59:59.999 +00:00");
    g_assert_cmpstr(ssk_time_local(INT64_MAX, NULL, buf), ==, "2262-04-11 23:47:16.854 +00:00");
    g_assert_cmpstr(ssk_time_local(INT64_MIN + 1, NULL, buf), ==, "1677-09-21 00:12:43.145 +00:00");
    g_assert_cmpstr(ssk_time_local(SSK_TIME_NONE, NULL, buf), ==, "none");
    GTimeZone *odd = g_time_zone_new_offset(3208);
    g_assert_cmpstr(ssk_time_local(0, odd, buf), ==, "1970-01-01 00:53:28.000 +00:53:28");
    g_time_zone_unref(odd);
    g_time_zone_unref(berlin);
    g_time_zone_unref(west);
}

static void time_parses(void)
{
    static const struct {
        const char *text;
        ssk_time_ns time;
    } good[] = {
        { "1742841288.808000000", 1742841288808000000 }, { "0", 0 }, { "-0.5", -500000000 },
        { "2025-03-24", 1742774400000000000 }, { "2025-03-24T17:34:16Z", 1742837656000000000 },
        { "2025-03-24 17:34", 1742837640000000000 }, { "2025-03-24t17:34:16", 1742837656000000000 },
        { "2025-03-24 18:34:16.298 +01:00", 1742837656298000000 },
        { "2025-03-24T18:34:16.298765432+0100", 1742837656298765432 },
        { "2025-03-24T14:04:16-03:30", 1742837656000000000 },
        { "1969-12-31T23:59:59.999999999Z", -1 }, { "1969-12-31T23:59:58.5Z", -1500000000 },
        { "1970-01-01 00:53:28.000 +00:53:28", 0 },
        { "2262-04-11T23:47:16.854775807Z", INT64_MAX },
        { "1677-09-21T00:12:43.145224193Z", INT64_MIN + 1 },
        { "9223372036.854775807", INT64_MAX },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
        ssk_time_ns time = 42;
        g_assert_true(ssk_time_parse(good[i].text, &time));
        g_assert_cmpint(time, ==, good[i].time);
    }
    static const char *const bad[] = {
        "", "now", "x", "2025-3-24T00:00", "2025-02-30", "2025-03-24T24:00:00",
        "2025-03-24T17", "2025-03-24T17:34:16.", "2025-03-24T17:34:161", "2025-03-24T17:34:16 CET",
        "2025-03-24T17:34:16+25:00", "2025-03-24T17:34:16+01:00x", "0000-01-01", "9999-12-31",
        "2262-04-11T23:47:16.854775808Z", "-9223372036.854775808", "1.0000000001",
        "18000000000000", "2025-03-24\n", "2025-03-24 17:34:16.0000000001",
        "1677-09-21T00:12:43.145224192Z",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
        ssk_time_ns time = 42;
        g_assert_false(ssk_time_parse(bad[i], &time));
        g_assert_cmpint(time, ==, 42);
    }
}

static void addresses_print(void)
{
    ssk_addr none = { 0 }, four = { 4, { 10, 0, 0, 5 } };
    ssk_addr six = { 6, { 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } };
    ssk_addr one = { 6, { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0xAB, 1 } };
    ssk_mac  mac = { { 0, 1, 2, 0xaa, 0xbb, 0xff } };
    g_assert_cmpstr(ssk_addr_text(&none, buf), ==, "none");
    g_assert_cmpstr(ssk_addr_text(&four, buf), ==, "10.0.0.5");
    g_assert_cmpstr(ssk_addr_text(&six, buf), ==, "fe80::1");
    g_assert_cmpstr(ssk_addr_text(&one, buf), ==, "2001:db8:0:1:1:1:1:ab01");
    g_assert_cmpstr(ssk_mac_text(&mac, buf), ==, "00:01:02:aa:bb:ff");
}

static void nearest_words(void)
{
    static const char *const words[] = { "analyze", "annotate", "bundle", "compare", "merge",
                                         "profiles", NULL };
    static const struct {
        const char *word, *nearest;
    } cases[] = {
        { "analyse", "analyze" }, { "profile", "profiles" }, { "bunlde", "bundle" },
        { "marge", "merge" }, { "zzz", "" }, { "", "" }, { "anotate", "annotate" },
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *nearest = ssk_words_nearest(cases[i].word, words);
        g_assert_cmpstr(nearest, ==, cases[i].nearest);
        g_free(nearest);
    }
    static const char *const many[] = { "aab", "aac", "aad", "aaa", NULL };
    char *nearest = ssk_words_nearest("aaa", many);
    g_assert_cmpstr(nearest, ==, "aaa, aab, aac");
    g_free(nearest);
    char *endless = g_strnfill(100000, 'a');
    nearest = ssk_words_nearest(endless, many);
    g_assert_cmpstr(nearest, ==, "");
    g_free(nearest);
    g_free(endless);
}

static void hostile_text_is_made_safe(void)
{
    char *safe = ssk_text_safe("a\x1b[31m\n\xff\xe2\x82z", 40);
    g_assert_true(g_utf8_validate(safe, -1, NULL));
    g_assert_null(strpbrk(safe, "\x1b\n"));
    g_free(safe);
    safe = ssk_text_safe("0123456789", 4);
    g_assert_cmpstr(safe, ==, "0123...");
    g_free(safe);
    safe = ssk_text_safe("0123", 4);
    g_assert_cmpstr(safe, ==, "0123");
    g_free(safe);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/a span reads well, at every size", span_reads_well);
    g_test_add_func("/text/a span prints exactly", span_prints_exactly);
    g_test_add_func("/text/a span is parsed or refused whole", span_parses);
    g_test_add_func("/text/a time prints as epoch seconds", time_prints_epoch);
    g_test_add_func("/text/a time prints in a zone", time_prints_in_a_zone);
    g_test_add_func("/text/a time is parsed or refused whole", time_parses);
    g_test_add_func("/text/addresses print", addresses_print);
    g_test_add_func("/text/the nearest words are found", nearest_words);
    g_test_add_func("/text/hostile text is made safe", hostile_text_is_made_safe);
    return g_test_run();
}
