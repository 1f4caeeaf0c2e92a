/* icmp.h - ICMP, ICMPv6, and the packet an error message quotes.
 *
 * Source: RFC 792; RFC 4443; RFC 4861 (neighbor discovery).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_ICMP_H
#define SSK_DECODE_ICMP_H

#include "core/base/types.h"

typedef struct ssk_icmp_hdr {
    uint8_t version; /**< 4: ICMP, 6: ICMPv6 */
    uint8_t type, code;
    /** An error message quotes the packet that caused it. */
    bool has_quote;
    uint8_t quote_protocol; /**< IP protocol of the quoted packet */
    ssk_addr quote_src, quote_dst;
    uint16_t quote_src_port, quote_dst_port; /**< TCP and UDP */
    uint32_t quote_seq;                      /**< TCP */
    /** Neighbor discovery (ICMPv6 types 135, 136): target and link-layer address. */
    bool has_target;
    ssk_addr target;
    bool has_target_mac;
    ssk_mac target_mac; /**< source (135) or target (136) link-layer address option */
} ssk_icmp_hdr;

/** @param version 4 or 6, by the IP header
 *  @return SSK_OK; SSK_ETRUNC if cap_len < 4 (a cut quote is no quote) */
SSK_WARN_UNUSED ssk_status ssk_decode_icmp(unsigned version, const uint8_t *data, uint32_t cap_len,
                                           ssk_icmp_hdr *ret);

#endif
