/* fuzz_udp.c - any UDP header. Oracle: RFC 768's layout, read a second way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/decode/udp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    ssk_udp_hdr udp = {.length = 0x5a5a};
    ssk_status status = ssk_decode_udp(data, (uint32_t)size, &udp);
    if (size < 8) {
        g_assert_cmpint(status, ==, SSK_ETRUNC);
        g_assert_cmphex(udp.length, ==, 0x5a5a);
        return 0;
    }
    unsigned length = (unsigned)(data[4] << 8 | data[5]);
    g_assert_cmpint(status, ==, length == 0 || length >= 8 ? SSK_OK : SSK_EFORMAT);
    if (status == SSK_OK) {
        g_assert_cmpuint(udp.length, ==, length);
        g_assert_cmpuint(udp.src_port, ==, data[0] << 8 | data[1]);
        g_assert_cmpuint(udp.dst_port, ==, data[2] << 8 | data[3]);
    }
    return 0;
}
