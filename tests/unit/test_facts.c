/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/facts.h"

static void add(ssk_facts *facts, uint32_t flow, int64_t value)
{
    ssk_fact fact = {.kind = SSK_FACT_SILENCE, .flow_id = flow, .value = value};
    ssk_facts_add(facts, &fact);
}

static void what_is_beyond_the_limit_is_counted(void)
{
    ssk_facts facts;
    ssk_facts_init(&facts, 3);
    for (int i = 0; i < 5; i++)
        add(&facts, 1, i);
    g_assert_cmpuint(facts.count, ==, 3);
    g_assert_cmpuint(facts.dropped, ==, 2);
    ssk_facts_clear(&facts);
}

static void sorted_facts_are_found_by_flow_in_their_order(void)
{
    ssk_facts facts;
    size_t n;
    ssk_facts_init(&facts, 100);
    for (int i = 0; i < 30; i++)
        add(&facts, (uint32_t)(29 - i) % 3, i);
    ssk_facts copy = ssk_facts_copy(&facts);
    ssk_facts_sort(&copy);
    const ssk_fact *own = ssk_facts_of(&copy, 1, &n);
    g_assert_cmpuint(n, ==, 10);
    for (size_t i = 1; i < n; i++)
        g_assert_cmpint(own[i - 1].value, <, own[i].value);
    ssk_facts_of(&copy, 7, &n);
    g_assert_cmpuint(n, ==, 0);
    ssk_facts_clear(&facts);
    ssk_facts_clear(&copy);
}

static void what_a_snapshot_adds_is_taken_back(void)
{
    ssk_facts facts;
    ssk_facts_init(&facts, 5);
    add(&facts, 2, 0);
    add(&facts, 1, 1);
    for (int snapshot = 0; snapshot < 3; snapshot++) {
        ssk_facts_begin(&facts);
        for (int i = 0; i < 4; i++)
            add(&facts, 1, 10 + i);
        ssk_facts_sort(&facts);
        g_assert_cmpuint(facts.count, ==, 5);
        g_assert_cmpuint(facts.dropped, ==, 1);
        g_assert_cmpint(facts.list[0].value, ==, 1);
        g_assert_cmpint(facts.list[1].value, ==, 10);
        ssk_facts_end(&facts);
        g_assert_cmpuint(facts.count, ==, 2);
        g_assert_cmpuint(facts.dropped, ==, 0);
    }
    add(&facts, 1, 2);
    ssk_facts_sort(&facts);
    for (int64_t i = 0; i < 2; i++)
        g_assert_cmpint(facts.list[i].value, ==, i + 1);
    ssk_facts_clear(&facts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/what is beyond the limit is counted", what_is_beyond_the_limit_is_counted);
    g_test_add_func("/facts/sorted facts are found by flow, in their order", sorted_facts_are_found_by_flow_in_their_order);
    g_test_add_func("/facts/what a snapshot adds is taken back", what_a_snapshot_adds_is_taken_back);
    return g_test_run();
}
