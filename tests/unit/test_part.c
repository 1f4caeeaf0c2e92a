/* test_part.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/model/part.h"

#include <glib.h>

/** Two stalls of flow 1, one after the other, an open one of flow 2, a hole. */
static ssk_result *sample(void)
{
    static uint32_t seen[] = {20, 15, 20}, against[] = {17};
    static ssk_evidence for_it = {"three tries", seen, 3, 0}, against_it = {"one", against, 1, 0};
    static ssk_cause causes[] = {
        {.id = SSK_CAUSE_PATH_BLACKOUT, .evidence = &for_it, .n_evidence = 1},
        {.id = SSK_CAUSE_RADIO_OFF, .evidence = &against_it, .n_evidence = 1},
    };
    ssk_config config;

    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    result->n_stalls = 3;
    result->stalls = ssk_result_alloc(result, 3 * sizeof *result->stalls);
    result->stalls[0] = (ssk_result_stall){
        .id = 1, .flow = 1, .frame_before = 10, .frame_after = 20, .verdict = {causes, 2, 1, NULL}};
    result->stalls[1] =
        (ssk_result_stall){.id = 2,
                           .flow = 1,
                           .frame_before = 20,
                           .frame_after = 40,
                           .consequence = {true, SSK_CAUSE_POLICY_CLOSE, SSK_SIDE_B, SSK_S, 33}};
    result->stalls[2] = (ssk_result_stall){.id = 3, .flow = 2, .frame_before = 12, .open = true};
    result->n_measurement = 1;
    result->measurement = ssk_result_alloc(result, sizeof *result->measurement);
    result->measurement[0] =
        (ssk_result_measurement){.id = SSK_CAUSE_CAPTURE_HOLE, .frame_first = 12, .frame_last = 13};
    return result;
}

typedef struct fixture {
    ssk_result *result;
    ssk_parts *parts;
} fixture;

static void set_up(fixture *f, const void *user G_GNUC_UNUSED)
{
    f->result = sample();
    f->parts = ssk_parts_new(f->result);
}

static void tear_down(fixture *f, const void *user G_GNUC_UNUSED)
{
    ssk_parts_free(f->parts);
    ssk_result_free(f->result);
}

static void test_ends(fixture *f, const void *user G_GNUC_UNUSED)
{
    size_t count;
    const ssk_part *part = ssk_parts_find(f->parts, 20, &count);

    /* Also named in the first stall's evidence: that is told by its end already. */
    g_assert_cmpuint(count, ==, 2);
    g_assert_true(part[0].stall == &f->result->stalls[0]);
    g_assert_cmpint(part[0].kind, ==, SSK_PART_FIRST_AFTER);
    g_assert_true(part[1].stall == &f->result->stalls[1]);
    g_assert_cmpint(part[1].kind, ==, SSK_PART_LAST_BEFORE);
}

static void test_witnesses(fixture *f, const void *user G_GNUC_UNUSED)
{
    size_t count;
    const ssk_part *part = ssk_parts_find(f->parts, 15, &count);

    g_assert_cmpuint(count, ==, 1);
    g_assert_cmpint(part->kind, ==, SSK_PART_WITNESS);
    part = ssk_parts_find(f->parts, 33, &count);
    g_assert_cmpuint(count, ==, 1);
    g_assert_true(part->stall == &f->result->stalls[1]);
    g_assert_null(ssk_parts_find(f->parts, 17, &count)); /* for a cause that was ruled out */
    g_assert_cmpuint(count, ==, 0);
}

static void test_faults(fixture *f, const void *user G_GNUC_UNUSED)
{
    size_t count;
    const ssk_part *part = ssk_parts_find(f->parts, 12, &count);

    g_assert_cmpuint(count, ==, 2);
    g_assert_nonnull(part[0].stall);
    g_assert_true(part[1].fault == f->result->measurement);
    g_assert_cmpint(part[1].kind, ==, SSK_PART_LAST_BEFORE);
}

static void test_inside(fixture *f, const void *user G_GNUC_UNUSED)
{
    g_assert_null(ssk_parts_inside(f->parts, 1, 10));
    g_assert_true(ssk_parts_inside(f->parts, 1, 11) == &f->result->stalls[0]);
    g_assert_null(ssk_parts_inside(f->parts, 1, 20));
    g_assert_true(ssk_parts_inside(f->parts, 1, 39) == &f->result->stalls[1]);
    g_assert_null(ssk_parts_inside(f->parts, 1, 41));
    g_assert_true(ssk_parts_inside(f->parts, 2, UINT32_MAX) == &f->result->stalls[2]);
    g_assert_null(ssk_parts_inside(f->parts, 3, 15));
}

static void test_empty(void)
{
    ssk_config config;
    size_t count = 7;

    ssk_config_init(&config);
    ssk_result *result = ssk_result_new(&config);
    ssk_parts *parts = ssk_parts_new(result);
    g_assert_null(ssk_parts_find(parts, 1, &count));
    g_assert_cmpuint(count, ==, 0);
    g_assert_null(ssk_parts_inside(parts, 1, 1));
    ssk_parts_free(parts);
    ssk_parts_free(NULL);
    ssk_result_free(result);
}

#define TEST(path, function) g_test_add(path, fixture, NULL, set_up, function, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    TEST("/part/a frame can end one stall and begin the next", test_ends);
    TEST("/part/a witness is named in evidence for the verdict only", test_witnesses);
    TEST("/part/faults of the capture have ends too", test_faults);
    TEST("/part/inside is strictly between the ends, or after the last", test_inside);
    g_test_add_func("/part/an empty result has none", test_empty);
    return g_test_run();
}
