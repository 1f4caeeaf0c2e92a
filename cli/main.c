/* main.c - from the command line to a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdio.h>

#include "cli/analyze.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/source.h"

const ssk_command *const ssk_commands[] = {
    &ssk_command_analyze,
    NULL,
};

/** @return exit status */
static int print(const char *text)
{
    GError     *error = NULL;
    ssk_output *output = ssk_output_open(NULL, FALSE, &error);
    fputs(text, ssk_output_file(output));
    if (ssk_output_commit(output, &error))
        return SSK_EXIT_DONE;
    fprintf(stderr, "stallshark: %s\n", error->message);
    g_error_free(error);
    return SSK_EXIT_USAGE;
}

static int print_help(const ssk_command *command)
{
    GString *text = g_string_new(NULL);
    ssk_options_help(command, text);
    int status = print(text->str);
    g_string_free(text, TRUE);
    return status;
}

static int print_version(void)
{
    char *text = g_strdup_printf("stallshark " SSK_VERSION "\nreads files through %s\n",
                                 ssk_capture_backend());
    int status = print(text);
    g_free(text);
    return status;
}

int main(int argc, char **argv)
{
    ssk_options options;
    GError     *error = NULL;
    int         status;

    ssk_output_catch_signals();
    if (!ssk_options_parse(&options, argc, argv, &error)) {
        fprintf(stderr, "stallshark: %s\n", error->message);
        g_error_free(error);
        status = SSK_EXIT_USAGE;
    } else if (options.help) {
        status = print_help(options.command);
    } else if (options.version) {
        status = print_version();
    } else {
        ssk_capture_init(argv[0]);
        status = options.command->run(&options);
        ssk_capture_cleanup();
    }
    ssk_options_clear(&options);
    return status;
}
