/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/options.h"

#include <string.h>
#include <sys/stat.h>

#include "cli/fail_on.h"
#include "core/text.h"

/* Columns of --help. */
#define WIDTH 80
#define OPTION_COLUMN 24

GQuark ssk_options_error_quark(void)
{
    return g_quark_from_static_string("ssk-options-error");
}

/* ---- the program's own options ---- */

typedef gboolean (*set_fn)(ssk_options *options, const char *value, GError **error);

typedef struct own_option {
    const char *name;
    char        letter;   /* 0: none */
    const char *value;    /* NULL: takes none */
    const char *commands; /* that take it, each followed by a space; NULL: all */
    const char *help;
    set_fn      set;
} own_option;

static gboolean set_format(ssk_options *options, const char *value, GError **error)
{
    options->format = ssk_writer_find(value);
    if (options->format)
        return TRUE;
    GString *names = g_string_new(NULL);
    for (size_t i = 0; ssk_writers[i]; i++)
        g_string_append_printf(names, "%s%s", !i ? "" : ssk_writers[i + 1] ? ", " : " or ",
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
        [SSK_SCRUB_PAYLOAD] = "payload", [SSK_SCRUB_FULL] = "full", [SSK_SCRUB_OFF] = "off",
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
static const own_option own_options[] = {
    { "format", 0, "FORMAT", "analyze compare merge ", "", set_format }, /* help: from the table of writers */
    { "output", 'o', "OUT", "analyze compare annotate bundle log merge ",
      "Write to OUT instead of standard output: whole or not at all.", set_output },
    { "force", 0, NULL, "analyze compare annotate bundle log merge ", "Let OUT replace an existing file.", set_force },
    { "each", 0, NULL, "analyze ",
      "A report per FILE, one line of JSON each, instead of one report of all.", set_each },
    { "fail-on", 0, "CONDITION", "analyze compare ",
      "End with status 1 if CONDITION holds: stall, gap, measurement, udp or finding, then "
      "optionally :ID and >LENGTH, as 'stall>5s' or 'stall:radio-off'. A finding that is only a note "
      "counts where its ID is given. May be given again.",
      set_fail_on },
    { "strip-secrets", 0, NULL, "annotate ",
      "Leave out the keys of encrypted connections that the capture may hold.",
      set_strip_secrets },
    { "scrub", 0, "LEVEL", "bundle ",
      "What stays in the house: off (nothing), payload (what was said, and names; kept is the known "
      "structure of messages) or full (IP and MAC addresses too: they become others, the same ones "
      "everywhere). Default: payload.",
      set_scrub },
    { "check", 0, NULL, "bundle ",
      "Search the bundle for names, addresses and words of the input; if any is left, say where and "
      "make none. Takes as long again.", set_check },
    { "profile", 0, "NAME|FILE", "analyze compare annotate bundle ",
      "The only message profile to try: one of `stallshark profiles`, or a file; without it all "
      "are tried on each flow.", set_profile },
    { "log", 0, "APPLOG", "analyze ",
      "The log of an application on one of the hosts: its lines are matched with what it sent, drawn "
      "beside the packets, and speak for or against causes. May be given again.", set_log },
    { "log-timezone", 0, "ZONE", "analyze log ",
      "Zone of log lines that name none. Default: the machine's.", set_log_timezone },
    { "help", 'h', NULL, NULL, "Print this text.", set_help },
    { "version", 'V', NULL, NULL, "Print the version and what files can be read.", set_version },
};

static bool takes(const ssk_command *command, const own_option *option)
{
    char *word = g_strconcat(command->name, " ", NULL);
    bool  found = !option->commands || strstr(option->commands, word);
    g_free(word);
    return found;
}

static bool is_own(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(own_options); i++)
        if (!strcmp(own_options[i].name, name))
            return true;
    return false;
}

/* ---- names ---- */

/** min_gap as --min-gap; owned by the caller. */
static char *flag_name(const char *name)
{
    return g_strdelimit(g_strdup(name), "_", '-');
}

/** What stands for the value in help. */
static const char *value_name(const ssk_option *option)
{
    switch (option->kind) {
    case SSK_OPTION_SPAN: return "LENGTH";
    case SSK_OPTION_TIME: return "TIME";
    case SSK_OPTION_COUNT: return "NUMBER";
    case SSK_OPTION_CHOICE: return "CHOICE";
    case SSK_OPTION_TEXT: return !strcmp(option->name, "tz") ? "ZONE" : "NAME";
    }
    return NULL;
}

/** Names of all options that @p command takes, with hyphens. */
static GPtrArray *option_names(const ssk_command *command)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    size_t     n;
    const ssk_option *core = ssk_config_options(&n);
    for (size_t i = 0; command->core_options && i < n; i++)
        if (!is_own(core[i].name))
            g_ptr_array_add(names, flag_name(core[i].name));
    for (size_t i = 0; i < G_N_ELEMENTS(own_options); i++)
        if (takes(command, &own_options[i]))
            g_ptr_array_add(names, g_strdup(own_options[i].name));
    g_ptr_array_add(names, NULL);
    return names;
}

static gboolean no_such_option(const ssk_command *command, const char *given, GError **error)
{
    GPtrArray *names = option_names(command);
    char      *word = g_strndup(given, strcspn(given, "=")), *safe = ssk_text_safe(word, 40);
    char      *nearest = ssk_words_nearest(word + strspn(word, "-"),
                                           (const char *const *)names->pdata);
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
    char *flag = flag_name(option->name), *refusal = ssk_config_refusal(option, value);
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
    bool        is_long = text[1] == '-';
    const char *equals = is_long ? strchr(text, '=') : NULL;
    char       *name = is_long ? g_strndup(text + 2, equals ? (size_t)(equals - text) - 2
                                                            : strlen(text + 2)) : NULL;
    const char *value = equals ? equals + 1 : !is_long && text[2] ? text + 2 : NULL;
    const own_option *own = NULL;
    const ssk_option *core = NULL;
    gboolean    fine;

    for (size_t i = 0; i < G_N_ELEMENTS(own_options); i++)
        if (takes(command, &own_options[i]) &&
            (is_long ? !strcmp(own_options[i].name, name) : own_options[i].letter == text[1]))
            own = &own_options[i];
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
                    is_long ? own->name : (char[2]){ own->letter, 0 });
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
    char    *nearest = ssk_words_nearest(word, (const char *const *)names->pdata);
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
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: takes %s, %" G_GSIZE_FORMAT
                    " given; see stallshark %s --help", command->name, command->arguments, n,
                    command->name);
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
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "--each: writes a line of JSON per FILE; leave out "
                                                 "--format %s", options->format->name);
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
    bool       only_arguments = false;
    gboolean   fine = TRUE;
    int        at = 1;

    *options = (ssk_options){ .command = ssk_commands[0], .n_given = argc, .given = argv };
    options->fail_on = g_ptr_array_new_with_free_func((GDestroyNotify)ssk_fail_on_free);
    options->logs = g_ptr_array_new();
    ssk_config_init(&options->config);
    if (argc > 1 && find_command(argv[1])) {
        options->command = find_command(argv[1]);
        at = 2;
    } else if (argc > 1) {
        fine = check_mistyped(argv[1], error);
    }
    for (; fine && at < argc; at++) {
        const char *text = argv[at];
        bool        used_next = false;
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
        if (stat(options->logs->pdata[i], &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return true;
    return false;
}

void ssk_options_clear(ssk_options *options)
{
    g_ptr_array_free(options->logs, TRUE);
    g_ptr_array_free(options->fail_on, TRUE);
    g_free(options->arguments);
}

/* ---- help ---- */

/** @p text in lines of WIDTH columns from column @p indent on; the first line
 * begins at column @p at. */
static void wrap(GString *out, size_t at, size_t indent, const char *text)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        bool   start = at <= indent;
        if (!start && at + 1 + word > WIDTH) {
            g_string_append_c(out, '\n');
            at = 0;
            start = true;
        }
        if (at < indent)
            g_string_append_printf(out, "%*s", (int)(indent - at), "");
        at = MAX(at, indent);
        if (!start) {
            g_string_append_c(out, ' ');
            at++;
        }
        g_string_append_len(out, text, (gssize)word);
        at += word;
        text += word;
        text += strspn(text, " ");
    }
    g_string_append_c(out, '\n');
}

static void row(GString *out, const char *left, const char *text)
{
    g_string_append_printf(out, "  %s", left);
    size_t at = strlen(left) + 2;
    if (at + 2 > OPTION_COLUMN) {
        g_string_append_c(out, '\n');
        at = 0;
    }
    wrap(out, at, OPTION_COLUMN, text);
}

/** The sentence of @p option with what it takes and its default; owned by the caller. */
static char *core_help(const ssk_option *option)
{
    GString *text = g_string_new(option->help);
    if (option->kind != SSK_OPTION_TEXT || option->allowed) {
        char *allowed = ssk_config_allowed(option);
        g_string_append_printf(text, " Values: %s", allowed);
        g_string_append_printf(text, *option->preset ? "; default %s." : ".", option->preset);
        g_free(allowed);
    }
    return g_string_free(text, FALSE);
}

static char *own_help(const own_option *option)
{
    if (option->set != set_format)
        return g_strdup(option->help);
    GString *text = g_string_new("How to write the report:");
    for (size_t i = 0; ssk_writers[i]; i++)
        g_string_append_printf(text, "%s %s (%s)", i ? "," : "", ssk_writers[i]->name,
                               ssk_writers[i]->help);
    g_string_append_printf(text, ". Default: %s.", ssk_writers[0]->name);
    return g_string_free(text, FALSE);
}

static char *own_flag(const own_option *option)
{
    GString *flag = g_string_new(NULL);
    if (option->letter)
        g_string_append_printf(flag, "-%c, ", option->letter);
    g_string_append_printf(flag, "--%s", option->name);
    if (option->value)
        g_string_append_printf(flag, " %s", option->value);
    return g_string_free(flag, FALSE);
}

static char *core_flag(const ssk_option *option)
{
    char *name = flag_name(option->name);
    char *flag = g_strdup_printf("--%s %s", name, value_name(option));
    g_free(name);
    return flag;
}

static void help_options(const ssk_command *command, GString *out)
{
    size_t n;
    const ssk_option *core = ssk_config_options(&n);
    g_string_append(out, "\nOptions:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(own_options); i++) {
        if (!takes(command, &own_options[i]))
            continue;
        char *flag = own_flag(&own_options[i]), *text = own_help(&own_options[i]);
        row(out, flag, text);
        g_free(text);
        g_free(flag);
    }
    if (!command->core_options)
        return;
    g_string_append(out, "\nOptions of the analysis:\n");
    for (size_t i = 0; i < n; i++) {
        if (is_own(core[i].name))
            continue;
        char *flag = core_flag(&core[i]), *text = core_help(&core[i]);
        row(out, flag, text);
        g_free(text);
        g_free(flag);
    }
}

static const char *const exit_status[][2] = {
    { "0", "Done; a valid capture without packets too." },
    { "1", "A --fail-on condition holds." },
    { "2", "Wrong usage, or the output cannot be written." },
    { "3", "An input cannot be read, or only up to a point; the report then covers what was read." },
};

static const char *const examples[][2] = {
    { "stallshark server.pcapng", "what went silent, who owed a packet, and why" },
    { "stallshark ring_*.pcap.gz -o report.json --format json", "ring files as one time line" },
    { "stallshark --fail-on 'stall>5s' nightly.pcap", "for scripts: status 1 if something stalled" },
    { "tcpdump -w - -c 10000 | stallshark -", "from a pipe" },
};

void ssk_options_help(const ssk_command *command, GString *out)
{
    bool whole = command == ssk_commands[0];
    if (whole) {
        g_string_append(out, "stallshark " SSK_VERSION
                             " - finds what went silent in a capture, and says why\n\n");
        g_string_append_printf(out, "usage: stallshark [%s] [OPTION]... %s\n", command->name,
                               command->arguments);
        for (size_t i = 1; ssk_commands[i]; i++)
            g_string_append_printf(out, "       stallshark %s %s\n", ssk_commands[i]->name,
                                   ssk_commands[i]->arguments);
        g_string_append_c(out, '\n');
        for (size_t i = 0; ssk_commands[i]; i++)
            row(out, ssk_commands[i]->name, ssk_commands[i]->help);
    } else {
        g_string_append_printf(out, "usage: stallshark %s %s\n\n", command->name,
                               command->arguments);
        wrap(out, 0, 0, command->help);
    }
    if (command->more) {
        char **paragraphs = g_strsplit(command->more, "\n", 0);
        for (char **p = paragraphs; *p; p++) {
            g_string_append_c(out, '\n');
            wrap(out, 0, 0, *p);
        }
        g_strfreev(paragraphs);
    }
    help_options(command, out);
    if (!whole)
        return;
    g_string_append(out, "\nExit status:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(exit_status); i++)
        row(out, exit_status[i][0], exit_status[i][1]);
    g_string_append(out, "\nExamples:\n");
    for (size_t i = 0; i < G_N_ELEMENTS(examples); i++)
        g_string_append_printf(out, "  %s\n      %s\n", examples[i][0], examples[i][1]);
}
