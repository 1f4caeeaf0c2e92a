/* compare.c - `stallshark compare A [B...]`
 *
 * Each capture is read twice: first to find out how they stand to each other,
 * then side by side, by one clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/compare.h"

#include <stdio.h>
#include <string.h>

#include "cli/compare_merged.h"
#include "cli/compare_side.h"
#include "cli/fail_on.h"
#include "cli/log_feed.h"
#include "cli/output.h"
#include "cli/profiles.h"
#include "cli/reader.h"
#include "cli/side_by_side.h"
#include "cli/source.h"
#include "core/view/views.h"

typedef struct comparison {
    const ssk_options *options;
    ssk_output *output;
    ssk_views *views;
    GPtrArray *paths; /**< of each side: char ** */
    ssk_reader *readers[SSK_VIEWS_MOST];
    ssk_log_feed logs;
    unsigned n;
    bool one_file; /**< its interfaces are the captures */
    uint32_t interfaces[SSK_VIEWS_MOST];
    bool condition_holds;
} comparison;

/* ---- one file whose interfaces are the captures ---- */

/** @return index of the interface among those seen so far; -1: there are too many */
static int interface_of(comparison *self, const ssk_event *event)
{
    for (unsigned i = 0; i < self->n; i++)
        if (self->interfaces[i] == event->interface_id)
            return (int)i;
    if (self->n == SSK_VIEWS_MOST)
        return -1;
    self->interfaces[self->n] = event->interface_id;
    return (int)self->n++;
}

/** Finds the interfaces. */
static void list_interfaces(comparison *self)
{
    ssk_reader *reader = ssk_reader_new_again(self->paths->pdata[0]);
    ssk_event event;
    while (ssk_reader_next(reader, &event))
        if (event.kind == SSK_EVENT_FRAME)
            (void)interface_of(self, &event);
    ssk_reader_free(reader);
}

static void scout_interfaces(comparison *self)
{
    ssk_reader *reader = ssk_reader_new_again(self->paths->pdata[0]);
    ssk_event event;
    while (ssk_reader_next(reader, &event)) {
        int view = event.kind == SSK_EVENT_FRAME ? interface_of(self, &event) : -1;
        if (view >= 0)
            ssk_views_scout(self->views, (unsigned)view, &event);
    }
    ssk_reader_free(reader);
}

/** What cannot be read is told by the second reading. */
static void scout_files(ssk_views *views, unsigned view, char *const *paths)
{
    ssk_reader *reader = ssk_reader_new_again(paths);
    ssk_event event;
    while (ssk_reader_next(reader, &event))
        ssk_views_scout(views, view, &event);
    ssk_reader_free(reader);
}

/** A capture is asked for by the name of the output. */
static bool is_merged(const ssk_options *options)
{
    return !options->format && ssk_compare_is_capture(options->output);
}

static void write_report(comparison *self, ssk_result *result)
{
    GArray *files = g_array_new(FALSE, FALSE, sizeof(ssk_host_file));
    for (unsigned i = 0; i < (self->one_file ? 1 : self->n); i++) {
        size_t n;
        const ssk_host_file *rows = ssk_reader_files(self->readers[i], &n);
        for (size_t k = 0; k < n; k++) {
            ssk_host_file row = rows[k];
            row.capture = i;
            g_array_append_val(files, row);
        }
    }
    if (self->logs.rows)
        g_array_append_vals(files, self->logs.rows->data, self->logs.rows->len);
    ssk_host host = {.program = "stallshark",
                     .version = SSK_VERSION,
                     .wireshark = ssk_capture_wireshark(),
                     .files = (const ssk_host_file *)(const void *)files->data,
                     .n_files = files->len,
                     .of_interfaces = self->one_file,
                     .columns = ssk_output_columns(self->output),
                     .color = ssk_output_color(self->output, self->options->color),
                     .verbose = self->options->verbose};
    const ssk_options *options = self->options;
    if (is_merged(options)) {
        ssk_comments *comments = ssk_comments_new(result, &host);
        ssk_compare_write_merged(self->views, self->paths, self->one_file ? self->interfaces : NULL,
                                 self->n, options, comments, self->output);
        ssk_comments_free(comments);
    } else {
        const ssk_writer *writer = options->format ? options->format : ssk_writers[0];
        GString *text = g_string_new(NULL);
        writer->write(result, &host, text);
        ssk_output_write(self->output, text->str, text->len);
        g_string_free(text, TRUE);
    }
    for (guint i = 0; i < options->fail_on->len; i++) {
        char *met = ssk_fail_on_check(g_ptr_array_index(options->fail_on, i), result);
        self->condition_holds |= met != NULL;
        g_free(met);
    }
    g_array_free(files, TRUE);
}

static void take_line(void *user, const ssk_event *event)
{
    ssk_views_take_line(user, event);
}

/** What cannot be read is told once. */
static ssk_reader *open_again(const comparison *self, unsigned i)
{
    ssk_reader *old = self->readers[i];
    char *const *paths = self->paths->pdata[i];
    ssk_reader *reader = old ? ssk_reader_new_again(paths) : ssk_reader_new(paths);
    if (old)
        ssk_reader_free(old);
    return reader;
}

/** In the order of the file, which is that of one of the clocks. */
static void read_interfaces(comparison *self)
{
    ssk_event event;
    bool begun = false;
    self->readers[0] = open_again(self, 0);
    while (ssk_reader_next(self->readers[0], &event)) {
        int view = event.kind == SSK_EVENT_FRAME ? interface_of(self, &event) : -1;
        if (!begun)
            ssk_log_feed_read(&self->logs, self->options, event.time, take_line, self->views);
        begun = true;
        if (view >= 0)
            ssk_views_feed(self->views, (unsigned)view, &event);
    }
}

static bool next_record(void *user, unsigned view, ssk_event *ret)
{
    comparison *self = user;
    return ssk_reader_next(self->readers[view], ret);
}

static void take_lines(void *user, ssk_time_ns near)
{
    comparison *self = user;
    ssk_log_feed_read(&self->logs, self->options, near, take_line, self->views);
}

static void read_all(comparison *self)
{
    const ssk_side_by_side reading = {.user = self, .next = next_record, .lines = take_lines};
    for (unsigned i = 0; i < self->n; i++)
        self->readers[i] = open_again(self, i);
    ssk_side_by_side_read(&reading, self->views, self->n);
}

/** Another capture is what the report is of. */
static void read_again(comparison *self)
{
    ssk_log_feed_clear(&self->logs);
    self->logs.told = true;
    (self->one_file ? read_interfaces : read_all)(self);
}

/** @return exit status, unless @p error is set */
static int compare_files(comparison *self, const ssk_config *config,
                         const ssk_profile_set *profiles, GError **error)
{
    bool failed = false, nothing = false;
    if (self->one_file)
        list_interfaces(self);
    if (self->n == 1) {
        char *name = ssk_source_name(self->options->arguments[0]);
        g_set_error(error, SSK_OPTIONS_ERROR, 0,
                    "%s: holds one interface; give a second capture to compare it with", name);
        g_free(name);
        ssk_output_cancel(self->output);
        return SSK_EXIT_USAGE;
    }
    self->views = ssk_views_new(self->n, config, profiles);
    if (!ssk_side_by_side_place(self->views, self->n, self->options, error)) {
        ssk_output_cancel(self->output);
        ssk_views_free(self->views);
        return SSK_EXIT_USAGE;
    }
    for (unsigned i = 0; i < self->n && !self->one_file; i++)
        scout_files(self->views, i, self->paths->pdata[i]);
    if (self->one_file)
        scout_interfaces(self);
    ssk_views_survey(self->views);
    if (is_merged(self->options))
        ssk_views_keep_lost(self->views);
    (self->one_file ? read_interfaces : read_all)(self);
    for (unsigned i = 0; i < (self->one_file ? 1 : self->n); i++) {
        failed |= ssk_reader_failed(self->readers[i]) > 0;
        nothing |= ssk_reader_got_nothing(self->readers[i]);
    }
    if (nothing) {
        ssk_output_cancel(self->output);
    } else {
        ssk_result *result = ssk_views_snapshot(self->views);
        if (ssk_views_turn(self->views)) {
            ssk_result_free(result);
            read_again(self);
            result = ssk_views_snapshot(self->views);
        }
        write_report(self, result);
        ssk_result_free(result);
        ssk_output_commit(self->output, error);
    }
    failed |= ssk_log_feed_failed(&self->logs);
    ssk_log_feed_clear(&self->logs);
    ssk_views_free(self->views);
    for (unsigned i = 0; i < SSK_VIEWS_MOST; i++)
        if (self->readers[i])
            ssk_reader_free(self->readers[i]);
    return failed ? SSK_EXIT_INPUT : self->condition_holds ? SSK_EXIT_FAIL_ON : SSK_EXIT_DONE;
}

static int run_compare(const ssk_options *options)
{
    ssk_config config = options->config;
    GError *error = NULL;
    comparison self = {.options = options};
    int status = SSK_EXIT_DONE;

    for (size_t i = 0; options->arguments[i]; i++)
        if (ssk_source_is_pipe(options->arguments[i])) {
            fprintf(stderr,
                    "stallshark: compare reads each capture twice; write %s to a file first\n",
                    options->arguments[i]);
            return SSK_EXIT_USAGE;
        }
    if (ssk_options_output_is_input(options)) {
        fprintf(stderr, "stallshark: -o %s: is one of the inputs\n", options->output);
        return SSK_EXIT_USAGE;
    }
    self.paths = ssk_compare_sides(options->arguments);
    if (self.paths->len > SSK_VIEWS_MOST) {
        fprintf(stderr, "stallshark: compare takes up to %d captures; these are %u\n",
                SSK_VIEWS_MOST, self.paths->len);
        g_ptr_array_free(self.paths, TRUE);
        return SSK_EXIT_USAGE;
    }
    self.one_file = self.paths->len == 1;
    self.n = self.one_file ? 0 : self.paths->len;
    ssk_profile_set *profiles = ssk_profiles_load();
    if (!options->profile || ssk_profiles_choose(profiles, options->profile, &config, &error))
        self.output = ssk_output_open(options->output, options->force, &error);
    if (self.output)
        status = compare_files(&self, &config, profiles, &error);
    ssk_profile_set_free(profiles);
    g_ptr_array_free(self.paths, TRUE);
    return error ? ssk_output_complain(error) : status;
}

const ssk_command ssk_command_compare = {
    .name = "compare",
    .arguments = "A [B...]",
    .help = "Compare captures of the same traffic: what was sent, and what arrived.",
    .more =
        "A and B are captures of the same period, taken in different places, or A is one file with one "
        "interface per place. Their places are inferred, and their clocks may differ. Several files count "
        "as one capture if their names belong to one ring buffer, if they are given as a folder, or as "
        "ONE,TWO. The report is about the capture nearest to the clients and receivers, unless another one shows "
        "more stalls; the others show what arrived, was lost, or was never sent. -o OUT.pcapng writes one capture of all packets on "
        "one clock, with log lines between them and comments on losses and stalls.",
    .core_options = true,
    .min_arguments = 1,
    .max_arguments = 0,
    .run = run_compare,
};
