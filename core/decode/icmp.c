/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/icmp.h"

#include "core/decode/cursor.h"
#include "core/decode/ip.h"

/* RFC 4861, sections 4.3, 4.4 and 4.6.1 */
#define NEIGHBOUR_SOLICITATION     135
#define NEIGHBOUR_ADVERTISEMENT    136
#define OPTION_SOURCE_LINK_ADDRESS 1
#define OPTION_TARGET_LINK_ADDRESS 2

static bool is_error(unsigned version, uint8_t type)
{
    if (version == 6)
        return type >= 1 && type <= 4; /* RFC 4443, section 2.1; 5..127 are unassigned */
    /* RFC 792: unreachable, source quench, redirect, time exceeded, parameter problem */
    return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

static void decode_quote(ssk_cursor cursor, ssk_icmp_hdr *hdr)
{
    ssk_ip_hdr ip;
    uint32_t size = ssk_cursor_left(&cursor);
    const uint8_t *quote = ssk_cursor_take(&cursor, size);
    /* the quote is cut by design (RFC 792: 8 bytes of payload): no wire length bounds it */
    if (ssk_decode_ip(quote, size, UINT32_MAX, &ip) != SSK_OK)
        return;
    if (!ip.fragment_offset && (ip.protocol == SSK_TCP || ip.protocol == SSK_UDP)) {
        ssk_cursor inner = ssk_cursor_init(quote, size);
        ssk_cursor_seek(&inner, ip.payload_offset);
        uint16_t src_port = ssk_cursor_be16(&inner);
        uint16_t dst_port = ssk_cursor_be16(&inner);
        uint32_t seq = ssk_cursor_be32(&inner);
        if (inner.failed)
            return;
        hdr->quote_src_port = src_port;
        hdr->quote_dst_port = dst_port;
        hdr->quote_seq = ip.protocol == SSK_TCP ? seq : 0;
    }
    hdr->has_quote = true;
    hdr->quote_protocol = ip.protocol;
    hdr->quote_src = ip.src;
    hdr->quote_dst = ip.dst;
}

static void decode_neighbour(ssk_cursor cursor, ssk_icmp_hdr *hdr)
{
    ssk_cursor_skip(&cursor, 4);
    ssk_addr target = ssk_cursor_addr(&cursor, 6);
    if (cursor.failed)
        return;
    hdr->target = target;
    hdr->has_target = true;
    uint8_t wanted = hdr->type == NEIGHBOUR_SOLICITATION ? OPTION_SOURCE_LINK_ADDRESS
                                                         : OPTION_TARGET_LINK_ADDRESS;
    while (ssk_cursor_left(&cursor)) {
        uint8_t option = ssk_cursor_u8(&cursor);
        uint8_t len = ssk_cursor_u8(&cursor); /* in units of 8 bytes, with these two */
        ssk_cursor body = ssk_cursor_sub(&cursor, len ? len * 8u - 2 : 0);
        if (len == 0 || body.failed)
            return;
        if (option == wanted) {
            hdr->target_mac = ssk_cursor_mac(&body);
            hdr->has_target_mac = true;
            return;
        }
    }
}

ssk_status ssk_decode_icmp(unsigned version, const uint8_t *data, uint32_t cap_len,
                           ssk_icmp_hdr *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    ssk_icmp_hdr hdr = {.version = (uint8_t)version};
    hdr.type = ssk_cursor_u8(&cursor);
    hdr.code = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, 2);
    if (cursor.failed)
        return SSK_ETRUNC;
    if (is_error(version, hdr.type)) {
        ssk_cursor_skip(&cursor, 4);
        decode_quote(cursor, &hdr);
    } else if (version == 6 &&
               (hdr.type == NEIGHBOUR_SOLICITATION || hdr.type == NEIGHBOUR_ADVERTISEMENT)) {
        decode_neighbour(cursor, &hdr);
    }
    *ret = hdr;
    return SSK_OK;
}
