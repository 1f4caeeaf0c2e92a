/* test_rule_udp.c - whose the on/off pattern is, and where datagrams were lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/udp_sender.h"

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
    g_assert_false(udp->has_on_off); /* bunches of few milliseconds every 300 */
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 1);
    g_assert_true(has(udp, "wifi-dtim-bunching"));
    ssk_result_free(result);
}

static void feed(sender *s, const uint8_t *bytes, uint32_t len)
{
    ssk_event event = {.frame = ++s->frame,
                       .time = 1800000016 * SSK_S,
                       .linktype = 1,
                       .bytes = bytes,
                       .cap_len = len,
                       .wire_len = len};
    ssk_engine_feed(s->engine, &event, NULL);
}

/* The receiver says something itself. */
static void answer(sender *s)
{
    uint8_t there[14 + 28 + 8] = {0}, back[14 + 28 + 8];
    put_headers(s, there, 8);
    memcpy(back, there, sizeof back);
    memcpy(back + 26, there + 30, 4);
    memcpy(back + 30, there + 26, 4);
    memcpy(back + 34, there + 36, 2);
    memcpy(back + 36, there + 34, 2);
    feed(s, back, sizeof back);
}

/* The receiver's host says that nobody listens at @p port. */
static ssk_result *refused(uint16_t port, bool spoke)
{
    sender s;
    sender_init(&s, UNICAST, IDS_NONE, true);
    for (int i = 0; i < 150; i++)
        send(&s, i * 100 * SSK_MS, 300, true);
    if (spoke)
        answer(&s);
    uint8_t error[14 + 20 + 8 + 28] = {0}, quoted[14 + 28 + 8] = {0};
    put_headers(&s, quoted, 300);
    put(quoted + 36, 2, port);
    memcpy(error, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02\x08\0\x45\0\0\x38\0\0\0\0\x40\x01", 24);
    memcpy(error + 26, "\x0a\0\0\x02\x0a\0\0\x01\x03\x03", 10);
    memcpy(error + 42, quoted + 14, 28);
    feed(&s, error, sizeof error);
    return sender_finish(&s);
}

static void test_no_port(void)
{
    ssk_result *result = refused(4000, false);
    const ssk_result_udp *udp = only_row(result);
    g_assert_true(has(udp, "udp-no-port"));
    g_assert_cmpint(udp->verdict.causes[0].side, ==, SSK_SIDE_B);
    g_assert_cmpuint(udp->verdict.causes[0].evidence[0].frames[0], ==, 151);
    ssk_result_free(result);
}

static void test_other_port(void)
{
    ssk_result *result = refused(4001, false);
    g_assert_false(has(only_row(result), "udp-no-port"));
    ssk_result_free(result);
}

/* Its program ended, and one more datagram came: no fault of what went before. */
static void test_spoke_before(void)
{
    ssk_result *result = refused(4000, true);
    g_assert_false(has(only_row(result), "udp-no-port"));
    ssk_result_free(result);
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

/* 40 % of the numbers never come. */
static bool loses_on_the_way(cast to)
{
    sender s;
    sender_init(&s, to, IDS_COUNT, true);
    for (int i = 0; i < 4000; i++)
        send(&s, i * 5 * SSK_MS, 300, i % 5 < 3);
    ssk_result *result = sender_finish(&s);
    bool lost = has(only_row(result), "udp-lost-before-receiver");
    ssk_result_free(result);
    return lost;
}

static void test_lost(void)
{
    g_assert_true(loses_on_the_way(UNICAST));
}

static void test_one_host(void)
{
    g_assert_false(loses_on_the_way(ITSELF));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("udp-lost-before-receiver", "numbers are missing", test_lost);
    SILENT("udp-lost-before-receiver", "a host talks to itself", test_one_host);
    SILENT("wifi-dtim-bunching", "bunches are video pictures", test_video);
    FIRES("wifi-dtim-bunching", "arrivals keep to the beacon's grid", test_dtim);
    SILENT("udp-no-port", "the receiver had spoken, and ends", test_spoke_before);
    FIRES("udp-no-port", "the receiver answers that the port is unreachable", test_no_port);
    SILENT("udp-no-port", "the error is about another port", test_other_port);
    FIRES("udp-receive-buffer-full", "the capture names a full socket buffer", test_buffer_full);
    SILENT("udp-receive-buffer-full", "packets were dropped for another reason", test_other_drop);
    return g_test_run();
}
