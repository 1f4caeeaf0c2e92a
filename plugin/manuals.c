/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plugin/manuals.h"

#include <glib.h>

/** Takes @p folder. @return @p folder, or NULL if the documentation is not in it */
static char *checked(char *folder)
{
    char *readme = g_build_filename(folder, "README.md", NULL);
    gboolean there = g_file_test(readme, G_FILE_TEST_IS_REGULAR);

    g_free(readme);
    if (there)
        return folder;
    g_free(folder);
    return NULL;
}

char *ssk_manuals_folder(void)
{
    const char *const *data = g_get_system_data_dirs();
    char *found = checked(g_build_filename(g_get_user_data_dir(), "doc", "stallshark", NULL));

    for (; !found && *data; data++)
        found = checked(g_build_filename(*data, "doc", "stallshark", NULL));
    return found ? found : checked(g_strdup(SSK_DOC_DIR));
}
