/* options.c - the command line to options, or the word that is wrong and what is nearest.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/options.h"

#include <string.h>
#include <sys/stat.h>

#include "cli/fail_on.h"
#include "cli/log_form.h"
#include "cli/own_option.h"
#include "core/base/text.h"

GQuark ssk_options_error_quark(void)
{
    return g_quark_from_static_string("ssk-options-error");
}

/** Names of all options that @p command takes, with hyphens. */
static GPtrArray *option_names(const ssk_command *command)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    size_t n;
    const ssk_option *core = ssk_config_options(&n);
    for (size_t i = 0; command->core_options && i < n; i++)
        if (!ssk_own_option_has(command, core[i].name))
            g_ptr_array_add(names, ssk_flag_name(core[i].name));
    for (size_t i = 0; ssk_own_options[i].name; i++)
        if (ssk_own_option_fits(command, &ssk_own_options[i]))
            g_ptr_array_add(names, g_strdup(ssk_own_options[i].name));
    g_ptr_array_add(names, NULL);
    return names;
}

static gboolean no_such_option(const ssk_command *command, const char *given, GError **error)
{
    GPtrArray *names = option_names(command);
    char *word = g_strndup(given, strcspn(given, "=")), *safe = ssk_text_safe(word, 40);
    char *nearest = ssk_words_nearest(word + strspn(word, "-"), (const char *const *)names->pdata);
    if (*nearest) {
        char **each = g_strsplit(nearest, ", ", 0), *flags = g_strjoinv(", --", each);
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: no such option; nearest: --%s", safe, flags);
        g_free(flags);
        g_strfreev(each);
    } else {
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: no such option; see stallshark %s --help",
                    safe, command->name);
    }
    g_free(nearest);
    g_free(safe);
    g_free(word);
    g_ptr_array_free(names, TRUE);
    return FALSE;
}

/* ---- parsing ---- */

static gboolean set_core(ssk_options *options, const ssk_option *option, const char *value,
                         GError **error)
{
    if (ssk_config_set(&options->config, option->name, value, NULL))
        return TRUE;
    char *flag = ssk_flag_name(option->name), *refusal = ssk_config_refusal(option, value);
    char *safe = ssk_text_safe(value, 40);
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "--%s=%s: %s", flag, safe, refusal);
    g_free(safe);
    g_free(refusal);
    g_free(flag);
    return FALSE;
}

static gboolean needs_value(const char *flag, const char *what, GError **error)
{
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: needs a value: %s", flag, what);
    return FALSE;
}

/** One option. @p next: the argument after it, NULL: none.
 * @param[out] ret_used_next it was this option's value */
static gboolean parse_option(ssk_options *options, const char *text, const char *next,
                             bool *ret_used_next, GError **error)
{
    const ssk_command *command = options->command;
    bool is_long = text[1] == '-';
    const char *equals = is_long ? strchr(text, '=') : NULL;
    char *name = is_long
                     ? g_strndup(text + 2, equals ? (size_t)(equals - text) - 2 : strlen(text + 2))
                     : NULL;
    const char *value = equals ? equals + 1 : !is_long && text[2] ? text + 2 : NULL;
    const ssk_own_option *own = NULL;
    const ssk_option *core = NULL;
    gboolean fine;

    for (size_t i = 0; ssk_own_options[i].name; i++)
        if (ssk_own_option_fits(command, &ssk_own_options[i]) &&
            (is_long ? !strcmp(ssk_own_options[i].name, name)
                     : ssk_own_options[i].letter == text[1]))
            own = &ssk_own_options[i];
    if (!own && name && command->core_options && !strchr(name, '_'))
        core = ssk_config_find(name);
    bool wants = core || (own && own->value);
    if (wants && !value) {
        value = next;
        *ret_used_next = true;
    }
    if (!own && !core)
        fine = no_such_option(command, text, error);
    else if (wants && !value) {
        char *allowed = core ? ssk_config_allowed(core) : g_strdup(own->value);
        char *flag = g_strndup(text, strcspn(text, "="));
        fine = needs_value(flag, allowed, error);
        g_free(flag);
        g_free(allowed);
    } else if (core) {
        fine = set_core(options, core, value, error);
    } else if (!wants && value) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s%s: takes no value", is_long ? "--" : "-",
                    is_long ? own->name : (char[2]){own->letter, 0});
        fine = FALSE;
    } else {
        fine = own->set(options, value, error);
    }
    g_free(name);
    return fine;
}

static const ssk_command *find_command(const char *name)
{
    for (size_t i = 0; ssk_commands[i]; i++)
        if (!strcmp(ssk_commands[i]->name, name))
            return ssk_commands[i];
    return NULL;
}

/** A word that is no file but almost a command was meant as one. */
static gboolean check_mistyped(const char *word, GError **error)
{
    struct stat info;
    if (*word == '-' || strpbrk(word, "./") || stat(word, &info) == 0)
        return TRUE;
    GPtrArray *names = g_ptr_array_new();
    for (size_t i = 0; ssk_commands[i]; i++)
        g_ptr_array_add(names, (char *)ssk_commands[i]->name);
    g_ptr_array_add(names, NULL);
    char *nearest = ssk_words_nearest(word, (const char *const *)names->pdata);
    gboolean fine = !*nearest;
    if (!fine)
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: no such command or file; nearest command: %s",
                    word, nearest);
    g_free(nearest);
    g_ptr_array_free(names, TRUE);
    return fine;
}

static gboolean check_arguments(const ssk_options *options, GError **error)
{
    const ssk_command *command = options->command;
    size_t n = g_strv_length(options->arguments), standard_input = 0;

    if (n < command->min_arguments || (command->max_arguments && n > command->max_arguments)) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0,
                    "%s: takes %s, %" G_GSIZE_FORMAT " given; see stallshark %s --help",
                    command->name, command->arguments, n, command->name);
        return FALSE;
    }
    for (size_t i = 0; i < n; i++)
        standard_input += !strcmp(options->arguments[i], "-");
    for (guint i = 0; i < options->logs->len; i++)
        standard_input += !strcmp(options->logs->pdata[i], "-");
    if (standard_input > 1) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "-: standard input can be read only once");
        return FALSE;
    }
    if (options->each && options->format && !g_str_has_suffix(options->format->name, "json")) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0,
                    "--each: writes a line of JSON per FILE; leave out "
                    "--format %s",
                    options->format->name);
        return FALSE;
    }
    if (options->jobs != 1 && !options->each) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0,
                    "--jobs: several FILEs are one time line; give --each too");
        return FALSE;
    }
    GError *core = NULL;
    if (command->core_options && !ssk_config_check(&options->config, &core)) {
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "--%s", core->message);
        g_error_free(core);
        return FALSE;
    }
    return TRUE;
}

gboolean ssk_options_parse(ssk_options *options, int argc, char **argv, GError **error)
{
    GPtrArray *arguments = g_ptr_array_new();
    bool only_arguments = false;
    gboolean fine = TRUE;
    int at = 1;

    *options = (ssk_options){.command = ssk_commands[0], .jobs = 1, .n_given = argc, .given = argv};
    options->fail_on = g_ptr_array_new_with_free_func((GDestroyNotify)ssk_fail_on_free);
    options->logs = g_ptr_array_new();
    options->places = g_array_new(FALSE, FALSE, sizeof(ssk_view_place));
    ssk_config_init(&options->config);
    if (argc > 1 && !strcmp(argv[1], "help")) { /* as --help; a file of that name is ./help */
        options->help = true;
        at = 2;
    }
    if (argc > at && find_command(argv[at])) {
        options->command = find_command(argv[at]);
        at++;
    } else if (argc > at) {
        fine = check_mistyped(argv[at], error);
    }
    for (; fine && at < argc; at++) {
        const char *text = argv[at];
        bool used_next = false;
        if (only_arguments || *text != '-' || !text[1])
            g_ptr_array_add(arguments, argv[at]);
        else if (!strcmp(text, "--"))
            only_arguments = true;
        else
            fine = parse_option(options, text, at + 1 < argc ? argv[at + 1] : NULL, &used_next,
                                error);
        at += used_next;
    }
    g_ptr_array_add(arguments, NULL);
    options->arguments = (char **)g_ptr_array_free(arguments, FALSE);
    return fine && (options->help || options->version || check_arguments(options, error));
}

bool ssk_options_output_is_input(const ssk_options *options)
{
    struct stat in, out;
    if (!options->output || stat(options->output, &out) != 0)
        return false;
    for (char **path = options->arguments; *path; path++)
        if (stat(*path, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return true;
    for (guint i = 0; i < options->logs->len; i++)
        if (stat(options->logs->pdata[i], &in) == 0 && in.st_dev == out.st_dev &&
            in.st_ino == out.st_ino)
            return true;
    return false;
}

void ssk_options_clear(ssk_options *options)
{
    g_ptr_array_free(options->logs, TRUE);
    ssk_log_form_free(options->log_form);
    g_array_free(options->places, TRUE);
    g_ptr_array_free(options->fail_on, TRUE);
    g_free(options->arguments);
}
