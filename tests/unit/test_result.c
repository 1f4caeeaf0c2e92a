/* test_result.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/model/result.h"

#include <string.h>

static void test_memory(void)
{
    ssk_config config = {.min_gap = 2 * SSK_S};
    ssk_result *result = ssk_result_new(&config);
    unsigned char *list[400];

    g_assert_cmpint(result->config.min_gap, ==, 2 * SSK_S);
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++) {
        size_t size = i * i % 9001;
        list[i] = ssk_result_alloc(result, size);
        g_assert_cmpuint((uintptr_t)list[i] % _Alignof(max_align_t), ==, 0);
        for (size_t k = 0; k < size; k++)
            g_assert_cmpuint(list[i][k], ==, 0);
        memset(list[i], (int)i & 0xff, size);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(list); i++)
        for (size_t k = 0; k < i * i % 9001; k++)
            g_assert_cmpuint(list[i][k], ==, i & 0xff);
    ssk_result_free(result);
    ssk_result_free(NULL);
}

static void test_text(void)
{
    ssk_config config = {0};
    ssk_result *result = ssk_result_new(&config);
    char text[] = "kept";

    const char *kept = ssk_result_text(result, text);
    text[0] = 'X';
    g_assert_cmpstr(kept, ==, "kept");
    g_assert_null(ssk_result_text(result, NULL));
    g_assert_cmpstr(ssk_result_printf(result, "%d of %s", 3, "ten"), ==, "3 of ten");
    g_assert_cmpstr(kept, ==, "kept");
    ssk_result_free(result);
}

static void test_find_flow(void)
{
    static const uint32_t ids[] = {1, 2, 5, 9};
    ssk_config config = {0};
    ssk_result *result = ssk_result_new(&config);

    g_assert_null(ssk_result_find_flow(result, 1));
    result->n_flows = G_N_ELEMENTS(ids);
    result->flows = ssk_result_alloc(result, result->n_flows * sizeof *result->flows);
    for (size_t i = 0; i < result->n_flows; i++)
        result->flows[i].id = ids[i];
    for (uint32_t id = 0; id < 12; id++) {
        const ssk_result_flow *expected = NULL;
        for (size_t i = 0; i < result->n_flows; i++)
            if (ids[i] == id)
                expected = &result->flows[i];
        g_assert_true(ssk_result_find_flow(result, id) == expected);
    }
    result->n_flows = 0;
    ssk_result_free(result);
}

static void test_gap_quantile(void)
{
    ssk_result_direction dir = {0};

    g_assert_cmpint(ssk_result_gap_quantile(&dir, 990), ==, 0);
    for (int i = 1; i <= 10; i++)
        ssk_hist_add(&dir.gaps, 100 * SSK_MS);
    dir.has_max_gap = true;
    dir.max_gap = 100 * SSK_MS;
    g_assert_cmpint(ssk_hist_quantile(&dir.gaps, 990), >, 100 * SSK_MS);
    g_assert_cmpint(ssk_result_gap_quantile(&dir, 990), ==, 100 * SSK_MS);
    ssk_hist_clear(&dir.gaps);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/result/memory is zero, aligned and apart", test_memory);
    g_test_add_func("/result/text is copied", test_text);
    g_test_add_func("/result/a flow is found by its id or not at all", test_find_flow);
    g_test_add_func("/result/no quantile is longer than the longest gap", test_gap_quantile);
    return g_test_run();
}
