/* test_cells.c - the report of the predictions that must hold and that no case has ever seen broken.
 *
 * cells_unexercised.txt lists them. Who adds such a cell adds a case that breaks it, or says here that
 * there is none; who adds a case takes away what it exercises. The list only shrinks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/cells.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *folder; /* of the tests' programs */

static GHashTable *lines_of(const char *path)
{
    char *text;
    GHashTable *lines = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    char **list = g_strsplit(text, "\n", -1);
    for (char **line = list; *line; line++)
        if (**line)
            g_hash_table_add(lines, g_strdup(*line));
    g_strfreev(list);
    g_free(text);
    return lines;
}

/* What the tests of causes exercise. */
static GHashTable *exercised(void)
{
    static const char *const tests[] = {
        "test_cause_connect", "test_cause_endpoint", "test_cause_measurement",
        "test_cause_path",    "test_cause_second",   "test_cause_size",
        "test_outage"};
    char *path;
    int file = g_file_open_tmp("cells-XXXXXX", &path, NULL);
    g_assert_cmpint(file, >=, 0);
    g_close(file, NULL);
    char **environment = g_environ_setenv(g_get_environ(), "SSK_CELLS", path, TRUE);
    for (size_t i = 0; i < G_N_ELEMENTS(tests); i++) {
        char *program = g_build_filename(folder, tests[i], NULL);
        /* Built for another processor, it is emulated as this test is. */
        char emulator[] = SSK_EMULATOR, *emulated[] = {emulator, program, NULL};
        char **arguments = *emulator ? emulated : emulated + 1;
        int status = -1;
        g_assert_true(g_spawn_sync(NULL, arguments, environment,
                                   G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_SEARCH_PATH, NULL, NULL,
                                   NULL, NULL, &status, NULL));
        g_assert_cmpint(status, ==, 0);
        g_free(program);
    }
    GHashTable *found = lines_of(path);
    g_unlink(path);
    g_free(path);
    g_strfreev(environment);
    return found;
}

static void every_must_has_a_case_or_is_listed(void)
{
    GHashTable *seen = exercised(),
               *listed = lines_of(SSK_SOURCE_DIR "/tests/unit/cells_unexercised.txt");
    unsigned musts = 0, broken = 0, wrong = 0;
    for (size_t row = 0; row < ssk_n_hypotheses; row++)
        for (size_t column = 0; column < SSK_N_OBSERVATIONS; column++) {
            if (!cells_is_must(row, column))
                continue;
            char *name = cells_name(row, column);
            bool is_seen = g_hash_table_contains(seen, name);
            bool is_listed = g_hash_table_remove(listed, name);
            musts++;
            broken += is_seen;
            if (is_seen == is_listed)
                g_printerr("%c%s\n", is_seen ? '-' : '+', name);
            wrong += is_seen == is_listed;
            g_free(name);
        }
    g_test_message("%u of %u predictions that must hold are seen broken by a case", broken, musts);
    if (wrong || g_hash_table_size(listed))
        g_error("cells_unexercised.txt: take away what is marked -, or find a case for what is "
                "marked +; %u lines name no cell",
                g_hash_table_size(listed));
    g_hash_table_destroy(seen);
    g_hash_table_destroy(listed);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    folder = g_path_get_dirname(argv[0]);
    g_test_add_func("/cells/every must has a case that breaks it, or is listed",
                    every_must_has_a_case_or_is_listed);
    int status = g_test_run();
    g_free((char *)folder);
    return status;
}
