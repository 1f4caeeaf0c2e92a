/* test_clock.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/clock.h"

#include <glib.h>

#define START (INT64_C(1742841200) * SSK_S)

/* Delays of 1 to 20 ms, the same in every run. */
static ssk_span_ns delay(unsigned i)
{
    return SSK_MS + (ssk_span_ns)((i * 2654435761u) % 19000u) * SSK_US;
}

/* @p ppm in parts per million; a step of @p step at sample @p step_at. */
static ssk_clock run(unsigned samples, ssk_span_ns offset, int ppm, unsigned step_at, ssk_span_ns step)
{
    ssk_clock clock = { 0 };
    for (unsigned i = 0; i < samples; i++) {
        ssk_span_ns elapsed = (ssk_span_ns)i * SSK_S;
        ssk_time_ns sent = START + elapsed + offset + elapsed / 1000000 * ppm + (i >= step_at ? step : 0);
        ssk_clock_add(&clock, START + elapsed + delay(i), sent + 1); /* + 1: stamps of nanoseconds */
    }
    return clock;
}

static void test_offset(void)
{
    ssk_clock clock = run(60, 41 * SSK_MS, 0, 60, 0);
    ssk_clock_reading reading;
    g_assert_true(ssk_clock_read(&clock, &reading));
    g_assert_cmpuint(clock.samples, ==, 60);
    g_assert_cmpint(ABS(reading.offset - 41 * SSK_MS), <=, reading.error + 10 * SSK_MS);
    g_assert_false(reading.has_skew);
    g_assert_cmpuint(reading.n_steps, ==, 0);

    clock = run(60000, -3 * SSK_HOUR, 0, 60000, 0); /* many samples: the envelope is tight */
    g_assert_true(ssk_clock_read(&clock, &reading));
    g_assert_cmpint(reading.offset, <=, -3 * SSK_HOUR);
    g_assert_cmpint(reading.offset, >=, -3 * SSK_HOUR - 2 * SSK_MS);
    g_assert_cmpint(reading.error, <, SSK_MS);
    g_assert_cmpuint(clock.used, <=, SSK_CLOCK_WINDOWS);
}

static void test_skew(void)
{
    static const int ppms[] = { 50, -120, 5 };
    for (size_t i = 0; i < G_N_ELEMENTS(ppms); i++) {
        ssk_clock clock = run(20000, SSK_S, ppms[i], 20000, 0);
        ssk_clock_reading reading;
        g_assert_true(ssk_clock_read(&clock, &reading));
        g_assert_true(reading.has_skew);
        g_assert_cmpint(ABS(reading.skew_ppb - ppms[i] * 1000), <, 300);
        ssk_span_ns now = SSK_S + 19999 * SSK_S / 1000000 * ppms[i]; /* as of the last sample */
        g_assert_cmpint(ABS(reading.offset - now), <, 4 * SSK_MS);
        g_assert_cmpuint(reading.n_steps, ==, 0);
    }
}

static void test_step(void)
{
    static const ssk_span_ns steps[] = { 7500 * SSK_MS, -2 * SSK_S };
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        ssk_clock clock = run(60, 0, 0, 30, steps[i]);
        ssk_clock_reading reading;
        g_assert_true(ssk_clock_read(&clock, &reading));
        g_assert_cmpuint(reading.n_steps, ==, 1);
        g_assert_cmpint(ABS(reading.steps[0].by - steps[i]), <, 20 * SSK_MS);
        g_assert_cmpint(reading.steps[0].at, ==, START + 30 * SSK_S + delay(30));
        g_assert_cmpint(ABS(reading.offset - steps[i]), <, 20 * SSK_MS);
    }
    ssk_clock clock = run(5000, 0, 40, 2500, SSK_S); /* a step of a clock that gains, in wide windows */
    ssk_clock_reading reading;
    g_assert_true(ssk_clock_read(&clock, &reading));
    g_assert_cmpuint(reading.n_steps, ==, 1);
    g_assert_cmpint(ABS(reading.steps[0].by - SSK_S), <, 20 * SSK_MS);
}

static void test_no_step(void)
{
    /* One late burst is a delay, not a step: it does not stay. */
    ssk_clock clock = { 0 };
    ssk_clock_reading reading;
    for (unsigned i = 0; i < 60; i++)
        ssk_clock_add(&clock, START + (ssk_time_ns)i * SSK_S + (i == 30 || i == 31 ? 900 * SSK_MS : delay(i)),
                      START + (ssk_time_ns)i * SSK_S + 1);
    g_assert_true(ssk_clock_read(&clock, &reading));
    g_assert_cmpuint(reading.n_steps, ==, 0);

    /* Nor are twenty stamps that waited in a queue and came at once. */
    ssk_clock held = { 0 };
    for (unsigned i = 0; i < 60; i++)
        ssk_clock_add(&held, START + (ssk_time_ns)(i >= 20 && i < 40 ? 40 : i) * SSK_S + delay(i % 2),
                      START + (ssk_time_ns)i * SSK_S + 1);
    g_assert_true(ssk_clock_read(&held, &reading));
    g_assert_cmpuint(reading.n_steps, ==, 0);
    g_assert_cmpint(ABS(reading.offset), <, 20 * SSK_MS);
}

static void test_resolution(void)
{
    ssk_clock clock = { 0 };
    ssk_clock_reading reading;
    for (unsigned i = 0; i < 30; i++)
        ssk_clock_add(&clock, START + (ssk_time_ns)i * SSK_S + 20 * SSK_MS, START + (ssk_time_ns)i * SSK_S);
    g_assert_true(ssk_clock_read(&clock, &reading));
    g_assert_cmpint(reading.offset, ==, -20 * SSK_MS);
    g_assert_cmpint(reading.error, ==, SSK_S); /* whole seconds say no more */
}

static void test_odd_input(void)
{
    ssk_clock clock = { 0 };
    ssk_clock_reading reading;
    ssk_clock_add(&clock, SSK_TIME_NONE, START);
    ssk_clock_add(&clock, START, SSK_TIME_NONE);
    ssk_clock_add(&clock, START, INT64_MIN + 1);
    ssk_clock_add(&clock, INT64_MIN + 1, INT64_MIN + 2);
    ssk_clock_add(&clock, INT64_MAX, INT64_MAX - 1);
    g_assert_cmpuint(clock.samples, ==, 1);
    g_assert_false(ssk_clock_read(&clock, &reading));
    ssk_clock same = { 0 };
    for (int i = 0; i < 200; i++)
        ssk_clock_add(&same, START, START + (i % 2 ? 1 : -1) * (INT64_MAX / 40));
    g_assert_true(ssk_clock_read(&same, &reading));
    g_assert_cmpint(reading.error, >=, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/clock/the least delayed stamp gives the offset", test_offset);
    g_test_add_func("/clock/a rate is found", test_skew);
    g_test_add_func("/clock/a step is found where it is", test_step);
    g_test_add_func("/clock/a delay that passes is no step", test_no_step);
    g_test_add_func("/clock/the error is no smaller than the stamps' resolution", test_resolution);
    g_test_add_func("/clock/odd input is left out", test_odd_input);
    return g_test_run();
}
