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
    options->log_format = value;
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

/* An option of the same name in core's table is left out. */
const ssk_own_option ssk_own_options[] = {
    {"format", 0, "FORMAT", "analyze compare merge ", NULL, set_format},
    {"output", 'o', "OUT", "analyze compare annotate bundle log merge ",
     "Write to OUT instead of standard output: whole or not at all.", set_output},
    {"force", 0, NULL, "analyze compare annotate bundle log merge ",
     "Let OUT replace an existing file.", set_force},
    {"verbose", 'v', NULL, "analyze compare ",
     "Print the full evidence of each stall, and complete lists.", set_verbose},
    {"color", 0, "WHEN", "analyze compare ",
     "Color the text report: auto (only on a terminal, unless NO_COLOR is set), always or never. "
     "Default: auto.",
     set_color},
    {"each", 0, NULL, "analyze ",
     "Write one report per FILE, each a line of JSON, instead of one report on all files.",
     set_each},
    {"jobs", 'j', "N", "analyze ",
     "With --each: read N FILEs in parallel, each in its own process; 0 means one per processor. "
     "The output keeps the order of the FILEs.",
     set_jobs},
    {"fail-on", 0, "CONDITION", "analyze compare ",
     "Exit with status 1 if CONDITION is met: stall, gap, measurement, udp or finding, optionally "
     "followed by :ID and >LENGTH, such as 'stall>5s' or 'stall:radio-off'. A finding that is only a "
     "note counts only if its ID is given. Can be repeated.",
     set_fail_on},
    {"strip-secrets", 0, NULL, "annotate ", "Remove TLS keys that are stored in the capture file.",
     set_strip_secrets},
    {"scrub", 0, "LEVEL", "bundle ",
     "What to remove: off (nothing), payload (contents and names; the known structure of messages is "
     "kept) or full (IP and MAC addresses as well: each is replaced by the same pseudonym "
     "everywhere). Default: payload.",
     set_scrub},
    {"check", 0, NULL, "bundle ",
     "Search the bundle for names, addresses and words of the input. If any is found, print where "
     "and write no bundle. Doubles the run time.",
     set_check},
    {"profile", 0, "NAME|FILE", "analyze compare annotate bundle ",
     "Try only this message profile: a name that `stallshark profiles` lists, or a file. Default: "
     "try all on each flow.",
     set_profile},
    {"log", 0, "APPLOG", "analyze compare bundle ",
     "Use the log of an application on one of the hosts as evidence: its lines are matched with the "
     "messages in the capture and drawn beside them. Can be repeated.",
     set_log},
    {"log-format", 0, "FILE", "analyze compare bundle log ",
     "Read logs in the format described by FILE, a key file of regular expressions: the time of a line, "
     "and lines about messages sent, received or missing (docs/logs.md).",
     set_log_format},
    {"log-timezone", 0, "ZONE", "analyze compare bundle log ",
     "Interpret times of log lines without a zone in ZONE. Default: the machine's zone.",
     set_log_timezone},
    {"vantage", 0, "a=PLACE,b=PLACE", "compare ",
     "Places where the captures were taken (a is the first file, b the second), instead of inferring "
     "them: server, client, middle or air. A single PLACE applies to the capture of the report.",
     set_places},
    {"help", 'h', NULL, NULL, "Print this text.", set_help},
    {"version", 'V', NULL, NULL, "Print the version and the file formats it can read.",
     set_version},
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
