/* test_alike.c - how many lengths agree, and whether chance would have them agree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <math.h>

#include "core/udp/alike.h"

static void most_of_the_time(void)
{
    ssk_alike_item items[] = {{100, 1}, {300, 3}, {105, 1}, {95, 1}, {310, 3}, {900, 1}};
    ssk_alike alike;
    ssk_alike_find(items, G_N_ELEMENTS(items), 0.1, &alike);
    g_assert_cmpfloat(fabs(alike.from - 300) + fabs(alike.to - 310), <, 1e-9);
    g_assert_cmpfloat(fabs(alike.share - 0.6), <, 1e-9);
}

static void nothing_at_all(void)
{
    ssk_alike alike;
    ssk_alike_item weightless[] = {{1, 0}, {1, 0}};
    ssk_alike_find(NULL, 0, 0.1, &alike);
    g_assert_cmpfloat(alike.share, ==, 0);
    ssk_alike_find(weightless, 2, 0.1, &alike);
    g_assert_cmpfloat(alike.share, ==, 0);
}

static void chance(void)
{
    g_assert_cmpfloat(ssk_alike_chance(20, 0, 0.1), ==, 20);
    g_assert_cmpfloat(ssk_alike_chance(3, 4, 0.1), ==, 0);
    /* 3 of 3: 3 p^3, p = 0.0737 */
    g_assert_cmpfloat(fabs(ssk_alike_chance(3, 3, 0.1) - 3 * pow(0.0737, 3)), <, 2e-5);
    g_assert_cmpfloat(ssk_alike_chance(100, 60, 0.1), <, 1e-20);
    g_assert_cmpfloat(ssk_alike_chance(192, 15, 0.1), >, 1);
}

/* What is called chance happens about as often in random lengths. */
static void random_lengths(void)
{
    GRand *rand = g_rand_new_with_seed(5);
    unsigned regular = 0;
    for (int run = 0; run < 2000; run++) {
        ssk_alike_item items[12];
        for (unsigned i = 0; i < 12; i++)
            items[i].length = items[i].weight = -log(1 - g_rand_double(rand));
        ssk_alike alike;
        unsigned inside = 0;
        ssk_alike_find(items, 12, 0.1, &alike);
        for (unsigned i = 0; i < 12; i++)
            inside += items[i].length >= alike.from && items[i].length <= alike.to;
        regular += alike.share >= 0.6 && ssk_alike_chance(12, inside, 0.1) < 0.001;
    }
    g_rand_free(rand);
    g_assert_cmpuint(regular, <=, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/alike/the value that covers most of the time", most_of_the_time);
    g_test_add_func("/alike/nothing is like nothing", nothing_at_all);
    g_test_add_func("/alike/what chance explains", chance);
    g_test_add_func("/alike/random lengths are hardly ever regular", random_lengths);
    return g_test_run();
}
