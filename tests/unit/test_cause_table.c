/* test_cause_table.c - every cause that the report knows has a case where it is
 * named and a near miss where it is not.
 *
 * A case is a line of a unit test: FIRES("id", ...), SILENT("id", ...), or
 * expect(x, "id", ...), where NULL behind the id says that it must stay silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <stdbool.h>
#include <string.h>

#include "core/model/cause.h"

/* What no single capture gives: why, or where else it is tested. */
static const struct {
    const char *id, *why;
} elsewhere[] = {
    {"udp-policy", "of comparisons: tests/golden/test_compare.py"},
    {"unknown", "said when no other cause is"},
};

static bool is_elsewhere(const char *id)
{
    for (size_t i = 0; i < G_N_ELEMENTS(elsewhere); i++)
        if (!strcmp(elsewhere[i].id, id))
            return true;
    return false;
}

static char *all_tests(void)
{
    GString *text = g_string_new(NULL);
    GDir *folder = g_dir_open(SSK_SOURCE_DIR "/tests/unit", 0, NULL);
    g_assert_nonnull(folder);
    for (const char *name; (name = g_dir_read_name(folder));) {
        char *path = g_build_filename(SSK_SOURCE_DIR "/tests/unit", name, NULL), *one;
        if (g_str_has_prefix(name, "test_") && g_str_has_suffix(name, ".c") &&
            strcmp(name, "test_cause_table.c") && g_file_get_contents(path, &one, NULL, NULL)) {
            g_string_append(text, one);
            g_free(one);
        }
        g_free(path);
    }
    g_dir_close(folder);
    return g_string_free(text, FALSE);
}

static bool has_case(const char *tests, const char *id, const char *macro, const char *expectation)
{
    char *pattern = g_strdup_printf("\\b%s\\(\"%s\",|\\bexpect\\(\\w+, \"%s\", %s", macro, id, id,
                                    expectation);
    bool found = g_regex_match_simple(pattern, tests, 0, 0);
    g_free(pattern);
    return found;
}

static void every_cause_has_a_case_and_a_near_miss(void)
{
    size_t count;
    const ssk_cause_words *table = ssk_cause_words_table(&count);
    char *tests = all_tests();
    for (size_t i = 0; i < count; i++) {
        const char *id = table[i].id;
        bool fires = has_case(tests, id, "FIRES", "(?!NULL)");
        bool silent = has_case(tests, id, "SILENT", "(NULL|[^;]*: NULL)");
        if (is_elsewhere(id))
            g_assert_false(fires && silent); /* then it is not elsewhere any more */
        else if (!fires || !silent)
            g_error("%s has no unit test in which it %s", id, fires ? "stays silent" : "fires");
    }
    g_free(tests);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cause table/every cause has a case and a near miss",
                    every_cause_has_a_case_and_a_near_miss);
    return g_test_run();
}
