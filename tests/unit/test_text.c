/* test_text.c - spans, times and addresses to text and back (core). The report for
 * reading is test_report_text.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/text.h"

static void spans_are_rounded_for_people(void)
{
    static const struct {
        ssk_span_ns span;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {999, "999 ns"},
        {1500 * SSK_US, "1.5 ms"},
        {30040 * SSK_MS, "30.04 s"},
        {59999 * SSK_MS, "1 min"},
        {90 * SSK_S, "1 min 30 s"},
        {3 * SSK_DAY + 5 * SSK_HOUR, "3 d 5 h"},
        {-30 * SSK_S, "-30 s"},
        {INT64_MIN, "-106752 d"},
    };
    char buf[SSK_TEXT_ROOM];
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_cmpstr(ssk_span_text(cases[i].span, buf), ==, cases[i].text);
}

static void the_exact_form_is_read_back(void)
{
    const ssk_span_ns spans[] = {
        0,        1,           1500 * SSK_US,  250 * SSK_MS, 30040 * SSK_MS,
        SSK_HOUR, 3 * SSK_DAY, -1500 * SSK_MS, INT64_MAX};
    char buf[SSK_TEXT_ROOM];
    for (size_t i = 0; i < G_N_ELEMENTS(spans); i++) {
        ssk_span_ns back = -7;
        g_assert_true(ssk_span_parse(ssk_span_exact(spans[i], buf), &back));
        g_assert_cmpint(back, ==, spans[i]);
    }
}

static void what_is_no_span_leaves_the_output_alone(void)
{
    const char *const texts[] = {"", "2", "s", "2m", "1e3s", " 2s", "2ss", "9999999999999999999s"};
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        ssk_span_ns span = -7;
        g_assert_false(ssk_span_parse(texts[i], &span));
        g_assert_cmpint(span, ==, -7);
    }
}

static void times_keep_their_nanoseconds(void)
{
    char buf[SSK_TEXT_ROOM];
    g_assert_cmpstr(ssk_time_epoch(INT64_C(1742841256298000001), buf), ==, "1742841256.298000001");
    g_assert_cmpstr(ssk_time_epoch(-1, buf), ==, "-0.000000001");
    g_assert_cmpstr(ssk_time_epoch(SSK_TIME_NONE, buf), ==, "none");
    g_assert_cmpstr(ssk_time_local(-1, NULL, buf), ==, "1969-12-31 23:59:59.999 +00:00");
}

static void times_are_read_in_all_their_forms(void)
{
    static const struct {
        const char *text;
        ssk_time_ns time;
    } cases[] = {
        {"1742841256.298", INT64_C(1742841256298) * SSK_MS},
        {"2025-03-24T18:34:16.298Z", INT64_C(1742841256298) * SSK_MS},
        {"2025-03-24 19:34:16.298 +01:00", INT64_C(1742841256298) * SSK_MS},
        {"-1", -SSK_S},
    };
    ssk_time_ns time = -7;
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_true(ssk_time_parse(cases[i].text, &time));
        g_assert_cmpint(time, ==, cases[i].time);
    }
    const char *const none[] = {"", "none", "1500-01-01T00:00:00Z", "2025-13-01T00:00:00Z"};
    time = -7;
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++)
        g_assert_false(ssk_time_parse(none[i], &time));
    g_assert_cmpint(time, ==, -7);
}

static void addresses_are_written_as_in_rfc_5952(void)
{
    const ssk_addr four = {.family = 4, .bytes = {10, 0, 0, 5}}, none = {0};
    const ssk_addr six = {.family = 6, .bytes = {0xfe, 0x80, [15] = 1}};
    char buf[SSK_TEXT_ROOM];
    g_assert_cmpstr(ssk_addr_text(&four, buf), ==, "10.0.0.5");
    g_assert_cmpstr(ssk_addr_text(&six, buf), ==, "fe80::1");
    g_assert_cmpstr(ssk_addr_text(&none, buf), ==, "none");
}

static void a_mistyped_word_is_told_the_nearest(void)
{
    static const char *const words[] = {"min_gap", "max_flows", "period", NULL};
    char *near = ssk_words_nearest("mingap", words), *far = ssk_words_nearest("zzzzzzzz", words);
    g_assert_cmpstr(near, ==, "min_gap");
    g_assert_cmpstr(far, ==, "");
    g_free(near);
    g_free(far);
    near = ssk_words_hint("mingap", words);
    far = ssk_words_hint("zzzzzzzz", words);
    g_assert_cmpstr(near, ==, "nearest: min_gap");
    g_assert_cmpstr(far, ==, "there are: min_gap, max_flows, period");
    g_free(near);
    g_free(far);
}

static void text_for_an_error_is_short_and_harmless(void)
{
    char *cut = ssk_text_safe("abcdefghijkl", 5), *safe = ssk_text_safe("a\x1b[31m\n\xff", 40);
    g_assert_cmpstr(cut, ==, "abcde...");
    g_assert_true(g_utf8_validate(safe, -1, NULL));
    for (const char *c = safe; *c; c++)
        g_assert_false(g_ascii_iscntrl(*c));
    g_free(cut);
    g_free(safe);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/spans are rounded for people", spans_are_rounded_for_people);
    g_test_add_func("/text/the exact form is read back", the_exact_form_is_read_back);
    g_test_add_func("/text/what is no span leaves the output alone",
                    what_is_no_span_leaves_the_output_alone);
    g_test_add_func("/text/times keep their nanoseconds", times_keep_their_nanoseconds);
    g_test_add_func("/text/times are read in all their forms", times_are_read_in_all_their_forms);
    g_test_add_func("/text/addresses are written as in RFC 5952",
                    addresses_are_written_as_in_rfc_5952);
    g_test_add_func("/text/a mistyped word is told the nearest",
                    a_mistyped_word_is_told_the_nearest);
    g_test_add_func("/text/text for an error is short and harmless",
                    text_for_an_error_is_short_and_harmless);
    return g_test_run();
}
