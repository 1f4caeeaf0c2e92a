/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/tcp.h"

#include "core/decode/cursor.h"

/* Option kinds. Source: RFC 9293, section 3.2; RFC 7323; RFC 2018. */
enum {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WINDOW_SCALE = 3,
    OPTION_SACK = 5,
    OPTION_TIMESTAMPS = 8,
};

/** RFC 7323, section 2.3: a larger shift count is taken as 14. */
#define MAX_WINDOW_SCALE 14

static void decode_option(uint8_t kind, ssk_cursor body, ssk_tcp_hdr *hdr)
{
    switch (kind) {
    case OPTION_MSS:
        if (body.size == 2) {
            hdr->mss = ssk_cursor_be16(&body);
            hdr->has_mss = true;
        }
        break;
    case OPTION_WINDOW_SCALE:
        if (body.size == 1) {
            uint8_t shift = ssk_cursor_u8(&body);
            hdr->window_scale = shift > MAX_WINDOW_SCALE ? MAX_WINDOW_SCALE : shift;
            hdr->has_window_scale = true;
        }
        break;
    case OPTION_TIMESTAMPS:
        if (body.size == 8) {
            hdr->ts_val = ssk_cursor_be32(&body);
            hdr->ts_ecr = ssk_cursor_be32(&body);
            hdr->has_timestamps = true;
        }
        break;
    case OPTION_SACK:
        if (body.size % 8 == 0 && body.size <= sizeof hdr->sack) {
            hdr->sack_count = (uint8_t)(body.size / 8);
            for (unsigned i = 0; i < hdr->sack_count; i++) {
                hdr->sack[i].left = ssk_cursor_be32(&body);
                hdr->sack[i].right = ssk_cursor_be32(&body);
            }
        }
        break;
    default:
        break;
    }
}

static void decode_options(ssk_cursor options, ssk_tcp_hdr *hdr)
{
    while (ssk_cursor_left(&options)) {
        uint8_t kind = ssk_cursor_u8(&options);
        if (kind == OPTION_END)
            return;
        if (kind == OPTION_NOP)
            continue;
        uint8_t len = ssk_cursor_u8(&options);
        if (len < 2)
            return;
        ssk_cursor body = ssk_cursor_sub(&options, len - 2u);
        if (body.failed)
            return;
        decode_option(kind, body, hdr);
    }
}

ssk_status ssk_decode_tcp(const uint8_t *data, uint32_t cap_len, ssk_tcp_hdr *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    uint16_t src_port = ssk_cursor_be16(&cursor);
    uint16_t dst_port = ssk_cursor_be16(&cursor);
    uint32_t seq = ssk_cursor_be32(&cursor);
    uint32_t ack = ssk_cursor_be32(&cursor);
    uint8_t header_len = (uint8_t)((ssk_cursor_u8(&cursor) >> 4) * 4);
    uint8_t flags = ssk_cursor_u8(&cursor);
    uint16_t window = ssk_cursor_be16(&cursor);
    if (cursor.failed)
        return SSK_ETRUNC;
    /* checksum and urgent pointer tell us nothing: a header cut there is as good as whole */
    ssk_cursor_seek(&cursor, cap_len < 20 ? cap_len : 20);
    if (header_len < 20)
        return SSK_EFORMAT;
    ret->src_port = src_port;
    ret->dst_port = dst_port;
    ret->seq = seq;
    ret->ack = ack;
    ret->flags = flags;
    ret->header_len = header_len;
    ret->window = window;
    ret->has_window_scale = ret->has_mss = ret->has_timestamps = false;
    ret->window_scale = 0;
    ret->mss = 0;
    ret->ts_val = ret->ts_ecr = 0;
    ret->sack_count = 0;
    uint32_t options_len = header_len - 20u;
    if (options_len > ssk_cursor_left(&cursor))
        options_len = ssk_cursor_left(&cursor);
    if (options_len)
        decode_options(ssk_cursor_sub(&cursor, options_len), ret);
    return SSK_OK;
}
