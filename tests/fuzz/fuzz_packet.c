/* fuzz_packet.c - a whole frame. Two bytes of link type, two of bytes cut off, then the frame.
 *
 * Oracle: the payload lies inside the frame, its length inside the wire's, a frame that loses its
 * last byte never tells more than before, and the way for ordinary frames reads what the long way
 * reads.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/ordinary.h"
#include "core/decode/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Field by field: the bytes between them are anybody's. */
static void check_same_link(const ssk_link *a, const ssk_link *b)
{
    g_assert_cmpuint(a->ethertype, ==, b->ethertype);
    g_assert_true(a->has_macs && b->has_macs);
    g_assert_cmpmem(&a->src, sizeof a->src, &b->src, sizeof b->src);
    g_assert_cmpmem(&a->dst, sizeof a->dst, &b->dst, sizeof b->dst);
    g_assert_true(!a->vlan_tags && !b->vlan_tags && !a->vlan_id && !b->vlan_id);
    g_assert_true(!a->wlan.present && !b->wlan.present && !a->has_process && !b->has_process);
    g_assert_cmpuint(a->n_macs, ==, b->n_macs);
    g_assert_cmpmem(a->mac_at, a->n_macs * 2, b->mac_at, b->n_macs * 2);
}

static void check_same_ip(const ssk_ip_hdr *a, const ssk_ip_hdr *b)
{
    g_assert_cmpuint(a->version, ==, b->version);
    g_assert_cmpuint(a->protocol, ==, b->protocol);
    g_assert_cmpuint(a->ttl, ==, b->ttl);
    g_assert_cmpuint(a->tos, ==, b->tos);
    g_assert_true(!a->fragment && !b->fragment && !a->fragment_offset && !b->fragment_offset);
    g_assert_true(!a->more_fragments && !b->more_fragments);
    g_assert_true(a->dont_fragment == b->dont_fragment && a->has_id == b->has_id);
    g_assert_cmpuint(a->id, ==, b->id);
    g_assert_cmpmem(&a->src, sizeof a->src, &b->src, sizeof b->src);
    g_assert_cmpmem(&a->dst, sizeof a->dst, &b->dst, sizeof b->dst);
    g_assert_cmpuint(a->payload_offset, ==, b->payload_offset);
    g_assert_cmpuint(a->payload_len, ==, b->payload_len);
    g_assert_true(!a->length_lies && !b->length_lies);
}

static void check_same_tcp(const ssk_tcp_hdr *a, const ssk_tcp_hdr *b)
{
    g_assert_true(a->src_port == b->src_port && a->dst_port == b->dst_port);
    g_assert_true(a->seq == b->seq && a->ack == b->ack);
    g_assert_cmpuint(a->flags, ==, b->flags);
    g_assert_cmpuint(a->header_len, ==, b->header_len);
    g_assert_cmpuint(a->window, ==, b->window);
    g_assert_true(!a->has_window_scale && !b->has_window_scale && !a->has_mss && !b->has_mss);
    g_assert_true(a->window_scale == b->window_scale && a->mss == b->mss);
    g_assert_true(a->has_timestamps == b->has_timestamps);
    g_assert_true(a->ts_val == b->ts_val && a->ts_ecr == b->ts_ecr);
    g_assert_true(!a->sack_count && !b->sack_count);
}

/* Both ways, where both can be gone. */
static void check_ordinary(const ssk_event *event)
{
    ssk_packet quick, slow;
    memset(&quick, 0xa5, sizeof quick);
    memset(&slow, 0x5a, sizeof slow);
    if (!ssk_decode_ordinary(event, &quick))
        return;
    ssk_decode_by_layers(event, &slow);
    g_assert_true(quick.event == slow.event);
    g_assert_cmpint(quick.kind, ==, slow.kind);
    g_assert_cmpint(quick.problem, ==, slow.problem);
    check_same_link(&quick.link, &slow.link);
    check_same_ip(&quick.ip, &slow.ip);
    if (quick.kind == SSK_PACKET_TCP)
        check_same_tcp(&quick.tcp, &slow.tcp);
    else
        g_assert_true(quick.udp.src_port == slow.udp.src_port &&
                      quick.udp.dst_port == slow.udp.dst_port &&
                      quick.udp.length == slow.udp.length);
    g_assert_true(quick.src_port == slow.src_port && quick.dst_port == slow.dst_port);
    g_assert_true(quick.payload == slow.payload);
    g_assert_cmpuint(quick.payload_cap, ==, slow.payload_cap);
    g_assert_cmpuint(quick.payload_len, ==, slow.payload_len);
}

static void check(const ssk_event *event, ssk_packet *ret)
{
    check_ordinary(event);
    memset(ret, 0x5a, sizeof *ret);
    ssk_decode_packet(event, ret);
    g_assert_true(ret->event == event);
    g_assert_cmpint(ret->kind, >=, SSK_PACKET_OTHER);
    g_assert_cmpint(ret->kind, <=, SSK_PACKET_UDP);
    g_assert_cmpint(ret->problem, >=, SSK_PROBLEM_NONE);
    g_assert_cmpint(ret->problem, <=, SSK_PROBLEM_DEPTH);
    g_assert_cmpuint(ret->payload_cap, <=, ret->payload_len);
    g_assert_cmpuint(ret->payload_len, <=, event->wire_len);
    g_assert_true(ret->payload || ret->payload_len == 0);
    if (ret->payload)
        g_assert_true(ret->payload >= event->bytes &&
                      ret->payload + ret->payload_cap <= event->bytes + event->cap_len);
    if (ret->kind >= SSK_PACKET_IP)
        g_assert_true(ret->ip.version == 4 || ret->ip.version == 6);
    bool has_ports = ret->kind == SSK_PACKET_TCP || ret->kind == SSK_PACKET_UDP;
    g_assert_true(has_ports || (ret->src_port == 0 && ret->dst_port == 0));
    if (ret->kind == SSK_PACKET_TCP)
        g_assert_true(ret->problem == SSK_PROBLEM_FORMAT || ret->tcp.header_len >= 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4 || size > 65536)
        return 0;
    ssk_event event = {.linktype = (uint16_t)(data[0] << 8 | data[1]),
                       .bytes = data + 4,
                       .cap_len = (uint32_t)size - 4};
    event.wire_len = event.cap_len + (uint32_t)(data[2] << 8 | data[3]);
    ssk_packet packet, shorter;
    check(&event, &packet);
    if (event.cap_len == 0)
        return 0;
    ssk_event cut = event;
    cut.cap_len--;
    check(&cut, &shorter);
    if (shorter.kind == SSK_PACKET_TCP || shorter.kind == SSK_PACKET_UDP) {
        g_assert_cmpint(packet.kind, ==, shorter.kind);
        g_assert_cmpuint(packet.src_port, ==, shorter.src_port);
        g_assert_cmpuint(packet.payload_len, ==, shorter.payload_len);
    } else if (packet.kind == SSK_PACKET_TCP || packet.kind == SSK_PACKET_UDP) {
        g_assert_cmpint(shorter.problem, !=, SSK_PROBLEM_NONE); /* what was lost is told */
    }
    return 0;
}
