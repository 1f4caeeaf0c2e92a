/* copies.h - the same packet seen again: a mirror port that copies both ways,
 * a capture on "any", an 802.11 frame that is relayed or retransmitted.
 *
 * A copy counts as a packet and does nothing else: told as a retransmission,
 * it would be a question that nobody asked. A retransmission is no copy: it
 * comes later, or with another IPv4 identification or TCP timestamp.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_COPIES_H
#define SSK_COPIES_H

#include "core/decode/packet.h"

/** Packets remembered: more than 2 ms of a full gigabit link. Power of two. */
#define SSK_COPIES_ROOM 1024

typedef struct ssk_copy {
    uint64_t print;
    ssk_time_ns time;
} ssk_copy;

typedef struct ssk_copies {
    ssk_copy seen[SSK_COPIES_ROOM]; /**< all zero: empty */
} ssk_copies;

/** Is @p packet the same as one of the last 2 ms? Remembers it.
 *
 * Asked of TCP and UDP packets and of ARP; what numbers nothing (IPv6 without
 * TCP timestamps, an identification of 0) is never a copy. Datagrams on two
 * interfaces are two views of one sender, not copies. */
bool ssk_copies_again(ssk_copies *copies, const ssk_packet *packet);

#endif
