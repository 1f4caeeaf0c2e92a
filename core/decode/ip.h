/* ip.h - IPv4 and IPv6 headers.
 *
 * Source: RFC 791; RFC 8200.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_IP_H
#define SSK_DECODE_IP_H

#include "core/base/types.h"

typedef struct ssk_ip_hdr {
    uint8_t version;          /**< 4, 6, or 0: none */
    uint8_t protocol;         /**< after IPv6 extension headers */
    uint8_t ttl;              /**< or hop limit */
    uint8_t tos;              /**< or traffic class */
    bool fragment;            /**< part of a fragmented datagram */
    uint32_t fragment_offset; /**< in bytes */
    bool more_fragments, dont_fragment;
    uint32_t id; /**< IPv4 identification; IPv6: of the fragment header, else 0 */
    bool has_id; /**< IPv4 always; IPv6 only with a fragment header */
    ssk_addr src, dst;
    uint32_t payload_offset; /**< from the IP header's first byte */
    uint32_t
        payload_len; /**< on the wire, by the header (0 total length: offload, taken from wire_len) */
    bool
        length_lies; /**< the header claims more bytes than the wire had, or fewer than its own headers */
} ssk_ip_hdr;

/** Decode an IPv4 or IPv6 header with its options or extension headers.
 *
 * @param data     first header byte; borrowed, not kept
 * @param cap_len  bytes readable
 * @param wire_len bytes the frame had from here on, to bound lying lengths;
 *                 below cap_len it counts as cap_len
 * @param[out] ret set only when SSK_OK is returned
 * @return SSK_OK; SSK_ETRUNC; SSK_EFORMAT (version, header length,
 *         IPv4 total length below the header's);
 *         SSK_ELIMIT (more than 16 extension headers)
 */
SSK_WARN_UNUSED ssk_status ssk_decode_ip(const uint8_t *data, uint32_t cap_len, uint32_t wire_len,
                                         ssk_ip_hdr *ret);

#endif
