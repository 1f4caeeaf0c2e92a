/* print.c - what makes a packet the same one, wherever on its way it is captured.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/view/print.h"

#include <glib.h>
#include <string.h>

static uint64_t mix(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t mix_bytes(uint64_t hash, const uint8_t *bytes, uint32_t len)
{
    for (uint32_t at = 0; at < len; at += 8) {
        uint64_t word = 0;
        memcpy(&word, bytes + at, MIN(8, len - at));
        hash = mix(hash, word);
    }
    return mix(hash, len);
}

/* Lower address first, then lower port. */
static void put_ends(ssk_print *print, uint8_t protocol, const ssk_addr *src, uint16_t src_port,
                     const ssk_addr *dst, uint16_t dst_port)
{
    int order = memcmp(src, dst, sizeof *src);
    uint8_t from = order > 0 || (order == 0 && src_port > dst_port);
    print->ends = (ssk_ends){.protocol = protocol};
    print->ends.addr[from] = *src;
    print->ends.addr[!from] = *dst;
    print->ends.port[from] = src_port;
    print->ends.port[!from] = dst_port;
    print->from = from;
}

static void print_tcp(const ssk_packet *packet, ssk_print *print)
{
    const ssk_tcp_hdr *tcp = &packet->tcp;
    uint8_t flags = tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN | SSK_TCP_RST | SSK_TCP_ACK);
    uint32_t ack = flags & SSK_TCP_ACK ? tcp->ack : 0;
    put_ends(print, SSK_TCP, &packet->ip.src, packet->src_port, &packet->ip.dst, packet->dst_port);
    print->len = packet->payload_len;
    print->syn = (flags & SSK_TCP_SYN) != 0;
    print->rst = (flags & SSK_TCP_RST) != 0;
    print->ranged = packet->payload_len > 0 && !print->syn && !print->rst;
    print->seq = tcp->seq;
    print->stamp = tcp->has_timestamps ? tcp->ts_val : ack;
    uint64_t key = mix(SSK_TCP, (uint64_t)tcp->seq << 32 | ack);
    if (print->ranged && tcp->has_timestamps)
        print->head = mix(key, (uint64_t)tcp->ts_val << 32 | tcp->ts_ecr) | UINT64_C(1) << 63;
    key = mix(key, (uint64_t)flags << 32 | packet->payload_len);
    if (tcp->has_timestamps)
        key = mix(key, (uint64_t)tcp->ts_val << 32 | tcp->ts_ecr);
    else if (!print->ranged && !print->syn)
        key = mix(key, tcp->window); /* tells one bare acknowledgment from the next */
    print->key[0] = print->key[1] = key;
}

/* The identification counts packets of a sender; where it is 0 there is none. */
static void print_payload(const ssk_packet *packet, const uint8_t *bytes, uint32_t cap_len,
                          uint32_t len, uint64_t start, ssk_print *print)
{
    uint64_t key = mix(start, len);
    if (packet->ip.version == 4)
        key = mix(key, packet->ip.id);
    print->len = len;
    print->cut = cap_len < MIN(len, SSK_PRINT_LONG);
    print->key[0] = mix_bytes(key, bytes, MIN(cap_len, SSK_PRINT_LONG));
    print->key[1] = mix_bytes(key, bytes, MIN(cap_len, SSK_PRINT_SHORT));
}

/* NAT rewrites the identifier of an echo, and the packet that an error quotes. */
static void print_icmp(const ssk_packet *packet, ssk_print *print)
{
    const ssk_icmp_hdr *icmp = &packet->icmp;
    uint64_t key = mix(SSK_PRINT_ICMP,
                       (uint64_t)icmp->version << 16 | icmp->type << 8 | icmp->code);
    put_ends(print, SSK_PRINT_ICMP, &packet->ip.src, 0, &packet->ip.dst, 0);
    if (icmp->has_quote) {
        key = mix(mix(key, packet->ip.version == 4 ? packet->ip.id : 0), icmp->quote_seq);
        print->len = packet->payload_len;
        print->key[0] = print->key[1] = mix(key, packet->payload_len);
        return;
    }
    uint32_t skip = MIN(2, packet->payload_cap);
    print_payload(packet, packet->payload + skip, packet->payload_cap - skip,
                  packet->payload_len - MIN(skip, packet->payload_len), key, print);
}

static uint32_t datagram_of(const ssk_packet *packet)
{
    uint64_t key = mix_bytes(mix(SSK_PRINT_FRAGMENT, packet->ip.id), packet->ip.src.bytes, 16);
    return (uint32_t)mix_bytes(key, packet->ip.dst.bytes, 16) | 1;
}

static void print_arp(const ssk_packet *packet, ssk_print *print)
{
    const ssk_arp_hdr *arp = &packet->arp;
    put_ends(print, SSK_PRINT_ARP, &arp->sender, 0, &arp->target, 0);
    uint64_t key = mix(mix(SSK_PRINT_ARP, arp->operation), print->from);
    key = mix_bytes(key, arp->sender.bytes, 4);
    print->key[0] = print->key[1] = mix_bytes(key, arp->target.bytes, 4);
}

bool ssk_print_of(const ssk_packet *packet, ssk_print *ret)
{
    *ret = (ssk_print){0};
    if (packet->kind >= SSK_PACKET_IP && packet->kind != SSK_PACKET_LOG)
        ret->ttl = packet->ip.ttl;
    switch (packet->kind) {
    case SSK_PACKET_TCP:
        if (packet->problem != SSK_PROBLEM_NONE && packet->problem != SSK_PROBLEM_TRUNCATED)
            return false;
        print_tcp(packet, ret);
        return true;
    case SSK_PACKET_UDP:
        put_ends(ret, SSK_UDP, &packet->ip.src, packet->src_port, &packet->ip.dst,
                 packet->dst_port);
        print_payload(packet, packet->payload, packet->payload_cap, packet->payload_len, SSK_UDP,
                      ret);
        ret->headed = packet->ip.more_fragments;
        ret->datagram = ret->headed ? datagram_of(packet) : 0;
        return true;
    case SSK_PACKET_ICMP:
        print_icmp(packet, ret);
        return true;
    case SSK_PACKET_FRAGMENT:
        put_ends(ret, SSK_PRINT_FRAGMENT, &packet->ip.src, 0, &packet->ip.dst, 0);
        ret->len = packet->ip.payload_len;
        ret->datagram = datagram_of(packet);
        ret->key[0] = ret->key[1] = mix(mix(SSK_PRINT_FRAGMENT, packet->ip.id),
                                        (uint64_t)packet->ip.fragment_offset << 32 | ret->len);
        return true;
    case SSK_PACKET_ARP:
        print_arp(packet, ret);
        return true;
    default:
        return false;
    }
}
