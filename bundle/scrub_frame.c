/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_frame.h"

#include <glib.h>
#include <string.h>

#include "bundle/scrub_text.h"
#include "core/decode/cursor.h"

/* ---- bytes ---- */

void ssk_scrub_keep_to(ssk_scrubbed *f, uint32_t end)
{
    end = MIN(end, f->size);
    if (end <= f->kept)
        return;
    memcpy(f->to + f->kept, f->from + f->kept, end - f->kept);
    f->kept = end;
}

void ssk_scrub_put_mac(ssk_scrubbed *f, uint32_t at)
{
    if (at + 6 <= f->kept)
        ssk_pseudonym_mac(f->pseudonym, f->to + at);
}

void ssk_scrub_put_ipv4(ssk_scrubbed *f, uint32_t at)
{
    if (at + 4 <= f->kept)
        ssk_pseudonym_ipv4(f->pseudonym, f->to + at);
}

void ssk_scrub_put_ipv6(ssk_scrubbed *f, uint32_t at)
{
    if (at + 16 <= f->kept)
        ssk_pseudonym_ipv6(f->pseudonym, f->to + at);
}

/** Empty a part of what was kept. */
static void empty(ssk_scrubbed *f, uint32_t at, uint32_t len)
{
    if (at < f->kept)
        memset(f->to + at, 0, MIN(len, f->kept - at));
}

/* ---- checksums ---- */

/** RFC 1071: the sum of 16-bit words, not folded. */
static uint64_t sum_words(const uint8_t *p, size_t len)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum += i % 2 ? p[i] : (uint64_t)p[i] << 8;
    return sum;
}

static uint16_t fold(uint64_t sum)
{
    while (sum >> 16)
        sum = (sum & 0xffff) + (sum >> 16);
    return (uint16_t)sum;
}

void ssk_scrub_update_sum(ssk_scrubbed *f, uint32_t sum, uint32_t begin, uint32_t end, bool pseudo)
{
    end = MIN(end, f->size);
    if (sum + 2 > end)
        return;
    uint64_t gone = sum_words(f->from + begin, end - begin);
    uint64_t come = sum_words(f->to + begin, end - begin); /* the old checksum is in both */
    if (pseudo) {
        gone += sum_words(f->from + f->ip_at, f->ip_addresses_len);
        come += sum_words(f->to + f->ip_at, f->ip_addresses_len);
    }
    if (fold(gone) % 0xffff == fold(come) % 0xffff)
        return;
    uint8_t *at = f->to + sum;
    uint16_t old = (uint16_t)(at[0] << 8 | at[1]);
    uint16_t made = (uint16_t)~fold((uint64_t)(uint16_t)~old + (uint16_t)~fold(gone) + fold(come));
    at[0] = (uint8_t)(made >> 8);
    at[1] = (uint8_t)made;
}

/* ---- link layer ---- */

static void pktap_names(ssk_scrubbed *f, uint32_t network)
{
    enum {
        INTERFACE = 12,
        INTERFACE_LEN = 24,
        COMMAND = 56,
        NAME_LEN = 17,
        EFFECTIVE = 88,
        KNOWN = 108
    };
    static const uint32_t names[] = {COMMAND, EFFECTIVE};
    uint32_t header = 0;
    ssk_cursor cursor = ssk_cursor_init(f->from, f->size);
    header = MIN(ssk_cursor_le32(&cursor), network);
    empty(f, INTERFACE, INTERFACE_LEN);
    for (size_t i = 0; i < G_N_ELEMENTS(names) && names[i] + NAME_LEN <= f->kept; i++) {
        const uint8_t *name = f->from + names[i], *end = memchr(name, 0, NAME_LEN);
        uint32_t len = end ? (uint32_t)(end - name) : NAME_LEN;
        empty(f, names[i], NAME_LEN);
        ssk_scrub_name(f->pseudonym, name, len, f->to + names[i]);
    }
    if (header > KNOWN) /* UUIDs of the processes */
        empty(f, KNOWN, header - KNOWN);
}

/** PPI: fields but those of 802.11 (2 to 4) may be a position. */
static void ppi_names(ssk_scrubbed *f)
{
    enum { HEAD = 8, COMMON = 2, N_EXTENSIONS_END = 4 };
    ssk_cursor cursor = ssk_cursor_init(f->from, f->size);
    ssk_cursor_skip(&cursor, 2);
    uint16_t end = ssk_cursor_le16(&cursor);
    ssk_cursor_seek(&cursor, HEAD);
    while (!cursor.failed && cursor.pos + 4 <= end) {
        uint16_t type = ssk_cursor_le16(&cursor), len = ssk_cursor_le16(&cursor);
        if (type < COMMON || type > N_EXTENSIONS_END)
            empty(f, cursor.pos, MIN(len, end - cursor.pos));
        ssk_cursor_skip(&cursor, len);
    }
}

/** NFLOG: all values in front of the packet; they may be prefixes of rules, users, addresses. */
static void nflog_names(ssk_scrubbed *f, uint32_t network)
{
    enum { PACKET_HEADER = 1, PAYLOAD = 9 };
    ssk_cursor cursor = ssk_cursor_init(f->from, network);
    ssk_cursor_skip(&cursor, 4);
    while (ssk_cursor_left(&cursor) >= 4) {
        uint16_t len = ssk_cursor_le16(&cursor), type = ssk_cursor_le16(&cursor);
        if (type > 0xff) { /* types are small: the other byte order */
            type = (uint16_t)(type << 8 | type >> 8);
            len = (uint16_t)(len << 8 | len >> 8);
        }
        if (type == PAYLOAD || len < 4)
            return;
        uint32_t size = (len + 3u) / 4 * 4 - 4;
        if (type != PACKET_HEADER)
            empty(f, cursor.pos, MIN(size, network - cursor.pos));
        ssk_cursor_skip(&cursor, size);
    }
}

/** Linux cooked: an address that is no MAC address. */
static void cooked_address(ssk_scrubbed *f, uint32_t at, bool is_mac)
{
    if (!is_mac)
        empty(f, at, 8);
    else
        empty(f, at + 6, 2);
}

unsigned ssk_scrub_link_names(ssk_scrubbed *f, uint16_t linktype, const ssk_link *link,
                              uint32_t network)
{
    switch (linktype) {
    case SSK_LINKTYPE_PKTAP:
    case SSK_LINKTYPE_DLT_USER2:
        pktap_names(f, network);
        return 1;
    case SSK_LINKTYPE_PPI:
        ppi_names(f);
        return 1;
    case SSK_LINKTYPE_NFLOG:
        nflog_names(f, network);
        return 1;
    case SSK_LINKTYPE_LINUX_SLL:
        cooked_address(f, 6, link->has_macs);
        return 0;
    case SSK_LINKTYPE_LINUX_SLL2:
        cooked_address(f, 12, link->has_macs);
        return 0;
    }
    return 0;
}

void ssk_scrub_arp(ssk_scrubbed *f, uint32_t at)
{
    enum { LENGTH = 28, SENDER_MAC = 8, SENDER = 14, TARGET_MAC = 18, TARGET = 24 };
    ssk_scrub_keep_to(f, at + LENGTH);
    ssk_scrub_put_mac(f, at + SENDER_MAC);
    ssk_scrub_put_ipv4(f, at + SENDER);
    ssk_scrub_put_mac(f, at + TARGET_MAC);
    ssk_scrub_put_ipv4(f, at + TARGET);
}

/* ---- IP ---- */

/** RFC 791, section 3.1: routes and timestamps hold addresses. */
static void ipv4_options(ssk_scrubbed *f, uint32_t at, uint32_t end)
{
    enum {
        EOL = 0,
        NOP = 1,
        RECORD_ROUTE = 7,
        STAMP = 68,
        LOOSE = 131,
        STRICT = 137,
        ROUTER_ALERT = 148
    };
    ssk_cursor cursor = ssk_cursor_init(f->from, MIN(end, f->size));
    ssk_cursor_seek(&cursor, at);
    while (ssk_cursor_left(&cursor)) {
        uint32_t start = cursor.pos;
        uint8_t kind = ssk_cursor_u8(&cursor), len;
        if (kind == EOL)
            break;
        if (kind == NOP)
            continue;
        len = ssk_cursor_u8(&cursor);
        if (len < 2 || cursor.failed || len - 2u > ssk_cursor_left(&cursor)) {
            empty(f, start, end - start);
            return;
        }
        bool route = kind == RECORD_ROUTE || kind == LOOSE || kind == STRICT;
        uint8_t flag = kind == STAMP && len > 3 ? f->from[start + 3] & 15 : 0;
        for (uint32_t i = start + 3; route && i + 4 <= start + len; i += 4)
            ssk_scrub_put_ipv4(f, i);
        for (uint32_t i = start + 4; (flag == 1 || flag == 3) && i + 8 <= start + len; i += 8)
            ssk_scrub_put_ipv4(f, i);
        if (!route && kind != STAMP && kind != ROUTER_ALERT)
            empty(f, start + 2, len - 2u);
        ssk_cursor_skip(&cursor, len - 2u);
    }
    if (cursor.pos < end)
        empty(f, cursor.pos, end - cursor.pos);
}

/** RFC 8200, section 4.2. */
static void ipv6_options(ssk_scrubbed *f, uint32_t at, uint32_t end)
{
    enum { PAD1 = 0, PADN = 1, TUNNEL_LIMIT = 4, ROUTER_ALERT = 5, JUMBO = 0xc2, HOME = 0xc9 };
    ssk_cursor cursor = ssk_cursor_init(f->from, MIN(end, f->size));
    ssk_cursor_seek(&cursor, at);
    while (ssk_cursor_left(&cursor)) {
        uint8_t kind = ssk_cursor_u8(&cursor);
        if (kind == PAD1)
            continue;
        uint8_t len = ssk_cursor_u8(&cursor);
        if (kind == HOME && len == 16)
            ssk_scrub_put_ipv6(f, cursor.pos);
        else if (kind != TUNNEL_LIMIT && kind != ROUTER_ALERT && kind != JUMBO)
            empty(f, cursor.pos, MIN(len, end - cursor.pos));
        ssk_cursor_skip(&cursor, len);
    }
}

/** @param next what the header before says of the first one */
static void extensions(ssk_scrubbed *f, uint8_t next, uint32_t at, uint32_t end)
{
    enum {
        HOP_BY_HOP = 0,
        ROUTING = 43,
        FRAGMENT = 44,
        DESTINATION = 60,
        AUTHENTICATION = 51,
        ADDRESSES = 8
    };
    for (; at + 8 <= end && at + 8 <= f->size;) {
        uint32_t len = next == FRAGMENT         ? 8
                       : next == AUTHENTICATION ? (f->from[at + 1] + 2u) * 4
                                                : (f->from[at + 1] + 1u) * 8;
        uint32_t stop = MIN(at + len, end);
        if (next == HOP_BY_HOP || next == DESTINATION)
            ipv6_options(f, at + 2, stop);
        else if (next == ROUTING)
            for (uint32_t i = at + ADDRESSES; i + 16 <= stop; i += 16)
                ssk_scrub_put_ipv6(f, i);
        else if (next == AUTHENTICATION)
            empty(f, at + 12, stop - MIN(stop, at + 12));
        next = f->from[at];
        at += len;
    }
}

/** One header, which was kept. */
static void put_ip(ssk_scrubbed *f, uint32_t at, const ssk_ip_hdr *ip)
{
    uint32_t end = at + ip->payload_offset;
    if (ip->version == 4) {
        f->ip_at = at + 12;
        f->ip_addresses_len = 8;
        ssk_scrub_put_ipv4(f, at + 12);
        ssk_scrub_put_ipv4(f, at + 16);
        uint32_t header = MIN(at + (f->from[at] & 15u) * 4, end);
        ipv4_options(f, at + 20, header);
        ssk_scrub_update_sum(f, at + 10, at, header, false);
        extensions(f, f->from[at + 9], header, end);
    } else {
        f->ip_at = at + 8;
        f->ip_addresses_len = 32;
        ssk_scrub_put_ipv6(f, at + 8);
        ssk_scrub_put_ipv6(f, at + 24);
        extensions(f, f->from[at + 6], at + 40, end);
    }
}

/** RFC 2784 and 2890: where the packet inside begins; 0: none that is read. */
static uint32_t gre_inside(ssk_scrubbed *f, uint32_t at, uint32_t len)
{
    enum { CHECKSUM = 0x8000, KEY = 0x2000, SEQUENCE = 0x1000, OTHERS = 0x4007 };
    ssk_cursor cursor = ssk_cursor_init(f->from, f->size);
    ssk_cursor_seek(&cursor, at);
    uint16_t flags = ssk_cursor_be16(&cursor), type = ssk_cursor_be16(&cursor);
    ssk_cursor_skip(&cursor, (flags & CHECKSUM ? 4 : 0) + (flags & KEY ? 4 : 0) +
                                 (flags & SEQUENCE ? 4 : 0));
    if (cursor.failed || (flags & OTHERS) || (type != 0x0800 && type != 0x86dd))
        return 0;
    if ((flags & CHECKSUM) && f->n_gre < SSK_SCRUB_TUNNELS) {
        f->gre[f->n_gre].at = at;
        f->gre[f->n_gre++].end = at + MIN(len, f->size - at);
    }
    return cursor.pos;
}

uint32_t ssk_scrub_ip_headers(ssk_scrubbed *f, uint32_t at, const ssk_packet *packet)
{
    enum { IPV4_IN_IP = 4, IPV6_IN_IP = 41, GRE = 47 };
    uint32_t payload = packet->payload ? (uint32_t)(packet->payload - f->from) : f->size;
    for (unsigned tunnels = 0; tunnels < SSK_SCRUB_TUNNELS; tunnels++) {
        ssk_ip_hdr ip;
        if (at >= f->size || ssk_decode_ip(f->from + at, f->size - at, UINT32_MAX, &ip) != SSK_OK)
            return at;
        uint32_t next = at + ip.payload_offset;
        ssk_scrub_keep_to(f, next);
        put_ip(f, at, &ip);
        at = next;
        if (ip.fragment || at >= payload)
            return at;
        if (ip.protocol == GRE)
            next = gre_inside(f, at, ip.payload_len);
        else if (ip.protocol != IPV4_IN_IP && ip.protocol != IPV6_IN_IP)
            return at;
        if (!next || next > payload)
            return at;
        ssk_scrub_keep_to(f, next);
        at = next;
    }
    return at;
}

void ssk_scrub_tunnel_sums(ssk_scrubbed *f)
{
    while (f->n_gre--)
        ssk_scrub_update_sum(f, f->gre[f->n_gre].at + 4, f->gre[f->n_gre].at, f->gre[f->n_gre].end,
                             false);
}

void ssk_scrub_tcp_options(ssk_scrubbed *f, uint32_t at, uint32_t header_len)
{
    /* end, padding, MSS, window scale, SACK, timestamps (RFC 9293, 7323, 2018), user timeout (5482) */
    static const uint8_t kept[] = {2, 3, 4, 5, 8, 28};
    enum { EOL = 0, NOP = 1, FIXED = 20 };
    uint32_t end = MIN(at + header_len, f->size);
    ssk_cursor cursor = ssk_cursor_init(f->from, end);
    ssk_cursor_seek(&cursor, at + FIXED);
    while (ssk_cursor_left(&cursor)) {
        uint8_t kind = ssk_cursor_u8(&cursor);
        if (kind == EOL)
            break;
        if (kind == NOP)
            continue;
        uint8_t len = ssk_cursor_u8(&cursor);
        if (len < 2 || cursor.failed)
            break;
        if (!memchr(kept, kind, sizeof kept))
            empty(f, cursor.pos, MIN(len - 2u, end - cursor.pos));
        ssk_cursor_skip(&cursor, len - 2u);
    }
    if (cursor.pos < end)
        empty(f, cursor.pos, end - cursor.pos);
}

/* ---- ICMP ---- */

/** The quoted packet's headers, and the 8 bytes behind that tell its ports. */
static uint32_t put_quote(ssk_scrubbed *f, uint32_t at, uint32_t end)
{
    enum { TELLS = 8 };
    ssk_ip_hdr ip;
    uint32_t outer_at = f->ip_at, outer_len = f->ip_addresses_len;
    if (at >= end || ssk_decode_ip(f->from + at, end - at, UINT32_MAX, &ip) != SSK_OK)
        return at;
    ssk_scrub_keep_to(f, MIN(at + ip.payload_offset + TELLS, end));
    put_ip(f, at, &ip);
    f->ip_at = outer_at;
    f->ip_addresses_len = outer_len;
    return MIN(at + ip.payload_offset + TELLS, end);
}

/** RFC 4861, section 4.6: link-layer addresses; the others may hold names and keys. */
static void neighbour_options(ssk_scrubbed *f, uint32_t at, uint32_t end)
{
    enum { SOURCE = 1, TARGET = 2 };
    ssk_cursor cursor = ssk_cursor_init(f->from, end);
    ssk_cursor_seek(&cursor, at);
    while (ssk_cursor_left(&cursor) >= 2) {
        uint32_t start = cursor.pos;
        uint8_t kind = ssk_cursor_u8(&cursor);
        uint32_t len = ssk_cursor_u8(&cursor) * 8u;
        if (!len)
            break;
        if (kind == SOURCE || kind == TARGET) {
            ssk_scrub_put_mac(f, start + 2);
            empty(f, start + 8, len - 8);
        } else {
            empty(f, start + 2, len - 2);
        }
        ssk_cursor_seek(&cursor, MIN(start + len, end));
    }
    if (cursor.pos < end)
        empty(f, cursor.pos, end - cursor.pos);
}

/** Records of a report of groups: RFC 3376, section 4.2.4; RFC 3810, section 5.2.10.
 * @param size of an address
 * @return their end */
static uint32_t group_records(ssk_scrubbed *f, uint32_t at, uint32_t end, uint16_t left,
                              uint32_t size)
{
    ssk_cursor cursor = ssk_cursor_init(f->from, end);
    ssk_cursor_seek(&cursor, at);
    uint32_t good = at;
    while (left-- && !cursor.failed) {
        ssk_cursor_skip(&cursor, 1);
        uint8_t auxiliary = ssk_cursor_u8(&cursor);
        uint32_t sources = ssk_cursor_be16(&cursor), first = cursor.pos;
        ssk_cursor_skip(&cursor, size + size * sources);
        if (cursor.failed)
            break;
        good = cursor.pos;
        ssk_scrub_keep_to(f, good);
        for (uint32_t i = first; i + size <= good; i += size) {
            if (size == 4)
                ssk_scrub_put_ipv4(f, i);
            else
                ssk_scrub_put_ipv6(f, i);
        }
        if (auxiliary)
            break;
    }
    return good;
}

/** RFC 3810, section 5.2. @return its end */
static uint32_t mld_records(ssk_scrubbed *f, uint32_t at, uint32_t end)
{
    ssk_cursor cursor = ssk_cursor_init(f->from, end);
    ssk_cursor_seek(&cursor, at + 2);
    uint16_t left = ssk_cursor_be16(&cursor);
    return group_records(f, cursor.pos, end, left, 16);
}

static uint32_t put_icmp6(ssk_scrubbed *f, uint8_t type, uint32_t at, uint32_t end)
{
    enum {
        QUERY = 130,
        DONE = 132,
        ADVERTISED_ROUTER = 134,
        SOLICITATION = 135,
        ADVERTISEMENT = 136,
        REPORT_2 = 143,
        RA_HEAD = 12,
        ND_HEAD = 20,
        QUERY_2 = 24
    };
    if (type == SOLICITATION || type == ADVERTISEMENT) {
        ssk_scrub_keep_to(f, end);
        ssk_scrub_put_ipv6(f, at + 4);
        neighbour_options(f, at + ND_HEAD, end);
        return end;
    }
    if (type >= QUERY && type <= DONE) {
        ssk_scrub_keep_to(f, end);
        ssk_scrub_put_ipv6(f, at + 4);
        uint32_t i = at + QUERY_2;
        for (; i + 16 <= end; i += 16)
            ssk_scrub_put_ipv6(f, i);
        if (i < end)
            empty(f, i, end - i);
        return end;
    }
    if (type == REPORT_2) {
        ssk_scrub_keep_to(f, at + 4);
        return mld_records(f, at, end);
    }
    return at + (type == ADVERTISED_ROUTER ? RA_HEAD : 4); /* RFC 4861, section 4.2 */
}

uint32_t ssk_scrub_icmp(ssk_scrubbed *f, const ssk_packet *packet, uint32_t at, uint32_t len)
{
    enum { REDIRECT = 5 };
    uint32_t end = at + len, needs = MIN(at + 4, end);
    uint8_t type = packet->icmp.type;
    if (packet->icmp.has_quote) {
        ssk_scrub_keep_to(f, needs);
        if (packet->ip.version == 4 && type == REDIRECT)
            ssk_scrub_put_ipv4(f, at);
        needs = put_quote(f, at + 4, end);
    } else if (packet->ip.version == 6) {
        needs = MIN(put_icmp6(f, type, at, end), end);
    }
    ssk_scrub_keep_to(f, needs);
    f->kept = MAX(f->kept, end);
    if (!packet->ip.fragment)
        ssk_scrub_update_sum(f, at - 2, at - 4, end, packet->ip.version == 6);
    return end - MIN(needs, end);
}

/** RFC 2236, section 2; RFC 3376, section 4: groups and sources, no auxiliary data. */
uint32_t ssk_scrub_igmp(ssk_scrubbed *f, uint32_t at, uint32_t len)
{
    enum { HEAD = 8, QUERY = 0x11, REPORT = 0x22 };
    uint32_t end = at + len, good = MIN(at + HEAD, end);
    ssk_cursor cursor = ssk_cursor_init(f->from, end);
    ssk_cursor_seek(&cursor, at);
    uint8_t type = ssk_cursor_u8(&cursor);
    ssk_scrub_keep_to(f, good);
    ssk_cursor_seek(&cursor, good);
    if (type == QUERY && len > HEAD) {
        ssk_cursor_skip(&cursor, 2);
        uint32_t sources = ssk_cursor_be16(&cursor), first = cursor.pos;
        ssk_cursor_skip(&cursor, 4 * sources);
        if (!cursor.failed)
            good = cursor.pos;
        ssk_scrub_keep_to(f, good);
        for (uint32_t i = first; i + 4 <= good; i += 4)
            ssk_scrub_put_ipv4(f, i);
    }
    if (type == REPORT) {
        uint16_t left = len >= HEAD ? (uint16_t)(f->from[at + 6] << 8 | f->from[at + 7]) : 0;
        good = group_records(f, good, end, left, 4);
    } else {
        ssk_scrub_put_ipv4(f, at + 4);
    }
    f->kept = MAX(f->kept, end);
    ssk_scrub_update_sum(f, at + 2, at, end, false);
    return end - good;
}
