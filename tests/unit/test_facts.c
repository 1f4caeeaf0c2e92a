/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <glib.h>

#include "core/model/facts.h"

static void add(ssk_facts *facts, uint32_t flow, int64_t value)
{
    ssk_fact fact = {.kind = SSK_FACT_SILENCE, .flow_id = flow, .silence.period = value};
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
        g_assert_cmpint(own[i - 1].silence.period, <, own[i].silence.period);
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
        g_assert_cmpint(facts.list[0].silence.period, ==, 1);
        g_assert_cmpint(facts.list[1].silence.period, ==, 10);
        ssk_facts_end(&facts);
        g_assert_cmpuint(facts.count, ==, 2);
        g_assert_cmpuint(facts.dropped, ==, 0);
    }
    add(&facts, 1, 2);
    ssk_facts_sort(&facts);
    for (int64_t i = 0; i < 2; i++)
        g_assert_cmpint(facts.list[i].silence.period, ==, i + 1);
    ssk_facts_clear(&facts);
}

static ssk_time_ns some_time(void)
{
    int chance = g_test_rand_int_range(0, 12);
    return chance == 0 ? SSK_TIME_NONE : chance == 1 ? INT64_MAX : g_test_rand_int_range(0, 10000);
}

/* What a look at every fact would find. */
static bool touches(const ssk_fact *fact, uint64_t kinds, ssk_time_ns from, ssk_time_ns to)
{
    bool timeless = fact->start == SSK_TIME_NONE || fact->end == SSK_TIME_NONE;
    return (kinds & SSK_KIND(fact->kind)) && MIN(fact->start, fact->end) <= to &&
           (timeless || MAX(fact->start, fact->end) >= from);
}

static void a_walk_finds_what_a_look_at_all_finds(void)
{
    ssk_facts facts;
    ssk_facts_init(&facts, 10000);
    for (int i = 0; i < 3000; i++) {
        ssk_fact fact = {.kind = (uint8_t)g_test_rand_int_range(1, SSK_N_FACT_KINDS),
                         .silence.period = i,
                         .flow_id = (uint32_t)g_test_rand_int_range(0, 4),
                         .start = some_time()};
        fact.end = g_test_rand_bit() ? some_time() : fact.start;
        if (i % 1000 < 700) { /* rows of one kind and time, to be passed by */
            fact.kind = (uint8_t)(1 + i / 1000);
            fact.start = fact.end = i;
        }
        ssk_facts_add(&facts, &fact);
    }
    for (int sorted = 0; sorted < 2; sorted++) {
        if (sorted)
            ssk_facts_sort(&facts);
        g_assert_cmpint(facts.blocks != NULL, ==, sorted);
        for (int turn = 0; sorted && turn < 200; turn++) {
            uint32_t flow = (uint32_t)g_test_rand_int_range(0, 5);
            uint64_t kinds = g_test_rand_bit() ? UINT64_MAX : SSK_KIND(g_test_rand_int_range(1, 5));
            ssk_time_ns from = some_time(), to = some_time();
            ssk_facts_walk walk = ssk_facts_among(&facts, flow, kinds, from, to);
            size_t n;
            const ssk_fact *own = ssk_facts_of(&facts, flow, &n);
            for (size_t i = 0; i < n; i++)
                if (touches(&own[i], kinds, from, to))
                    g_assert_true(ssk_facts_next(&walk) == &own[i]);
            g_assert_null(ssk_facts_next(&walk));
        }
    }
    add(&facts, 1, 0);
    g_assert_null(facts.blocks);
    ssk_facts_clear(&facts);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/facts/a walk finds what a look at all of them finds",
                    a_walk_finds_what_a_look_at_all_finds);
    g_test_add_func("/facts/what is beyond the limit is counted",
                    what_is_beyond_the_limit_is_counted);
    g_test_add_func("/facts/sorted facts are found by flow, in their order",
                    sorted_facts_are_found_by_flow_in_their_order);
    g_test_add_func("/facts/what a snapshot adds is taken back",
                    what_a_snapshot_adds_is_taken_back);
    return g_test_run();
}
