/* json_flow.c - a flow: counters, gaps, round trips and keep-alives of both directions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_rows.h"

#include "core/model/filter.h"

static void put_end_point(ssk_json *json, const char *key, const ssk_result_flow *flow,
                          ssk_dir side)
{
    ssk_json_object(json, key, SSK_JSON_INLINE);
    ssk_json_addr(json, "addr", &flow->addr[side]);
    ssk_json_uint(json, "port", flow->port[side]);
    ssk_json_end(json);
}

static void put_histogram(ssk_json *json, const ssk_hist *hist)
{
    if (json->lean)
        return;
    ssk_json_array(json, "gap_histogram", SSK_JSON_INLINE);
    for (size_t i = 0; i < hist->used; i++) {
        ssk_span_ns up_to = ssk_hist_cell_up_to(hist, i);
        ssk_json_object(json, NULL, SSK_JSON_INLINE);
        ssk_json_known(json, "up_to_ns", up_to, up_to != INT64_MAX);
        ssk_json_uint(json, "count", ssk_hist_cell_count(hist, i));
        ssk_json_end(json);
    }
    ssk_json_end(json);
}

static void put_direction(ssk_json *json, const ssk_result_direction *dir, const char *from)
{
    bool has_gaps = ssk_hist_total(&dir->gaps) != 0;

    ssk_json_object(json, NULL, SSK_JSON_INLINE);
    ssk_json_string(json, "from", from);
    ssk_json_uint(json, "packets", dir->packets);
    ssk_json_uint(json, "bytes", dir->bytes);
    ssk_json_uint(json, "payload_packets", dir->payload_packets);
    ssk_json_uint(json, "payload_bytes", dir->payload_bytes);
    ssk_json_known(json, "max_gap_ns", dir->max_gap, dir->has_max_gap);
    if (dir->has_max_gap)
        ssk_json_numbers(json, "max_gap_frames", dir->max_gap_frames, 2);
    else
        ssk_json_null(json, "max_gap_frames");
    ssk_json_object(json, "gaps_over", SSK_JSON_INLINE);
    ssk_json_uint(json, "1s", dir->gaps_over[0]);
    ssk_json_uint(json, "5s", dir->gaps_over[1]);
    ssk_json_uint(json, "30s", dir->gaps_over[2]);
    ssk_json_end(json);
    put_histogram(json, &dir->gaps);
    ssk_json_uint(json, "backward", dir->backward);
    ssk_json_object(json, "gap_quantiles_ns", SSK_JSON_INLINE);
    ssk_json_known(json, "p50", ssk_result_gap_quantile(dir, 500), has_gaps);
    ssk_json_known(json, "p90", ssk_result_gap_quantile(dir, 900), has_gaps);
    ssk_json_known(json, "p99", ssk_result_gap_quantile(dir, 990), has_gaps);
    ssk_json_end(json);
    ssk_json_known(json, "period_ns", dir->period, dir->period != 0);
    ssk_json_uint(json, "retransmitted_packets", dir->retransmitted_packets);
    ssk_json_uint(json, "zero_windows", dir->zero_windows);
    ssk_json_uint(json, "tcp_keepalives", dir->tcp_keepalives);
    ssk_json_end(json);
}

static void put_keepalive(ssk_json *json, const ssk_result_keepalive *keepalive)
{
    if (!keepalive) {
        ssk_json_null(json, "keepalive");
        return;
    }
    ssk_json_object(json, "keepalive", SSK_JSON_INLINE);
    ssk_json_string(json, "profile", keepalive->profile);
    ssk_json_string(json, "originator", ssk_side_text(keepalive->originator));
    ssk_json_uint(json, "pings", keepalive->pings);
    ssk_json_uint(json, "pongs", keepalive->pongs);
    ssk_json_uint(json, "unanswered", keepalive->unanswered);
    ssk_json_uint(json, "times", keepalive->times);
    if (keepalive->has_rtt) {
        ssk_json_object(json, "rtt_ns", SSK_JSON_INLINE);
        ssk_json_int(json, "min", keepalive->rtt_min);
        ssk_json_int(json, "p50", keepalive->rtt_p50);
        ssk_json_int(json, "p99", keepalive->rtt_p99);
        ssk_json_int(json, "max", keepalive->rtt_max);
        ssk_json_end(json);
    } else {
        ssk_json_null(json, "rtt_ns");
    }
    ssk_json_known(json, "period_ns", keepalive->period, keepalive->period != 0);
    ssk_json_known(json, "timeout_ns", keepalive->timeout, keepalive->timeout != 0);
    ssk_json_put_series(json, "rtt_over_time_ns", &keepalive->rtt_over_time);
    ssk_json_end(json);
}

void ssk_json_put_flow(ssk_json *json, const ssk_result_flow *flow)
{
    ssk_json_object(json, NULL, SSK_JSON_LINES);
    ssk_json_uint(json, "id", flow->id);
    ssk_json_string(json, "transport", flow->transport == SSK_TCP ? "tcp" : "udp");
    put_end_point(json, "a", flow, SSK_A);
    put_end_point(json, "b", flow, SSK_B);
    ssk_json_uint(json, "stream", flow->stream);
    char *filter = ssk_filter_flow(flow);
    ssk_json_string(json, "filter", filter);
    g_free(filter);
    if (flow->process_name) {
        ssk_json_object(json, "process", SSK_JSON_INLINE);
        ssk_json_string(json, "name", flow->process_name);
        ssk_json_known(json, "pid", flow->process_pid, flow->process_pid >= 0);
        ssk_json_end(json);
    } else {
        ssk_json_null(json, "process");
    }
    ssk_json_time(json, "first", flow->first);
    ssk_json_time(json, "last", flow->last);
    ssk_json_numbers(json, "frames", (const uint32_t[]){flow->first_frame, flow->last_frame}, 2);
    ssk_json_string(json, "closed", ssk_close_text(flow->closed));
    ssk_json_array(json, "directions", SSK_JSON_LINES);
    put_direction(json, &flow->dir[SSK_A], "a");
    put_direction(json, &flow->dir[SSK_B], "b");
    ssk_json_end(json);
    put_keepalive(json, flow->keepalive);
    ssk_json_put_crossings(json, flow->crossings, flow->n_crossings);
    ssk_json_end(json);
}
