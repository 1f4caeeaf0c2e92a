/* analyze.c - `stallshark analyze FILE...`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/analyze.h"

#include <stdio.h>
#include <sys/stat.h>

#include "cli/fail_on.h"
#include "cli/output.h"
#include "cli/reader.h"
#include "cli/source.h"
#include "core/engine.h"

/** What the exit status is made of. */
typedef struct outcome {
    bool input_failed, condition_holds;
} outcome;

static void check_conditions(const ssk_options *options, const ssk_result *result, outcome *out)
{
    for (guint i = 0; i < options->fail_on->len; i++) {
        char *met = ssk_fail_on_check(g_ptr_array_index(options->fail_on, i), result);
        if (met)
            out->condition_holds = true;
        g_free(met);
    }
}

/** Read @p paths as one time line and write the report.
 * @return false: nothing could be read, nothing was written */
static bool report(const ssk_options *options, char *const *paths, const ssk_writer *writer,
                   FILE *file, outcome *out)
{
    ssk_reader *reader = ssk_reader_new(paths);
    ssk_engine *engine = ssk_engine_new(&options->config, NULL);
    ssk_event   event;

    while (ssk_reader_next(reader, &event))
        ssk_engine_feed(engine, &event, NULL);
    if (ssk_reader_failed(reader))
        out->input_failed = true;
    bool any = !ssk_reader_got_nothing(reader);
    if (any) {
        ssk_host host = { .program = "stallshark", .version = SSK_VERSION,
                          .wireshark = ssk_capture_wireshark() };
        host.files = ssk_reader_files(reader, &host.n_files);
        ssk_result *result = ssk_engine_snapshot(engine);
        GString *text = g_string_new(NULL);
        writer->write(result, &host, text);
        fwrite(text->str, 1, text->len, file); /* ssk_output_commit() tells of errors */
        g_string_free(text, TRUE);
        check_conditions(options, result, out);
        ssk_result_free(result);
    }
    ssk_engine_free(engine);
    ssk_reader_free(reader);
    return any;
}

static bool is_an_input(const ssk_options *options)
{
    struct stat in, out;
    if (!options->output || stat(options->output, &out) != 0)
        return false;
    for (char **path = options->arguments; *path; path++)
        if (stat(*path, &in) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
            return true;
    return false;
}

static int complain(GError *error)
{
    fprintf(stderr, "stallshark: %s\n", error->message);
    g_error_free(error);
    return SSK_EXIT_USAGE;
}

static int run_analyze(const ssk_options *options)
{
    GError *error = NULL;
    if (is_an_input(options)) {
        fprintf(stderr, "stallshark: -o %s: is one of the inputs\n", options->output);
        return SSK_EXIT_USAGE;
    }
    ssk_output *output = ssk_output_open(options->output, options->force, &error);
    if (!output)
        return complain(error);

    outcome out = { false, false };
    bool    wrote = false;
    if (!options->each) {
        const ssk_writer *writer = options->format ? options->format : ssk_writers[0];
        wrote = report(options, options->arguments, writer, ssk_output_file(output), &out);
    } else {
        const ssk_writer *writer = ssk_writer_find("ndjson");
        for (char **path = options->arguments; *path; path++) {
            char *one[] = { *path, NULL };
            wrote |= report(options, one, writer, ssk_output_file(output), &out);
        }
    }
    if (!wrote)
        ssk_output_cancel(output);
    else if (!ssk_output_commit(output, &error))
        return complain(error);
    return out.input_failed ? SSK_EXIT_INPUT : out.condition_holds ? SSK_EXIT_FAIL_ON : SSK_EXIT_DONE;
}

const ssk_command ssk_command_analyze = {
    .name = "analyze",
    .arguments = "FILE...",
    .help = "Report what went silent, who owed a packet, who went quiet, and why.",
    .more = "FILE is a capture; - is standard input. Several FILEs are one time line, as mergecap "
            "would make it: give the files of a ring together. The word analyze may be left out.",
    .core_options = true,
    .min_arguments = 1,
    .run = run_analyze,
};
