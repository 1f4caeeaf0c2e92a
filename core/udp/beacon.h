/* beacon.h - do datagrams arrive on the grid of an access point's beacons?
 *
 * While any station dozes, broadcast and multicast wait for the next DTIM
 * beacon: arrivals bunch at multiples of 102.4 ms x DTIM period. The first
 * datagram of each bunch is tested against all ten grids: the phases of its
 * arrival are unit vectors, and the length of their mean is 1 on the grid
 * and near 0 elsewhere (Rayleigh's test).
 *
 * Source: IEEE 802.11, 11.2.3 (DTIM); beacon interval 100 TU of 1024 us.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BEACON_H
#define SSK_BEACON_H

#include "core/base/types.h"

/** DTIM periods tested: 1..10 beacons. */
#define SSK_BEACON_GRIDS 10

/** All zero is a valid empty one. */
typedef struct ssk_beacon {
    ssk_time_ns origin;
    int32_t sum_cos[SSK_BEACON_GRIDS], sum_sin[SSK_BEACON_GRIDS]; /**< in thousandths */
    double length[SSK_BEACON_GRIDS];                              /**< sums over finished windows */
    uint32_t in_window;
    uint32_t windows;
    uint32_t skip; /**< bunches passed over before the next window */
    uint64_t bunches;
} ssk_beacon;

/** The first datagram after a pause. */
void ssk_beacon_add(ssk_beacon *beacon, ssk_time_ns time);

/** @param[out] ret_permille coherence on that grid, 0..1000
 *  @return the DTIM period that fits best, 1..10; 0: too few bunches */
unsigned ssk_beacon_measure(const ssk_beacon *beacon, uint32_t *ret_permille);

#endif
