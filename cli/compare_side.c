/* compare_side.c - which of the given files are one capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/compare_side.h"

#include <string.h>

/* dumpcap -b: NAME_00002_20261101120000.EXT; tcpdump -C -W: NAME.pcap2, NAME.pcap02. */
static const char *const ring_names[] = {
    "^(.*)_[0-9]{5,}_[0-9]{14}(\\.[A-Za-z0-9.]*)?$",
    "^(.*\\.(?:pcap|pcapng|cap|dmp))[0-9]{1,6}()$",
};

char *ssk_compare_ring(const char *path)
{
    char *ring = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(ring_names) && !ring; i++) {
        GRegex *regex = g_regex_new(ring_names[i], G_REGEX_RAW, 0, NULL);
        GMatchInfo *match = NULL;
        if (g_regex_match(regex, path, 0, &match)) {
            char *stem = g_match_info_fetch(match, 1), *end = g_match_info_fetch(match, 2);
            ring = g_strconcat(stem, end, NULL);
            g_free(stem);
            g_free(end);
        }
        g_match_info_free(match);
        g_regex_unref(regex);
    }
    return ring;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* @return NULL: it cannot be read, or holds nothing */
static char **files_of_folder(const char *folder)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    GPtrArray *paths = g_ptr_array_new();
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, NULL);
        if (*name != '.' && g_file_test(path, G_FILE_TEST_IS_REGULAR))
            g_ptr_array_add(paths, path);
        else
            g_free(path);
    }
    if (dir)
        g_dir_close(dir);
    if (paths->len)
        qsort(paths->pdata, paths->len, sizeof *paths->pdata, by_name);
    else
        g_ptr_array_add(paths, g_strdup(folder)); /* whose error tells why */
    g_ptr_array_add(paths, NULL);
    return (char **)g_ptr_array_free(paths, FALSE);
}

static char **files_of(const char *argument)
{
    if (g_file_test(argument, G_FILE_TEST_IS_DIR))
        return files_of_folder(argument);
    if (strchr(argument, ',') && !g_file_test(argument, G_FILE_TEST_EXISTS))
        return g_strsplit(argument, ",", 0);
    char **alone = g_new0(char *, 2);
    alone[0] = g_strdup(argument);
    return alone;
}

static char **joined(char **list, char **more)
{
    guint n = g_strv_length(list), m = g_strv_length(more);
    list = g_renew(char *, list, n + m + 1);
    memcpy(list + n, more, (m + 1) * sizeof *more);
    g_free(more);
    return list;
}

static void free_strv(gpointer list)
{
    g_strfreev(list);
}

GPtrArray *ssk_compare_sides(char *const *arguments)
{
    GPtrArray *sides = g_ptr_array_new_with_free_func(free_strv);
    GHashTable *rings = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; arguments[i]; i++) {
        char **files = files_of(arguments[i]);
        char *ring = files[0] && !files[1] ? ssk_compare_ring(files[0]) : NULL;
        guint at = ring ? GPOINTER_TO_UINT(g_hash_table_lookup(rings, ring)) : 0;
        if (at) {
            char **list = joined(sides->pdata[at - 1], files);
            sides->pdata[at - 1] = list;
            g_free(ring);
            continue;
        }
        g_ptr_array_add(sides, files);
        if (ring)
            g_hash_table_insert(rings, ring, GUINT_TO_POINTER(sides->len));
    }
    g_hash_table_destroy(rings);
    return sides;
}
