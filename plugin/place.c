/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/place.h"

#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Who has made as many is told by whoever writes that the last one exists. */
#define MOST_NAMES 1000

static char *folder_for(const char *capture)
{
    char *folder = g_path_get_dirname(capture);

    if (!strcmp(folder, g_get_tmp_dir()) || g_access(folder, W_OK)) {
        g_free(folder);
        folder = g_strdup(g_get_home_dir());
    }
    return folder;
}

/** Its name without the ending. Owned by the caller. */
static char *stem_of(const char *capture)
{
    char *name = g_path_get_basename(capture);
    char *dot = strrchr(name, '.');

    if (dot && dot > name)
        *dot = '\0';
    return name;
}

char *ssk_place_beside(const char *capture, const char *ending)
{
    char *folder = folder_for(capture), *stem = stem_of(capture), *path = NULL;

    for (unsigned n = 1; n <= MOST_NAMES; n++) {
        char *number = n == 1 ? g_strdup("") : g_strdup_printf("-%u", n);
        char *name = g_strconcat(stem, ".stallshark", number, ending, NULL);
        g_free(path);
        path = g_build_filename(folder, name, NULL);
        g_free(name);
        g_free(number);
        if (!g_file_test(path, G_FILE_TEST_EXISTS))
            break;
    }
    g_free(stem);
    g_free(folder);
    return path;
}
