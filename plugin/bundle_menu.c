/* bundle_menu.c - Tools > Stallshark > Bundle for a Bug Report: the open capture without its secrets.
 *
 * The program makes it, so that what leaves the house is the same whoever asked; the window waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/bundle_menu.h"

#include <string.h>

#include "plugin/place.h"
#include "plugin/window.h"

#include <wsutil/report_message.h>

static void tell(const char *output, const char *level, bool checked, const char *said)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "The bundle for a bug report is written:\n  %s\n\n", output);
    g_string_append_printf(text, "Removed (scrub level): %s\n", level);
    g_string_append(text, checked ? "Searched for names, addresses and words of the capture: none "
                                    "is left.\n"
                                  : "Not searched for what may be left.\n");
    g_string_append(text, "README.txt in it lists what was removed and what was not.\n");
    if (*said)
        g_string_append_printf(text, "\n%s", said);
    ssk_window_show(SSK_TITLE ": Bundle", text->str);
    g_string_free(text, TRUE);
}

/** @param program its path */
static void make(const char *program, const char *capture, const char *level)
{
    bool check = strcmp(level, "off") != 0;
    char *output = ssk_place_beside(capture, ".tar.gz");
    char *scrub = g_strconcat("--scrub=", level, NULL), *said = NULL;
    /* What follows "--" is a file, whatever it begins with. */
    const char *arguments[] = {program,
                               "bundle",
                               "-o",
                               output,
                               scrub,
                               check ? "--check" : "--",
                               check ? "--" : capture,
                               check ? capture : NULL,
                               NULL};
    GError *error = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **)arguments, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                      &said, &status, &error))
        report_failure(SSK_TITLE ": no bundle was made: %s", error->message);
    else if (status)
        report_failure(SSK_TITLE ": no bundle was made: %s",
                       said && *said ? said : "the program was ended");
    else
        tell(output, level, check, said);
    g_clear_error(&error);
    g_free(said);
    g_free(scrub);
    g_free(output);
}

/** Where it was installed to with the module, too: a desktop's PATH may be a short one. Owned by the caller; NULL: nowhere */
static char *find_program(void)
{
    char *found = g_find_program_in_path("stallshark");
    char *personal = g_build_filename(g_get_home_dir(), ".local", "bin", "stallshark", NULL);
    const char *places[] = {SSK_PROGRAM_DIR "/stallshark", personal};

    for (size_t i = 0; i < G_N_ELEMENTS(places) && !found; i++)
        if (g_file_test(places[i], G_FILE_TEST_IS_EXECUTABLE))
            found = g_strdup(places[i]);
    g_free(personal);
    return found;
}

/** @return owned by the caller; NULL: there is none, and that was said */
static char *require_program(void)
{
    char *program = find_program();

    if (!program)
        report_failure(SSK_TITLE
                       ": the program stallshark makes the bundle, and it is neither in "
                       "PATH nor in " SSK_PROGRAM_DIR " nor in ~/.local/bin. Install it (with the "
                       "package, or with ./dev install in the source tree) and try again.");
    return program;
}

void ssk_bundle_make(void *level)
{
    const ws_info_t *info = ssk_window_info();

    if (!info || info->cf_state == FILE_CLOSED || !info->cf_filename) {
        report_failure(SSK_TITLE ": no capture is open");
        return;
    }
    char *program = require_program();
    if (program)
        make(program, info->cf_filename, level);
    g_free(program);
}
