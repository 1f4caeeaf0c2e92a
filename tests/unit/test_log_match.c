/* test_log_match.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/log_match.h"

#include <glib.h>

#define T0 INT64_C(1742841288000000000)
#define N  60

/* A timer of one second that is late by 0..100 ms, the same in each run. */
static void make_times(ssk_time_ns *times, uint32_t seed, ssk_span_ns offset)
{
    ssk_time_ns at = T0 + offset;
    for (int i = 0; i < N; i++) {
        seed = seed * 1664525u + 1013904223u;
        at += SSK_S + (seed >> 16) % 100 * SSK_MS;
        times[i] = at;
    }
}

static bool find(const ssk_time_ns *lines, size_t n, const ssk_time_ns *wire, size_t n_wire,
                 ssk_span_ns zone, ssk_log_match *ret)
{
    int64_t budget = 1000000;
    return ssk_log_match_find(lines, n, wire, n_wire, zone, NULL, &budget, ret);
}

static void test_offset(void)
{
    ssk_time_ns lines[N], wire[N];
    ssk_log_match match;
    make_times(wire, 1, 0);
    make_times(lines, 1, 41 * SSK_MS);
    g_assert_true(find(lines, N, wire, N, 0, &match));
    g_assert_cmpint(match.offset, ==, 41 * SSK_MS);
    g_assert_cmpint(match.error, ==, 0);
    g_assert_cmpuint(match.matched, ==, N);
    g_assert_cmpuint(match.of, ==, N);
    make_times(lines, 1, -7300 * SSK_MS);
    g_assert_true(find(lines, N, wire, N, 0, &match));
    g_assert_cmpint(match.offset, ==, -7300 * SSK_MS);
}

static void test_zone(void)
{
    ssk_time_ns lines[N], wire[N];
    ssk_log_match match;
    make_times(wire, 1, 0);
    make_times(lines, 1, SSK_HOUR + 3 * SSK_MS);
    g_assert_false(find(lines, N, wire, N, 0, &match));
    g_assert_true(find(lines, N, wire, N, SSK_HOUR, &match));
    g_assert_cmpint(match.offset, ==, SSK_HOUR + 3 * SSK_MS);
}

static void test_lies(void)
{
    /* half a minute of lines without a message: the log goes on, the wire does not */
    ssk_time_ns lines[N], wire[N];
    ssk_log_match match;
    make_times(lines, 1, 0);
    make_times(wire, 1, 0);
    for (int i = 45; i < N; i++)
        wire[i - 30] = wire[i];
    g_assert_true(find(lines, N, wire, N - 30, 0, &match));
    g_assert_cmpint(match.offset, ==, 0);
    g_assert_cmpuint(match.matched, ==, N - 30);
}

static void test_backlog(void)
{
    /* what waited arrives at once: only its first message counts, and has no line */
    ssk_time_ns lines[N], wire[N];
    ssk_log_match match;
    make_times(lines, 1, 0);
    make_times(wire, 1, 0);
    for (int i = 20; i < 50; i++)
        wire[i] = wire[49] + (i - 20) * SSK_MS;
    g_assert_true(find(lines, N, wire, N, 0, &match));
    g_assert_cmpint(match.offset, ==, 0);
    g_assert_cmpuint(match.of, ==, 31);
}

static void test_other(void)
{
    ssk_time_ns lines[N], wire[N];
    ssk_log_match match;
    make_times(lines, 1, 0);
    for (uint32_t seed = 2; seed < 40; seed++) {
        make_times(wire, seed, 0);
        g_assert_false(find(lines, N, wire, N, 0, &match));
    }
    g_assert_false(find(lines, 7, lines, 7, 0, &match));
    g_assert_false(find(lines, 0, wire, N, 0, &match));
}

/* Beats on a grid of a quarter of a second, each up to 50 ms late by itself. */
static void make_beats(ssk_time_ns *times, size_t n, uint32_t seed)
{
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        times[i] = T0 + (ssk_time_ns)i * 250 * SSK_MS + (seed >> 16) % 50 * SSK_MS;
    }
}

static void test_another_beat(void)
{
    /* Two programs of one kind, begun at one moment: all of either's beats lie near one of the other's. */
    ssk_time_ns lines[N], wire[N], later[N];
    ssk_log_match match;
    unsigned fitted = 0;
    make_beats(lines, N, 1);
    for (uint32_t seed = 2; seed < 40; seed++) {
        make_beats(wire, N, seed);
        fitted += find(lines, N, wire, N, 0, &match);
        /* Its own beats, each delayed on the way by as much again. */
        make_beats(later, N, seed);
        for (int i = 0; i < N; i++)
            later[i] = lines[i] + (later[i] - T0) % (250 * SSK_MS) / 2;
        g_assert_true(find(lines, N, later, N, 0, &match));
    }
    g_assert_cmpuint(fitted, ==, 0);
}

static void test_steady(void)
{
    /* Without jitter each second fits: the smallest offset is taken, and the doubt said. */
    ssk_time_ns lines[N], wire[N];
    ssk_log_match match;
    for (int i = 0; i < N; i++) {
        wire[i] = T0 + i * SSK_S;
        lines[i] = wire[i] + 20 * SSK_MS;
    }
    g_assert_true(find(lines, N, wire, N, 0, &match));
    g_assert_cmpint(match.offset, ==, 20 * SSK_MS);
    g_assert_cmpint(ABS(match.error - SSK_S), <=, 50 * SSK_MS);
    const ssk_log_range within = {1600 * SSK_MS, 2400 * SSK_MS};
    int64_t budget = 1000000;
    g_assert_true(ssk_log_match_find(lines, N, wire, N, 0, &within, &budget, &match));
    g_assert_cmpint(match.offset, ==, 2020 * SSK_MS);
    g_assert_cmpint(match.error, ==, 0);
}

static void test_budget(void)
{
    ssk_time_ns lines[N];
    ssk_log_match match;
    int64_t budget = 100;
    make_times(lines, 1, 0);
    g_assert_false(ssk_log_match_find(lines, N, lines, N, 0, NULL, &budget, &match));
    g_assert_cmpint(budget, <=, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/log_match/the offset of a clock, seconds off or not", test_offset);
    g_test_add_func("/log_match/a zone taken wrongly is found by asking for it", test_zone);
    g_test_add_func("/log_match/lines of messages that never left do not harm", test_lies);
    g_test_add_func("/log_match/a backlog counts once", test_backlog);
    g_test_add_func("/log_match/another timer of the same period does not match", test_other);
    g_test_add_func("/log_match/another program's beat of the same period does not match",
                    test_another_beat);
    g_test_add_func("/log_match/a rhythm without jitter is ambiguous, unless bounded", test_steady);
    g_test_add_func("/log_match/the work is bounded", test_budget);
    return g_test_run();
}
