/* fuzz_engine.c - whole conversations, and anything else a capture may hold.
 *
 * The input is a script: two bytes per step of a few connections whose
 * sequence numbers hang together, now and then a frame of raw bytes. Oracle:
 *  - asking in between (a snapshot) changes nothing at the end;
 *  - every frame is counted, gaps add up to packets, all frame numbers exist;
 *  - the report is JSON.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/json.h"
#include "core/engine.h"
#include "report/writer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define N_CONNECTIONS 4
#define MAX_STEPS     400
#define MAX_RAW       200

typedef struct player {
    ssk_engine *engine, *asked; /* the second is asked for its result all the time */
    ssk_time_ns now;
    uint32_t frame, records;
    uint32_t next[N_CONNECTIONS][2]; /* sequence numbers to come */
    bool unstamped;                  /* the next frame, and ... */
    bool any_unstamped;
    uint64_t lines, lines_unstamped; /* of a log */
} player;

static void play(player *p, ssk_event_kind kind, uint16_t linktype, const uint8_t *bytes,
                 uint32_t cap_len, uint32_t wire_len)
{
    /* exact copy on the heap: a read past the end is seen */
    uint8_t *copy = g_malloc(cap_len ? cap_len : 1);
    memcpy(copy, bytes, cap_len);
    ssk_event event = {.kind = kind,
                       .frame = ++p->frame,
                       .linktype = linktype,
                       .bytes = copy,
                       .cap_len = cap_len,
                       .wire_len = wire_len,
                       .time = p->unstamped ? SSK_TIME_NONE : p->now};
    p->any_unstamped |= p->unstamped;
    p->unstamped = false;
    p->records += kind == SSK_EVENT_RECORD;
    ssk_engine_feed(p->engine, &event, NULL);
    ssk_engine_feed(p->asked, &event, NULL);
    memset(copy, 0xee, cap_len); /* borrowed means borrowed */
    g_free(copy);
    if (p->frame % 16 == 0)
        ssk_result_free(ssk_engine_snapshot(p->asked));
}

/* A line of a log, by itself or in a record: both are heard, and none is a packet. */
static void play_line(player *p, unsigned what)
{
    static const char *const lines[] = {
        "2025-03-24 18:34:16.298 connecting to 10.0.0.1:7000 connection ID=a1",
        "2025-03-24 18:34:16.298 sendKeepAliveRequest()",
        "2025-03-24 18:34:16.298 [Ext] heartbeat sent",
        "2025-03-24 18:34:16.298 received keep-alive seq=1 connection ID=b2",
        "2025-03-24 18:34:16.298 No keep-alive received for 16 seconds... connection ID=b2",
    };
    static const uint8_t head[] = "\0\x0c\0\x08"
                                  "applog\0\0"
                                  "\0\0\0"; /* and its last 0 */
    const char *line = lines[what % G_N_ELEMENTS(lines)];
    GByteArray *record = g_byte_array_new();
    if (what & 0x80)
        g_byte_array_append(record, head, sizeof head);
    g_byte_array_append(record, (const uint8_t *)line, (guint)strlen(line));
    p->lines++;
    p->lines_unstamped += p->unstamped;
    p->records++;
    play(p, what & 0x80 ? SSK_EVENT_FRAME : SSK_EVENT_LOG, what & 0x80 ? 252 : 0, record->data,
         record->len, record->len);
    g_byte_array_free(record, TRUE);
}

static void put16(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static void put32(uint8_t *to, uint32_t value)
{
    put16(to, value >> 16);
    put16(to + 2, value & 0xffff);
}

static void put_ip(uint8_t *to, unsigned from, unsigned protocol, uint32_t payload)
{
    memset(to, 0, 20);
    to[0] = 0x45;
    put16(to + 2, 20 + payload);
    to[8] = 64;
    to[9] = (uint8_t)protocol;
    put32(to + 12, 0x0a000001 + (from ? 1 : 0));
    put32(to + 16, 0x0a000001 + (from ? 0 : 1));
}

static void put_ports(uint8_t *to, unsigned connection, unsigned from)
{
    unsigned client = 50000 + connection, server = 7000;
    put16(to, from ? server : client);
    put16(to + 2, from ? client : server);
}

/** What applications say: nothing, keep-alives of three kinds, bulk. */
static uint32_t put_payload(uint8_t *to, unsigned kind, uint32_t number)
{
    char text[64];
    switch (kind) {
    case 0:
        return 0;
    case 1:
        g_snprintf(text, sizeof text, "PING %u\n", number);
        break;
    case 2:
        g_snprintf(text, sizeof text, "PONG %u\n", number);
        break;
    case 3: {
        int len = g_snprintf(text, sizeof text, "    {\"type\":\"ping\",\"seq\":%u}", number);
        memcpy(to, text, (size_t)len);
        put32(to, (uint32_t)len - 4);
        return (uint32_t)len;
    }
    case 4:
        memset(to, 0, 13);
        to[0] = 2;
        put32(to + 1, number);
        return 13;
    default:
        memset(to, (int)kind, 100);
        return 100;
    }
    memcpy(to, text, strlen(text));
    return (uint32_t)strlen(text);
}

static void play_tcp(player *p, uint8_t what, uint8_t how)
{
    static const uint8_t flags[] = {0x10, 0x18, 0x02, 0x12, 0x11, 0x04, 0x14, 0x00};
    unsigned connection = what >> 4 & 3, from = what >> 6 & 1;
    uint32_t *next = &p->next[connection][from], peer = p->next[connection][!from];
    uint8_t frame[256];
    uint8_t flag = flags[how & 7];
    uint32_t len = put_payload(frame + 40, how >> 3 & 7, p->frame);
    uint32_t seq = *next;
    unsigned mode = how >> 6; /* in order, again, ahead of a hole, elsewhere */
    if (mode == 1)
        seq -= len ? len : 1;
    else if (mode == 2)
        seq += 50;
    else if (mode == 3)
        seq *= 2654435761u;
    put_ip(frame, from, 6, 20 + len);
    put_ports(frame + 20, connection, from);
    put32(frame + 24, seq);
    put32(frame + 28, flag & 0x10 ? peer : 0);
    frame[32] = 0x50;
    frame[33] = flag;
    put16(frame + 34, (what & 0x80) ? 0 : 65535);
    put32(frame + 36, 0);
    if (mode != 3)
        *next = MAX(seq + len + ((flag & 3) ? 1 : 0), *next);
    play(p, SSK_EVENT_FRAME, 101, frame, 40 + len, 40 + len);
}

static void play_udp(player *p, uint8_t what, uint8_t how)
{
    unsigned connection = what >> 4 & 3, from = what >> 6 & 1;
    uint8_t frame[256];
    uint32_t len = put_payload(frame + 28, how & 7, p->frame);
    put_ip(frame, from, 17, 8 + len);
    put16(frame + 4, p->frame);
    put_ports(frame + 20, connection, from);
    put16(frame + 24, 8 + len);
    put16(frame + 26, 0);
    for (unsigned i = 0; i <= how >> 3; i++) {
        play(p, SSK_EVENT_FRAME, 101, frame, 28 + len, 28 + len);
        p->now += SSK_MS;
    }
}

static uint32_t last_frame_of(const ssk_evidence *evidence, size_t n)
{
    uint32_t last = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < evidence[i].n_frames; j++)
            last = MAX(last, evidence[i].frames[j]);
    return last;
}

static void check_verdict(const ssk_verdict *verdict, uint32_t last_frame)
{
    g_assert_cmpuint(verdict->n_verdict, <=, verdict->n_causes);
    for (size_t i = 0; i < verdict->n_causes; i++) {
        const ssk_cause *cause = &verdict->causes[i];
        g_assert_cmpuint(cause->id, <, SSK_N_CAUSES);
        g_assert_cmpuint(last_frame_of(cause->evidence, cause->n_evidence), <=, last_frame);
        g_assert_cmpuint(last_frame_of(cause->against, cause->n_against), <=, last_frame);
    }
}

static void check_flow(const player *p, const ssk_result_flow *flow)
{
    g_assert_cmpuint(flow->first_frame, >=, 1);
    g_assert_cmpuint(flow->last_frame, <=, p->frame);
    for (int dir = 0; dir < 2; dir++) {
        const ssk_result_direction *row = &flow->dir[dir];
        uint64_t gaps = ssk_hist_total(&row->gaps);
        g_assert_cmpuint(row->payload_packets, <=, row->packets);
        g_assert_cmpuint(row->payload_bytes, <=, row->bytes);
        if (!p->any_unstamped)
            g_assert_cmpuint(gaps + row->backward + (row->packets > 0), ==, row->packets);
        g_assert_cmpuint(row->gaps_over[2], <=, row->gaps_over[1]);
        g_assert_cmpuint(row->gaps_over[1], <=, row->gaps_over[0]);
        g_assert_true(row->has_max_gap == (gaps > 0));
        if (row->has_max_gap)
            g_assert_cmpuint(row->max_gap_frames[0], <, row->max_gap_frames[1]);
    }
}

static void check_stall(const player *p, const ssk_result *result, const ssk_result_stall *stall)
{
    g_assert_cmpint(stall->duration, >=, 0);
    g_assert_nonnull(ssk_result_find_flow(result, stall->flow));
    g_assert_cmpuint(stall->frame_before, <=, p->frame);
    g_assert_cmpuint(stall->frame_after, <=, p->frame);
    if (stall->end != SSK_TIME_NONE) /* what was replaced is not open, and may have none */
        g_assert_cmpint(stall->start, <=, stall->end);
    else
        g_assert_true(stall->open || stall->new_flow);
    check_verdict(&stall->verdict, p->frame);
}

static void check_logs(const player *p, const ssk_result *result)
{
    uint64_t lines = result->limits.log_lines_dropped;
    for (size_t i = 0; i < result->n_logs; i++) {
        const ssk_result_log *log = &result->logs[i];
        lines += log->lines;
        g_assert_cmpuint(log->lines, ==, log->n_list);
        g_assert_cmpuint(log->sent + log->received, <=, log->lines);
        g_assert_true(log->flow ? ssk_result_find_flow(result, log->flow) && log->has_offset &&
                                      (log->side == SSK_SIDE_A || log->side == SSK_SIDE_B)
                                : log->matched == 0);
        for (size_t k = 0; k < log->n_list; k++) {
            g_assert_cmpuint(log->list[k].frame, <=, p->frame);
            g_assert_true(k == 0 || log->list[k - 1].at <= log->list[k].at);
        }
    }
    g_assert_cmpuint(lines, ==, p->lines);
    g_assert_cmpuint(result->limits.log_lines_dropped, >=, p->lines_unstamped);
}

static void check(const player *p, const ssk_result *result)
{
    uint64_t packets = 0;
    g_assert_cmpuint(result->n_inputs, ==, 1);
    g_assert_cmpuint(result->inputs[0].packets, ==, p->frame - p->records);
    for (size_t i = 0; i < result->n_flows; i++) {
        check_flow(p, &result->flows[i]);
        packets += result->flows[i].dir[0].packets + result->flows[i].dir[1].packets;
        if (i)
            g_assert_cmpuint(result->flows[i - 1].first_frame, <, result->flows[i].first_frame);
    }
    g_assert_cmpuint(packets, <=, result->inputs[0].packets);
    for (size_t i = 0; i < result->n_stalls; i++) {
        check_stall(p, result, &result->stalls[i]);
        if (i)
            g_assert_cmpint(result->stalls[i - 1].start, <=, result->stalls[i].start);
    }
    for (size_t i = 0; i < result->n_udp; i++)
        check_verdict(&result->udp[i].verdict, p->frame);
    check_logs(p, result);
}

static GString *report(const player *p, ssk_engine *engine)
{
    ssk_result *result = ssk_engine_snapshot(engine);
    ssk_host host = {.program = "stallshark", .version = "0"};
    GString *text = g_string_new(NULL);
    check(p, result);
    ssk_writer_find("json")->write(result, &host, text);
    g_assert_cmpint(ssk_json_check((const uint8_t *)text->str, (uint32_t)text->len), ==, SSK_OK);
    ssk_result_free(result);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint16_t linktypes[] = {101, 1, 113, 0, 127, 258, 147, 105};
    ssk_config config;
    ssk_config_init(&config);
    player p = {.engine = ssk_engine_new(&config, NULL),
                .asked = ssk_engine_new(&config, NULL),
                .now = 1742841288 * SSK_S};
    size_t at = 0;
    for (unsigned steps = 0; at + 2 <= size && steps < MAX_STEPS; steps++) {
        uint8_t what = data[at], how = data[at + 1];
        at += 2;
        switch (what & 7) {
        case 0:
            p.now += how * 10 * SSK_MS;
            break;
        case 1:
            p.now += how * SSK_S / 2;
            break;
        case 2:
            if (what & 8) {
                play_line(&p, how);
                break;
            }
            p.unstamped = how & 1;
            p.now -= how & 2 ? how * SSK_MS : 0;
            break;
        case 3:
        case 4:
        case 5:
            play_tcp(&p, what, how);
            break;
        case 6:
            play_udp(&p, what, how);
            break;
        case 7:
            if (how == 255) {
                play(&p, SSK_EVENT_RECORD, 0, data, 0, 0);
            } else {
                uint32_t len = (uint32_t)MIN(MIN(how, MAX_RAW), size - at);
                play(&p, SSK_EVENT_FRAME, linktypes[what >> 4 & 7], data + at, len,
                     len + (what & 8 ? 40 : 0));
                at += len;
            }
            break;
        }
    }
    GString *text = report(&p, p.engine), *asked = report(&p, p.asked);
    g_assert_cmpstr(text->str, ==, asked->str);
    g_string_free(text, TRUE);
    g_string_free(asked, TRUE);
    ssk_engine_free(p.engine);
    ssk_engine_free(p.asked);
    return 0;
}
