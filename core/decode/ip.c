/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/ip.h"

#include "core/decode/cursor.h"

/** Far above any real chain (RFC 8200 names six), low enough to stop a forged one. */
#define MAX_EXTENSION_HEADERS 16

enum {
    IPPROTO_HOP_BY_HOP = 0,
    IPPROTO_ROUTE = 43,
    IPPROTO_FRAGMENT_HDR = 44,
    IPPROTO_AUTH = 51, /* RFC 4302: authenticated, not encrypted, so we can see through */
    IPPROTO_DEST_OPTIONS = 60,
};

/** RFC 8200, section 4.5. */
static void decode_fragment_header(ssk_cursor *cursor, ssk_ip_hdr *hdr)
{
    hdr->protocol = ssk_cursor_u8(cursor);
    ssk_cursor_skip(cursor, 1);
    uint16_t field = ssk_cursor_be16(cursor);
    hdr->id = ssk_cursor_be32(cursor);
    hdr->has_id = true;
    hdr->fragment_offset = field & 0xfff8;
    hdr->more_fragments = field & 1;
    /* RFC 6946: offset 0 and no more is a whole datagram ("atomic fragment") */
    hdr->fragment = hdr->fragment_offset || hdr->more_fragments;
}

/** Walk the chain until something that is no extension header; hdr->protocol is the first link. */
static ssk_status skip_extensions(ssk_cursor *cursor, ssk_ip_hdr *hdr)
{
    for (unsigned n = 0; n <= MAX_EXTENSION_HEADERS; n++) {
        /* what follows a later fragment's header is a piece of data */
        if (hdr->fragment_offset)
            return SSK_OK;
        bool v6 = hdr->version == 6;
        if (hdr->protocol == IPPROTO_AUTH) {
            hdr->protocol = ssk_cursor_u8(cursor);
            ssk_cursor_skip(cursor, (ssk_cursor_u8(cursor) + 2u) * 4 - 2);
        } else if (v6 && hdr->protocol == IPPROTO_FRAGMENT_HDR) {
            decode_fragment_header(cursor, hdr);
        } else if (v6 && (hdr->protocol == IPPROTO_HOP_BY_HOP || hdr->protocol == IPPROTO_ROUTE ||
                          hdr->protocol == IPPROTO_DEST_OPTIONS)) {
            hdr->protocol = ssk_cursor_u8(cursor);
            ssk_cursor_skip(cursor, (ssk_cursor_u8(cursor) + 1u) * 8 - 2);
        } else {
            return SSK_OK;
        }
        if (cursor->failed)
            return SSK_ETRUNC;
    }
    return SSK_ELIMIT;
}

/** Payload length from the header's total, never more than the wire had. */
static void bound_payload(ssk_ip_hdr *hdr, uint32_t total_len, uint32_t wire_len)
{
    /* With segmentation offload the stack hands frames over before their length
     * is known, and a jumbogram (RFC 2675) does not fit the field: both say 0. */
    hdr->length_lies = total_len > wire_len;
    if (total_len == 0 || total_len > wire_len)
        total_len = wire_len;
    if (total_len < hdr->payload_offset) {
        hdr->length_lies = true;
        total_len = hdr->payload_offset;
    }
    hdr->payload_len = total_len - hdr->payload_offset;
}

static ssk_status decode_v4(ssk_cursor *cursor, uint8_t first, uint32_t wire_len, ssk_ip_hdr *hdr)
{
    uint32_t header_len = (first & 0x0fu) * 4;
    hdr->version = 4;
    hdr->tos = ssk_cursor_u8(cursor);
    uint32_t total_len = ssk_cursor_be16(cursor);
    hdr->id = ssk_cursor_be16(cursor);
    hdr->has_id = true;
    uint16_t field = ssk_cursor_be16(cursor);
    hdr->dont_fragment = field & 0x4000;
    hdr->more_fragments = field & 0x2000;
    hdr->fragment_offset = (field & 0x1fffu) * 8;
    hdr->fragment = hdr->fragment_offset || hdr->more_fragments;
    hdr->ttl = ssk_cursor_u8(cursor);
    hdr->protocol = ssk_cursor_u8(cursor);
    ssk_cursor_skip(cursor, 2);
    hdr->src = ssk_cursor_addr(cursor, 4);
    hdr->dst = ssk_cursor_addr(cursor, 4);
    if (cursor->failed)
        return SSK_ETRUNC;
    if (header_len < 20 || (total_len && total_len < header_len))
        return SSK_EFORMAT;
    ssk_cursor_seek(cursor, header_len);
    if (cursor->failed)
        return SSK_ETRUNC;
    ssk_status status = hdr->protocol == IPPROTO_AUTH ? skip_extensions(cursor, hdr) : SSK_OK;
    hdr->payload_offset = cursor->pos;
    bound_payload(hdr, total_len, wire_len);
    return status;
}

static ssk_status decode_v6(ssk_cursor *cursor, uint8_t first, uint32_t wire_len, ssk_ip_hdr *hdr)
{
    hdr->version = 6;
    hdr->tos = (uint8_t)(first << 4 | ssk_cursor_u8(cursor) >> 4);
    ssk_cursor_skip(cursor, 2);
    uint32_t payload_len = ssk_cursor_be16(cursor);
    hdr->protocol = ssk_cursor_u8(cursor);
    hdr->ttl = ssk_cursor_u8(cursor);
    hdr->src = ssk_cursor_addr(cursor, 6);
    hdr->dst = ssk_cursor_addr(cursor, 6);
    hdr->id = 0;
    hdr->has_id = false;
    hdr->fragment_offset = 0;
    hdr->fragment = hdr->more_fragments = hdr->dont_fragment = false;
    if (cursor->failed)
        return SSK_ETRUNC;
    ssk_status status = skip_extensions(cursor, hdr);
    hdr->payload_offset = cursor->pos;
    bound_payload(hdr, payload_len ? payload_len + 40 : 0, wire_len);
    return status;
}

ssk_status ssk_decode_ip(const uint8_t *data, uint32_t cap_len, uint32_t wire_len, ssk_ip_hdr *ret)
{
    if (wire_len < cap_len)
        wire_len = cap_len;
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    uint8_t first = ssk_cursor_u8(&cursor);
    ssk_ip_hdr hdr;
    ssk_status status;
    if (cursor.failed)
        return SSK_ETRUNC;
    if (first >> 4 == 4)
        status = decode_v4(&cursor, first, wire_len, &hdr);
    else if (first >> 4 == 6)
        status = decode_v6(&cursor, first, wire_len, &hdr);
    else
        status = SSK_EFORMAT;
    if (status == SSK_OK)
        *ret = hdr;
    return status;
}
