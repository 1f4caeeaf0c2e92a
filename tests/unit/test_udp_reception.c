/* test_udp_reception.c - whole frames in, rows of udp[] out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/gdl90.h"
#include "core/engine.h"
#include "tests/unit/cause.h"

typedef enum cast { UNICAST, MULTICAST_4, MULTICAST_6, LIMITED, SUBNET } cast;
typedef enum ids { IDS_NONE, IDS_COUNT, IDS_IDLE_RANDOM, IDS_RANDOM, IDS_CONSTANT } ids;

/* One sender, and a capture that sees part of what it sends. */
typedef struct sender {
    ssk_engine *engine;
    GRand *rand;
    cast cast;
    ids ids;
    bool numbered, rtp;
    uint32_t frame, ip_id, number;
    ssk_time_ns last; /* of this sender's datagrams, seen or not */
    const ssk_process *process; /* of the next datagram; NULL: not known */
} sender;

static void sender_init(sender *s, cast to, ids kind, bool numbered)
{
    ssk_config config;
    ssk_config_init(&config);
    *s = (sender){.engine = ssk_engine_new(&config, NULL),
                  .rand = g_rand_new_with_seed(9),
                  .cast = to,
                  .ids = kind,
                  .ip_id = 65000,
                  .numbered = numbered};
}

static ssk_result *sender_finish(sender *s)
{
    ssk_result *result = ssk_engine_snapshot(s->engine);
    ssk_engine_free(s->engine);
    g_rand_free(s->rand);
    return result;
}

static void put(uint8_t *at, unsigned width, uint32_t value)
{
    for (unsigned i = 0; i < width; i++)
        at[i] = (uint8_t)(value >> 8 * (width - 1 - i));
}

static uint32_t put_headers(const sender *s, uint8_t *frame, uint32_t payload_len)
{
    static const uint8_t group_mac[] = {0x01, 0x00, 0x5e, 1, 2, 3},
                         all_mac[] = "\xff\xff\xff\xff\xff\xff";
    memcpy(frame,
           s->cast == UNICAST  ? (const uint8_t *)"\x02\0\0\0\0\x02"
           : s->cast < LIMITED ? group_mac
                               : all_mac,
           6);
    memcpy(frame + 6, "\x02\0\0\0\0\x01", 6);
    uint8_t *ip = frame + 14;
    if (s->cast == MULTICAST_6) {
        put(frame + 12, 2, 0x86dd);
        ip[0] = 0x60;
        put(ip + 4, 2, payload_len + 8);
        ip[6] = 17;
        ip[7] = 64;
        memcpy(ip + 8, "\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\x01", 16);
        memcpy(ip + 24, "\xff\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\x05", 16);
        ip += 40;
    } else {
        static const uint32_t to[] = {[UNICAST] = 0x0a000002,
                                      [MULTICAST_4] = 0xef010203,
                                      [LIMITED] = 0xffffffff,
                                      [SUBNET] = 0x0a0000ff};
        put(frame + 12, 2, 0x0800);
        ip[0] = 0x45;
        put(ip + 2, 2, payload_len + 28);
        put(ip + 4, 2, s->ip_id & 0xffff);
        ip[8] = 64;
        ip[9] = 17;
        put(ip + 12, 4, 0x0a000001);
        put(ip + 16, 4, to[s->cast]);
        ip += 20;
    }
    put(ip, 2, 40000);
    put(ip + 2, 2, 4000);
    put(ip + 4, 2, payload_len + 8);
    return (uint32_t)(ip + 8 - frame);
}

/* The sender sends; the capture may see it. */
static void send(sender *s, ssk_time_ns time, uint32_t len, bool seen)
{
    uint8_t frame[1600] = {0};
    ssk_span_ns idle = time - s->last;
    s->last = time;
    switch (s->ids) {
    case IDS_COUNT:
        s->ip_id++;
        break;
    case IDS_IDLE_RANDOM: /* Linux, 1000 ticks a second */
        s->ip_id +=
            1 + (idle >= SSK_MS ? (uint32_t)g_rand_int_range(s->rand, 0, (int)(idle / SSK_MS)) : 0);
        break;
    case IDS_RANDOM:
        s->ip_id = g_rand_int(s->rand);
        break;
    case IDS_CONSTANT:
        s->ip_id = 7;
        break;
    case IDS_NONE:
        s->ip_id = 0;
    }
    uint32_t number = s->number++;
    if (!seen)
        return;
    uint32_t at = put_headers(s, frame, len);
    for (uint32_t i = 0; i < len && i < 64; i++)
        frame[at + i] = (uint8_t)g_rand_int(s->rand);
    if (s->rtp) {
        frame[at] = 0x80;
        frame[at + 1] = 96;
        put(frame + at + 2, 2, number);
        put(frame + at + 8, 4, 0x1234);
    } else if (s->numbered) {
        put(frame + at + 4, 4, number);
    }
    ssk_engine_feed(s->engine,
                    &(ssk_event){.frame = ++s->frame,
                                 .time = 1800000000 * SSK_S + time,
                                 .linktype = 1,
                                 .bytes = frame,
                                 .cap_len = at + MIN(len, 54),
                                 .wire_len = at + len,
                                 .process = s->process},
                    NULL);
}

static bool has(const ssk_result_udp *udp, const char *id)
{
    for (size_t i = 0; i < udp->verdict.n_verdict; i++)
        if (!strcmp(udp->verdict.causes[i].id, id))
            return true;
    return false;
}

static const ssk_result_udp *only_row(const ssk_result *result)
{
    g_assert_cmpuint(result->n_udp, ==, 1);
    return &result->udp[0];
}

/* 128 datagrams of 1 kB at 1 MB/s pass, then as many are due unseen;
 * @return how many the gate took between the first and the last seen */
static uint32_t gate(sender *s, int cycles, bool sender_pauses)
{
    ssk_time_ns now = 0;
    uint32_t lost = 0;
    for (int cycle = 0; cycle < cycles; cycle++)
        for (int i = 0; i < 235; i++) {
            now += SSK_MS + g_rand_int_range(s->rand, -100, 100) * SSK_US;
            bool on = i < 128;
            if (!on && sender_pauses)
                continue;
            send(s, now, 1024, on);
            lost += !on && cycle + 1 < cycles;
        }
    return lost;
}

static void test_casts(void)
{
    static const char *const names[] = {"unicast", "multicast", "multicast", "broadcast",
                                        "broadcast"};
    for (int to = UNICAST; to <= SUBNET; to++) {
        sender s;
        sender_init(&s, (cast)to, IDS_NONE, true);
        uint32_t lost = gate(&s, 20, false);
        ssk_result *result = sender_finish(&s);
        const ssk_result_udp *udp = only_row(result);
        g_assert_cmpstr(udp->cast, ==, names[to]);
        g_assert_true(udp->has_on_off);
        g_assert_cmpint(udp->on_off.on_bytes.p50, ==, 131072);
        g_assert_cmpint(udp->on_off.power_of_two, ==, 131072);
        g_assert_cmpint(udp->on_off.duty_permille, >, 535);
        g_assert_cmpint(udp->on_off.duty_permille, <, 555);
        g_assert_true(udp->has_reception);
        g_assert_cmpuint(udp->reception.reference_packets - udp->reception.received_packets, ==,
                         lost);
        g_assert_cmpuint(udp->reception.n_runs, ==, 39);
        g_assert_cmpuint(udp->reception.runs[1].packets, ==, 107);
        g_assert_cmpuint(udp->reception.runs[1].bytes, ==, 107 * 1024);
        g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
        g_assert_true(has(udp, "udp-lost-before-receiver"));
        ssk_result_free(result);
    }
}

static void test_pauses(void)
{
    sender s;
    sender_init(&s, SUBNET, IDS_COUNT, true);
    gate(&s, 20, true);
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_true(udp->has_on_off);
    g_assert_cmpuint(udp->reception.delivered_permille, ==, 1000);
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 1); /* the sender, not the path */
    g_assert_true(has(udp, "udp-sender-pauses"));
    ssk_result_free(result);
}

static void test_ip_id(void)
{
    static const struct {
        ids kind;
        bool pauses;
        bool lost, paused;
    } cases[] = {
        {IDS_COUNT, false, true, false},     {IDS_COUNT, true, false, true},
        {IDS_NONE, false, false, false},     {IDS_NONE, true, false, false},
        {IDS_RANDOM, false, false, false},   {IDS_RANDOM, true, false, false},
        {IDS_IDLE_RANDOM, true, true, true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        sender s;
        sender_init(&s, SUBNET, cases[i].kind, false);
        gate(&s, 20, cases[i].pauses);
        ssk_result *result = sender_finish(&s);
        const ssk_result_udp *udp = only_row(result);
        g_assert_true(udp->has_on_off);
        g_assert_true(has(udp, "udp-lost-before-receiver") == cases[i].lost);
        g_assert_true(has(udp, "udp-sender-pauses") == cases[i].paused);
        g_assert_true(udp->judged == (cases[i].lost || cases[i].paused));
        ssk_result_free(result);
    }
}

static void test_random_loss(void)
{
    sender s;
    sender_init(&s, SUBNET, IDS_NONE, true);
    uint32_t lost = 0;
    for (int i = 0; i < 6000; i++) {
        bool seen = i == 0 || i == 5999 || g_rand_double(s.rand) >= 0.08;
        send(&s, i * SSK_MS, 1024, seen);
        lost += !seen;
    }
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_false(udp->has_on_off);
    g_assert_false(udp->judged);
    g_assert_cmpuint(udp->reception.reference_packets, ==, 6000);
    g_assert_cmpuint(udp->reception.received_packets, ==, 6000 - lost);
    g_assert_cmpuint(udp->reception.n_runs, ==, 256);
    g_assert_cmpuint(udp->reception.runs_dropped, >, 0);
    ssk_result_free(result);
}

static void test_heavy_loss(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_NONE, true);
    for (int i = 0; i < 3000; i++)
        send(&s, i * SSK_MS, 1024, g_rand_double(s.rand) >= 0.4);
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_false(udp->has_on_off);
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
    g_assert_true(has(udp, "udp-lost-before-receiver"));
    ssk_result_free(result);
}

static void test_video(void)
{
    /* 12 datagrams every 33 ms: on/off, and nobody's fault */
    sender s;
    sender_init(&s, UNICAST, IDS_RANDOM, true);
    s.rtp = true;
    for (int picture = 0; picture < 300; picture++)
        for (int i = 0; i < 12; i++)
            send(&s, picture * 33 * SSK_MS + i * 30 * SSK_US, 1200, true);
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_cmpstr(udp->reception.reference, ==, "RTP sequence numbers");
    g_assert_cmpuint(udp->reception.delivered_permille, ==, 1000);
    g_assert_false(has(udp, "udp-lost-before-receiver"));
    g_assert_false(has(udp, "wifi-dtim-bunching"));
    ssk_result_free(result);
}

static void test_dtim(void)
{
    /* 100 datagrams a second, held for every third beacon */
    sender s;
    sender_init(&s, LIMITED, IDS_COUNT, true);
    ssk_time_ns last = 0;
    for (int i = 0; i < 4000; i++) {
        ssk_time_ns held = (i * 10 * SSK_MS / (307200 * SSK_US) + 1) * 307200 * SSK_US;
        last = MAX(held, last + 200 * SSK_US);
        send(&s, last, 200, true);
    }
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_true(udp->has_on_off);
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
    g_assert_true(has(udp, "wifi-dtim-bunching"));
    ssk_result_free(result);
}

/* The receiver's host says that nobody listens at @p port. */
static ssk_result *refused(uint16_t port)
{
    sender s;
    sender_init(&s, UNICAST, IDS_NONE, true);
    for (int i = 0; i < 150; i++)
        send(&s, i * 100 * SSK_MS, 300, true);
    uint8_t error[14 + 20 + 8 + 28] = {0}, quoted[14 + 28 + 8] = {0};
    put_headers(&s, quoted, 300);
    put(quoted + 36, 2, port);
    memcpy(error, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0\x45\0\0\x38\0\0\0\0\x40\x01", 24);
    memcpy(error + 26, "\x0a\0\0\x02\x0a\0\0\x01\x03\x03", 10);
    memcpy(error + 42, quoted + 14, 28);
    ssk_engine_feed(s.engine,
                    &(ssk_event){.frame = ++s.frame,
                                 .time = 1800000016 * SSK_S,
                                 .linktype = 1,
                                 .bytes = error,
                                 .cap_len = sizeof error,
                                 .wire_len = sizeof error},
                    NULL);
    return sender_finish(&s);
}

static void test_no_port(void)
{
    ssk_result *result = refused(4000);
    const ssk_result_udp *udp = only_row(result);
    g_assert_true(has(udp, "udp-no-port"));
    g_assert_cmpint(udp->verdict.causes[0].side, ==, SSK_SIDE_B);
    g_assert_cmpuint(udp->verdict.causes[0].evidence[0].frames[0], ==, 151);
    ssk_result_free(result);
}

static void test_other_port(void)
{
    ssk_result *result = refused(4001);
    g_assert_false(has(only_row(result), "udp-no-port"));
    ssk_result_free(result);
}

/* A GDL 90 heartbeat of that second, as a frame of the stream. */
static void heartbeat(sender *s, ssk_time_ns time, uint32_t second)
{
    uint8_t message[7] = {0, 0x81, 1, (uint8_t)second, (uint8_t)(second >> 8), 0, 0};
    uint16_t crc = ssk_gdl90_crc(message, sizeof message);
    uint8_t frame[128] = {0}, whole[9], *out;
    memcpy(whole, message, 7);
    whole[7] = (uint8_t)crc;
    whole[8] = (uint8_t)(crc >> 8);
    uint8_t payload[32];
    out = payload;
    *out++ = 0x7e;
    for (size_t i = 0; i < sizeof whole; i++)
        if (whole[i] == 0x7e || whole[i] == 0x7d) {
            *out++ = 0x7d;
            *out++ = whole[i] ^ 0x20;
        } else {
            *out++ = whole[i];
        }
    *out++ = 0x7e;
    uint32_t len = (uint32_t)(out - payload), at = put_headers(s, frame, len);
    memcpy(frame + at, payload, len);
    ssk_engine_feed(s->engine,
                    &(ssk_event){.frame = ++s->frame,
                                 .time = 1800000000 * SSK_S + time,
                                 .linktype = 1,
                                 .bytes = frame,
                                 .cap_len = at + len,
                                 .wire_len = at + len},
                    NULL);
}

static void test_silent_stream(void)
{
    for (int paused = 0; paused <= 1; paused++) {
        sender s;
        sender_init(&s, SUBNET, IDS_NONE, false);
        uint32_t second = 1000;
        for (int i = 0; i < 120; i++) {
            bool off = i >= 40 && i < 60;
            if (!off)
                heartbeat(&s, i * SSK_S + g_rand_int_range(s.rand, 0, 20) * SSK_MS, second);
            second += !(off && paused);
        }
        ssk_result *result = sender_finish(&s);
        g_assert_cmpuint(result->n_stalls, ==, 1);
        const ssk_verdict *verdict = &result->stalls[0].verdict;
        g_assert_cmpuint(verdict->n_verdict, ==, 1);
        g_assert_cmpstr(verdict->causes[0].id, ==,
                        paused ? "udp-sender-pauses" : "udp-lost-before-receiver");
        const ssk_result_udp *udp = only_row(result);
        g_assert_cmpuint(udp->reception.received_packets, ==, 100);
        g_assert_cmpuint(udp->reception.reference_packets, ==, paused ? 100 : 120);
        ssk_result_free(result);
    }
}

/* IGMPv2 for the stream's group: 0x11 query, 0x16 report, 0x17 leave. */
static void igmp(sender *s, ssk_time_ns time, uint8_t type)
{
    uint8_t frame[14 + 20 + 8] = {0};
    memcpy(frame, "\x01\0\x5e\x01\x02\x03\x02\0\0\0\0\x02\x08\0\x45", 15);
    put(frame + 16, 2, 28);
    frame[22] = 1;
    frame[23] = 2;
    put(frame + 26, 4, 0x0a000002);
    put(frame + 30, 4, type == 0x11 ? 0xe0000001 : 0xef010203);
    frame[34] = type;
    put(frame + 38, 4, type == 0x11 ? 0 : 0xef010203);
    ssk_engine_feed(s->engine,
                    &(ssk_event){.frame = ++s->frame,
                                 .time = 1800000000 * SSK_S + time,
                                 .linktype = 1,
                                 .bytes = frame,
                                 .cap_len = sizeof frame,
                                 .wire_len = sizeof frame},
                    NULL);
}

enum { LEFT, UNANSWERED, ANSWERED };

static void membership(int kind)
{
    sender s;
    sender_init(&s, MULTICAST_4, IDS_NONE, true);
    igmp(&s, 0, 0x16);
    for (int second = 1; second < 600; second++) {
        if (second < 300)
            send(&s, second * SSK_S, 300, true);
        if (second % 125 == 0) {
            igmp(&s, second * SSK_S + SSK_MS, 0x11);
            if (kind == ANSWERED)
                igmp(&s, second * SSK_S + 500 * SSK_MS, 0x16);
        }
        if (kind == LEFT && second == 299)
            igmp(&s, second * SSK_S + 2 * SSK_MS, 0x17);
    }
    ssk_result *result = sender_finish(&s);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    const ssk_verdict *verdict = &result->stalls[0].verdict;
    bool named = !strcmp(verdict->causes[0].id, "udp-membership-lost");
    g_assert_true(named == (kind != ANSWERED));
    g_assert_true(has(only_row(result), "udp-membership-lost") == (kind != ANSWERED));
    ssk_result_free(result);
}

static void test_membership_lost(void)
{
    membership(LEFT);
    membership(UNANSWERED);
}

static void test_membership_kept(void)
{
    membership(ANSWERED);
}

/* Dropped by the kernel, by droptap's account. */
static bool dropped_for(uint32_t reason)
{
    sender s;
    sender_init(&s, UNICAST, IDS_NONE, true);
    ssk_process process = {.name = "Receiver", .pid = 311, .drop_reason = reason};
    for (int i = 0; i < 150; i++) {
        s.process = i == 100 ? &process : NULL;
        send(&s, i * SSK_MS, 300, true);
    }
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    bool full = has(udp, "udp-receive-buffer-full");
    if (full) {
        g_assert_cmpint(udp->verdict.causes[0].side, ==, SSK_SIDE_B);
        g_assert_cmpuint(udp->verdict.causes[0].evidence[0].frames[0], ==, 101);
    }
    ssk_result_free(result);
    return full;
}

static void test_buffer_full(void)
{
    g_assert_true(dropped_for(0x02040001)); /* FULL_SOCK_RCVBUF */
}

static void test_other_drop(void)
{
    g_assert_false(dropped_for(0x01010002)); /* RX_DST_RING_FULL */
    g_assert_false(dropped_for(0));
}

static void test_constant_id(void)
{
    /* an identification that never changes makes no copies */
    sender s;
    sender_init(&s, UNICAST, IDS_CONSTANT, true);
    for (int i = 0; i < 1000; i++)
        send(&s, i * 100 * SSK_US, 300, true);
    ssk_result *result = sender_finish(&s);
    g_assert_cmpuint(only_row(result)->reception.received_packets, ==, 1000);
    ssk_result_free(result);
}

static void test_few(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_COUNT, true);
    for (int i = 0; i < 99; i++)
        send(&s, i * SSK_MS, 100, true);
    ssk_result *result = sender_finish(&s);
    g_assert_cmpuint(result->n_udp, ==, 0);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("udp-lost-before-receiver", "a numbered stream has holes, to every cast", test_casts);
    FIRES("udp-lost-before-receiver", "losses are heavy and scattered", test_heavy_loss);
    SILENT("udp-lost-before-receiver", "the sender itself pauses", test_pauses);
    SILENT("udp-lost-before-receiver", "one datagram in twelve is lost at random", test_random_loss);
    FIRES("udp-sender-pauses", "its numbers stand still in the pauses", test_pauses);
    SILENT("udp-sender-pauses", "its numbers went on", test_casts);
    FIRES("udp-sender-pauses", "the clock in a silent stream stood still, and only then", test_silent_stream);
    FIRES("wifi-dtim-bunching", "arrivals keep to the beacon's grid", test_dtim);
    SILENT("wifi-dtim-bunching", "bunches are video pictures", test_video);
    FIRES("udp-no-port", "the receiver answers that the port is unreachable", test_no_port);
    SILENT("udp-no-port", "the error is about another port", test_other_port);
    FIRES("udp-membership-lost", "the group was left, or queries stay unanswered", test_membership_lost);
    SILENT("udp-membership-lost", "every query was answered", test_membership_kept);
    FIRES("udp-receive-buffer-full", "the capture names a full socket buffer", test_buffer_full);
    SILENT("udp-receive-buffer-full", "packets were dropped for another reason", test_other_drop);
    g_test_add_func("/udp reception/the IPv4 identification counts only where it really counts",
                    test_ip_id);
    g_test_add_func("/udp reception/a constant identification makes no copies", test_constant_id);
    g_test_add_func("/udp reception/fewer than 100 datagrams make no row", test_few);
    return g_test_run();
}
