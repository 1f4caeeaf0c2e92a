/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <string.h>

#include "core/compare.h"
#include "tests/unit/conversation.h"

#define START (1742841288 * SSK_S)

/* One datagram of the stream, numbered in its payload. */
static void feed(ssk_compare *compare, ssk_view view, uint32_t frame, unsigned number,
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
    ssk_compare_feed(compare, view, &event);
}

typedef struct loss {
    unsigned from, to; /* these do not arrive */
    ssk_span_ns clock; /* the device's is ahead by so much */
    bool twice, out_of_order;
} loss;

/* 200 datagrams, one every 10 ms. */
static ssk_result *stream(loss what)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_compare *compare = ssk_compare_new(&config, NULL);
    uint32_t wire = 0, device = 0;
    for (unsigned n = 1; n <= 200; n++) {
        ssk_time_ns at = START + n * 10 * SSK_MS;
        feed(compare, SSK_VIEW_WIRE, ++wire, n, at);
        unsigned arrives = !what.out_of_order ? n : n % 2 ? n + 1 : n - 1;
        if (arrives >= what.from && arrives < what.to)
            continue;
        for (int copy = 0; copy < (what.twice && n % 10 == 0 ? 2 : 1); copy++)
            feed(compare, SSK_VIEW_DEVICE, ++device, arrives, at + what.clock + 2 * SSK_MS);
    }
    ssk_result *result = ssk_compare_snapshot(compare);
    ssk_compare_free(compare);
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
        g_assert_cmpstr(udp->verdict.causes[i].id, !=, "udp-sender-pauses");
    ssk_result_free(result);
}

/* One datagram every 10 ms; the device gets what waits at every @p grid, 100 us apart. */
static ssk_result *held(ssk_span_ns grid, ssk_span_ns first_of)
{
    ssk_config config;
    ssk_config_init(&config);
    ssk_compare *compare = ssk_compare_new(&config, NULL);
    uint32_t wire = 0, device = 0;
    ssk_time_ns freed = START + first_of;
    unsigned waits = 1;
    for (unsigned n = 1; n <= 1500; n++) {
        ssk_time_ns at = START + n * 10 * SSK_MS;
        for (; at > freed; freed += grid)
            for (unsigned k = 0; waits < n; k++, waits++)
                feed(compare, SSK_VIEW_DEVICE, ++device, waits, freed + k * 100 * SSK_US);
        feed(compare, SSK_VIEW_WIRE, ++wire, n, at);
    }
    ssk_result *result = ssk_compare_snapshot(compare);
    ssk_compare_free(compare);
    g_assert_cmpuint(result->n_udp, ==, 1);
    return result;
}

static void held_until_the_beacon(void)
{
    for (int beacons = 1; beacons <= 3; beacons++) {
        ssk_result *result = held(beacons * 102400 * SSK_US, 37 * SSK_MS);
        const ssk_verdict *verdict = &result->udp[0].verdict;
        g_assert_cmpuint(result->udp[0].reception.delivered_permille, >=, 980);
        g_assert_cmpuint(verdict->n_verdict, ==, 1);
        g_assert_cmpstr(verdict->causes[0].id, ==, "wifi-dtim-bunching");
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

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/compare/everything arrives", everything_arrives);
    g_test_add_func("/compare/what is lost is counted exactly", what_is_lost_is_counted_exactly);
    g_test_add_func("/compare/one clock is ahead of the other", one_clock_is_ahead);
    g_test_add_func("/compare/copies and disorder change nothing", twice_and_out_of_order);
    g_test_add_func("/compare/runs alternate, and the sender is not blamed", runs_alternate);
    g_test_add_func("/compare/all arrived on the beacons' grid: bunched, neither lost nor paused",
                    held_until_the_beacon);
    g_test_add_func("/compare/all arrived in bunches off that grid: nobody is blamed",
                    held_at_no_beacon);
    return g_test_run();
}
