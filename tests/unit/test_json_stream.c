/* test_json_stream.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_stream.h"

static ssk_json json;

static void start(ssk_json_layout layout)
{
    ssk_json_init(&json, g_string_new(NULL), layout);
}

#define FINISH(expected)                              \
    do {                                              \
        g_assert_cmpuint(json.depth, ==, 0);          \
        g_assert_cmpstr(json.out->str, ==, expected); \
        g_string_free(json.out, TRUE);                \
    } while (0)

static void test_layout(void)
{
    start(SSK_JSON_LINES);
    ssk_json_object(&json, NULL, SSK_JSON_LINES);
    ssk_json_array(&json, "flows", SSK_JSON_LINES);
    ssk_json_object(&json, NULL, SSK_JSON_INLINE);
    ssk_json_uint(&json, "id", 1);
    ssk_json_array(&json, "frames", SSK_JSON_LINES);
    ssk_json_int(&json, NULL, 7);
    ssk_json_int(&json, NULL, 8);
    ssk_json_end(&json);
    ssk_json_end(&json);
    ssk_json_end(&json);
    ssk_json_array(&json, "stalls", SSK_JSON_LINES);
    ssk_json_end(&json);
    ssk_json_bool(&json, "open", false);
    ssk_json_end(&json);
    FINISH("{\n \"flows\": [\n  {\"id\": 1, \"frames\": [7, 8]}\n ],\n \"stalls\": [],\n"
           " \"open\": false\n}");
}

static void test_one_line(void)
{
    start(SSK_JSON_INLINE);
    ssk_json_array(&json, NULL, SSK_JSON_LINES);
    ssk_json_object(&json, NULL, SSK_JSON_LINES);
    ssk_json_string(&json, "a\n", NULL);
    ssk_json_end(&json);
    ssk_json_end(&json);
    FINISH("[{\"a\\n\": null}]");
}

static void test_text(void)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", "\"\""},
        {"plain", "\"plain\""},
        {"q\" b\\ t\t n\n r\r", "\"q\\\" b\\\\ t\\t n\\n r\\r\""},
        {"\x01\x1b[31m\x7f", "\"\\u0001\\u001b[31m\\u007f\""},
        {"gr\xc3\xbc\xc3\x9f", "\"gr\xc3\xbc\xc3\x9f\""},
        {"\xf0\x9f\x8f\xa5", "\"\xf0\x9f\x8f\xa5\""},
        {"\xc2\x9b"
         "31m",
         "\"\\u009b31m\""}, /* C1 control */
        {"\xe2\x80\xae"
         "fdp",
         "\"\\u202efdp\""}, /* right-to-left override */
        {"a\xff"
         "b",
         "\"a\xef\xbf\xbd"
         "b\""},                                                      /* no UTF-8 */
        {"\xc3", "\"\xef\xbf\xbd\""},                                 /* cut short */
        {"\xc0\xaf", "\"\xef\xbf\xbd\xef\xbf\xbd\""},                 /* overlong */
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""}, /* surrogate */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        start(SSK_JSON_INLINE);
        ssk_json_string(&json, NULL, cases[i].text);
        FINISH(cases[i].expected);
    }
}

static void test_numbers(void)
{
    start(SSK_JSON_INLINE);
    ssk_json_array(&json, NULL, SSK_JSON_INLINE);
    ssk_json_int(&json, NULL, INT64_MIN);
    ssk_json_uint(&json, NULL, UINT64_MAX);
    ssk_json_thousandths(&json, NULL, 700);
    ssk_json_thousandths(&json, NULL, -1005);
    ssk_json_thousandths(&json, NULL, -50);
    ssk_json_thousandths(&json, NULL, 0);
    ssk_json_thousandths(&json, NULL, 12000);
    ssk_json_thousandths(&json, NULL, INT64_MIN);
    ssk_json_hex(&json, NULL, (const uint8_t[]){0x00, 0xff, 0x7c}, 3);
    ssk_json_hex(&json, NULL, NULL, 0);
    ssk_json_end(&json);
    FINISH("[-9223372036854775808, 18446744073709551615, 0.7, -1.005, -0.05, 0, 12, "
           "-9223372036854775.808, \"00ff7c\", \"\"]");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json-stream/lines are indented and inline stays inline", test_layout);
    g_test_add_func("/json-stream/an inline document is one line", test_one_line);
    g_test_add_func("/json-stream/text is escaped and made valid", test_text);
    g_test_add_func("/json-stream/numbers keep every digit", test_numbers);
    return g_test_run();
}
