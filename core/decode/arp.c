/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/arp.h"

#include "core/decode/cursor.h"

/* Source: IANA "ARP Parameters". Bridges and Wi-Fi write 6 for the same format. */
#define ARP_HARDWARE_ETHERNET 1
#define ARP_HARDWARE_IEEE802  6
#define ARP_PROTOCOL_IPV4     0x0800

ssk_status ssk_decode_arp(const uint8_t *data, uint32_t cap_len, ssk_arp_hdr *ret)
{
    ssk_cursor cursor = ssk_cursor_init(data, cap_len);
    uint16_t hardware = ssk_cursor_be16(&cursor);
    uint16_t protocol = ssk_cursor_be16(&cursor);
    uint8_t hardware_len = ssk_cursor_u8(&cursor);
    uint8_t protocol_len = ssk_cursor_u8(&cursor);
    if (cursor.failed)
        return SSK_ETRUNC;
    if ((hardware != ARP_HARDWARE_ETHERNET && hardware != ARP_HARDWARE_IEEE802) ||
        protocol != ARP_PROTOCOL_IPV4 || hardware_len != 6 || protocol_len != 4)
        return SSK_EUNSUPPORTED;
    ssk_arp_hdr hdr;
    hdr.operation = ssk_cursor_be16(&cursor);
    hdr.sender_mac = ssk_cursor_mac(&cursor);
    hdr.sender = ssk_cursor_addr(&cursor, 4);
    hdr.target_mac = ssk_cursor_mac(&cursor);
    hdr.target = ssk_cursor_addr(&cursor, 4);
    if (cursor.failed)
        return SSK_ETRUNC;
    *ret = hdr;
    return SSK_OK;
}
