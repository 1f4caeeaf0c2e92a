/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/flow/copies.h"

#include <string.h>

#include "core/base/hash.h"
#include "core/base/limits.h"

typedef struct print {
    uint64_t value;
} print;

static void add(print *p, uint64_t value)
{
    p->value = (p->value ^ value ^ value >> 32) * UINT64_C(0x9e3779b97f4a7c15);
}

/* splitmix64's finalizer: 64 bits never meet by chance. */
static uint64_t finish(const print *p)
{
    uint64_t value = p->value;
    value = (value ^ value >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    value = (value ^ value >> 27) * UINT64_C(0x94d049bb133111eb);
    return value ^ value >> 31;
}

static void add_addrs(print *p, const ssk_addr *from, const ssk_addr *to)
{
    uint64_t words[4] = {0};
    if (from->family == 4) {
        memcpy(&words[0], from->bytes, 4);
        memcpy((uint8_t *)&words[0] + 4, to->bytes, 4);
        add(p, words[0]);
        return;
    }
    memcpy(&words[0], from->bytes, 16);
    memcpy(&words[2], to->bytes, 16);
    for (size_t i = 0; i < 4; i++)
        add(p, words[i]);
}

/* Of a packet without an IPv4 identification. @return 0: nothing in it tells it from the next one */
static uint64_t print_of_unnumbered(const ssk_packet *packet)
{
    print p = {(uint64_t)packet->kind};
    const ssk_tcp_hdr *tcp = &packet->tcp;
    if (packet->kind == SSK_PACKET_ARP) {
        add(&p, packet->arp.operation);
        add_addrs(&p, &packet->arp.sender, &packet->arp.target);
        return finish(&p);
    }
    /* Pure acknowledgments may repeat within one tick of the sender's clock. */
    bool carries = packet->payload_len > 0 || (tcp->flags & (SSK_TCP_SYN | SSK_TCP_FIN));
    if (packet->kind != SSK_PACKET_TCP || !tcp->has_timestamps || !carries)
        return 0;
    add(&p, (uint64_t)tcp->seq << 32 | tcp->ack);
    add(&p, (uint64_t)tcp->ts_val << 32 | tcp->ts_ecr);
    add(&p, (uint64_t)packet->ip.id << 32 | packet->payload_len);
    add(&p, (uint64_t)tcp->flags << 48 | (uint64_t)tcp->window << 32 |
                (uint64_t)packet->src_port << 16 | packet->dst_port);
    add_addrs(&p, &packet->ip.src, &packet->ip.dst);
    return finish(&p);
}

/* Most packets: a TCP segment over IPv4 that is numbered. The constants are digits of pi: no two alike, none with a pattern. */
static uint64_t print_of_numbered_tcp(const ssk_packet *packet)
{
    const ssk_tcp_hdr *tcp = &packet->tcp;
    uint32_t src, dst;
    memcpy(&src, packet->ip.src.bytes, sizeof src);
    memcpy(&dst, packet->ip.dst.bytes, sizeof dst);
    uint64_t numbers = (uint64_t)tcp->seq << 32 | tcp->ack;
    uint64_t addresses = (uint64_t)src << 32 | dst;
    uint64_t stamps = (uint64_t)tcp->ts_val << 32 | tcp->ts_ecr;
    uint64_t head = (uint64_t)packet->src_port << 48 | (uint64_t)packet->dst_port << 32 |
                    (uint64_t)tcp->window << 16 | packet->ip.id;
    uint64_t rest = (uint64_t)packet->payload_len << 16 | (uint64_t)tcp->flags << 8 |
                    tcp->has_timestamps;
    uint64_t a = ssk_hash_fold(numbers ^ UINT64_C(0x243f6a8885a308d3),
                               addresses ^ UINT64_C(0x13198a2e03707344));
    uint64_t b = ssk_hash_fold(stamps ^ UINT64_C(0xa4093822299f31d0),
                               head ^ UINT64_C(0x082efa98ec4e6c89));
    return ssk_hash_fold(a ^ rest ^ UINT64_C(0x452821e638d01377), b ^ UINT64_C(0xbe5466cf34e90c6c));
}

/* A datagram over IPv4: some senders never change the identification, so the beginning of the
 * contents must be the same too. */
static uint64_t print_of_numbered_udp(const ssk_packet *packet)
{
    uint64_t words[4] = {0};
    uint32_t src, dst;
    memcpy(&src, packet->ip.src.bytes, sizeof src);
    memcpy(&dst, packet->ip.dst.bytes, sizeof dst);
    if (packet->payload_cap >= sizeof words)
        memcpy(words, packet->payload, sizeof words);
    else if (packet->payload_cap)
        memcpy(words, packet->payload, packet->payload_cap);
    uint64_t addresses = (uint64_t)src << 32 | dst;
    uint64_t head = (uint64_t)packet->src_port << 48 | (uint64_t)packet->dst_port << 32 |
                    packet->event->interface_id;
    uint64_t rest = (uint64_t)packet->ip.id << 32 | packet->payload_len;
    uint64_t a = ssk_hash_fold(words[0] ^ UINT64_C(0x243f6a8885a308d3),
                               words[1] ^ UINT64_C(0x13198a2e03707344));
    uint64_t b = ssk_hash_fold(words[2] ^ UINT64_C(0xa4093822299f31d0),
                               words[3] ^ UINT64_C(0x082efa98ec4e6c89));
    uint64_t c = ssk_hash_fold(addresses ^ UINT64_C(0xc0ac29b7c97c50dd),
                               head ^ UINT64_C(0x3f84d5b5b5470917));
    return ssk_hash_fold(a ^ rest ^ UINT64_C(0x452821e638d01377),
                         (b ^ c << 1 ^ c >> 63) ^ UINT64_C(0xbe5466cf34e90c6c));
}

bool ssk_copies_again(ssk_copies *copies, const ssk_packet *packet)
{
    ssk_time_ns now = packet->event->time;
    bool tcp = packet->kind == SSK_PACKET_TCP, udp = packet->kind == SSK_PACKET_UDP;
    bool numbered = (tcp || udp) && packet->ip.version == 4 && packet->ip.id;
    uint64_t value = 0;
    if (now != SSK_TIME_NONE)
        value = numbered && tcp   ? print_of_numbered_tcp(packet)
                : numbered && udp ? print_of_numbered_udp(packet)
                                  : print_of_unnumbered(packet);
    if (!value)
        return false;
    /* Two places for each print, the later one first. */
    ssk_copy *place = &copies->seen[value % SSK_COPIES_ROOM & ~(size_t)1];
    ssk_copy found = place[place[0].print != value];
    ssk_span_ns apart;
    bool again = found.print == value && !__builtin_sub_overflow(now, found.time, &apart) &&
                 apart <= SSK_LIMIT(COPIES_APART) && apart >= -SSK_LIMIT(COPIES_APART);
    if (place[0].print != value)
        place[1] = place[0];
    place[0] = (ssk_copy){value, now};
    return again;
}
