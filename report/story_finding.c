/* story_finding.c - faults of the measurement, clocks, and what was found beyond one flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/story.h"

#include <string.h>

#include "core/model/cause.h"
#include "report/phrase.h"
#include "report/safe_text.h"

/* Parts in 10^9. The quartz of a computer is off by so much at most. */
#define STEADY 100000

void ssk_story_measurement(const ssk_story *story, const ssk_result_measurement *fault,
                           GString *out)
{
    const ssk_cause_words *words = ssk_cause_words_find(fault->id);
    gsize at = out->len;

    ssk_safe_text_append(out, ssk_cause_name(fault->id));
    ssk_phrase_capitalise(out, at);
    g_string_append(out, " at ");
    ssk_story_time(story, fault->start, out);
    if (fault->duration) {
        g_string_append(out, ", ");
        ssk_phrase_span(out, fault->duration);
    }
    if (fault->has_by) {
        g_string_append(out, ", by ");
        ssk_phrase_span(out, fault->by);
    }
    if (fault->n_flows) {
        g_string_append(out, fault->n_flows == 1 ? ", flow " : ", flows ");
        for (size_t i = 0; i < MIN(fault->n_flows, SSK_PHRASE_FRAMES); i++)
            g_string_append_printf(out, "%s%u", i ? ", " : "", fault->flows[i]);
        if (fault->n_flows > SSK_PHRASE_FRAMES)
            g_string_append_printf(out, " and %zu more", fault->n_flows - SSK_PHRASE_FRAMES);
    } else {
        g_string_append(out, ", all flows");
    }
    if (fault->hidden_bytes >= 0) {
        g_string_append(out, "; not captured: ");
        ssk_phrase_count(out, (uint64_t)fault->hidden_bytes, "byte", "bytes");
    }
    if (fault->hidden_messages >= 0) {
        g_string_append(out, fault->hidden_bytes >= 0 ? ", " : "; not captured: ");
        ssk_phrase_count(out, (uint64_t)fault->hidden_messages, "message", "messages");
    }
    g_string_append(out, ". ");
    if (words)
        g_string_append(out, words->meaning);
}

void ssk_story_clock(const ssk_story *story, const ssk_result_clock *clock, GString *out)
{
    const ssk_result_flow *flow = ssk_result_find_flow(story->result, clock->flow);

    if (clock->view)
        g_string_append_printf(out, "Capture %c", clock->view);
    else if (flow && (clock->side == SSK_SIDE_A || clock->side == SSK_SIDE_B))
        ssk_phrase_addr(out, &flow->addr[clock->side == SSK_SIDE_A ? SSK_A : SSK_B]);
    else
        g_string_append_printf(out, "The sender of flow %u", clock->flow);
    g_string_append(out, "'s clock is ");
    ssk_phrase_span(out, clock->offset < 0 && clock->offset != INT64_MIN ? -clock->offset
                                                                         : clock->offset);
    g_string_append(out, clock->offset < 0 ? " behind" : " ahead of");
    g_string_append(out, clock->view ? " this report's capture's" : " the capture's");
    if (clock->one_way)
        g_string_append(out, ", the shortest delay included, since packets passed one way only");
    else {
        g_string_append(out, ", to within ");
        ssk_phrase_span(out, clock->error);
        if (clock->view)
            g_string_append(out, ", half of the shortest round trip between the two");
    }
    g_string_append(out, " (");
    ssk_safe_text_append(out, clock->source ? clock->source : "");
    if (clock->format) {
        g_string_append(out, ", ");
        ssk_safe_text_append(out, clock->format);
    }
    g_string_append(out, ", ");
    ssk_phrase_count(out, clock->samples, "sample", "samples");
    g_string_append_printf(out, ", flow %u)", clock->flow);
    if (clock->has_skew) {
        uint64_t ppb = (uint64_t)clock->skew_ppb;
        if (clock->skew_ppb < 0)
            ppb = -ppb;
        g_string_append_printf(out, "; it runs %" G_GUINT64_FORMAT ".%03u ppm %s", ppb / 1000,
                               (unsigned)(ppb % 1000), clock->skew_ppb < 0 ? "slow" : "fast");
    }
    for (size_t i = 0; i < clock->n_steps; i++) {
        g_string_append(out, i ? ", " : "; it stepped by ");
        ssk_phrase_span(out, clock->steps[i].by);
        g_string_append(out, " at ");
        ssk_story_time(story, clock->steps[i].at, out);
    }
    g_string_append_c(out, '.');
}

bool ssk_story_clock_agrees(const ssk_result_clock *clock)
{
    if (clock->one_way)
        return false; /* an unknown delay is in it */
    bool steady = !clock->has_skew || (clock->skew_ppb <= STEADY && clock->skew_ppb >= -STEADY);
    return clock->offset <= clock->error && clock->offset >= -clock->error && !clock->n_steps &&
           steady;
}

size_t ssk_story_agreeing_clocks(const ssk_story *story, GString *out)
{
    const ssk_result *result = story->result;
    ssk_span_ns within = 0;
    size_t n = 0;
    for (size_t i = 0; i < result->n_clocks; i++)
        if (ssk_story_clock_agrees(&result->clocks[i])) {
            within = MAX(within, result->clocks[i].error);
            n++;
        }
    if (!n)
        return 0;
    ssk_phrase_count(out, n, "clock agrees", "clocks agree");
    g_string_append(out, " with the capture's, to within ");
    ssk_phrase_span(out, within);
    g_string_append_c(out, '.');
    return n;
}

bool ssk_story_is_of_incidents(const ssk_result_finding *finding)
{
    return strcmp(finding->id, "recurring-stall") == 0;
}

void ssk_story_finding(const ssk_result_finding *finding, GString *out)
{
    const ssk_cause_words *words = ssk_cause_words_find(finding->id ? finding->id : "");
    gsize at = out->len;

    ssk_safe_text_append(out, words ? words->name : finding->id ? finding->id : "");
    ssk_phrase_capitalise(out, at);
    g_string_append(out, ": ");
    ssk_safe_text_append(out, finding->text ? finding->text : words ? words->meaning : "");
    ssk_phrase_frames(out, finding->frames, finding->n_frames);
}
