/* udp_lane.h - the datagrams of one UDP flow in one direction, at one interface.
 *
 * The first datagrams wait until they have shown whether they are numbered;
 * then they are counted like all later ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_UDP_LANE_H
#define SSK_UDP_LANE_H

#include "core/flow/step.h"
#include "core/model/facts.h"
#include "core/udp/match.h"

/** Linux adds a random number up to the idle time in ticks to the identification
 * (net/ipv4/route.c, ip_idents_reserve): over pauses that varies by 577
 * permille. What was sent at a steady rate varies less. */
#define SSK_UDP_EVEN_PERMILLE 300

typedef struct ssk_udp_lane ssk_udp_lane;

ssk_udp_lane *ssk_udp_lane_new(uint32_t interface_id);
void ssk_udp_lane_free(ssk_udp_lane *lane);

/** From now on the flow's gaps are not this lane's alone.
 * @param so_far the flow's, up to @p time, where another lane's first packet came; NULL: none */
void ssk_udp_lane_split(ssk_udp_lane *lane, const ssk_hist *so_far, ssk_time_ns time);

/** The next datagram. @param out gets pauses as facts */
void ssk_udp_lane_take(ssk_udp_lane *lane, const ssk_config *config, const ssk_step *step,
                       ssk_facts *out);

/** A datagram of the other direction. */
void ssk_udp_lane_answered(ssk_udp_lane *lane, const ssk_packet *packet);

/** The flow ends: tell what is still waiting. */
void ssk_udp_lane_close(const ssk_udp_lane *lane, const ssk_config *config, const ssk_flow *flow,
                        ssk_dir dir, ssk_facts *out);

/** Payload bytes; the first fragment stands for its whole datagram. */
uint32_t ssk_udp_bytes(const ssk_packet *packet);

/** The interface, and datagrams and payload bytes so far. */
uint32_t ssk_udp_lane_interface(const ssk_udp_lane *lane);
uint64_t ssk_udp_lane_packets(const ssk_udp_lane *lane);
uint64_t ssk_udp_lane_bytes(const ssk_udp_lane *lane);

/** Hand the datagrams that still wait to @p match. */
void ssk_udp_lane_replay(const ssk_udp_lane *lane, ssk_match *match, unsigned view);

/** Fill on_off, reception and seen of a row.
 * @param gaps the flow's, of this direction */
void ssk_udp_lane_freeze(const ssk_udp_lane *lane, const ssk_hist *gaps, ssk_result *result,
                         ssk_result_udp *udp);

#endif
