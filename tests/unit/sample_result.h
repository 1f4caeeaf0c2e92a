/* sample_result.h - a result made by hand that has something of everything,
 * hostile text included, and an empty one. For the writers' tests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SAMPLE_RESULT_H
#define SSK_SAMPLE_RESULT_H

#include <string.h>

#include "report/writer.h"

#define SAMPLE_START (INT64_C(1742841276298000000)) /* 2025-03-24 18:34:36.298 UTC */
#define HOSTILE      "<script>alert('x')</script>&\"|`*_[a](b)\x1b[31m\n\xff\xe2\x80\xae"

static const ssk_host_file sample_files[] = {
    {.path = "server.pcapng",
     .format = "pcapng",
     .kind = "capture",
     .first_frame = 1,
     .has_dropped = true,
     .dropped = 3},
    {.path = "<b>late</b>.pcap",
     .kind = "capture",
     .first_frame = 900,
     .error = "cut short in record 17"},
};
static const char *const sample_decrypted[] = {"3"};
static const ssk_host sample_host = {.program = "stallshark",
                                     .version = "0.1.0",
                                     .wireshark = "4.0.17",
                                     .files = sample_files,
                                     .n_files = 2,
                                     .decrypted_flows = sample_decrypted,
                                     .n_decrypted_flows = 1};

#define SAMPLE_ARRAY(result, list, count) \
    ((result)->n_##list = (count),        \
     (result)->list = ssk_result_alloc(result, (count) * sizeof *(result)->list))

/* A list of frames or ids. */
static inline uint32_t *sample_numbers(ssk_result *result, size_t count, uint32_t first)
{
    uint32_t *list = ssk_result_alloc(result, count * sizeof *list);
    for (size_t i = 0; i < count; i++)
        list[i] = first + (uint32_t)i;
    return list;
}

static inline ssk_evidence *sample_evidence(ssk_result *result, const char *text, size_t frames)
{
    ssk_evidence *evidence = ssk_result_alloc(result, sizeof *evidence);
    evidence->text = text;
    evidence->frames = sample_numbers(result, frames, 149);
    evidence->n_frames = frames;
    return evidence;
}

static inline ssk_addr sample_addr(uint8_t last)
{
    return (ssk_addr){4, {10, 0, 0, last}};
}

static inline void sample_flow(ssk_result_flow *flow, uint32_t id)
{
    flow->id = id;
    flow->transport = SSK_TCP;
    flow->addr[SSK_A] = sample_addr(5);
    flow->addr[SSK_B] = sample_addr(1);
    flow->port[SSK_A] = (uint16_t)(50000 + id);
    flow->port[SSK_B] = 7000;
    flow->stream = id - 1;
    flow->process_pid = -1;
    flow->first_frame = id;
    flow->last_frame = id + 400;
    flow->first = SAMPLE_START;
    flow->last = SAMPLE_START + 60 * SSK_S;
    for (int dir = 0; dir < 2; dir++) {
        ssk_result_direction *side = &flow->dir[dir];
        side->packets = 61;
        side->bytes = 61 * 100;
        side->payload_packets = 60;
        side->payload_bytes = 60 * 32;
        side->has_max_gap = true;
        side->max_gap = 30038 * SSK_MS;
        side->max_gap_frames[0] = 101;
        side->max_gap_frames[1] = 150;
        side->gaps_over[0] = 1;
        side->period = SSK_S;
        for (int i = 0; i < 59; i++)
            ssk_hist_add(&side->gaps, SSK_S + i * SSK_MS);
        ssk_hist_add(&side->gaps, 30038 * SSK_MS);
    }
}

static inline void sample_verdict(ssk_result *result, ssk_verdict *verdict)
{
    verdict->n_causes = 3;
    verdict->n_verdict = 2;
    verdict->causes = ssk_result_alloc(result, 3 * sizeof *verdict->causes);
    verdict->causes[0] = (ssk_cause){
        .id = SSK_CAUSE_RADIO_OFF,
        .side = SSK_SIDE_A,
        .score_permille = 700,
        .evidence = sample_evidence(result, "15 pings arrived within 100 ms after the silence", 2),
        .n_evidence = 1,
        .against = sample_evidence(result, HOSTILE, 9),
        .n_against = 1,
    };
    verdict->causes[1] =
        (ssk_cause){.id = SSK_CAUSE_PATH_BLACKOUT, .side = SSK_SIDE_PATH, .score_permille = 500};
    verdict->causes[2] = (ssk_cause){
        .id = SSK_CAUSE_HOST_ASLEEP,
        .side = SSK_SIDE_A,
        .against = sample_evidence(result, "the missed pings came after all", 1),
        .n_against = 1,
    };
    verdict->next_capture = "a capture on the device would separate radio from path";
}

static inline void sample_timeline(ssk_result *result, ssk_result_stall *stall, size_t marks)
{
    static const char *const names[] = {"10.0.0.5 -> 10.0.0.1", "10.0.0.1 -> 10.0.0.5", "ARP",
                                        HOSTILE};
    ssk_timeline *timeline = ssk_result_alloc(result, sizeof *timeline);
    timeline->from = stall->start - 5 * SSK_S;
    timeline->to = stall->start + stall->duration + 5 * SSK_S;
    timeline->n_lanes = 4;
    timeline->lanes = ssk_result_alloc(result, 4 * sizeof *timeline->lanes);
    for (size_t i = 0; i < 4; i++)
        timeline->lanes[i].name = names[i];
    timeline->n_marks = marks;
    timeline->marks = ssk_result_alloc(result, marks * sizeof *timeline->marks);
    for (size_t i = 0; i < marks; i++) {
        ssk_mark *mark = &timeline->marks[i];
        mark->at = timeline->from + (int64_t)i * (timeline->to - timeline->from) / (int64_t)marks;
        mark->frame = 90 + (uint32_t)i;
        mark->lane = i % 4;
        mark->kind = i % SSK_N_MARK_KINDS;
        if (mark->kind == SSK_MARK_LOG)
            mark->text = HOSTILE;
    }
    timeline->marks_dropped = 2;
    stall->timeline = timeline;
}

static inline void sample_stall(ssk_result *result, ssk_result_stall *stall, uint32_t id,
                                uint32_t flow)
{
    stall->id = id;
    stall->incident = id;
    stall->flow = flow;
    stall->direction = SSK_SIDE_A;
    stall->client = SSK_SIDE_A;
    stall->kind = SSK_STALL_SILENCE;
    stall->start = SAMPLE_START + id * 40 * SSK_S;
    stall->duration = 30038 * SSK_MS;
    stall->end = stall->start + stall->duration;
    stall->cause_end = stall->end - 1800 * SSK_MS;
    stall->recovery_tail = 1800 * SSK_MS;
    stall->next_retry = SSK_TIME_NONE;
    stall->frame_before = 101;
    stall->frame_after = 150;
    stall->missed = 29;
    stall->attempts = -1;
    stall->filter = "tcp.stream eq 0 && frame.number >= 101 && frame.number <= 150";
    stall->recovery = SSK_RECOVERY_BACKLOG;
    sample_verdict(result, &stall->verdict);
}

/* The last stall: a connect that is still going on, nobody knows why. */
static inline void sample_open_stall(ssk_result_stall *stall)
{
    stall->kind = SSK_STALL_CONNECT;
    stall->open = true;
    stall->end = stall->cause_end = SSK_TIME_NONE;
    stall->recovery_tail = -1;
    stall->frame_after = 0;
    stall->missed = -1;
    stall->attempts = 6;
    stall->recovery = SSK_RECOVERY_NEVER;
    stall->verdict = (ssk_verdict){0};
}

static inline void sample_udp(ssk_result *result, uint32_t flow)
{
    SAMPLE_ARRAY(result, udp, 2);
    ssk_result_udp *udp = result->udp;
    udp->flow = flow;
    udp->bytes = 5242880;
    udp->packets = 4000;
    udp->cast = "multicast";
    udp->threshold = 20 * SSK_MS;
    udp->has_on_off = true;
    udp->on_off.alike = udp->on_off.cycles = 40;
    udp->on_off.duty_permille = 551;
    udp->on_off.on_ns = (ssk_spread){131 * SSK_MS, SSK_MS, 100 * SSK_MS, 140 * SSK_MS};
    udp->on_off.off_ns = (ssk_spread){107 * SSK_MS, SSK_MS, 90 * SSK_MS, 250 * SSK_MS};
    udp->on_off.on_bytes = (ssk_spread){131072, 900, 120000, 140000};
    udp->on_off.on_packets = (ssk_spread){100, 2, 90, 110};
    udp->on_off.cv_bytes_permille = 20;
    udp->on_off.cv_seconds_permille = 310;
    udp->on_off.periodic_in = "bytes";
    udp->on_off.goodput_on = 1000000;
    udp->on_off.goodput = 551000;
    udp->on_off.power_of_two = 131072;
    udp->on_off.power_of_two_off_permille = -3;
    udp->on_off.strip = ssk_result_alloc(result, 121);
    memset(udp->on_off.strip, '#', 120);
    for (int i = 0; i < 120; i += 2)
        udp->on_off.strip[i] = '.';
    udp->on_off.strip_start = SAMPLE_START;
    udp->on_off.strip_slice = 100 * SSK_MS;
    udp->on_off.bursts.n_points = 40;
    udp->on_off.bursts.points = ssk_result_alloc(result, 40 * sizeof(ssk_point));
    for (int i = 0; i < 40; i++)
        udp->on_off.bursts.points[i] = (ssk_point){SAMPLE_START + i * 238 * SSK_MS,
                                                   131072 + i % 5 * 400};
    udp->has_reception = true;
    udp->reception.reference = "the sender's capture";
    udp->reception.received_bytes = 551;
    udp->reception.reference_bytes = 1000;
    udp->reception.received_packets = 55;
    udp->reception.reference_packets = 100;
    udp->reception.delivered_permille = 551;
    udp->reception.n_runs = 1;
    udp->reception.runs = ssk_result_alloc(result, sizeof *udp->reception.runs);
    udp->reception.runs[0] = (ssk_udp_run){true, 55, 551, SAMPLE_START, SAMPLE_START + SSK_S};
    udp->judged = true;
    sample_verdict(result, &udp->verdict);
    udp->verdict.causes[0].id = SSK_CAUSE_UDP_RECEIVE_BUFFER_FULL;
    udp->verdict.causes[1].id = SSK_CAUSE_UDP_LOST_BEFORE_RECEIVER;
    udp->verdict.causes[2].id = SSK_CAUSE_WIFI_DTIM_BUNCHING;
    result->udp[1] = (ssk_result_udp){.flow = flow, .bytes = 9, .packets = 100, .cast = "unicast"};
}

static inline void sample_bonjour(ssk_result *result)
{
    static const uint8_t binary[] = {0xff, 0x00, '|', 0x1b};

    SAMPLE_ARRAY(result, services, 2);
    ssk_result_service *service = result->services;
    *service = (ssk_result_service){
        .instance = HOSTILE,
        .type = "_hospital._tcp",
        .domain = "local",
        .host = "ward-3.local",
        .port = 7000,
        .has_port = true,
        .n_addresses = 1,
        .n_txt = 4,
        .n_txt_seen = 1,
        .txt_seen_dropped = 5,
        .first = SAMPLE_START,
        .last = SAMPLE_START + SSK_S,
        .state = "goodbye",
    };
    service->addresses = ssk_result_alloc(result, sizeof *service->addresses);
    service->addresses[0] = (ssk_addr){6, {0xfe, 0x80, [15] = 1}};
    service->txt = ssk_result_alloc(result, 4 * sizeof *service->txt);
    service->txt[0] = (ssk_result_txt){"peerID", "C0FFEE", (const uint8_t *)"C0FFEE", 6};
    service->txt[1] = (ssk_result_txt){"flag", NULL, NULL, 0};
    service->txt[2] = (ssk_result_txt){"empty", "", (const uint8_t *)"", 0};
    service->txt[3] = (ssk_result_txt){"bin", "\xef\xbf\xbd", binary, sizeof binary};
    service->txt_seen = ssk_result_alloc(result, sizeof *service->txt_seen);
    service->txt_seen[0].frame = 7;
    service->txt_seen[0].n_strings = 1;
    service->txt_seen[0].strings = ssk_result_alloc(result, sizeof *service->txt_seen[0].strings);
    service->txt_seen[0].strings[0].bytes = binary;
    service->txt_seen[0].strings[0].len = sizeof binary;
    result->services[1] = (ssk_result_service){
        .type = "_x._udp",
        .domain = "local",
        .first = SAMPLE_START,
        .last = SAMPLE_START,
        .state = "alive",
    };
    result->txt_records = 400;
    result->services_dropped = 1;
    SAMPLE_ARRAY(result, bonjour_findings, 1);
    result->bonjour_findings[0] = (ssk_result_finding){
        .id = SSK_CAUSE_NO_GOODBYE,
        .severity = "warning",
        .text = HOSTILE,
        .frames = sample_numbers(result, 2, 7),
        .n_frames = 2,
    };
}

static inline void sample_clocks(ssk_result *result)
{
    SAMPLE_ARRAY(result, clocks, 1);
    ssk_result_clock *clock = result->clocks;
    *clock = (ssk_result_clock){
        .flow = 1,
        .source = "ping-pong",
        .side = SSK_SIDE_B,
        .format = "unix-ms",
        .offset = -41 * SSK_MS,
        .error = 2 * SSK_MS,
        .skew_ppb = -1234,
        .has_skew = true,
        .n_steps = 1,
        .samples = 58,
    };
    clock->steps = ssk_result_alloc(result, sizeof *clock->steps);
    clock->steps[0].at = SAMPLE_START + 9 * SSK_S;
    clock->steps[0].by = -7 * SSK_S;
    clock->offset_over_time.n_points = 50;
    clock->offset_over_time.points = ssk_result_alloc(result, 50 * sizeof(ssk_point));
    for (int i = 0; i < 50; i++)
        clock->offset_over_time.points[i] = (ssk_point){SAMPLE_START + i * SSK_S,
                                                        -41 * SSK_MS - i * SSK_US};
}

static inline void sample_keepalive(ssk_result *result, ssk_result_flow *flow)
{
    ssk_result_keepalive *keepalive = ssk_result_alloc(result, sizeof *keepalive);
    *keepalive = (ssk_result_keepalive){
        .profile = "json-len32",
        .originator = SSK_SIDE_A,
        .pings = 60,
        .pongs = 58,
        .unanswered = 2,
        .times = 58,
        .has_rtt = true,
        .rtt_min = SSK_MS,
        .rtt_p50 = 3 * SSK_MS,
        .rtt_p99 = 30 * SSK_MS,
        .rtt_max = 45 * SSK_MS,
        .period = SSK_S,
        .timeout = 30 * SSK_S,
    };
    keepalive->rtt_over_time.n_points = 58;
    keepalive->rtt_over_time.points = ssk_result_alloc(result, 58 * sizeof(ssk_point));
    for (int i = 0; i < 58; i++)
        keepalive->rtt_over_time.points[i] = (ssk_point){SAMPLE_START + i * SSK_S,
                                                         3 * SSK_MS + i % 7 * SSK_MS};
    flow->keepalive = keepalive;
}

/** @param n_flows, n_stalls 2 or more */
static inline ssk_result *sample_result_new(size_t n_flows, size_t n_stalls)
{
    ssk_config config;
    ssk_config_init(&config);
    g_strlcpy(config.tz, "+01:00", sizeof config.tz);
    ssk_result *result = ssk_result_new(&config);

    SAMPLE_ARRAY(result, inputs, 1);
    ssk_result_input *input = result->inputs;
    *input = (ssk_result_input){
        .n_interfaces = 2,
        .packets = 1234,
        .bytes = 99999,
        .first = SAMPLE_START - 10 * SSK_S,
        .last = SAMPLE_START + 300 * SSK_S,
        .truncated_packets = 1,
        .undecoded_packets = 2,
        .fragments = 3,
        .backward_timestamps = 4,
        .bad_timestamps = 5,
        .records = 6,
        .n_undecoded = 1,
    };
    input->interfaces = ssk_result_alloc(result, 2 * sizeof *input->interfaces);
    input->interfaces[0] = (ssk_result_interface){.id = 0, .name = "en0", .linktype = 1};
    input->interfaces[1] = (ssk_result_interface){.id = 1, .linktype = 113};
    input->undecoded = ssk_result_alloc(result, sizeof *input->undecoded);
    input->undecoded[0].what = "link type 999";
    input->undecoded[0].packets = 2;

    result->vantage.value = SSK_VANTAGE_SERVER;
    result->vantage.why = "segments above the MTU leave 10.0.0.1";

    SAMPLE_ARRAY(result, flows, n_flows);
    for (size_t i = 0; i < n_flows; i++)
        sample_flow(&result->flows[i], (uint32_t)i + 1);
    result->flows[0].process_name = HOSTILE;
    result->flows[0].process_pid = 311;
    result->flows[1].closed = SSK_CLOSE_FIN;
    result->flows[1].addr[SSK_A] = (ssk_addr){6, {0xfe, 0x80, [8] = 1, 2, 3, 4, 5, 6, 7, 8}};
    result->flows[1].addr[SSK_B] = (ssk_addr){6, {0xfe, 0x80, [8] = 8, 7, 6, 5, 4, 3, 2, 1}};
    ssk_hist_clear(&result->flows[1].dir[SSK_B].gaps);
    result->flows[1].dir[SSK_B] = (ssk_result_direction){0}; /* one direction only */
    result->flows[n_flows - 1].transport = SSK_UDP;
    sample_keepalive(result, &result->flows[0]);

    SAMPLE_ARRAY(result, stalls, n_stalls);
    SAMPLE_ARRAY(result, incidents, n_stalls);
    for (size_t i = 0; i < n_stalls; i++) {
        ssk_result_stall *stall = &result->stalls[i];
        sample_stall(result, stall, (uint32_t)i + 1, (uint32_t)(i % n_flows) + 1);
        if (i + 1 == n_stalls)
            sample_open_stall(stall);
        else
            sample_timeline(result, stall, SSK_TIMELINE_MARKS);
        result->incidents[i] = (ssk_result_incident){
            (uint32_t)i + 1,
            sample_addr(5),
            stall->start,
            stall->end,
            sample_numbers(result, 1, (uint32_t)i + 1),
            1,
        };
    }
    result->stalls[0].consequence = (ssk_consequence){true, SSK_CAUSE_POLICY_CLOSE, SSK_SIDE_B,
                                                      30 * SSK_S, 333};
    result->stalls[0].new_flow = 2;
    result->stalls[0].next_retry = SAMPLE_START + 99 * SSK_S;

    SAMPLE_ARRAY(result, measurement, 2);
    result->measurement[0] = (ssk_result_measurement){
        .id = SSK_CAUSE_CAPTURE_HOLE,
        .start = SAMPLE_START,
        .end = SAMPLE_START + 5 * SSK_S,
        .duration = 5 * SSK_S,
        .flows = sample_numbers(result, 1, 1),
        .n_flows = 1,
        .evidence = sample_evidence(result, HOSTILE, 2),
        .n_evidence = 1,
        .hidden_bytes = 1395,
        .hidden_messages = 45,
    };
    result->measurement[1] = (ssk_result_measurement){
        .id = SSK_CAUSE_CLOCK_STEP,
        .start = SAMPLE_START,
        .end = SAMPLE_START - SSK_S,
        .duration = -SSK_S,
        .has_by = true,
        .by = -7500 * SSK_MS,
        .hidden_bytes = -1,
        .hidden_messages = -1,
    };
    sample_udp(result, (uint32_t)n_flows);
    sample_clocks(result);
    sample_bonjour(result);

    SAMPLE_ARRAY(result, findings, 1);
    result->findings[0] = (ssk_result_finding){
        .id = SSK_CAUSE_DUPLICATE_CONNECTION,
        .severity = "note",
        .text = "two live flows of one device",
        .flows = sample_numbers(result, 2, 1),
        .n_flows = 2,
        .frames = sample_numbers(result, 1, 1),
        .n_frames = 1,
    };
    SAMPLE_ARRAY(result, not_analysed, 1);
    result->not_analysed[0] = (ssk_result_not_analysed){"TLS payload on flow 3", "no key log"};
    result->limits.flows_evicted = 7;
    result->limits.facts_dropped = 12;
    result->limits.log_lines_dropped = 1;
    return result;
}

/** Nothing was captured. */
static inline ssk_result *sample_empty_new(void)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    SAMPLE_ARRAY(result, inputs, 1);
    result->inputs[0].first = result->inputs[0].last = SSK_TIME_NONE;
    return result;
}

/** The report in one format. @param result freed
 * @return owned by the caller */
static inline char *sample_report(const char *format, ssk_result *result)
{
    GString *out = g_string_new(NULL);
    ssk_writer_find(format)->write(result, &sample_host, out);
    ssk_result_free(result);
    return g_string_free(out, FALSE);
}

#define CONTAINS(text, part)                                  \
    do {                                                      \
        if (!strstr(text, part))                              \
            g_error("not in the report: %s\n%s", part, text); \
    } while (0)

#endif
