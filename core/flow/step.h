/* step.h - what one packet did to its flow: all that a meter learns about it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_STEP_H
#define SSK_STEP_H

#include "core/flow/flow.h"

/** One packet of a flow, after decoding and tracking. */
typedef struct ssk_step {
    const ssk_packet *packet;
    ssk_flow *flow; /**< NULL: the packet belongs to no flow (ARP, ICMP, other) */
    ssk_dir dir;
    ssk_time_ns time;            /**< SSK_TIME_NONE: no timestamp */
    const ssk_message *messages; /**< that this packet completed */
    size_t n_messages;
    /** Of them, per direction: an acknowledgment may end the wait of the other side's. */
    unsigned spoke[2];
    const ssk_message *late; /**< newest of the other direction; NULL: none */
    ssk_span_ns age;         /**< since the capture's first packet */
    bool copy;               /**< of a packet just seen: counted in the flow, tracked nowhere */
    bool several_interfaces; /**< this capture has more than one */
    /** A meter sets it: no later packet of this flow (or capture) concerns it, nor the flow's close. */
    bool *enough;
    /** A meter of flows sets it: nothing is open, so no packet of this flow concerns it before the
     * next one that shows a sign which wakes it. Its state stays. */
    bool *rests;
    /** What a frame's fields say of UDP reception: for its meter to fill in. */
    struct ssk_onoff_state *udp;
    /** It moved its side on: a message; where nothing is decoded, new payload bytes or a datagram. */
    bool progress;
    ssk_tcp_step tcp;
    ssk_silence ended[2]; /**< that this packet ended, per direction */
} ssk_step;

/** Does it say that something came twice? RFC 2883, 4: the first block, behind the acknowledgment. */
static inline bool ssk_tcp_reports_duplicate(const ssk_tcp_hdr *tcp)
{
    return tcp->sack_count && (int32_t)(tcp->sack[0].right - tcp->ack) <= 0;
}

/** Does it acknowledge once more what was acknowledged, while data behind it is on its way?
 * RFC 5681, section 2: a duplicate acknowledgment. Where that data is not captured, only a block says so (RFC 2018). */
static inline bool ssk_step_repeats_ack(const ssk_step *step)
{
    const ssk_flow_side *other = &step->flow->side[ssk_dir_other(step->dir)];
    const ssk_tcp_side *peer = &other->tcp;
    const ssk_tcp_hdr *tcp = &step->packet->tcp;
    if ((!other->packets && !tcp->sack_count) || ssk_tcp_reports_duplicate(tcp))
        return false;
    return !step->packet->payload_len && !step->tcp.newly_acked && !step->tcp.probe &&
           (tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN | SSK_TCP_RST | SSK_TCP_ACK)) == SSK_TCP_ACK &&
           peer->acked_valid && tcp->ack == peer->acked && peer->next != peer->acked;
}

#endif
