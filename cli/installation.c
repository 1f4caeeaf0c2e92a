/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/installation.h"

#include <string.h>
#include <sys/stat.h>

/** Beside PATH, which on macOS does not have the application. */
static const char *const usual_folders[] = {
    "/usr/bin",          "/usr/local/bin",
    "/opt/homebrew/bin", "/Applications/Wireshark.app/Contents/MacOS",
    "/opt/local/bin",    NULL,
};

/** plugin/plugin.c writes it into each module: it can be read without loading anything. */
#define STAMP         "stallshark-module "
#define MAX_MODULE    (64 << 20)      /* bytes; a module has two million */
#define MODULE_NAME   "stallshark.so" /* on macOS too */
#define MAX_COMPLAINT 400

/* ---- asking a program ---- */

/** @return what it printed; NULL: it could not be run, or failed. @p ret_error may be NULL; owned by the caller. */
static char *ask(const char *program, const char *first, const char *second, char **ret_error)
{
    const char *argv[] = {program, first, second, NULL};
    char *out = NULL, *err = NULL;
    int status = 0;
    gboolean ran = g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err,
                                &status, NULL);

    if (ret_error)
        *ret_error = err;
    else
        g_free(err);
    if (ran && status == 0)
        return out;
    g_free(out);
    return NULL;
}

/** The rest of the line of @p text that begins with @p name, without blanks around it. */
static char *value_of(const char *text, const char *name)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (g_str_has_prefix(line, name)) {
            const char *value = line + strlen(name);
            return g_strstrip(g_strndup(value, strcspn(value, "\n")));
        }
    }
    return NULL;
}

static void read_version(ssk_wireshark *found, const char *text)
{
    GRegex *number = g_regex_new("\\b((\\d+\\.\\d+)\\.\\d+)", 0, 0, NULL);
    GMatchInfo *match = NULL;

    if (g_regex_match(number, text, 0, &match)) {
        found->version = g_match_info_fetch(match, 1);
        found->minor = g_match_info_fetch(match, 2);
    }
    g_match_info_free(match);
    g_regex_unref(number);
}

/** "stallshark.so  0.1.0  dissector  /usr/lib/.../stallshark.so" */
static void read_loaded(ssk_wireshark *found, const char *plugins)
{
    char *row = value_of(plugins, MODULE_NAME);
    const char *path = row ? strrchr(row, '\t') : NULL;

    if (path)
        found->loaded = g_strdup(path + 1);
    g_free(row);
}

static void read_complaint(ssk_wireshark *found, const char *errors)
{
    const char *name = errors ? strstr(errors, MODULE_NAME) : NULL;

    if (!name)
        return;
    while (name > errors && name[-1] != '\n')
        name--;
    found->complaint = g_strndup(name, MIN(strcspn(name, "\n"), MAX_COMPLAINT));
}

static void wireshark_free(void *data)
{
    ssk_wireshark *found = data;

    g_free(found->path);
    g_free(found->version);
    g_free(found->minor);
    g_free(found->personal);
    g_free(found->global);
    g_free(found->loaded);
    g_free(found->complaint);
    g_free(found);
}

/** @return NULL: it does not say a version. Takes @p path */
static ssk_wireshark *examine(char *path, bool is_tshark)
{
    ssk_wireshark *found = g_new0(ssk_wireshark, 1);
    char *text = ask(path, "--version", NULL, NULL), *errors = NULL;

    found->path = path;
    found->is_tshark = is_tshark;
    if (text)
        read_version(found, text);
    g_free(text);
    if (!found->version) {
        wireshark_free(found);
        return NULL;
    }
    if (!is_tshark)
        return found;
    text = ask(path, "-G", "folders", NULL);
    found->personal = value_of(text, "Personal Plugins:");
    found->global = value_of(text, "Global Plugins:");
    g_free(text);
    text = ask(path, "-G", "plugins", &errors);
    read_loaded(found, text);
    read_complaint(found, errors);
    g_free(errors);
    g_free(text);
    return found;
}

/* ---- where programs are ---- */

static void add_folder(GPtrArray *folders, const char *folder)
{
    char *real = g_canonicalize_filename(folder, "/");

    if (*folder && !g_ptr_array_find_with_equal_func(folders, real, g_str_equal, NULL))
        g_ptr_array_add(folders, real);
    else
        g_free(real);
}

static GPtrArray *folders_of_programs(void)
{
    GPtrArray *folders = g_ptr_array_new_with_free_func(g_free);
    const char *path = g_getenv("PATH");
    char **parts = g_strsplit(path ? path : "", G_SEARCHPATH_SEPARATOR_S, -1);

    for (char **part = parts; *part; part++)
        add_folder(folders, *part);
    for (const char *const *usual = usual_folders; *usual; usual++)
        add_folder(folders, *usual);
    g_strfreev(parts);
    return folders;
}

/** /bin is often /usr/bin under another name. */
static bool is_known(const GPtrArray *found, const char *path)
{
    struct stat here, there;

    if (stat(path, &here) != 0)
        return true;
    for (guint i = 0; i < found->len; i++) {
        const ssk_wireshark *one = g_ptr_array_index(found, i);
        if (stat(one->path, &there) == 0 && here.st_dev == there.st_dev &&
            here.st_ino == there.st_ino)
            return true;
    }
    return false;
}

GPtrArray *ssk_wiresharks_find(void)
{
    static const char *const names[] = {"tshark", "wireshark", "Wireshark"};
    GPtrArray *found = g_ptr_array_new_with_free_func(wireshark_free);
    GPtrArray *folders = folders_of_programs();

    for (guint i = 0; i < folders->len; i++)
        for (size_t k = 0; k < G_N_ELEMENTS(names); k++) {
            char *path = g_build_filename(g_ptr_array_index(folders, i), names[k], NULL);
            ssk_wireshark *one = NULL;
            if (g_file_test(path, G_FILE_TEST_IS_EXECUTABLE) && !is_known(found, path))
                one = examine(g_strdup(path), k == 0);
            if (one)
                g_ptr_array_add(found, one);
            g_free(path);
        }
    g_ptr_array_free(folders, TRUE);
    return found;
}

/* ---- modules ---- */

static void module_free(void *data)
{
    ssk_module *module = data;

    g_free(module->path);
    g_free(module->version);
    g_free(module->minor);
    g_free(module);
}

/** "stallshark-module 0.1.0 for Wireshark 4.0" */
static void read_stamp(ssk_module *module)
{
    GMappedFile *file = g_mapped_file_new(module->path, FALSE, NULL);
    gsize length = file ? g_mapped_file_get_length(file) : 0;
    const char *bytes = file ? g_mapped_file_get_contents(file) : NULL;

    if (bytes && length < MAX_MODULE) {
        GString *text = g_string_new(NULL);
        for (gsize i = 0; i + sizeof STAMP < length && !text->len; i++)
            if (bytes[i] == 's' && !memcmp(bytes + i, STAMP, sizeof STAMP - 1))
                for (gsize k = i + sizeof STAMP - 1; k < length && k < i + 100 && bytes[k]; k++)
                    g_string_append_c(text, bytes[k]);
        char **words = g_strsplit(text->str, " for Wireshark ", 2);
        if (words[0] && words[1]) {
            module->version = g_strdup(words[0]);
            module->minor = g_strdup(words[1]);
        }
        g_strfreev(words);
        g_string_free(text, TRUE);
    }
    if (file)
        g_mapped_file_unref(file);
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(ssk_module *const *)a)->path, (*(ssk_module *const *)b)->path);
}

static bool has_module(const GPtrArray *modules, const char *path)
{
    for (guint i = 0; i < modules->len; i++)
        if (!strcmp(((ssk_module *)g_ptr_array_index(modules, i))->path, path))
            return true;
    return false;
}

/** In @p folder and, @p depth levels, below it. */
static void search(GPtrArray *modules, const char *folder, int depth)
{
    GDir *dir = g_dir_open(folder, 0, NULL);
    const char *name;

    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, NULL);
        if (depth && g_file_test(path, G_FILE_TEST_IS_DIR) &&
            !g_file_test(path, G_FILE_TEST_IS_SYMLINK)) {
            search(modules, path, depth - 1);
        } else if (!strcmp(name, MODULE_NAME) && !has_module(modules, path)) {
            ssk_module *module = g_new0(ssk_module, 1);
            module->path = g_strdup(path);
            read_stamp(module);
            g_ptr_array_add(modules, module);
        }
        g_free(path);
    }
    if (dir)
        g_dir_close(dir);
}

GPtrArray *ssk_modules_find(const GPtrArray *wiresharks)
{
    GPtrArray *modules = g_ptr_array_new_with_free_func(module_free);

    for (guint i = 0; i < wiresharks->len; i++) {
        const ssk_wireshark *one = g_ptr_array_index(wiresharks, i);
        const char *folders[] = {one->personal, one->global};
        for (size_t k = 0; k < G_N_ELEMENTS(folders); k++) {
            char *all = folders[k] ? g_path_get_dirname(folders[k]) : NULL;
            if (all)
                search(modules, all, 2); /* plugins/4.0/epan */
            g_free(all);
        }
    }
    g_ptr_array_sort(modules, by_path);
    return modules;
}
