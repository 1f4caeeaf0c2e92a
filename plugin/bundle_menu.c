/* bundle_menu.c - Tools > Stallshark > Bundle for a Bug Report: the open capture without its secrets.
 *
 * The program makes it, so that what leaves the house is the same whoever asked; the window waits.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/bundle_menu.h"

#include <string.h>

#include "plugin/window.h"

#include <wsutil/report_message.h>

enum { OUTPUT, LEVEL, CHECK, N_ANSWERS };

/** Beside the capture: "in.pcap" gives "in.stallshark.tar.gz". */
static char *suggested(const char *capture)
{
    const char *base = strrchr(capture, G_DIR_SEPARATOR);
    const char *dot = strrchr(capture, '.');
    gsize length = dot && dot > (base ? base : capture) ? (gsize)(dot - capture) : strlen(capture);

    return g_strdup_printf("%.*s.stallshark.tar.gz", (int)length, capture);
}

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
static void make(const char *program, const char *capture, char *const answers[N_ANSWERS])
{
    bool check = !g_ascii_strcasecmp(answers[CHECK], "yes");
    char *scrub = g_strconcat("--scrub=", answers[LEVEL], NULL), *said = NULL;
    /* What follows "--" is a file, whatever it begins with. */
    const char *arguments[] = {program,
                               "bundle",
                               "-o",
                               answers[OUTPUT],
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
        tell(answers[OUTPUT], answers[LEVEL], check, said);
    g_clear_error(&error);
    g_free(said);
    g_free(scrub);
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

/** @param answers owned; NULL-terminated */
static void on_answers(char **answers, void *unused G_GNUC_UNUSED)
{
    const ws_info_t *info = ssk_window_info();
    bool open = g_strv_length(answers) >= N_ANSWERS && info && info->cf_filename;
    char *program = open ? require_program() : NULL;

    if (!open)
        report_failure(SSK_TITLE ": no capture is open");
    else if (program)
        make(program, info->cf_filename, answers);
    g_free(program);
    g_strfreev(answers);
}

void ssk_bundle_ask(void *unused G_GNUC_UNUSED)
{
    const funnel_ops_t *ops = ssk_window();
    const ws_info_t *info = ssk_window_info();

    if (!ops || !info || info->cf_state == FILE_CLOSED || !info->cf_filename) {
        report_failure(SSK_TITLE ": no capture is open");
        return;
    }
    char *program = require_program(); /* before questions are answered in vain */
    if (!program)
        return;
    g_free(program);
    char *output = suggested(info->cf_filename);
    const char *labels[] = {"File (.tar.gz)", "Remove: off, payload or full (addresses too)",
                            "Search for what is left: yes or no", NULL};
    const char *values[] = {output, "payload", "yes", NULL};
    ops->new_dialog(ops->ops_id, SSK_TITLE ": Bundle for a Bug Report", labels, values, on_answers,
                    NULL, NULL);
    g_free(output);
}
