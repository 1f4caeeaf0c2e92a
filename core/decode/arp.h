/* arp.h - ARP for IPv4 over Ethernet. Source: RFC 826; RFC 5227 (probes).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_ARP_H
#define SSK_DECODE_ARP_H

#include "core/base/types.h"

typedef struct ssk_arp_hdr {
    uint16_t operation; /**< 1 request, 2 reply */
    ssk_mac sender_mac, target_mac;
    ssk_addr sender, target; /**< sender all zero bytes: a probe */
} ssk_arp_hdr;

/** @return SSK_OK; SSK_ETRUNC; SSK_EUNSUPPORTED for other hardware or protocols */
SSK_WARN_UNUSED ssk_status ssk_decode_arp(const uint8_t *data, uint32_t cap_len, ssk_arp_hdr *ret);

#endif
