/* test_report_text.c - the report for reading, and the sentences and lines it is made of:
 * story_*.c, phrase.c, lines.c and safe_text.c of report/.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <locale.h>

#include "core/model/cause.h"
#include "report/lines.h"
#include "report/safe_text.h"
#include "report/story.h"
#include "sample_result.h"

/* Lines are broken where they are full: any white space is as good as any other. */
static char *in_one_line(const char *text)
{
    char **words = g_strsplit_set(text, " \n", -1);
    GString *line = g_string_new(NULL);
    for (char **word = words; *word; word++)
        if (**word)
            g_string_append_printf(line, "%s%s", line->len ? " " : "", *word);
    g_strfreev(words);
    return g_string_free(line, FALSE);
}

static void says(const char *text, const char *part)
{
    char *whole = in_one_line(text), *wanted = in_one_line(part);
    if (!strstr(whole, wanted))
        g_error("not in the report: %s\n%s", part, text);
    g_free(whole);
    g_free(wanted);
}

static void test_answers(void)
{
    char *text = sample_report("text", sample_result_new(3, 2));

    /* who, how long, why: in the first lines */
    g_assert_true(g_str_has_prefix(text, "2 incidents with 2 stalls. The main one: "));
    says(text,
         "The main one: 10.0.0.5 got no message through to 10.0.0.1 for 30.04 s (incident 1); most "
         "likely its radio was off. Not ruled out: path dead both ways.");
    says(text, "\nINCIDENT 1: 10.0.0.5 got no message through to 10.0.0.1 for 30.04 s\n"
               "  when         2025-03-24 19:35:16.298 +01:00 (50.000 s) to 2025-03-24 "
               "19:35:46.336 +01:00\n               (80.038 s)\n");
    says(text, "  verdict      Most likely radio off (10.0.0.5). The device's radio was asleep");
    says(text, "               Or path dead both ways. Nothing got through");
    says(text,
         "  seen        1 15 pings arrived within 100 ms after the silence (frames 149, 150)\n");
    says(text, "  against     2 <script>");
    says(text, "153, 154 and 3 more)");
    says(text,
         "  weighing     1 speaks for radio off\n               2 speaks against radio off\n");
    says(text, "  ruled out    host asleep, because the missed pings came after all (frame 149)\n");
    says(text, "  cannot tell  which of these 2 causes it was\n");
    says(text, "    30.04 s  #101  50.000 s  #150  80.038 s     29\n");
    says(text, "the cause ended at 78.238 s, and the remaining 1.8 s were recovery");
    says(text, "closed by 10.0.0.1 after 30 s (frame 333); replaced by flow 2");
    says(text, "  filter       tcp.stream eq 0 && frame.number >= 101");
    says(text, "could not connect to [fe80::807:605:403:201]:7000");
    says(text, "Cause unknown; nothing in this capture tells why.");
    /* and everything else */
    says(text, "lacks 1395 bytes, about 45");
    says(text, "131072 bytes");
    says(text, "[.#.#.#");
    says(text, "10.0.0.1's clock is 41 ms behind the capture's, to within 2 ms");
    says(text, "1.234 ppm slow");
    says(text, "peerID=C0FFEE");
    says(text, "bin=(4 bytes: ff007c1b)");
    says(text, "Duplicate connection: two live flows");
    says(text, "TLS payload on flow 3: no key log");
    says(text, "facts        12 dropped at the limit (max_facts)");
    says(text, "cut short in record 17");
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
    g_assert_cmpuint(times(text, "\nINCIDENT "), ==, 20);
    g_assert_cmpuint(times(text, words), ==, 1);
    g_assert_cmpuint(times(text, "  next capture "), ==, 1);
    CONTAINS(text, "... and 20 more (--flows=all lists all)\n");
    g_free(text);
}

/* Stalls of one incident whose verdicts differ in numbers only, but for one. */
static void test_stalls_of_an_incident_are_told_once(void)
{
    ssk_result *result = sample_result_new(40, 40);
    result->n_incidents = 1;
    result->incidents[0].n_stalls = 39;
    result->incidents[0].stalls = sample_numbers(result, 39, 1);
    for (size_t i = 0; i < 39; i++) {
        result->stalls[i].incident = 1;
        result->stalls[i].verdict.causes[0].evidence->text = ssk_result_printf(
            result, "%u pings arrived within %u ms", (unsigned)i + 2, (unsigned)i + 90);
    }
    result->n_stalls = 39;
    result->n_udp = result->n_services = result->n_bonjour_findings = result->n_measurement = 0;
    char *text = sample_report("text", result);
    g_assert_cmpuint(times(text, " pings arrived within "), ==, 1);
    g_assert_cmpuint(times(text, "\n  verdict "), ==, 1);
    CONTAINS(text, "  ... and 19 more (--flows=all lists all)\n");
    g_assert_cmpuint(times(text, "\n"), <=, 120);
    g_free(text);

    result = sample_result_new(40, 40);
    result->n_incidents = 1;
    result->incidents[0].n_stalls = 2;
    result->incidents[0].stalls = sample_numbers(result, 2, 1);
    result->n_stalls = 2;
    result->stalls[1].verdict.causes[0].evidence->text = "its log goes on";
    text = sample_report("text", result);
    CONTAINS(text, " flow 1: 15 pings arrived");
    CONTAINS(text, " flow 2: its log goes on (frames 149, 150)");
    g_free(text);
}

static void test_verbose_tells_each_stall(void)
{
    ssk_result *result = sample_result_new(3, 40);
    ssk_host host = sample_host;
    host.verbose = true;
    GString *out = g_string_new(NULL);
    ssk_writer_find("text")->write(result, &host, out);
    g_assert_cmpuint(times(out->str, "\nSTALL "), ==, 40);
    g_assert_cmpuint(times(out->str, "\nINCIDENT "), ==, 40);
    CONTAINS(out->str, "last before  2025-03-24 19:35:16.298 +01:00 (50.000 s), frame 101\n");
    CONTAINS(out->str, "first after  2025-03-24 19:35:46.336 +01:00 (80.038 s), frame 150\n");
    CONTAINS(out->str, "missed       29 messages, one was due every 1 s\n");
    CONTAINS(out->str, "10.0.0.1 closed the connection 30 s after the last message");
    g_string_free(out, TRUE);
    ssk_result_free(result);
}

static void test_colors_change_no_word(void)
{
    ssk_host host = sample_host;
    GString *plain = g_string_new(NULL), *colored = g_string_new(NULL);
    ssk_result *result = sample_result_new(3, 2);
    ssk_writer_find("text")->write(result, &host, plain);
    host.color = true;
    ssk_writer_find("text")->write(result, &host, colored);
    g_assert_true(g_str_has_prefix(colored->str, "\x1b[1m2 incidents"));
    g_assert_null(strstr(plain->str, "\x1b"));
    GRegex *codes = g_regex_new("\x1b\\[[0-9;]*m", 0, 0, NULL);
    char *bare = g_regex_replace_literal(codes, colored->str, -1, 0, "", 0, NULL);
    g_assert_cmpstr(bare, ==, plain->str);
    g_free(bare);
    g_regex_unref(codes);
    g_string_free(plain, TRUE);
    g_string_free(colored, TRUE);
    ssk_result_free(result);
}

static void test_each_cause_has_a_clause(void)
{
    size_t n;
    const ssk_cause_words *words = ssk_cause_words_table(&n);
    for (size_t i = 0; i < n; i++) {
        bool judged = words[i].family == SSK_FAMILY_ENDPOINT ||
                      words[i].family == SSK_FAMILY_PATH || words[i].family == SSK_FAMILY_CONNECT ||
                      words[i].family == SSK_FAMILY_UDP ||
                      words[i].family == SSK_FAMILY_MEASUREMENT;
        if (judged && !words[i].clause)
            g_error("no clause for the answer: %s", words[i].id);
    }
}

static void test_recurring_incidents_are_told_first(void)
{
    ssk_result *result = sample_result_new(3, 2);
    result->findings[0].id = SSK_CAUSE_RECURRING_STALL;
    char *text = sample_report("text", result);
    g_assert_true(strstr(text, "Recurring stalls: ") < strstr(text, "INCIDENT 1"));
    g_free(text);
}

static void test_clocks_that_agree_are_counted(void)
{
    ssk_result *result = sample_result_new(3, 2);
    g_assert_cmpuint(result->n_clocks, ==, 1);
    result->clocks[0].n_steps = 0;
    result->clocks[0].offset = -2 * SSK_MS;
    char *text = sample_report("markdown", result);
    CONTAINS(text, "1 clock agrees with the capture");
    g_assert_null(strstr(text, "behind the capture"));
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
    g_assert_true(g_str_has_prefix(text, "Nothing was analyzed: the capture holds no packet.\n"));
    CONTAINS(text, "looked for   a silence longer than 2 s");
    CONTAINS(text, "not visible  shorter silences");
    g_assert_null(strstr(text, "INCIDENT"));
    g_free(text);

    ssk_result *result = sample_result_new(3, 2);
    result->n_stalls = result->n_incidents = result->n_udp = result->n_measurement = 0;
    result->flows[1].dir[SSK_A].max_gap = 31 * SSK_S;
    text = sample_report("text", result);
    g_assert_true(g_str_has_prefix(text, "No stall: "));
    says(
        text,
        "No stall: 2 TCP connections and 1 UDP flow, 1 with a keep-alive; 3 flows paused for up "
        "to 31 s, and nothing shows that they owed a packet. Also found: duplicate connection. Not "
        "analyzed: TLS payload on flow 3 (no key log).");
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
    CONTAINS(text, "... and 40 more (--flows=all lists all)\n"); /* of 60 incidents */
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
    result->stalls[0].filter = NULL;
    result->incidents[1].stalls[0] = 79;
    result->udp[0].flow = result->clocks[0].flow = 80;
    result->bonjour_findings[0].text = NULL;
    char *text = sample_report("text", result);
    CONTAINS(text, "Flow 77 was silent");
    g_free(text);
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/report/text/stalls of one incident are told once",
                    test_stalls_of_an_incident_are_told_once);
    g_test_add_func("/report/text/verbose tells each stall", test_verbose_tells_each_stall);
    g_test_add_func("/report/text/colors change no word", test_colors_change_no_word);
    g_test_add_func("/report/text/each cause has a clause for the answer",
                    test_each_cause_has_a_clause);
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
