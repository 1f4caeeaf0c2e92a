/* udp.h - UDP header. Source: RFC 768.
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_UDP_H
#define SSK_DECODE_UDP_H

#include "core/base/types.h"

typedef struct ssk_udp_hdr {
    uint16_t src_port, dst_port;
    uint16_t length; /**< as sent: header and payload; 0 for a jumbogram */
} ssk_udp_hdr;

/** @return SSK_OK; SSK_ETRUNC if cap_len < 8; SSK_EFORMAT if length is 1..7 */
SSK_WARN_UNUSED ssk_status ssk_decode_udp(const uint8_t *data, uint32_t cap_len, ssk_udp_hdr *ret);

#endif
