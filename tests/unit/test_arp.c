/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/arp.h"
#include "tests/unit/frame.h"

#define REQUEST "0001 0800 06 04 0001 0a0000000001 0a000001 000000000000 0a000002"

static void test_request(void)
{
    frame f = frame_hex(REQUEST);
    ssk_arp_hdr arp;
    g_assert_cmpint(ssk_decode_arp(f.data, f.len, &arp), ==, SSK_OK);
    g_assert_cmpuint(arp.operation, ==, 1);
    g_assert_cmpuint(arp.sender_mac.bytes[5], ==, 1);
    g_assert_cmpuint(arp.sender.family, ==, 4);
    g_assert_cmpuint(arp.sender.bytes[3], ==, 1);
    g_assert_cmpuint(arp.target.bytes[3], ==, 2);
    g_assert_cmpuint(arp.target.bytes[4], ==, 0);
}

static void test_cuts(void)
{
    frame f = frame_hex(REQUEST);
    for (uint32_t len = 0; len < f.len; len++) {
        frame cut = frame_cut(f, len);
        ssk_arp_hdr arp;
        g_assert_cmpint(ssk_decode_arp(cut.data, cut.len, &arp), ==, SSK_ETRUNC);
    }
}

static void test_others(void)
{
    static const char *const heads[] = {
        "0007 0800 06 04 0001",
        "0001 86dd 06 04 0001",
        "0001 0800 08 04 0001",
        "0001 0800 06 10 0001",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(heads); i++) {
        frame f = frame_hex(heads[i]);
        ssk_arp_hdr arp;
        g_assert_cmpint(ssk_decode_arp(f.data, f.len, &arp), ==, SSK_EUNSUPPORTED);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arp/a request", test_request);
    g_test_add_func("/arp/a cut message is a cut message", test_cuts);
    g_test_add_func("/arp/other hardware and protocols are unsupported", test_others);
    return g_test_run();
}
