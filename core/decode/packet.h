/* packet.h - one frame, decoded: link layer to transport payload.
 *
 * ssk_decode_packet() drives the decoders of this folder. It never fails: what
 * could not be decoded is named in ssk_packet.problem, what could be is there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_PACKET_H
#define SSK_DECODE_PACKET_H

#include "core/decode/arp.h"
#include "core/decode/icmp.h"
#include "core/decode/ip.h"
#include "core/decode/link.h"
#include "core/decode/tcp.h"
#include "core/decode/udp.h"
#include "core/model/event.h"

/** Why decoding stopped early. Counted and reported, never an error. */
typedef enum ssk_problem {
    SSK_PROBLEM_NONE = 0,
    SSK_PROBLEM_LINKTYPE,  /**< link type unknown here */
    SSK_PROBLEM_TRUNCATED, /**< the capture cut the frame inside a header */
    SSK_PROBLEM_LENGTH, /**< a length field contradicts the frame, or the frame ends inside a header */
    SSK_PROBLEM_FORMAT, /**< a header that its RFC forbids */
    SSK_PROBLEM_DEPTH,  /**< more tags, tunnels or extension headers than our bound */
    SSK_N_PROBLEMS
} ssk_problem;

typedef enum ssk_packet_kind {
    SSK_PACKET_OTHER = 0, /**< link layer only: STP, EAPOL, unknown ethertype ... */
    SSK_PACKET_ARP,
    SSK_PACKET_IP,       /**< IP, transport neither TCP, UDP nor ICMP */
    SSK_PACKET_FRAGMENT, /**< a later fragment: belongs to no flow */
    SSK_PACKET_ICMP,     /**< ICMP or ICMPv6 */
    SSK_PACKET_TCP,      /**< with SSK_PROBLEM_FORMAT: only its ports are good, the rest is 0 */
    SSK_PACKET_UDP,
    SSK_PACKET_LOG, /**< no packet: a line of an application's log, as the payload */
    SSK_N_PACKET_KINDS
} ssk_packet_kind;

typedef struct ssk_packet {
    const ssk_event *event; /**< the frame itself; borrowed */
    ssk_packet_kind kind;
    ssk_problem problem;
    ssk_link link;
    ssk_ip_hdr ip; /**< valid from SSK_PACKET_IP on, .src/.dst too */
    union {
        ssk_arp_hdr arp;
        ssk_icmp_hdr icmp;
        ssk_tcp_hdr tcp;
        ssk_udp_hdr udp;
    };
    uint16_t src_port, dst_port; /**< TCP and UDP */
    const uint8_t *payload;      /**< transport payload (ICMP: its body); borrowed */
    uint32_t payload_cap;        /**< bytes readable */
    uint32_t payload_len; /**< bytes on the wire, by the IP and UDP lengths (bounded by wire_len) */
} ssk_packet;

/** Decode one frame.
 * @param event borrowed by @p ret for as long as @p ret is used
 */
void ssk_decode_packet(const ssk_event *event, ssk_packet *ret);

/** The same without ssk_decode_ordinary(), which must not be told apart from it. */
void ssk_decode_by_layers(const ssk_event *event, ssk_packet *ret);

/** "unknown link type", "cut inside a header" ...: short name of a problem; static. */
const char *ssk_problem_text(ssk_problem problem);

#endif
