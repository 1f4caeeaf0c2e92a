/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/scrub.h"

#include <glib.h>
#include <string.h>

#include "cli/scrub_dns.h"
#include "core/decode/cursor.h"
#include "core/decode/dnssd.h"
#include "core/decode/packet.h"

#define KEY_BYTES 32
#define DIGEST_BYTES 8

typedef struct flow_key {
    ssk_addr addr[2];
    uint16_t port[2];
    uint32_t transport;
} flow_key;

typedef struct vocabulary {
    GHashTable *words;
    bool        binary;
} vocabulary;

struct ssk_scrub {
    uint8_t          key[KEY_BYTES];
    GHashTable      *flows; /* flow_key -> vocabulary */
    GByteArray      *bytes;
    ssk_scrub_counts counts;
};

/* ---- flows with messages that are known ---- */

static guint key_hash(gconstpointer data)
{
    const uint8_t *p = data;
    guint          hash = 5381;
    for (size_t i = 0; i < sizeof(flow_key); i++)
        hash = hash * 33 + p[i];
    return hash;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
    return !memcmp(a, b, sizeof(flow_key));
}

/** The same for both directions; padding is zero. */
static void key_fill(flow_key *key, uint32_t transport, const ssk_addr *a, const ssk_addr *b,
                     uint16_t port_a, uint16_t port_b)
{
    int  order = memcmp(a, b, sizeof *a);
    bool swap = order > 0 || (order == 0 && port_a > port_b);
    memset(key, 0, sizeof *key);
    key->transport = transport;
    key->addr[swap] = *a;
    key->addr[!swap] = *b;
    key->port[swap] = port_a;
    key->port[!swap] = port_b;
}

static void vocabulary_free(gpointer data)
{
    vocabulary *v = data;
    g_hash_table_destroy(v->words);
    g_free(v);
}

ssk_scrub *ssk_scrub_new(const uint8_t *key)
{
    ssk_scrub *scrub = g_new0(ssk_scrub, 1);
    memcpy(scrub->key, key, KEY_BYTES);
    scrub->flows = g_hash_table_new_full(key_hash, key_equal, g_free, vocabulary_free);
    scrub->bytes = g_byte_array_new();
    return scrub;
}

void ssk_scrub_free(ssk_scrub *scrub)
{
    if (!scrub)
        return;
    g_hash_table_destroy(scrub->flows);
    g_byte_array_free(scrub->bytes, TRUE);
    memset(scrub->key, 0, sizeof scrub->key);
    g_free(scrub);
}

void ssk_scrub_keep_words(ssk_scrub *scrub, ssk_transport transport, const ssk_addr addr[2],
                          const uint16_t port[2], const char *text, bool binary)
{
    flow_key   *key = g_new(flow_key, 1);
    vocabulary *v = g_new0(vocabulary, 1);
    key_fill(key, transport, &addr[0], &addr[1], port[0], port[1]);
    v->binary = binary;
    v->words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    while (*text) {
        size_t n = 0;
        while (g_ascii_isalnum(text[n]))
            n++;
        if (n)
            g_hash_table_add(v->words, g_strndup(text, n));
        text += n ? n : 1;
    }
    static const char *const json[] = { "true", "false", "null" };
    for (size_t i = 0; i < G_N_ELEMENTS(json); i++)
        g_hash_table_add(v->words, g_strdup(json[i]));
    g_hash_table_replace(scrub->flows, key, v);
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

/** RFC 1624, equation 3. */
static void update_checksum(uint8_t *checksum, const uint8_t *before, const uint8_t *after,
                            size_t len)
{
    uint16_t old = (uint16_t)(checksum[0] << 8 | checksum[1]);
    uint16_t gone = fold(sum_words(before, len)), come = fold(sum_words(after, len));
    uint16_t sum = (uint16_t)~fold((uint64_t)(uint16_t)~old + (uint16_t)~gone + come);
    checksum[0] = (uint8_t)(sum >> 8);
    checksum[1] = (uint8_t)sum;
}

/* ---- payload ---- */

/** "17", "5e9", "24T18", "16Z": digits, with one letter behind the first at most. */
static bool is_number(const uint8_t *p, size_t len)
{
    size_t letters = 0;
    for (size_t i = 0; i < len; i++)
        letters += g_ascii_isalpha(p[i]) != 0;
    return g_ascii_isdigit(p[0]) && letters <= 1;
}

/** Whether the byte may be part of a length before a JSON text: that begins behind
 * it, or the rest of a little-endian length does. */
static bool is_length(const uint8_t *p, size_t len)
{
    if (len > 1 && (p[1] == '{' || p[1] == '['))
        return true;
    return len > 2 && p[1] < 0x20 && p[2] == 0;
}

/** Of a message keep what gives it its shape.
 * @return bytes emptied */
static size_t keep_structure(const vocabulary *v, uint8_t *p, size_t len)
{
    size_t emptied = 0;
    for (size_t i = 0; i < len;) {
        if (!v->binary && p[i] == '\\' && i + 1 < len) { /* an escape that is no letter stays */
            size_t n = p[i + 1] == 'u' ? MIN((size_t)6, len - i) : 2;
            if (n > 2) {
                memset(p + i, 'x', n);
                emptied += n;
            }
            i += n;
            continue;
        }
        if (!v->binary && p[i] >= 0x80) {
            if (!is_length(p + i, len - i)) {
                p[i] = 'x';
                emptied++;
            }
            i++;
            continue;
        }
        size_t n = 0;
        while (i + n < len && g_ascii_isalnum(p[i + n]))
            n++;
        /* in a binary message three letters may be numbers */
        bool needed = v->binary ? n <= 3 : n == 1 && is_length(p + i, len - i);
        if (n && !needed && !is_number(p + i, n)) {
            char *word = g_strndup((const char *)p + i, n);
            if (!g_hash_table_contains(v->words, word)) {
                memset(p + i, 'x', n);
                emptied += n;
            }
            g_free(word);
        }
        i += n ? n : 1;
    }
    return emptied;
}

/** Six bits of each byte: looks like no text, no RTP, no frame of GDL 90. */
static void put_digest(const ssk_scrub *scrub, uint8_t *to, const uint8_t *payload, size_t len)
{
    uint8_t digest[32];
    gsize   size = sizeof digest;
    GHmac  *hmac = g_hmac_new(G_CHECKSUM_SHA256, scrub->key, KEY_BYTES);
    g_hmac_update(hmac, payload, (gssize)len);
    g_hmac_get_digest(hmac, digest, &size);
    g_hmac_unref(hmac);
    for (size_t i = 0; i < MIN(len, (size_t)DIGEST_BYTES); i++)
        to[i] = digest[i] & 0x3f;
}

/** One frame at work: @c to is zero but for what was kept so far. */
typedef struct frame {
    const uint8_t *from;
    uint8_t       *to;
    uint32_t       size;
    uint32_t       kept;
} frame;

/** Keep everything before @p end. */
static void keep_to(frame *f, uint32_t end)
{
    end = MIN(end, f->size);
    if (end <= f->kept)
        return;
    memcpy(f->to + f->kept, f->from + f->kept, end - f->kept);
    f->kept = end;
}

static vocabulary *find_vocabulary(const ssk_scrub *scrub, const ssk_packet *packet)
{
    flow_key key;
    key_fill(&key, packet->kind == SSK_PACKET_TCP ? SSK_TCP : SSK_UDP, &packet->ip.src,
             &packet->ip.dst, packet->src_port, packet->dst_port);
    return g_hash_table_lookup(scrub->flows, &key);
}

static bool is_dns(const ssk_packet *packet)
{
    enum { LLMNR = 5355 }; /* RFC 4795: DNS messages too */
    const uint16_t ports[] = { packet->src_port, packet->dst_port };
    for (size_t i = 0; i < G_N_ELEMENTS(ports); i++)
        if (ports[i] == SSK_PORT_DNS || ports[i] == SSK_PORT_MDNS || ports[i] == LLMNR)
            return packet->kind == SSK_PACKET_UDP;
    return false;
}

/** A message that is not all there, or damaged, becomes an empty one. */
static void scrub_dns(ssk_scrub *scrub, const ssk_packet *packet, frame *f, uint32_t at,
                      uint32_t len)
{
    if (packet->payload_cap == packet->payload_len && !packet->ip.fragment &&
        ssk_scrub_dns(scrub->key, f->from + at, f->to + at, len)) {
        scrub->counts.dns_messages++;
    } else {
        memset(f->to + at, 0, len);
        scrub->counts.payload_bytes += len;
    }
}

/** @param at       of the payload
 *  @param checksum of the transport header; counted from @p at backwards */
static void scrub_transport(ssk_scrub *scrub, const ssk_packet *packet, frame *f, uint32_t at,
                            uint32_t checksum)
{
    uint32_t    len = MIN(packet->payload_cap, f->size - at);
    vocabulary *v = find_vocabulary(scrub, packet);
    keep_to(f, at);
    if (v) {
        keep_to(f, at + len);
        scrub->counts.message_bytes += keep_structure(v, f->to + at, len);
    } else if (is_dns(packet)) {
        scrub_dns(scrub, packet, f, at, len);
    } else {
        if (packet->kind == SSK_PACKET_UDP)
            put_digest(scrub, f->to + at, f->from + at, len);
        scrub->counts.payload_bytes += len;
    }
    bool unused = packet->kind == SSK_PACKET_UDP && !f->from[at - checksum] &&
                  !f->from[at - checksum + 1]; /* RFC 768: no checksum */
    if (!packet->ip.fragment && !unused) {
        uint8_t *sum = f->to + at - checksum;
        update_checksum(sum, f->from + at, f->to + at, len);
        if (packet->kind == SSK_PACKET_UDP && !sum[0] && !sum[1])
            sum[0] = sum[1] = 0xff; /* RFC 768: 0 means none */
    }
    f->kept = at + len;
}

/** How much of an ICMP message, behind its first 4 bytes, its sense needs. */
static uint32_t icmp_needs(const ssk_packet *packet)
{
    ssk_ip_hdr quoted;
    uint8_t    type = packet->icmp.type;
    if (packet->icmp.has_quote && packet->payload_cap > 4 &&
        ssk_decode_ip(packet->payload + 4, packet->payload_cap - 4, UINT32_MAX, &quoted) == SSK_OK)
        return 4 + quoted.payload_offset + 8;
    if (packet->ip.version == 6 &&
        (type == 135 || type == 136 || (type >= 130 && type <= 132) || type == 143))
        return packet->payload_len; /* RFC 4861, 2710, 3810: addresses */
    if (packet->ip.version == 6 && type == 134)
        return 12; /* RFC 4861, section 4.2: options may hold names */
    return 4;
}

static void scrub_icmp(ssk_scrub *scrub, const ssk_packet *packet, frame *f, uint32_t at)
{
    uint32_t len = MIN(packet->payload_cap, f->size - at);
    uint32_t needs = MIN(icmp_needs(packet), len);
    keep_to(f, at + needs);
    scrub->counts.payload_bytes += len - needs;
    if (!packet->ip.fragment)
        update_checksum(f->to + at - 2, f->from + at, f->to + at, len);
    f->kept = at + len;
}

/* ---- frames ---- */

/** IEEE 802.1X-2020, section 11.3, and RFC 3748, section 4: who asks and how far
 * they came, no names, no keys. */
static uint32_t eapol_needs(const uint8_t *p, uint32_t len)
{
    enum { EAP = 0, KEY = 3, CODES = 4, HEAD = 4, KEY_COUNTER = 13, EAP_TYPE = 5 };
    ssk_cursor cursor = ssk_cursor_init(p, len);
    ssk_cursor_skip(&cursor, 1);
    uint8_t  type = ssk_cursor_u8(&cursor);
    uint16_t body = ssk_cursor_be16(&cursor);
    uint8_t  code = ssk_cursor_u8(&cursor);
    ssk_cursor_skip(&cursor, 1);
    uint16_t length = ssk_cursor_be16(&cursor);
    if (type == KEY)
        return HEAD + KEY_COUNTER;
    bool sane = type == EAP && code >= 1 && code <= CODES && length == body && !cursor.failed;
    return sane ? HEAD + EAP_TYPE : HEAD;
}

/** RFC 2236, section 2; RFC 3376, section 4: groups and sources, no auxiliary data. */
static uint32_t igmp_needs(const uint8_t *p, uint32_t len)
{
    enum { HEAD = 8, QUERY = 0x11, REPORT = 0x22 };
    ssk_cursor cursor = ssk_cursor_init(p, len);
    uint8_t    type = ssk_cursor_u8(&cursor);
    ssk_cursor_seek(&cursor, MIN(len, HEAD));
    if (type == QUERY && len > HEAD) {
        ssk_cursor_skip(&cursor, 2);
        ssk_cursor_skip(&cursor, 4u * ssk_cursor_be16(&cursor));
        return cursor.failed ? HEAD : cursor.pos;
    }
    uint32_t good = cursor.pos;
    ssk_cursor records = cursor;
    ssk_cursor_seek(&records, MIN(len, 6));
    uint16_t left = type == REPORT ? ssk_cursor_be16(&records) : 0;
    while (left--) {
        ssk_cursor_skip(&cursor, 1);
        uint8_t  auxiliary = ssk_cursor_u8(&cursor);
        uint32_t sources = ssk_cursor_be16(&cursor);
        ssk_cursor_skip(&cursor, 4 + 4 * sources);
        if (cursor.failed)
            break;
        good = cursor.pos;
        if (auxiliary)
            break;
    }
    return good;
}

static void scrub_igmp(ssk_scrub *scrub, const ssk_packet *packet, frame *f, uint32_t at)
{
    uint32_t len = MIN(packet->payload_cap, f->size - at);
    uint32_t needs = MIN(igmp_needs(f->from + at, len), len);
    keep_to(f, at + needs);
    scrub->counts.payload_bytes += len - needs;
    if (needs >= 4)
        update_checksum(f->to + at + 2, f->from + at, f->to + at, len);
    f->kept = at + len;
}

static void scrub_ip(ssk_scrub *scrub, const ssk_packet *packet, frame *f, uint32_t network)
{
    enum { IGMP = 2 };
    bool damaged = packet->kind == SSK_PACKET_TCP && packet->tcp.header_len < 20;
    if (damaged || !packet->payload) { /* what told so */
        keep_to(f, network + packet->ip.payload_offset +
                       (packet->kind == SSK_PACKET_TCP ? 14 : 0));
        return;
    }
    uint32_t at = (uint32_t)(packet->payload - f->from);
    if (!packet->payload_cap) {
        keep_to(f, at);
    } else if (packet->kind == SSK_PACKET_TCP) {
        scrub_transport(scrub, packet, f, at, packet->tcp.header_len - 16u);
    } else if (packet->kind == SSK_PACKET_UDP) {
        scrub_transport(scrub, packet, f, at, 2);
    } else if (packet->kind == SSK_PACKET_ICMP) {
        scrub_icmp(scrub, packet, f, at);
    } else if (packet->kind == SSK_PACKET_IP && packet->ip.protocol == IGMP &&
               !packet->ip.fragment) {
        scrub_igmp(scrub, packet, f, at);
    } else {
        keep_to(f, at);
        scrub->counts.payload_bytes += MIN(packet->payload_cap, f->size - at);
        f->kept = MIN(at + packet->payload_cap, f->size);
    }
}

static void scrub_bytes(ssk_scrub *scrub, const ssk_packet *packet, frame *f, uint32_t network)
{
    enum { EAPOL = 0x888e };
    keep_to(f, network);
    if (packet->kind == SSK_PACKET_ARP)
        keep_to(f, network + 28);
    else if (packet->kind != SSK_PACKET_OTHER)
        scrub_ip(scrub, packet, f, network);
    else if (packet->link.ethertype == EAPOL)
        keep_to(f, network + eapol_needs(f->from + network, f->size - network));
    scrub->counts.other_bytes += f->size - f->kept;
}

/** Headers that hold names: of processes, of rules, positions. */
static bool tells_names(uint16_t linktype)
{
    return linktype == SSK_LINKTYPE_PKTAP || linktype == SSK_LINKTYPE_DLT_USER2 ||
           linktype == SSK_LINKTYPE_PPI || linktype == SSK_LINKTYPE_NFLOG;
}

void ssk_scrub_frame(ssk_scrub *scrub, ssk_event *event)
{
    ssk_packet packet;
    ssk_link   link;
    uint32_t   network = 0;
    ssk_status status = ssk_decode_link(event->linktype, event->bytes, event->cap_len, &link,
                                        &network);
    ssk_decode_packet(event, &packet);
    scrub->counts.frames++;
    g_byte_array_set_size(scrub->bytes, event->cap_len + 1); /* never NULL */
    memset(scrub->bytes->data, 0, event->cap_len + 1);
    frame f = { .from = event->bytes, .to = scrub->bytes->data, .size = event->cap_len };
    bool  names = tells_names(event->linktype);
    if (status == SSK_OK && (!names || packet.ip.version))
        scrub_bytes(scrub, &packet, &f, network);
    else
        scrub->counts.other_bytes += event->cap_len;
    event->bytes = scrub->bytes->data;
    event->interface_name = NULL;
    event->process = NULL;
    if (names && status == SSK_OK && packet.ip.version) {
        event->bytes += network;
        event->cap_len -= network;
        event->wire_len -= MIN(network, event->wire_len);
        event->linktype = SSK_LINKTYPE_RAW;
        scrub->counts.headers++;
    }
}

const ssk_scrub_counts *ssk_scrub_done(const ssk_scrub *scrub)
{
    return &scrub->counts;
}
