/* fuzz_link.c - any frame of any link type. Two bytes of link type, then the frame.
 *
 * Oracle: documented statuses and bounds, and a decoder that looks no further
 * than it says: the bytes up to the network layer (and the first one of it,
 * which tells IPv4 from IPv6) decode to the same answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/link.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 65536)
        return 0;
    uint16_t linktype = (uint16_t)(data[0] << 8 | data[1]);
    uint32_t len = (uint32_t)size - 2;
    data += 2;

    ssk_link link;
    uint32_t offset = UINT32_MAX;
    ssk_status status = ssk_decode_link(linktype, data, len, &link, &offset);
    g_assert_true(status == SSK_OK || status == SSK_EUNSUPPORTED || status == SSK_ETRUNC ||
                  status == SSK_EFORMAT || status == SSK_ELIMIT);
    g_assert_cmpuint(link.vlan_tags, <=, 9);
    g_assert_cmpuint(link.vlan_id, <=, 4095);
    g_assert_cmpuint(link.wlan.type, <=, 3);
    g_assert_cmpuint(link.wlan.subtype, <=, 15);
    if (link.has_process) {
        const uint8_t *name = (const uint8_t *)link.process_name;
        g_assert_cmpuint(link.process_name_len, <=, 17);
        g_assert_true(name >= data && name + link.process_name_len <= data + len);
        g_assert_null(memchr(name, 0, link.process_name_len));
    }
    if (status != SSK_OK)
        return 0;
    g_assert_cmpuint(offset, <=, len);

    uint32_t needed = offset < len ? offset + 1 : len;
    uint8_t *exact = g_malloc(needed ? needed : 1);
    if (needed)
        memcpy(exact, data, needed);
    ssk_link again;
    uint32_t again_offset;
    g_assert_cmpint(ssk_decode_link(linktype, exact, needed, &again, &again_offset), ==, SSK_OK);
    g_assert_cmpuint(again_offset, ==, offset);
    g_assert_cmphex(again.ethertype, ==, link.ethertype);
    g_free(exact);
    return 0;
}
