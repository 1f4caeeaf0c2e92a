/* beacon.c - do datagrams arrive on the grid of an access point's beacons?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/beacon.h"

#include <glib.h>
#include <math.h>

/* Bunches per window: short enough that 50 ppm between the access point's
 * clock and ours do not turn the phase (64 bunches of 1 s: 3 ms of 102.4). */
#define WINDOW 64
/* A coherence this near to the best is as good: the longest such grid is the
 * DTIM period, because what fits 307.2 ms fits 102.4 ms too. */
#define AS_GOOD 0.05

void ssk_beacon_add(ssk_beacon *beacon, ssk_time_ns time)
{
    if (!beacon->bunches++)
        beacon->origin = time;
    ssk_span_ns since = (ssk_span_ns)((uint64_t)time - (uint64_t)beacon->origin);
    for (int n = 0; n < SSK_BEACON_GRIDS; n++) {
        ssk_span_ns grid = SSK_BEACON_INTERVAL * (n + 1);
        double angle = 2 * G_PI * (double)(since % grid) / (double)grid;
        beacon->sum_cos[n] += cos(angle);
        beacon->sum_sin[n] += sin(angle);
    }
    if (++beacon->in_window < WINDOW)
        return;
    for (int n = 0; n < SSK_BEACON_GRIDS; n++) {
        beacon->length[n] += hypot(beacon->sum_cos[n], beacon->sum_sin[n]) / WINDOW;
        beacon->sum_cos[n] = beacon->sum_sin[n] = 0;
    }
    beacon->in_window = 0;
    beacon->windows++;
}

unsigned ssk_beacon_measure(const ssk_beacon *beacon, uint32_t *ret_permille)
{
    if (beacon->bunches < SSK_BEACON_BUNCHES)
        return 0;
    double coherence[SSK_BEACON_GRIDS], best = 0;
    for (int n = 0; n < SSK_BEACON_GRIDS; n++) {
        double total = beacon->length[n], windows = beacon->windows;
        if (beacon->in_window >= SSK_BEACON_BUNCHES) {
            total += hypot(beacon->sum_cos[n], beacon->sum_sin[n]) / beacon->in_window;
            windows++;
        }
        coherence[n] = total / windows;
        best = MAX(best, coherence[n]);
    }
    unsigned fits = SSK_BEACON_GRIDS;
    while (fits > 1 && coherence[fits - 1] < best - AS_GOOD)
        fits--;
    *ret_permille = (uint32_t)(1000 * MIN(coherence[fits - 1], 1.0) + 0.5);
    return fits;
}
