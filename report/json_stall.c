/* json_stall.c - incidents, and stalls with what is drawn around them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

void ssk_json_put_incident(ssk_json *json, const ssk_result_incident *incident)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_uint(json, "id", incident->id);
    ssk_json_addr(json, "host", &incident->host);
    ssk_json_time(json, "start", incident->start);
    ssk_json_time(json, "end", incident->end);
    ssk_json_numbers(json, "stalls", incident->stalls, incident->n_stalls);
    ssk_json_end(json);
}

static void put_consequence(ssk_json *json, const ssk_consequence *consequence)
{
    if (!consequence->any) {
        ssk_json_null(json, "consequence");
        return;
    }
    ssk_json_object(json, "consequence", SSK_JSON_INLINE);
    ssk_json_string(json, "id", ssk_cause_text(consequence->id));
    ssk_json_string(json, "by", ssk_side_text(consequence->by));
    ssk_json_known(json, "timeout_ns", consequence->timeout, consequence->timeout > 0);
    ssk_json_numbers(json, "frames", &consequence->frame, consequence->frame != 0);
    ssk_json_end(json);
}

static void put_timeline(ssk_json *json, const ssk_timeline *timeline)
{
    if (json->lean)
        return;
    if (!timeline) {
        ssk_json_null(json, "timeline");
        return;
    }
    ssk_json_object(json, "timeline", SSK_JSON_LINES);
    ssk_json_time(json, "from", timeline->from);
    ssk_json_time(json, "to", timeline->to);
    ssk_json_array(json, "lanes", SSK_JSON_LINES);
    for (size_t i = 0; i < timeline->n_lanes; i++) {
        const ssk_lane *lane = &timeline->lanes[i];
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_string(json, "name", lane->name);
        ssk_json_known(json, "flow", lane->flow, lane->flow != 0);
        ssk_json_string(json, "from", ssk_side_text(lane->from));
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_array(json, "marks", SSK_JSON_LINES);
    for (size_t i = 0; i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_time(json, "at", mark->at);
        ssk_json_uint(json, "lane", mark->lane);
        ssk_json_string(json, "kind", ssk_mark_text(mark->kind));
        ssk_json_known(json, "frame", mark->frame, mark->frame != 0);
        if (mark->text)
            ssk_json_string(json, "text", mark->text);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "marks_dropped", timeline->marks_dropped);
    ssk_json_end(json);
}

static void put_debt(ssk_json *json, const ssk_result_stall *stall)
{
    if (!stall->debt.name) {
        ssk_json_null(json, "debt");
        return;
    }
    ssk_json_object(json, "debt", SSK_JSON_INLINE);
    ssk_json_string(json, "kind", stall->debt.name);
    ssk_json_string(json, "debtor", ssk_side_text(stall->debt.debtor));
    ssk_json_known(json, "frame", stall->debt.frame, stall->debt.frame != 0);
    ssk_json_end(json);
}

void ssk_json_put_stall(ssk_json *json, const ssk_result_stall *stall)
{
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_uint(json, "id", stall->id);
    ssk_json_uint(json, "incident", stall->incident);
    ssk_json_uint(json, "flow", stall->flow);
    ssk_json_string(json, "direction", ssk_side_text(stall->direction));
    ssk_json_string(json, "client", ssk_side_text(stall->client));
    ssk_json_bool(json, "client_guessed", stall->client_guessed);
    ssk_json_string(json, "kind", ssk_stall_kind_text(stall->kind));
    put_debt(json, stall);
    ssk_json_time(json, "start", stall->start);
    ssk_json_time(json, "end", stall->end);
    ssk_json_int(json, "duration_ns", stall->duration);
    ssk_json_bool(json, "open", stall->open);
    ssk_json_time(json, "cause_end", stall->cause_end);
    ssk_json_known(json, "frame_before", stall->frame_before, stall->frame_before != 0);
    ssk_json_known(json, "frame_after", stall->frame_after, stall->frame_after != 0);
    ssk_json_known(json, "missed", stall->missed, stall->missed >= 0);
    ssk_json_known(json, "attempts", stall->attempts, stall->attempts >= 0);
    ssk_json_known(json, "recovery_tail_ns", stall->recovery_tail, stall->recovery_tail >= 0);
    ssk_json_time(json, "next_retry", stall->next_retry);
    ssk_json_known(json, "new_flow", stall->new_flow, stall->new_flow != 0);
    ssk_json_known(json, "waits_for", stall->waits_for, stall->waits_for != 0);
    put_consequence(json, &stall->consequence);
    ssk_json_string(json, "filter", stall->filter);
    ssk_json_string(json, "recovery", ssk_recovery_text(stall->recovery));
    ssk_json_put_verdict(json, &stall->verdict);
    ssk_json_put_crossings(json, stall->crossings, stall->n_crossings);
    ssk_json_put_exchange(json, stall);
    put_timeline(json, stall->timeline);
    ssk_json_end(json);
}
