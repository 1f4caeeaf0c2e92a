/* test_rule_udp_stall.c - a one-way stream that fell silent.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/udp_sender.h"

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
        g_assert_cmpint(verdict->causes[0].id, ==,
                        paused ? SSK_CAUSE_UDP_SENDER_PAUSES : SSK_CAUSE_UDP_LOST_BEFORE_RECEIVER);
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
    bool named = !strcmp(ssk_cause_text(verdict->causes[0].id), "udp-membership-lost");
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

/* The stream stays away for 30 s, while its sender goes on; a host reports the group @p ahead of its
 * return, before which a router may have @p asked who listens. Is the membership named? */
static bool named_where_a_report_comes(ssk_span_ns ahead, bool asked)
{
    sender s;
    sender_init(&s, MULTICAST_4, IDS_NONE, true);
    igmp(&s, 0, 0x16);
    for (int second = 1; second < 100; second++) {
        send(&s, second * SSK_S, 300, second < 30 || second >= 60);
        ssk_time_ns reported = 60 * SSK_S - ahead;
        if (reported < second * SSK_S || reported >= (second + 1) * SSK_S)
            continue;
        if (asked)
            igmp(&s, reported - 5 * SSK_MS, 0x11);
        igmp(&s, reported, 0x16);
    }
    ssk_result *result = sender_finish(&s);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    const ssk_verdict *verdict = &result->stalls[0].verdict;
    bool named = false;
    for (size_t i = 0; i < verdict->n_verdict; i++)
        named |= verdict->causes[i].id == SSK_CAUSE_UDP_MEMBERSHIP_LOST;
    if (named)
        g_assert_cmpint(verdict->causes[0].id, ==, SSK_CAUSE_UDP_MEMBERSHIP_LOST);
    ssk_result_free(result);
    return named;
}

static void test_membership_regained(void)
{
    g_assert_true(named_where_a_report_comes(20 * SSK_MS, false));
    g_assert_true(named_where_a_report_comes(900 * SSK_MS, false));
}

static void test_report_was_asked_for(void)
{
    g_assert_false(named_where_a_report_comes(20 * SSK_MS, true));
}

static void test_report_is_not_what_brought_it_back(void)
{
    g_assert_false(named_where_a_report_comes(5 * SSK_S, false));
    g_assert_false(named_where_a_report_comes(-20 * SSK_MS, false));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("udp-sender-pauses", "the clock in a silent stream stood still, and only then",
          test_silent_stream);
    FIRES("udp-membership-lost", "the group was left, or queries stay unanswered",
          test_membership_lost);
    SILENT("udp-membership-lost", "every query was answered", test_membership_kept);
    FIRES("udp-membership-lost", "the stream comes back as a host reports the group unasked",
          test_membership_regained);
    SILENT("udp-membership-lost", "the report before its return answers a query",
           test_report_was_asked_for);
    SILENT("udp-membership-lost", "the report comes long before its return, or after it",
           test_report_is_not_what_brought_it_back);
    return g_test_run();
}
