/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/view/views.h"
#include "tests/unit/conversation.h"

#define START (1742841288 * SSK_S)

enum { WIRE, DEVICE };

/* Both readings of everything that was fed. */
typedef struct script {
    ssk_views *views;
    bool scouting;
    bool turned; /* the device's capture is given first */
} script;

/* One datagram of the stream, numbered in its payload. */
static void feed_one(const script *s, unsigned view, uint32_t frame, unsigned number,
                     ssk_time_ns at)
{
    talk t = {.family = 4, .ip_id = number};
    uint8_t bytes[14 + 28 + 100];
    uint32_t ip = put_headers(&t, bytes, 1, 1, 5, 17, 8 + 100);
    put16(bytes + ip, 6000);
    put16(bytes + ip + 2, 4000);
    put16(bytes + ip + 4, 8 + 100);
    put16(bytes + ip + 6, 0);
    memset(bytes + ip + 8, (int)(number * 7), 100);
    put32(bytes + ip + 8, number);
    ssk_event event = {.frame = frame,
                       .time = at,
                       .linktype = 1,
                       .bytes = bytes,
                       .cap_len = sizeof bytes,
                       .wire_len = sizeof bytes};
    (s->scouting ? ssk_views_scout : ssk_views_feed)(s->views, view ^ s->turned, &event);
}

typedef struct loss {
    unsigned from, to; /* these do not arrive */
    ssk_span_ns clock; /* the device's is ahead by so much */
    bool twice, out_of_order, turned;
    ssk_span_ns grid, first_of; /* the device gets what waits at every grid, 100 us apart */
    ssk_span_ns late;           /* every 19th datagram, by so much */
    bool slow_link; /* ten at once, which the link to the device spreads; one in 20 is lost */
} loss;

/* 200 datagrams, one every 10 ms. */
static void play(const script *s, loss what)
{
    uint32_t wire = 0, device = 0;
    for (unsigned n = 1; n <= 200; n++) {
        ssk_time_ns at = START + n * 10 * SSK_MS;
        feed_one(s, WIRE, ++wire, n, at);
        unsigned arrives = !what.out_of_order ? n : n % 2 ? n + 1 : n - 1;
        if (arrives >= what.from && arrives < what.to)
            continue;
        for (int copy = 0; copy < (what.twice && n % 10 == 0 ? 2 : 1); copy++)
            feed_one(s, DEVICE, ++device, arrives,
                     at + what.clock + 2 * SSK_MS + (arrives % 19 ? 0 : what.late));
    }
}

/* 1500 datagrams, one every 10 ms. */
static void play_held(const script *s, loss what)
{
    uint32_t wire = 0, device = 0;
    ssk_time_ns freed = START + what.first_of;
    unsigned waits = 1;
    for (unsigned n = 1; n <= 1500; n++) {
        ssk_time_ns at = START + n * 10 * SSK_MS;
        for (; at > freed; freed += what.grid)
            for (unsigned k = 0; waits < n; k++, waits++)
                feed_one(s, DEVICE, ++device, waits, freed + k * 100 * SSK_US);
        feed_one(s, WIRE, ++wire, n, at);
    }
}

static void play_spread(const script *s, loss what)
{
    uint32_t wire = 0, device = 0;
    (void)what;
    for (unsigned n = 0; n < 1000; n++) {
        ssk_time_ns batch = START + n / 10 * 300 * SSK_MS;
        feed_one(s, WIRE, ++wire, n + 1, batch + n % 10 * 20 * SSK_US);
        if (n % 20 != 7)
            feed_one(s, DEVICE, ++device, n + 1, batch + (1 + n % 10) * 25 * SSK_MS);
    }
}

static ssk_result *stream(loss what)
{
    void (*read)(const script *, loss) = what.slow_link ? play_spread
                                         : what.grid    ? play_held
                                                        : play;
    ssk_config config;
    ssk_config_init(&config);
    script s = {.views = ssk_views_new(2, &config, NULL), .scouting = true, .turned = what.turned};
    read(&s, what);
    ssk_views_survey(s.views);
    if (what.from || what.late || what.grid || what.slow_link) /* else nothing tells */
        g_assert_cmpuint(ssk_views_base(s.views), ==, DEVICE ^ s.turned);
    s.scouting = false;
    read(&s, what);
    ssk_result *result = ssk_views_snapshot(s.views);
    ssk_views_free(s.views);
    g_assert_cmpuint(result->n_udp, ==, 1);
    g_assert_true(result->udp[0].has_reception);
    return result;
}

static void expect(loss what, uint64_t received)
{
    ssk_result *result = stream(what);
    g_assert_cmpuint(result->udp[0].reception.reference_packets, ==, 200);
    g_assert_cmpuint(result->udp[0].reception.received_packets, ==, received);
    g_assert_cmpuint(result->udp[0].reception.delivered_permille, ==, received * 1000 / 200);
    ssk_result_free(result);
}

static void everything_arrives(void)
{
    expect((loss){0}, 200);
}

static void what_is_lost_is_counted_exactly(void)
{
    expect((loss){.from = 51, .to = 91}, 160);
}

static void one_clock_is_ahead(void)
{
    expect((loss){.from = 51, .to = 91, .clock = 3 * SSK_S}, 160);
    expect((loss){.from = 51, .to = 91, .clock = -3 * SSK_S}, 160);
}

static void twice_and_out_of_order(void)
{
    expect((loss){.from = 51, .to = 91, .twice = true, .out_of_order = true}, 160);
}

static void runs_alternate(void)
{
    ssk_result *result = stream((loss){.from = 51, .to = 91});
    const ssk_result_udp *udp = &result->udp[0];
    g_assert_cmpuint(udp->reception.n_runs, ==, 3);
    g_assert_cmpuint(udp->verdict.n_verdict, >, 0);
    for (size_t i = 0; i < udp->verdict.n_verdict; i++)
        g_assert_cmpstr(ssk_cause_text(udp->verdict.causes[i].id), !=, "udp-sender-pauses");
    ssk_result_free(result);
}

static ssk_result *held(ssk_span_ns grid, ssk_span_ns first_of)
{
    return stream((loss){.grid = grid, .first_of = first_of});
}

static void held_until_the_beacon(void)
{
    for (int beacons = 1; beacons <= 3; beacons++) {
        ssk_result *result = held(beacons * 102400 * SSK_US, 37 * SSK_MS);
        const ssk_verdict *verdict = &result->udp[0].verdict;
        g_assert_cmpuint(result->udp[0].reception.delivered_permille, >=, 980);
        g_assert_cmpuint(verdict->n_verdict, ==, 1);
        g_assert_cmpstr(ssk_cause_text(verdict->causes[0].id), ==, "wifi-dtim-bunching");
        ssk_result_free(result);
    }
}

static void held_at_no_beacon(void)
{
    ssk_result *result = held(170 * SSK_MS, 37 * SSK_MS);
    const ssk_verdict *verdict = &result->udp[0].verdict;
    g_assert_cmpuint(verdict->n_verdict, ==, 0);
    ssk_result_free(result);
}

/* Spread here and together there looks like a beacon's bunches; but what is lost is lost on the way. */
static void who_lacks_packets_stands_behind_the_loss(void)
{
    ssk_result *result = stream((loss){.slow_link = true});
    g_assert_cmpuint(result->udp[0].reception.reference_packets, ==, 1000);
    g_assert_cmpuint(result->udp[0].reception.received_packets, ==, 950);
    ssk_result_free(result);
}

/* Nothing is lost and nothing goes back: a delay has a least value, so what is late is late there. */
static void what_is_late_now_and_then_is_seen_later(void)
{
    for (int turned = 0; turned <= 1; turned++) {
        ssk_result *result =
            stream((loss){.late = 4 * SSK_MS, .clock = 5 * SSK_S, .turned = turned});
        g_assert_cmpuint(result->n_clocks, ==, 1);
        g_assert_cmpuint(result->clocks[0].n_steps, ==, 0);
        ssk_span_ns off = ABS(result->clocks[0].offset) - 5 * SSK_S;
        g_assert_cmpint(ABS(off), <=, 2 * SSK_MS + SSK_US);
        ssk_result_free(result);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/views/everything arrives", everything_arrives);
    g_test_add_func("/views/what is lost is counted exactly", what_is_lost_is_counted_exactly);
    g_test_add_func("/views/one clock is ahead of the other", one_clock_is_ahead);
    g_test_add_func("/views/copies and disorder change nothing", twice_and_out_of_order);
    g_test_add_func("/views/runs alternate, and the sender is not blamed", runs_alternate);
    g_test_add_func("/views/who lacks packets stands behind the loss",
                    who_lacks_packets_stands_behind_the_loss);
    g_test_add_func("/views/what is late now and then is seen later",
                    what_is_late_now_and_then_is_seen_later);
    g_test_add_func("/views/all arrived on the beacons' grid: bunched, neither lost nor paused",
                    held_until_the_beacon);
    g_test_add_func("/views/all arrived in bunches off that grid: nobody is blamed",
                    held_at_no_beacon);
    return g_test_run();
}
