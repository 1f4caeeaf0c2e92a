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

/* "flow 20 lacks 144 bytes , about 3 segments in one direction", "all flows". */
static void put_lack(const ssk_result_measurement *fault, GString *out)
{
    if (fault->n_flows)
        ssk_phrase_flows(out, fault->flows, fault->n_flows);
    else
        g_string_append(out, "all flows");
    if (fault->hidden_bytes >= 0) {
        g_string_append(out, fault->n_flows == 1 ? " lacks " : " lack ");
        ssk_phrase_count(out, (uint64_t)fault->hidden_bytes, "byte", "bytes");
    }
    if (fault->hidden_messages > 0) {
        g_string_append(out, ", about ");
        ssk_phrase_count(out, (uint64_t)fault->hidden_messages, "segment", "segments");
        g_string_append(out, " in one direction");
    }
}

static void put_occurrence(const ssk_story *story, const ssk_result_measurement *fault,
                           GString *out)
{
    ssk_story_time(story, fault->start, out);
    if (fault->duration) {
        g_string_append(out, ", for ");
        ssk_phrase_span(out, fault->duration);
    }
    if (fault->has_by) {
        g_string_append(out, ", by ");
        ssk_phrase_span(out, fault->by);
    }
    g_string_append(out, ": ");
    put_lack(fault, out);
}

void ssk_story_measurement(const ssk_story *story, const ssk_result_measurement *fault,
                           GString *out)
{
    gsize at = out->len;

    g_string_append(out, ssk_cause_name(fault->id));
    ssk_phrase_capitalise(out, at);
    g_string_append(out, " at ");
    put_occurrence(story, fault, out);
    g_string_append(out, ". ");
    g_string_append(out, ssk_cause_table[fault->id].meaning);
}

GArray *ssk_story_measurement_kinds(const ssk_result *result)
{
    GArray *kinds = g_array_new(FALSE, FALSE, sizeof(ssk_story_kind));
    for (size_t i = 0; i < result->n_measurement; i++) {
        ssk_cause_id id = result->measurement[i].id;
        guint k = 0;
        while (k < kinds->len && g_array_index(kinds, ssk_story_kind, k).id != id)
            k++;
        if (k == kinds->len) {
            ssk_story_kind kind = {id, i, 0};
            g_array_append_val(kinds, kind);
        }
        g_array_index(kinds, ssk_story_kind, k).count++;
    }
    return kinds;
}

static void put_kind(const ssk_story_kind *kind, GString *out)
{
    gsize at = out->len;
    g_string_append(out, ssk_cause_name(kind->id));
    ssk_phrase_capitalise(out, at);
    if (kind->count > 1)
        g_string_append_printf(out, " (%zu times)", kind->count);
    g_string_append(out, ". ");
    g_string_append(out, ssk_cause_table[kind->id].meaning);
}

/* What moved past a hole is in its line, how long a pause was too; the rest, in what they are. */
static bool is_in_its_line(const ssk_result_measurement *fault)
{
    return fault->id == SSK_CAUSE_CAPTURE_HOLE || fault->id == SSK_CAUSE_CAPTURE_PAUSE;
}

static void put_case(const ssk_story *story, const ssk_result_measurement *fault, bool evidence,
                     GString *line, const ssk_story_list *list, void *user)
{
    const bool told = is_in_its_line(fault);
    put_occurrence(story, fault, ssk_phrase_begin(line));
    if (told) {
        const uint32_t frames[] = {fault->frame_first, fault->frame_last};
        ssk_phrase_frames(line, frames, frames[0] == frames[1] ? 1 : 2);
    }
    list->item(user, line->str);
    for (size_t i = 0; i < fault->n_evidence && (evidence || !told); i++) {
        ssk_story_evidence(&fault->evidence[i], ssk_phrase_begin(line));
        list->item(user, line->str);
    }
}

void ssk_story_measurements(const ssk_story *story, size_t most, bool evidence,
                            const ssk_story_list *list, void *user)
{
    const ssk_result *result = story->result;
    GString *line = g_string_new(NULL);
    GArray *kinds = ssk_story_measurement_kinds(result);
    for (guint i = 0; i < kinds->len; i++) {
        const ssk_story_kind *kind = &g_array_index(kinds, ssk_story_kind, i);
        size_t shown = 0;
        put_kind(kind, ssk_phrase_begin(line));
        list->begin(user, line->str);
        for (size_t k = kind->first; k < result->n_measurement && shown < most; k++) {
            if (result->measurement[k].id != kind->id)
                continue;
            put_case(story, &result->measurement[k], evidence, line, list, user);
            shown++;
        }
        list->end(user, kind->count, shown);
    }
    g_array_free(kinds, TRUE);
    g_string_free(line, TRUE);
}

/* What a clock is read from, in words. */
typedef struct clock_source {
    const char *id, *one, *many;
} clock_source;

static const clock_source *source_of(const ssk_result_clock *clock)
{
    static const clock_source sources[] = {
        {"time-messages", "message with a time", "messages with times"},
        {"ping-pong", "answer with a time", "answers with times"},
        {"gdl90", "heartbeat with a time", "heartbeats with times"},
        {"two-captures", "packet in both captures", "packets in both captures"},
        {"log", "line of a log", "lines of a log"},
        {NULL, "sample", "samples"}};
    const clock_source *found = sources;
    while (found->id && g_strcmp0(found->id, clock->source) != 0)
        found++;
    return found;
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
    g_string_append(out, " (from ");
    ssk_phrase_count(out, clock->samples, source_of(clock)->one, source_of(clock)->many);
    g_string_append_printf(out, " of flow %u", clock->flow);
    if (clock->format) {
        g_string_append(out, ", ");
        ssk_safe_text_append(out, clock->format);
    }
    g_string_append_c(out, ')');
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
    return finding->id == SSK_CAUSE_RECURRING_STALL;
}

bool ssk_story_is_told(const ssk_result *result, const ssk_result_finding *finding)
{
    return finding->of_incident || (result->n_stalls && ssk_story_is_of_incidents(finding));
}

size_t ssk_story_untold(const ssk_result *result, const ssk_result_finding *list, size_t n)
{
    size_t untold = 0;
    for (size_t i = 0; i < n; i++)
        untold += !ssk_story_is_told(result, &list[i]);
    return untold;
}

void ssk_story_finding(const ssk_result_finding *finding, GString *out)
{
    gsize at = out->len;

    g_string_append(out, ssk_cause_name(finding->id));
    ssk_phrase_capitalise(out, at);
    g_string_append(out, ": ");
    ssk_safe_text_append(out, finding->text ? finding->text : ssk_cause_table[finding->id].meaning);
    ssk_phrase_frames(out, finding->frames, finding->n_frames);
}
