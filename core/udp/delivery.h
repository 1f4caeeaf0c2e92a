/* delivery.h - runs of received and of lost datagrams.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DELIVERY_H
#define SSK_DELIVERY_H

#include "core/model/result.h"

/** Runs kept; the first ones stay, later ones are counted. */
#define SSK_DELIVERY_RUNS 256

/** All zero is a valid empty one. */
typedef struct ssk_delivery {
    ssk_udp_run *runs; /**< owned; they alternate */
    unsigned n_runs, room;
    ssk_udp_run at_hand; /**< packets 0: none yet */
    uint64_t dropped;    /**< runs beyond the limit */
    uint64_t received_packets, received_bytes, lost_packets, lost_bytes;
} ssk_delivery;

void ssk_delivery_clear(ssk_delivery *delivery);

/** @param time of the datagram; SSK_TIME_NONE is taken as the last one's */
void ssk_delivery_received(ssk_delivery *delivery, ssk_time_ns time, uint64_t bytes);

/** "The lost ones were as long as the received ones." */
#define SSK_DELIVERY_MEAN UINT64_MAX

/** Datagrams missing between the last received one and @p time.
 * @param bytes theirs, or SSK_DELIVERY_MEAN */
void ssk_delivery_lost(ssk_delivery *delivery, ssk_time_ns time, uint64_t packets, uint64_t bytes);

/** Datagrams found to be missing before everything else, from @p first to @p last. */
void ssk_delivery_lost_first(ssk_delivery *delivery, ssk_time_ns first, ssk_time_ns last,
                             uint64_t packets, uint64_t bytes);

/** One that was counted as lost came late: the last run of lost ones shrinks. */
void ssk_delivery_late(ssk_delivery *delivery, uint64_t bytes);

/** The counts so far were wrong: these are right. Runs before are dropped. */
void ssk_delivery_recount(ssk_delivery *delivery, ssk_time_ns time, uint64_t received,
                          uint64_t lost);

/** @p packets of those received lacked a fragment, which loses them. Which ones is not known: the runs are dropped. */
void ssk_delivery_take_back(ssk_delivery *delivery, uint64_t packets);

/** Fill udp->reception; the text is static or belongs to the result. */
void ssk_delivery_freeze(const ssk_delivery *delivery, const char *reference, ssk_result *result,
                         ssk_result_udp *udp);

#endif
