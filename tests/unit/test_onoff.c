/* test_onoff.c - the on/off pattern, measured on generated series.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <math.h>

#include "core/base/limits.h"
#include "core/udp/onoff.h"

/* A sender at a constant rate behind a gate that passes a number of bytes,
 * then drops everything for a while: the lab's "air" runs. */
typedef struct stream {
    double rate;   /* payload bytes per second */
    uint32_t size; /* of a datagram */
    double jitter; /* of a datagram's interval, as a share of it */
    double batch;  /* seconds between the sender's wake-ups; 0: none */
    double loss;   /* random, share */
    double burst;  /* bytes the gate passes; 0: no gate */
    double duty;
    double seconds;
    ssk_span_ns idle_every, idle; /* the whole stream rests now and then */
} stream;

typedef struct subject {
    ssk_onoff *onoff;
    ssk_hist gaps;
    ssk_time_ns last;
    uint32_t frame;
    ssk_onoff_state state;
} subject;

static void subject_init(subject *s, ssk_span_ns threshold)
{
    *s = (subject){.onoff = ssk_onoff_new(threshold), .last = SSK_TIME_NONE};
}

static void subject_clear(subject *s)
{
    ssk_onoff_free(s->onoff);
    ssk_hist_clear(&s->gaps);
}

static void arrive(subject *s, ssk_time_ns time, uint32_t bytes)
{
    if (s->last != SSK_TIME_NONE && time >= s->last)
        ssk_hist_add(&s->gaps, time - s->last);
    if (s->last == SSK_TIME_NONE || time > s->last)
        s->last = time;
    ssk_onoff_add(s->onoff, time, bytes, ++s->frame, NULL, &s->gaps, &s->state);
}

static double uniform(GRand *rand)
{
    return g_rand_double(rand);
}

static ssk_onoff_report run(const stream *s, uint32_t seed)
{
    GRand *rand = g_rand_new_with_seed(seed);
    subject gated;
    subject_init(&gated, 0);
    double step = s->size / s->rate, on = s->burst / s->rate;
    double off = s->burst > 0 ? on * (1 - s->duty) / s->duty : 0;
    double passed = 0, closed_until = -1, shift = 0, last = 0;
    for (double at = 0; at < s->seconds; at += step) {
        double sent = at + step * s->jitter * (uniform(rand) - 0.5);
        if (s->batch > 0)
            sent = ceil(at / s->batch) * s->batch + 40e-6 * fmod(at, s->batch) / step;
        if (sent <= last)
            sent = last + 1e-6;
        last = sent;
        if (s->idle_every && fmod(at, (double)s->idle_every / 1e9) < step)
            shift += (double)s->idle / 1e9;
        if (s->burst > 0) {
            if (sent < closed_until)
                continue;
            passed += s->size;
            if (passed >= s->burst) {
                passed = 0;
                closed_until = sent + off;
            }
        }
        if (uniform(rand) >= s->loss)
            arrive(&gated, (ssk_time_ns)((sent + shift) * 1e9), s->size);
    }
    ssk_onoff_report report;
    ssk_onoff_measure(gated.onoff, &gated.gaps, &report);
    subject_clear(&gated);
    g_rand_free(rand);
    return report;
}

static void test_burst(void)
{
    ssk_onoff_report r = run(&(stream){.rate = 1e6,
                                       .size = 1024,
                                       .batch = 0.0021,
                                       .burst = 131072,
                                       .duty = 0.55,
                                       .seconds = 8},
                             1);
    g_assert_true(r.on_off);
    g_assert_cmpint(r.on_bytes.p50, ==, 131072);
    g_assert_cmpint(r.power_of_two, ==, 131072);
    g_assert_cmpint(r.power_of_two_off_permille, ==, 0);
    g_assert_cmpint(abs((int)r.duty_permille - 550), <=, 15);
    g_assert_cmpint(r.threshold, >, 2 * SSK_MS);
    g_assert_cmpint(r.threshold, <, 107 * SSK_MS);
    g_assert_cmpint(r.goodput_on, >, 950000);
    g_assert_cmpint(r.goodput_on, <, 1050000);
    /* half of the pauses' datagrams are due in them at the on-phases' rate */
    g_assert_cmpint(r.due_off / r.cycles, >, 95);
    g_assert_cmpint(r.due_off / r.cycles, <, 115);
}

static void test_first_and_last(void)
{
    /* 5 bursts of 10 packets: 3 complete cycles, the outer two do not count */
    subject s;
    subject_init(&s, 0);
    for (int burst = 0; burst < 5; burst++)
        for (int i = 0; i < (burst == 0 || burst == 4 ? 30 : 10); i++)
            arrive(&s, burst * SSK_S + i * 20 * SSK_MS, 100);
    ssk_onoff_report r;
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_true(r.on_off);
    g_assert_cmpint(r.cycles, ==, 3);
    g_assert_cmpint(r.on_bytes.p50, ==, 1000);
    g_assert_cmpint(r.on_ns.p50, ==, 200 * SSK_MS);
    g_assert_cmpint(r.off_ns.p50, ==, 800 * SSK_MS);
    g_assert_cmpint(r.duty_permille, ==, 200);
    subject_clear(&s);

    subject_init(&s, 0);
    for (int burst = 0; burst < 4; burst++)
        for (int i = 0; i < 10; i++)
            arrive(&s, burst * SSK_S + i * 20 * SSK_MS, 100);
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_false(r.on_off);
    subject_clear(&s);
}

static void test_few_packets(void)
{
    subject s;
    subject_init(&s, 0);
    for (int burst = 0; burst < 100; burst++)
        for (int i = 0; i < 7; i++)
            arrive(&s, burst * SSK_S + i * SSK_MS, 100);
    ssk_onoff_report r;
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_false(r.on_off);
    subject_clear(&s);
}

static void test_given(void)
{
    subject s;
    subject_init(&s, 400 * SSK_MS);
    for (int burst = 0; burst < 20; burst++)
        for (int i = 0; i < 50; i++)
            arrive(&s, burst * 2 * SSK_S + i * 30 * SSK_MS, 100);
    ssk_onoff_report r;
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_cmpint(r.threshold, ==, 400 * SSK_MS);
    g_assert_true(r.on_off);
    g_assert_cmpint(r.on_packets.p50, ==, 50);
    subject_clear(&s);
}

static void test_periodic(void)
{
    /* in bytes: the same bytes in ever different times */
    GRand *rand = g_rand_new_with_seed(3);
    subject s;
    ssk_onoff_report r;
    ssk_time_ns now = 0;
    subject_init(&s, 0);
    for (int burst = 0; burst < 40; burst++) {
        ssk_span_ns step = SSK_MS / 2 + g_rand_int_range(rand, 0, 2 * SSK_MS);
        for (int i = 0; i < 64; i++)
            arrive(&s, now += step, 1024);
        now += 300 * SSK_MS;
    }
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_true(r.on_off);
    g_assert_cmpstr(r.periodic_in, ==, "bytes");
    g_assert_cmpint(r.cv_bytes_permille, ==, 0);
    subject_clear(&s);

    /* in time: 16 TU windows at changing rates */
    subject_init(&s, 0);
    for (int burst = 0; burst < 40; burst++) {
        int packets = g_rand_int_range(rand, 12, 60);
        for (int i = 0; i < packets; i++)
            arrive(&s, burst * 102400 * SSK_US + i * (16384 * SSK_US / packets), 1024);
    }
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_true(r.on_off);
    g_assert_cmpstr(r.periodic_in, ==, "time");
    subject_clear(&s);
    g_rand_free(rand);
}

static void test_rare_idle(void)
{
    /* on/off at 238 ms, and the sender rests 20 s every minute or so */
    ssk_onoff_report r = run(&(stream){.rate = 1e6,
                                       .size = 1024,
                                       .jitter = 0.2,
                                       .burst = 131072,
                                       .duty = 0.55,
                                       .seconds = 240,
                                       .idle_every = 60 * SSK_S,
                                       .idle = 20 * SSK_S},
                             5);
    g_assert_true(r.on_off);
    g_assert_cmpint(r.threshold, <, 107 * SSK_MS);
    g_assert_cmpint(r.on_bytes.p50, ==, 131072);
}

static void test_state(void)
{
    subject s;
    subject_init(&s, 0);
    for (int burst = 0; burst < 20; burst++)
        for (int i = 0; i < 20; i++) {
            arrive(&s, burst * SSK_S + i * 10 * SSK_MS, 100);
            if (burst > 10) {
                g_assert_true(s.state.known);
                g_assert_true(s.state.starts == (i == 0));
                g_assert_cmpint(s.state.burst, ==, burst + 1);
                g_assert_cmpint(s.state.burst_bytes, ==, 100 * (i + 1));
                g_assert_cmpint(s.state.off_before, ==, SSK_S - 190 * SSK_MS);
            }
        }
    subject_clear(&s);
}

static void test_backward(void)
{
    subject s;
    subject_init(&s, 0);
    for (int i = 0; i < 2000; i++)
        arrive(&s, i * SSK_MS - (i % 100 == 0 ? 3 * SSK_S : 0), 100);
    ssk_onoff_report r;
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    g_assert_false(r.on_off);
    subject_clear(&s);
}

static void test_strip(void)
{
    ssk_onoff_report r =
        run(&(stream){.rate = 1e6, .size = 1000, .burst = 100000, .duty = 0.5, .seconds = 10}, 1);
    g_assert_true(r.on_off);
    g_assert_true(g_str_has_prefix(r.strip, "####....####....####"));
    g_assert_cmpint(r.strip_slice, >, 24 * SSK_MS);
    g_assert_cmpint(r.strip_slice, <, 26 * SSK_MS);
}

/* A gate of 64 KB at 1 MB/s; the sender hesitates up to @p longest of a pause now
 * and then. @p numbered: the gate's datagrams are missing from a count. */
static ssk_onoff_report hesitating(double longest, bool numbered, bool gated)
{
    GRand *rand = g_rand_new_with_seed(11);
    subject s;
    subject_init(&s, 0);
    ssk_onoff_marks marks = {.numbered = numbered};
    double at = 0, shut_until = 0;
    int passed = 0;
    for (int i = 0; i < 6000; i++) {
        at += 0.001 + (g_rand_int_range(rand, 0, 40) == 0 ? uniform(rand) * longest * 0.08 : 0);
        marks.sequence++;
        marks.missing++;
        if (at < shut_until)
            continue;
        ssk_time_ns time = (ssk_time_ns)(at * 1e9);
        if (s.last != SSK_TIME_NONE)
            ssk_hist_add(&s.gaps, time - s.last);
        s.last = time;
        marks.missing--;
        ssk_onoff_add(s.onoff, time, 1024, ++s.frame, &marks, &s.gaps, &s.state);
        marks.missing = 0;
        if (gated && ++passed == 64) {
            passed = 0;
            shut_until = at + 0.08;
        }
    }
    ssk_onoff_report r;
    ssk_onoff_measure(s.onoff, &s.gaps, &r);
    subject_clear(&s);
    g_rand_free(rand);
    return r;
}

static void test_hesitation(void)
{
    for (double longest = 0.1; longest < 1.2; longest += 0.1) {
        ssk_onoff_report r = hesitating(longest, true, true);
        g_assert_true(r.on_off);
        g_assert_cmpint(r.on_bytes.p50, ==, 65536);
        g_assert_cmpuint(r.missing, >=, SSK_LIMIT(ONOFF_FEWEST));
        g_assert_cmpint(r.threshold, ==, 0);
        g_assert_cmpstr(r.periodic_in, ==, "bytes");
    }
}

static void test_hesitation_bare(void)
{
    for (double longest = 0.1; longest < 0.75; longest += 0.1) {
        ssk_onoff_report r = hesitating(longest, false, true);
        g_assert_true(r.on_off);
        g_assert_cmpint(r.on_bytes.p50, ==, 65536);
        g_assert_cmpuint(r.missing, ==, 0);
        g_assert_cmpuint(r.alike, <=, r.cycles);
    }
}

static void test_only_hesitation(void)
{
    for (double longest = 0.1; longest < 3; longest += 0.1)
        for (int numbered = 0; numbered < 2; numbered++)
            g_assert_false(hesitating(longest, numbered != 0, false).on_off);
}

/* The memory that two pauses in turn need, of which each comes a hundred times. */
static size_t memory_of(ssk_span_ns one, ssk_span_ns other)
{
    subject s;
    subject_init(&s, 0);
    ssk_time_ns now = 0;
    for (int i = 0; i < 200 * 16; i++) {
        now += i % 16 ? 40 * SSK_US : i % 32 ? one : other;
        ssk_onoff_add(s.onoff, now, 1024, (uint32_t)i, NULL, NULL, NULL);
    }
    size_t memory = ssk_onoff_memory(s.onoff);
    ssk_onoff_free(s.onoff);
    return memory;
}

static void test_thresholds_that_no_pause_tells_apart_are_counted_once(void)
{
    /* 2 to 64 ms and 2 to 1024 ms: below 8 ms more is asked of an on-phase, so there are two. */
    g_assert_cmpuint(memory_of(100 * SSK_MS, 100 * SSK_MS), ==,
                     memory_of(1500 * SSK_MS, 1500 * SSK_MS));
    g_assert_cmpuint(memory_of(100 * SSK_MS, 1500 * SSK_MS), >,
                     memory_of(100 * SSK_MS, 100 * SSK_MS));
}

static void test_memory(void)
{
    subject s;
    subject_init(&s, 0);
    size_t after_first = 0;
    ssk_time_ns now = 0;
    for (int i = 0; i < 10 * 1000 * 1000; i++) {
        now += i % 128 == 0 ? 107 * SSK_MS : i % 2 ? 40 * SSK_US : 2 * SSK_MS;
        ssk_onoff_add(s.onoff, now, 1024, (uint32_t)i, NULL, NULL, NULL);
        if (i == 100 * 1000)
            after_first = ssk_onoff_memory(s.onoff);
    }
    g_assert_cmpuint(ssk_onoff_memory(s.onoff), ==, after_first);
    g_assert_cmpuint(after_first, <, 256 * 1024);
    subject_clear(&s);
}

/* ---- figures over a grid of generated captures ---- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void test_grid(void)
{
    static const double bursts[] = {32, 64, 128, 256}, duties[] = {0.3, 0.4, 0.55};
    static const double rates[] = {2e4, 5e5, 1.2e6, 2e7}, jitters[] = {0, 0.2, 1.5};
    static const double losses[] = {0, 0.02, 0.08};
    double bytes_errors[512], duty_errors[512];
    unsigned cases = 0, found = 0, within = 0, alarms = 0, steady = 0;
    for (size_t r = 0; r < G_N_ELEMENTS(rates); r++)
        for (size_t j = 0; j < G_N_ELEMENTS(jitters); j++)
            for (size_t l = 0; l < G_N_ELEMENTS(losses); l++) {
                stream s = {
                    .rate = rates[r], .size = 1200, .jitter = jitters[j], .loss = losses[l]};
                s.seconds = 4000 * s.size / s.rate;
                steady++;
                alarms += run(&s, 7).on_off;
                s.batch = s.rate > 1e5 && s.rate < 1e7 ? 0.004 : 0;
                steady++;
                alarms += run(&s, 8).on_off;
                s.batch = 0;
                for (size_t b = 0; b < G_N_ELEMENTS(bursts); b++)
                    for (size_t d = 0; d < G_N_ELEMENTS(duties); d++) {
                        s.burst = bursts[b] * 1024;
                        s.duty = duties[d];
                        double off = s.burst / s.rate * (1 - s.duty) / s.duty;
                        if (off < 0.005)
                            continue;
                        s.seconds = 24 * (s.burst / s.rate + off);
                        ssk_onoff_report report = run(&s, (uint32_t)(cases + 1));
                        cases++;
                        if (!report.on_off) {
                            g_test_message("missed: %g KB duty %g rate %g jitter %g loss %g",
                                           bursts[b], s.duty, s.rate, s.jitter, s.loss);
                            continue;
                        }
                        double truth = ceil(s.burst / s.size) * s.size * (1 - s.loss);
                        bytes_errors[found] = fabs((double)report.on_bytes.p50 / truth - 1) * 1000;
                        duty_errors[found] = fabs(report.duty_permille - 1000 * s.duty);
                        within += bytes_errors[found] <= 30 && duty_errors[found] <= 30;
                        found++;
                    }
            }
    qsort(bytes_errors, found, sizeof *bytes_errors, compare_doubles);
    qsort(duty_errors, found, sizeof *duty_errors, compare_doubles);
    g_test_message("grid of %u: found %u, within 3 %% and 30 permille %u; burst bytes off by "
                   "%.1f permille (median), %.1f (p95); duty by %.1f permille, %.1f",
                   cases, found, within, bytes_errors[found / 2], bytes_errors[found * 95 / 100],
                   duty_errors[found / 2], duty_errors[found * 95 / 100]);
    g_test_message("steady and lossy streams: %u of %u called on/off", alarms, steady);
    g_assert_cmpuint(found, ==, cases);
    g_assert_cmpuint(within, >=, cases * 95 / 100);
    g_assert_cmpuint(alarms, ==, 0);
}

static void test_steady(void)
{
    struct {
        const char *what;
        stream s;
    } cases[] = {
        {"RTP, 20 ms, 8 % lost",
         {.rate = 8600, .size = 172, .jitter = 0.1, .loss = 0.08, .seconds = 120}},
        {"heartbeat, 1 Hz", {.rate = 30, .size = 30, .jitter = 0.01, .seconds = 900}},
        {"heartbeat, 1 Hz, 8 % lost",
         {.rate = 30, .size = 30, .jitter = 0.01, .loss = 0.08, .seconds = 900}},
        {"2 ms batches at 1 MB/s",
         {.rate = 1e6, .size = 1024, .batch = 0.002, .loss = 0.05, .seconds = 8}},
        {"4 ms batches at 1 MB/s",
         {.rate = 1e6, .size = 1024, .batch = 0.004, .loss = 0.05, .seconds = 8}},
        {"4 ms batches at 3 MB/s", {.rate = 3e6, .size = 1024, .batch = 0.004, .seconds = 8}},
        {"full jitter", {.rate = 1e6, .size = 1024, .jitter = 30, .loss = 0.02, .seconds = 8}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
        for (uint32_t seed = 1; seed <= 10; seed++) {
            ssk_onoff_report r = run(&cases[i].s, seed);
            if (r.on_off)
                g_error("%s: on/off with %u cycles", cases[i].what, (unsigned)r.cycles);
        }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/onoff/thresholds that no pause tells apart are counted once",
                    test_thresholds_that_no_pause_tells_apart_are_counted_once);
    g_test_add_func("/onoff/bursts of 128 KB are measured to the byte", test_burst);
    g_test_add_func("/onoff/the first and the last on-phase do not count", test_first_and_last);
    g_test_add_func("/onoff/seven packets are no on-phase", test_few_packets);
    g_test_add_func("/onoff/a threshold may be given", test_given);
    g_test_add_func("/onoff/periodic in bytes or in time is told apart", test_periodic);
    g_test_add_func("/onoff/rare long rests do not hide the pattern", test_rare_idle);
    g_test_add_func("/onoff/the sender's numbers tell the gate's pauses from its hesitations",
                    test_hesitation);
    g_test_add_func("/onoff/hesitations of two thirds of a pause do not hide it, without numbers",
                    test_hesitation_bare);
    g_test_add_func("/onoff/a sender that hesitates at random is not on and off",
                    test_only_hesitation);
    g_test_add_func("/onoff/each packet knows its burst", test_state);
    g_test_add_func("/onoff/steps back in time are no pause", test_backward);
    g_test_add_func("/onoff/the strip draws the first cycles", test_strip);
    g_test_add_func("/onoff/ten million packets add no memory", test_memory);
    g_test_add_func("/onoff/steady streams are steady", test_steady);
    g_test_add_func("/onoff/a grid of bursts, duties, rates, jitter and loss", test_grid);
    return g_test_run();
}
