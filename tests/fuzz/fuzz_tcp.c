/* fuzz_tcp.c - any TCP header.
 *
 * Oracle: good exactly when RFC 9293's fixed part is, documented ranges, and
 * options never found in bytes that are not there.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#include "core/decode/tcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4096)
        return 0;
    ssk_tcp_hdr tcp;
    ssk_status status = ssk_decode_tcp(data, (uint32_t)size, &tcp);
    if (size < 16) {
        g_assert_cmpint(status, ==, SSK_ETRUNC);
        return 0;
    }
    if (data[12] >> 4 < 5) {
        g_assert_cmpint(status, ==, SSK_EFORMAT);
        return 0;
    }
    g_assert_cmpint(status, ==, SSK_OK);
    g_assert_cmpuint(tcp.header_len, ==, (data[12] >> 4) * 4);
    g_assert_cmpuint(tcp.flags, ==, data[13]);
    g_assert_cmpuint(tcp.window, ==, data[14] << 8 | data[15]);
    g_assert_cmpuint(tcp.window_scale, <=, 14);
    g_assert_cmpuint(tcp.sack_count, <=, 4);
    size_t options = MIN(size, tcp.header_len) - MIN(size, 20u);
    size_t found = (tcp.has_mss ? 4 : 0) + (tcp.has_window_scale ? 3 : 0) +
                   (tcp.has_timestamps ? 10 : 0) + (tcp.sack_count ? 2 + 8u * tcp.sack_count : 0);
    g_assert_cmpuint(found, <=, options);
    g_assert_true(tcp.has_mss || tcp.mss == 0);
    g_assert_true(tcp.has_timestamps || (tcp.ts_val == 0 && tcp.ts_ecr == 0));
    return 0;
}
