/* test_meter_file_span.c - SSK_FACT_FILE_GAP: from the last packet of one file to the first of the next.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "tests/unit/conversation.h"

static void a_pause_between_two_files(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    talk_wait(&t, 7 * SSK_S);
    t.file = 1;
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    ssk_fact fact = talk_fact(&t, SSK_FACT_FILE_GAP);
    g_assert_cmpint(fact.end - fact.start, ==, 7 * SSK_S);
    g_assert_cmpuint(fact.frame_first, ==, 1);
    g_assert_cmpuint(fact.frame_last, ==, 2);
    talk_end(&t);
}

static void files_that_overlap_have_none(void)
{
    talk t;
    talk_begin(&t);
    for (unsigned i = 0; i < 6; i++) {
        t.file = i % 2;
        talk_udp(&t, 5, 4000, 1, 4001, 8);
        talk_wait(&t, 7 * SSK_S);
    }
    g_assert_cmpuint(talk_count(&t, SSK_FACT_FILE_GAP), ==, 0);
    talk_end(&t);
}

static void half_of_min_gap_is_none(void)
{
    talk t;
    talk_begin(&t);
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    talk_wait(&t, SSK_S);
    t.file = 1;
    talk_udp(&t, 5, 4000, 1, 4001, 8);
    g_assert_cmpuint(talk_count(&t, SSK_FACT_FILE_GAP), ==, 0);
    talk_end(&t);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/meter file span/a pause between two files", a_pause_between_two_files);
    g_test_add_func("/meter file span/files that overlap have none", files_that_overlap_have_none);
    g_test_add_func("/meter file span/half of min gap is none", half_of_min_gap_is_none);
    return g_test_run();
}
