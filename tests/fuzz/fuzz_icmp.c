/* fuzz_icmp.c - any ICMP or ICMPv6 message. One byte: odd is version 6; then the message.
 *
 * Oracle: only errors quote, only neighbor discovery has a target, and what is
 * told stands in the bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/icmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool holds(const uint8_t *data, size_t size, const void *part, size_t part_size)
{
    for (size_t i = 0; i + part_size <= size; i++)
        if (memcmp(data + i, part, part_size) == 0)
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1 || size > 4096)
        return 0;
    unsigned version = data[0] & 1 ? 6 : 4;
    data++;
    size--;
    ssk_icmp_hdr icmp;
    ssk_status status = ssk_decode_icmp(version, data, (uint32_t)size, &icmp);
    g_assert_cmpint(status, ==, size < 4 ? SSK_ETRUNC : SSK_OK);
    if (status != SSK_OK)
        return 0;
    g_assert_cmpuint(icmp.version, ==, version);
    g_assert_cmpuint(icmp.type, ==, data[0]);
    g_assert_cmpuint(icmp.code, ==, data[1]);
    if (icmp.has_quote) {
        g_assert_true(version == 6 ? icmp.type >= 1 && icmp.type <= 4
                                   : icmp.type >= 3 && icmp.type <= 12);
        size_t len = icmp.quote_src.family == 4 ? 4 : 16;
        g_assert_cmpuint(icmp.quote_src.family, ==, icmp.quote_dst.family);
        g_assert_true(holds(data + 8, size - 8, icmp.quote_src.bytes, len));
        g_assert_true(holds(data + 8, size - 8, icmp.quote_dst.bytes, len));
    } else {
        g_assert_true(icmp.quote_src_port == 0 && icmp.quote_seq == 0);
    }
    if (icmp.has_target) {
        g_assert_true(version == 6 && (icmp.type == 135 || icmp.type == 136));
        g_assert_cmpmem(icmp.target.bytes, 16, data + 8, 16);
    }
    if (icmp.has_target_mac) {
        g_assert_true(icmp.has_target);
        g_assert_true(holds(data + 24, size - 24, icmp.target_mac.bytes, 6));
    }
    return 0;
}
