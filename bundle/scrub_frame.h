/* scrub_frame.h - one frame at work: headers with other addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_FRAME_H
#define SSK_SCRUB_FRAME_H

#include "bundle/pseudonym.h"
#include "core/decode/packet.h"

#define SSK_SCRUB_TUNNELS 8

/** @c to is zero but for what was kept so far. */
typedef struct ssk_scrubbed {
    ssk_pseudonym *pseudonym;
    const uint8_t *from;
    uint8_t *to;
    uint32_t size;
    uint32_t kept;  /**< everything before is done */
    uint32_t ip_at; /**< addresses of the innermost IP header, for checksums */
    uint32_t ip_addresses_len;
    struct {
        uint32_t at, end;
    } gre[SSK_SCRUB_TUNNELS]; /**< with a checksum */
    unsigned n_gre;
} ssk_scrubbed;

/** Keep everything before @p end. */
void ssk_scrub_keep_to(ssk_scrubbed *frame, uint32_t end);

/* Replace the address at an offset of the frame; beyond its end: nothing. */
void ssk_scrub_put_mac(ssk_scrubbed *frame, uint32_t at);
void ssk_scrub_put_ipv4(ssk_scrubbed *frame, uint32_t at);
void ssk_scrub_put_ipv6(ssk_scrubbed *frame, uint32_t at);

/** Of the checksum at @p sum over @p begin..@p end: RFC 1624, equation 3.
 * @param pseudo it covers the addresses of the IP header too */
void ssk_scrub_update_sum(ssk_scrubbed *frame, uint32_t sum, uint32_t begin, uint32_t end,
                          bool pseudo);

/** Names in capture headers: PKTAP, PPI, NFLOG. @return 1: there was such a header */
unsigned ssk_scrub_link_names(ssk_scrubbed *frame, uint16_t linktype, const ssk_link *link,
                              uint32_t network);

/** The addresses in an ARP packet. @param at its first byte */
void ssk_scrub_arp(ssk_scrubbed *frame, uint32_t at);

/** IP headers, those in tunnels too. @return where the transport begins */
uint32_t ssk_scrub_ip_headers(ssk_scrubbed *frame, uint32_t at, const ssk_packet *packet);
/** When all else is done. */
void ssk_scrub_tunnel_sums(ssk_scrubbed *frame);

/** Options of a TCP header that hold keys or addresses lose them. */
void ssk_scrub_tcp_options(ssk_scrubbed *frame, uint32_t at, uint32_t header_len);

/** An ICMP or ICMPv6 message. @param at, len its first byte, and its bytes
 * @return bytes emptied */
uint32_t ssk_scrub_icmp(ssk_scrubbed *frame, const ssk_packet *packet, uint32_t at, uint32_t len);
/** An IGMP message. @return bytes emptied */
uint32_t ssk_scrub_igmp(ssk_scrubbed *frame, uint32_t at, uint32_t len);

#endif
