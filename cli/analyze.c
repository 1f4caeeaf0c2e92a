/* analyze.c - `stallshark analyze FILE...`
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/analyze.h"

#include <errno.h>
#include <stdio.h>

#include "cli/fail_on.h"
#include "cli/log_feed.h"
#include "cli/output.h"
#include "cli/profiles.h"
#include "cli/reader.h"
#include "cli/source.h"
#include "cli/workers.h"
#include "core/engine.h"

typedef struct analysis {
    const ssk_options *options;
    ssk_config config;
    ssk_profile_set *profiles;
    ssk_output *output;
    bool input_failed, condition_holds; /* what the exit status is made of */
} analysis;

static void check_conditions(analysis *self, const ssk_result *result)
{
    const GPtrArray *conditions = self->options->fail_on;
    for (guint i = 0; i < conditions->len; i++) {
        char *met = ssk_fail_on_check(g_ptr_array_index(conditions, i), result);
        if (met)
            self->condition_holds = true;
        g_free(met);
    }
}

static void take_line(void *user, const ssk_event *event)
{
    ssk_engine_feed(user, event, NULL);
}

/* A report is the last thing that its process does. To give back what a million flows hold, piece by
 * piece, would be a tenth of the work; the sanitizers look for what was forgotten. */
#ifdef __SANITIZE_ADDRESS__
#define GIVES_BACK true
#else
#define GIVES_BACK false
#endif

static void write_report(analysis *self, ssk_engine *engine, const GArray *rows,
                         const ssk_writer *writer)
{
    ssk_host host = {.program = "stallshark",
                     .version = SSK_VERSION,
                     .wireshark = ssk_capture_wireshark(),
                     .files = (const ssk_host_file *)(const void *)rows->data,
                     .n_files = rows->len,
                     .columns = ssk_output_columns(self->output),
                     .color = ssk_output_color(self->output, self->options->color),
                     .verbose = self->options->verbose};
    ssk_result *result = ssk_engine_snapshot(engine);
    GString *text = g_string_new(NULL);
    writer->write(result, &host, text);
    ssk_output_write(self->output, text->str, text->len);
    g_string_free(text, TRUE);
    check_conditions(self, result);
    if (GIVES_BACK)
        ssk_result_free(result);
}

/** Read @p paths as one time line and write the report.
 * @return false: nothing could be read, nothing was written */
static bool report(analysis *self, char *const *paths, const ssk_writer *writer)
{
    ssk_reader *reader = ssk_reader_new(paths);
    ssk_engine *engine = ssk_engine_new(&self->config, self->profiles);
    GArray *rows = g_array_new(FALSE, FALSE, sizeof(ssk_host_file));
    ssk_log_feed logs = {0};
    ssk_event event;

    while (ssk_reader_next(reader, &event)) {
        if (!logs.rows) /* before the packets, so that all of these are there to match */
            ssk_log_feed_read(&logs, self->options, event.time, take_line, engine);
        ssk_engine_feed(engine, &event, NULL);
    }
    self->input_failed |= ssk_reader_failed(reader) > 0 || ssk_log_feed_failed(&logs);
    bool any = !ssk_reader_got_nothing(reader);
    if (any) {
        size_t n;
        const ssk_host_file *captures = ssk_reader_files(reader, &n);
        g_array_append_vals(rows, captures, (guint)n);
        if (logs.rows)
            g_array_append_vals(rows, logs.rows->data, logs.rows->len);
        write_report(self, engine, rows, writer);
    }
    ssk_log_feed_clear(&logs);
    g_array_free(rows, TRUE);
    if (GIVES_BACK)
        ssk_engine_free(engine);
    ssk_reader_free(reader);
    return any;
}

/* ---- a report per file ---- */

/** What a process for one file tells with its exit status: bits. */
enum { WROTE = 1, INPUT_FAILED = 2, CONDITION_HOLDS = 4 };

typedef struct each {
    analysis *self;
    const ssk_writer *writer;
    bool wrote;
} each;

static int report_one(void *user, size_t job)
{
    each *e = user;
    analysis self = *e->self;
    char *one[] = {e->self->options->arguments[job], NULL};
    self.output = ssk_output_open(NULL, FALSE, NULL);
    bool wrote = report(&self, one, e->writer) && ssk_output_commit(self.output, NULL);
    return (wrote ? WROTE : 0) | (self.input_failed ? INPUT_FAILED : 0) |
           (self.condition_holds ? CONDITION_HOLDS : 0);
}

static void take_report(void *user, size_t job, const ssk_worker_end *end, FILE *out)
{
    each *e = user;
    char bytes[65536];
    if (end->signal || end->status > (WROTE | INPUT_FAILED | CONDITION_HOLDS)) {
        char *name = ssk_source_name(e->self->options->arguments[job]);
        fprintf(stderr, "stallshark: %s: its analysis was ended: %s\n", name,
                end->signal ? g_strsignal(end->signal) : "no place for its report");
        g_free(name);
        e->self->input_failed = true;
        return;
    }
    for (size_t n; (n = fread(bytes, 1, sizeof bytes, out)) > 0;)
        ssk_output_write(e->self->output, bytes, n);
    e->wrote = e->wrote || (end->status & WROTE);
    e->self->input_failed = e->self->input_failed || (end->status & INPUT_FAILED);
    e->self->condition_holds = e->self->condition_holds || (end->status & CONDITION_HOLDS);
}

/** @return false: nothing could be read, nothing was written */
static bool report_each(analysis *self)
{
    const ssk_options *options = self->options;
    each e = {.self = self, .writer = ssk_writer_find("ndjson")};
    unsigned jobs = options->jobs ? options->jobs : ssk_workers_processors();

    if (jobs == 1) {
        for (char **path = options->arguments; *path; path++) {
            char *one[] = {*path, NULL};
            e.wrote |= report(self, one, e.writer);
        }
        return e.wrote;
    }
    ssk_capture_load();
    ssk_workers workers = {.run = report_one, .done = take_report, .user = &e};
    if (!ssk_workers_run(&workers, g_strv_length(options->arguments), jobs)) {
        fprintf(stderr, "stallshark: --jobs=%u: %s\n", jobs, g_strerror(errno));
        self->input_failed = true;
    }
    return e.wrote;
}

/** @return false: nothing could be read, nothing was written */
static bool report_all(analysis *self)
{
    const ssk_options *options = self->options;
    const ssk_writer *writer = options->format ? options->format : ssk_writers[0];

    return options->each ? report_each(self) : report(self, options->arguments, writer);
}

static int run_analyze(const ssk_options *options)
{
    analysis self = {.options = options, .config = options->config};
    GError *error = NULL;

    if (ssk_options_output_is_input(options)) {
        fprintf(stderr, "stallshark: -o %s: is one of the inputs\n", options->output);
        return SSK_EXIT_USAGE;
    }
    self.profiles = ssk_profiles_load();
    if (!options->profile ||
        ssk_profiles_choose(self.profiles, options->profile, &self.config, &error))
        self.output = ssk_output_open(options->output, options->force, &error);
    if (self.output) {
        if (report_all(&self))
            ssk_output_commit(self.output, &error);
        else
            ssk_output_cancel(self.output);
    }
    ssk_profile_set_free(self.profiles);
    if (error)
        return ssk_output_complain(error);
    return self.input_failed      ? SSK_EXIT_INPUT
           : self.condition_holds ? SSK_EXIT_FAIL_ON
                                  : SSK_EXIT_DONE;
}

const ssk_command ssk_command_analyze = {
    .name = "analyze",
    .arguments = "FILE...",
    .help = "Report who owed a packet, who went silent, for how long, and why.",
    .more =
        "FILE is a capture file; - is standard input. Several FILEs are merged by time into one capture, "
        "so give all files of a ring buffer together. The word analyze is optional.\n"
        "A LENGTH has a unit: ns, us, ms, s, min, h or d, for example 1.5s. A TIME without a zone is "
        "interpreted in --tz.\n"
        "An application log (--log) is text with one event per line; each line begins with its time in "
        "ISO 8601, syslog format, or the format of Apple's `log show`. The log's clock offset is "
        "estimated from the messages it records.",
    .core_options = true,
    .min_arguments = 1,
    .run = run_analyze,
};
