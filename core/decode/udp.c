/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/udp.h"

#include "core/decode/cursor.h"

ssk_status ssk_decode_udp(const uint8_t *data, uint32_t cap_len, ssk_udp_hdr *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    ssk_udp_hdr hdr;
    hdr.src_port = ssk_cursor_be16(&cursor);
    hdr.dst_port = ssk_cursor_be16(&cursor);
    hdr.length = ssk_cursor_be16(&cursor);
    ssk_cursor_skip(&cursor, 2);
    if (cursor.failed)
        return SSK_ETRUNC;
    if (hdr.length && hdr.length < 8)
        return SSK_EFORMAT;
    *ret = hdr;
    return SSK_OK;
}
