/* fuzz_packet.c - a whole frame. Two bytes of link type, two of bytes cut off, then the frame.
 *
 * Oracle: the payload lies inside the frame, its length inside the wire's, and
 * a frame that loses its last byte never tells more than before.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/packet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const ssk_event *event, ssk_packet *ret)
{
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
