/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/doctor.h"

#include <string.h>
#include <unistd.h>

#include "cli/backend.h"
#include "cli/installation.h"
#include "cli/output.h"
#include "cli/source.h"
#include "core/base/text.h"

/** What is printed, and whether anything must be mended. */
typedef struct finding {
    GString *text;
    bool ill;
} finding;

static void tell(finding *f, const char *line)
{
    char *safe = ssk_text_safe(line, 1000);

    g_string_append_printf(f->text, "%s\n", safe);
    g_free(safe);
}

static bool lies_in(const char *path, const char *folder)
{
    return folder && g_str_has_prefix(path, folder) && path[strlen(folder)] == G_DIR_SEPARATOR;
}

/** Why this Wireshark does not load this module, or NULL: it should. Owned by the caller. */
static char *reason_of(const ssk_wireshark *wireshark, const ssk_module *module)
{
    bool personal = lies_in(module->path, wireshark->personal);
    char *kind = g_path_get_dirname(module->path);
    bool in_epan = g_str_has_suffix(kind, "/epan");

    g_free(kind);
    if (module->minor && strcmp(module->minor, wireshark->minor) != 0)
        return g_strdup_printf("it is for Wireshark %s, this is %s", module->minor,
                               wireshark->minor);
    if (!personal && !lies_in(module->path, wireshark->global))
        return g_strdup_printf("Wireshark %s does not look in that folder", wireshark->minor);
    if (!in_epan)
        return g_strdup("it must lie in the folder epan");
    if (personal && geteuid() == 0)
        return g_strdup("Wireshark loads no personal plugins for root");
    return NULL;
}

/** @return the command that installs a module for @p wireshark; owned by the caller */
static char *remedy_for(const ssk_wireshark *wireshark, const GPtrArray *modules)
{
    bool personal = geteuid() != 0;
    char *self = g_file_read_link("/proc/self/exe", NULL);
    bool packaged = self && !strcmp(self, "/usr/bin/stallshark");

    g_free(self);
    for (guint i = 0; i < modules->len; i++)
        if (lies_in(((ssk_module *)g_ptr_array_index(modules, i))->path, wireshark->global))
            personal = false;
    if (packaged)
        return g_strdup_printf("install the stallshark package for Wireshark %s: sudo apt install "
                               "./stallshark_*+ws%s*.deb",
                               wireshark->minor, wireshark->minor);
    return g_strdup_printf("with the development files of Wireshark %s installed, in the source "
                           "folder of stallshark: %s./dev install",
                           wireshark->minor, personal ? "" : "sudo ");
}

static const ssk_module *module_at(const GPtrArray *modules, const char *path)
{
    for (guint i = 0; i < modules->len; i++) {
        const ssk_module *module = g_ptr_array_index(modules, i);
        if (!strcmp(module->path, path))
            return module;
    }
    return NULL;
}

static void tell_loaded(finding *f, const ssk_wireshark *wireshark, const GPtrArray *modules)
{
    const ssk_module *module = module_at(modules, wireshark->loaded);
    const char *version = module && module->version ? module->version : "of an older version";
    char *line = g_strdup_printf("  loaded: module %s, %s", version, wireshark->loaded);

    tell(f, line);
    g_free(line);
    if (strcmp(version, SSK_VERSION) != 0) {
        char *remedy = remedy_for(wireshark, modules);
        line = g_strdup_printf("  It differs from this program (%s). To mend it, %s", SSK_VERSION,
                               remedy);
        tell(f, line);
        g_free(line);
        g_free(remedy);
        f->ill = true;
    }
}

static void tell_missing(finding *f, const ssk_wireshark *wireshark, const GPtrArray *modules)
{
    char *remedy = remedy_for(wireshark, modules), *line;

    f->ill = true;
    tell(f, "  not loaded: no module of stallshark");
    for (guint i = 0; i < modules->len; i++) {
        const ssk_module *module = g_ptr_array_index(modules, i);
        char *reason = reason_of(wireshark, module);
        line = g_strdup_printf("  %s: %s", module->path,
                               reason ? reason : "it fits, but Wireshark did not load it");
        tell(f, line);
        g_free(line);
        g_free(reason);
    }
    if (wireshark->complaint) {
        line = g_strdup_printf("  tshark says: %s", wireshark->complaint);
        tell(f, line);
        g_free(line);
    }
    line = g_strdup_printf("  To mend it, %s", remedy);
    tell(f, line);
    g_free(line);
    g_free(remedy);
}

/** Is a tshark of the same version in the same folder? It tells for both. */
static bool has_tshark_beside(const GPtrArray *wiresharks, const ssk_wireshark *window)
{
    char *folder = g_path_get_dirname(window->path);
    bool found = false;

    for (guint i = 0; i < wiresharks->len && !found; i++) {
        const ssk_wireshark *one = g_ptr_array_index(wiresharks, i);
        char *other = g_path_get_dirname(one->path);
        found = one->is_tshark && !strcmp(folder, other) && !strcmp(one->version, window->version);
        g_free(other);
    }
    g_free(folder);
    return found;
}

static void tell_wireshark(finding *f, const GPtrArray *wiresharks, const ssk_wireshark *one,
                           const GPtrArray *modules)
{
    char *line = g_strdup_printf("%s %s: %s", one->is_tshark ? "tshark" : "Wireshark", one->version,
                                 one->path);
    tell(f, line);
    g_free(line);
    if (one->is_tshark && one->loaded)
        tell_loaded(f, one, modules);
    else if (one->is_tshark)
        tell_missing(f, one, modules);
    else if (has_tshark_beside(wiresharks, one))
        tell(f, "  loads what the tshark beside it loads");
    else
        tell(f, "  unknown whether it loads the module: only tshark tells, and none of this "
                "version is beside it");
}

static void tell_program(finding *f)
{
    char *self = g_file_read_link("/proc/self/exe", NULL);
    char *line = self ? g_strdup_printf("stallshark %s: %s", SSK_VERSION, self)
                      : g_strdup("stallshark " SSK_VERSION);

    tell(f, line);
    g_free(line);
    g_free(self);
    line = g_strdup_printf("  reads files through %s", ssk_capture_backend());
    tell(f, line);
    g_free(line);
    if (ssk_backend_complaint()) {
        line = g_strdup_printf("  without libwiretap: %s", ssk_backend_complaint());
        tell(f, line);
        g_free(line);
        tell(f, "  To mend it, build and install stallshark again, for the Wireshark that is here "
                "now: ./dev install");
        f->ill = true;
    }
}

static int run_doctor(const ssk_options *options)
{
    if (options->arguments[0])
        return ssk_output_complain(g_error_new(SSK_OPTIONS_ERROR, 0, "doctor: takes no arguments"));
    finding f = {g_string_new(NULL), false};
    GPtrArray *wiresharks = ssk_wiresharks_find(), *modules = ssk_modules_find(wiresharks);

    tell_program(&f);
    for (guint i = 0; i < wiresharks->len; i++)
        tell_wireshark(&f, wiresharks, g_ptr_array_index(wiresharks, i), modules);
    if (!wiresharks->len)
        tell(&f, "No Wireshark and no tshark was found; the program works without them.");
    int status = ssk_output_print(f.text->str);
    g_ptr_array_free(modules, TRUE);
    g_ptr_array_free(wiresharks, TRUE);
    g_string_free(f.text, TRUE);
    return status == SSK_EXIT_DONE && f.ill ? SSK_EXIT_FAIL_ON : status;
}

const ssk_command ssk_command_doctor = {
    .name = "doctor",
    .arguments = "",
    .help = "Say which Wireshark is installed, whether it loads the module, why not, and what "
            "command mends that.",
    .more = "It looks for Wireshark and tshark in PATH and in the usual folders, and runs each "
            "tshark it finds to ask for its version, its plugin folders and the plugins it "
            "loads. Its status is 1 if a tshark was found that does not load this version of the "
            "module.",
    .run = run_doctor,
};
