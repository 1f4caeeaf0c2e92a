/* test_json.c - values looked up in JSON (core/decode). What the report writes is held
 * against its schema in tests/golden/test_schema.py.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/json.h"

static ssk_status find(const char *text, const char *path, ssk_json_value *ret)
{
    /* an exact copy, so that a read beyond it is seen */
    static uint8_t *exact;
    size_t len = strlen(text);
    g_free(exact);
    exact = g_memdup2(text, len);
    return ssk_json_find(exact, (uint32_t)len, path, ret);
}

static void expect(const char *text, const char *path, const char *value)
{
    ssk_json_value v;
    g_assert_cmpint(find(text, path, &v), ==, SSK_OK);
    g_assert_true(v.whole);
    g_assert_true(ssk_json_equals(&v, value));
}

static void paths(void)
{
    expect("{\"type\":\"ping\",\"seq\":17}", "type", "ping");
    expect(" { \"a\" : [ 1 , {\"b\" : null} ] , \"type\" : \"x\" } ", "a.1.b", "null");
    expect("{\"payload\":{\"codingKey\":4}}", "payload.codingKey", "4");
    expect("{\"a\":1,\"a\":2}", "a", "1");
    expect("[true,false]", "1", "false");
    expect("\"text\"", "", "text");
    expect("{\"\\u0074ype\":\"p\\u0069ng \\ud83d\\ude00 \\\"\"}", "type",
           "ping \xf0\x9f\x98\x80 \"");

    ssk_json_value v;
    g_assert_cmpint(find("{\"a\":1}", "b", &v), ==, SSK_EUNSUPPORTED);
    g_assert_cmpint(find("{\"a\":1}", "a.b", &v), ==, SSK_EUNSUPPORTED);
    g_assert_cmpint(find("[1]", "x", &v), ==, SSK_EUNSUPPORTED);
    g_assert_cmpint(find("{\"a\":1,}", "b", &v), ==, SSK_EFORMAT);
    g_assert_cmpint(find("GET /", "a", &v), ==, SSK_EFORMAT);
}

static void cut_short(void)
{
    ssk_json_value v;
    expect("{\"type\":\"ping\",\"seq\":1,\"se", "type", "ping");
    expect("{\"type\":\"ping\",\"seq\":1,\"se", "seq", "1");
    g_assert_cmpint(find("{\"type\":\"ping\",\"seq\":1,\"se", "sent", &v), ==, SSK_ETRUNC);
    g_assert_cmpint(find("{\"type\":\"ping\",\"seq\":1", "seq", &v), ==, SSK_OK);
    g_assert_false(v.whole); /* 1 or 17? */
    g_assert_cmpint(find("{\"type\":\"pi", "type", &v), ==, SSK_OK);
    g_assert_false(v.whole);
    g_assert_false(ssk_json_equals(&v, "pi"));
    g_assert_cmpint(find("{\"type\":", "type", &v), ==, SSK_ETRUNC);
    g_assert_cmpint(find("", "type", &v), ==, SSK_ETRUNC);
}

static void integers(void)
{
    static const struct {
        const char *text;
        bool good;
        uint64_t value;
    } cases[] = {
        {"[0]", true, 0},
        {"[\"42\"]", true, 42},
        {"[18446744073709551615]", true, UINT64_MAX},
        {"[18446744073709551616]", false, 0},
        {"[-1]", false, 0},
        {"[1.5]", false, 0},
        {"[1e3]", false, 0},
        {"[\"\"]", false, 0},
        {"[true]", false, 0},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        ssk_json_value v;
        uint64_t number = 7;
        g_assert_cmpint(find(cases[i].text, "0", &v), ==, SSK_OK);
        g_assert_cmpint(ssk_json_to_uint(&v, &number), ==, cases[i].good);
        g_assert_cmpuint(number, ==, cases[i].good ? cases[i].value : 7);
    }
}

static void grammar(void)
{
    static const char *const good[] = {"0",        "-0.5e+3",   "\"\"",      "[]",
                                       "{}",       "null",      " [1,\n2] ", "\"\\u00ff\"",
                                       "[[[[]]]]", "{\"\":{}}", "\"\xff\""};
    static const char *const bad[] = {"01",  "1.",      "+1",    "[1,]",  "{1:2}", "\"\n\"", "nul ",
                                      "'x'", "\"\\x\"", "[1 2]", "{} {}", "-",     ".5",     "1e"};
    for (unsigned i = 0; i < G_N_ELEMENTS(good); i++)
        g_assert_cmpint(ssk_json_check((const uint8_t *)good[i], (uint32_t)strlen(good[i])), ==,
                        SSK_OK);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_cmpint(ssk_json_check((const uint8_t *)bad[i], (uint32_t)strlen(bad[i])), !=,
                        SSK_OK);
}

static void remembered(void)
{
    const char *text =
        "{\"a\":1,\"b\":\"x\",\"a\":2,\"c\":{\"d\":4},\"e\":5,\"f\":6,\"g\":7,\"h\":8,"
        "\"i\":9,\"j\":10,\"k";
    static const char *const paths[] = {"j", "b", "a", "c.d", "e", "i", "a"};
    static const char *const values[] = {"10", "x", "1", "4", "5", "9", "1"};
    ssk_json_members members = {.text = (const uint8_t *)text, .len = (uint32_t)strlen(text)};
    ssk_json_value v;
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_assert_cmpint(ssk_json_members_find(&members, paths[i], &v), ==, SSK_OK);
        g_assert_true(ssk_json_equals(&v, values[i]));
    }
    g_assert_cmpuint(members.count, ==, SSK_JSON_MEMBERS);
    g_assert_cmpint(ssk_json_members_find(&members, "k", &v), ==, SSK_ETRUNC);
}

static void deep(void)
{
    char text[200];
    memset(text, '[', sizeof text);
    g_assert_cmpint(ssk_json_check((const uint8_t *)text, sizeof text), ==, SSK_ELIMIT);
    g_assert_cmpint(ssk_json_check((const uint8_t *)text, SSK_JSON_DEPTH), ==, SSK_ETRUNC);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/json/values are found by path", paths);
    g_test_add_func("/json/what lies before a cut is found, what lies beyond is not", cut_short);
    g_test_add_func("/json/integers are exact or none", integers);
    g_test_add_func("/json/the grammar is RFC 8259's", grammar);
    g_test_add_func("/json/nesting is bounded", deep);
    g_test_add_func("/json/members are remembered and found in any order", remembered);
    return g_test_run();
}
