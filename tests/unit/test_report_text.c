/* test_report_text.c - the report for reading, and the sentences and lines it is made of:
 * story_*.c, phrase.c, lines.c and safe_text.c of report/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <locale.h>

#include "core/model/cause.h"
#include "report/lines.h"
#include "report/safe_text.h"
#include "sample_result.h"

static void test_answers(void)
{
    char *text = sample_report("text", sample_result_new(3, 2));

    /* who, when, how long, why: in the first lines */
    CONTAINS(text, "\n   1. 10.0.0.5 sent nothing to 10.0.0.1 for 30.04 s, from 2025-03-24 "
                   "19:35:16.298 +01:00 (50.000 s):\n      radio off (10.0.0.5) or path dead both "
                   "ways.\n");
    g_assert_true(strstr(text, "   1. 10.0.0.5") < strstr(text, "STALL 1"));
    /* the details of a stall */
    CONTAINS(text, "last before  2025-03-24 19:35:16.298 +01:00 (50.000 s), frame 101\n");
    CONTAINS(text, "first after  2025-03-24 19:35:46.336 +01:00 (80.038 s), frame 150\n");
    CONTAINS(text, "missed       29 messages, one was due every 1 s\n");
    CONTAINS(text, "10.0.0.1 closed the connection 30 s after the last message");
    CONTAINS(
        text,
        "        for      15 pings arrived within 100 ms after the silence (frames 149, 150)\n");
    CONTAINS(text, "        against  <script>");
    CONTAINS(text, "153, 154 and 3 more)");
    CONTAINS(text, "  not          host asleep (10.0.0.5): the missed pings came after all");
    CONTAINS(text, "  filter       tcp.stream eq 0 && frame.number >= 101");
    CONTAINS(text, "could not connect to [fe80::807:605:403:201]:7000");
    CONTAINS(text, "Cause unknown: nothing in this capture tells why.");
    /* and everything else */
    CONTAINS(text, "1395 bytes, 45 messages");
    CONTAINS(text, "131072 bytes");
    CONTAINS(text, "[.#.#.#");
    CONTAINS(text, "10.0.0.1's clock is 41 ms behind the capture's, to within 2 ms");
    CONTAINS(text, "1.234 ppm slow");
    CONTAINS(text, "peerID=C0FFEE");
    CONTAINS(text, "bin=(4 bytes: ff007c1b)");
    CONTAINS(text, "Duplicate connection: two live flows");
    CONTAINS(text, "TLS payload on flow 3: no key log");
    CONTAINS(text, "facts        12 dropped at the limit (max_facts)");
    CONTAINS(text, "cut short in record 17");
    g_free(text);
}

static unsigned times(const char *text, const char *part)
{
    unsigned n = 0;
    for (const char *p = text; (p = strstr(p, part)); p += strlen(part))
        n++;
    return n;
}

static void test_nothing_is_said_twice(void)
{
    char *text = sample_report("text", sample_result_new(3, 40));
    const char *words = "path dead both ways. Nothing got through in either direction.";
    g_assert_cmpuint(times(text, "\nSTALL "), ==, 40);
    g_assert_cmpuint(times(text, words), ==, 1);
    g_assert_cmpuint(times(text, "  next capture "), ==, 1);
    CONTAINS(text, "  20. ");
    g_assert_null(strstr(text, "  21. "));
    g_free(text);
}

static void test_recurring_incidents_are_told_first(void)
{
    ssk_result *result = sample_result_new(3, 2);
    result->findings[0].id = "recurring-stall";
    char *text = sample_report("text", result);
    g_assert_true(strstr(text, "Recurring stalls: ") < strstr(text, "   1. "));
    g_free(text);
}

static void test_clocks_that_agree_are_counted(void)
{
    ssk_result *result = sample_result_new(3, 2);
    g_assert_cmpuint(result->n_clocks, ==, 1);
    result->clocks[0].n_steps = 0;
    result->clocks[0].offset = -2 * SSK_MS;
    char *text = sample_report("text", result);
    CONTAINS(text, "  * 1 clock agrees with the capture's, to within 2 ms.\n");
    g_assert_null(strstr(text, "behind the capture's"));
    g_free(text);

    result = sample_result_new(3, 2);
    result->clocks[0].n_steps = 0;
    result->clocks[0].offset = -2 * SSK_MS - 1;
    text = sample_report("text", result);
    CONTAINS(text, "behind the capture's");
    g_assert_null(strstr(text, "clock agrees"));
    g_free(text);
}

static void test_no_stall(void)
{
    char *text = sample_report("text", sample_empty_new());
    CONTAINS(text, "\nNo stall found.\n");
    CONTAINS(text, "looked at    0 TCP connections");
    CONTAINS(text, "looked for   a silence longer than 2 s");
    CONTAINS(text, "not visible  shorter silences");
    g_assert_null(strstr(text, "STALL"));
    g_free(text);
}

static void test_safe(void)
{
    char *text = sample_report("text", sample_result_new(40, 60));

    g_assert_true(g_utf8_validate(text, -1, NULL));
    for (const char *p = text; *p; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);
        g_assert_true(c == '\n' || !ssk_safe_text_forbids(c));
    }
    char **lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        if (g_str_has_prefix(*line, "  filter "))
            continue;
        if (ssk_lines_columns(*line) > 100)
            g_error("too wide: %s", *line);
        g_assert_false(g_str_has_suffix(*line, " "));
    }
    g_strfreev(lines);
    CONTAINS(text, "... and 10 more (the JSON report has all)\n"); /* of 60 stalls */
    CONTAINS(text, "... and 20 more (the JSON report has all)\n"); /* of 40 flows */
    g_free(text);
}

static void test_wrap(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "  a \n"},
        {"one two", "  a one two\n"},
        {"twenty columns, or so", "  a twenty columns, or\n    so\n"},
        {"exactly twenty colum", "  a exactly twenty colum\n"},
        {"0123456789012345678901234 x", "  a 01234567890123456789\n    01234 x\n"},
        {"waited for about 30 s", "  a waited for about\n    30 s\n"},
        {"\xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb"
         "\xe7\x96\x97\xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb",
         "  a \xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb\xe7\x96\x97\xe5\x8c\xbb"
         "\xe7\x96\x97\xe5\x8c\xbb\xe7\x96\x97\n    \xe5\x8c\xbb\n"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        GString *out = g_string_new(NULL);
        ssk_lines_wrap(out, "  a ", cases[i].text, 24);
        g_assert_cmpstr(out->str, ==, cases[i].expected);
        g_string_free(out, TRUE);
    }
}

static void test_cell(void)
{
    GString *out = g_string_new(NULL);
    ssk_lines_cell(out, "abc", 5);
    ssk_lines_cell(out, "abcdef", 5);
    ssk_lines_cell(out, "abc", 2);
    g_assert_cmpstr(out->str, ==, "abc  ab.....");
    g_string_free(out, TRUE);
}

static void test_time_out_of_range(void)
{
    ssk_result *result = sample_result_new(2, 2);
    result->stalls[0].start = INT64_MIN + 1;
    result->stalls[0].end = INT64_MAX;
    result->inputs[0].first = INT64_MAX;
    result->clocks[0].offset = INT64_MIN;
    result->clocks[0].skew_ppb = INT64_MIN;
    result->stalls[0].duration = INT64_MIN;
    char *text = sample_report("text", result);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_free(text);
}

static void test_references_to_nothing(void)
{
    ssk_result *result = sample_result_new(2, 2);
    result->stalls[0].flow = 77;
    result->stalls[0].direction = SSK_SIDE_BOTH;
    result->stalls[0].new_flow = 78;
    result->stalls[0].kind = result->stalls[0].recovery = result->stalls[0].filter = NULL;
    result->stalls[1].kind = "unheard-of";
    result->incidents[1].stalls[0] = 79;
    result->udp[0].flow = result->clocks[0].flow = 80;
    result->findings[0].id = "unheard-of";
    result->bonjour_findings[0].text = NULL;
    char *text = sample_report("text", result);
    CONTAINS(text, "unheard-of");
    CONTAINS(text, "Flow 77 was silent");
    g_free(text);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report text/who, when, how long, why and what speaks against it",
                    test_answers);
    g_test_add_func("/report text/what a cause means and what to capture next is said once",
                    test_nothing_is_said_twice);
    g_test_add_func("/report text/that incidents recur stands before their list",
                    test_recurring_incidents_are_told_first);
    g_test_add_func("/report text/clocks that agree with the capture's are counted",
                    test_clocks_that_agree_are_counted);
    g_test_add_func("/report text/no stall says what would not have been seen", test_no_stall);
    g_test_add_func("/report text/only printable characters, 100 columns", test_safe);
    g_test_add_func("/report text/times at the ends of their range", test_time_out_of_range);
    g_test_add_func("/report text/references to what is not there", test_references_to_nothing);
    g_test_add_func("/lines/wrapped at blanks, numbers keep their unit", test_wrap);
    g_test_add_func("/lines/a cell is as wide as it should be", test_cell);
    return g_test_run();
}
