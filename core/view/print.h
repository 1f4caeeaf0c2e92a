/* print.h - what makes a packet the same one, wherever on its way it is captured.
 *
 * Left out is all that changes on the way: addresses and ports (NAT), tags,
 * TTL, checksums, PSH (which merging of segments moves), what a short snap
 * length cuts off. What is left names one transmission: TCP's numbers and time
 * timestamps tell a segment from its retransmission, an IPv4 identification one
 * datagram from an equal one.
 *
 * Source: RFC 9293, RFC 7323, RFC 3022 (what NAT rewrites).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_PRINT_H
#define SSK_VIEW_PRINT_H

#include "core/decode/packet.h"

/** Payload bytes looked at where all captures have them, and where one cut them off. */
#define SSK_PRINT_LONG  32
#define SSK_PRINT_SHORT 8

/** Conversations that are none of TCP's or UDP's. */
enum { SSK_PRINT_ARP = 0, SSK_PRINT_ICMP = 1, SSK_PRINT_FRAGMENT = 44 };

/** Two ends that talk, in an order that does not depend on who talks. */
typedef struct ssk_ends {
    ssk_addr addr[2];
    uint16_t port[2];
    uint8_t protocol; /**< 6, 17 or one of the above */
    uint8_t unused;   /**< 0, so that memcmp() compares */
} ssk_ends;

typedef struct ssk_print {
    ssk_ends ends;
    uint8_t from;    /**< index of the sender in ends */
    uint64_t key[2]; /**< [0]: with SSK_PRINT_LONG bytes of payload, [1]: with SSK_PRINT_SHORT */
    uint32_t len;    /**< payload bytes on the wire */
    bool cut;        /**< the capture holds less than SSK_PRINT_LONG of them */
    bool syn, rst;
    bool headed; /**< the first fragment of a datagram whose others are SSK_PRINT_FRAGMENT */
    uint32_t
        datagram; /**< of a fragment: the same for all of its datagram in this capture; 0: none */
    bool ranged;  /**< TCP with data: the next two say which */
    uint32_t seq, stamp; /**< first byte; TSval, or the acknowledgment where there is none */
    uint64_t
        head; /**< of a segment with data and a timestamp: the same however long it is, so that it
                      is known again where it was merged or split; 0: there is none */
    uint8_t ttl; /**< 0: none */
} ssk_print;

/** @return false: nothing to know it again by */
bool ssk_print_of(const ssk_packet *packet, ssk_print *ret);

#endif
