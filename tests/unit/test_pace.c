/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>
#include <stdlib.h>

#include "core/view/clock.h"

#define START (1742841288 * SSK_S)
#define N     4000

/* What the other clock does, and what the way between is like. */
typedef struct world {
    ssk_span_ns offset, step, jitter, delay, back_delay;
    int64_t ppb;
    unsigned step_at; /* crossing; 0: none */
    bool one_way, wrong;
} world;

static uint64_t dice(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1;
    return *state >> 33;
}

/* One packet a second, each way in turn. */
static ssk_pace look(world w, ssk_span_ns *ret_truth)
{
    ssk_crossing *list = g_new0(ssk_crossing, N);
    uint64_t state = 12345;
    for (unsigned i = 0; i < N; i++) {
        ssk_time_ns sent = START + (ssk_time_ns)i * SSK_S;
        bool out = w.one_way || i % 2 == 0;
        ssk_span_ns delay = (out ? w.delay : w.back_delay) +
                            (w.jitter ? (ssk_span_ns)(dice(&state) % (uint64_t)w.jitter) : 0);
        ssk_time_ns here = out ? sent : sent + delay, at = out ? sent + delay : sent;
        ssk_time_ns there = at + w.offset + (at - START) / 1000 * w.ppb / 1000000 +
                            (w.step_at && i >= w.step_at ? w.step : 0);
        if (w.wrong && i % 100 == 50)
            there += (ssk_span_ns)(dice(&state) % 1000) * SSK_S;
        list[i] = (ssk_crossing){.here = here,
                                 .there = there,
                                 .here_frame = i + 1,
                                 .there_frame = i + 1,
                                 .first = out ? SSK_FIRST_HERE : SSK_FIRST_THERE};
    }
    ssk_pace pace;
    ssk_pace_find(list, N, &pace);
    g_free(list);
    *ret_truth = w.offset;
    return pace;
}

/* Where it is asked for: at the beginning, where no drift has added up. */
static ssk_span_ns error_at_start(const ssk_pace *pace, ssk_span_ns truth)
{
    return ABS(ssk_pace_there(pace, 1, START) - START - truth);
}

static void an_equal_clock_is_equal(void)
{
    ssk_span_ns truth;
    ssk_pace pace = look((world){0}, &truth);
    g_assert_cmpuint(pace.n_pieces, ==, 1);
    g_assert_cmpint(pace.pieces[0].offset, ==, 0);
    g_assert_cmpint(pace.pieces[0].slope_ppb, ==, 0);
}

static void offset_and_drift_through_jitter(void)
{
    const ssk_span_ns offsets[] = {0, 3 * SSK_S, -10 * SSK_HOUR, 10 * SSK_HOUR};
    const int64_t drifts[] = {0, 100000, -100000};
    for (unsigned i = 0; i < G_N_ELEMENTS(offsets); i++)
        for (unsigned k = 0; k < G_N_ELEMENTS(drifts); k++) {
            ssk_span_ns truth;
            ssk_pace pace = look((world){.offset = offsets[i],
                                         .ppb = drifts[k],
                                         .jitter = 100 * SSK_MS,
                                         .delay = SSK_MS,
                                         .back_delay = SSK_MS},
                                 &truth);
            g_assert_cmpuint(pace.n_pieces, ==, 1);
            g_assert_cmpint(error_at_start(&pace, truth), <, 5 * SSK_MS);
            g_assert_true(pace.pieces[0].has_slope);
            g_assert_cmpint(ABS(pace.pieces[0].slope_ppb - drifts[k]), <, 20000);
        }
}

static void steps_are_found_where_they_are(void)
{
    const ssk_span_ns steps[] = {5 * SSK_S, -5 * SSK_S, 500 * SSK_MS, SSK_HOUR};
    for (unsigned i = 0; i < G_N_ELEMENTS(steps); i++) {
        ssk_span_ns truth;
        ssk_pace pace = look((world){.offset = 2 * SSK_S,
                                     .step = steps[i],
                                     .step_at = 1500,
                                     .jitter = 20 * SSK_MS,
                                     .delay = SSK_MS,
                                     .back_delay = SSK_MS},
                             &truth);
        g_assert_cmpuint(pace.n_pieces, ==, 2);
        g_assert_cmpint(error_at_start(&pace, truth), <, 5 * SSK_MS);
        ssk_time_ns late = START + 3000 * SSK_S;
        g_assert_cmpint(ABS(ssk_pace_there(&pace, 3001, late) - late - truth - steps[i]), <,
                        5 * SSK_MS);
        g_assert_cmpint(ABS(pace.pieces[1].since - START - 1500 * SSK_S), <, 20 * SSK_S);
    }
}

static void the_error_covers_an_uneven_path(void)
{
    ssk_span_ns truth;
    ssk_pace pace = look((world){.delay = 30 * SSK_MS, .back_delay = 2 * SSK_MS}, &truth);
    g_assert_cmpuint(pace.n_pieces, ==, 1);
    g_assert_cmpint(pace.pieces[0].error, >=, 15 * SSK_MS);
    g_assert_cmpint(ABS(pace.pieces[0].offset), <=, pace.pieces[0].error);
}

static void one_way_says_that_it_is_one_way(void)
{
    ssk_span_ns truth;
    ssk_pace pace = look((world){.offset = SSK_S, .delay = 10 * SSK_MS, .one_way = true}, &truth);
    g_assert_cmpuint(pace.n_pieces, ==, 1);
    g_assert_true(pace.pieces[0].one_way);
    g_assert_cmpint(error_at_start(&pace, truth), ==, 10 * SSK_MS);
}

static void a_few_wrong_pairs_change_nothing(void)
{
    ssk_span_ns truth;
    ssk_pace pace = look((world){.offset = SSK_S,
                                 .jitter = 5 * SSK_MS,
                                 .delay = SSK_MS,
                                 .back_delay = SSK_MS,
                                 .wrong = true},
                         &truth);
    g_assert_cmpuint(pace.n_pieces, ==, 1);
    g_assert_cmpint(error_at_start(&pace, truth), <, 5 * SSK_MS);
}

static void there_and_back_again(void)
{
    ssk_span_ns truth;
    ssk_pace pace = look((world){.offset = 7 * SSK_S,
                                 .ppb = 80000,
                                 .step = -3 * SSK_S,
                                 .step_at = 2000,
                                 .delay = SSK_MS,
                                 .back_delay = SSK_MS},
                         &truth);
    for (uint32_t frame = 1; frame < N; frame += 97) {
        ssk_time_ns here = START + frame * SSK_S;
        ssk_time_ns there = ssk_pace_there(&pace, frame, here);
        g_assert_cmpint(ABS(ssk_pace_here(&pace, frame, there) - here), <, 10 * SSK_US);
    }
}

static void damaged_stamps_do_no_harm(void)
{
    ssk_crossing list[] = {{INT64_MIN + 1, INT64_MAX, 1, 1, SSK_FIRST_HERE},
                           {INT64_MAX, INT64_MIN + 1, 2, 2, SSK_FIRST_THERE},
                           {0, 0, 3, 3, SSK_FIRST_UNKNOWN}};
    ssk_pace pace;
    ssk_pace_find(list, G_N_ELEMENTS(list), &pace);
    g_assert_cmpuint(pace.n_pieces, <=, 1);
    ssk_pace_find(list, 0, &pace);
    g_assert_cmpuint(pace.n_pieces, ==, 0);
    g_assert_cmpint(ssk_pace_here(&pace, 1, 5), ==, 5);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pace/an equal clock is equal", an_equal_clock_is_equal);
    g_test_add_func("/pace/offset and drift are found through 100 ms of jitter",
                    offset_and_drift_through_jitter);
    g_test_add_func("/pace/steps are found where they are", steps_are_found_where_they_are);
    g_test_add_func("/pace/the error covers an uneven path", the_error_covers_an_uneven_path);
    g_test_add_func("/pace/one way says that it is one way", one_way_says_that_it_is_one_way);
    g_test_add_func("/pace/a few wrong pairs change nothing", a_few_wrong_pairs_change_nothing);
    g_test_add_func("/pace/there and back again", there_and_back_again);
    g_test_add_func("/pace/damaged stamps do no harm", damaged_stamps_do_no_harm);
    return g_test_run();
}
