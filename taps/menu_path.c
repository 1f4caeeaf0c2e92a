/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "taps/menu_path.h"

#include <glib.h>

#define WORD_JOINER "\u2060" /* sorts behind all letters, and is not drawn */

char *ssk_menu_path(const char *menu, unsigned position, const char *name)
{
    GString *path = g_string_new(menu);

    g_string_append_c(path, '/');
    for (unsigned i = 0; i < position; i++)
        g_string_append(path, WORD_JOINER);
    g_string_append(path, name);
    return g_string_free(path, FALSE);
}
