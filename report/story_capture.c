/* story_capture.c - what was read, what came of it, and what it does not show.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/limit.h"
#include "report/story.h"

#include <string.h>

#include "report/phrase.h"
#include "report/safe_text.h"

void ssk_story_program(const ssk_story *story, GString *out)
{
    const ssk_host *host = story->host;
    g_string_append(out, "stallshark ");
    ssk_safe_text_append(out, host->version ? host->version : "");
    if (host->wireshark && strcmp(host->program, "stallshark") != 0) {
        g_string_append(out, " in ");
        ssk_safe_text_append(out, host->program);
        g_string_append_c(out, ' ');
        ssk_safe_text_append(out, host->wireshark);
    }
}

static void put_problem(GString *line, uint64_t count, const char *what)
{
    if (count)
        g_string_append_printf(line, "%s%" G_GUINT64_FORMAT " %s", line->len ? ", " : "", count,
                               what);
}

/* "2026-11-22 12:07:55.696 to 12:08:44.096 +00:00": the day once where it is the same. */
static void put_stretch(const ssk_story *story, const ssk_result_input *input, GString *line)
{
    enum { DAY = 11, MOMENT = 23 };
    GString *first = g_string_new(NULL), *last = g_string_new(NULL);
    ssk_story_clock_time(story, input->first, first);
    ssk_story_clock_time(story, input->last, last);
    bool same = first->len == last->len && first->len > MOMENT &&
                strncmp(first->str, last->str, DAY) == 0 &&
                strcmp(first->str + MOMENT, last->str + MOMENT) == 0;
    if (same)
        g_string_append_len(line, first->str, MOMENT);
    else
        g_string_append(line, first->str);
    g_string_append(line, " to ");
    g_string_append(line, same ? last->str + DAY : last->str);
    g_string_free(first, TRUE);
    g_string_free(last, TRUE);
}

/* @return what one of several captures is called, as in "capture a"; NULL: there is but one */
static char *name_of(const ssk_result *result, size_t input)
{
    for (size_t i = 0; i < result->n_views; i++)
        if (result->views[i].input == input)
            return g_strdup_printf("capture %c", result->views[i].letter);
    return NULL;
}

/* @param file of the only one; NULL: files have rows of their own
 * @param name of one of several captures; NULL */
static void input_rows(const ssk_story *story, const ssk_result_input *input, const char *file,
                       const char *name, GString *line, ssk_story_row row, void *user)
{
    ssk_phrase_begin(line);
    if (file)
        g_string_append_printf(line, "%s, ", file);
    ssk_phrase_count(line, input->packets, "packet", "packets");
    g_string_append(line, ", ");
    ssk_phrase_count(line, input->bytes, "byte", "bytes");
    if (input->records) {
        g_string_append(line, "; ");
        ssk_phrase_count(line, input->records, "record that is not a packet",
                         "records that are not packets");
    }
    row(user, file ? "file" : name ? name : "packets", line->str);

    if (input->first != SSK_TIME_NONE && input->last != SSK_TIME_NONE) {
        put_stretch(story, input, ssk_phrase_begin(line));
        if (input->last > input->first) {
            g_string_append(line, " (");
            ssk_phrase_span(line, input->last - input->first);
            g_string_append_c(line, ')');
        }
        if (input->backward_timestamps) {
            g_string_append(line, "; ");
            ssk_phrase_count(line, input->backward_timestamps, "timestamp", "timestamps");
            g_string_append(line, " out of order");
        }
        row(user, "time", line->str);
    }

    ssk_phrase_begin(line);
    for (size_t i = 0; i < input->n_interfaces; i++) {
        g_string_append_printf(line, "%s%u", i ? ", " : "", input->interfaces[i].id);
        if (input->interfaces[i].name) {
            g_string_append_c(line, ' ');
            ssk_safe_text_append(line, input->interfaces[i].name);
        }
        g_string_append_printf(line, " (link type %u)", input->interfaces[i].linktype);
    }
    if (input->n_interfaces > 1)
        row(user, "interfaces", line->str);

    ssk_phrase_begin(line);
    put_problem(line, input->undecoded_packets, "not decoded");
    put_problem(line, input->truncated_packets, "truncated by the snap length");
    put_problem(line, input->fragments, "later IP fragments");
    put_problem(line, input->bad_timestamps, "without a usable timestamp");
    if (line->len)
        row(user, "of these", line->str);
    for (size_t i = 0; i < input->n_undecoded; i++) {
        ssk_phrase_begin(line);
        ssk_safe_text_append(line, input->undecoded[i].what);
        g_string_append(line, ": ");
        ssk_phrase_count(line, input->undecoded[i].packets, "packet", "packets");
        row(user, "not decoded", line->str);
    }
}

static void put_file(const ssk_host_file *file, GString *line)
{
    ssk_safe_text_append(line, file->path);
    if (file->format) {
        g_string_append(line, " (");
        ssk_safe_text_append(line, file->format);
        g_string_append_c(line, ')');
    }
    if (file->has_dropped && file->dropped) {
        g_string_append(line, ", ");
        ssk_phrase_count(line, file->dropped, "packet", "packets");
        g_string_append(line, " dropped by the capture tool, by its own count");
    }
}

static void put_error(const ssk_host_file *file, GString *line, ssk_story_row row, void *user)
{
    ssk_safe_text_append(ssk_phrase_begin(line), file->error);
    row(user, "read error", line->str);
}

void ssk_story_input(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);

    const bool one = story->host->n_files == 1 && result->n_inputs == 1;
    char *file = NULL;
    for (size_t i = 0; i < story->host->n_files; i++) {
        put_file(&story->host->files[i], ssk_phrase_begin(line));
        if (one)
            file = g_strdup(line->str);
        else
            row(user, "file", line->str);
        if (story->host->files[i].error && !one)
            put_error(&story->host->files[i], line, row, user);
    }
    for (size_t i = 0; i < result->n_inputs; i++) {
        char *name = name_of(result, i);
        input_rows(story, &result->inputs[i], file, name, line, row, user);
        g_free(name);
    }
    if (one && story->host->files[0].error)
        put_error(&story->host->files[0], line, row, user);
    g_free(file);

    ssk_phrase_begin(line);
    g_string_append(line, ssk_vantage_text(result->vantage.value));
    if (result->vantage.given || result->vantage.value != SSK_VANTAGE_UNKNOWN)
        g_string_append(line, result->vantage.given ? ", as given" : ", inferred");
    if (result->vantage.why && !result->vantage.given) {
        g_string_append(line, ": ");
        ssk_safe_text_append(line, result->vantage.why);
    }
    row(user, "captured at", line->str);
    g_string_free(line, TRUE);
}

void ssk_story_scope(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    uint64_t with_period = 0, undecoded = 0;

    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        with_period += flow->dir[SSK_A].period || flow->dir[SSK_B].period;
    }
    for (size_t i = 0; i < result->n_inputs; i++)
        undecoded += result->inputs[i].undecoded_packets;

    if (with_period)
        ssk_phrase_count(line, with_period, "flow sends or declares", "flows send or declare");
    else
        g_string_append(line, "no flow sends");
    g_string_append(line, " a regular message");
    row(user, "looked at", line->str);

    ssk_phrase_begin(line);
    g_string_append(line, "a silence longer than ");
    ssk_phrase_span(line, result->config.min_gap);
    g_string_append(line,
                    " and than three periods, on a flow that owed a packet: a regular message, "
                    "unacknowledged data, an unanswered request or a handshake");
    row(user, "looked for", line->str);

    ssk_phrase_begin(line);
    g_string_append(line, "shorter silences; flows that owe nothing while they are quiet");
    g_string_append(line, "; what happened before the capture began");
    if (undecoded) {
        g_string_append(line, "; ");
        ssk_phrase_count(line, undecoded, "packet", "packets");
        g_string_append(line, " that could not be decoded");
    }
    if (result->limits.flows_evicted || result->limits.facts_dropped)
        g_string_append(line, "; what the limits below cost");
    row(user, "not visible", line->str);
    g_string_free(line, TRUE);
}

bool ssk_story_has_limits(const ssk_story *story)
{
    for (const ssk_limit *limit = ssk_limits; limit->label; limit++)
        if (ssk_limit_count(limit, story->result))
            return true;
    return false;
}

void ssk_story_limits(const ssk_story *story, ssk_story_row row, void *user)
{
    for (const ssk_limit *limit = ssk_limits; limit->label; limit++) {
        uint64_t count = ssk_limit_count(limit, story->result);
        if (!count)
            continue;
        char *text = g_strdup_printf("%" G_GUINT64_FORMAT " %s", count, limit->means);
        row(user, limit->label, text);
        g_free(text);
    }
}
