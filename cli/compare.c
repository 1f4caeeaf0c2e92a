/* compare.c - `stallshark compare WIRE DEVICE`
 *
 * Both files are read twice: first to find the constant by which their clocks
 * differ, then side by side by that.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/compare.h"

#include <stdio.h>
#include <string.h>

#include "cli/fail_on.h"
#include "cli/output.h"
#include "cli/profiles.h"
#include "cli/reader.h"
#include "cli/source.h"
#include "core/compare.h"
#include "core/udp/align.h"

/** One of the two captures, one record ahead. */
typedef struct side {
    ssk_reader *reader;
    ssk_event event;
    bool more;
} side;

static void side_open(side *s, char *path)
{
    char *paths[] = {path, NULL};
    s->reader = ssk_reader_new(paths);
    s->more = ssk_reader_next(s->reader, &s->event);
}

/** What cannot be read is told by the second reading. */
static void align_file(ssk_align *align, unsigned view, const char *path)
{
    ssk_source *source = ssk_source_open(path, NULL);
    ssk_event event;
    ssk_stamp stamp;
    GError *error = NULL;
    while (source && source->ops->next(source, &event, &stamp, &error))
        ssk_align_add(align, view, &event);
    g_clear_error(&error);
    if (source)
        ssk_source_close(source);
}

/** The constant that stands between the two clocks; 0 where nothing tells. */
static ssk_span_ns find_offset(char *const *paths)
{
    ssk_align *align = ssk_align_new();
    ssk_span_ns offset = 0;
    for (unsigned view = 0; view < 2; view++)
        align_file(align, view, paths[view]);
    if (!ssk_align_measure(align, &offset))
        offset = 0;
    ssk_align_free(align);
    return offset;
}

/** Whose record comes next. Records without a stamp follow at once. */
static ssk_view earlier(const side sides[2], ssk_span_ns offset)
{
    ssk_time_ns wire = sides[SSK_VIEW_WIRE].event.time, device = sides[SSK_VIEW_DEVICE].event.time;
    ssk_time_ns there;
    if (!sides[SSK_VIEW_WIRE].more)
        return SSK_VIEW_DEVICE;
    if (!sides[SSK_VIEW_DEVICE].more || wire == SSK_TIME_NONE)
        return SSK_VIEW_WIRE;
    if (device == SSK_TIME_NONE)
        return SSK_VIEW_DEVICE;
    if (__builtin_add_overflow(wire, offset, &there))
        return SSK_VIEW_WIRE;
    return there <= device ? SSK_VIEW_WIRE : SSK_VIEW_DEVICE;
}

static void write_report(const ssk_options *options, ssk_compare *compare, const side sides[2],
                         ssk_output *output, bool *ret_condition_holds)
{
    ssk_host_file files[2];
    for (int view = 0; view < 2; view++) {
        size_t n;
        files[view] = ssk_reader_files(sides[view].reader, &n)[0];
    }
    ssk_host host = {.program = "stallshark",
                     .version = SSK_VERSION,
                     .wireshark = ssk_capture_wireshark(),
                     .files = files,
                     .n_files = 2,
                     .columns = ssk_output_columns(output)};
    const ssk_writer *writer = options->format ? options->format : ssk_writers[0];
    ssk_result *result = ssk_compare_snapshot(compare);
    GString *text = g_string_new(NULL);
    writer->write(result, &host, text);
    ssk_output_write(output, text->str, text->len);
    g_string_free(text, TRUE);
    for (guint i = 0; i < options->fail_on->len; i++) {
        char *met = ssk_fail_on_check(g_ptr_array_index(options->fail_on, i), result);
        *ret_condition_holds |= met != NULL;
        g_free(met);
    }
    ssk_result_free(result);
}

/** @return exit status, unless @p error is set */
static int compare_files(const ssk_options *options, const ssk_config *config,
                         const ssk_profile_set *profiles, ssk_output *output, GError **error)
{
    bool once = ssk_source_is_pipe(options->arguments[0]) ||
                ssk_source_is_pipe(options->arguments[1]);
    ssk_span_ns offset = once ? 0 : find_offset(options->arguments);
    ssk_compare *compare = ssk_compare_new(config, profiles);
    side sides[2];
    bool condition_holds = false;

    side_open(&sides[0], options->arguments[0]);
    side_open(&sides[1], options->arguments[1]);
    while (sides[0].more || sides[1].more) {
        ssk_view view = earlier(sides, offset);
        ssk_compare_feed(compare, view, &sides[view].event);
        sides[view].more = ssk_reader_next(sides[view].reader, &sides[view].event);
    }
    bool failed = ssk_reader_failed(sides[0].reader) || ssk_reader_failed(sides[1].reader);
    if (ssk_reader_got_nothing(sides[0].reader) || ssk_reader_got_nothing(sides[1].reader)) {
        ssk_output_cancel(output);
    } else {
        write_report(options, compare, sides, output, &condition_holds);
        ssk_output_commit(output, error);
    }
    ssk_compare_free(compare);
    ssk_reader_free(sides[0].reader);
    ssk_reader_free(sides[1].reader);
    return failed ? SSK_EXIT_INPUT : condition_holds ? SSK_EXIT_FAIL_ON : SSK_EXIT_DONE;
}

static int run_compare(const ssk_options *options)
{
    ssk_config config = options->config;
    GError *error = NULL;
    ssk_output *output = NULL;
    int status = SSK_EXIT_DONE;

    if (ssk_options_output_is_input(options)) {
        fprintf(stderr, "stallshark: -o %s: is one of the inputs\n", options->output);
        return SSK_EXIT_USAGE;
    }
    ssk_profile_set *profiles = ssk_profiles_load();
    if (!options->profile || ssk_profiles_choose(profiles, options->profile, &config, &error))
        output = ssk_output_open(options->output, options->force, &error);
    if (output)
        status = compare_files(options, &config, profiles, output, &error);
    ssk_profile_set_free(profiles);
    return error ? ssk_output_complain(error) : status;
}

const ssk_command ssk_command_compare = {
    .name = "compare",
    .arguments = "WIRE DEVICE",
    .help = "Count what was on the wire and did not reach the device, datagram by datagram.",
    .more =
        "WIRE is a capture at the sender or nearer to it, DEVICE one at the receiver, of the "
        "same time. Their clocks may differ by any constant, unless one comes from a pipe. The report is the device's, with "
        "what both together tell of UDP: losses, their runs, and whose the pauses are.",
    .core_options = true,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run_compare,
};
