/* test_markdown.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sample_result.h"

static void test_content(void)
{
    char *text = sample_report("markdown", sample_result_new(3, 2));
    CONTAINS(text,
             "# stallshark\n\n**2 incidents with 2 stalls. The main one: 10.0.0.5 got no message");
    CONTAINS(text, "UDP flow 3: the capture has 55.1% of the stream in bursts of 131072 bytes");
    CONTAINS(text, "- **Most likely radio off (10.0.0.5).** The device's radio");
    CONTAINS(text, "- Or path dead both ways. Nothing got through");
    CONTAINS(text, "| 1 | 15 pings arrived within 100 ms after the silence | 149, 150 |\n");
    CONTAINS(text,
             "- **Ruled out:** host asleep, because the missed pings came after all (frame 149).");
    CONTAINS(text, "- **Display filter:** `tcp.stream eq 0 && frame.number >= 101");
    CONTAINS(text, "| frame 101, 50.000 s | frame 150, 80.038 s | 29 | ");
    CONTAINS(text, "\n````\n.#.#.#");
    CONTAINS(text, "| 1 | 10.0.0.5:50001 -> 10.0.0.1:7000");
    CONTAINS(text, "- warning: Left without a goodbye");
    g_free(text);
}

#define J "\xe2\x81\xa0"

static void test_no_markup_from_outside(void)
{
    char *text = sample_report("markdown", sample_result_new(3, 2));
    CONTAINS(text, "&#60;script>alert('x')&#60;/script>&#38;\"\\|\\`\\*\\_\\[a\\](b)\\\\x1b\\[31m");
    g_assert_null(strstr(text, "<script"));
    g_assert_null(strstr(text, "<b>"));
    g_free(text);

    ssk_result *result = sample_empty_new();
    SAMPLE_ARRAY(result, not_analysed, 1);
    result->not_analysed[0] = (ssk_result_not_analysed){
        "@nobody #12 https://a.example www.b.example", "x|y\n# no heading"};
    text = sample_report("markdown", result);
    CONTAINS(text, "- &#64;" J "nobody &#35;" J
                   "12 https&#58;//a.example www&#46;b.example: x\\|y &#35; no heading\n");
    g_free(text);
}

/* What GitHub, GitLab and Jira would make a link or a mention of, and what they would not. */
static void test_no_mention_and_no_reference(void)
{
    static const struct {
        const char *text, *made;
    } cases[] = {
        {"@user", "&#64;" J "user"},
        {"a@b", "&#64;" J "b"},
        {"#12", "&#35;" J "12"},
        {"group/project!12", "project!" J "12"},
        {"~bug %next $3 ^alert &epic",
         "\\~" J "bug %" J "next \\$" J "3 ^" J "alert &#38;" J "epic"},
        {"ABC-123 GH-7", "ABC-" J "123 GH-" J "7"},
        {"deadbeefcafe4711", "deadbe" J "efcafe4711"},
        {"10 % of 1742841288808 x-1 face", "10 % of 1742841288808 x-1 face"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        ssk_result *result = sample_empty_new();
        SAMPLE_ARRAY(result, not_analysed, 1);
        result->not_analysed[0] = (ssk_result_not_analysed){cases[i].text, "why"};
        char *text = sample_report("markdown", result);
        CONTAINS(text, cases[i].made);
        g_free(text);
    }
}

static void test_fits(void)
{
    static const size_t sizes[][2] = {{3, 2}, {50, 30}, {500, 400}, {2000, 1000}};
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        char *text = sample_report("markdown", sample_result_new(sizes[i][0], sizes[i][1]));
        g_assert_cmpuint(strlen(text), <=, 60000);
        g_assert_true(g_utf8_validate(text, -1, NULL));
        if (sizes[i][0] > 50)
            CONTAINS(text, " more; the JSON report has all.\n");
        g_free(text);
    }
}

/* Lines that no number of entries explains: each is long in itself. */
static void test_long_lines_fit(void)
{
    ssk_result *result = sample_result_new(3, 60);
    char *huge = g_strnfill(5000, '*');
    for (size_t i = 0; i < result->n_stalls; i++) {
        ssk_verdict *verdict = &result->stalls[i].verdict;
        verdict->n_causes = verdict->n_verdict = 60;
        verdict->causes = ssk_result_alloc(result, 60 * sizeof *verdict->causes);
        for (int k = 0; k < 60; k++)
            verdict->causes[k] = (ssk_cause){.id = SSK_CAUSE_RADIO_OFF,
                                             .evidence = sample_evidence(result, huge, 3),
                                             .n_evidence = 1};
    }
    char *text = sample_report("markdown", result);
    g_assert_cmpuint(strlen(text), <=, 60000);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_free(text);
    g_free(huge);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/markdown/incidents, verdicts, filters, flows", test_content);
    g_test_add_func("/markdown/text from the capture makes no markup", test_no_markup_from_outside);
    g_test_add_func("/markdown/text from the capture mentions nobody and refers to nothing",
                    test_no_mention_and_no_reference);
    g_test_add_func("/markdown/fits whatever was found", test_fits);
    g_test_add_func("/markdown/fits whatever was written", test_long_lines_fit);
    return g_test_run();
}
