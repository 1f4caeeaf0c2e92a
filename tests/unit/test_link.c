/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/link.h"
#include "tests/unit/frame.h"

#define MACS "0a0000000002 0a0000000001" /* destination, source */
#define IP4  "4500"
#define IP6  "6000"

/** One row: a header, and where its network layer begins. */
typedef struct sample {
    const char *name;
    uint16_t linktype;
    const char *header; /* followed by the first bytes of the network layer */
    uint16_t ethertype;
    uint32_t offset;
} sample;

#define PKTAP_HEAD(len, record, dlt)                                                           \
    len record dlt "656e30000000000000000000 000000000000000000000000" /* en0 */               \
                   "01400000 02000000 0e000000 00000000 37010000"      /* flags ... pid 311 */ \
                   "486f73706974616c457874656e73696f 6e 000000"        /* HospitalExtension */ \
                   "00000000 06000000 ffffffff"                                                \
                   "0000000000000000000000000000000000000000"

static const sample samples[] = {
    {"Ethernet", 1, MACS "0800" IP4, 0x0800, 14},
    {"Ethernet with one tag", 1, MACS "8100 0064 86dd" IP6, 0x86dd, 18},
    {"Ethernet with two tags", 1, MACS "88a8 0064 8100 0065 0800" IP4, 0x0800, 22},
    {"QinQ as vendors numbered it", 1,
     MACS "9100 0064 9200 0065 9300 0066 0806"
          "0001",
     0x0806, 26},
    {"802.3 with SNAP", 1, MACS "0020 aaaa03 000000 0800" IP4, 0x0800, 22},
    {"802.3 with SNAP behind a tag", 1, MACS "8100 0001 0020 aaaa03 000000 86dd" IP6, 0x86dd, 26},
    {"802.3 with IP straight on LLC", 1, MACS "0020 060603" IP4, 0x0800, 17},
    {"spanning tree", 1, MACS "0026 424203 0000", 0, 17},
    {"SNAP of a vendor", 1, MACS "0026 aaaa03 00000c 2000 02b4", 0, 22},
    {"a type that is neither length nor ethertype", 1, MACS "05f0 0000", 0, 14},
    {"EAPOL", 1, MACS "888e 0203", 0x888e, 14},
    {"one MPLS label", 1, MACS "8847 00010140" IP4, 0x0800, 18},
    {"three MPLS labels", 1, MACS "8847 00010040 00020040 00030140" IP6, 0x86dd, 26},
    {"MPLS with something else inside", 1, MACS "8848 00010140 0000", 0, 18},
    {"PPPoE session", 1, MACS "8864 1100 0001 0016 0021" IP4, 0x0800, 22},
    {"PPPoE session with LCP", 1, MACS "8864 1100 0001 0016 c021 0101", 0, 22},
    {"a bridged Ethernet frame", 1, MACS "6558" MACS "0800" IP4, 0x0800, 28},
    {"NULL, little-endian", 0, "02000000" IP4, 0x0800, 4},
    {"NULL, big-endian", 0, "00000002" IP4, 0x0800, 4},
    {"NULL, IPv6 of Linux", 0, "0a000000" IP6, 0x86dd, 4},
    {"NULL, IPv6 of NetBSD", 0, "18000000" IP6, 0x86dd, 4},
    {"NULL, IPv6 of FreeBSD", 0, "1c000000" IP6, 0x86dd, 4},
    {"NULL, IPv6 of Darwin", 0, "1e000000" IP6, 0x86dd, 4},
    {"NULL, IPv6 of Darwin, big-endian", 0, "0000001e" IP6, 0x86dd, 4},
    {"NULL, a family that is not IP", 0,
     "07000000"
     "0000",
     0, 4},
    {"LOOP", 108, "0000001e" IP6, 0x86dd, 4},
    {"RAW 12", 12, IP4, 0x0800, 0},
    {"RAW 14", 14, IP6, 0x86dd, 0},
    {"RAW 101", 101, IP6, 0x86dd, 0},
    {"IPv4", 228, IP4, 0x0800, 0},
    {"IPv6", 229, IP6, 0x86dd, 0},
    {"PPP without address", 9, "0021" IP4, 0x0800, 2},
    {"PPP with address", 9, "ff03 0057" IP6, 0x86dd, 4},
    {"PPP, protocol compressed to a byte", 9, "ff03 21" IP4, 0x0800, 3},
    {"PPP with MPLS", 9, "0281 00010140" IP4, 0x0800, 6},
    {"PPP in HDLC framing", 50, "ff03 0021" IP4, 0x0800, 4},
    {"PPP link type with Cisco HDLC", 50, "0f00 0800" IP4, 0x0800, 4},
    {"PPPoE link type", 51, "1100 0001 0016 0021" IP4, 0x0800, 8},
    {"PPP with direction", 166, "01 ff03 0021" IP4, 0x0800, 5},
    {"Cisco HDLC", 104, "0f00 86dd" IP6, 0x86dd, 4},
    {"Linux SLL", 113, "0000 0001 0006 0a0000000001 0000 0800" IP4, 0x0800, 16},
    {"Linux SLL with LLC", 113, "0000 0001 0006 0a0000000001 0000 0004 424203 0000", 0, 19},
    {"Linux SLL2", 276, "86dd 0000 00000002 0001 00 06 0a0000000001 0000" IP6, 0x86dd, 20},
    {"PPI with Ethernet", 192, "0000 0c00 01000000 00000000" MACS "0800" IP4, 0x0800, 26},
    {"NFLOG", 239, "02000000 0800 0100 08000103 0500 0a00 7800 0000 0600 0900" IP4, 0x0800, 24},
    {"NFLOG, big-endian", 239, "0a000000 0008 0001 86dd0100 0006 0009" IP6, 0x86dd, 16},
    {"PKTAP with raw IP", 258, PKTAP_HEAD("6c000000", "01000000", "0c000000") IP4, 0x0800, 108},
    {"PKTAP with Ethernet in an old file", 149,
     PKTAP_HEAD("6c000000", "01000000", "01000000") MACS "86dd" IP6, 0x86dd, 122},
    {"802.11 data from the access point", 105,
     "0802 0000 0a0000000002 0a00000000aa 0a0000000001 1000 aaaa03 000000 0800" IP4, 0x0800, 32},
    {"802.11 QoS data with HT control", 105,
     "8881 0000 0a00000000aa 0a0000000001 0a0000000002 1000 0000 00000000 aaaa03 000000 86dd" IP6,
     0x86dd, 38},
    {"802.11 between access points", 105,
     "0803 0000 0a00000000aa 0a00000000bb 0a0000000002 1000 0a0000000001 aaaa03 000000 0800" IP4,
     0x0800, 38},
    {"802.11 aggregate: its first subframe", 105,
     "8802 0000 0a0000000002 0a00000000aa 0a0000000001 1000 8000" MACS
     "0024 aaaa03 000000 0800" IP4,
     0x0800, 48},
    {"802.11 beacon", 105, "8000 0000 ffffffffffff 0a00000000aa 0a00000000aa 1000 0000", 0, 22},
    {"802.11 acknowledgment", 105, "d400 0000 0a0000000001", 0, 10},
    {"802.11 encrypted", 105, "0842 0000 0a0000000002 0a00000000aa 0a0000000001 1000 0000 0000", 0,
     24},
    {"radiotap, payload aligned", 127,
     "0000 1200 03000000 0000000000000000 20 00"
     "8802 0000 0a0000000002 0a00000000aa 0a0000000001 1000 0000 0000 aaaa03 000000 0800" IP4,
     0x0800, 54},
    {"radiotap with a second presence word", 127,
     "0000 0e00 02000080 00000000 00 00"
     "0802 0000 0a0000000002 0a00000000aa 0a0000000001 1000 aaaa03 000000 0800" IP4,
     0x0800, 46},
};

static void test_every_link_type(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const sample *s = &samples[i];
        frame f = frame_hex(s->header);
        ssk_link link;
        uint32_t offset = UINT32_MAX;
        g_test_message("%s", s->name);
        g_assert_cmpint(ssk_decode_link(s->linktype, f.data, f.len, &link, &offset), ==, SSK_OK);
        g_assert_cmphex(link.ethertype, ==, s->ethertype);
        g_assert_cmpuint(offset, ==, s->offset);
    }
}

static void test_every_cut(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(samples); i++) {
        const sample *s = &samples[i];
        frame f = frame_hex(s->header);
        for (uint32_t len = 0; len < s->offset; len++) {
            frame cut = frame_cut(f, len);
            ssk_link link;
            uint32_t offset;
            g_test_message("%s cut to %u", s->name, len);
            ssk_status status = ssk_decode_link(s->linktype, cut.data, cut.len, &link, &offset);
            g_assert_cmpint(status, ==, SSK_ETRUNC);
        }
    }
}

static ssk_status decode(uint16_t linktype, const char *hex, ssk_link *ret_link)
{
    frame f = frame_hex(hex);
    uint32_t offset;
    return ssk_decode_link(linktype, f.data, f.len, ret_link, &offset);
}

static void assert_mac(const ssk_mac *mac, const char *hex)
{
    frame f = frame_hex(hex);
    g_assert_cmpmem(mac->bytes, 6, f.data, f.len);
}

static void test_unknown(void)
{
    ssk_link link;
    g_assert_cmpint(decode(147, MACS "0800" IP4, &link), ==, SSK_EUNSUPPORTED);
    g_assert_cmpint(decode(192, "0000 0800 93000000" IP4, &link), ==, SSK_EUNSUPPORTED);
    /* user link type 2 that is not PKTAP */
    g_assert_cmpint(decode(149, PKTAP_HEAD("01000000", "01000000", "01000000"), &link), ==,
                    SSK_EUNSUPPORTED);
    g_assert_cmpint(decode(258, PKTAP_HEAD("6c000000", "01000000", "00000100"), &link), ==,
                    SSK_EUNSUPPORTED);
}

static void test_forbidden(void)
{
    ssk_link link;
    g_assert_cmpint(decode(101, "3500", &link), ==, SSK_EFORMAT);
    g_assert_cmpint(decode(1, MACS "8864 2200 0001 0016 0021" IP4, &link), ==, SSK_EFORMAT);
    g_assert_cmpint(decode(192, "0000 0700 01000000" MACS "0800", &link), ==, SSK_EFORMAT);
    g_assert_cmpint(decode(239, "02000000 0300 0100 0000", &link), ==, SSK_EFORMAT);
    g_assert_cmpint(decode(239, "02010000 0600 0900" IP4, &link), ==, SSK_EFORMAT);
    g_assert_cmpint(decode(127, "0000 0700 00000000" IP4, &link), ==, SSK_EFORMAT);
    /* presence words that run past radiotap's own header */
    g_assert_cmpint(decode(127, "0000 0800 01000080 01000080 00000000 0000000000000000" IP4, &link),
                    ==, SSK_EFORMAT);
    g_assert_cmpint(decode(105, "0902 0000 0a0000000002 0a00000000aa", &link), ==, SSK_EFORMAT);
    g_assert_cmpint(decode(258, PKTAP_HEAD("01000000", "01000000", "01000000"), &link), ==,
                    SSK_EFORMAT);
}

static void test_depth(void)
{
    ssk_link link;
    g_assert_cmpint(decode(1,
                           MACS "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 8100 0006"
                                "8100 0007 0800" IP4,
                           &link),
                    ==, SSK_OK);
    g_assert_cmpuint(link.vlan_tags, ==, 7);
    g_assert_cmpint(decode(1,
                           MACS "8100 0001 8100 0002 8100 0003 8100 0004 8100 0005 8100 0006"
                                "8100 0007 8100 0008 0800" IP4,
                           &link),
                    ==, SSK_ELIMIT);
}

static void test_tags_and_addresses(void)
{
    ssk_link link;
    g_assert_cmpint(decode(1, MACS "88a8 e064 8100 0065 0800" IP4, &link), ==, SSK_OK);
    g_assert_cmpuint(link.vlan_tags, ==, 2);
    g_assert_cmpuint(link.vlan_id, ==, 0x64);
    g_assert_true(link.has_macs);
    assert_mac(&link.dst, "0a0000000002");
    assert_mac(&link.src, "0a0000000001");
    g_assert_cmpint(decode(113, "0000 0001 0006 0a0000000001 0000 0800" IP4, &link), ==, SSK_OK);
    g_assert_true(link.has_macs);
    assert_mac(&link.src, "0a0000000001");
    assert_mac(&link.dst, "000000000000");
}

static void test_process(void)
{
    frame f = frame_hex(PKTAP_HEAD("6c000000", "01000000", "0c000000") IP4);
    ssk_link link;
    uint32_t offset;
    g_assert_cmpint(ssk_decode_link(258, f.data, f.len, &link, &offset), ==, SSK_OK);
    g_assert_true(link.has_process);
    g_assert_cmpuint(link.process_name_len, ==, 17);
    g_assert_cmpmem(link.process_name, link.process_name_len, "HospitalExtension", 17);
    g_assert_cmpint(link.process_pid, ==, 311);
    g_assert_cmphex(link.process_flags, ==, 0x4001);
}

static void test_wlan(void)
{
    ssk_link link;
    /* a null frame that announces sleep, retransmitted */
    g_assert_cmpint(decode(105, "4819 0000 0a00000000aa 0a0000000001 0a00000000aa 1000", &link), ==,
                    SSK_OK);
    g_assert_true(link.wlan.present);
    g_assert_cmpuint(link.wlan.type, ==, 2);
    g_assert_cmpuint(link.wlan.subtype, ==, 4);
    g_assert_true(link.wlan.to_ds);
    g_assert_false(link.wlan.from_ds);
    g_assert_true(link.wlan.power_management);
    g_assert_true(link.wlan.retry);
    g_assert_false(link.wlan.more_data);
    assert_mac(&link.wlan.bssid, "0a00000000aa");
    assert_mac(&link.wlan.transmitter, "0a0000000001");
    g_assert_cmpuint(link.ethertype, ==, 0);

    g_assert_cmpint(decode(105,
                           "0803 0000 0a00000000aa 0a00000000bb 0a0000000002 1000"
                           "0a0000000001 aaaa03 000000 0800" IP4,
                           &link),
                    ==, SSK_OK);
    assert_mac(&link.src, "0a0000000001");
    assert_mac(&link.dst, "0a0000000002");
    assert_mac(&link.wlan.bssid, "000000000000");

    /* a later fragment has no LLC header */
    g_assert_cmpint(decode(105,
                           "0802 0000 0a0000000002 0a00000000aa 0a0000000001 1100"
                           "aaaa03 000000 0800" IP4,
                           &link),
                    ==, SSK_OK);
    g_assert_cmpuint(link.ethertype, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/link/every link type leads to its network layer", test_every_link_type);
    g_test_add_func("/link/a cut anywhere in a header is a cut, never more", test_every_cut);
    g_test_add_func("/link/an unknown link type is named unsupported", test_unknown);
    g_test_add_func("/link/what a format forbids is malformed", test_forbidden);
    g_test_add_func("/link/eight layers are enough", test_depth);
    g_test_add_func("/link/tags and addresses are told", test_tags_and_addresses);
    g_test_add_func("/link/PKTAP names the process", test_process);
    g_test_add_func("/link/802.11 tells power save, roles and retries", test_wlan);
    return g_test_run();
}
