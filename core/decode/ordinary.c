/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/ordinary.h"

#include "core/decode/cursor.h"

/* Where things stand in such a frame. */
enum {
    ETHERTYPE_AT = 12,
    ETHERNET_SIZE = 14,
    IP_SIZE = 20,
    TCP_SIZE = 20,
    UDP_SIZE = 8,
    STAMPED_TCP_SIZE = 32, /* with timestamps, laid out as RFC 7323 advises in appendix A */
};

#define ETHERTYPE_IPV4       0x0800
#define IPV4_WITHOUT_OPTIONS 0x45 /* version and header length */
#define TWO_NOPS_AND_STAMPS  0x0101080au
#define FRAGMENT             0x3fff /* more fragments, or an offset */
#define DONT_FRAGMENT        0x40

static void take_link(const uint8_t *frame, bool ethernet, ssk_packet *ret)
{
    ret->link = (ssk_link){.ethertype = ETHERTYPE_IPV4};
    if (!ethernet)
        return;
    ret->link.has_macs = true;
    ret->link.n_macs = 2;
    ret->link.mac_at[1] = 6;
    memcpy(&ret->link.dst, frame, sizeof ret->link.dst);
    memcpy(&ret->link.src, frame + 6, sizeof ret->link.src);
}

static void take_ip(const uint8_t *ip, uint32_t payload_len, ssk_packet *ret)
{
    ret->ip = (ssk_ip_hdr){
        .version = 4,
        .protocol = ip[9],
        .ttl = ip[8],
        .tos = ip[1],
        .dont_fragment = ip[6] & DONT_FRAGMENT,
        .id = ssk_be16_at(ip + 4),
        .has_id = true,
        .src.family = 4,
        .dst.family = 4,
        .payload_offset = IP_SIZE,
        .payload_len = payload_len,
    };
    memcpy(ret->ip.src.bytes, ip + 12, 4);
    memcpy(ret->ip.dst.bytes, ip + 16, 4);
}

/** @return bytes of the header; 0: not an ordinary one */
static uint32_t take_tcp(const uint8_t *tcp, uint32_t cap_len, ssk_packet *ret)
{
    if (cap_len < TCP_SIZE)
        return 0;
    uint32_t size = (uint32_t)(tcp[12] >> 4) * 4;
    bool stamped = size == STAMPED_TCP_SIZE && cap_len >= STAMPED_TCP_SIZE &&
                   ssk_be32_at(tcp + TCP_SIZE) == TWO_NOPS_AND_STAMPS;
    if (size != TCP_SIZE && !stamped)
        return 0;
    ret->kind = SSK_PACKET_TCP;
    /* Field by field: the SACK blocks are more than all the rest, and there are none. */
    ssk_tcp_hdr *hdr = &ret->tcp;
    hdr->src_port = ssk_be16_at(tcp);
    hdr->dst_port = ssk_be16_at(tcp + 2);
    hdr->seq = ssk_be32_at(tcp + 4);
    hdr->ack = ssk_be32_at(tcp + 8);
    hdr->flags = tcp[13];
    hdr->header_len = (uint8_t)size;
    hdr->window = ssk_be16_at(tcp + 14);
    hdr->has_window_scale = hdr->has_mss = false;
    hdr->window_scale = 0;
    hdr->mss = 0;
    hdr->has_timestamps = stamped;
    hdr->ts_val = stamped ? ssk_be32_at(tcp + 24) : 0;
    hdr->ts_ecr = stamped ? ssk_be32_at(tcp + 28) : 0;
    hdr->sack_count = 0;
    return size;
}

static uint32_t take_udp(const uint8_t *udp, uint32_t cap_len, uint32_t wire_len, ssk_packet *ret)
{
    if (cap_len < UDP_SIZE || ssk_be16_at(udp + 4) != wire_len)
        return 0;
    ret->kind = SSK_PACKET_UDP;
    ret->udp.src_port = ssk_be16_at(udp);
    ret->udp.dst_port = ssk_be16_at(udp + 2);
    ret->udp.length = ssk_be16_at(udp + 4);
    return UDP_SIZE;
}

static bool is_raw(uint16_t linktype)
{
    return linktype == SSK_LINKTYPE_RAW || linktype == SSK_LINKTYPE_RAW_12 ||
           linktype == SSK_LINKTYPE_RAW_14 || linktype == SSK_LINKTYPE_IPV4;
}

bool ssk_decode_ordinary(const ssk_event *event, ssk_packet *ret)
{
    const uint8_t *frame = event->bytes;
    bool ethernet = event->linktype == SSK_LINKTYPE_ETHERNET;
    uint32_t ip_at = ethernet ? ETHERNET_SIZE : 0;
    if ((!ethernet && !is_raw(event->linktype)) || event->kind != SSK_EVENT_FRAME ||
        event->cap_len < ip_at + IP_SIZE + UDP_SIZE || event->wire_len < event->cap_len ||
        (ethernet && ssk_be16_at(frame + ETHERTYPE_AT) != ETHERTYPE_IPV4))
        return false;
    const uint8_t *ip = frame + ip_at, *transport = ip + IP_SIZE;
    uint32_t total = ssk_be16_at(ip + 2);
    if (ip[0] != IPV4_WITHOUT_OPTIONS || (ssk_be16_at(ip + 6) & FRAGMENT) ||
        total < IP_SIZE + UDP_SIZE || total > event->wire_len - ip_at)
        return false;
    uint32_t wire_len = total - IP_SIZE, cap_len = event->cap_len - ip_at - IP_SIZE, header = 0;
    if (cap_len > wire_len) /* Ethernet's padding */
        cap_len = wire_len;
    if (ip[9] == SSK_TCP)
        header = take_tcp(transport, cap_len, ret);
    else if (ip[9] == SSK_UDP)
        header = take_udp(transport, cap_len, wire_len, ret);
    if (!header)
        return false;
    take_link(frame, ethernet, ret);
    take_ip(ip, wire_len, ret);
    ret->event = event;
    ret->problem = SSK_PROBLEM_NONE;
    ret->src_port = ssk_be16_at(transport);
    ret->dst_port = ssk_be16_at(transport + 2);
    ret->payload = transport + header;
    ret->payload_cap = cap_len - header;
    ret->payload_len = wire_len - header;
    return true;
}
