/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub.h"

#include <glib.h>
#include <string.h>

#include "bundle/scrub_dhcp.h"
#include "bundle/scrub_dns.h"
#include "bundle/scrub_frame.h"
#include "bundle/scrub_messages.h"
#include "bundle/scrub_request.h"
#include "bundle/scrub_text.h"
#include "bundle/scrub_udp.h"
#include "core/decode/cursor.h"
#include "core/decode/declared.h"
#include "core/decode/dnssd.h"
#include "core/decode/packet.h"

struct ssk_scrub {
    const ssk_scrub *first; /* whose pseudonym, udp and addresses these are; NULL: its own */
    bool addresses;
    ssk_pseudonym *pseudonym;
    ssk_scrub_messages *messages;
    ssk_scrub_udp *udp;
    GByteArray *bytes;
    ssk_process process;
    char *process_name;
    ssk_scrub_counts counts;
};

ssk_scrub *ssk_scrub_new(const uint8_t *key, bool addresses)
{
    ssk_scrub *scrub = g_new0(ssk_scrub, 1);
    scrub->addresses = addresses;
    scrub->pseudonym = ssk_pseudonym_new(key, addresses);
    scrub->messages = ssk_scrub_messages_new(scrub->pseudonym, addresses);
    scrub->udp = ssk_scrub_udp_new(scrub->pseudonym);
    scrub->bytes = g_byte_array_new();
    return scrub;
}

ssk_scrub *ssk_scrub_new_beside(const ssk_scrub *first)
{
    ssk_scrub *scrub = g_new0(ssk_scrub, 1);
    scrub->first = first;
    scrub->addresses = first->addresses;
    scrub->pseudonym = first->pseudonym;
    scrub->udp = first->udp;
    scrub->messages = ssk_scrub_messages_new(first->pseudonym, first->addresses);
    scrub->bytes = g_byte_array_new();
    return scrub;
}

void ssk_scrub_free(ssk_scrub *scrub)
{
    if (!scrub)
        return;
    ssk_scrub_messages_free(scrub->messages);
    if (!scrub->first) {
        ssk_scrub_udp_free(scrub->udp);
        ssk_pseudonym_free(scrub->pseudonym);
    }
    g_byte_array_free(scrub->bytes, TRUE);
    g_free(scrub->process_name);
    g_free(scrub);
}

void ssk_scrub_keep_messages(ssk_scrub *scrub, ssk_transport transport, const ssk_addr addr[2],
                             const uint16_t port[2], uint32_t first_frame, uint32_t last_frame,
                             const ssk_profile *profile)
{
    ssk_scrub_messages_add(scrub->messages, transport, addr, port, first_frame, last_frame,
                           profile);
}

/* ---- what a payload is ---- */

static bool has_port(const ssk_packet *packet, uint16_t port)
{
    return packet->src_port == port || packet->dst_port == port;
}

static bool is_dns(const ssk_packet *packet)
{
    enum { LLMNR = 5355 }; /* RFC 4795: DNS messages too */
    return has_port(packet, SSK_PORT_DNS) || has_port(packet, SSK_PORT_MDNS) ||
           has_port(packet, LLMNR);
}

static bool is_dhcp(const ssk_packet *packet)
{
    return has_port(packet, SSK_PORT_DHCP_SERVER) || has_port(packet, SSK_PORT_DHCP_CLIENT);
}

static bool is_unknown_udp(const ssk_packet *packet)
{
    return packet->kind == SSK_PACKET_UDP && !is_dns(packet) && !is_dhcp(packet);
}

void ssk_scrub_learn(ssk_scrub *scrub, const ssk_event *event)
{
    ssk_packet packet;
    if (event->kind != SSK_EVENT_FRAME)
        return;
    ssk_decode_packet(event, &packet);
    for (unsigned i = 0; i < packet.link.n_macs; i++) { /* names may hold them, before and after */
        uint8_t mac[6];
        memcpy(mac, event->bytes + packet.link.mac_at[i], sizeof mac);
        ssk_pseudonym_mac(scrub->pseudonym, mac);
    }
    if (packet.kind == SSK_PACKET_TCP)
        ssk_scrub_messages_learn(scrub->messages, &packet);
    else if (is_unknown_udp(&packet))
        ssk_scrub_udp_learn(scrub->udp, &packet);
}

ssk_pseudonym *ssk_scrub_pseudonym(const ssk_scrub *scrub)
{
    return scrub->pseudonym;
}

void ssk_scrub_rewind(ssk_scrub *scrub)
{
    ssk_scrub_messages_rewind(scrub->messages);
    scrub->counts = (ssk_scrub_counts){0};
}

/* ---- transport ---- */

static size_t differing(const uint8_t *a, const uint8_t *b, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += a[i] != b[i];
    return n;
}

static ssk_scrub_payload kind_of(const ssk_packet *packet)
{
    return packet->kind != SSK_PACKET_UDP ? SSK_SCRUB_SEGMENT
           : ssk_declared_at_port(packet->src_port) || ssk_declared_at_port(packet->dst_port)
               ? SSK_SCRUB_HELLO
               : SSK_SCRUB_DATAGRAM;
}

static void fill_payload(ssk_scrub *scrub, const ssk_packet *packet, ssk_scrubbed *f, uint32_t at,
                         uint32_t len)
{
    uint8_t *to = f->to + at;
    if (ssk_scrub_messages_fill(scrub->messages, packet, to, len)) {
        ssk_scrub_request(kind_of(packet), f->from + at, to, len, packet->payload_len);
        scrub->counts.message_bytes += differing(f->from + at, to, len);
    } else if (packet->kind != SSK_PACKET_UDP) {
        scrub->counts.payload_bytes += len - ssk_scrub_request(kind_of(packet), f->from + at, to,
                                                               len, packet->payload_len);
    } else if (is_dns(packet)) {
        ssk_scrub_dns(scrub->pseudonym, f->from + at, to, len);
        scrub->counts.dns_messages++;
    } else if (is_dhcp(packet) && ssk_scrub_dhcp(scrub->pseudonym, f->from + at, to, len)) {
        scrub->counts.dhcp_messages++;
    } else {
        if (is_unknown_udp(packet))
            ssk_scrub_udp_fill(scrub->udp, packet, to, len);
        ssk_scrub_request(kind_of(packet), f->from + at, to, len, packet->payload_len);
        scrub->counts.payload_bytes += differing(f->from + at, to, len);
    }
}

/** @param begin of the header
 *  @param at    of the payload */
static void scrub_transport(ssk_scrub *scrub, const ssk_packet *packet, ssk_scrubbed *f,
                            uint32_t begin, uint32_t at)
{
    bool udp = packet->kind == SSK_PACKET_UDP;
    uint32_t head = at - begin, len = MIN(packet->payload_cap, f->size - at);
    uint32_t sum = begin + (udp ? 6 : 16);
    ssk_scrub_keep_to(f, at);
    if (!udp)
        ssk_scrub_tcp_options(f, begin, head);
    if (len)
        fill_payload(scrub, packet, f, at, len);
    f->kept = MAX(f->kept, at + len);
    if (sum + 2 > f->size)
        return;
    bool unused = udp && !f->from[sum] && !f->from[sum + 1]; /* RFC 768: no checksum */
    if (packet->ip.fragment || unused)
        return;
    ssk_scrub_update_sum(f, sum, begin, at + len, true);
    if (udp && !f->to[sum] && !f->to[sum + 1])
        f->to[sum] = f->to[sum + 1] = 0xff; /* RFC 768: 0 means none */
}

/* ---- frames ---- */

/** IEEE 802.1X-2020, section 11.3, and RFC 3748, section 4: who asks and how far
 * they came, no names, no keys. */
static uint32_t eapol_needs(const uint8_t *p, uint32_t len)
{
    enum { EAP = 0, KEY = 3, CODES = 4, HEAD = 4, KEY_COUNTER = 13, EAP_TYPE = 5 };
    ssk_cursor cursor = ssk_cursor_init(p, len);
    ssk_cursor_skip(&cursor, 1);
    uint8_t type = ssk_cursor_u8(&cursor);
    uint16_t body = ssk_cursor_be16(&cursor);
    uint8_t code = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, 1);
    uint16_t length = ssk_cursor_be16(&cursor);
    if (type == KEY)
        return HEAD + KEY_COUNTER;
    bool sane = type == EAP && code >= 1 && code <= CODES && length == body && !cursor.failed;
    return sane ? HEAD + EAP_TYPE : HEAD;
}

static void scrub_ip(ssk_scrub *scrub, const ssk_packet *packet, ssk_scrubbed *f, uint32_t network)
{
    enum { IGMP = 2, TCP_TELLS = 14 };
    uint32_t transport = ssk_scrub_ip_headers(f, network, packet);
    bool damaged = packet->kind == SSK_PACKET_TCP && packet->tcp.header_len < 20;
    if (damaged || !packet->payload) { /* what told so */
        ssk_scrub_keep_to(f, transport + (packet->kind == SSK_PACKET_TCP ? TCP_TELLS : 0));
        return;
    }
    uint32_t at = (uint32_t)(packet->payload - f->from),
             len = MIN(packet->payload_cap, f->size - at);
    if (packet->kind == SSK_PACKET_TCP || packet->kind == SSK_PACKET_UDP) {
        uint32_t head = packet->kind == SSK_PACKET_UDP ? 8 : packet->tcp.header_len;
        scrub_transport(scrub, packet, f, len ? at - head : transport, at);
    } else if (packet->kind == SSK_PACKET_ICMP) {
        scrub->counts.payload_bytes += ssk_scrub_icmp(f, packet, at, len);
    } else if (packet->kind == SSK_PACKET_IP && packet->ip.protocol == IGMP &&
               !packet->ip.fragment) {
        scrub->counts.payload_bytes += ssk_scrub_igmp(f, at, len);
    } else {
        ssk_scrub_keep_to(f, at);
        scrub->counts.payload_bytes += len;
        f->kept = MAX(f->kept, at + len);
    }
    ssk_scrub_tunnel_sums(f);
}

/** Of a header that is cut or damaged what told so: version and lengths. */
static void keep_damage(const ssk_packet *packet, ssk_scrubbed *f, uint32_t network)
{
    enum { IPV4 = 0x0800, ARP = 0x0806, IPV6 = 0x86dd, ARP_KINDS = 6, LENGTH = 2 };
    uint32_t left = f->size - network;
    uint8_t version = left ? f->from[network] >> 4 : 0;
    if (packet->problem == SSK_PROBLEM_NONE)
        return;
    if (packet->link.ethertype == ARP && left >= ARP_KINDS)
        ssk_scrub_keep_to(f, network + ARP_KINDS);
    if ((packet->link.ethertype == IPV4 && version == 4) ||
        (packet->link.ethertype == IPV6 && version == 6))
        ssk_scrub_keep_to(f, network + 1);
    if (packet->link.ethertype == IPV4 && version == 4 && left >= LENGTH + 2u)
        memcpy(f->to + network + LENGTH, f->from + network + LENGTH, 2);
}

static void scrub_bytes(ssk_scrub *scrub, const ssk_packet *packet, ssk_scrubbed *f,
                        uint32_t network)
{
    enum { EAPOL = 0x888e };
    ssk_scrub_keep_to(f, network);
    scrub->counts.headers += ssk_scrub_link_names(f, packet->event->linktype, &packet->link,
                                                  network);
    for (unsigned i = 0; i < packet->link.n_macs; i++)
        ssk_scrub_put_mac(f, packet->link.mac_at[i]);
    if (packet->kind == SSK_PACKET_ARP)
        ssk_scrub_arp(f, network);
    else if (packet->kind != SSK_PACKET_OTHER)
        scrub_ip(scrub, packet, f, network);
    else if (packet->link.ethertype == EAPOL)
        ssk_scrub_keep_to(f, network + eapol_needs(f->from + network, f->size - network));
    else
        keep_damage(packet, f, network);
    scrub->counts.other_bytes += f->size - f->kept;
}

static const ssk_process *other_process(ssk_scrub *scrub, const ssk_process *process)
{
    if (!process)
        return NULL;
    scrub->process = *process;
    g_free(scrub->process_name);
    scrub->process_name = process->name ? ssk_scrub_name_text(scrub->pseudonym, process->name)
                                        : NULL;
    scrub->process.name = scrub->process_name;
    return &scrub->process;
}

void ssk_scrub_frame(ssk_scrub *scrub, ssk_event *event)
{
    ssk_packet packet;
    ssk_link link;
    uint32_t network = 0;
    ssk_status status = ssk_decode_link(event->linktype, event->bytes, event->cap_len, &link,
                                        &network);
    ssk_decode_packet(event, &packet);
    scrub->counts.frames++;
    g_byte_array_set_size(scrub->bytes, event->cap_len + 1); /* never NULL */
    memset(scrub->bytes->data, 0, event->cap_len + 1);
    ssk_scrubbed f = {.pseudonym = scrub->pseudonym,
                      .from = event->bytes,
                      .to = scrub->bytes->data,
                      .size = event->cap_len};
    if (status == SSK_OK)
        scrub_bytes(scrub, &packet, &f, network);
    else
        scrub->counts.other_bytes += event->cap_len;
    event->bytes = scrub->bytes->data;
    event->interface_name = NULL;
    event->process = other_process(scrub, event->process);
}

ssk_scrub_counts ssk_scrub_done(const ssk_scrub *scrub)
{
    ssk_scrub_counts counts = scrub->counts;
    counts.messages_dropped = ssk_scrub_messages_dropped(scrub->messages);
    return counts;
}
