/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/decode/packet.h"

#include <string.h>

#include "core/decode/cursor.h"
#include "core/decode/ordinary.h"
#include "core/decode/upper_pdu.h"

/** IP in IP in IP ... */
#define MAX_TUNNELS 4

enum { ETHERTYPE_IPV4 = 0x0800, ETHERTYPE_ARP = 0x0806, ETHERTYPE_IPV6 = 0x86dd };

/* Source: IANA "Protocol Numbers" */
enum {
    PROTOCOL_ICMP = 1,
    PROTOCOL_IPV4 = 4,
    PROTOCOL_IPV6 = 41,
    PROTOCOL_GRE = 47,
    PROTOCOL_ICMPV6 = 58,
};

/** A slice of the frame: what is readable, and what was there on the wire. */
typedef struct span {
    const uint8_t *data;
    uint32_t cap_len, wire_len; /* cap_len <= wire_len */
} span;

static span span_from(span whole, uint32_t offset)
{
    ssk_cursor cursor = ssk_cursor_init(whole.data, whole.cap_len);
    ssk_cursor_skip(&cursor, offset);
    uint32_t left = ssk_cursor_left(&cursor);
    return (span){.data = ssk_cursor_take(&cursor, left),
                  .cap_len = left,
                  .wire_len = whole.wire_len > offset ? whole.wire_len - offset : 0};
}

static span span_cut(span whole, uint32_t len)
{
    if (whole.wire_len > len)
        whole.wire_len = len;
    if (whole.cap_len > whole.wire_len)
        whole.cap_len = whole.wire_len;
    return whole;
}

/** Why a decoder stopped. Bytes that end early are the capture's doing, or the frame's own. */
static ssk_problem problem_of(ssk_status status, span in)
{
    switch (status) {
    case SSK_OK:
        return SSK_PROBLEM_NONE;
    case SSK_ETRUNC:
        return in.cap_len < in.wire_len ? SSK_PROBLEM_TRUNCATED : SSK_PROBLEM_LENGTH;
    case SSK_EFORMAT:
        return SSK_PROBLEM_FORMAT;
    case SSK_EUNSUPPORTED:
        return SSK_PROBLEM_LINKTYPE;
    case SSK_ELIMIT:
        return SSK_PROBLEM_DEPTH;
    }
    return SSK_PROBLEM_FORMAT;
}

static void set_payload(ssk_packet *packet, span payload)
{
    packet->payload = payload.data;
    packet->payload_cap = payload.cap_len;
    packet->payload_len = payload.wire_len;
}

/** A transport header that could not be read: the packet stays IP, or an incomplete fragment. */
static void stop_at_transport(ssk_packet *packet, ssk_status status, span in)
{
    bool cut_by_fragmentation = packet->ip.fragment && status == SSK_ETRUNC &&
                                in.cap_len == in.wire_len;
    if (cut_by_fragmentation) /* RFC 1858 calls it a tiny fragment; the rest is in the next one */
        packet->kind = SSK_PACKET_FRAGMENT;
    else
        packet->problem = problem_of(status, in);
    set_payload(packet, in);
}

static void decode_tcp(span in, ssk_packet *packet)
{
    ssk_status status = ssk_decode_tcp(in.data, in.cap_len, &packet->tcp);
    if (status != SSK_OK && status != SSK_EFORMAT) {
        stop_at_transport(packet, status, in);
        return;
    }
    packet->kind = SSK_PACKET_TCP;
    if (status == SSK_EFORMAT) {
        /* the ports still tell whose packet it was; nothing else is worth believing */
        ssk_cursor cursor = ssk_cursor_init(in.data, in.cap_len);
        packet->tcp = (ssk_tcp_hdr){0};
        packet->src_port = packet->tcp.src_port = ssk_cursor_be16(&cursor);
        packet->dst_port = packet->tcp.dst_port = ssk_cursor_be16(&cursor);
        packet->problem = SSK_PROBLEM_FORMAT;
        set_payload(packet, (span){0}); /* in a tunnel it is still the outer packet's */
        return;
    }
    packet->src_port = packet->tcp.src_port;
    packet->dst_port = packet->tcp.dst_port;
    if (packet->tcp.header_len > in.wire_len && !packet->ip.fragment)
        packet->problem = SSK_PROBLEM_LENGTH;
    set_payload(packet, span_from(in, packet->tcp.header_len));
}

static void decode_udp(span in, ssk_packet *packet)
{
    ssk_status status = ssk_decode_udp(in.data, in.cap_len, &packet->udp);
    if (status != SSK_OK) {
        stop_at_transport(packet, status, in);
        return;
    }
    packet->kind = SSK_PACKET_UDP;
    packet->src_port = packet->udp.src_port;
    packet->dst_port = packet->udp.dst_port;
    uint32_t length = packet->udp.length;
    if (length > in.wire_len && !packet->ip.fragment)
        packet->problem = SSK_PROBLEM_LENGTH;
    /* 0: RFC 2675, section 4; checksum and segmentation offload leave it too */
    set_payload(packet, span_from(length ? span_cut(in, length) : in, 8));
}

static void decode_icmp(span in, ssk_packet *packet)
{
    ssk_status status = ssk_decode_icmp(packet->ip.version, in.data, in.cap_len, &packet->icmp);
    if (status != SSK_OK) {
        stop_at_transport(packet, status, in);
        return;
    }
    packet->kind = SSK_PACKET_ICMP;
    set_payload(packet, span_from(in, 4));
}

/** GRE, RFC 2784 and 2890: where the IP packet inside begins. */
static ssk_status find_ip_in_gre(span in, uint32_t *ret_offset)
{
    enum { CHECKSUM = 0x8000, ROUTING = 0x4000, KEY = 0x2000, SEQUENCE = 0x1000, VERSION = 7 };
    ssk_cursor cursor = ssk_cursor_init(in.data, in.cap_len);
    uint16_t flags = ssk_cursor_be16(&cursor);
    uint16_t ethertype = ssk_cursor_be16(&cursor);
    ssk_cursor_skip(&cursor, (flags & CHECKSUM ? 4 : 0) + (flags & KEY ? 4 : 0) +
                                 (flags & SEQUENCE ? 4 : 0));
    if (cursor.failed)
        return SSK_ETRUNC;
    if ((flags & (ROUTING | VERSION)) ||
        (ethertype != ETHERTYPE_IPV4 && ethertype != ETHERTYPE_IPV6))
        return SSK_EUNSUPPORTED;
    *ret_offset = cursor.pos;
    return SSK_OK;
}

/** @return SSK_OK: *ret_inner is the IP packet in a tunnel; SSK_EUNSUPPORTED: there is none */
static ssk_status enter_tunnel(const ssk_ip_hdr *ip, span in, span *ret_inner)
{
    uint32_t offset = 0;
    ssk_status status = SSK_OK;
    /* a piece of a datagram: what it holds is not all here, or not its beginning */
    if (ip->fragment)
        return SSK_EUNSUPPORTED;
    if (ip->protocol == PROTOCOL_GRE)
        status = find_ip_in_gre(in, &offset);
    else if (ip->protocol != PROTOCOL_IPV4 && ip->protocol != PROTOCOL_IPV6)
        status = SSK_EUNSUPPORTED;
    if (status == SSK_OK)
        *ret_inner = span_from(in, offset);
    return status;
}

static void decode_transport(span in, ssk_packet *packet)
{
    packet->kind = SSK_PACKET_IP;
    if (packet->ip.fragment_offset) {
        packet->kind = SSK_PACKET_FRAGMENT;
        set_payload(packet, in);
    } else if (packet->ip.protocol == SSK_TCP) {
        decode_tcp(in, packet);
    } else if (packet->ip.protocol == SSK_UDP) {
        decode_udp(in, packet);
    } else if ((packet->ip.version == 4 && packet->ip.protocol == PROTOCOL_ICMP) ||
               (packet->ip.version == 6 && packet->ip.protocol == PROTOCOL_ICMPV6)) {
        decode_icmp(in, packet);
    } else {
        set_payload(packet, in);
    }
}

static void decode_ip(span in, ssk_packet *packet)
{
    for (unsigned tunnels = 0;; tunnels++) {
        ssk_status status = ssk_decode_ip(in.data, in.cap_len, in.wire_len, &packet->ip);
        if (status != SSK_OK) {
            /* inside a tunnel the outer packet stays what it was */
            packet->problem = problem_of(status, in);
            return;
        }
        if (packet->ip.length_lies)
            packet->problem = SSK_PROBLEM_LENGTH;
        in = span_cut(span_from(in, packet->ip.payload_offset), packet->ip.payload_len);
        span inner;
        status = enter_tunnel(&packet->ip, in, &inner);
        if (status == SSK_EUNSUPPORTED)
            break;
        if (status == SSK_OK && tunnels == MAX_TUNNELS)
            status = SSK_ELIMIT;
        packet->kind = SSK_PACKET_IP;
        set_payload(packet, in);
        if (status != SSK_OK) {
            packet->problem = problem_of(status, in);
            return;
        }
        in = inner;
    }
    decode_transport(in, packet);
}

static void decode_arp(span in, ssk_packet *packet)
{
    ssk_status status = ssk_decode_arp(in.data, in.cap_len, &packet->arp);
    if (status == SSK_OK)
        packet->kind = SSK_PACKET_ARP;
    else if (status != SSK_EUNSUPPORTED) /* ARP of another network is no fault */
        packet->problem = problem_of(status, in);
}

/* The line itself, or a record that carries one. */
static bool decode_log(const ssk_event *event, span frame, ssk_packet *packet)
{
    if (event->kind != SSK_EVENT_LOG) {
        ssk_upper_pdu pdu;
        if (event->linktype != SSK_LINKTYPE_UPPER_PDU ||
            ssk_decode_upper_pdu(frame.data, frame.cap_len, &pdu) != SSK_OK ||
            !ssk_upper_pdu_is_log(&pdu))
            return false;
        frame = span_from(frame, pdu.payload_offset);
    }
    packet->kind = SSK_PACKET_LOG;
    memset(&packet->link, 0, sizeof packet->link);
    set_payload(packet, frame);
    return true;
}

void ssk_decode_packet(const ssk_event *event, ssk_packet *ret)
{
    if (!ssk_decode_ordinary(event, ret))
        ssk_decode_by_layers(event, ret);
}

void ssk_decode_by_layers(const ssk_event *event, ssk_packet *ret)
{
    /* field by field: clearing the whole struct would cost more than the decoding */
    ret->event = event;
    ret->kind = SSK_PACKET_OTHER;
    ret->problem = SSK_PROBLEM_NONE;
    ret->ip.version = 0;
    ret->src_port = ret->dst_port = 0;
    ret->payload = NULL;
    ret->payload_cap = ret->payload_len = 0;

    span frame = {.data = event->bytes, .cap_len = event->cap_len, .wire_len = event->wire_len};
    if (frame.wire_len < frame.cap_len)
        frame.wire_len = frame.cap_len;
    if (decode_log(event, frame, ret))
        return;
    uint32_t offset;
    ssk_status status = ssk_decode_link(event->linktype, frame.data, frame.cap_len, &ret->link,
                                        &offset);
    if (status != SSK_OK) {
        ret->problem = problem_of(status, frame);
        return;
    }
    span network = span_from(frame, offset);
    switch (ret->link.ethertype) {
    case ETHERTYPE_IPV4:
    case ETHERTYPE_IPV6:
        decode_ip(network, ret);
        break;
    case ETHERTYPE_ARP:
        decode_arp(network, ret);
        break;
    default:
        break;
    }
}

const char *ssk_problem_text(ssk_problem problem)
{
    switch (problem) {
    case SSK_PROBLEM_NONE:
        return "none";
    case SSK_PROBLEM_LINKTYPE:
        return "unknown link type";
    case SSK_PROBLEM_TRUNCATED:
        return "cut inside a header";
    case SSK_PROBLEM_LENGTH:
        return "length contradicts the frame";
    case SSK_PROBLEM_FORMAT:
        return "malformed header";
    case SSK_N_PROBLEMS:
    case SSK_PROBLEM_DEPTH:
        return "too many nested headers";
    }
    return "unknown";
}
