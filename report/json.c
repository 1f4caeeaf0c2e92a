/* json.c - the report as stallshark/1 JSON.
 *
 * docs/report.md describes every key, report/schema.json is the contract: keys
 * may be added, never renamed or given another meaning.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/text.h"
#include "report/formats.h"
#include "report/json_stream.h"

#define LINES SSK_JSON_LINES
#define INLINE SSK_JSON_INLINE

/* ---- values that may be unknown ---- */

static void put_time(ssk_json *json, const char *key, ssk_time_ns time)
{
    char buf[SSK_TEXT_ROOM];
    ssk_json_string(json, key, time == SSK_TIME_NONE ? NULL : ssk_time_epoch(time, buf));
}

static void put_known(ssk_json *json, const char *key, int64_t value, bool known)
{
    if (known)
        ssk_json_int(json, key, value);
    else
        ssk_json_null(json, key);
}

static void put_addr(ssk_json *json, const char *key, const ssk_addr *addr)
{
    char buf[SSK_TEXT_ROOM];
    ssk_json_string(json, key, addr->family ? ssk_addr_text(addr, buf) : NULL);
}

static void put_numbers(ssk_json *json, const char *key, const uint32_t *list, size_t count)
{
    ssk_json_array(json, key, INLINE);
    for (size_t i = 0; i < count; i++)
        ssk_json_uint(json, NULL, list[i]);
    ssk_json_end(json);
}

/* ---- host, config, inputs, vantage ---- */

static void put_host(ssk_json *json, const ssk_host *host)
{
    ssk_json_object(json, "host", LINES);
    ssk_json_string(json, "program", host->program);
    ssk_json_string(json, "version", host->version);
    ssk_json_string(json, "wireshark", host->wireshark);
    ssk_json_array(json, "files", LINES);
    for (size_t i = 0; i < host->n_files; i++) {
        const ssk_host_file *file = &host->files[i];
        ssk_json_object(json, NULL, INLINE);
        ssk_json_string(json, "path", file->path);
        ssk_json_string(json, "format", file->format);
        ssk_json_string(json, "kind", file->kind);
        put_known(json, "first_frame", file->first_frame, file->first_frame != 0);
        if (file->has_dropped)
            ssk_json_uint(json, "dropped", file->dropped);
        else
            ssk_json_null(json, "dropped");
        ssk_json_string(json, "error", file->error);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_array(json, "decrypted_flows", INLINE);
    for (size_t i = 0; i < host->n_decrypted_flows; i++)
        ssk_json_string(json, NULL, host->decrypted_flows[i]);
    ssk_json_end(json);
    ssk_json_end(json);
}

static void put_option(ssk_json *json, const ssk_config *config, const ssk_option *option)
{
    const char *field = (const char *)config + option->offset;

    switch (option->kind) {
    case SSK_OPTION_SPAN: {
        char *key = g_strconcat(option->name, "_ns", NULL);
        ssk_span_ns span;
        memcpy(&span, field, sizeof span);
        put_known(json, key, span, span != 0 || !option->zero_is_auto);
        g_free(key);
        break;
    }
    case SSK_OPTION_TIME: {
        ssk_time_ns time;
        memcpy(&time, field, sizeof time);
        put_time(json, option->name, time);
        break;
    }
    case SSK_OPTION_COUNT: {
        int64_t count;
        memcpy(&count, field, sizeof count);
        put_known(json, option->name, count, count != 0 || !option->zero_is_auto);
        break;
    }
    case SSK_OPTION_CHOICE: {
        char *choice = ssk_config_get(config, option);
        ssk_json_string(json, option->name, choice);
        g_free(choice);
        break;
    }
    case SSK_OPTION_TEXT:
        ssk_json_string(json, option->name, *field ? field : NULL);
        break;
    }
}

static void put_config(ssk_json *json, const ssk_config *config)
{
    size_t count;
    const ssk_option *options = ssk_config_options(&count);

    ssk_json_object(json, "config", LINES);
    for (size_t i = 0; i < count; i++)
        put_option(json, config, &options[i]);
    ssk_json_end(json);
}

static void put_input(ssk_json *json, const ssk_result_input *input)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_array(json, "interfaces", LINES);
    for (size_t i = 0; i < input->n_interfaces; i++) {
        ssk_json_object(json, NULL, INLINE);
        ssk_json_uint(json, "id", input->interfaces[i].id);
        ssk_json_string(json, "name", input->interfaces[i].name);
        ssk_json_uint(json, "linktype", input->interfaces[i].linktype);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "packets", input->packets);
    ssk_json_uint(json, "bytes", input->bytes);
    put_time(json, "first", input->first);
    put_time(json, "last", input->last);
    ssk_json_uint(json, "truncated_packets", input->truncated_packets);
    ssk_json_uint(json, "undecoded_packets", input->undecoded_packets);
    ssk_json_uint(json, "fragments", input->fragments);
    ssk_json_uint(json, "backward_timestamps", input->backward_timestamps);
    ssk_json_uint(json, "bad_timestamps", input->bad_timestamps);
    ssk_json_uint(json, "records", input->records);
    ssk_json_array(json, "undecoded", LINES);
    for (size_t i = 0; i < input->n_undecoded; i++) {
        ssk_json_object(json, NULL, INLINE);
        ssk_json_string(json, "what", input->undecoded[i].what);
        ssk_json_uint(json, "packets", input->undecoded[i].packets);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_end(json);
}

static void put_vantage(ssk_json *json, const ssk_result *result)
{
    ssk_json_object(json, "vantage", INLINE);
    ssk_json_string(json, "value", ssk_vantage_text(result->vantage.value));
    ssk_json_string(json, "source", result->vantage.given ? "given" : "inferred");
    ssk_json_string(json, "why", result->vantage.why);
    ssk_json_end(json);
}

/* ---- flows ---- */

static void put_end_point(ssk_json *json, const char *key, const ssk_result_flow *flow,
                          ssk_dir side)
{
    ssk_json_object(json, key, INLINE);
    put_addr(json, "addr", &flow->addr[side]);
    ssk_json_uint(json, "port", flow->port[side]);
    ssk_json_end(json);
}

static void put_histogram(ssk_json *json, const ssk_hist *hist)
{
    if (json->lean)
        return;
    ssk_json_array(json, "gap_histogram", INLINE);
    for (size_t i = 0; i < hist->used; i++) {
        ssk_span_ns up_to = ssk_hist_cell_up_to(hist, i);
        ssk_json_object(json, NULL, INLINE);
        put_known(json, "up_to_ns", up_to, up_to != INT64_MAX);
        ssk_json_uint(json, "count", ssk_hist_cell_count(hist, i));
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

static void put_direction(ssk_json *json, const ssk_result_direction *dir, const char *from)
{
    bool has_gaps = ssk_hist_total(&dir->gaps) != 0;

    ssk_json_object(json, NULL, INLINE);
    ssk_json_string(json, "from", from);
    ssk_json_uint(json, "packets", dir->packets);
    ssk_json_uint(json, "bytes", dir->bytes);
    ssk_json_uint(json, "payload_packets", dir->payload_packets);
    ssk_json_uint(json, "payload_bytes", dir->payload_bytes);
    put_known(json, "max_gap_ns", dir->max_gap, dir->has_max_gap);
    if (dir->has_max_gap)
        put_numbers(json, "max_gap_frames", dir->max_gap_frames, 2);
    else
        ssk_json_null(json, "max_gap_frames");
    ssk_json_object(json, "gaps_over", INLINE);
    ssk_json_uint(json, "1s", dir->gaps_over[0]);
    ssk_json_uint(json, "5s", dir->gaps_over[1]);
    ssk_json_uint(json, "30s", dir->gaps_over[2]);
    ssk_json_end(json);
    put_histogram(json, &dir->gaps);
    ssk_json_uint(json, "backward", dir->backward);
    ssk_json_object(json, "gap_quantiles_ns", INLINE);
    put_known(json, "p50", ssk_result_gap_quantile(dir, 500), has_gaps);
    put_known(json, "p90", ssk_result_gap_quantile(dir, 900), has_gaps);
    put_known(json, "p99", ssk_result_gap_quantile(dir, 990), has_gaps);
    ssk_json_end(json);
    put_known(json, "period_ns", dir->period, dir->period != 0);
    ssk_json_uint(json, "retransmitted_packets", dir->retransmitted_packets);
    ssk_json_uint(json, "zero_windows", dir->zero_windows);
    ssk_json_uint(json, "tcp_keepalives", dir->tcp_keepalives);
    ssk_json_end(json);
}

static void put_series(ssk_json *json, const char *key, const ssk_series *series)
{
    if (json->lean)
        return;
    ssk_json_array(json, key, INLINE);
    for (size_t i = 0; i < series->n_points; i++) {
        ssk_json_array(json, NULL, INLINE);
        put_time(json, NULL, series->points[i].at);
        ssk_json_int(json, NULL, series->points[i].value);
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

static void put_keepalive(ssk_json *json, const ssk_result_keepalive *keepalive)
{
    if (!keepalive) {
        ssk_json_null(json, "keepalive");
        return;
    }
    ssk_json_object(json, "keepalive", INLINE);
    ssk_json_string(json, "profile", keepalive->profile);
    ssk_json_string(json, "originator", ssk_side_text(keepalive->originator));
    ssk_json_uint(json, "pings", keepalive->pings);
    ssk_json_uint(json, "pongs", keepalive->pongs);
    ssk_json_uint(json, "unanswered", keepalive->unanswered);
    ssk_json_uint(json, "times", keepalive->times);
    if (keepalive->has_rtt) {
        ssk_json_object(json, "rtt_ns", INLINE);
        ssk_json_int(json, "min", keepalive->rtt_min);
        ssk_json_int(json, "p50", keepalive->rtt_p50);
        ssk_json_int(json, "p99", keepalive->rtt_p99);
        ssk_json_int(json, "max", keepalive->rtt_max);
        ssk_json_end(json);
    } else {
        ssk_json_null(json, "rtt_ns");
    }
    put_known(json, "period_ns", keepalive->period, keepalive->period != 0);
    put_known(json, "timeout_ns", keepalive->timeout, keepalive->timeout != 0);
    put_series(json, "rtt_over_time_ns", &keepalive->rtt_over_time);
    ssk_json_end(json);
}

static void put_flow(ssk_json *json, const ssk_result_flow *flow)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_uint(json, "id", flow->id);
    ssk_json_string(json, "transport", flow->transport == SSK_TCP ? "tcp" : "udp");
    put_end_point(json, "a", flow, SSK_A);
    put_end_point(json, "b", flow, SSK_B);
    ssk_json_uint(json, "stream", flow->stream);
    ssk_json_string(json, "filter", flow->filter);
    if (flow->process_name) {
        ssk_json_object(json, "process", INLINE);
        ssk_json_string(json, "name", flow->process_name);
        put_known(json, "pid", flow->process_pid, flow->process_pid >= 0);
        ssk_json_end(json);
    } else {
        ssk_json_null(json, "process");
    }
    put_time(json, "first", flow->first);
    put_time(json, "last", flow->last);
    put_numbers(json, "frames", (const uint32_t[]){flow->first_frame, flow->last_frame}, 2);
    ssk_json_string(json, "closed", flow->closed);
    ssk_json_array(json, "directions", LINES);
    put_direction(json, &flow->dir[SSK_A], "a");
    put_direction(json, &flow->dir[SSK_B], "b");
    ssk_json_end(json);
    put_keepalive(json, flow->keepalive);
    ssk_json_end(json);
}

/* ---- evidence, causes, verdicts ---- */

static void put_evidence(ssk_json *json, const char *key, const ssk_evidence *list, size_t count)
{
    ssk_json_array(json, key, LINES);
    for (size_t i = 0; i < count; i++) {
        ssk_json_object(json, NULL, INLINE);
        ssk_json_string(json, "text", list[i].text);
        put_numbers(json, "frames", list[i].frames, list[i].n_frames);
        if (list[i].view)
            ssk_json_string(json, "view", (const char[]){list[i].view, '\0'});
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

static void put_verdict(ssk_json *json, const ssk_verdict *verdict)
{
    ssk_json_array(json, "verdict", INLINE);
    for (size_t i = 0; i < verdict->n_verdict; i++)
        ssk_json_string(json, NULL, verdict->causes[i].id);
    if (verdict->n_verdict == 0)
        ssk_json_string(json, NULL, "unknown");
    ssk_json_end(json);
    ssk_json_array(json, "causes", LINES);
    for (size_t i = 0; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        ssk_json_object(json, NULL, LINES);
        ssk_json_string(json, "id", cause->id);
        ssk_json_string(json, "side", ssk_side_text(cause->side));
        ssk_json_thousandths(json, "score", cause->score_permille);
        put_evidence(json, "evidence", cause->evidence, cause->n_evidence);
        put_evidence(json, "against", cause->against, cause->n_against);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_string(json, "next_capture", verdict->next_capture);
}

/* ---- incidents, stalls, measurement ---- */

static void put_incident(ssk_json *json, const ssk_result_incident *incident)
{
    ssk_json_object(json, NULL, INLINE);
    ssk_json_uint(json, "id", incident->id);
    put_addr(json, "host", &incident->host);
    put_time(json, "start", incident->start);
    put_time(json, "end", incident->end);
    put_numbers(json, "stalls", incident->stalls, incident->n_stalls);
    ssk_json_end(json);
}

static void put_consequence(ssk_json *json, const ssk_consequence *consequence)
{
    if (!consequence->id) {
        ssk_json_null(json, "consequence");
        return;
    }
    ssk_json_object(json, "consequence", INLINE);
    ssk_json_string(json, "id", consequence->id);
    ssk_json_string(json, "by", ssk_side_text(consequence->by));
    put_known(json, "timeout_ns", consequence->timeout, consequence->timeout > 0);
    put_numbers(json, "frames", &consequence->frame, consequence->frame != 0);
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
    ssk_json_object(json, "timeline", LINES);
    put_time(json, "from", timeline->from);
    put_time(json, "to", timeline->to);
    ssk_json_array(json, "lanes", LINES);
    for (size_t i = 0; i < timeline->n_lanes; i++) {
        const ssk_lane *lane = &timeline->lanes[i];
        ssk_json_object(json, NULL, INLINE);
        ssk_json_string(json, "name", lane->name);
        put_known(json, "flow", lane->flow, lane->flow != 0);
        ssk_json_string(json, "from", ssk_side_text(lane->from));
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_array(json, "marks", LINES);
    for (size_t i = 0; i < timeline->n_marks; i++) {
        const ssk_mark *mark = &timeline->marks[i];
        ssk_json_object(json, NULL, INLINE);
        put_time(json, "at", mark->at);
        ssk_json_uint(json, "lane", mark->lane);
        ssk_json_string(json, "kind", ssk_mark_text(mark->kind));
        put_known(json, "frame", mark->frame, mark->frame != 0);
        if (mark->text)
            ssk_json_string(json, "text", mark->text);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "marks_dropped", timeline->marks_dropped);
    ssk_json_end(json);
}

static void put_stall(ssk_json *json, const ssk_result_stall *stall)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_uint(json, "id", stall->id);
    ssk_json_uint(json, "incident", stall->incident);
    ssk_json_uint(json, "flow", stall->flow);
    ssk_json_string(json, "direction", ssk_side_text(stall->direction));
    ssk_json_string(json, "kind", stall->kind);
    put_time(json, "start", stall->start);
    put_time(json, "end", stall->end);
    ssk_json_int(json, "duration_ns", stall->duration);
    ssk_json_bool(json, "open", stall->open);
    put_time(json, "cause_end", stall->cause_end);
    put_known(json, "frame_before", stall->frame_before, stall->frame_before != 0);
    put_known(json, "frame_after", stall->frame_after, stall->frame_after != 0);
    put_known(json, "missed", stall->missed, stall->missed >= 0);
    put_known(json, "attempts", stall->attempts, stall->attempts >= 0);
    put_known(json, "recovery_tail_ns", stall->recovery_tail, stall->recovery_tail >= 0);
    put_time(json, "next_retry", stall->next_retry);
    put_known(json, "new_flow", stall->new_flow, stall->new_flow != 0);
    put_consequence(json, &stall->consequence);
    ssk_json_string(json, "filter", stall->filter);
    ssk_json_string(json, "recovery", stall->recovery);
    put_verdict(json, &stall->verdict);
    put_timeline(json, stall->timeline);
    ssk_json_end(json);
}

static void put_measurement(ssk_json *json, const ssk_result_measurement *fault)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_string(json, "id", fault->id);
    put_time(json, "start", fault->start);
    put_time(json, "end", fault->end);
    ssk_json_int(json, "duration_ns", fault->duration);
    put_known(json, "by_ns", fault->by, fault->has_by);
    if (fault->n_flows)
        put_numbers(json, "flows", fault->flows, fault->n_flows);
    else
        ssk_json_string(json, "flows", "all");
    put_evidence(json, "evidence", fault->evidence, fault->n_evidence);
    put_known(json, "hidden_bytes", fault->hidden_bytes, fault->hidden_bytes >= 0);
    put_known(json, "hidden_messages", fault->hidden_messages, fault->hidden_messages >= 0);
    ssk_json_end(json);
}

/* ---- UDP, clocks ---- */

static void put_spread(ssk_json *json, const char *key, const ssk_spread *spread)
{
    ssk_json_object(json, key, INLINE);
    ssk_json_int(json, "p50", spread->p50);
    ssk_json_int(json, "mad", spread->mad);
    ssk_json_int(json, "min", spread->min);
    ssk_json_int(json, "max", spread->max);
    ssk_json_end(json);
}

static void put_on_off(ssk_json *json, const ssk_result_udp *udp)
{
    if (!udp->has_on_off) {
        ssk_json_null(json, "on_off");
        return;
    }
    ssk_json_object(json, "on_off", LINES);
    ssk_json_uint(json, "cycles", udp->on_off.cycles);
    ssk_json_uint(json, "duty_permille", udp->on_off.duty_permille);
    put_spread(json, "on_ns", &udp->on_off.on_ns);
    put_spread(json, "off_ns", &udp->on_off.off_ns);
    put_spread(json, "on_bytes", &udp->on_off.on_bytes);
    put_spread(json, "on_packets", &udp->on_off.on_packets);
    ssk_json_string(json, "periodic_in", udp->on_off.periodic_in);
    ssk_json_uint(json, "cv_bytes_permille", udp->on_off.cv_bytes_permille);
    ssk_json_uint(json, "cv_seconds_permille", udp->on_off.cv_seconds_permille);
    ssk_json_uint(json, "goodput_on_bytes_per_s", udp->on_off.goodput_on);
    ssk_json_uint(json, "goodput_bytes_per_s", udp->on_off.goodput);
    put_known(json, "power_of_two_bytes", udp->on_off.power_of_two, udp->on_off.power_of_two > 0);
    put_known(json, "power_of_two_off_permille", udp->on_off.power_of_two_off_permille,
              udp->on_off.power_of_two > 0);
    ssk_json_string(json, "strip", udp->on_off.strip);
    put_time(json, "strip_start", udp->on_off.strip ? udp->on_off.strip_start : SSK_TIME_NONE);
    put_known(json, "strip_slice_ns", udp->on_off.strip_slice, udp->on_off.strip != NULL);
    put_series(json, "bursts_over_time_bytes", &udp->on_off.bursts);
    ssk_json_end(json);
}

static void put_reception(ssk_json *json, const ssk_result_udp *udp)
{
    if (!udp->has_reception) {
        ssk_json_null(json, "reception");
        return;
    }
    ssk_json_object(json, "reception", LINES);
    ssk_json_string(json, "reference", udp->reception.reference);
    ssk_json_uint(json, "received_packets", udp->reception.received_packets);
    ssk_json_uint(json, "reference_packets", udp->reception.reference_packets);
    ssk_json_uint(json, "received_bytes", udp->reception.received_bytes);
    ssk_json_uint(json, "reference_bytes", udp->reception.reference_bytes);
    ssk_json_uint(json, "delivered_permille", udp->reception.delivered_permille);
    ssk_json_array(json, "runs", LINES);
    for (size_t i = 0; i < udp->reception.n_runs; i++) {
        const ssk_udp_run *run = &udp->reception.runs[i];
        ssk_json_object(json, NULL, INLINE);
        ssk_json_bool(json, "received", run->received);
        ssk_json_uint(json, "packets", run->packets);
        ssk_json_uint(json, "bytes", run->bytes);
        put_time(json, "start", run->start);
        put_time(json, "end", run->end);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "runs_dropped", udp->reception.runs_dropped);
    ssk_json_end(json);
}

static void put_udp(ssk_json *json, const ssk_result_udp *udp)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_uint(json, "flow", udp->flow);
    ssk_json_string(json, "cast", udp->cast);
    ssk_json_string(json, "direction", udp->direction == SSK_A ? "a" : "b");
    ssk_json_uint(json, "packets", udp->packets);
    ssk_json_uint(json, "bytes", udp->bytes);
    put_known(json, "threshold_ns", udp->threshold, udp->threshold != 0);
    put_on_off(json, udp);
    put_reception(json, udp);
    if (udp->judged) {
        put_verdict(json, &udp->verdict);
    } else { /* steady, or on/off without a sign of loss: nothing to blame */
        ssk_json_array(json, "verdict", INLINE);
        ssk_json_end(json);
        ssk_json_array(json, "causes", INLINE);
        ssk_json_end(json);
        ssk_json_string(json, "next_capture", udp->verdict.next_capture);
    }
    ssk_json_end(json);
}

static void put_clock(ssk_json *json, const ssk_result_clock *clock)
{
    ssk_json_object(json, NULL, INLINE);
    ssk_json_uint(json, "flow", clock->flow);
    ssk_json_string(json, "source", clock->source);
    ssk_json_string(json, "side", ssk_side_text(clock->side));
    ssk_json_string(json, "format", clock->format);
    ssk_json_int(json, "offset_ns", clock->offset);
    if (clock->has_skew)
        ssk_json_thousandths(json, "skew_ppm", clock->skew_ppb);
    else
        ssk_json_null(json, "skew_ppm");
    ssk_json_array(json, "steps", INLINE);
    for (size_t i = 0; i < clock->n_steps; i++) {
        ssk_json_object(json, NULL, INLINE);
        put_time(json, "at", clock->steps[i].at);
        ssk_json_int(json, "by_ns", clock->steps[i].by);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_int(json, "error_ns", clock->error);
    ssk_json_uint(json, "samples", clock->samples);
    put_series(json, "offset_over_time_ns", &clock->offset_over_time);
    ssk_json_end(json);
}

static void put_log(ssk_json *json, const ssk_result_log *log)
{
    ssk_json_object(json, NULL, INLINE);
    ssk_json_string(json, "name", log->name);
    ssk_json_string(json, "source", log->source);
    ssk_json_string(json, "connection", log->connection);
    ssk_json_uint(json, "lines", log->lines);
    put_time(json, "first", log->first);
    put_time(json, "last", log->last);
    ssk_json_uint(json, "sent", log->sent);
    ssk_json_uint(json, "received", log->received);
    put_known(json, "flow", log->flow, log->flow != 0);
    ssk_json_string(json, "side", ssk_side_text(log->side));
    ssk_json_uint(json, "matched", log->matched);
    if (log->has_offset) {
        ssk_json_int(json, "offset_ns", log->offset);
        ssk_json_int(json, "error_ns", log->error);
    } else {
        ssk_json_null(json, "offset_ns");
        ssk_json_null(json, "error_ns");
    }
    ssk_json_end(json);
}

/* ---- Bonjour, findings ---- */

static void put_txt(ssk_json *json, const ssk_result_txt *txt)
{
    ssk_json_object(json, NULL, INLINE);
    ssk_json_string(json, "key", txt->key);
    ssk_json_string(json, "value", txt->value);
    if (txt->value)
        ssk_json_hex(json, "value_hex", txt->value_bytes, txt->value_len);
    else
        ssk_json_null(json, "value_hex");
    ssk_json_end(json);
}

static void put_service(ssk_json *json, const ssk_result_service *service)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_string(json, "instance", service->instance);
    ssk_json_string(json, "type", service->type);
    ssk_json_string(json, "domain", service->domain);
    ssk_json_string(json, "host", service->host);
    put_known(json, "port", service->port, service->has_port);
    ssk_json_array(json, "addresses", INLINE);
    for (size_t i = 0; i < service->n_addresses; i++)
        put_addr(json, NULL, &service->addresses[i]);
    ssk_json_end(json);
    ssk_json_array(json, "txt", LINES);
    for (size_t i = 0; i < service->n_txt; i++)
        put_txt(json, &service->txt[i]);
    ssk_json_end(json);
    ssk_json_array(json, "txt_seen", LINES);
    for (size_t i = 0; i < service->n_txt_seen; i++) {
        ssk_json_object(json, NULL, INLINE);
        ssk_json_uint(json, "frame", service->txt_seen[i].frame);
        ssk_json_array(json, "strings_hex", INLINE);
        for (size_t k = 0; k < service->txt_seen[i].n_strings; k++)
            ssk_json_hex(json, NULL, service->txt_seen[i].strings[k].bytes,
                         service->txt_seen[i].strings[k].len);
        ssk_json_end(json);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_uint(json, "txt_seen_dropped", service->txt_seen_dropped);
    put_time(json, "first", service->first);
    put_time(json, "last", service->last);
    ssk_json_string(json, "state", service->state);
    ssk_json_end(json);
}

static void put_finding(ssk_json *json, const ssk_result_finding *finding)
{
    ssk_json_object(json, NULL, INLINE);
    ssk_json_string(json, "id", finding->id);
    ssk_json_string(json, "severity", finding->severity);
    ssk_json_string(json, "text", finding->text);
    put_numbers(json, "flows", finding->flows, finding->n_flows);
    put_numbers(json, "frames", finding->frames, finding->n_frames);
    ssk_json_end(json);
}

/* ---- the document ---- */

/* `"key": [ ... ]` of one list of the result, in one place: the lists are all
 * alike and the order of the keys is the contract's. */
#define PUT_LIST(json, key, put, list, count)                                                      \
    do {                                                                                           \
        ssk_json_array(json, key, LINES);                                                          \
        for (size_t i_ = 0; i_ < (count); i_++)                                                    \
            put(json, &(list)[i_]);                                                                \
        ssk_json_end(json);                                                                        \
    } while (0)

void ssk_json_report(ssk_json *json, const ssk_result *result, const ssk_host *host)
{
    ssk_json_object(json, NULL, LINES);
    ssk_json_string(json, "schema", "stallshark/1");
    put_host(json, host);
    put_config(json, &result->config);
    PUT_LIST(json, "inputs", put_input, result->inputs, result->n_inputs);
    put_vantage(json, result);
    PUT_LIST(json, "flows", put_flow, result->flows, result->n_flows);
    PUT_LIST(json, "incidents", put_incident, result->incidents, result->n_incidents);
    PUT_LIST(json, "stalls", put_stall, result->stalls, result->n_stalls);
    PUT_LIST(json, "measurement", put_measurement, result->measurement, result->n_measurement);
    PUT_LIST(json, "udp", put_udp, result->udp, result->n_udp);
    PUT_LIST(json, "clocks", put_clock, result->clocks, result->n_clocks);
    PUT_LIST(json, "logs", put_log, result->logs, result->n_logs);

    ssk_json_object(json, "bonjour", LINES);
    PUT_LIST(json, "services", put_service, result->services, result->n_services);
    ssk_json_uint(json, "services_dropped", result->services_dropped);
    ssk_json_uint(json, "txt_records", result->txt_records);
    PUT_LIST(json, "findings", put_finding, result->bonjour_findings, result->n_bonjour_findings);
    ssk_json_end(json);

    PUT_LIST(json, "findings", put_finding, result->findings, result->n_findings);
    ssk_json_array(json, "not_analysed", LINES);
    for (size_t i = 0; i < result->n_not_analysed; i++) {
        ssk_json_object(json, NULL, INLINE);
        ssk_json_string(json, "what", result->not_analysed[i].what);
        ssk_json_string(json, "why", result->not_analysed[i].why);
        ssk_json_end(json);
    }
    ssk_json_end(json);
    ssk_json_object(json, "limits", INLINE);
    ssk_json_uint(json, "flows_evicted", result->limits.flows_evicted);
    ssk_json_uint(json, "facts_dropped", result->limits.facts_dropped);
    ssk_json_uint(json, "log_lines_dropped", result->limits.log_lines_dropped);
    ssk_json_end(json);
    ssk_json_end(json);
}

static void write_as(const ssk_result *result, const ssk_host *host, GString *out,
                     ssk_json_layout layout)
{
    ssk_json json;
    ssk_json_init(&json, out, layout);
    ssk_json_report(&json, result, host);
    g_string_append_c(out, '\n');
}

static void write_json(const ssk_result *result, const ssk_host *host, GString *out)
{
    write_as(result, host, out, LINES);
}

static void write_ndjson(const ssk_result *result, const ssk_host *host, GString *out)
{
    write_as(result, host, out, INLINE);
}

const ssk_writer ssk_writer_json = {"json", "one JSON object, schema stallshark/1", write_json};
const ssk_writer ssk_writer_ndjson = {"ndjson", "the same on one line", write_ndjson};
