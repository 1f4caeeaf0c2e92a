/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/icmp.h"
#include "tests/unit/frame.h"

#define V6_ADDRS "fe80000000000000 0000000000000001 fe80000000000000 0000000000000002"
#define TARGET   "fe80000000000000 00000000000000aa"

static ssk_status decode(unsigned version, const char *hex, ssk_icmp_hdr *ret)
{
    frame f = frame_hex(hex);
    return ssk_decode_icmp(version, f.data, f.len, ret);
}

static void test_port_unreachable(void)
{
    ssk_icmp_hdr icmp;
    g_assert_cmpint(decode(4,
                           "0303 0000 00000000"
                           "4500 0400 0001 0000 4011 0000 0a000001 0a000002"
                           "1388 1389 03ec 0000",
                           &icmp),
                    ==, SSK_OK);
    g_assert_cmpuint(icmp.version, ==, 4);
    g_assert_cmpuint(icmp.type, ==, 3);
    g_assert_cmpuint(icmp.code, ==, 3);
    g_assert_true(icmp.has_quote);
    g_assert_cmpuint(icmp.quote_protocol, ==, 17);
    g_assert_cmpuint(icmp.quote_src.bytes[3], ==, 1);
    g_assert_cmpuint(icmp.quote_dst.bytes[3], ==, 2);
    g_assert_cmpuint(icmp.quote_src_port, ==, 5000);
    g_assert_cmpuint(icmp.quote_dst_port, ==, 5001);
    g_assert_cmpuint(icmp.quote_seq, ==, 0);
}

static void test_v6_quote(void)
{
    ssk_icmp_hdr icmp;
    g_assert_cmpint(decode(6,
                           "0300 0000 00000000"
                           "60000000 0100 06 40" V6_ADDRS "c353 1b58 11223344",
                           &icmp),
                    ==, SSK_OK);
    g_assert_true(icmp.has_quote);
    g_assert_cmpuint(icmp.quote_protocol, ==, 6);
    g_assert_cmphex(icmp.quote_seq, ==, 0x11223344);
    g_assert_cmpuint(icmp.quote_dst_port, ==, 7000);
}

static void test_cut_quote(void)
{
    frame f = frame_hex("0303 0000 00000000"
                        "4500 0400 0001 0000 4006 0000 0a000001 0a000002"
                        "1388 1389 03ec 0000");
    for (uint32_t len = 0; len < f.len; len++) {
        frame cut = frame_cut(f, len);
        ssk_icmp_hdr icmp;
        g_assert_cmpint(ssk_decode_icmp(4, cut.data, cut.len, &icmp), ==,
                        len < 4 ? SSK_ETRUNC : SSK_OK);
        g_assert_true(len < 4 || !icmp.has_quote);
    }
}

static void test_quote_without_ports(void)
{
    ssk_icmp_hdr icmp;
    /* a later fragment: its first bytes are data */
    g_assert_cmpint(decode(4,
                           "0b01 0000 00000000"
                           "4500 0400 0001 00b9 4011 0000 0a000001 0a000002"
                           "1388 1389 03ec 0000",
                           &icmp),
                    ==, SSK_OK);
    g_assert_true(icmp.has_quote);
    g_assert_cmpuint(icmp.quote_src_port, ==, 0);
    /* ICMP in ICMP */
    g_assert_cmpint(decode(4,
                           "0301 0000 00000000"
                           "4500 0400 0001 0000 4001 0000 0a000001 0a000002",
                           &icmp),
                    ==, SSK_OK);
    g_assert_true(icmp.has_quote);
    g_assert_cmpuint(icmp.quote_protocol, ==, 1);
}

static void test_echo(void)
{
    ssk_icmp_hdr icmp;
    g_assert_cmpint(decode(4, "0800 0000 00010001 45000014", &icmp), ==, SSK_OK);
    g_assert_false(icmp.has_quote);
    g_assert_cmpint(decode(6, "8000 0000 00010001 60000000", &icmp), ==, SSK_OK);
    g_assert_false(icmp.has_quote);
    g_assert_false(icmp.has_target);
}

static void test_neighbour(void)
{
    ssk_icmp_hdr icmp;
    g_assert_cmpint(
        decode(6, "8700 0000 00000000" TARGET "0e01 000000000000 0101 0a0000000001", &icmp), ==,
        SSK_OK);
    g_assert_true(icmp.has_target);
    g_assert_cmpuint(icmp.target.family, ==, 6);
    g_assert_cmphex(icmp.target.bytes[15], ==, 0xaa);
    g_assert_true(icmp.has_target_mac);
    g_assert_cmpuint(icmp.target_mac.bytes[5], ==, 1);
    /* an advertisement names the target's address, not the source's */
    g_assert_cmpint(decode(6, "8800 0000 60000000" TARGET "0101 0a0000000001", &icmp), ==, SSK_OK);
    g_assert_true(icmp.has_target);
    g_assert_false(icmp.has_target_mac);
    g_assert_cmpint(decode(6, "8800 0000 60000000" TARGET "0201 0a0000000002", &icmp), ==, SSK_OK);
    g_assert_true(icmp.has_target_mac);
}

static void test_lying_option(void)
{
    ssk_icmp_hdr icmp;
    g_assert_cmpint(decode(6, "8700 0000 00000000" TARGET "0000 0a0000000001", &icmp), ==, SSK_OK);
    g_assert_true(icmp.has_target);
    g_assert_false(icmp.has_target_mac);
    g_assert_cmpint(decode(6, "8700 0000 00000000" TARGET "01ff 0a0000000001", &icmp), ==, SSK_OK);
    g_assert_false(icmp.has_target_mac);
    g_assert_cmpint(decode(6, "8700 0000 00000000 fe80", &icmp), ==, SSK_OK);
    g_assert_false(icmp.has_target);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/icmp/an error quotes the packet it is about", test_port_unreachable);
    g_test_add_func("/icmp/an ICMPv6 error quotes too", test_v6_quote);
    g_test_add_func("/icmp/a cut quote is no quote", test_cut_quote);
    g_test_add_func("/icmp/a quote has ports only where they are", test_quote_without_ports);
    g_test_add_func("/icmp/an echo quotes nothing", test_echo);
    g_test_add_func("/icmp/neighbour discovery tells target and address", test_neighbour);
    g_test_add_func("/icmp/options that lie end the list", test_lying_option);
    return g_test_run();
}
