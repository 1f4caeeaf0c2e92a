/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <math.h>

#include "core/base/clock.h"

#define T0 (INT64_C(1742841288) * SSK_S)

static GRand *chance;

/* A delay with a floor and a long tail, as of a radio. */
static ssk_span_ns delay(ssk_span_ns floor, ssk_span_ns mean)
{
    return floor + (ssk_span_ns)(-log(1.0 - g_rand_double(chance)) * (double)mean);
}

/* What the remote clock says at a capture time. */
static ssk_time_ns remote(ssk_time_ns at, ssk_span_ns offset, double ppm)
{
    return at + offset + (ssk_span_ns)((double)(at - T0) * ppm / 1e6);
}

static void near(ssk_span_ns value, ssk_span_ns wanted, ssk_span_ns within)
{
    if (ABS(value - wanted) > within)
        g_error("%" G_GINT64_FORMAT " is not within %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                value, within, wanted);
}

/* Asked at @p at, answered one delay later, passing the capture after another. */
static void exchange(ssk_clock *clock, ssk_time_ns at, ssk_span_ns offset, double ppm,
                     ssk_span_ns unit)
{
    ssk_span_ns out = delay(SSK_MS, 2 * SSK_MS), back = delay(SSK_MS, 2 * SSK_MS);
    ssk_time_ns stamp = remote(at + out, offset, ppm);
    ssk_clock_add_exchange(clock, at, at + out + back, stamp - stamp % unit);
}

static void both_ways(void)
{
    for (int trial = 0; trial < 20; trial++) {
        ssk_clock *clock = ssk_clock_new();
        ssk_clock_estimate e;
        ssk_span_ns offset = g_rand_int_range(chance, -2000, 2000) * SSK_MS;
        double ppm = g_rand_int_range(chance, -80, 80);
        for (int i = 0; i < 120; i++)
            exchange(clock, T0 + i * SSK_S, offset, ppm, SSK_US);
        g_assert_true(ssk_clock_judge(clock, &e));
        g_assert_true(e.both_ways);
        g_assert_cmpuint(e.samples, ==, 120);
        g_assert_cmpuint(e.n_steps, ==, 0);
        g_assert_cmpint(e.error, <, 3 * SSK_MS);
        near(e.offset, remote(T0 + 119 * SSK_S, offset, ppm) - T0 - 119 * SSK_S,
             e.error + 2 * SSK_MS);
        g_assert_true(e.has_skew);
        near(e.skew_ppb, (int64_t)(ppm * 1000), 20000);
        ssk_clock_free(clock);
    }
}

static void milliseconds(void)
{
    ssk_clock *clock = ssk_clock_new();
    ssk_clock_estimate e;
    for (int i = 0; i < 12; i++)
        exchange(clock, T0 + i * SSK_S + i * 12345678, 41 * SSK_MS, 0, SSK_MS);
    g_assert_true(ssk_clock_judge(clock, &e));
    near(e.offset, 41 * SSK_MS, e.error);
    g_assert_cmpint(e.error, >=, SSK_MS); /* no finer than the timestamps */
    g_assert_cmpint(e.error, <, 6 * SSK_MS);
    g_assert_cmpuint(e.n_steps, ==, 0);
    ssk_clock_free(clock);
}

static void one_way(void)
{
    for (int trial = 0; trial < 20; trial++) {
        ssk_clock *clock = ssk_clock_new();
        ssk_clock_estimate e;
        for (int i = 0; i < 300; i++) {
            ssk_time_ns sent = T0 + i * SSK_S;
            ssk_clock_add(clock, sent + delay(0, 5 * SSK_MS), remote(sent, -7 * SSK_S, 30));
        }
        g_assert_true(ssk_clock_judge(clock, &e));
        g_assert_false(e.both_ways);
        g_assert_cmpuint(e.n_steps, ==, 0);
        near(e.offset, -7 * SSK_S + 299 * 30 * SSK_US, 2 * SSK_MS);
        g_assert_true(e.has_skew);
        near(e.skew_ppb, 30000, 8000);
        ssk_clock_free(clock);
    }
}

static void steps(void)
{
    static const ssk_span_ns sizes[] = {20 * SSK_MS, -20 * SSK_MS, 700 * SSK_MS, -3600 * SSK_S};
    for (unsigned n = 0; n < G_N_ELEMENTS(sizes) * 2; n++) {
        ssk_clock *clock = ssk_clock_new();
        ssk_clock_estimate e;
        bool exchanges = n % 2;
        ssk_span_ns by = sizes[n / 2];
        ssk_time_ns first_after = 0;
        for (int i = 0; i < 100; i++) {
            ssk_time_ns at = T0 + i * SSK_S;
            ssk_span_ns offset = i >= 60 ? by : 0;
            if (exchanges)
                ssk_clock_add_exchange(clock, at, at + 2 * SSK_MS, remote(at + SSK_MS, offset, 10));
            else
                ssk_clock_add(clock, at + delay(0, SSK_MS / 2), remote(at, offset, 10));
            if (i == 60)
                first_after = at;
        }
        g_assert_true(ssk_clock_judge(clock, &e));
        g_assert_cmpuint(e.n_steps, ==, 1);
        near(e.steps[0].by, by, 3 * SSK_MS);
        near(e.steps[0].at, first_after, 10 * SSK_MS);
        near(e.offset, by + 99 * 10 * SSK_US, 3 * SSK_MS);
        ssk_clock_free(clock);
    }
}

static void two_steps(void)
{
    ssk_clock *clock = ssk_clock_new();
    ssk_clock_estimate e;
    for (int i = 0; i < 60; i++) /* forward, and back where it was */
        exchange(clock, T0 + i * SSK_S, i >= 20 && i < 40 ? 2 * SSK_S : 0, 0, SSK_MS);
    g_assert_true(ssk_clock_judge(clock, &e));
    g_assert_cmpuint(e.n_steps, ==, 2);
    near(e.steps[0].by, 2 * SSK_S, 20 * SSK_MS);
    near(e.steps[1].by, -2 * SSK_S, 20 * SSK_MS);
    near(e.offset, 0, 10 * SSK_MS);
    ssk_clock_free(clock);
}

static void no_step(void)
{
    /* a burst of delay, a single late answer, a stall's backlog: none is the clock's doing */
    for (int trial = 0; trial < 40; trial++) {
        ssk_clock *one = ssk_clock_new(), *both = ssk_clock_new();
        ssk_clock_estimate e;
        for (int i = 0; i < 100; i++) {
            ssk_time_ns at = T0 + i * SSK_S;
            ssk_span_ns late = i >= 50 && i < 58 ? delay(0, 300 * SSK_MS) : 0;
            if (i == 80)
                late = 5 * SSK_S;
            ssk_clock_add(one, at + delay(0, 3 * SSK_MS) + late, at);
            ssk_clock_add_exchange(both, at, at + delay(SSK_MS, 3 * SSK_MS) + late, at + late / 3);
        }
        g_assert_true(ssk_clock_judge(one, &e));
        g_assert_cmpuint(e.n_steps, ==, 0);
        g_assert_true(ssk_clock_judge(both, &e));
        g_assert_cmpuint(e.n_steps, ==, 0);
        near(e.offset, 0, e.error + SSK_MS / 4);
        ssk_clock_free(one);
        ssk_clock_free(both);
    }
}

static void uneven(void)
{
    /* the capture's clock begins to run 3 % fast: no step, and no false certainty */
    ssk_clock *clock = ssk_clock_new();
    ssk_clock_estimate e;
    ssk_span_ns truth = 0;
    for (int i = 0; i < 40; i++) {
        ssk_time_ns at = T0 + i * SSK_S / 4;
        truth = i > 20 ? -(i - 20) * SSK_S / 4 * 3 / 100 : 0;
        ssk_span_ns way = delay(SSK_MS / 10, SSK_MS / 10);
        ssk_clock_add_exchange(clock, at, at + 2 * way, at + way + truth);
    }
    g_assert_true(ssk_clock_judge(clock, &e));
    g_assert_cmpuint(e.n_steps, ==, 0);
    near(e.offset, truth, e.error);
    ssk_clock_free(clock);
}

static void bounded(void)
{
    ssk_clock *clock = ssk_clock_new();
    ssk_clock_estimate e;
    static ssk_time_ns at[SSK_CLOCK_SAMPLES];
    static ssk_span_ns offset[SSK_CLOCK_SAMPLES];
    for (int i = 0; i < 100000; i++)
        exchange(clock, T0 + i * SSK_S, i < 50000 ? 0 : 60 * SSK_S, 2, SSK_MS);
    g_assert_true(ssk_clock_judge(clock, &e));
    g_assert_cmpuint(e.samples, ==, 100000);
    g_assert_cmpuint(e.n_steps, ==, 1);
    near(e.steps[0].by, 60 * SSK_S, 30 * SSK_MS);
    near(e.skew_ppb, 2000, 200);
    unsigned n = ssk_clock_points(clock, at, offset);
    g_assert_cmpuint(n, <=, SSK_CLOCK_SAMPLES);
    g_assert_cmpuint(n, >=, SSK_CLOCK_SAMPLES / 2);
    for (unsigned i = 1; i < n; i++)
        g_assert_cmpint(at[i], >, at[i - 1]);
    ssk_clock_free(clock);
}

static void too_few(void)
{
    ssk_clock *clock = ssk_clock_new();
    ssk_clock_estimate e;
    g_assert_false(ssk_clock_judge(clock, &e));
    ssk_clock_add(clock, T0, T0);
    ssk_clock_add(clock, T0 + SSK_S, T0);
    g_assert_false(ssk_clock_judge(clock, &e));
    ssk_clock_add(clock, T0 + SSK_S, SSK_TIME_NONE); /* says nothing */
    g_assert_false(ssk_clock_judge(clock, &e));
    ssk_clock_add(clock, T0 + 2 * SSK_S, T0);
    g_assert_true(ssk_clock_judge(clock, &e));
    g_assert_false(e.has_skew);
    ssk_clock_free(clock);
}

static void hostile(void)
{
    static const int64_t odd[] = {
        INT64_MIN,        INT64_MIN + 1,       INT64_MAX,       0, 1, -1, T0,
        INT64_C(1) << 61, -(INT64_C(1) << 61), INT64_C(1) << 60};
    for (int trial = 0; trial < 500; trial++) {
        ssk_clock *clock = ssk_clock_new();
        ssk_clock_estimate e;
        for (int i = 0; i < 40; i++) {
            int64_t a = odd[g_rand_int_range(chance, 0, G_N_ELEMENTS(odd))];
            int64_t b = odd[g_rand_int_range(chance, 0, G_N_ELEMENTS(odd))];
            int64_t c = odd[g_rand_int_range(chance, 0, G_N_ELEMENTS(odd))];
            if (i & 1)
                ssk_clock_add(clock, a, b);
            else
                ssk_clock_add_exchange(clock, a, b, c);
        }
        if (ssk_clock_judge(clock, &e)) {
            g_assert_cmpint(e.error, >=, 0);
            g_assert_cmpuint(e.n_steps, <=, SSK_CLOCK_STEPS);
        }
        ssk_clock_free(clock);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    chance = g_rand_new_with_seed(42);
    g_test_add_func("/clock/both ways: offset within its error, and skew", both_ways);
    g_test_add_func("/clock/stamps in milliseconds give no finer error", milliseconds);
    g_test_add_func("/clock/one way: the envelope is the offset", one_way);
    g_test_add_func("/clock/a step is found with its size and place", steps);
    g_test_add_func("/clock/a step forth and back is two", two_steps);
    g_test_add_func("/clock/delay is no step", no_step);
    g_test_add_func("/clock/a clock that runs unevenly is not called certain", uneven);
    g_test_add_func("/clock/a day of pings takes no more memory than two minutes", bounded);
    g_test_add_func("/clock/two samples are no estimate", too_few);
    g_test_add_func("/clock/stamps from anywhere do no harm", hostile);
    int status = g_test_run();
    g_rand_free(chance);
    return status;
}
