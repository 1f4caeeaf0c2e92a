/* test_json.c - the report as JSON. That it parses and fits the schema is
 * checked by tests/golden/test_schema.py; here, what it says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "sample_result.h"

static char *report_of(const char *format, ssk_result *result)
{
    GString *out = g_string_new(NULL);
    ssk_writer_find(format)->write(result, &sample_host, out);
    ssk_result_free(result);
    return g_string_free(out, FALSE);
}

#define CONTAINS(text, part)                                                                       \
    do {                                                                                           \
        if (!strstr(text, part))                                                                   \
            g_error("not in the report: %s\n%s", part, text);                                      \
    } while (0)

static void test_values(void)
{
    char *text = report_of("json", sample_result_new(3, 2));

    g_assert_true(g_str_has_prefix(text, "{\n \"schema\": \"stallshark/1\",\n \"host\": {"));
    CONTAINS(text, "\"start\": \"1742841316.298000000\"");
    CONTAINS(text, "\"duration_ns\": 30038000000");
    CONTAINS(text, "\"verdict\": [\"radio-off\", \"path-blackout\"]");
    CONTAINS(text, "\"verdict\": [\"unknown\"]");
    CONTAINS(text, "\"score\": 0.7");
    CONTAINS(text, "\"skew_ppm\": -1.234");
    CONTAINS(text, "\"max_gap_frames\": [101, 150]");
    CONTAINS(text, "\"consequence\": {\"id\": \"policy-close\", \"by\": \"b\", \"timeout_ns\": "
                   "30000000000, \"frames\": [333]}");
    CONTAINS(text, "{\"key\": \"flag\", \"value\": null, \"value_hex\": null}");
    CONTAINS(text, "{\"key\": \"empty\", \"value\": \"\", \"value_hex\": \"\"}");
    CONTAINS(text, "\"value_hex\": \"ff007c1b\"");
    CONTAINS(text, "\"flows\": \"all\"");
    CONTAINS(text, "\"hidden_bytes\": 1395");
    CONTAINS(text, "\"min_gap_ns\": 2000000000");
    g_free(text);
}

static void test_unknown_is_null(void)
{
    char *text = report_of("json", sample_result_new(3, 2));
    const char *stall = strstr(strstr(text, "\"stalls\": [\n"), "\"id\": 2,");

    CONTAINS(stall, "\"end\": null");
    CONTAINS(stall, "\"open\": true");
    CONTAINS(stall, "\"cause_end\": null");
    CONTAINS(stall, "\"frame_after\": null");
    CONTAINS(stall, "\"missed\": null");
    CONTAINS(stall, "\"attempts\": 6");
    CONTAINS(stall, "\"recovery_tail_ns\": null");
    CONTAINS(stall, "\"next_retry\": null");
    CONTAINS(stall, "\"new_flow\": null");
    CONTAINS(stall, "\"consequence\": null");
    /* a direction without packets */
    CONTAINS(text, "\"from\": \"b\", \"packets\": 0, \"bytes\": 0, \"payload_packets\": 0, "
                   "\"payload_bytes\": 0, \"max_gap_ns\": null, \"max_gap_frames\": null");
    CONTAINS(text, "\"gap_quantiles_ns\": {\"p50\": null, \"p90\": null, \"p99\": null}");
    /* an automatic option */
    CONTAINS(text, "\"period_ns\": null");
    g_free(text);
}

static void test_one_line(void)
{
    char *text = report_of("ndjson", sample_result_new(5, 3));
    g_assert_true(strchr(text, '\n') == text + strlen(text) - 1);
    g_free(text);
}

static void test_same_result_same_bytes(void)
{
    char *once = report_of("json", sample_result_new(4, 3));
    char *again = report_of("json", sample_result_new(4, 3));
    g_assert_cmpstr(once, ==, again);
    g_free(once);
    g_free(again);
}

static void test_formats(void)
{
    for (const ssk_writer *const *writer = ssk_writers; *writer; writer++) {
        g_assert_true(ssk_writer_find((*writer)->name) == *writer);
        g_assert_cmpuint(strlen((*writer)->help), >, 5);
        for (int empty = 0; empty < 2; empty++) {
            char *text = report_of((*writer)->name,
                                   empty ? sample_empty_new() : sample_result_new(3, 2));
            g_assert_true(g_utf8_validate(text, -1, NULL));
            g_assert_true(g_str_has_suffix(text, "\n"));
            g_free(text);
        }
    }
    g_assert_null(ssk_writer_find("no-such-format"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/values are exact", test_values);
    g_test_add_func("/json/what is not known is null", test_unknown_is_null);
    g_test_add_func("/json/ndjson is one line", test_one_line);
    g_test_add_func("/json/the same result gives the same bytes", test_same_result_same_bytes);
    g_test_add_func("/json/every format writes valid UTF-8, with or without content", test_formats);
    return g_test_run();
}
