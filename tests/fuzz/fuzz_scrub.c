/* fuzz_scrub.c - any frame, scrubbed.
 *
 * Oracle: what is decoded stays what it was, with the same ports, lengths and
 * checksums as good or bad as before; of an unknown TCP payload nothing is left but what tells
 * whether it asks;
 * where addresses stay they are what they were; a second pass gives the same bytes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "bundle/scrub.h"
#include "core/decode/declared.h"
#include "core/decode/http2.h"
#include "core/decode/packet.h"
#include "core/decode/request.h"
#include "core/message/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint16_t linktypes[] = {
    SSK_LINKTYPE_ETHERNET,
    SSK_LINKTYPE_RAW,
    SSK_LINKTYPE_NULL,
    SSK_LINKTYPE_LINUX_SLL,
    SSK_LINKTYPE_LINUX_SLL2,
    SSK_LINKTYPE_IEEE802_11,
    SSK_LINKTYPE_IEEE802_11_RADIOTAP,
    SSK_LINKTYPE_PPP,
    SSK_LINKTYPE_PKTAP,
    SSK_LINKTYPE_PPI,
    SSK_LINKTYPE_NFLOG,
    999,
};

/** Of what a transport checksum covers; the addresses where it does. */
static uint32_t transport_sum(const ssk_packet *packet, uint32_t header_len)
{
    const uint8_t *p = packet->payload - header_len;
    uint64_t sum = 0;
    for (uint32_t i = 0; i < header_len + packet->payload_cap; i++)
        sum += i % 2 ? p[i] : (uint64_t)p[i] << 8;
    for (uint32_t i = 0; i < 16 && !(packet->kind == SSK_PACKET_ICMP && packet->ip.version == 4);
         i++)
        sum += ((uint64_t)packet->ip.src.bytes[i] + packet->ip.dst.bytes[i]) << (i % 2 ? 0 : 8);
    return (uint32_t)(sum % 0xffff);
}

static void check_sum(const ssk_packet *before, const ssk_packet *after)
{
    bool udp = before->kind == SSK_PACKET_UDP, tcp = before->kind == SSK_PACKET_TCP;
    if (!(udp || tcp || before->kind == SSK_PACKET_ICMP) || before->ip.fragment ||
        !before->payload_cap)
        return;
    if (udp && !before->payload[-2] && !before->payload[-1])
        return;
    uint32_t header_len = tcp ? before->tcp.header_len : udp ? 8 : 4;
    g_assert_cmpuint(transport_sum(before, header_len), ==, transport_sum(after, header_len));
}

static void check_same(const ssk_packet *before, const ssk_packet *after, bool addresses)
{
    g_assert_cmpint(after->kind, ==, before->kind);
    g_assert_cmpint(after->problem, ==, SSK_PROBLEM_NONE);
    g_assert_cmpuint(after->src_port, ==, before->src_port);
    g_assert_cmpuint(after->dst_port, ==, before->dst_port);
    g_assert_cmpuint(after->payload_cap, ==, before->payload_cap);
    g_assert_cmpuint(after->payload_len, ==, before->payload_len);
    if (before->ip.version && before->kind != SSK_PACKET_ARP && !addresses) {
        g_assert_cmpmem(&before->ip.src, sizeof(ssk_addr), &after->ip.src, sizeof(ssk_addr));
        g_assert_cmpmem(&before->ip.dst, sizeof(ssk_addr), &after->ip.dst, sizeof(ssk_addr));
    }
    check_sum(before, after);
}

/* Nothing in it tells the analysis that it asks, or promises. */
static bool reads_nothing(const ssk_packet *packet)
{
    const uint8_t *data = packet->payload;
    uint32_t cap = packet->payload_cap, len = packet->payload_len;
    ssk_declared declared;
    ssk_http2 frames;
    uint16_t number;
    return !ssk_request_of_segment(data, cap, len, false) &&
           !ssk_request_of_segment(data, cap, len, true) &&
           !ssk_declared_read(data, cap, &declared) && !ssk_declares_websocket(data, cap) &&
           !ssk_http2_read(data, cap, len, &frames) &&
           !ssk_request_number(data, cap, len, &number) && !ssk_request_is_ping(data, cap, len);
}

static void check(const ssk_event *original, bool known, bool addresses)
{
    static const uint8_t key[32] = {1};
    static ssk_profile_set *profiles;
    ssk_scrub *scrub = ssk_scrub_new(key, addresses);
    ssk_packet before, after;
    ssk_event event = *original;

    if (!profiles)
        profiles = ssk_profile_set_new();
    ssk_decode_packet(original, &before);
    bool transport = before.kind == SSK_PACKET_TCP || before.kind == SSK_PACKET_UDP;
    if (known && transport) {
        ssk_addr addr[2] = {before.ip.dst, before.ip.src};
        uint16_t port[2] = {before.dst_port, before.src_port};
        ssk_scrub_keep_messages(
            scrub, before.kind == SSK_PACKET_TCP ? SSK_TCP : SSK_UDP, addr, port, 1, 1,
            ssk_profile_set_get(profiles, before.src_port % ssk_profile_set_size(profiles)));
    }
    ssk_scrub_learn(scrub, original);
    ssk_scrub_rewind(scrub);
    ssk_scrub_frame(scrub, &event);
    ssk_scrub_counts counts = ssk_scrub_done(scrub);
    g_assert_cmpuint(counts.frames, ==, 1);
    g_assert_cmpuint(counts.payload_bytes + counts.message_bytes + counts.other_bytes, <=,
                     original->cap_len);
    g_assert_cmpuint(event.cap_len, ==, original->cap_len);
    ssk_decode_packet(&event, &after);
    if (before.problem == SSK_PROBLEM_NONE && before.kind != SSK_PACKET_OTHER) {
        check_same(&before, &after, addresses);
        for (uint32_t i = 0; before.kind == SSK_PACKET_TCP && !known && i < after.payload_cap; i++)
            g_assert_true(!after.payload[i] || after.payload[i] == before.payload[i]);
        if (before.kind == SSK_PACKET_TCP && !known && reads_nothing(&before))
            for (uint32_t i = 0; i < after.payload_cap; i++)
                g_assert_cmpuint(after.payload[i], ==, 0);
    }
    uint8_t *first = g_memdup2(event.bytes, event.cap_len + 1u);
    event = *original;
    ssk_scrub_rewind(scrub);
    ssk_scrub_frame(scrub, &event);
    g_assert_cmpmem(first, event.cap_len, event.bytes, event.cap_len);
    g_free(first);
    ssk_scrub_free(scrub);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2 || size > 65536)
        return 0;
    ssk_event event = {
        .frame = 1,
        .time = SSK_S,
        .linktype = linktypes[data[0] % G_N_ELEMENTS(linktypes)],
        .bytes = data + 2,
        .cap_len = (uint32_t)size - 2,
        .wire_len = (uint32_t)size - 2 + (data[1] & 0x3f),
    };
    check(&event, data[1] & 0x80, data[1] & 0x40);
    return 0;
}
