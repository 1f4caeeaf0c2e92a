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

static void input_rows(const ssk_story *story, const ssk_result_input *input, GString *line,
                       ssk_story_row row, void *user)
{
    ssk_phrase_count(ssk_phrase_begin(line), input->packets, "packet", "packets");
    g_string_append(line, ", ");
    ssk_phrase_count(line, input->bytes, "byte", "bytes");
    if (input->records) {
        g_string_append(line, "; ");
        ssk_phrase_count(line, input->records, "record that is no packet",
                         "records that are no packets");
    }
    row(user, "packets", line->str);

    if (input->first != SSK_TIME_NONE && input->last != SSK_TIME_NONE) {
        ssk_story_time(story, input->first, ssk_phrase_begin(line));
        row(user, "from", line->str);
        ssk_story_time(story, input->last, ssk_phrase_begin(line));
        row(user, "to", line->str);
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
    put_problem(line, input->truncated_packets, "cut short by the snap length");
    put_problem(line, input->fragments, "later IP fragments");
    put_problem(line, input->backward_timestamps, "stamped earlier than the one before");
    put_problem(line, input->bad_timestamps, "without a usable time stamp");
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

void ssk_story_input(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);

    for (size_t i = 0; i < story->host->n_files; i++) {
        const ssk_host_file *file = &story->host->files[i];
        ssk_phrase_begin(line);
        ssk_safe_text_append(line, file->path);
        if (file->format) {
            g_string_append(line, " (");
            ssk_safe_text_append(line, file->format);
            g_string_append_c(line, ')');
        }
        if (file->has_dropped && file->dropped) {
            g_string_append(line, ", ");
            ssk_phrase_count(line, file->dropped, "packet", "packets");
            g_string_append(line, " lost by the capture tool, as it says itself");
        }
        row(user, "file", line->str);
        if (file->error) {
            ssk_phrase_begin(line);
            ssk_safe_text_append(line, file->error);
            row(user, "not read on", line->str);
        }
    }
    ssk_story_views(story, row, user);
    for (size_t i = 0; i < result->n_inputs; i++)
        input_rows(story, &result->inputs[i], line, row, user);

    ssk_phrase_begin(line);
    g_string_append(line, ssk_vantage_text(result->vantage.value));
    g_string_append(line, result->vantage.given ? ", as given" : ", inferred");
    if (result->vantage.why) {
        g_string_append(line, ": ");
        ssk_safe_text_append(line, result->vantage.why);
    }
    row(user, "taken at", line->str);
    g_string_free(line, TRUE);
}

/* What the datagrams' story is, for one who reads nothing else. */
static void put_udp_verdicts(const ssk_story *story, GString *out)
{
    enum { SHOWN = 3 };
    const ssk_result *result = story->result;
    size_t n = 0;
    for (size_t i = 0; i < result->n_udp; i++) {
        const ssk_result_udp *udp = &result->udp[i];
        if (!udp->judged || !udp->verdict.n_verdict || n++ >= SHOWN)
            continue;
        g_string_append_printf(out, " UDP flow %u: ", udp->flow);
        ssk_story_causes(story, &udp->verdict, udp->flow, out);
        if (udp->has_reception) {
            g_string_append(out, ", ");
            ssk_phrase_permille(out, udp->reception.delivered_permille);
            g_string_append(out, " came through");
        }
        if (udp->has_application) {
            g_string_append(out, ", and of what was captured the program received ");
            ssk_phrase_permille(out, udp->application.delivered_permille);
        }
        g_string_append_c(out, '.');
    }
    if (n > SHOWN)
        g_string_append_printf(out, " %" G_GSIZE_FORMAT " more UDP flows have a verdict.",
                               n - SHOWN);
}

void ssk_story_summary(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    if (!result->n_stalls)
        g_string_append(out, "No stall found");
    else
        ssk_phrase_count(out, result->n_stalls, "stall", "stalls");
    if (result->n_incidents) {
        g_string_append(out, " in ");
        ssk_phrase_count(out, result->n_incidents, "incident", "incidents");
    }
    g_string_append_c(out, '.');
    put_udp_verdicts(story, out);
}

void ssk_story_scope(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    uint64_t tcp = 0, udp = 0, with_period = 0, undecoded = 0;

    for (size_t i = 0; i < result->n_flows; i++) {
        const ssk_result_flow *flow = &result->flows[i];
        *(flow->transport == SSK_TCP ? &tcp : &udp) += 1;
        with_period += flow->dir[SSK_A].period || flow->dir[SSK_B].period;
    }
    for (size_t i = 0; i < result->n_inputs; i++)
        undecoded += result->inputs[i].undecoded_packets;

    ssk_phrase_count(line, tcp, "TCP connection", "TCP connections");
    g_string_append(line, " and ");
    ssk_phrase_count(line, udp, "UDP flow", "UDP flows");
    g_string_append_printf(line, ", %" G_GUINT64_FORMAT " of them with a regular message",
                           with_period);
    row(user, "looked at", line->str);

    ssk_phrase_begin(line);
    g_string_append(line, "a silence longer than ");
    ssk_phrase_span(line, result->config.min_gap);
    g_string_append(line,
                    " and than three periods, on a flow that owed a packet: a regular message, "
                    "unacknowledged data, an unanswered request or a handshake");
    row(user, "looked for", line->str);

    ssk_phrase_begin(line);
    g_string_append(line, "shorter silences; flows that owe nothing when they are quiet");
    if (with_period < tcp + udp)
        g_string_append(line, ", as those without a regular message may");
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
