/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/profiles.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/output.h"
#include "core/base/text.h"

#define MAX_PROFILE_BYTES (1 << 20)
#define SUFFIX            ".profile"

/* ---- files ---- */

static gboolean add_file(ssk_profile_set *profiles, const char *path, GError **error)
{
    struct stat info;
    char *text = NULL, *name = ssk_text_safe(path, 1000);
    GError *problem = NULL;
    gboolean fine = FALSE;

    if (stat(path, &info) == 0 && info.st_size > MAX_PROFILE_BYTES)
        g_set_error(error, SSK_PROFILE_ERROR, 0, "%s: too long for a profile, at most 1 MiB", name);
    else if (!g_file_get_contents(path, &text, NULL, &problem)) {
        g_set_error(error, SSK_PROFILE_ERROR, 0, "%s: cannot be read", name);
        g_error_free(problem);
    } else {
        fine = ssk_profile_set_add(profiles, text, name, error);
    }
    g_free(text);
    g_free(name);
    return fine;
}

static char *personal_folder(void)
{
    return g_build_filename(g_get_user_config_dir(), "stallshark", "profiles", NULL);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

ssk_profile_set *ssk_profiles_load(void)
{
    ssk_profile_set *profiles = ssk_profile_set_new();
    char *folder = personal_folder();
    GDir *dir = g_dir_open(folder, 0, NULL);
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    const char *name;

    while (dir && (name = g_dir_read_name(dir)))
        if (g_str_has_suffix(name, SUFFIX))
            g_ptr_array_add(files, g_build_filename(folder, name, NULL));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(files, by_name); /* the order of a folder is chance */
    for (guint i = 0; i < files->len; i++) {
        GError *error = NULL;
        if (!add_file(profiles, g_ptr_array_index(files, i), &error)) {
            fprintf(stderr, "stallshark: %s (left out)\n", error->message);
            g_error_free(error);
        }
    }
    g_ptr_array_free(files, TRUE);
    g_free(folder);
    return profiles;
}

/* ---- the choice ---- */

static gboolean no_such_profile(const ssk_profile_set *profiles, const char *wanted, GError **error)
{
    char *safe = ssk_text_safe(wanted, 60);
    char *hint = ssk_profile_set_hint(profiles, wanted);
    g_set_error(error, SSK_PROFILE_ERROR, 0, "%s: no such profile or file; %s", safe, hint);
    g_free(hint);
    g_free(safe);
    return FALSE;
}

gboolean ssk_profiles_choose(ssk_profile_set *profiles, const char *wanted, ssk_config *config,
                             GError **error)
{
    const char *name = wanted;
    if (!ssk_profile_set_find(profiles, wanted)) {
        if (!g_file_test(wanted, G_FILE_TEST_IS_REGULAR))
            return no_such_profile(profiles, wanted, error);
        if (!add_file(profiles, wanted, error))
            return FALSE;
        name = ssk_profile_name(ssk_profile_set_get(profiles, 0));
    }
    return ssk_config_set(config, "profile", name, error) &&
           ssk_profile_set_keep(profiles, config->profile);
}

/* ---- the command ---- */

static void list(const ssk_profile_set *profiles, GString *text)
{
    size_t width = 0;
    for (size_t i = 0; i < ssk_profile_set_size(profiles); i++)
        width = MAX(width, strlen(ssk_profile_name(ssk_profile_set_get(profiles, i))));
    for (size_t i = 0; i < ssk_profile_set_size(profiles); i++) {
        const ssk_profile *profile = ssk_profile_set_get(profiles, i);
        g_string_append_printf(text, "%-*s  %s\n", (int)width, ssk_profile_name(profile),
                               ssk_profile_description(profile));
    }
}

static int run_profiles(const ssk_options *options)
{
    ssk_profile_set *profiles = ssk_profiles_load();
    const char *verb = options->arguments[0], *name = verb ? options->arguments[1] : NULL;
    GString *text = g_string_new(NULL);
    GError *error = NULL;
    const ssk_profile *profile;

    if (!verb || (!strcmp(verb, "list") && !name))
        list(profiles, text);
    else if (!strcmp(verb, "show") && name) {
        profile = ssk_profile_set_find(profiles, name);
        if (profile)
            g_string_append(text, ssk_profile_text(profile));
        else
            no_such_profile(profiles, name, &error);
    } else if (!strcmp(verb, "check") && name) {
        if (add_file(profiles, name, &error))
            g_string_append_printf(text, "%s: fine, profile %s\n", name,
                                   ssk_profile_name(ssk_profile_set_get(profiles, 0)));
    } else {
        char *safe = ssk_text_safe(verb, 40);
        g_set_error(&error, SSK_PROFILE_ERROR, 0,
                    "profiles %s: must be list, show NAME or check FILE", safe);
        g_free(safe);
    }
    ssk_profile_set_free(profiles);
    int status = error ? ssk_output_complain(error) : ssk_output_print(text->str);
    g_string_free(text, TRUE);
    return status;
}

const ssk_command ssk_command_profiles = {
    .name = "profiles",
    .arguments = "[list | show NAME | check FILE]",
    .help = "List the message profiles, print one, or check a file of your own.",
    .more = "A profile says what an application's messages look like: framing, ping, pong, time. "
            "Files that end in " SUFFIX " in the folder stallshark/profiles of your configuration "
            "folder (~/.config) are used too; docs/profiles.md describes them.",
    .max_arguments = 2,
    .run = run_profiles,
};
