/* own_option.c - the table of the program's own options, and what each sets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/own_option.h"

#include <string.h>

#include "cli/fail_on.h"
#include "cli/log_form.h"
#include "core/base/text.h"

static gboolean set_format(ssk_options *options, const char *value, GError **error)
{
    options->format = ssk_writer_find(value);
    if (options->format)
        return TRUE;
    GString *names = g_string_new(NULL);
    for (size_t i = 0; ssk_writers[i]; i++)
        g_string_append_printf(names, "%s%s",
                               !i                   ? ""
                               : ssk_writers[i + 1] ? ", "
                                                    : " or ",
                               ssk_writers[i]->name);
    char *safe = ssk_text_safe(value, 40);
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "--format=%s: must be %s", safe, names->str);
    g_free(safe);
    g_string_free(names, TRUE);
    return FALSE;
}

static gboolean set_output(ssk_options *options, const char *value, GError **error)
{
    (void)error;
    options->output = value;
    return TRUE;
}

static gboolean set_force(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->force = true;
    return TRUE;
}

static gboolean set_each(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->each = true;
    return TRUE;
}

static gboolean set_jobs(ssk_options *options, const char *value, GError **error)
{
    guint64 jobs;
    if (g_ascii_string_to_unsigned(value, 10, 0, SSK_JOBS_MOST, &jobs, NULL)) {
        options->jobs = (unsigned)jobs;
        return TRUE;
    }
    char *safe = ssk_text_safe(value, 40);
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "--jobs=%s: must be 0..%d", safe, SSK_JOBS_MOST);
    g_free(safe);
    return FALSE;
}

static gboolean set_strip_secrets(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->strip_secrets = true;
    return TRUE;
}

static gboolean set_scrub(ssk_options *options, const char *value, GError **error)
{
    static const char *const levels[] = {
        [SSK_SCRUB_PAYLOAD] = "payload",
        [SSK_SCRUB_FULL] = "full",
        [SSK_SCRUB_OFF] = "off",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++)
        if (!strcmp(value, levels[i])) {
            options->scrub = (ssk_scrub_level)i;
            return TRUE;
        }
    char *safe = ssk_text_safe(value, 40);
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "--scrub=%s: must be off, payload or full", safe);
    g_free(safe);
    return FALSE;
}

static gboolean set_color(ssk_options *options, const char *value, GError **error)
{
    static const char *const names[] = {
        [SSK_COLOR_AUTO] = "auto",
        [SSK_COLOR_ALWAYS] = "always",
        [SSK_COLOR_NEVER] = "never",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (!strcmp(value, names[i])) {
            options->color = (ssk_color)i;
            return TRUE;
        }
    char *safe = ssk_text_safe(value, 40);
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "--color=%s: must be auto, always or never", safe);
    g_free(safe);
    return FALSE;
}

static gboolean set_verbose(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->verbose = true;
    return TRUE;
}

static gboolean set_check(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->check = true;
    return TRUE;
}

static gboolean set_fail_on(ssk_options *options, const char *value, GError **error)
{
    ssk_fail_on *condition = ssk_fail_on_new(value, error);
    if (condition)
        g_ptr_array_add(options->fail_on, condition);
    return condition != NULL;
}

static gboolean set_profile(ssk_options *options, const char *value, GError **error)
{
    (void)error;
    options->profile = value;
    return TRUE;
}

static gboolean set_log(ssk_options *options, const char *value, GError **error)
{
    (void)error;
    g_ptr_array_add(options->logs, (char *)value);
    return TRUE;
}

static gboolean set_log_format(ssk_options *options, const char *value, GError **error)
{
    GError *problem = NULL;
    ssk_log_form_free(options->log_form);
    options->log_form = ssk_log_form_load(value, &problem);
    if (options->log_form)
        return TRUE;
    char *safe = ssk_text_safe(value, 200), *why = ssk_text_safe(problem->message, 200);
    g_set_error(error, SSK_OPTIONS_ERROR, 0, "--log-format=%s: %s", safe, why);
    g_free(safe);
    g_free(why);
    g_error_free(problem);
    return FALSE;
}

static gboolean set_log_timezone(ssk_options *options, const char *value, GError **error)
{
    ssk_config scratch; /* core knows what a zone is */
    ssk_config_init(&scratch);
    options->log_timezone = value;
    if (*value && ssk_config_set(&scratch, "tz", value, NULL))
        return TRUE;
    char *safe = ssk_text_safe(value, 40);
    g_set_error(error, SSK_OPTIONS_ERROR, 0,
                "--log-timezone=%s: must be a time zone, as Europe/Berlin, UTC or +02:00", safe);
    g_free(safe);
    return FALSE;
}

static gboolean set_place(ssk_options *options, const char *pair, GError **error)
{
    ssk_config scratch; /* core knows where a capture can be taken */
    ssk_config_init(&scratch);
    bool letter = *pair >= 'a' && *pair <= 'z' && pair[1] == '=';
    if (letter && ssk_config_set(&scratch, "vantage", pair + 2, NULL)) {
        ssk_view_place place = {(unsigned)(*pair - 'a'), (ssk_vantage)scratch.vantage};
        g_array_append_val(options->places, place);
        return TRUE;
    }
    char *safe = ssk_text_safe(pair, 40);
    g_set_error(
        error, SSK_OPTIONS_ERROR, 0,
        "--vantage=%s: must be a=PLACE of the first capture, b=PLACE of the second, and so on; "
        "PLACE is auto, server, client, middle or air",
        safe);
    g_free(safe);
    return FALSE;
}

static gboolean set_places(ssk_options *options, const char *value, GError **error)
{
    if (!strchr(value, '=') && ssk_config_set(&options->config, "vantage", value, NULL))
        return TRUE;
    char **pairs = g_strsplit(value, ",", 0);
    gboolean fine = TRUE;
    for (size_t i = 0; pairs[i] && fine; i++)
        fine = set_place(options, pairs[i], error);
    g_strfreev(pairs);
    return fine;
}

static gboolean set_help(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->help = true;
    return TRUE;
}

static gboolean set_version(ssk_options *options, const char *value, GError **error)
{
    (void)value;
    (void)error;
    options->version = true;
    return TRUE;
}

/* An option of the same name in core's table gives way. */
const ssk_own_option ssk_own_options[] = {
    {"format", 0, "FORMAT", "analyze compare merge ", NULL, set_format},
    {"output", 'o', "OUT", "analyze compare annotate bundle log merge ",
     "Write to OUT instead of standard output: whole or not at all.", set_output},
    {"force", 0, NULL, "analyze compare annotate bundle log merge ",
     "Let OUT replace an existing file.", set_force},
    {"verbose", 'v', NULL, "analyze compare ",
     "Text report: describe each stall of an incident with all of its evidence, and list everything.",
     set_verbose},
    {"color", 0, "WHEN", "analyze compare ",
     "Color the text report: auto (on a terminal, unless NO_COLOR is set), always or never. "
     "Default: auto.",
     set_color},
    {"each", 0, NULL, "analyze ",
     "A report per FILE, one line of JSON each, instead of one report of all.", set_each},
    {"jobs", 'j', "N", "analyze ",
     "With --each: read so many FILEs at once, each in a process of its own, 0 as many as there are "
     "processors. What is written stays in the order of the FILEs.",
     set_jobs},
    {"fail-on", 0, "CONDITION", "analyze compare ",
     "End with status 1 if CONDITION holds: stall, gap, measurement, udp or finding, then "
     "optionally :ID and >LENGTH, as 'stall>5s' or 'stall:radio-off'. A finding that is only a note "
     "counts where its ID is given. May be given again.",
     set_fail_on},
    {"strip-secrets", 0, NULL, "annotate ",
     "Leave out the keys of encrypted connections that the capture may hold.", set_strip_secrets},
    {"scrub", 0, "LEVEL", "bundle ",
     "What stays in the house: off (nothing), payload (what was said, and names; kept is the known "
     "structure of messages) or full (IP and MAC addresses too: they become others, the same ones "
     "everywhere). Default: payload.",
     set_scrub},
    {"check", 0, NULL, "bundle ",
     "Search the bundle for names, addresses and words of the input; if any is left, say where and "
     "make none. Takes as long again.",
     set_check},
    {"profile", 0, "NAME|FILE", "analyze compare annotate bundle ",
     "The only message profile to try: one of `stallshark profiles`, or a file; without it all "
     "are tried on each flow.",
     set_profile},
    {"log", 0, "APPLOG", "analyze compare ",
     "The log of an application on one of the hosts: its lines are matched with what it sent, drawn "
     "beside the packets, and speak for or against causes. May be given again.",
     set_log},
    {"log-format", 0, "FILE", "analyze compare log ",
     "A key file of regular expressions for logs in a format of your own (docs/logs.md): what a line's "
     "time looks like, and lines that tell of messages sent, received or missing.",
     set_log_format},
    {"log-timezone", 0, "ZONE", "analyze compare log ",
     "Zone of log lines that name none. Default: the machine's.", set_log_timezone},
    {"vantage", 0, "a=PLACE,b=PLACE", "compare ",
     "Where the captures were taken, a the first given, b the second, instead of what is found: "
     "server, client, middle or air; or one PLACE for the capture that the report is of.",
     set_places},
    {"help", 'h', NULL, NULL, "Print this text.", set_help},
    {"version", 'V', NULL, NULL, "Print the version and what files can be read.", set_version},
    {NULL, 0, NULL, NULL, NULL, NULL},
};

bool ssk_own_option_fits(const ssk_command *command, const ssk_own_option *option)
{
    char *word = g_strconcat(command->name, " ", NULL);
    bool found = !option->commands || strstr(option->commands, word);
    g_free(word);
    return found;
}

bool ssk_own_option_has(const ssk_command *command, const char *name)
{
    for (size_t i = 0; ssk_own_options[i].name; i++)
        if (ssk_own_option_fits(command, &ssk_own_options[i]) &&
            !strcmp(ssk_own_options[i].name, name))
            return true;
    return false;
}

char *ssk_flag_name(const char *name)
{
    return g_strdelimit(g_strdup(name), "_", '-');
}
