/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/packet.h"
#include "tests/unit/frame.h"

#define ETHER    "0a0000000002 0a0000000001 "
#define V4_ADDRS "0a000001 0a000002"
#define V6_ADDRS "fe80000000000000 0000000000000001 fe80000000000000 0000000000000002"
#define TCP      "c353 1b58 11223344 55667788 5018 ffff 0000 0000 "

/** @param wire_len 0: nothing was cut */
static ssk_packet decode(uint16_t linktype, const char *hex, uint32_t wire_len)
{
    frame f = frame_hex(hex);
    ssk_event event = {.bytes = f.data,
                       .cap_len = f.len,
                       .linktype = linktype,
                       .wire_len = wire_len ? wire_len : f.len};
    ssk_packet packet;
    memset(&packet, 0xa5, sizeof packet); /* what the decoder leaves alone must not matter */
    ssk_decode_packet(&event, &packet);
    packet.event = NULL;
    return packet;
}

static void test_tcp(void)
{
    ssk_packet p = decode(1, ETHER "0800 4500 002c 0001 4000 4006 0000" V4_ADDRS TCP "01020304", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.src_port, ==, 50003);
    g_assert_cmpuint(p.dst_port, ==, 7000);
    g_assert_cmpuint(p.payload_len, ==, 4);
    g_assert_cmpuint(p.payload_cap, ==, 4);
    g_assert_cmpuint(p.payload[3], ==, 4);
}

static void test_padding(void)
{
    ssk_packet p = decode(1, ETHER "0800 4500 0028 0001 4000 4006 0000" V4_ADDRS TCP "000000000000",
                          0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.payload_len, ==, 0);
    g_assert_cmpuint(p.payload_cap, ==, 0);
}

static void test_short_snap_length(void)
{
    ssk_packet p = decode(1, ETHER "0800 4500 05dc 0001 4000 4006 0000" V4_ADDRS TCP "0102", 1514);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.payload_len, ==, 1460);
    g_assert_cmpuint(p.payload_cap, ==, 2);
}

static void test_offload(void)
{
    ssk_packet p = decode(1, ETHER "0800 4500 0000 0001 4000 4006 0000" V4_ADDRS TCP "0102", 20054);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.payload_len, ==, 20000);
}

static void test_udp_length(void)
{
    /* UDP's own length rules below IP's */
    ssk_packet p = decode(
        1, ETHER "0800 4500 0020 0001 0000 4011 0000" V4_ADDRS "1388 1389 000a 0000 01020304", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_UDP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.payload_len, ==, 2);
    p = decode(
        1, ETHER "0800 4500 0020 0001 0000 4011 0000" V4_ADDRS "1388 1389 ffff 0000 01020304", 0);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_LENGTH);
    g_assert_cmpuint(p.payload_len, ==, 4);
}

static void test_fragments(void)
{
    ssk_packet p = decode(
        1, ETHER "0800 4500 0020 0001 2000 4011 0000" V4_ADDRS "1388 1389 0800 0000 01020304", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_UDP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.payload_len, ==, 4);
    p = decode(
        1, ETHER "0800 4500 0020 0001 0001 4011 0000" V4_ADDRS "1388 1389 0800 0000 01020304", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_FRAGMENT);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.src_port, ==, 0);
    /* the transport header itself is split */
    p = decode(1, ETHER "0800 4500 001c 0001 2000 4006 0000" V4_ADDRS "c353 1b58 11223344", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_FRAGMENT);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    /* ... and cut by the capture before that: no one knows */
    p = decode(1, ETHER "0800 4500 0200 0001 2000 4006 0000" V4_ADDRS "c353 1b58 11223344", 600);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_IP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_TRUNCATED);
}

static void test_damaged_tcp(void)
{
    ssk_packet p = decode(1,
                          ETHER "0800 4500 0028 0001 4000 4006 0000" V4_ADDRS
                                "c353 1b58 11223344 55667788 2018 ffff 0000 0000",
                          0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_FORMAT);
    g_assert_cmpuint(p.src_port, ==, 50003);
    g_assert_cmpuint(p.tcp.flags, ==, 0);
    g_assert_cmpuint(p.tcp.seq, ==, 0);
    g_assert_cmpuint(p.payload_len, ==, 0);
    /* options longer than the segment */
    p = decode(1,
               ETHER "0800 4500 0028 0001 4000 4006 0000" V4_ADDRS
                     "c353 1b58 11223344 55667788 f018 ffff 0000 0000",
               0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_LENGTH);
    g_assert_cmpuint(p.payload_len, ==, 0);
}

static void test_problems(void)
{
    ssk_packet p = decode(147, ETHER "0800", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_OTHER);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_LINKTYPE);
    p = decode(1, ETHER, 60);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_TRUNCATED);
    p = decode(1, ETHER, 0); /* nothing was cut: the frame is too short */
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_LENGTH);
    p = decode(1, ETHER "0800 3500", 0);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_FORMAT);
    g_assert_cmpuint(p.ip.version, ==, 0);
    p = decode(1, ETHER "0806 0001 0800", 60);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_TRUNCATED);
    p = decode(1,
               ETHER "8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001 8100 0001"
                     "8100 0001 8100 0001 0800",
               0);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_DEPTH);
    p = decode(1, "", 0);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_LENGTH);
    for (int i = SSK_PROBLEM_NONE; i <= SSK_PROBLEM_DEPTH; i++)
        g_assert_cmpuint(strlen(ssk_problem_text((ssk_problem)i)), >, 3);
}

static void test_no_problem(void)
{
    /* nothing to decode is not a fault */
    ssk_packet p = decode(1, ETHER "888e 02030000", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_OTHER);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    p = decode(1, ETHER "0800 4500 0018 0001 0000 4084 0000" V4_ADDRS "00000000", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_IP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(p.payload_len, ==, 4);
    /* ARP of another network */
    p = decode(1, ETHER "0806 0007 0800 0804 0001", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_OTHER);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
}

static void test_arp_and_icmp(void)
{
    ssk_packet p = decode(1,
                          ETHER "0806 0001 0800 06 04 0001 0a0000000001 0a000001"
                                "000000000000 0a000002",
                          0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_ARP);
    g_assert_cmpuint(p.arp.operation, ==, 1);
    p = decode(1, ETHER "86dd 60000000 0008 3a ff" V6_ADDRS "8700 0000 00000000", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_ICMP);
    g_assert_cmpuint(p.icmp.version, ==, 6);
    g_assert_cmpuint(p.payload_len, ==, 4);
    /* ICMPv6 in IPv4 means nothing */
    p = decode(1, ETHER "0800 4500 001c 0001 0000 403a 0000" V4_ADDRS "8700 0000 00000000", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_IP);
}

#define INNER "4500 0020 0001 0000 4011 0000 c0a80001 c0a80002 1388 1389 000c 0000 01020304"

static void test_tunnels(void)
{
    static const char *const frames[] = {
        "0800 4500 0034 0001 0000 4004 0000" V4_ADDRS INNER,             /* IP in IP */
        "86dd 60000000 0020 04 40" V6_ADDRS INNER,                       /* 4 in 6 */
        "0800 4500 0038 0001 0000 402f 0000" V4_ADDRS "0000 0800" INNER, /* GRE */
        "0800 4500 0044 0001 0000 402f 0000" V4_ADDRS
        "b000 0800 00000000 00000001 00000002" INNER, /* with checksum, key, sequence */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(frames); i++) {
        char *hex = g_strconcat(ETHER, frames[i], NULL);
        ssk_packet p = decode(1, hex, 0);
        g_assert_cmpint(p.kind, ==, SSK_PACKET_UDP);
        g_assert_cmpint(p.problem, ==, SSK_PROBLEM_NONE);
        g_assert_cmpuint(p.ip.src.bytes[0], ==, 192);
        g_assert_cmpuint(p.dst_port, ==, 5001);
        g_assert_cmpuint(p.payload_len, ==, 4);
        g_free(hex);
    }
    /* PPP in GRE (PPTP) stays GRE */
    ssk_packet p = decode(
        1, ETHER "0800 4500 0020 0001 0000 402f 0000" V4_ADDRS "3001 880b 00000000 00000000", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_IP);
    g_assert_cmpuint(p.ip.protocol, ==, 47);
    /* a tunnel that holds no IP: the outer packet stays what it was */
    p = decode(1, ETHER "0800 4500 0018 0001 0000 4004 0000" V4_ADDRS "00000000", 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_IP);
    g_assert_cmpuint(p.ip.protocol, ==, 4);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_FORMAT);
}

static void test_damaged_tcp_in_a_tunnel(void)
{
    ssk_packet p = decode(101,
                          "4500 0050 0001 4000 4029 0000" V4_ADDRS "6000 0000 0014 0640" V6_ADDRS
                          "c353 1b58 11223344 55667788 3018 ffff 0000 0000",
                          0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_TCP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_FORMAT);
    g_assert_cmpuint(p.src_port, ==, 50003);
    g_assert_null(p.payload);
    g_assert_cmpuint(p.payload_cap, ==, 0);
    g_assert_cmpuint(p.payload_len, ==, 0);
}

static void test_tunnel_depth(void)
{
    GString *hex = g_string_new(ETHER "0800 ");
    for (unsigned i = 6; i--;)
        g_string_append_printf(hex, "4500 %04x 0001 0000 4004 0000" V4_ADDRS, 32 + 20 * (i + 1));
    g_string_append(hex, INNER);
    ssk_packet p = decode(1, hex->str, 0);
    g_assert_cmpint(p.kind, ==, SSK_PACKET_IP);
    g_assert_cmpint(p.problem, ==, SSK_PROBLEM_DEPTH);
    g_string_free(hex, TRUE);
}

static void test_every_cut(void)
{
    frame f = frame_hex(
        ETHER "8100 0001 0800 4500 004c 0001 0000 402f 0000" V4_ADDRS "0000 0800"
              "4500 0034 0001 4000 4006 0000" V4_ADDRS
              "c353 1b58 11223344 55667788 8018 ffff 0000 0000 0101 080a 00000001 00000002");
    for (uint32_t len = 0; len <= f.len; len++) {
        frame cut = frame_cut(f, len);
        ssk_event event = {.bytes = cut.data, .cap_len = cut.len, .wire_len = f.len, .linktype = 1};
        ssk_packet p;
        ssk_decode_packet(&event, &p);
        bool whole = len >= 18 + 20 + 4 + 20 + 16; /* up to TCP's window */
        g_assert_true(whole == (p.kind == SSK_PACKET_TCP));
        if (p.kind == SSK_PACKET_OTHER || p.kind == SSK_PACKET_IP)
            g_assert_cmpint(p.problem, ==, SSK_PROBLEM_TRUNCATED);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/packet/TCP in IPv4 in Ethernet", test_tcp);
    g_test_add_func("/packet/padding is not payload", test_padding);
    g_test_add_func("/packet/a short snap length hides bytes, not lengths", test_short_snap_length);
    g_test_add_func("/packet/a length of nothing is an offloaded segment", test_offload);
    g_test_add_func("/packet/UDP's length is believed within IP's", test_udp_length);
    g_test_add_func("/packet/a later fragment belongs to no flow, a first one does",
                    test_fragments);
    g_test_add_func("/packet/a damaged TCP header still has ports", test_damaged_tcp);
    g_test_add_func("/packet/each problem has its name", test_problems);
    g_test_add_func("/packet/what is not ours to decode is no problem", test_no_problem);
    g_test_add_func("/packet/ARP and ICMP are told apart", test_arp_and_icmp);
    g_test_add_func("/packet/the packet in a tunnel is the one that counts", test_tunnels);
    g_test_add_func("/packet/a damaged TCP header in a tunnel has no payload",
                    test_damaged_tcp_in_a_tunnel);
    g_test_add_func("/packet/tunnels have a bottom", test_tunnel_depth);
    g_test_add_func("/packet/a cut anywhere is told, never hidden", test_every_cut);
    return g_test_run();
}
