/* log_command.c - `stallshark log APPLOG...`: a capture file of a log.
 *
 * Each line becomes a record that names the dissector "applog", so that
 * mergecap puts it between the packets and Wireshark shows it there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/log_command.h"

#include <stdio.h>

#include "cli/capture_writer.h"
#include "cli/log.h"
#include "cli/output.h"
#include "cli/source.h"

/* Lines without a year get the one nearest to now, as no capture tells another. */
static ssk_time_ns now(void)
{
    return g_get_real_time() * SSK_US;
}

/** @return false: it could not be read, or not to its end; that has been told */
static bool convert(const char *path, uint32_t number, GTimeZone *zone, const ssk_log_form *form,
                    ssk_capture_writer *writer)
{
    GError *error = NULL;
    GByteArray *record = g_byte_array_new();
    ssk_event event;
    ssk_log *log = ssk_log_open(path, zone, form, &error);

    while (log && ssk_log_next(log, now(), &event, &error)) {
        ssk_log_record(&event, record);
        event.interface_id = number;
        ssk_capture_writer_add(writer, &event, NULL, 0);
    }
    ssk_log_close(log);
    g_byte_array_free(record, TRUE);
    if (!error)
        return true;
    char *name = ssk_source_name(path);
    fprintf(stderr, "stallshark: %s: %s\n", name, error->message);
    g_free(name);
    g_error_free(error);
    return false;
}

static int run_log(const ssk_options *options)
{
    GError *error = NULL;
    ssk_output *output = NULL;
    bool failed = false;

    if (ssk_options_output_is_input(options)) {
        fprintf(stderr, "stallshark: -o %s: is one of the inputs\n", options->output);
        return SSK_EXIT_USAGE;
    }
    output = ssk_output_open(options->output, options->force, &error);
    if (!output)
        return ssk_output_complain(error);
    GTimeZone *zone = ssk_log_zone(options->log_timezone);
    ssk_capture_writer *writer = ssk_capture_writer_new(output, NULL);
    for (uint32_t i = 0; options->arguments[i]; i++)
        failed |= !convert(options->arguments[i], i, zone, options->log_form, writer);
    ssk_capture_writer_free(writer);
    g_time_zone_unref(zone);
    if (!ssk_output_commit(output, &error))
        return ssk_output_complain(error);
    return failed ? SSK_EXIT_INPUT : SSK_EXIT_DONE;
}

const ssk_command ssk_command_log = {
    .name = "log",
    .arguments = "APPLOG...",
    .help =
        "Make a capture file of application logs, for Wireshark to show their lines between the packets.",
    .more =
        "Each line that begins with a time becomes a record: give the result to mergecap together "
        "with a capture. To analyze both, no file is needed: stallshark FILE --log APPLOG.",
    .core_options = false,
    .min_arguments = 1,
    .run = run_log,
};
