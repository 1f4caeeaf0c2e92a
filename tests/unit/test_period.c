/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <stdlib.h>

#include "core/base/limits.h"
#include "core/flow/period.h"

static ssk_span_ns period_of(const ssk_span_ns *intervals, size_t n, unsigned *ret_beats)
{
    ssk_period period;
    ssk_time_ns time = SSK_S;
    ssk_period_init(&period);
    ssk_period_add(&period, time);
    for (size_t i = 0; i < n; i++)
        ssk_period_add(&period, time += intervals[i]);
    return ssk_period_value(&period, ret_beats);
}

static void test_five_intervals_make_a_period(void)
{
    const ssk_span_ns second[5] = {SSK_S, SSK_S, SSK_S, SSK_S, SSK_S};
    unsigned beats;
    g_assert_cmpint(period_of(second, 4, &beats), ==, 0);
    g_assert_cmpuint(beats, ==, 4);
    g_assert_cmpint(period_of(second, 5, &beats), ==, SSK_S);
    g_assert_cmpuint(beats, ==, 5);
}

static void test_intervals_without_rhythm_make_none(void)
{
    const ssk_span_ns wild[] = {SSK_S,     3 * SSK_S, 2 * SSK_S, 9 * SSK_S,
                                5 * SSK_S, 4 * SSK_S, 7 * SSK_S};
    g_assert_cmpint(period_of(wild, G_N_ELEMENTS(wild), NULL), ==, 0);
}

static void test_an_answer_of_two_messages_is_one_beat(void)
{
    ssk_span_ns pairs[20];
    for (size_t i = 0; i < G_N_ELEMENTS(pairs); i++)
        pairs[i] = i % 2 ? SSK_S - SSK_MS : SSK_MS;
    g_assert_cmpint(period_of(pairs, G_N_ELEMENTS(pairs), NULL), ==, SSK_S);
}

static void test_a_silence_does_not_change_it(void)
{
    ssk_span_ns intervals[12];
    for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++)
        intervals[i] = i == 8 ? 30 * SSK_S : SSK_S;
    g_assert_cmpint(period_of(intervals, G_N_ELEMENTS(intervals), NULL), ==, SSK_S);
}

static void test_a_new_rhythm_is_learned_after_four_beats_that_do_not_fit(void)
{
    ssk_span_ns intervals[24];
    for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++)
        intervals[i] = i < 12 ? SSK_S : 15 * SSK_S;
    g_assert_cmpint(period_of(intervals, 15, NULL), ==, SSK_S);
    g_assert_cmpint(period_of(intervals, 16, NULL), ==, 0);
    g_assert_cmpint(period_of(intervals, G_N_ELEMENTS(intervals), NULL), ==, 15 * SSK_S);
}

static void test_a_backlog_after_a_silence_does_not_change_it(void)
{
    ssk_span_ns intervals[60];
    for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++)
        intervals[i] = i < 10 ? SSK_S : i == 10 ? 30 * SSK_S : i < 50 ? 10 * SSK_US : SSK_S;
    for (size_t n = 10; n <= G_N_ELEMENTS(intervals); n++)
        g_assert_cmpint(period_of(intervals, n, NULL), ==, SSK_S);
}

static void test_a_faster_rhythm_is_learned_when_it_lasts(void)
{
    ssk_span_ns intervals[200];
    for (size_t i = 0; i < G_N_ELEMENTS(intervals); i++)
        intervals[i] = i < 10 ? SSK_S : 50 * SSK_MS;
    g_assert_cmpint(period_of(intervals, 30, NULL), ==, SSK_S);
    g_assert_cmpint(period_of(intervals, G_N_ELEMENTS(intervals), NULL), ==, 50 * SSK_MS);
}

static void test_what_one_in_ten_exceeds_is_remembered(void)
{
    ssk_period period;
    ssk_period_init(&period);
    ssk_time_ns now = 0;
    for (int i = 0; i < 40; i++)
        ssk_period_add(&period, now += i % 5 ? SSK_S : 5 * SSK_S / 2);
    g_assert_cmpint(ssk_period_value(&period, NULL), ==, SSK_S);
    g_assert_cmpint(period.ordinary, ==, 5 * SSK_S / 2);
}

static void test_a_download_has_no_rhythm_of_its_segments(void)
{
    ssk_rhythm segments, messages;
    ssk_rhythm_init(&segments);
    ssk_rhythm_init(&messages);
    for (int i = 0; i < 100; i++) {
        ssk_rhythm_add_segment(&segments, i * 100 * SSK_US, false);
        ssk_rhythm_add(&messages, i * 100 * SSK_US, false);
    }
    g_assert_null(segments.period); /* one burst */
    g_assert_cmpint(ssk_period_value(messages.period, NULL), ==, 100 * SSK_US);
    ssk_rhythm_clear(&messages);
}

static void test_bursts_of_segments_have_the_rhythm_of_their_starts(void)
{
    ssk_rhythm rhythm;
    ssk_rhythm_init(&rhythm);
    for (int burst = 0; burst < 6; burst++)
        for (int i = 0; i < 40; i++)
            ssk_rhythm_add_segment(&rhythm, burst * 2 * SSK_S + i * SSK_MS, false);
    g_assert_cmpint(ssk_period_value(rhythm.period, NULL), ==, 2 * SSK_S);
    ssk_rhythm_clear(&rhythm);
}

static void test_time_that_steps_back_or_is_missing_is_no_interval(void)
{
    ssk_rhythm rhythm;
    ssk_rhythm_init(&rhythm);
    for (int i = 0; i < 6; i++) {
        ssk_rhythm_add(&rhythm, i * SSK_S, false);
        ssk_rhythm_add(&rhythm, SSK_TIME_NONE, false);
    }
    ssk_rhythm_add(&rhythm, -SSK_HOUR, false);
    ssk_rhythm_add_segment(&rhythm, INT64_MAX, false);
    g_assert_cmpint(ssk_period_value(rhythm.period, NULL), ==, SSK_S);
    ssk_rhythm_clear(&rhythm);
}

static int by_size(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* The definition, written down without any cleverness. */
static ssk_span_ns defined_period(const ssk_span_ns *intervals, size_t n)
{
    uint64_t sorted[SSK_PERIOD_SAMPLES], beats[SSK_PERIOD_SAMPLES], carried = 0;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (uint64_t)(intervals[i] / SSK_US);
    qsort(sorted, n, sizeof *sorted, by_size);
    uint64_t burst = sorted[n * 9 / 10] / 10;
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        carried += (uint64_t)(intervals[i] / SSK_US);
        if ((uint64_t)(intervals[i] / SSK_US) >= burst) {
            beats[count++] = carried;
            carried = 0;
        }
    }
    if (count < SSK_LIMIT(PERIOD_LEAST))
        return 0;
    qsort(beats, count, sizeof *beats, by_size);
    uint64_t median = beats[count / 2];
    for (size_t i = 0; i < count; i++)
        beats[i] = beats[i] > median ? beats[i] - median : median - beats[i];
    qsort(beats, count, sizeof *beats, by_size);
    return median && beats[count / 2] < median / 4 ? (ssk_span_ns)median * SSK_US : 0;
}

static void test_it_is_the_median_that_the_definition_asks_for(void)
{
    unsigned with_period = 0;
    GRand *random = g_rand_new_with_seed(9293);
    for (int round = 0; round < 5000; round++) {
        ssk_span_ns intervals[SSK_PERIOD_SAMPLES - 1];
        size_t n = (size_t)g_rand_int_range(random, 1, G_N_ELEMENTS(intervals) + 1);
        for (size_t i = 0; i < n; i++)
            intervals[i] = (round % 3 ? SSK_S : 350 * SSK_MS) +
                           g_rand_int_range(random, 1, 900000) * SSK_US;
        if (round % 2)
            intervals[n / 2] = SSK_MS;
        ssk_span_ns expected = defined_period(intervals, n);
        g_assert_cmpint(period_of(intervals, n, NULL), ==, expected);
        with_period += expected > 0;
    }
    g_rand_free(random);
    g_assert_cmpuint(with_period, >, 1000);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/period/five intervals make a period", test_five_intervals_make_a_period);
    g_test_add_func("/period/intervals without rhythm make none",
                    test_intervals_without_rhythm_make_none);
    g_test_add_func("/period/an answer of two messages is one beat",
                    test_an_answer_of_two_messages_is_one_beat);
    g_test_add_func("/period/a silence does not change it", test_a_silence_does_not_change_it);
    g_test_add_func("/period/a new rhythm is learned after four beats that do not fit",
                    test_a_new_rhythm_is_learned_after_four_beats_that_do_not_fit);
    g_test_add_func("/period/a backlog after a silence does not change it",
                    test_a_backlog_after_a_silence_does_not_change_it);
    g_test_add_func("/period/a faster rhythm is learned when it lasts",
                    test_a_faster_rhythm_is_learned_when_it_lasts);
    g_test_add_func("/period/what one in ten exceeds is remembered",
                    test_what_one_in_ten_exceeds_is_remembered);
    g_test_add_func("/period/a download has no rhythm of its segments",
                    test_a_download_has_no_rhythm_of_its_segments);
    g_test_add_func("/period/bursts of segments have the rhythm of their starts",
                    test_bursts_of_segments_have_the_rhythm_of_their_starts);
    g_test_add_func("/period/time that steps back or is missing is no interval",
                    test_time_that_steps_back_or_is_missing_is_no_interval);
    g_test_add_func("/period/it is the median that the definition asks for",
                    test_it_is_the_median_that_the_definition_asks_for);
    return g_test_run();
}
