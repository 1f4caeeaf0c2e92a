/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/tcp.h"
#include "tests/unit/frame.h"

#define PORTS_AND_NUMBERS "c353 1b58 11223344 55667788"

static ssk_status decode(const char *hex, ssk_tcp_hdr *ret)
{
    frame f = frame_hex(hex);
    return ssk_decode_tcp(f.data, f.len, ret);
}

static void test_plain(void)
{
    ssk_tcp_hdr tcp;
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "5018 ffff 0000 0000 01020304", &tcp), ==, SSK_OK);
    g_assert_cmpuint(tcp.src_port, ==, 50003);
    g_assert_cmpuint(tcp.dst_port, ==, 7000);
    g_assert_cmphex(tcp.seq, ==, 0x11223344);
    g_assert_cmphex(tcp.ack, ==, 0x55667788);
    g_assert_cmphex(tcp.flags, ==, SSK_TCP_PSH | SSK_TCP_ACK);
    g_assert_cmpuint(tcp.header_len, ==, 20);
    g_assert_cmpuint(tcp.window, ==, 65535);
    g_assert_false(tcp.has_mss || tcp.has_window_scale || tcp.has_timestamps || tcp.sack_count);
}

static void test_syn_options(void)
{
    ssk_tcp_hdr tcp;
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "a002 faf0 0000 0000"
                                             "020405b4 0402 080a 00000010 00000020 01 030307",
                           &tcp),
                    ==, SSK_OK);
    g_assert_cmpuint(tcp.header_len, ==, 40);
    g_assert_true(tcp.has_mss && tcp.mss == 1460);
    g_assert_true(tcp.has_timestamps && tcp.ts_val == 16 && tcp.ts_ecr == 32);
    g_assert_true(tcp.has_window_scale && tcp.window_scale == 7);
}

static void test_sack(void)
{
    ssk_tcp_hdr tcp;
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "b010 0100 0000 0000"
                                             "0101 0512 00000001 00000002 00000003 00000004 0000",
                           &tcp),
                    ==, SSK_OK);
    g_assert_cmpuint(tcp.sack_count, ==, 2);
    g_assert_cmpuint(tcp.sack[0].left, ==, 1);
    g_assert_cmpuint(tcp.sack[1].right, ==, 4);
}

static void test_lying_options(void)
{
    ssk_tcp_hdr tcp;
    /* length 0, length beyond the list, wrong length for the kind, a scale above 14 */
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "6010 0100 0000 0000 0800 0000", &tcp), ==, SSK_OK);
    g_assert_false(tcp.has_timestamps);
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "6010 0100 0000 0000 080a 0000", &tcp), ==, SSK_OK);
    g_assert_false(tcp.has_timestamps);
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "6010 0100 0000 0000 0203 0503", &tcp), ==, SSK_OK);
    g_assert_false(tcp.has_mss);
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "6002 0100 0000 0000 0303 ff00", &tcp), ==, SSK_OK);
    g_assert_cmpuint(tcp.window_scale, ==, 14);
    /* after the end of the list nothing counts */
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "7002 0100 0000 0000 00 020405b4 000000", &tcp), ==,
                    SSK_OK);
    g_assert_false(tcp.has_mss);
}

static void test_cuts(void)
{
    frame f = frame_hex(PORTS_AND_NUMBERS "8010 0100 0000 0000 0101 080a 00000010 00000020");
    for (uint32_t len = 0; len <= f.len; len++) {
        frame cut = frame_cut(f, len);
        ssk_tcp_hdr tcp;
        g_assert_cmpint(ssk_decode_tcp(cut.data, cut.len, &tcp), ==,
                        len < 16 ? SSK_ETRUNC : SSK_OK);
        if (len < 16)
            continue;
        g_assert_cmpuint(tcp.header_len, ==, 32);
        g_assert_true(tcp.has_timestamps == (len == f.len));
    }
}

static void test_forbidden(void)
{
    ssk_tcp_hdr tcp;
    g_assert_cmpint(decode(PORTS_AND_NUMBERS "4010 0100 0000 0000", &tcp), ==, SSK_EFORMAT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/tcp/a plain header", test_plain);
    g_test_add_func("/tcp/the options of a SYN", test_syn_options);
    g_test_add_func("/tcp/selective acknowledgments", test_sack);
    g_test_add_func("/tcp/options that lie end the list, not the header", test_lying_options);
    g_test_add_func("/tcp/a header is good up to its window, options as far as read", test_cuts);
    g_test_add_func("/tcp/a data offset below five is malformed", test_forbidden);
    return g_test_run();
}
