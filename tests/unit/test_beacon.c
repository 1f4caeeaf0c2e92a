/* test_beacon.c - arrivals on the beacon grid.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/base/limits.h"
#include "core/udp/beacon.h"

/* The time of the first multiple of @p grid not before @p time. */
static ssk_time_ns next_on_grid(ssk_time_ns time, ssk_span_ns grid)
{
    return (time + grid - 1) / grid * grid;
}

static unsigned measure(ssk_span_ns grid, ssk_span_ns period, double ppm, unsigned count,
                        uint32_t seed, uint32_t *ret_permille)
{
    GRand *rand = g_rand_new_with_seed(seed);
    ssk_beacon beacon = {0};
    ssk_time_ns last = -SSK_S;
    for (unsigned i = 0; i < count; i++) {
        ssk_time_ns sent = (ssk_time_ns)i * period + g_rand_int_range(rand, 0, 40) * SSK_MS;
        ssk_time_ns at = grid ? next_on_grid(sent, grid) : sent;
        at += at * ppm / 1e6 +
              g_rand_int_range(rand, 0, 1500) * SSK_US; /* the air takes its time */
        if (at - last > SSK_LIMIT(BEACON_GAP))
            ssk_beacon_add(&beacon, 1800000000 * SSK_S + at);
        last = at;
    }
    g_rand_free(rand);
    return ssk_beacon_measure(&beacon, ret_permille);
}

static void test_dtim(void)
{
    static const unsigned dtims[] = {1, 2, 3, 5};
    for (size_t i = 0; i < G_N_ELEMENTS(dtims); i++) {
        uint32_t permille;
        g_assert_cmpuint(
            measure(dtims[i] * SSK_LIMIT(BEACON_INTERVAL), 130 * SSK_MS, 0, 400, 1, &permille), ==,
            dtims[i]);
        g_assert_cmpuint(permille, >, 950);
        /* a clock 50 ppm off for an hour */
        g_assert_cmpuint(
            measure(dtims[i] * SSK_LIMIT(BEACON_INTERVAL), 130 * SSK_MS, 50, 30000, 2, &permille),
            ==, dtims[i]);
        g_assert_cmpuint(permille, >, 950);
    }
}

static void test_none(void)
{
    static const ssk_span_ns periods[] = {100 * SSK_MS, 133 * SSK_MS, 200 * SSK_MS, 238 * SSK_MS,
                                          SSK_S};
    for (size_t i = 0; i < G_N_ELEMENTS(periods); i++)
        for (uint32_t seed = 0; seed < 20; seed++) {
            uint32_t permille = 0;
            measure(0, periods[i], 0, 30 + seed * 100, seed, &permille);
            g_assert_cmpuint(permille, <, 800);
        }
}

static void test_few(void)
{
    uint32_t permille;
    g_assert_cmpuint(measure(SSK_LIMIT(BEACON_INTERVAL), 130 * SSK_MS, 0, 20, 1, &permille), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/beacon/the DTIM period is found, also with drifting clocks", test_dtim);
    g_test_add_func("/beacon/a sender's own rhythm is on no grid", test_none);
    g_test_add_func("/beacon/a few bunches say nothing", test_few);
    return g_test_run();
}
