/* fuzz_ip.c - any IP header. Two bytes of wire length beyond the captured one, then the packet.
 *
 * Oracle: documented ranges, payload inside the wire's bytes, nothing written on failure.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/ip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 65536)
        return 0;
    uint32_t len = (uint32_t)size - 2;
    uint32_t wire_len = len + (uint32_t)(data[0] << 8 | data[1]);
    data += 2;

    ssk_ip_hdr ip, before;
    memset(&ip, 0x5a, sizeof ip);
    before = ip;
    ssk_status status = ssk_decode_ip(data, len, wire_len, &ip);
    if (status != SSK_OK) {
        g_assert_true(status == SSK_ETRUNC || status == SSK_EFORMAT || status == SSK_ELIMIT);
        g_assert_true(memcmp(&ip.src, &before.src, sizeof ip.src) == 0);
        g_assert_cmpuint(ip.payload_len, ==, before.payload_len);
        return 0;
    }
    g_assert_true(ip.version == data[0] >> 4 && (ip.version == 4 || ip.version == 6));
    g_assert_cmpuint(ip.payload_offset, >=, ip.version == 4 ? 20 : 40);
    g_assert_cmpuint(ip.payload_offset, <=, len);
    g_assert_true(ip.payload_len == 0 || ip.payload_offset + ip.payload_len <= wire_len);
    g_assert_true(ip.fragment == (ip.fragment_offset || ip.more_fragments));
    g_assert_cmpuint(ip.fragment_offset % 8, ==, 0);
    g_assert_cmpuint(ip.fragment_offset, <=, 65528);
    g_assert_true(ip.has_id || ip.version == 6);
    g_assert_true(ip.src.family == ip.version && ip.dst.family == ip.version);
    static const uint8_t zeros[12];
    if (ip.version == 4)
        g_assert_cmpmem(ip.src.bytes + 4, 12, zeros, 12);

    /* the header is all it needs; the bytes after it change nothing but what was readable */
    ssk_ip_hdr again;
    g_assert_cmpint(ssk_decode_ip(data, ip.payload_offset, wire_len, &again), ==, SSK_OK);
    g_assert_cmpuint(again.payload_len, ==, ip.payload_len);
    g_assert_cmpuint(again.protocol, ==, ip.protocol);
    return 0;
}
