/* beacon.c - do datagrams arrive on the grid of an access point's beacons?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/udp/beacon.h"

#include <glib.h>
#include <math.h>

#include "core/base/limits.h"

/* Bunches per window: short enough that 50 ppm between the access point's
 * clock and ours do not turn the phase (64 bunches of 1 s: 3 ms of 102.4). */
#define WINDOW 64
/* Windows after which only one of SPARSE is looked at: by then the answer is known
 * and can only change. */
#define DENSE  4
#define SPARSE 16

/* 1000 cos(2 pi i / 64): phases to 1/64 of the grid are fine enough. */
#define PHASES 64
static const int16_t cosine[PHASES] = {
    1000,  995,  981,  957,  924,  882,  831,  773,  707,  634,  556,  471,  383,  290,  195,  98,
    0,     -98,  -195, -290, -383, -471, -556, -634, -707, -773, -831, -882, -924, -957, -981, -995,
    -1000, -995, -981, -957, -924, -882, -831, -773, -707, -634, -556, -471, -383, -290, -195, -98,
    0,     98,   195,  290,  383,  471,  556,  634,  707,  773,  831,  882,  924,  957,  981,  995,
};

/* Of the mean vector: 0..1. */
static double length_of(const ssk_beacon *beacon, int n)
{
    return hypot(beacon->sum_cos[n], beacon->sum_sin[n]) / 1000 / beacon->in_window;
}

void ssk_beacon_add(ssk_beacon *beacon, ssk_time_ns time)
{
    if (!beacon->bunches++)
        beacon->origin = time;
    if (beacon->skip) {
        beacon->skip--;
        return;
    }
    ssk_span_ns since = (ssk_span_ns)((uint64_t)time - (uint64_t)beacon->origin);
    for (int n = 0; n < SSK_BEACON_GRIDS; n++) {
        ssk_span_ns grid = SSK_LIMIT(BEACON_INTERVAL) * (n + 1);
        ssk_span_ns rest = since % grid;
        unsigned phase = (unsigned)((rest < 0 ? rest + grid : rest) * PHASES / grid);
        beacon->sum_cos[n] += cosine[phase];
        beacon->sum_sin[n] += cosine[(phase + PHASES * 3 / 4) % PHASES];
    }
    if (++beacon->in_window < WINDOW)
        return;
    for (int n = 0; n < SSK_BEACON_GRIDS; n++) {
        beacon->length[n] += length_of(beacon, n);
        beacon->sum_cos[n] = beacon->sum_sin[n] = 0;
    }
    beacon->in_window = 0;
    if (++beacon->windows >= DENSE)
        beacon->skip = WINDOW * (SPARSE - 1);
}

unsigned ssk_beacon_measure(const ssk_beacon *beacon, uint32_t *ret_permille)
{
    if (beacon->bunches < SSK_LIMIT(BEACON_BUNCHES))
        return 0;
    double coherence[SSK_BEACON_GRIDS], best = 0;
    for (int n = 0; n < SSK_BEACON_GRIDS; n++) {
        double total = beacon->length[n], windows = beacon->windows;
        if (beacon->in_window >= SSK_LIMIT(BEACON_BUNCHES)) {
            total += length_of(beacon, n);
            windows++;
        }
        coherence[n] = total / windows;
        best = MAX(best, coherence[n]);
    }
    unsigned fits = SSK_BEACON_GRIDS;
    while (fits > 1 && coherence[fits - 1] < best - SSK_SHARE(BEACON_AS_GOOD))
        fits--;
    *ret_permille = (uint32_t)(1000 * MIN(coherence[fits - 1], 1.0) + 0.5);
    return fits;
}
