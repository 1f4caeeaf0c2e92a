/* json_finding.c - faults of the measurement, clocks, logs, and what was found beyond one flow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

void ssk_json_put_measurement(ssk_json *json, const ssk_result_measurement *fault)
{
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_string(json, "id", ssk_cause_text(fault->id));
    ssk_json_time(json, "start", fault->start);
    ssk_json_time(json, "end", fault->end);
    ssk_json_int(json, "duration_ns", fault->duration);
    ssk_json_known(json, "by_ns", fault->by, fault->has_by);
    if (fault->n_flows)
        ssk_json_numbers(json, "flows", fault->flows, fault->n_flows);
    else
        ssk_json_string(json, "flows", "all");
    ssk_json_put_evidence(json, "evidence", fault->evidence, fault->n_evidence);
    ssk_json_known(json, "hidden_bytes", fault->hidden_bytes, fault->hidden_bytes >= 0);
    ssk_json_known(json, "hidden_messages", fault->hidden_messages, fault->hidden_messages >= 0);
    ssk_json_end(json);
}

void ssk_json_put_clock(ssk_json *json, const ssk_result_clock *clock)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_uint(json, "flow", clock->flow);
    ssk_json_string(json, "source", clock->source);
    ssk_json_string(json, "side", ssk_side_text(clock->side));
    ssk_json_string(json, "format", clock->format);
    ssk_json_int(json, "offset_ns", clock->offset);
    if (clock->has_skew)
        ssk_json_thousandths(json, "skew_ppm", clock->skew_ppb);
    else
        ssk_json_null(json, "skew_ppm");
    ssk_json_array(json, "steps", SSK_JSON_INLINE);
    for (size_t i = 0; i < clock->n_steps; i++) {
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_time(json, "at", clock->steps[i].at);
        ssk_json_int(json, "by_ns", clock->steps[i].by);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_int(json, "error_ns", clock->error);
    ssk_json_uint(json, "samples", clock->samples);
    ssk_json_put_series(json, "offset_over_time_ns", &clock->offset_over_time);
    if (clock->view) {
        ssk_json_string(json, "view", (const char[]){clock->view, '\0'});
        ssk_json_bool(json, "one_way", clock->one_way);
        ssk_json_time(json, "at", clock->at);
    }
    ssk_json_end(json);
}

void ssk_json_put_log(ssk_json *json, const ssk_result_log *log)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "name", log->name);
    ssk_json_string(json, "source", log->source);
    ssk_json_string(json, "connection", log->connection);
    ssk_json_uint(json, "lines", log->lines);
    ssk_json_time(json, "first", log->first);
    ssk_json_time(json, "last", log->last);
    ssk_json_uint(json, "sent", log->sent);
    ssk_json_uint(json, "received", log->received);
    ssk_json_known(json, "flow", log->flow, log->flow != 0);
    ssk_json_string(json, "side", ssk_side_text(log->side));
    ssk_json_uint(json, "matched", log->matched);
    ssk_json_known(json, "offset_ns", log->offset, log->has_offset);
    ssk_json_known(json, "error_ns", log->error, log->has_offset);
    ssk_json_end(json);
}

void ssk_json_put_counter(ssk_json *json, const ssk_result_counter *counter)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "name", counter->name);
    ssk_json_string(json, "counter", counter->counter);
    ssk_json_known(json, "port", counter->port, counter->port != 0);
    char *peer = counter->peer_port
                     ? g_strdup_printf(strchr(counter->peer ? counter->peer : "", ':') ? "[%s]:%u"
                                                                                       : "%s:%u",
                                       counter->peer ? counter->peer : "", counter->peer_port)
                     : NULL;
    ssk_json_string(json, "peer", peer);
    g_free(peer);
    ssk_json_uint(json, "readings", counter->readings);
    ssk_json_time(json, "first", counter->first);
    ssk_json_time(json, "last", counter->last);
    ssk_json_uint(json, "increase", counter->increase);
    ssk_json_end(json);
}

void ssk_json_put_finding(ssk_json *json, const ssk_result_finding *finding)
{
    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "id", ssk_cause_text(finding->id));
    ssk_json_string(json, "severity", finding->severity);
    ssk_json_string(json, "text", finding->text);
    ssk_json_numbers(json, "flows", finding->flows, finding->n_flows);
    ssk_json_numbers(json, "frames", finding->frames, finding->n_frames);
    ssk_json_end(json);
}
