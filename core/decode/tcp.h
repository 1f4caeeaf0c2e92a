/* tcp.h - TCP header and the options the analysis uses.
 *
 * Source: RFC 9293, section 3.1; RFC 7323 (window scale, timestamps);
 * RFC 2018 (SACK).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DECODE_TCP_H
#define SSK_DECODE_TCP_H

#include "core/base/types.h"

enum {
    SSK_TCP_FIN = 0x01,
    SSK_TCP_SYN = 0x02,
    SSK_TCP_RST = 0x04,
    SSK_TCP_PSH = 0x08,
    SSK_TCP_ACK = 0x10,
};

typedef struct ssk_tcp_hdr {
    uint16_t src_port, dst_port;
    uint32_t seq, ack;
    uint8_t flags;
    uint8_t header_len; /**< 20..60 bytes */
    uint16_t window;    /**< as sent, unscaled */
    bool has_window_scale;
    uint8_t window_scale; /**< 0..14 */
    bool has_mss;
    uint16_t mss;
    bool has_timestamps;
    uint32_t ts_val, ts_ecr;
    uint8_t sack_count; /**< 0..4 */
    struct {
        uint32_t left, right;
    } sack[4]; /**< the first sack_count are set */
} ssk_tcp_hdr;

/** Decode a TCP header. Options that lie about their length end the option
 * list; the header stays good.
 *
 * @param cap_len  bytes readable at @p data
 * @return SSK_OK; SSK_ETRUNC if cap_len < 16 (checksum, urgent pointer and
 *         options cut by the capture are dropped, not an error); SSK_EFORMAT if
 *         the data offset is below 5
 */
SSK_WARN_UNUSED ssk_status ssk_decode_tcp(const uint8_t *data, uint32_t cap_len, ssk_tcp_hdr *ret);

#endif
