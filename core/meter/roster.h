/* roster.h - which meters hear a packet.
 *
 * Who hears what is asked of the meters once and kept as sets of bits, one per
 * meter in the order of ssk_meters: most packets show little, and most meters
 * of a flow never wake.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ROSTER_H
#define SSK_ROSTER_H

#include "core/meter/meter.h"

/** Meters, by bit. */
typedef uint64_t ssk_meter_mask;

/** Signs are looked up by so many at a time. */
#define SSK_SIGN_GROUP  9
#define SSK_SIGN_GROUPS ((SSK_N_SIGNS + SSK_SIGN_GROUP - 1) / SSK_SIGN_GROUP)

typedef struct ssk_roster {
    ssk_meter_mask hears[SSK_N_PACKET_KINDS];
    ssk_meter_mask of_flows;  /**< only for packets of a flow */
    ssk_meter_mask of_copies; /**< for copies too */
    ssk_meter_mask sleepers;  /**< with a state per flow, made when first wanted */
    ssk_meter_mask drowsy;    /**< of the capture, and nothing concerns them before their sign */
    ssk_meter_mask choosy;    /**< with a word on which flows concern them */
    ssk_meter_mask closers, freezers; /**< of flows, with a word at the flow's end; for its row */
    unsigned n_sleepers;
    uint8_t slot[SSK_METERS];            /**< of a sleeper among them */
    ssk_meter_mask heeds_all, wakes_all; /**< whatever the packet shows */
    struct {
        ssk_meter_mask heeds, wakes;
    } by_signs[SSK_SIGN_GROUPS][1 << SSK_SIGN_GROUP]; /**< of any signs of a group at once */
} ssk_roster;

/** @param meters as ssk_meters */
void ssk_roster_init(ssk_roster *roster, const ssk_meter *const *meters);

/** @param asleep of the drowsy ones, those that no packet has woken yet
 * @return the meters to call; a sleeper without a state only if its wants() agrees */
ssk_meter_mask ssk_roster_call(const ssk_roster *roster, ssk_meter_mask asleep,
                               const ssk_step *step);

/** @return the meters that no packet of a flow can concern: asked once, at its first */
ssk_meter_mask ssk_roster_unconcerned(const ssk_roster *roster, const ssk_meter *const *meters,
                                      const ssk_flow *flow);

#endif
