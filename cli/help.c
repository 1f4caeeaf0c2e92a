/* help.c - --help: usage, options, exit status, examples.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/options.h"

#include <string.h>

#include "cli/own_option.h"

/* Columns of --help. */
#define WIDTH         80
#define OPTION_COLUMN 24

/** What stands for the value in help. */
static const char *value_name(const ssk_option *option)
{
    switch (option->kind) {
    case SSK_OPTION_SPAN:
        return "LENGTH";
    case SSK_OPTION_TIME:
        return "TIME";
    case SSK_OPTION_COUNT:
        return "NUMBER";
    case SSK_OPTION_CHOICE:
        return "CHOICE";
    case SSK_OPTION_TEXT:
        return !strcmp(option->name, "tz") ? "ZONE" : "NAME";
    }
    return NULL;
}

/** @p text in lines of WIDTH columns from column @p indent on; the first line
 * begins at column @p at. */
static void wrap(GString *out, size_t at, size_t indent, const char *text)
{
    while (*text) {
        size_t word = strcspn(text, " ");
        bool start = at <= indent;
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

static char *own_help(const ssk_own_option *option)
{
    if (option->help)
        return g_strdup(option->help);
    GString *text = g_string_new("How to write the report:");
    for (size_t i = 0; ssk_writers[i]; i++)
        g_string_append_printf(text, "%s %s (%s)", i ? "," : "", ssk_writers[i]->name,
                               ssk_writers[i]->help);
    g_string_append_printf(text, ". Default: %s.", ssk_writers[0]->name);
    return g_string_free(text, FALSE);
}

static char *own_flag(const ssk_own_option *option)
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
    char *name = ssk_flag_name(option->name);
    char *flag = g_strdup_printf("--%s %s", name, value_name(option));
    g_free(name);
    return flag;
}

static void help_options(const ssk_command *command, GString *out)
{
    size_t n;
    const ssk_option *core = ssk_config_options(&n);
    g_string_append(out, "\nOptions:\n");
    for (size_t i = 0; ssk_own_options[i].name; i++) {
        if (!ssk_own_option_fits(command, &ssk_own_options[i]))
            continue;
        char *flag = own_flag(&ssk_own_options[i]), *text = own_help(&ssk_own_options[i]);
        row(out, flag, text);
        g_free(text);
        g_free(flag);
    }
    if (!command->core_options)
        return;
    g_string_append(out, "\nOptions of the analysis:\n");
    for (size_t i = 0; i < n; i++) {
        if (ssk_own_option_has(command, core[i].name))
            continue;
        char *flag = core_flag(&core[i]), *text = core_help(&core[i]);
        row(out, flag, text);
        g_free(text);
        g_free(flag);
    }
}

static const char *const exit_status[][2] = {
    {"0", "Done; a valid capture without packets too."},
    {"1", "A --fail-on condition holds, or doctor found something to mend."},
    {"2", "Wrong usage, or the output cannot be written."},
    {"3", "An input cannot be read, or only up to a point; the report then covers what was read."},
};

static const char *const examples[][2] = {
    {"stallshark server.pcapng", "what went silent, who owed a packet, and why"},
    {"stallshark ring_*.pcap.gz -o report.json --format json", "ring files as one time line"},
    {"stallshark --fail-on 'stall>5s' nightly.pcap", "for scripts: status 1 if something stalled"},
    {"tcpdump -w - -c 10000 | stallshark -", "from a pipe"},
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
            g_string_append_printf(out, "       stallshark %s%s%s\n", ssk_commands[i]->name,
                                   *ssk_commands[i]->arguments ? " " : "",
                                   ssk_commands[i]->arguments);
        g_string_append_c(out, '\n');
        for (size_t i = 0; ssk_commands[i]; i++)
            row(out, ssk_commands[i]->name, ssk_commands[i]->help);
    } else {
        g_string_append_printf(out, "usage: stallshark %s%s%s\n\n", command->name,
                               *command->arguments ? " " : "", command->arguments);
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
