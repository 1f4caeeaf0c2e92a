/* story_view.c - captures that were held against each other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include "report/phrase.h"
#include "report/safe_text.h"

/* Flows whose losses are told one by one. */
#define FLOWS_TOLD 12

static char base_letter(const ssk_result *result)
{
    return result->views[result->n_views - 1].letter;
}

static void put_view(const ssk_story *story, const ssk_result_view *view, GString *line)
{
    const ssk_host *host = story->host;
    char base = base_letter(story->result);
    unsigned files = 0;
    if (host->of_interfaces)
        g_string_append_printf(line, "interface %u", view->given);
    for (size_t i = 0; i < host->n_files && !host->of_interfaces; i++) {
        if (!g_strcmp0(host->files[i].kind, "log") || host->files[i].capture != view->given)
            continue;
        if (!files++)
            ssk_safe_text_append(line, host->files[i].path);
    }
    if (files > 1) {
        g_string_append(line, " and ");
        ssk_phrase_count(line, files - 1, "file more", "files more");
    }
    if (files || host->of_interfaces)
        g_string_append(line, view->stands ? ", taken at " : "; ");
    if (view->stands) {
        ssk_safe_text_append(line, view->stands);
        g_string_append(line, "; ");
    }
    if (view->base)
        g_string_append(line, "this report is of it");
    else if (view->unrelated)
        g_string_append_printf(line, "it shares no traffic with capture %c and tells nothing of it",
                               base);
    else if (view->identical)
        g_string_append_printf(
            line,
            "it holds the very same packets as capture %c: nothing was lost, the clocks are equal",
            base);
    else {
        ssk_phrase_count(line, view->both, "packet", "packets");
        g_string_append_printf(line,
                               " in both, %" G_GUINT64_FORMAT
                               " only in capture %c, %" G_GUINT64_FORMAT " only here",
                               view->only_base, base, view->only_here);
    }
    if (view->flows) {
        g_string_append(line, "; ");
        ssk_phrase_count(line, view->flows, "conversation", "conversations");
        g_string_append_printf(line, " that capture %c could not see", base);
    }
}

static void put_sender(const ssk_result_flow *flow, ssk_side from, GString *line)
{
    ssk_phrase_addr(line, &flow->addr[from == SSK_SIDE_B ? SSK_B : SSK_A]);
}

/* "10.0.0.5 sent 7 packets (143 bytes), by this capture; none of them is in capture a". */
static void put_crossing(const ssk_result *result, const ssk_result_flow *flow,
                         const ssk_result_crossing *crossing, GString *line)
{
    const ssk_crossing_count *c = &crossing->count;
    char base = base_letter(result), sender = c->here_first ? base : c->view,
         receiver = c->here_first ? c->view : base;
    put_sender(flow, crossing->from, line);
    if (!c->sent) {
        g_string_append_printf(
            line, " sent nothing, by capture %c: whether that way was open cannot be known",
            sender);
        return;
    }
    g_string_append(line, " sent ");
    ssk_phrase_count(line, c->sent, "packet", "packets");
    if (c->sent_bytes) {
        g_string_append(line, " (");
        ssk_phrase_count(line, c->sent_bytes, "byte", "bytes");
        g_string_append_c(line, ')');
    }
    g_string_append_printf(line, ", by capture %c; ", sender);
    if (c->arrived == c->sent)
        g_string_append_printf(line, "capture %c has them all", receiver);
    else if (!c->arrived && !c->late)
        g_string_append_printf(line, "capture %c has none of them", receiver);
    else {
        g_string_append_printf(line, "capture %c has %" G_GUINT64_FORMAT " of them", receiver,
                               c->arrived + c->late);
        if (c->late) {
            g_string_append_printf(line, ", %" G_GUINT64_FORMAT " of these up to ", c->late);
            ssk_phrase_span(line, c->delay);
            g_string_append(line, " later");
        }
    }
    if (c->lost && c->lost_frames[0]) {
        size_t n = c->lost_frames[0] == c->lost_frames[1] ? 1 : 2;
        g_string_append_printf(line, "; lost, in capture %c", sender);
        ssk_phrase_frames(line, c->lost_frames, n);
    }
}

void ssk_story_crossings(const ssk_story *story, const ssk_result_stall *stall, ssk_story_row row,
                         void *user)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, stall->flow);
    GString *line = g_string_new(NULL);
    for (size_t i = 0; flow && i < stall->n_crossings; i++) {
        put_crossing(story->result, flow, &stall->crossings[i], ssk_phrase_begin(line));
        row(user, "meanwhile", line->str);
    }
    g_string_free(line, TRUE);
}

void ssk_story_views(const ssk_story *story, ssk_story_row row, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    size_t told = 0, more = 0;
    for (size_t i = 0; i < result->n_views; i++) {
        char label[] = "capture a";
        label[sizeof label - 2] = result->views[i].letter;
        put_view(story, &result->views[i], ssk_phrase_begin(line));
        row(user, label, line->str);
    }
    for (size_t i = 0; result->n_views && i < result->n_flows; i++)
        for (size_t k = 0; k < result->flows[i].n_crossings; k++) {
            const ssk_result_flow *flow = &result->flows[i];
            const ssk_result_crossing *crossing = &flow->crossings[k];
            if (!crossing->count.lost && !crossing->count.late)
                continue;
            if (told++ >= FLOWS_TOLD) {
                more++;
                continue;
            }
            g_string_append_printf(ssk_phrase_begin(line), "flow %u: ", flow->id);
            put_crossing(result, flow, crossing, line);
            row(user, "lost", line->str);
        }
    if (more) {
        ssk_phrase_count(ssk_phrase_begin(line), more, "more flow's direction",
                         "more directions of flows");
        row(user, "lost", line->str);
    }
    g_string_free(line, TRUE);
}
