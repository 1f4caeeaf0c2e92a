/* bundle.c - reports and the packets around the stalls, for somebody else.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>

#include "bundle/leak.h"
#include "cli/bundle_draft.h"
#include "cli/compare_side.h"
#include "cli/output.h"
#include "cli/profiles.h"
#include "cli/reader.h"
#include "cli/source.h"
#include "core/engine.h"
#include "core/model/cause.h"
#include "report/annotate.h"

static const char *const report_formats[SSK_BUNDLE_REPORTS] = {"html", "json", "markdown"};

/* ---- scrubbing ---- */

/** The messages of known profiles keep their form. */
static void keep_messages(const ssk_bundle *self, ssk_scrub *scrub, const ssk_result *result)
{
    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        const ssk_profile *profile = flow->keepalive && flow->keepalive->profile
                                         ? ssk_profile_set_find(self->profiles,
                                                                flow->keepalive->profile)
                                         : NULL;
        if (profile)
            ssk_scrub_keep_messages(scrub, flow->transport, flow->addr, flow->port,
                                    flow->first_frame, flow->last_frame, profile);
    }
}

/* One capture's frames are learned. */
typedef struct learning {
    ssk_scrub *scrub;
    uint32_t interfaces; /* of each capture its own */
} learning;

static void learn_frame(ssk_bundle *self, const ssk_event *event, void *user)
{
    (void)self;
    const learning *l = user;
    ssk_event numbered = *event;
    numbered.interface_id += l->interfaces;
    ssk_scrub_learn(l->scrub, &numbered);
}

/** All frames of all captures are known before the first one is scrubbed. */
static void make_scrubs(ssk_bundle *self)
{
    enum { INTERFACES = 1 << 16 };
    for (unsigned i = 0; i < self->n; i++) {
        ssk_scrub *scrub = i ? ssk_scrub_new_beside(self->sides[0].scrub)
                             : ssk_scrub_new(self->key, self->options->scrub == SSK_SCRUB_FULL);
        learning l = {.scrub = scrub, .interfaces = i * INTERFACES};
        ssk_result *alone = self->n > 1 ? ssk_bundle_analyse_alone(self, i) : NULL;
        keep_messages(self, scrub, alone ? alone : self->original);
        if (alone)
            ssk_result_free(alone);
        ssk_bundle_read(self, i, false, learn_frame, &l);
        self->sides[i].scrub = scrub;
    }
}

/* ---- reports and sums ---- */

static gboolean write_reports(ssk_bundle *self, GError **error)
{
    ssk_host_file files[SSK_BUNDLE_SOURCES];
    ssk_host host = ssk_bundle_host(self, files);
    gboolean fine = TRUE;
    for (size_t i = 0; i < SSK_BUNDLE_REPORTS && fine; i++) {
        GString *text = g_string_new(NULL);
        ssk_writer_find(report_formats[i])->write(self->shared, &host, text);
        fine = ssk_bundle_write_text(self->paths[SSK_BUNDLE_README + 1 + i], text, error);
        g_string_free(text, TRUE);
    }
    return fine;
}

static gboolean add_sum(const char *path, const char *name, GString *text, GError **error)
{
    FILE *file = g_fopen(path, "rb");
    if (!file) {
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", path, g_strerror(errno));
        return FALSE;
    }
    GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);
    uint8_t bytes[16384];
    size_t n;
    while ((n = fread(bytes, 1, sizeof bytes, file)) > 0)
        g_checksum_update(sum, bytes, (gssize)n);
    bool fine = !ferror(file);
    fclose(file);
    g_string_append_printf(text, "%s  %s\n", g_checksum_get_string(sum), name);
    g_checksum_free(sum);
    if (!fine)
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: cannot be read back", path);
    return fine;
}

static gboolean write_sums(ssk_bundle *self, GError **error)
{
    GString *text = g_string_new(NULL);
    gboolean fine = TRUE;
    for (size_t i = 0; i < SSK_BUNDLE_N_FILES && fine; i++)
        if (i != SSK_BUNDLE_SUMS && ssk_bundle_has(self, i))
            fine = add_sum(self->paths[i], ssk_bundle_files[i], text, error);
    fine = fine && ssk_bundle_write_text(self->paths[SSK_BUNDLE_SUMS], text, error);
    g_string_free(text, TRUE);
    return fine;
}

/* ---- the check ---- */

/** The keys of a JSON report: ours, whatever stands behind them. */
static void allow_keys(ssk_leak *leak, const char *json)
{
    for (const char *at = json; (at = strchr(at, '"')); at++) {
        size_t n = 0;
        while (g_ascii_islower(at[1 + n]) || at[1 + n] == '_')
            n++;
        if (!n || at[1 + n] != '"' || at[2 + n] != ':')
            continue;
        char *key = g_strndup(at + 1, n);
        ssk_leak_allow_words(leak, key);
        g_free(key);
    }
}

/** A host may be called "timestamp", which the reports say of every capture. */
static void allow_own_words(ssk_bundle *self, ssk_leak *leak)
{
    ssk_host_file files[SSK_BUNDLE_SOURCES];
    ssk_host host = ssk_bundle_host(self, files);
    ssk_result *nothing = ssk_result_new(&self->config);
    GString *text = g_string_new(NULL);
    size_t n_causes;
    for (size_t i = 0; i < SSK_BUNDLE_REPORTS; i++)
        ssk_writer_find(report_formats[i])->write(nothing, &host, text);
    ssk_leak_allow_words(leak, text->str);
    g_string_truncate(text, 0);
    ssk_writer_find("json")->write(self->shared, &host, text);
    allow_keys(leak, text->str);
    const ssk_cause_words *causes = ssk_cause_words_table(&n_causes);
    for (size_t i = 0; i < n_causes; i++) {
        ssk_leak_allow_words(leak, causes[i].name);
        ssk_leak_allow_words(leak, causes[i].meaning);
    }
    g_string_free(text, TRUE);
    ssk_result_free(nothing);
}

/** The comments of capture.pcapng: made of what was scrubbed, so no word in them is the input's. */
static void allow_own_comments(ssk_bundle *self, ssk_leak *leak)
{
    ssk_host_file files[SSK_BUNDLE_SOURCES];
    ssk_host host = ssk_bundle_host(self, files);
    ssk_comments *comments = ssk_comments_new(self->shared, &host);
    ssk_leak_allow(leak, comments->summary);
    for (size_t i = 0; i < comments->n; i++)
        ssk_leak_allow(leak, comments->list[i].text);
    ssk_comments_free(comments);
}

static void learn_leak(ssk_bundle *self, const ssk_event *event, void *user)
{
    (void)self;
    ssk_leak_learn(user, event);
}

static ssk_leak *new_leak(ssk_bundle *self)
{
    bool full = self->options->scrub == SSK_SCRUB_FULL;
    ssk_leak *leak = ssk_leak_new(full ? ssk_scrub_pseudonym(self->sides[0].scrub) : NULL,
                                  self->profiles);
    allow_own_words(self, leak);
    for (unsigned i = 0; i < self->n; i++) {
        for (char *const *path = self->sides[i].paths; *path; path++)
            ssk_leak_learn_file(leak, *path);
        ssk_bundle_read(self, i, false, learn_leak, leak);
    }
    ssk_bundle_read_logs(self, self->begin, false, learn_leak, leak);
    allow_own_comments(self, leak);
    return leak;
}

static void compare_frames(ssk_bundle *self, unsigned view, ssk_leak *leak)
{
    const char *name = ssk_bundle_files[ssk_bundle_capture(self, view)];
    ssk_reader *reader = ssk_bundle_open(self, view, false, true);
    ssk_event original;
    while (ssk_bundle_next(self, view, reader, false, &original)) {
        ssk_event scrubbed = original;
        if (original.kind != SSK_EVENT_FRAME)
            continue;
        ssk_scrub_frame(self->sides[view].scrub, &scrubbed);
        ssk_leak_compare(leak, name, &original, &scrubbed);
    }
    ssk_reader_free(reader);
}

/** Before the bundle takes its name. */
static gboolean check_leaks(ssk_bundle *self, GError **error)
{
    if (!self->options->check)
        return TRUE;
    ssk_leak *leak = new_leak(self);
    gboolean fine = TRUE;
    for (unsigned i = 0; i < self->n; i++)
        compare_frames(self, i, leak);
    for (size_t i = 0; i < SSK_BUNDLE_N_FILES && fine; i++)
        if (ssk_bundle_has(self, i))
            fine = ssk_leak_search(leak, self->paths[i], ssk_bundle_files[i], error);
    if (fine && ssk_leak_found(leak)) {
        fprintf(stderr, "%s", ssk_leak_text(leak));
        g_set_error(error, SSK_OUTPUT_ERROR, 0,
                    "--check: %" G_GSIZE_FORMAT " places hold what the "
                    "input held; no bundle was made",
                    ssk_leak_found(leak));
        fine = FALSE;
    }
    ssk_leak_free(leak);
    return fine;
}

/* ---- the command ---- */

static gboolean take_key(ssk_bundle *self, GError **error)
{
    FILE *random = fopen("/dev/urandom", "rb");
    bool fine = random && fread(self->key, 1, sizeof self->key, random) == sizeof self->key;
    if (random)
        fclose(random);
    if (!fine)
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "/dev/urandom: cannot be read");
    return fine;
}

static gboolean write_captures(ssk_bundle *self, GError **error)
{
    gboolean fine = TRUE;
    for (unsigned i = 0; i < self->n; i++)
        g_strlcpy(self->sides[i].called, ssk_bundle_files[ssk_bundle_capture(self, i)],
                  sizeof self->sides[i].called);
    for (unsigned i = 0; i < self->n && fine; i++)
        fine = ssk_bundle_write_capture(self, i, error);
    return fine;
}

static gboolean make(ssk_bundle *self, GError **error)
{
    self->original = ssk_bundle_analyse(self, false, &self->views, error);
    if (!self->original)
        return FALSE;
    if (self->nothing)
        return TRUE;
    self->shared = self->original;
    if (self->options->scrub != SSK_SCRUB_OFF) {
        make_scrubs(self);
        ssk_views_free(self->views);
        self->shared = ssk_bundle_analyse(self, true, &self->views, error);
    }
    if (self->log_error) {
        g_propagate_error(error, g_steal_pointer(&self->log_error));
        return FALSE;
    }
    return ssk_bundle_open_stage(self, error) && write_captures(self, error) &&
           ssk_bundle_write_log(self, error) && write_reports(self, error) &&
           ssk_bundle_write_readme(self, error) && write_sums(self, error) &&
           check_leaks(self, error) && ssk_bundle_publish(self, error);
}

/** A folder of such a name would be a surprise. */
static bool is_other_archive(const char *path)
{
    static const char *const endings[] = {".zip", ".7z", ".tar", ".tar.xz", ".tar.bz2", ".tar.zst"};
    for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
        if (g_str_has_suffix(path, endings[i]))
            return true;
    return false;
}

static gboolean check_usage(const ssk_options *options, GError **error)
{
    for (char **path = options->arguments; *path; path++)
        if (ssk_source_is_pipe(*path)) {
            char *name = ssk_source_name(*path);
            g_set_error(error, SSK_OPTIONS_ERROR, 0,
                        "%s: bundle reads its input several times; give a file", name);
            g_free(name);
            return FALSE;
        }
    if (!options->output || !*options->output || !strcmp(options->output, "-"))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "bundle: give -o FOLDER or -o FILE.tar.gz");
    else if (is_other_archive(options->output))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "-o %s: must be FOLDER, FILE.tar.gz or FILE.tgz",
                    options->output);
    else if (ssk_options_output_is_input(options))
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "-o %s: is one of the inputs", options->output);
    else if (options->check && options->scrub == SSK_SCRUB_OFF)
        g_set_error(error, SSK_OPTIONS_ERROR, 0,
                    "--check: with --scrub=off all of the input is left");
    else
        return TRUE;
    return FALSE;
}

static char *without_slash(const char *path)
{
    char *copied = g_strdup(path);
    size_t n = strlen(copied);
    while (n > 1 && copied[n - 1] == '/')
        copied[--n] = 0;
    return copied;
}

/** @return of char **, which the sides borrow: ssk_compare_sides() */
static GPtrArray *take_sides(ssk_bundle *self, GError **error)
{
    GPtrArray *paths = ssk_compare_sides(self->options->arguments);
    if (paths->len > SSK_VIEWS_MOST)
        g_set_error(error, SSK_OPTIONS_ERROR, 0, "bundle takes up to %d captures; these are %u",
                    SSK_VIEWS_MOST, paths->len);
    self->n = MIN(paths->len, SSK_VIEWS_MOST);
    for (unsigned i = 0; i < self->n; i++)
        self->sides[i].paths = paths->pdata[i];
    return paths;
}

static void clear(ssk_bundle *self)
{
    for (unsigned i = self->n; i-- > 0;) /* the first one holds what they share */
        ssk_scrub_free(self->sides[i].scrub);
    ssk_views_free(self->views);
    if (self->shared && self->shared != self->original)
        ssk_result_free(self->shared);
    if (self->original)
        ssk_result_free(self->original);
    g_hash_table_destroy(self->numbers);
    g_clear_error(&self->log_error);
    for (size_t i = 0; i <= SSK_BUNDLE_N_FILES; i++)
        g_free(self->paths[i]);
    g_free(self->stage);
    g_free(self->target);
    ssk_profile_set_free(self->profiles);
}

static int run_bundle(const ssk_options *options)
{
    ssk_bundle self = {.options = options, .config = options->config};
    GPtrArray *paths = NULL;
    GError *error = NULL;

    self.profiles = ssk_profiles_load();
    self.numbers = g_hash_table_new(NULL, NULL);
    if (check_usage(options, &error)) {
        self.target = without_slash(options->output);
        self.archive = g_str_has_suffix(self.target, ".tar.gz") ||
                       g_str_has_suffix(self.target, ".tgz");
        paths = take_sides(&self, &error);
        if (!error && ssk_bundle_check_target(&self, &error) && take_key(&self, &error) &&
            (!options->profile ||
             ssk_profiles_choose(self.profiles, options->profile, &self.config, &error)))
            make(&self, &error);
    }
    ssk_bundle_remove_stage(&self);
    clear(&self);
    if (paths)
        g_ptr_array_free(paths, TRUE);
    if (error) {
        bool input = error->domain == SSK_SOURCE_ERROR;
        int status = ssk_output_complain(error);
        return input ? SSK_EXIT_INPUT : status;
    }
    return self.input_failed ? SSK_EXIT_INPUT : SSK_EXIT_DONE;
}

const ssk_command ssk_command_bundle = {
    .name = "bundle",
    .arguments = "FILE... -o FOLDER|FILE.tar.gz",
    .help = "Pack reports and the packets around the stalls for somebody else.",
    .more =
        "The bundle holds report.html, report.json, report.md, capture.pcapng (the packets "
        "a minute around each stall, with comments), app.log where logs were given, README.txt for the "
        "receiver and SHA256SUMS. Several captures of the same traffic are compared, as by compare, and "
        "become capture-a.pcapng, capture-b.pcapng and so on; the files of a ring, those of a folder, and "
        "ONE,TWO are one capture.\n"
        "Payload is emptied in the capture, the program's own words in its log, names become other "
        "names, and the reports are made "
        "from what is left: the same stalls, verdicts and evidence. README.txt lists what was "
        "removed, what was not, and whether that changed the analysis. IP and MAC addresses "
        "stay unless --scrub=full is given: then each is replaced by the same pseudonym everywhere, "
        "by a random key that is not kept.",
    .core_options = true,
    .min_arguments = 1,
    .run = run_bundle,
};
