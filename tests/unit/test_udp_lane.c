/* test_udp_lane.c - datagrams of one flow: numbered or not, lost, paused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/udp_sender.h"

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

/* The sender's other traffic takes every tenth identification, and no time. */
static void test_shared_ids(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_COUNT, false);
    for (int i = 0; i < 4000; i++) {
        s.ip_id += i % 12 == 0 ? 2 : 0;
        send(&s, i * SSK_MS, 1000, true);
    }
    ssk_result *result = sender_finish(&s);
    g_assert_false(only_row(result)->has_reception);
    g_assert_cmpuint(only_row(result)->verdict.n_causes, ==, 0);
    ssk_result_free(result);
}

/* Eight at once every 4 ms, and a gate that lets half pass; Linux adds up to three to the identification
 * after each idle time. How many were lost cannot be told from it, but that they were can. */
static void test_idle_adds(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_COUNT, false);
    for (int i = 0; i < 8000; i++) {
        s.ip_id += i % 8 == 0 ? (uint16_t)g_rand_int_range(s.rand, 0, 4) : 0;
        send(&s, i / 8 * 4 * SSK_MS + i % 8 * 50 * SSK_US, 1000, i / 128 % 2 == 0);
    }
    ssk_result *result = sender_finish(&s);
    g_assert_false(only_row(result)->has_reception);
    g_assert_true(has(only_row(result), "udp-lost-before-receiver"));
    ssk_result_free(result);
}

/* The same without Linux's numbers: one of 16 is lost, the first of the eight as often as any other. */
static void test_lost_of_batches(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_COUNT, false);
    uint32_t lost = 0;
    for (int i = 0; i < 4000; i++) {
        bool seen = i < 100 || i == 3999 || g_rand_int_range(s.rand, 0, 16) > 0;
        send(&s, i / 8 * 4 * SSK_MS + i % 8 * 50 * SSK_US, 1000, seen);
        lost += !seen;
    }
    ssk_result *result = sender_finish(&s);
    g_assert_true(only_row(result)->has_reception);
    g_assert_cmpuint(only_row(result)->reception.received_packets, ==, 4000 - lost);
    g_assert_cmpuint(only_row(result)->reception.reference_packets, ==, 4000);
    ssk_result_free(result);
}

/* Lost in runs of any length, no pattern; nothing but identifications counts. */
static void test_ids_without_pattern(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_COUNT, false);
    uint32_t lost = 0, run = 0;
    for (int i = 0; i < 6000; i++) {
        if (!run && g_rand_int_range(s.rand, 0, 150) == 0)
            run = (uint32_t)g_rand_int_range(s.rand, 20, 250);
        bool seen = !run || i == 0 || i == 5999;
        run -= run > 0;
        send(&s, i * 2 * SSK_MS, 1000, seen);
        lost += !seen;
    }
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_false(udp->has_on_off);
    g_assert_true(udp->has_reception);
    g_assert_cmpstr(udp->reception.reference, ==, "IPv4 identification");
    g_assert_cmpuint(udp->reception.received_packets, ==, 6000 - lost);
    g_assert_cmpuint(udp->reception.reference_packets, ==, 6000);
    g_assert_true(has(udp, "udp-lost-before-receiver"));
    ssk_result_free(result);
}

/* A sender that rests for 200 ms, and of what it sends three of ten are lost. */
static void test_lost_besides_pauses(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_NONE, true);
    for (int cycle = 0; cycle < 40; cycle++)
        for (int i = 0; i < 100; i++)
            send(&s, cycle * 300 * SSK_MS + i * SSK_MS, 1000, i % 10 < 7);
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_true(udp->has_on_off);
    g_assert_cmpuint(udp->reception.delivered_permille, <=, 710);
    g_assert_cmpuint(udp->verdict.n_verdict, ==, 2);
    g_assert_cmpstr(ssk_cause_text(udp->verdict.causes[0].id), ==, "udp-lost-before-receiver");
    g_assert_true(has(udp, "udp-sender-pauses"));
    ssk_result_free(result);
}

/* RTP, and RTCP and STUN on the same port: nothing is lost. */
static void test_shared_port(void)
{
    sender s;
    sender_init(&s, UNICAST, IDS_RANDOM, true);
    s.rtp = true;
    for (int i = 0; i < 1200; i++) {
        s.aside = i % 10 == 3   ? "\x81\xc8\x00\x12"
                  : i % 50 == 7 ? "\x00\x01\x00\x18\x21\x12\xa4\x42"
                                : NULL;
        send(&s, i * 20 * SSK_MS, 172, true);
        s.number -= s.aside != NULL;
    }
    ssk_result *result = sender_finish(&s);
    const ssk_result_udp *udp = only_row(result);
    g_assert_cmpstr(udp->reception.reference, ==, "RTP sequence numbers");
    g_assert_cmpuint(udp->reception.delivered_permille, ==, 1000);
    g_assert_cmpuint(udp->verdict.n_causes, ==, 0);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    SILENT("udp-lost-before-receiver", "the sender itself pauses", test_pauses);
    FIRES("udp-sender-pauses", "its numbers stand still in the pauses", test_pauses);
    g_test_add_func("/udp_lane/the IPv4 identification counts only where it really counts",
                    test_ip_id);
    SILENT("udp-lost-before-receiver", "one datagram in twelve is lost at random",
           test_random_loss);
    FIRES("udp-lost-before-receiver", "losses are heavy and scattered", test_heavy_loss);
    g_test_add_func("/udp_lane/a constant identification makes no copies", test_constant_id);
    g_test_add_func("/udp_lane/identifications that other traffic takes are no loss",
                    test_shared_ids);
    g_test_add_func("/udp_lane/identifications that Linux adds after an idle time are no loss",
                    test_idle_adds);
    g_test_add_func("/udp_lane/identifications count what is lost of a sender's batches",
                    test_lost_of_batches);
    g_test_add_func("/udp_lane/identifications count losses of any length, without a pattern",
                    test_ids_without_pattern);
    g_test_add_func("/udp_lane/a sender that pauses does not excuse what was lost",
                    test_lost_besides_pauses);
    g_test_add_func("/udp_lane/RTCP and STUN beside RTP are not counted", test_shared_port);
    return g_test_run();
}
