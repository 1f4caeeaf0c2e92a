/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/ip.h"
#include "tests/unit/frame.h"

#define V4_ADDRS "0a000001 0a000002"
#define V6_ADDRS "fe80000000000000 0000000000000001 fe80000000000000 0000000000000002"

static ssk_status decode(const char *hex, uint32_t wire_len, ssk_ip_hdr *ret)
{
    frame f = frame_hex(hex);
    return ssk_decode_ip(f.data, f.len, wire_len, ret);
}

static void test_v4(void)
{
    ssk_ip_hdr ip;
    g_assert_cmpint(decode("45b8 0030 1234 4000 4006 0000" V4_ADDRS, 48, &ip), ==, SSK_OK);
    g_assert_cmpuint(ip.version, ==, 4);
    g_assert_cmpuint(ip.protocol, ==, 6);
    g_assert_cmpuint(ip.ttl, ==, 64);
    g_assert_cmphex(ip.tos, ==, 0xb8);
    g_assert_true(ip.has_id);
    g_assert_cmphex(ip.id, ==, 0x1234);
    g_assert_true(ip.dont_fragment);
    g_assert_false(ip.fragment);
    g_assert_cmpuint(ip.payload_offset, ==, 20);
    g_assert_cmpuint(ip.payload_len, ==, 28);
    g_assert_false(ip.length_lies);
    const ssk_addr src = {.family = 4, .bytes = {10, 0, 0, 1}};
    g_assert_cmpmem(&ip.src, sizeof ip.src, &src, sizeof src);
}

static void test_v4_options(void)
{
    ssk_ip_hdr ip;
    g_assert_cmpint(decode("4600 0024 0000 0000 4011 0000" V4_ADDRS "94040000", 36, &ip), ==,
                    SSK_OK);
    g_assert_cmpuint(ip.payload_offset, ==, 24);
    g_assert_cmpuint(ip.payload_len, ==, 12);
    g_assert_cmpint(decode("4600 0024 0000 0000 4011 0000" V4_ADDRS "9404", 36, &ip), ==,
                    SSK_ETRUNC);
}

static void test_v4_fragments(void)
{
    ssk_ip_hdr ip;
    g_assert_cmpint(decode("4500 05dc 0007 2000 4011 0000" V4_ADDRS, 1500, &ip), ==, SSK_OK);
    g_assert_true(ip.fragment);
    g_assert_true(ip.more_fragments);
    g_assert_cmpuint(ip.fragment_offset, ==, 0);
    g_assert_cmpint(decode("4500 0100 0007 00b9 4011 0000" V4_ADDRS, 256, &ip), ==, SSK_OK);
    g_assert_true(ip.fragment);
    g_assert_false(ip.more_fragments);
    g_assert_cmpuint(ip.fragment_offset, ==, 1480);
}

static void test_lengths(void)
{
    ssk_ip_hdr ip;
    /* segmentation offload: the stack did not know yet */
    g_assert_cmpint(decode("4500 0000 0000 4000 4006 0000" V4_ADDRS, 9000, &ip), ==, SSK_OK);
    g_assert_cmpuint(ip.payload_len, ==, 8980);
    g_assert_false(ip.length_lies);
    /* more than there was */
    g_assert_cmpint(decode("4500 ffff 0000 4000 4006 0000" V4_ADDRS, 100, &ip), ==, SSK_OK);
    g_assert_cmpuint(ip.payload_len, ==, 80);
    g_assert_true(ip.length_lies);
    /* less: the rest is padding of the link layer */
    g_assert_cmpint(decode("4500 001c 0000 4000 4011 0000" V4_ADDRS, 46, &ip), ==, SSK_OK);
    g_assert_cmpuint(ip.payload_len, ==, 8);
    g_assert_false(ip.length_lies);
    /* less than its own header */
    g_assert_cmpint(decode("4500 0013 0000 4000 4011 0000" V4_ADDRS, 46, &ip), ==, SSK_EFORMAT);
    /* a host that gives a wire length below what it holds */
    g_assert_cmpint(decode("4500 0014 0000 4000 4011 0000" V4_ADDRS, 0, &ip), ==, SSK_OK);
    g_assert_cmpuint(ip.payload_len, ==, 0);
    /* IPv6: a jumbogram, and a chain longer than the payload it is part of */
    g_assert_cmpint(decode("60000000 0000 0040" V6_ADDRS "3b00 c204 00011170 ", 70048, &ip), ==,
                    SSK_OK);
    g_assert_cmpuint(ip.payload_len, ==, 70000);
    g_assert_false(ip.length_lies);
    g_assert_cmpint(decode("60000000 0004 0040" V6_ADDRS "3b00 0104 00000000", 100, &ip), ==,
                    SSK_OK);
    g_assert_cmpuint(ip.payload_len, ==, 0);
    g_assert_true(ip.length_lies);
}

static void test_v6(void)
{
    ssk_ip_hdr ip;
    g_assert_cmpint(decode("6b812345 0008 11 ff" V6_ADDRS, 48, &ip), ==, SSK_OK);
    g_assert_cmpuint(ip.version, ==, 6);
    g_assert_cmphex(ip.tos, ==, 0xb8);
    g_assert_cmpuint(ip.protocol, ==, 17);
    g_assert_cmpuint(ip.ttl, ==, 255);
    g_assert_false(ip.has_id);
    g_assert_false(ip.fragment);
    g_assert_cmpuint(ip.payload_offset, ==, 40);
    g_assert_cmpuint(ip.payload_len, ==, 8);
    g_assert_cmpuint(ip.dst.family, ==, 6);
    g_assert_cmpuint(ip.dst.bytes[15], ==, 2);
}

static void test_v6_extensions(void)
{
    ssk_ip_hdr ip;
    /* hop-by-hop, routing (16 bytes), destination options, authentication (24 bytes), TCP */
    g_assert_cmpint(decode("60000000 004c 00 40" V6_ADDRS "2b00 0502 0000 0100"
                           "3c01 0000 00000000 00000000 00000000"
                           "3300 0104 00000000"
                           "0604 0000 00000001 00000001 000000000000000000000000",
                           116, &ip),
                    ==, SSK_OK);
    g_assert_cmpuint(ip.protocol, ==, 6);
    g_assert_cmpuint(ip.payload_offset, ==, 40 + 8 + 16 + 8 + 24);
    g_assert_cmpuint(ip.payload_len, ==, 0x4c - 56);
}

static void test_v6_fragments(void)
{
    ssk_ip_hdr ip;
    g_assert_cmpint(decode("60000000 0010 2c 40" V6_ADDRS "1100 0001 cafebabe", 56, &ip), ==,
                    SSK_OK);
    g_assert_true(ip.fragment);
    g_assert_true(ip.more_fragments);
    g_assert_true(ip.has_id);
    g_assert_cmphex(ip.id, ==, 0xcafebabe);
    g_assert_cmpuint(ip.protocol, ==, 17);
    g_assert_cmpuint(ip.payload_len, ==, 8);
    /* a later one: destination options would be data, not a header */
    g_assert_cmpint(decode("60000000 0010 2c 40" V6_ADDRS "3c00 0008 cafebabe", 56, &ip), ==,
                    SSK_OK);
    g_assert_cmpuint(ip.fragment_offset, ==, 8);
    g_assert_cmpuint(ip.protocol, ==, 60);
    g_assert_cmpuint(ip.payload_offset, ==, 48);
    /* RFC 6946: alone and whole */
    g_assert_cmpint(decode("60000000 0010 2c 40" V6_ADDRS "1100 0000 cafebabe", 56, &ip), ==,
                    SSK_OK);
    g_assert_false(ip.fragment);
}

static void test_chain_bound(void)
{
    for (unsigned n = 15; n <= 17; n++) {
        GString *hex = g_string_new("60000000 0800 3c 40" V6_ADDRS);
        for (unsigned i = 1; i <= n; i++)
            g_string_append(hex, i == n ? "1100 0104 00000000" : "3c00 0104 00000000");
        ssk_ip_hdr ip;
        g_assert_cmpint(decode(hex->str, 4000, &ip), ==, n <= 16 ? SSK_OK : SSK_ELIMIT);
        g_string_free(hex, TRUE);
    }
}

static void test_cuts(void)
{
    frame f = frame_hex("60000000 0020 00 40" V6_ADDRS "2c00 0104 00000000 1100 0001 cafebabe");
    for (uint32_t len = 0; len < f.len; len++) {
        frame cut = frame_cut(f, len);
        ssk_ip_hdr ip = {.protocol = 99};
        g_assert_cmpint(ssk_decode_ip(cut.data, cut.len, 100, &ip), ==, SSK_ETRUNC);
        g_assert_cmpuint(ip.protocol, ==, 99); /* untouched on failure */
    }
}

static void test_forbidden(void)
{
    ssk_ip_hdr ip;
    g_assert_cmpint(decode("5500 0014 0000 0000 4006 0000" V4_ADDRS, 20, &ip), ==, SSK_EFORMAT);
    g_assert_cmpint(decode("4400 0014 0000 0000 4006 0000" V4_ADDRS, 20, &ip), ==, SSK_EFORMAT);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ip/an IPv4 header", test_v4);
    g_test_add_func("/ip/IPv4 options are skipped", test_v4_options);
    g_test_add_func("/ip/IPv4 fragments tell their place", test_v4_fragments);
    g_test_add_func("/ip/a length is believed as far as the wire allows", test_lengths);
    g_test_add_func("/ip/an IPv6 header", test_v6);
    g_test_add_func("/ip/IPv6 extension headers are skipped", test_v6_extensions);
    g_test_add_func("/ip/IPv6 fragments tell their place", test_v6_fragments);
    g_test_add_func("/ip/sixteen extension headers are enough", test_chain_bound);
    g_test_add_func("/ip/a cut header is a cut header", test_cuts);
    g_test_add_func("/ip/a wrong version or header length is malformed", test_forbidden);
    return g_test_run();
}
