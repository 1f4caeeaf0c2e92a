/* test_cause_measurement.c - faults of the capture itself: for each a case
 * where it is named, and the near misses where it must not be. A silence that
 * they explain is no stall.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/ward.h"

static const ssk_result_measurement *row(const ssk_result *result, const char *id)
{
    for (size_t i = 0; i < result->n_measurement; i++)
        if (!strcmp(ssk_cause_text(result->measurement[i].id), id))
            return &result->measurement[i];
    return NULL;
}

/* ---- capture-hole ---- */

/* The network goes on; the capture does not see it. */
static void unseen_seconds(ward *w, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        w->t.unseen = true;
        tcp_ping(&w->ext);
        w->t.unseen = true;
        tcp_pong(&w->ext);
        w->t.unseen = true;
        tcp_ack(&w->ext, CLIENT);
        talk_wait(&w->t, SSK_S);
    }
}

static void counters_moved_across_the_silence(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT);
    unseen_seconds(&w, 20);
    ward_seconds(&w, 8, EXT);
    ssk_result *result = talk_judge(&w.t);
    const ssk_result_measurement *hole = row(result, "capture-hole");
    g_assert_nonnull(hole);
    g_assert_cmpint(hole->hidden_bytes, ==, 20 * (8 + 8)); /* "PING nn\n", "PONG nn\n" */
    g_assert_cmpint(hole->hidden_messages, ==, 20);
    g_assert_cmpuint(hole->n_flows, ==, 0); /* nobody was heard */
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/* Of one beat only the acknowledgment was captured: that is a drop. */
static void no_beat_is_missing(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT);
    talk_wait(&w.t, 200 * SSK_MS); /* a late beat: more than a second between packets */
    w.t.unseen = true;
    tcp_ping(&w.ext);
    w.t.unseen = true;
    tcp_pong(&w.ext);
    tcp_ack(&w.ext, CLIENT);
    talk_wait(&w.t, SSK_S);
    ward_seconds(&w, 12, EXT);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "capture-hole"));
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/* EXT beats every 6 s, AUX and OTHER every second; only EXT has counters. */
static void a_slow_connection_tells_and_fast_ones_are_in_it_too(void)
{
    ward w;
    ward_begin(&w, "client");
    for (unsigned i = 0; i < 8; i++) {
        ward_second(&w, EXT | AUX | OTHER);
        ward_seconds(&w, 5, AUX | OTHER);
    }
    ward_seconds(&w, 3, AUX | OTHER);
    w.t.unseen = true;
    tcp_ping(&w.ext);
    w.t.unseen = true;
    tcp_pong(&w.ext);
    w.t.unseen = true;
    tcp_ack(&w.ext, CLIENT);
    talk_wait(&w.t, 5 * SSK_S);
    ward_seconds(&w, 4, AUX | OTHER);
    ward_seconds(&w, 8, EXT | AUX | OTHER);
    ssk_result *result = talk_judge(&w.t);
    g_assert_nonnull(row(result, "capture-hole"));
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

static void the_hole_is_filled_again(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    tcp_ping(&w.ext);
    ward_retries(&w, &w.ext, CLIENT, 6, 0);
    tcp_pong(&w.ext);
    ward_seconds(&w, 8, OF_DEVICE);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "capture-hole"));
    g_assert_cmpuint(result->n_stalls, >, 0);
    ssk_result_free(result);
}

static void one_message_was_missed_beside_a_true_silence(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    unseen_seconds(&w, 1);
    ward_seconds(&w, 20, 0);
    ward_seconds(&w, 8, OF_DEVICE);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "capture-hole"));
    g_assert_nonnull(stall_on(result, PORT_EXT));
    ssk_result_free(result);
}

/* ---- capture-drops ---- */

static void acknowledged(ward *w, bool seen)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, EXT);
    w->t.unseen = !seen;
    tcp_ping(&w->ext);
    talk_wait(&w->t, SSK_MS);
    tcp_pong(&w->ext);
    tcp_ack(&w->ext, CLIENT);
    talk_wait(&w->t, SSK_S - SSK_MS);
    ward_seconds(w, 8, EXT);
}

static void a_packet_is_acknowledged_but_was_never_seen(void)
{
    ward w;
    acknowledged(&w, false);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpint(row(result, "capture-drops")->hidden_bytes, ==, 8);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

static void the_capture_counts_what_it_lost(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 6, EXT);
    w.t.drops = 3;
    ward_seconds(&w, 6, EXT);
    w.t.drops = 4;
    ward_seconds(&w, 6, EXT);
    ssk_result *result = talk_judge(&w.t);
    const ssk_result_measurement *found = row(result, "capture-drops");
    g_assert_nonnull(found);
    g_assert_nonnull(strstr(found->evidence[0].text, "counts 7 packets that it lost, at 2 places"));
    g_assert_cmpint(found->hidden_bytes, ==, -1);
    ssk_result_free(result);
}

static void every_acknowledged_packet_was_seen(void)
{
    ward w;
    acknowledged(&w, true);
    expect_said(&w.t, "capture-drops", false);
}

/* ---- clock-step ---- */

/* The timestamps jump by @p by; the senders' clocks do not. */
static void step(ward *w, ssk_span_ns by, unsigned flows, bool stays)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, flows);
    w->t.now += by;
    w->ext.slept[CLIENT] = w->ext.slept[SERVER] = by;
    w->main.slept[CLIENT] = w->main.slept[SERVER] = by;
    ward_second(w, flows);
    if (!stays)
        memset(w->ext.slept, 0, sizeof w->ext.slept),
            memset(w->main.slept, 0, sizeof w->main.slept);
    ward_seconds(w, 12, flows);
}

static void wall_time_jumps_against_every_senders_clock(void)
{
    static const ssk_span_ns by[] = {7727 * SSK_MS, -7727 * SSK_MS, 600 * SSK_MS};
    for (size_t i = 0; i < G_N_ELEMENTS(by); i++) {
        ward w;
        step(&w, by[i], EXT | MAIN, true);
        ssk_result *result = talk_judge(&w.t);
        const ssk_result_measurement *found = row(result, "clock-step");
        g_assert_nonnull(found);
        g_assert_true(found->has_by);
        g_assert_cmpint(ABS(found->by - by[i]), <, 60 * SSK_MS);
        g_assert_cmpuint(result->n_stalls, ==, 0);
        ssk_result_free(result);
    }
}

/* Lesson 8: frames queued behind a link that comes up. */
static void the_lag_is_gone_a_moment_later(void)
{
    ward w;
    step(&w, 7 * SSK_S, EXT | MAIN, false);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "clock-step"));
    g_assert_nonnull(stall_on(result, PORT_EXT));
    ssk_result_free(result);
}

/* Rates learned from jittery arrivals are off by some percent: after a long
 * silence that is no step. */
static void the_rates_are_a_little_off_after_a_long_silence(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT | MAIN);
    ward_seconds(&w, 20, 0);
    for (int who = CLIENT; who <= SERVER; who++)
        w.ext.slept[who] = w.main.slept[who] = 700 * SSK_MS;
    ward_seconds(&w, 12, EXT | MAIN);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "clock-step"));
    ssk_result_free(result);
}

static void one_host_alone_lost_the_time(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ward_seconds(&w, 10, PEER);
    w.ext.slept[CLIENT] = w.main.slept[CLIENT] = 10 * SSK_S;
    ward_seconds(&w, 12, OF_DEVICE | PEER);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "clock-step"));
    g_assert_nonnull(stall_on(result, PORT_EXT));
    ssk_result_free(result);
}

static void the_step_is_small(void)
{
    ward w;
    step(&w, 200 * SSK_MS, EXT | MAIN, true);
    expect_said(&w.t, "clock-step", false);
}

/* ---- capture-pause ---- */

/* An hour and a half; then the same connection, or a new one. */
static void pauses(ward *w, bool another)
{
    ward_begin(w, "client");
    ward_seconds(w, 12, EXT);
    talk_wait(&w->t, 90 * 60 * SSK_S);
    connection other = talk_connection(&w->t, DEVICE, SERVER_HOST, 9000);
    if (another)
        tcp_beats(&other, 8, SSK_S);
    else
        ward_seconds(w, 8, EXT);
}

static void nothing_of_before_continues_after_an_hour(void)
{
    ward w;
    pauses(&w, true);
    expect_said(&w.t, "capture-pause", true);
}

static void a_conversation_continues_after_an_hour(void)
{
    ward w;
    pauses(&w, false);
    expect_said(&w.t, "capture-pause", false);
}

/* ---- one-direction ---- */

static void one_side(talk *t, unsigned count, bool acknowledging)
{
    talk_begin(t);
    connection c = talk_connection(t, DEVICE, SERVER_HOST, PORT_EXT);
    for (unsigned i = 0; i < count; i++) {
        tcp_ping(&c);
        talk_wait(t, SSK_S);
        if (acknowledging)
            c.heard[CLIENT] += 8;
    }
}

static void one_side_is_never_seen_though_acknowledged(void)
{
    talk t;
    one_side(&t, 12, true);
    ssk_result *result = talk_judge(&t);
    g_assert_nonnull(row(result, "one-direction"));
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

static void both_sides_are_seen(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, EXT | PEER);
    expect_said(&w.t, "one-direction", false);
}

static void it_repeats_itself_because_nobody_answers(void)
{
    talk t;
    talk_begin(&t);
    connection c = talk_connection(&t, DEVICE, SERVER_HOST, PORT_EXT);
    tcp_ping(&c);
    for (unsigned i = 0; i < 12; i++) {
        talk_wait(&t, SSK_S);
        tcp_again(&c, CLIENT);
    }
    expect_said(&t, "one-direction", false);
}

/* ---- file-boundary ---- */

static void a_ring_of_two_files_misses_what_was_between(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT);
    unseen_seconds(&w, 20);
    w.t.file = 1;
    ward_seconds(&w, 8, EXT);
    ssk_result *result = talk_judge(&w.t);
    const ssk_result_measurement *found = row(result, "file-boundary");
    g_assert_nonnull(found);
    g_assert_null(row(result, "capture-hole"));
    g_assert_cmpint(found->hidden_messages, ==, 20);
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

static void no_connection_spans_the_two_files(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, EXT);
    talk_wait(&w.t, 60 * SSK_S);
    w.t.file = 1;
    connection c = talk_connection(&w.t, DEVICE, SERVER_HOST, 7100);
    tcp_connect(&c);
    tcp_beats(&c, 8, SSK_S);
    ssk_result *result = talk_judge(&w.t);
    g_assert_nonnull(row(result, "file-boundary"));
    g_assert_cmpuint(result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/* It was closed between the files, for all anyone can tell, unless the other
 * side still waits for it. */
static void a_side_still_waits_for_one_from_the_first_file(void)
{
    ward w;
    ward_begin(&w, "server");
    ward_seconds(&w, 12, EXT);
    talk_wait(&w.t, 60 * SSK_S);
    w.t.file = 1;
    tcp_text(&w.ext, SERVER, "PONG 12\n");
    ward_retries(&w, &w.ext, SERVER, 6, 0);
    ssk_result *result = talk_judge(&w.t);
    g_assert_nonnull(stall_on(result, PORT_EXT));
    ssk_result_free(result);
}

static void a_connection_goes_on_with_the_next_byte(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    talk_wait(&w.t, 20 * SSK_S); /* the files meet here, but it was the network that was silent */
    w.t.file = 1;
    ward_seconds(&w, 8, OF_DEVICE);
    ssk_result *result = talk_judge(&w.t);
    g_assert_null(row(result, "file-boundary"));
    g_assert_nonnull(stall_on(result, PORT_EXT));
    ssk_result_free(result);
}

static void the_files_join_without_a_gap(void)
{
    ward w;
    ward_begin(&w, "client");
    ward_seconds(&w, 12, OF_DEVICE);
    w.t.file = 1;
    ward_seconds(&w, 12, OF_DEVICE);
    ssk_result *result = talk_judge(&w.t);
    g_assert_cmpuint(result->n_measurement + result->n_stalls, ==, 0);
    ssk_result_free(result);
}

/* ---- mirror-duplicates ---- */

/* Beats whose every segment is there again after @p later, as sent by the same host. */
static void mirrored(talk *t, unsigned count, ssk_span_ns later)
{
    talk_begin(t);
    connection c = talk_connection(t, DEVICE, SERVER_HOST, PORT_EXT);
    tcp_connect(&c);
    for (unsigned i = 0; i < count; i++) {
        for (int who = CLIENT; who <= SERVER; who++) {
            if (who == CLIENT)
                tcp_ping(&c);
            else
                tcp_pong(&c);
            t->ip_id--; /* the very same packet */
            talk_wait(t, later);
            tcp_again(&c, who);
            talk_wait(t, SSK_MS);
        }
        talk_wait(t, SSK_S);
    }
}

static void every_packet_comes_twice_within_two_milliseconds(void)
{
    talk t;
    mirrored(&t, 12, 40 * SSK_US);
    expect_said(&t, "mirror-duplicates", true);
}

static void the_second_one_is_a_retransmission(void)
{
    talk t;
    mirrored(&t, 12, 30 * SSK_MS);
    expect_said(&t, "mirror-duplicates", false);
}

static void a_few_stray_copies(void)
{
    talk t;
    mirrored(&t, 4, 40 * SSK_US);
    expect_said(&t, "mirror-duplicates", false);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    FIRES("capture-hole", "counters moved across the silence", counters_moved_across_the_silence);
    FIRES("capture-hole", "a slow connection tells of it, and fast ones are in it too",
          a_slow_connection_tells_and_fast_ones_are_in_it_too);
    SILENT("capture-hole", "no beat is missing", no_beat_is_missing);
    SILENT("capture-hole", "the hole is filled again", the_hole_is_filled_again);
    SILENT("capture-hole", "one message was missed beside a true silence",
           one_message_was_missed_beside_a_true_silence);
    FIRES("capture-drops", "a packet is acknowledged but was never seen",
          a_packet_is_acknowledged_but_was_never_seen);
    FIRES("capture-drops", "the capture counts what it lost", the_capture_counts_what_it_lost);
    SILENT("capture-drops", "every acknowledged packet was seen",
           every_acknowledged_packet_was_seen);
    FIRES("clock-step", "wall time jumps against every sender's clock, either way",
          wall_time_jumps_against_every_senders_clock);
    SILENT("clock-step", "the lag is gone a moment later", the_lag_is_gone_a_moment_later);
    SILENT("clock-step", "one host alone lost the time", one_host_alone_lost_the_time);
    SILENT("clock-step", "the rates are a little off after a long silence",
           the_rates_are_a_little_off_after_a_long_silence);
    SILENT("clock-step", "the step is small", the_step_is_small);
    FIRES("capture-pause", "nothing of before continues after an hour",
          nothing_of_before_continues_after_an_hour);
    SILENT("capture-pause", "a conversation continues after an hour",
           a_conversation_continues_after_an_hour);
    FIRES("one-direction", "one side is never seen though acknowledged",
          one_side_is_never_seen_though_acknowledged);
    SILENT("one-direction", "both sides are seen", both_sides_are_seen);
    SILENT("one-direction", "it repeats itself because nobody answers",
           it_repeats_itself_because_nobody_answers);
    FIRES("file-boundary", "a ring of two files misses what was between",
          a_ring_of_two_files_misses_what_was_between);
    FIRES("file-boundary", "no connection spans the two files", no_connection_spans_the_two_files);
    SILENT("file-boundary", "a connection goes on with the next byte",
           a_connection_goes_on_with_the_next_byte);
    SILENT("file-boundary", "a side still waits for one from the first file",
           a_side_still_waits_for_one_from_the_first_file);
    SILENT("file-boundary", "the files join without a gap", the_files_join_without_a_gap);
    FIRES("mirror-duplicates", "every packet comes twice within two milliseconds",
          every_packet_comes_twice_within_two_milliseconds);
    SILENT("mirror-duplicates", "the second one is a retransmission",
           the_second_one_is_a_retransmission);
    SILENT("mirror-duplicates", "there are a few stray copies", a_few_stray_copies);
    return g_test_run();
}
