/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tests/unit/ward.h"

static ssk_result *look(talk *t)
{
    return ssk_engine_snapshot(t->engine);
}

/* A device that falls silent for 12 s; @p looks: snapshots taken on the way. */
static ssk_result *day(ward *w, bool looks)
{
    ward_begin(w, "server");
    for (unsigned second = 0; second < 40; second++) {
        ward_second(w, second >= 15 && second < 27 ? PEER : OF_DEVICE | PEER);
        if (looks && second % 7 == 0)
            ssk_result_free(look(&w->t));
    }
    return talk_judge(&w->t);
}

static void looking_changes_nothing(void)
{
    ward w;
    ssk_result *once = day(&w, false), *often = day(&w, true);
    g_assert_cmpuint(once->n_stalls, >, 0);
    g_assert_cmpuint(often->n_stalls, ==, once->n_stalls);
    g_assert_cmpuint(often->n_flows, ==, once->n_flows);
    for (size_t i = 0; i < once->n_stalls; i++) {
        g_assert_cmpuint(often->stalls[i].frame_before, ==, once->stalls[i].frame_before);
        g_assert_cmpuint(often->stalls[i].frame_after, ==, once->stalls[i].frame_after);
        g_assert_cmpuint(often->stalls[i].verdict.n_verdict, ==, once->stalls[i].verdict.n_verdict);
    }
    ssk_result_free(once);
    ssk_result_free(often);
}

static void a_stall_is_open_while_it_lasts(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 15, OF_DEVICE | PEER);
    ward_seconds(&w, 8, PEER);
    ssk_result *meanwhile = look(&w.t);
    const ssk_result_stall *stall = stall_on(meanwhile, PORT_EXT);
    g_assert_nonnull(stall);
    g_assert_true(stall->open);
    g_assert_cmpuint(stall->frame_after, ==, 0);
    ssk_result_free(meanwhile);
    ward_seconds(&w, 5, OF_DEVICE | PEER);
    ssk_result *after = talk_judge(&w.t);
    g_assert_false(stall_on(after, PORT_EXT)->open);
    ssk_result_free(after);
}

static void a_frame_tells_its_gaps(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 4, EXT);
    uint32_t before = w.t.frame - 2; /* ping, pong, acknowledgment */
    tcp_ping(&w.ext);
    g_assert_true(w.t.said.has_message_gap);
    g_assert_cmpint(w.t.said.message_gap, ==, SSK_S);
    g_assert_true(w.t.said.has_gap);
    g_assert_cmpuint(w.t.said.gap_frame, ==, before + 2);
    g_assert_cmpuint(w.t.said.dir, ==, SSK_A);
    g_assert_false(w.t.said.retransmission);
    talk_wait(&w.t, 300 * SSK_MS);
    tcp_again(&w.ext, CLIENT);
    g_assert_true(w.t.said.retransmission);
    g_assert_false(w.t.said.has_message_gap);
    talk_end(&w.t);
}

static void the_first_frame_after_a_silence_says_so(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, EXT);
    uint32_t last_ping = w.t.frame - 2;
    ward_seconds(&w, 9, 0);
    tcp_ping(&w.ext);
    g_assert_true(w.t.said.ends_silence);
    g_assert_cmpint(w.t.said.silence / SSK_S, ==, 10);
    g_assert_cmpuint(w.t.said.silence_frame, ==, last_ping);
    talk_end(&w.t);
}

static void the_longest_idle_flow_gives_way(void)
{
    talk t;
    talk_begin(&t);
    talk_set(&t, "max-flows", "100");
    for (unsigned i = 0; i < 150; i++) {
        talk_udp(&t, 5, (uint16_t)(20000 + i), 1, 53, 30);
        talk_wait(&t, SSK_MS);
    }
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_flows, ==, 100);
    g_assert_cmpuint(result->limits.flows_evicted, ==, 50);
    g_assert_cmpuint(result->flows[0].port[SSK_A], ==, 20050);
    ssk_result_free(result);
}

static void frames_outside_the_interval_are_not_read(void)
{
    talk t;
    talk_begin(&t);
    t.config.from = t.now + 2 * SSK_S;
    t.config.to = t.now + 5 * SSK_S;
    for (unsigned i = 0; i < 10; i++) {
        talk_udp(&t, 5, 20000, 1, 53, 30);
        talk_wait(&t, SSK_S);
    }
    ssk_result *result = talk_judge(&t);
    g_assert_cmpuint(result->n_flows, ==, 1);
    g_assert_cmpuint(result->flows[0].dir[SSK_A].packets, ==, 4);
    ssk_result_free(result);
}

/* Undecoded, one a second; its SYN had to be retransmitted after a second. */
static void a_handshake_that_took_two_attempts_is_no_slow_path(void)
{
    static const char beat[] = "\x8f\x11\xc7\x05\x92\x6e\xd8\x44\xb1\x3a\x7d\xe0";
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, PORT_EXT);
    tcp_send(&c, CLIENT, SYN, NULL, 0);
    talk_wait(&t, SSK_S);
    tcp_again(&c, CLIENT);
    tcp_arrives(&c, CLIENT);
    talk_wait(&t, SSK_MS);
    tcp_send(&c, SERVER, SYN | ACK, NULL, 0);
    talk_wait(&t, SSK_MS);
    tcp_ack(&c, CLIENT);
    for (unsigned i = 0; i < 40; i++) {
        tcp_send(&c, CLIENT, ACK, beat, sizeof beat - 1);
        talk_wait(&t, SSK_MS);
        tcp_ack(&c, SERVER);
        talk_wait(&t, i == 20 ? 12 * SSK_S : 999 * SSK_MS);
    }
    ssk_result *result = talk_judge(&t);
    g_assert_cmpint(result->flows[0].dir[SSK_A].period, >, 900 * SSK_MS);
    g_assert_cmpuint(result->n_stalls, ==, 1);
    ssk_result_free(result);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/looking on the way changes nothing", looking_changes_nothing);
    g_test_add_func("/engine/a handshake that took two attempts is no slow path",
                    a_handshake_that_took_two_attempts_is_no_slow_path);
    g_test_add_func("/engine/a stall is open while it lasts", a_stall_is_open_while_it_lasts);
    g_test_add_func("/engine/a frame tells its gaps", a_frame_tells_its_gaps);
    g_test_add_func("/engine/the first frame after a silence says so",
                    the_first_frame_after_a_silence_says_so);
    g_test_add_func("/engine/the longest idle flow gives way, and is counted",
                    the_longest_idle_flow_gives_way);
    g_test_add_func("/engine/frames outside the interval are not read",
                    frames_outside_the_interval_are_not_read);
    return g_test_run();
}
