/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/annotate.h"

#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/backend.h"
#include "cli/profiles.h"
#include "cli/reader.h"
#include "cli/source.h"
#include "core/engine.h"

/* ---- pcapng: a block walk over the bytes, gunzipped if need be ---- */

static GInputStream *open_stream(const char *path, GError **error)
{
    GFile *file = g_file_new_for_path(path);
    GInputStream *plain = (GInputStream *)g_file_read(file, NULL, error);
    g_object_unref(file);
    if (!plain)
        return NULL;
    uint8_t head[2] = {0};
    gsize got;
    if (!g_input_stream_read_all(plain, head, sizeof head, &got, NULL, error) ||
        !g_seekable_seek(G_SEEKABLE(plain), 0, G_SEEK_SET, NULL, error)) {
        g_object_unref(plain);
        return NULL;
    }
    if (head[0] != 0x1f || head[1] != 0x8b)
        return plain;
    GConverter *gunzip = (GConverter *)g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    GInputStream *unpacked = g_converter_input_stream_new(plain, gunzip);
    g_object_unref(gunzip);
    g_object_unref(plain);
    return unpacked;
}

typedef struct walk {
    GInputStream *in;
    ssk_output *out;
    uint8_t head[4]; /* read to tell the format, given out again */
    size_t head_len, head_given;
} walk;

static size_t walk_read(void *user, void *bytes, size_t length)
{
    walk *w = user;
    size_t first = MIN(length, w->head_len - w->head_given);
    gsize got = 0;
    memcpy(bytes, w->head + w->head_given, first);
    w->head_given += first;
    if (first < length) /* data damaged in compression ends like a cut file */
        g_input_stream_read_all(w->in, (uint8_t *)bytes + first, length - first, &got, NULL, NULL);
    return first + got;
}

static void walk_write(void *user, const void *bytes, size_t length)
{
    ssk_output_write(((walk *)user)->out, bytes, length);
}

/** @return FALSE with an error */
static gboolean write_capture(const char *path, const ssk_pcapng_edit *edit, ssk_output *output,
                              ssk_pcapng_outcome *ret, GError **error)
{
    walk w = {.out = output};
    gboolean fine = TRUE;

    w.in = open_stream(path, error);
    if (!w.in)
        return FALSE;
    gsize got = 0;
    g_input_stream_read_all(w.in, w.head, sizeof w.head, &got, NULL, NULL);
    w.head_len = got;
    if (got == sizeof w.head && ssk_pcapng_is(w.head)) {
        ssk_pcapng_io io = {walk_read, walk_write, &w};
        /* Where reading found a damage, the walk stops before it. */
        if (ssk_pcapng_rewrite(&io, edit, ret) != SSK_OK && !edit->max_frames) {
            g_set_error(error, SSK_SOURCE_ERROR, 0, "damaged after packet %" G_GUINT32_FORMAT,
                        ret->frames);
            fine = FALSE;
        }
    } else {
        fine = ssk_backend_chosen()->convert(path, edit, output, ret, error);
    }
    g_object_unref(w.in);
    return fine;
}

/* ---- the command ---- */

typedef struct annotation {
    const ssk_options *options;
    const char *path;
    ssk_output *output;
    uint32_t frames; /* that the analysis saw */
    bool input_failed, nothing;
} annotation;

static ssk_comments *analyse(annotation *self, const ssk_config *config,
                             const ssk_profile_set *profiles)
{
    ssk_reader *reader = ssk_reader_new(self->options->arguments);
    ssk_engine *engine = ssk_engine_new(config, profiles);
    ssk_comments *comments = NULL;
    ssk_event event;

    while (ssk_reader_next(reader, &event)) {
        ssk_engine_feed(engine, &event, NULL);
        self->frames = event.frame;
    }
    self->input_failed = ssk_reader_failed(reader) != 0;
    self->nothing = ssk_reader_got_nothing(reader);
    if (!self->nothing) {
        ssk_host host = {
            .program = "stallshark", .version = SSK_VERSION, .wireshark = ssk_capture_wireshark()};
        host.files = ssk_reader_files(reader, &host.n_files);
        ssk_result *result = ssk_engine_snapshot(engine);
        comments = ssk_comments_new(result, &host);
        ssk_result_free(result);
    }
    ssk_engine_free(engine);
    ssk_reader_free(reader);
    return comments;
}

static void tell(const annotation *self, const ssk_comments *comments,
                 const ssk_pcapng_outcome *outcome)
{
    if (outcome->unplaced)
        fprintf(stderr,
                "stallshark: %s: %zu of %zu comments left out: their packets are in blocks "
                "without room for one\n",
                self->path, outcome->unplaced, comments->n);
    if (comments->dropped)
        fprintf(stderr,
                "stallshark: %s: %" G_GUINT64_FORMAT " comments left out: at most %d in "
                "all and %d on one packet\n",
                self->path, comments->dropped, SSK_COMMENTS, SSK_COMMENTS_PER_FRAME);
}

/** @return FALSE with an error */
static gboolean annotate(annotation *self, const ssk_comments *comments, GError **error)
{
    ssk_pcapng_edit edit = {
        .summary = comments->summary,
        .comments = comments->list,
        .n_comments = comments->n,
        .max_frames = self->input_failed ? self->frames : 0,
        .strip_secrets = self->options->strip_secrets,
    };
    ssk_pcapng_outcome outcome = {0};
    GError *problem = NULL;
    char *name = ssk_source_name(self->path);

    bool fine = write_capture(self->path, &edit, self->output, &outcome, &problem);
    if (fine && outcome.frames != self->frames) { /* comments would stand on other packets */
        g_set_error(&problem, SSK_SOURCE_ERROR, 0,
                    "read as %" G_GUINT32_FORMAT " packets, copied as %" G_GUINT32_FORMAT
                    ": changed meanwhile, or a block of unknown kind",
                    self->frames, outcome.frames);
        fine = false;
    }
    if (fine) {
        tell(self, comments, &outcome);
        fine = ssk_output_commit(self->output, error);
    } else {
        bool ours = problem->domain == SSK_OUTPUT_ERROR;
        char *out = self->options->output ? ssk_source_name(self->options->output)
                                          : g_strdup("standard output");
        g_set_error(error, problem->domain, 0, "%s: %s", ours ? out : name, problem->message);
        g_free(out);
        g_error_free(problem);
        ssk_output_cancel(self->output);
    }
    self->output = NULL;
    g_free(name);
    return fine;
}

static gboolean check_usage(const ssk_options *options, GError **error)
{
    if (ssk_source_is_pipe(options->arguments[0])) {
        char *name = ssk_source_name(options->arguments[0]);
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "%s: annotate reads its input twice; give a file",
                    name);
        g_free(name);
    } else if (!options->output && isatty(STDOUT_FILENO))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "annotate: writes a capture; give -o OUT.pcapng");
    else if (ssk_options_output_is_input(options))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "-o %s: is one of the inputs", options->output);
    else
        return TRUE;
    return FALSE;
}

static int run_annotate(const ssk_options *options)
{
    annotation self = {.options = options, .path = options->arguments[0]};
    ssk_config config = options->config;
    ssk_profile_set *profiles = ssk_profiles_load();
    GError *error = NULL;

    if (check_usage(options, &error) &&
        (!options->profile || ssk_profiles_choose(profiles, options->profile, &config, &error)))
        self.output = ssk_output_open(options->output, options->force, &error);
    if (self.output) {
        ssk_comments *comments = analyse(&self, &config, profiles);
        if (comments)
            annotate(&self, comments, &error);
        else
            ssk_output_cancel(self.output);
        ssk_comments_free(comments);
    }
    ssk_profile_set_free(profiles);
    if (error) {
        bool input = error->domain == SSK_SOURCE_ERROR;
        int status = ssk_output_complain(error);
        return input ? SSK_EXIT_INPUT : status;
    }
    return self.input_failed ? SSK_EXIT_INPUT : SSK_EXIT_DONE;
}

const ssk_command ssk_command_annotate = {
    .name = "annotate",
    .arguments = "FILE -o OUT.pcapng",
    .help = "Copy a capture, with comments that explain the stalls at the packets that matter.",
    .more =
        "The copy opens in any Wireshark: Analyze > Expert Information lists the comments, and "
        "the display filter frame.comment finds their packets. A pcapng file is copied block by "
        "block, all else in it unchanged; other formats become pcapng.",
    .core_options = true,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_annotate,
};
