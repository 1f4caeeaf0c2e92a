/* test_cause_words.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/model/cause.h"

#include <glib.h>
#include <string.h>

static void test_table(void)
{
    size_t count;
    const ssk_cause_words *table = ssk_cause_words_table(&count);

    g_assert_cmpuint(count, >, 50);
    for (size_t i = 0; i < count; i++) {
        ssk_cause_id found;
        g_assert_true(ssk_cause_find(table[i].id, &found));
        g_assert_cmpuint(found, ==, i); /* ids are unique */
        g_assert_cmpuint(strlen(table[i].name), <=, 40);
        size_t length = strlen(table[i].meaning);
        g_assert_cmpuint(length, >, 10);
        g_assert_cmpint(table[i].meaning[length - 1], ==, '.');
        g_assert_true(g_ascii_isupper(table[i].meaning[0]));
        g_assert_true(g_str_is_ascii(table[i].meaning));
    }
}

static void test_names(void)
{
    ssk_cause_id id;
    g_assert_true(ssk_cause_find("radio-off", &id));
    g_assert_cmpstr(ssk_cause_name(id), ==, "radio off");
    g_assert_false(ssk_cause_find("made-up", &id));
}

/* Every id in the first column of a causes.md's table of section 3. */
static void check_document(const char *path)
{
    char *text;
    if (!g_file_get_contents(path, &text, NULL, NULL)) {
        g_test_skip("causes.md is not there");
        return;
    }
    const char *start = strstr(text, "\n## 3.");
    g_assert_nonnull(start);
    const char *end = strstr(start + 1, "\n## ");
    unsigned found = 0;
    GRegex *id = g_regex_new("`([a-z]+(-[a-z0-9]+)+|roaming)`", 0, 0, NULL);
    char *section = g_strndup(start, end ? (gsize)(end - start) : strlen(start));
    char **lines = g_strsplit(section, "\n", -1);
    for (char **line = lines; *line; line++) {
        char **cells = g_strsplit(*line, "|", -1);
        /* | ids | meaning | ...; a discovery row lists its ids in the second cell */
        for (unsigned cell = 1; cell <= 2 && cells[0] && cells[1] && cells[cell]; cell++) {
            if (cell == 2 && !strstr(cells[1], "discovery"))
                break;
            GMatchInfo *match;
            g_regex_match(id, cells[cell], 0, &match);
            for (; g_match_info_matches(match); g_match_info_next(match, NULL)) {
                char *word = g_match_info_fetch(match, 1);
                ssk_cause_id known;
                if (!strstr(word, "findings") && !ssk_cause_find(word, &known))
                    g_error("%s: %s has no words", path, word);
                found++;
                g_free(word);
            }
            g_match_info_free(match);
        }
        g_strfreev(cells);
    }
    g_assert_cmpuint(found, >=, 45);
    g_strfreev(lines);
    g_free(section);
    g_regex_unref(id);
    g_free(text);
}

static void test_design(void)
{
    check_document(SSK_SOURCE_DIR "/../shared/design/causes.md");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/cause-words/ids are unique and sentences are sentences", test_table);
    g_test_add_func("/cause-words/an id without words is its own name", test_names);
    g_test_add_func("/cause-words/every id of the design has words", test_design);
    return g_test_run();
}
