/* fuzz_arp.c - any ARP message. Oracle: RFC 826's layout, read a second way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/arp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    ssk_arp_hdr arp = {.operation = 0x5a5a};
    ssk_status status = ssk_decode_arp(data, (uint32_t)size, &arp);
    if (status != SSK_OK) {
        g_assert_true(status == SSK_ETRUNC ? size < 28 : status == SSK_EUNSUPPORTED);
        g_assert_cmphex(arp.operation, ==, 0x5a5a);
        return 0;
    }
    static const uint8_t zeros[12];
    g_assert_cmpuint(size, >=, 28);
    g_assert_true(memcmp(data + 2, "\x08\x00\x06\x04", 4) == 0);
    g_assert_cmpuint(arp.operation, ==, data[6] << 8 | data[7]);
    g_assert_cmpmem(arp.sender_mac.bytes, 6, data + 8, 6);
    g_assert_cmpmem(arp.sender.bytes, 4, data + 14, 4);
    g_assert_cmpmem(arp.target_mac.bytes, 6, data + 18, 6);
    g_assert_cmpmem(arp.target.bytes, 4, data + 24, 4);
    g_assert_cmpmem(arp.target.bytes + 4, 12, zeros, 12);
    g_assert_true(arp.sender.family == 4 && arp.target.family == 4);
    return 0;
}
