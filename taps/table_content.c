/* table_content.c - what is in the tables: a row of the array at the end each, with
 * its columns, how many rows there are, and what is in a row.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "taps/table.h"

#include "core/base/text.h"

#define NUMBER(name)                                 \
    {                                                \
        TABLE_ITEM_UINT, TAP_ALIGN_RIGHT, name, "%u" \
    }
/* The first column: Wireshark sorts by it, and its arrow takes the place of these spaces, not of the name. */
#define NUMBER_FIRST(name) NUMBER("    " name)
#define SECONDS(name)                                          \
    {                                                          \
        TABLE_ITEM_FLOAT, TAP_ALIGN_RIGHT, name " [s]", "%.9f" \
    }
#define COUNT(name)                                    \
    {                                                  \
        TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, name, "%s" \
    }
#define SECONDS_IF(name)                                      \
    {                                                         \
        TABLE_ITEM_STRING, TAP_ALIGN_RIGHT, name " [s]", "%s" \
    }
#define TEXT(name)                                    \
    {                                                 \
        TABLE_ITEM_STRING, TAP_ALIGN_LEFT, name, "%s" \
    }

static stat_tap_table_item stall_columns[] = {
    NUMBER_FIRST("Stall"),
    TEXT("Silent"),
    SECONDS("Duration"),
    TEXT("Verdict"),
    COUNT("Last frame before"),
    COUNT("First frame after"),
    TEXT("Start"),
    TEXT("Conversation"),
    TEXT("Cause lies with"),
    TEXT("Kind"),
    COUNT("Missed"),
    TEXT("Recovery"),
    NUMBER("Flow"),
    NUMBER("Incident"),
    TEXT("Display filter"),
};

static size_t count_stalls(const ssk_result *result)
{
    return result->n_stalls;
}

static void write_stall(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_stall *stall = &result->stalls[index];
    const ssk_verdict *verdict = &stall->verdict;

    ssk_row_uint(row, stall->id);
    ssk_row_host(row, stall->flow, stall->direction);
    ssk_row_seconds(row, stall->duration);
    ssk_row_verdict(row, verdict, stall->flow);
    ssk_row_frame(row, stall->frame_before);
    ssk_row_frame(row, stall->frame_after);
    ssk_row_time(row, stall->start);
    ssk_row_conversation(row, stall->flow);
    ssk_row_host(row, stall->flow, verdict->n_verdict ? verdict->causes[0].side : SSK_SIDE_NONE);
    ssk_row_text(row, ssk_stall_kind_text(stall->kind));
    ssk_row_count_if(row, stall->missed, stall->missed >= 0);
    ssk_row_text(row, ssk_recovery_text(stall->recovery));
    ssk_row_uint(row, stall->flow);
    ssk_row_uint(row, stall->incident);
    ssk_row_text(row, stall->filter);
}

static stat_tap_table_item flow_columns[] = {
    NUMBER_FIRST("Flow"),
    TEXT("Sender and receiver"),
    SECONDS_IF("Longest gap"),
    COUNT("Packets"),
    COUNT("Bytes"),
    COUNT("Payload packets"),
    TEXT("Transport"),
    NUMBER("Stream"),
    TEXT("Process"),
    COUNT("Gap from frame"),
    COUNT("Gap to frame"),
    SECONDS_IF("Gap p50"),
    SECONDS_IF("Gap p90"),
    SECONDS_IF("Gap p99"),
    COUNT("Gaps > 1 s"),
    COUNT("Gaps > 5 s"),
    COUNT("Gaps > 30 s"),
    SECONDS_IF("Period"),
    COUNT("Retransmitted"),
    COUNT("Zero windows"),
    COUNT("TCP keep-alives"),
    TEXT("Closed"),
};

static size_t count_directions(const ssk_result *result)
{
    return 2 * result->n_flows;
}

static void put_direction(ssk_row *row, const ssk_result_flow *flow, ssk_dir from)
{
    GString *text = g_string_new(NULL);

    ssk_story_end_point(flow, from, text);
    g_string_append(text, " -> ");
    ssk_story_end_point(flow, ssk_dir_other(from), text);
    ssk_row_own(row, g_string_free(text, FALSE));
}

static void write_direction(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_flow *flow = &result->flows[index / 2];
    const ssk_dir from = index % 2 ? SSK_B : SSK_A;
    const ssk_result_direction *dir = &flow->dir[from];
    const bool has_gaps = ssk_hist_total(&dir->gaps) != 0;

    ssk_row_uint(row, flow->id);
    put_direction(row, flow, from);
    ssk_row_seconds_if(row, dir->max_gap, dir->has_max_gap);
    ssk_row_count(row, dir->packets);
    ssk_row_count(row, dir->bytes);
    ssk_row_count(row, dir->payload_packets);
    ssk_row_text(row, flow->transport == SSK_TCP ? "tcp" : "udp");
    ssk_row_uint(row, flow->stream);
    ssk_row_text(row, flow->process_name);
    ssk_row_frame(row, dir->has_max_gap ? dir->max_gap_frames[0] : 0);
    ssk_row_frame(row, dir->has_max_gap ? dir->max_gap_frames[1] : 0);
    ssk_row_seconds_if(row, ssk_result_gap_quantile(dir, 500), has_gaps);
    ssk_row_seconds_if(row, ssk_result_gap_quantile(dir, 900), has_gaps);
    ssk_row_seconds_if(row, ssk_result_gap_quantile(dir, 990), has_gaps);
    for (size_t i = 0; i < G_N_ELEMENTS(dir->gaps_over); i++)
        ssk_row_count(row, dir->gaps_over[i]);
    ssk_row_seconds_if(row, dir->period, dir->period != 0);
    ssk_row_count(row, dir->retransmitted_packets);
    ssk_row_count(row, dir->zero_windows);
    ssk_row_count(row, dir->tcp_keepalives);
    ssk_row_text(row, ssk_close_text(flow->closed));
}

static stat_tap_table_item keepalive_columns[] = {
    NUMBER_FIRST("Flow"),  TEXT("Conversation"),  TEXT("Profile"),       TEXT("Sends the pings"),
    COUNT("Pings"),        COUNT("Pongs"),        COUNT("Unanswered"),   COUNT("Time messages"),
    SECONDS_IF("RTT min"), SECONDS_IF("RTT p50"), SECONDS_IF("RTT p99"), SECONDS_IF("RTT max"),
    SECONDS_IF("Period"),  SECONDS_IF("Timeout"),
};

/** @return the @p index'th of them; NULL beyond the last, with their number */
static const ssk_result_flow *keepalive_flow(const ssk_result *result, size_t index,
                                             size_t *ret_count)
{
    size_t count = 0;

    for (size_t i = 0; i < result->n_flows; i++)
        if (result->flows[i].keepalive && count++ == index)
            return &result->flows[i];
    *ret_count = count;
    return NULL;
}

static size_t count_keepalives(const ssk_result *result)
{
    size_t count = 0;

    keepalive_flow(result, SIZE_MAX, &count);
    return count;
}

static void write_keepalive(ssk_row *row, const ssk_result *result, size_t index)
{
    size_t count;
    const ssk_result_flow *flow = keepalive_flow(result, index, &count);
    const ssk_result_keepalive *keepalive = flow->keepalive;

    ssk_row_uint(row, flow->id);
    ssk_row_conversation(row, flow->id);
    ssk_row_text(row, keepalive->profile);
    ssk_row_host(row, flow->id, keepalive->originator);
    ssk_row_count(row, keepalive->pings);
    ssk_row_count(row, keepalive->pongs);
    ssk_row_count(row, keepalive->unanswered);
    ssk_row_count(row, keepalive->times);
    ssk_row_seconds_if(row, keepalive->rtt_min, keepalive->has_rtt);
    ssk_row_seconds_if(row, keepalive->rtt_p50, keepalive->has_rtt);
    ssk_row_seconds_if(row, keepalive->rtt_p99, keepalive->has_rtt);
    ssk_row_seconds_if(row, keepalive->rtt_max, keepalive->has_rtt);
    ssk_row_seconds_if(row, keepalive->period, keepalive->period != 0);
    ssk_row_seconds_if(row, keepalive->timeout, keepalive->timeout != 0);
}

static stat_tap_table_item udp_columns[] = {
    NUMBER_FIRST("Flow"),
    TEXT("Sender and receiver"),
    TEXT("Verdict"),
    COUNT("On [%]"),
    COUNT("Delivered [%]"),
    COUNT("Cycles"),
    SECONDS_IF("On p50"),
    SECONDS_IF("Off p50"),
    COUNT("On p50 [bytes]"),
    COUNT("Spread [bytes]"),
    COUNT("Nearest power of two"),
    TEXT("Periodic in"),
    COUNT("Goodput on [bytes/s]"),
    TEXT("Cast"),
    COUNT("Packets"),
    COUNT("Bytes"),
    SECONDS_IF("Threshold"),
};

static size_t count_udp(const ssk_result *result)
{
    return result->n_udp;
}

static void write_udp(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_udp *udp = &result->udp[index];
    const ssk_result_flow *flow = ssk_result_find_flow(result, udp->flow);
    const bool on_off = udp->has_on_off;

    ssk_row_uint(row, udp->flow);
    if (flow)
        put_direction(row, flow, udp->direction);
    else
        ssk_row_text(row, "");
    if (udp->judged)
        ssk_row_verdict(row, &udp->verdict, udp->flow);
    else
        ssk_row_text(row, "");
    ssk_row_percent_if(row, udp->on_off.duty_permille, on_off);
    ssk_row_percent_if(row, udp->reception.delivered_permille, udp->has_reception);
    ssk_row_count_if(row, udp->on_off.cycles, on_off);
    ssk_row_seconds_if(row, udp->on_off.on_ns.p50, on_off);
    ssk_row_seconds_if(row, udp->on_off.off_ns.p50, on_off);
    ssk_row_count_if(row, udp->on_off.on_bytes.p50, on_off);
    ssk_row_count_if(row, udp->on_off.on_bytes.mad, on_off);
    ssk_row_count_if(row, udp->on_off.power_of_two, on_off);
    ssk_row_text(row, on_off ? udp->on_off.periodic_in : "");
    ssk_row_count_if(row, (int64_t)udp->on_off.goodput_on, on_off);
    ssk_row_text(row, udp->cast);
    ssk_row_count(row, udp->packets);
    ssk_row_count(row, udp->bytes);
    ssk_row_seconds_if(row, udp->threshold, udp->threshold != 0);
}

static stat_tap_table_item clock_columns[] = {
    NUMBER_FIRST("Flow"), TEXT("Conversation"), TEXT("Source"),           TEXT("Whose clock"),
    TEXT("Format"),       SECONDS_IF("Offset"), SECONDS_IF("Error"),      COUNT("Skew [ppb]"),
    COUNT("Samples"),     COUNT("Steps"),       SECONDS_IF("First step"), TEXT("Step at"),
};

static size_t count_clocks(const ssk_result *result)
{
    return result->n_clocks;
}

static void write_clock(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_clock *one = &result->clocks[index];

    ssk_row_uint(row, one->flow);
    ssk_row_conversation(row, one->flow);
    ssk_row_text(row, one->source);
    ssk_row_host(row, one->flow, one->side);
    ssk_row_text(row, one->format);
    ssk_row_seconds_if(row, one->offset, true);
    ssk_row_seconds_if(row, one->error, true);
    ssk_row_count_if(row, one->skew_ppb, one->has_skew);
    ssk_row_count(row, one->samples);
    ssk_row_count(row, one->n_steps);
    ssk_row_seconds_if(row, one->n_steps ? one->steps[0].by : 0, one->n_steps > 0);
    ssk_row_time(row, one->n_steps ? one->steps[0].at : SSK_TIME_NONE);
}

static stat_tap_table_item service_columns[] = {
    NUMBER_FIRST("No."), TEXT("Instance"), TEXT("Type"),      TEXT("Domain"),
    TEXT("Host"),        COUNT("Port"),    TEXT("Addresses"), TEXT("TXT"),
    TEXT("State"),       TEXT("First"),    TEXT("Last"),
};

static size_t count_services(const ssk_result *result)
{
    return result->n_services;
}

static void write_service(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_service *service = &result->services[index];
    GString *addresses = g_string_new(NULL), *txt = g_string_new(NULL);
    char buf[SSK_TEXT_ROOM];

    for (size_t i = 0; i < service->n_addresses; i++)
        g_string_append_printf(addresses, "%s%s", i ? ", " : "",
                               ssk_addr_text(&service->addresses[i], buf));
    for (size_t i = 0; i < service->n_txt; i++) {
        if (i)
            g_string_append(txt, ", ");
        ssk_story_txt(&service->txt[i], txt);
    }
    ssk_row_uint(row, (uint32_t)index + 1);
    ssk_row_text(row, service->instance);
    ssk_row_text(row, service->type);
    ssk_row_text(row, service->domain);
    ssk_row_text(row, service->host);
    ssk_row_count_if(row, service->port, service->has_port);
    ssk_row_own(row, g_string_free(addresses, FALSE));
    ssk_row_own(row, g_string_free(txt, FALSE));
    ssk_row_text(row, service->state);
    ssk_row_time(row, service->first);
    ssk_row_time(row, service->last);
}

static stat_tap_table_item fault_columns[] = {
    NUMBER_FIRST("No."),
    TEXT("Fault"),
    SECONDS_IF("Duration"),
    TEXT("What was seen"),
    COUNT("Last frame before"),
    COUNT("First frame after"),
    SECONDS_IF("By"),
    TEXT("Flows"),
    COUNT("Hidden bytes"),
    COUNT("Hidden messages"),
    TEXT("Start"),
};

static size_t count_faults(const ssk_result *result)
{
    return result->n_measurement;
}

static void write_fault(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_measurement *fault = &result->measurement[index];
    GString *text = g_string_new(NULL);

    ssk_story_measurement(row->story, fault, text);
    ssk_row_uint(row, (uint32_t)index + 1);
    ssk_row_text(row, ssk_cause_text(fault->id));
    ssk_row_seconds_if(row, fault->duration, true);
    ssk_row_own(row, g_string_free(text, FALSE));
    ssk_row_frame(row, fault->frame_first);
    ssk_row_frame(row, fault->frame_last);
    ssk_row_seconds_if(row, fault->by, fault->has_by);
    if (fault->n_flows)
        ssk_row_numbers(row, fault->flows, fault->n_flows);
    else
        ssk_row_text(row, "all");
    ssk_row_count_if(row, fault->hidden_bytes, fault->hidden_bytes >= 0);
    ssk_row_count_if(row, fault->hidden_messages, fault->hidden_messages >= 0);
    ssk_row_time(row, fault->start);
}

static stat_tap_table_item finding_columns[] = {
    NUMBER_FIRST("No."),   TEXT("Severity"), TEXT("Finding"),
    TEXT("What was seen"), TEXT("Flows"),    TEXT("Frames"),
};

static size_t count_findings(const ssk_result *result)
{
    return result->n_findings + result->n_bonjour_findings;
}

static void write_finding(ssk_row *row, const ssk_result *result, size_t index)
{
    const ssk_result_finding *finding = index < result->n_findings
                                            ? &result->findings[index]
                                            : &result->bonjour_findings[index - result->n_findings];

    ssk_row_uint(row, (uint32_t)index + 1);
    ssk_row_text(row, finding->severity);
    ssk_row_text(row, ssk_cause_text(finding->id));
    ssk_row_text(row, finding->text);
    ssk_row_numbers(row, finding->flows, finding->n_flows);
    ssk_row_numbers(row, finding->frames, finding->n_frames);
}

#define TABLE(name, cli, what, column_list)                                                     \
    {                                                                                           \
        .title = "Stallshark: " name, .argument = "stallshark," cli, .columns = column_list,    \
        .n_columns = G_N_ELEMENTS(column_list), .count = count_##what##s, .write = write_##what \
    }
#define count_udps count_udp

const ssk_table ssk_tables[SSK_TABLES] = {
    TABLE("Stalls", "stalls", stall, stall_columns),
    TABLE("Flows", "flows", direction, flow_columns),
    TABLE("Keep-alives", "keepalives", keepalive, keepalive_columns),
    TABLE("UDP on and off", "udp", udp, udp_columns),
    TABLE("Clocks", "clocks", clock, clock_columns),
    TABLE("Bonjour services", "services", service, service_columns),
    TABLE("Measurement faults", "faults", fault, fault_columns),
    TABLE("Findings", "findings", finding, finding_columns),
};
