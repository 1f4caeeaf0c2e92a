/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_beat_debt;

#define START (1742841288 * SSK_S)

/* One side that speaks once a second, and the other that listens. */
typedef struct watch {
    ssk_config config;
    ssk_service service;
    ssk_period period;
    ssk_flow flow;
    ssk_facts facts;
    uint32_t frame;
} watch;

static void begin(watch *w)
{
    *w = (watch){.flow = {.id = 7, .transport = SSK_TCP}};
    ssk_config_init(&w->config);
    w->config.min_gap = 2 * SSK_S;
    w->flow.service = &w->service;
    ssk_period_init(&w->period);
    for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
        ssk_quiet_init(&w->flow.side[dir].quiet);
        w->flow.side[dir].rhythm.period = &w->period;
        w->flow.side[dir].learned = SSK_S;
    }
    ssk_facts_init(&w->facts, 100);
}

/* One packet; what it did is told by hand. */
static ssk_step follow(watch *w, ssk_dir dir, ssk_span_ns at, bool progress, uint8_t flags,
                       const ssk_tcp_step *tcp)
{
    ssk_event event = {.frame = ++w->frame, .time = START + at};
    ssk_packet packet = {.event = &event, .kind = SSK_PACKET_TCP, .tcp = {.flags = flags}};
    ssk_step step = {
        .packet = &packet, .flow = &w->flow, .dir = dir, .time = event.time, .progress = progress};
    if (tcp)
        step.tcp = *tcp;
    ssk_quiet_step(&w->flow, &w->config, &step);
    step.packet = NULL;
    return step;
}

static ssk_step speak(watch *w, ssk_dir dir, ssk_span_ns at)
{
    return follow(w, dir, at, true, SSK_TCP_ACK, NULL);
}

static bool ended(const ssk_step *step, ssk_dir dir)
{
    return step->ended[dir].quiet.since != SSK_TIME_NONE;
}

/* The silence of side A that nothing ended, as a fact. */
static const ssk_fact *open_silence(watch *w, ssk_span_ns end)
{
    w->facts.count = 0;
    ssk_meter_beat_debt.on_close(NULL, &w->config, &w->flow, START + end, &w->facts);
    for (size_t i = 0; i < w->facts.count; i++)
        if (w->facts.list[i].dir == SSK_A)
            return &w->facts.list[i];
    return NULL;
}

static void the_limit_is_three_periods_or_the_shortest_gap(void)
{
    g_assert_cmpint(ssk_quiet_limit(SSK_S, 2 * SSK_S), ==, 3 * SSK_S);
    g_assert_cmpint(ssk_quiet_limit(SSK_MS, 2 * SSK_S), ==, 2 * SSK_S);
    g_assert_cmpint(ssk_quiet_limit(0, 2 * SSK_S), ==, 2 * SSK_S);
    g_assert_cmpint(ssk_quiet_limit(INT64_MAX, 2 * SSK_S), >, SSK_DAY);
}

static void a_silence_ends_with_the_next_message_of_its_side(void)
{
    watch w;
    begin(&w);
    ssk_step step = speak(&w, SSK_A, 0);
    g_assert_false(ended(&step, SSK_A));
    step = speak(&w, SSK_A, 3 * SSK_S);
    g_assert_false(ended(&step, SSK_A)); /* three periods are still ordinary */
    step = speak(&w, SSK_B, 5 * SSK_S);
    g_assert_false(ended(&step, SSK_A));
    step = speak(&w, SSK_A, 6 * SSK_S + 1);
    g_assert_true(ended(&step, SSK_A));
    g_assert_false(ended(&step, SSK_B));
    g_assert_cmpint(step.ended[SSK_A].quiet.since, ==, START + 3 * SSK_S);
    g_assert_cmpuint(step.ended[SSK_A].quiet.frame, ==, 2);
    g_assert_cmpint(step.ended[SSK_A].end, ==, START + 6 * SSK_S + 1);
    g_assert_cmpuint(step.ended[SSK_A].end_frame, ==, 4);
    g_assert_cmpint(step.ended[SSK_A].period, ==, SSK_S);
    ssk_meter_beat_debt.on_step(NULL, &w.config, &step, &w.facts);
    g_assert_cmpuint(w.facts.count, ==, 1);
    g_assert_cmpuint(w.facts.list[0].kind, ==, SSK_FACT_SILENCE);
    g_assert_cmpuint(w.facts.list[0].flow_id, ==, 7);
    g_assert_cmpint(w.facts.list[0].silence.ended_by, ==, SSK_END_MESSAGE);
    ssk_facts_clear(&w.facts);
}

static void acknowledgments_and_retransmissions_end_none(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    follow(&w, SSK_A, 4 * SSK_S, false, SSK_TCP_ACK, &(ssk_tcp_step){.retransmission = true});
    follow(&w, SSK_A, 5 * SSK_S, false, SSK_TCP_ACK, NULL);
    ssk_step step = speak(&w, SSK_A, 8 * SSK_S);
    g_assert_true(ended(&step, SSK_A));
    g_assert_cmpint(step.ended[SSK_A].quiet.since, ==, START);
    g_assert_cmpuint(step.ended[SSK_A].quiet.retransmissions, ==, 1);
    g_assert_cmpint(step.ended[SSK_A].quiet.heard, ==, START + 5 * SSK_S);
    ssk_facts_clear(&w.facts);
}

static void what_nothing_ended_is_open_to_the_end_of_the_capture(void)
{
    watch w;
    begin(&w);
    g_assert_null(open_silence(&w, 60 * SSK_S)); /* it never spoke */
    speak(&w, SSK_A, 0);
    g_assert_null(open_silence(&w, 3 * SSK_S));
    const ssk_fact *fact = open_silence(&w, 60 * SSK_S);
    g_assert_nonnull(fact);
    g_assert_true(fact->open);
    g_assert_cmpint(fact->silence.ended_by, ==, SSK_END_OPEN);
    g_assert_cmpint(fact->end, ==, START + 60 * SSK_S);
    g_assert_cmpuint(fact->frame_last, ==, 0);
    ssk_facts_clear(&w.facts);
}

static void its_next_packet_ends_a_silence_that_no_message_ended(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    follow(&w, SSK_A, 30 * SSK_S, false, SSK_TCP_ACK, NULL);
    const ssk_fact *fact = open_silence(&w, 60 * SSK_S);
    g_assert_nonnull(fact);
    g_assert_cmpint(fact->silence.ended_by, ==, SSK_END_HEARD);
    g_assert_cmpint(fact->end, ==, START + 30 * SSK_S);
    /* but one that keeps acknowledging stays silent to the end */
    follow(&w, SSK_A, 31 * SSK_S, false, SSK_TCP_ACK, NULL);
    follow(&w, SSK_A, 32 * SSK_S, false, SSK_TCP_ACK, NULL);
    fact = open_silence(&w, 60 * SSK_S);
    g_assert_cmpint(fact->silence.ended_by, ==, SSK_END_OPEN);
    g_assert_true(fact->flags & SSK_SILENCE_NEWS);
    ssk_facts_clear(&w.facts);
}

static void after_an_orderly_close_nothing_is_silent(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    follow(&w, SSK_A, SSK_S, false, SSK_TCP_FIN | SSK_TCP_ACK, &(ssk_tcp_step){.new_fin = true});
    g_assert_null(open_silence(&w, 60 * SSK_S));
    ssk_facts_clear(&w.facts);
}

static void a_close_that_comes_late_ends_the_silence(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    follow(&w, SSK_B, 30 * SSK_S, false, SSK_TCP_RST, NULL);
    const ssk_fact *fact = open_silence(&w, 60 * SSK_S);
    g_assert_nonnull(fact);
    g_assert_cmpint(fact->silence.ended_by, ==, SSK_END_CLOSE);
    g_assert_cmpint(fact->end, ==, START + 30 * SSK_S);
    g_assert_true(fact->flags & SSK_SILENCE_CLOSED);
    ssk_facts_clear(&w.facts);
}

static void a_retransmission_acknowledged_in_time_is_no_debt(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    follow(&w, SSK_B, SSK_MS, false, SSK_TCP_ACK, &(ssk_tcp_step){.retransmission = true});
    w.flow.side[SSK_B].tcp.acked_valid = true;
    follow(&w, SSK_A, 2 * SSK_MS, false, SSK_TCP_ACK, &(ssk_tcp_step){.newly_acked = 10});
    const ssk_fact *fact = open_silence(&w, 60 * SSK_S);
    g_assert_false(fact->flags & SSK_SILENCE_OWED_ACK);
    follow(&w, SSK_B, 40 * SSK_S, false, SSK_TCP_ACK, &(ssk_tcp_step){.retransmission = true});
    fact = open_silence(&w, 60 * SSK_S);
    g_assert_true(fact->flags & SSK_SILENCE_OWED_ACK);
    ssk_facts_clear(&w.facts);
}

/* An upload that loses a segment now and then; its server has nothing to say. */
static void an_upload_that_repeats_itself_owes_no_word(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    w.flow.side[SSK_B].tcp.acked_valid = true;
    w.flow.side[SSK_B].tcp.next = 90000; /* more is always on its way */
    for (ssk_span_ns at = 5 * SSK_S; at < 50 * SSK_S; at += 5 * SSK_S) {
        follow(&w, SSK_B, at, false, SSK_TCP_ACK, &(ssk_tcp_step){.retransmission = true});
        follow(&w, SSK_A, at + 40 * SSK_MS, false, SSK_TCP_ACK,
               &(ssk_tcp_step){.newly_acked = 1448});
    }
    g_assert_false(open_silence(&w, 60 * SSK_S)->flags & SSK_SILENCE_OWED_ACK);
    /* acknowledged only after an outage */
    follow(&w, SSK_B, 50 * SSK_S, false, SSK_TCP_ACK, &(ssk_tcp_step){.retransmission = true});
    follow(&w, SSK_A, 59 * SSK_S, false, SSK_TCP_ACK, &(ssk_tcp_step){.newly_acked = 1448});
    g_assert_true(open_silence(&w, 60 * SSK_S)->flags & SSK_SILENCE_OWED_ACK);
    ssk_facts_clear(&w.facts);
}

static void a_packet_without_time_does_nothing(void)
{
    watch w;
    begin(&w);
    speak(&w, SSK_A, 0);
    ssk_packet packet = {.kind = SSK_PACKET_TCP};
    ssk_step step = {.packet = &packet, .flow = &w.flow, .time = SSK_TIME_NONE, .progress = true};
    ssk_quiet_step(&w.flow, &w.config, &step);
    g_assert_false(ended(&step, SSK_A));
    g_assert_cmpint(w.flow.side[SSK_A].quiet.since, ==, START);
    ssk_facts_clear(&w.facts);
}

static void the_short_way_of_a_datagram_does_as_the_long_one(void)
{
    watch quick, slow;
    begin(&quick);
    begin(&slow);
    quick.flow.transport = slow.flow.transport = SSK_UDP;
    unsigned silences = 0;
    ssk_span_ns at = 0;
    for (uint32_t i = 1; i <= 3000; i++) {
        at += g_test_rand_int_range(0, 10) ? g_test_rand_int_range(0, 1000) * SSK_MS : 8 * SSK_S;
        ssk_event event = {.frame = i, .time = START + at};
        ssk_packet packet = {.event = &event, .kind = SSK_PACKET_UDP};
        ssk_step a = {.packet = &packet,
                      .flow = &quick.flow,
                      .dir = g_test_rand_int_range(0, 4) ? SSK_A : SSK_B,
                      .time = event.time,
                      .progress = true},
                 b = a;
        b.flow = &slow.flow;
        quick.flow.closed = slow.flow.closed = i > 2500 ? SSK_CLOSE_FIN : SSK_CLOSE_NONE;
        ssk_quiet_step(&quick.flow, &quick.config, &a);
        ssk_quiet_step_any(&slow.flow, &slow.config, &b);
        for (ssk_dir dir = SSK_A; dir <= SSK_B; dir++) {
            const ssk_quiet *x = &quick.flow.side[dir].quiet, *y = &slow.flow.side[dir].quiet;
            g_assert_true(x->since == y->since && x->frame == y->frame && x->told == y->told &&
                          x->tellings == y->tellings && x->orderly == y->orderly);
            g_assert_cmpint(ended(&a, dir), ==, ended(&b, dir));
            silences += ended(&a, dir);
        }
    }
    g_assert_cmpuint(silences, >, 100);
    ssk_facts_clear(&quick.facts);
    ssk_facts_clear(&slow.facts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/quiet/the limit is three periods, or the shortest gap",
                    the_limit_is_three_periods_or_the_shortest_gap);
    g_test_add_func("/quiet/a silence ends with the next message of its side",
                    a_silence_ends_with_the_next_message_of_its_side);
    g_test_add_func("/quiet/acknowledgments and retransmissions end none",
                    acknowledgments_and_retransmissions_end_none);
    g_test_add_func("/quiet/what nothing ended is open to the end of the capture",
                    what_nothing_ended_is_open_to_the_end_of_the_capture);
    g_test_add_func("/quiet/its next packet ends a silence that no message ended",
                    its_next_packet_ends_a_silence_that_no_message_ended);
    g_test_add_func("/quiet/after an orderly close nothing is silent",
                    after_an_orderly_close_nothing_is_silent);
    g_test_add_func("/quiet/a close that comes late ends the silence",
                    a_close_that_comes_late_ends_the_silence);
    g_test_add_func("/quiet/a retransmission acknowledged in time is no debt",
                    a_retransmission_acknowledged_in_time_is_no_debt);
    g_test_add_func("/quiet/an upload that repeats itself owes no word",
                    an_upload_that_repeats_itself_owes_no_word);
    g_test_add_func("/quiet/a packet without time does nothing",
                    a_packet_without_time_does_nothing);
    g_test_add_func("/quiet/the short way of a datagram does as the long one",
                    the_short_way_of_a_datagram_does_as_the_long_one);
    return g_test_run();
}
