/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/udp.h"
#include "tests/unit/frame.h"

static ssk_status decode(const char *hex, ssk_udp_hdr *ret)
{
    frame f = frame_hex(hex);
    return ssk_decode_udp(f.data, f.len, ret);
}

static void test_plain(void)
{
    ssk_udp_hdr udp;
    g_assert_cmpint(decode("14e9 0035 000c 0000 01020304", &udp), ==, SSK_OK);
    g_assert_cmpuint(udp.src_port, ==, 5353);
    g_assert_cmpuint(udp.dst_port, ==, 53);
    g_assert_cmpuint(udp.length, ==, 12);
}

static void test_cuts(void)
{
    frame f = frame_hex("14e9 0035 000c 0000");
    for (uint32_t len = 0; len < f.len; len++) {
        frame cut = frame_cut(f, len);
        ssk_udp_hdr udp;
        g_assert_cmpint(ssk_decode_udp(cut.data, cut.len, &udp), ==, SSK_ETRUNC);
    }
}

static void test_length(void)
{
    ssk_udp_hdr udp;
    g_assert_cmpint(decode("14e9 0035 0000 0000", &udp), ==, SSK_OK);
    g_assert_cmpint(decode("14e9 0035 0001 0000", &udp), ==, SSK_EFORMAT);
    g_assert_cmpint(decode("14e9 0035 0007 0000", &udp), ==, SSK_EFORMAT);
    g_assert_cmpint(decode("14e9 0035 0008 0000", &udp), ==, SSK_OK);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/udp/a plain header", test_plain);
    g_test_add_func("/udp/fewer than eight bytes are a cut header", test_cuts);
    g_test_add_func("/udp/a length below the header is malformed, none is a jumbogram",
                    test_length);
    return g_test_run();
}
