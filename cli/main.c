/* main.c - from the command line to a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/analyze.h"
#include "cli/annotate.h"
#include "cli/bundle.h"
#include "cli/compare.h"
#include "cli/doctor.h"
#include "cli/log_command.h"
#include "cli/merge.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/profiles.h"
#include "cli/source.h"
#include "core/base/hash.h"

const ssk_command *const ssk_commands[] = {
    &ssk_command_analyze,  &ssk_command_compare, &ssk_command_annotate,
    &ssk_command_bundle,   &ssk_command_merge,   &ssk_command_log,
    &ssk_command_profiles, &ssk_command_doctor,  NULL,
};

static int print_help(const ssk_command *command)
{
    GString *text = g_string_new(NULL);
    ssk_options_help(command, text);
    int status = ssk_output_print(text->str);
    g_string_free(text, TRUE);
    return status;
}

static int print_version(void)
{
    char *text = g_strdup_printf("stallshark " SSK_VERSION "\nreads files through %s\n",
                                 ssk_capture_backend());
    int status = ssk_output_print(text);
    g_free(text);
    return status;
}

int main(int argc, char **argv)
{
    ssk_options options;
    GError *error = NULL;
    int status;

    ssk_hash_set_key((uint64_t)g_random_int() << 32 | g_random_int(),
                     (uint64_t)g_random_int() << 32 | g_random_int());
    ssk_output_catch_signals();
    if (!ssk_options_parse(&options, argc, argv, &error)) {
        status = ssk_output_complain(error);
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
