/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/pseudonym.h"

#include <glib.h>
#include <string.h>

#include "core/base/addr.h"

#define DIGEST 32
/* Memory follows the addresses of the input: beyond this they are computed again. */
#define CACHED 65536
#define MACS   65536

struct ssk_pseudonym {
    uint8_t key[SSK_PSEUDONYM_KEY];
    bool addresses;
    GHashTable *octets; /* prefix -> the 256 values behind it */
    GHashTable *ipv6;   /* ssk_addr -> ssk_addr */
    GHashTable *macs;   /* of frames, as a number -> the pseudonym */
};

/* What a digest is for: no two uses share one. */
enum { FOR_OCTET = 1, FOR_NETWORK, FOR_INTERFACE, FOR_NIC, FOR_OUI, FOR_WORD, FOR_HEX, FOR_NOISE };

ssk_pseudonym *ssk_pseudonym_new(const uint8_t *key, bool addresses)
{
    ssk_pseudonym *p = g_new0(ssk_pseudonym, 1);
    memcpy(p->key, key, sizeof p->key);
    p->addresses = addresses;
    p->octets = g_hash_table_new_full(ssk_direct_hash, NULL, NULL, g_free);
    p->ipv6 = g_hash_table_new_full(ssk_addr_hash, ssk_addr_equal, g_free, g_free);
    p->macs = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);
    return p;
}

void ssk_pseudonym_free(ssk_pseudonym *p)
{
    if (!p)
        return;
    g_hash_table_destroy(p->octets);
    g_hash_table_destroy(p->ipv6);
    g_hash_table_destroy(p->macs);
    memset(p->key, 0, sizeof p->key);
    g_free(p);
}

static void digest(const ssk_pseudonym *p, uint8_t use, uint32_t number, const void *bytes,
                   size_t len, uint8_t ret[DIGEST])
{
    uint8_t head[5] = {use, (uint8_t)(number >> 24), (uint8_t)(number >> 16),
                       (uint8_t)(number >> 8), (uint8_t)number};
    gsize size = DIGEST;
    GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, p->key, sizeof p->key);
    g_hmac_update(hmac, head, sizeof head);
    g_hmac_update(hmac, bytes, (gssize)len);
    g_hmac_get_digest(hmac, ret, &size);
    g_hmac_unref(hmac);
}

/* ---- IPv4, octet by octet ---- */

/** Values of an octet that may take each other's place have the same kind; 0 is
 * the ordinary one. Source: IANA IPv4 Special-Purpose Address Registry. */
static unsigned kind_of(const uint8_t *prefix, unsigned at, uint8_t value)
{
    static const uint8_t special[] = {0, 10, 100, 127, 169, 172, 192, 198, 203};
    const unsigned alone = 256u + value;
    uint8_t first = at ? prefix[0] : value, second = at > 1 ? prefix[1] : value;
    if (first == 0 || first == 127 || first >= 224)
        return alone;
    if (at == 0)
        return memchr(special, value, sizeof special) ? alone : 0;
    if (at == 1)
        switch (first) {
        case 100:
            return value >= 64 && value < 128;
        case 169:
            return value == 254 ? alone : 0;
        case 172:
            return value >= 16 && value < 32;
        case 192:
            return value == 0 || value == 88 || value == 168 ? alone : 0;
        case 198:
            return value == 18 || value == 19 || value == 51 ? alone : 0;
        case 203:
            return value == 0 ? alone : 0;
        default:
            return 0;
        }
    if (at == 2)
        return (first == 192 && (second == 0 || (second == 88 && value == 99))) ||
                       (first == 198 && second == 51 && value == 100) ||
                       (first == 203 && second == 0 && value == 113)
                   ? alone
                   : 0;
    return value == 0 || value == 255 ? alone : 0;
}

static unsigned digits(uint8_t value)
{
    return value < 10 ? 1 : value < 100 ? 2 : 3;
}

/** Shuffle each set of values that may take each other's place (Fisher and Yates). */
static uint8_t *make_octets(const ssk_pseudonym *p, const uint8_t *prefix, unsigned at)
{
    uint8_t *table = g_malloc(256), random[16][DIGEST], members[256];
    unsigned set[256];
    for (uint32_t part = 0; part < 16; part++)
        digest(p, FOR_OCTET, at << 8 | part, prefix, at, random[part]);
    for (unsigned v = 0; v < 256; v++) {
        unsigned n = 0;
        table[v] = (uint8_t)v;
        set[v] = kind_of(prefix, at, (uint8_t)v) * 4 + digits((uint8_t)v);
        for (unsigned other = 0; other <= v; other++)
            if (set[other] == set[v])
                members[n++] = (uint8_t)other;
        const uint8_t *r = &random[v / 16][v % 16 * 2];
        uint8_t other = members[(r[0] << 8 | r[1]) % n], taken = table[v];
        table[v] = table[other];
        table[other] = taken;
    }
    return table;
}

void ssk_pseudonym_ipv4(ssk_pseudonym *p, uint8_t bytes[4])
{
    uint8_t from[4];
    memcpy(from, bytes, sizeof from);
    for (unsigned at = 0; at < 4 && p->addresses; at++) {
        uint32_t number = at;
        for (unsigned i = 0; i < at; i++)
            number = number << 8 | from[i];
        gpointer key = GUINT_TO_POINTER(number); /* how many octets, and which */
        uint8_t *table = g_hash_table_lookup(p->octets, key);
        if (!table) {
            if (g_hash_table_size(p->octets) >= CACHED)
                g_hash_table_remove_all(p->octets);
            table = make_octets(p, from, at);
            g_hash_table_insert(p->octets, key, table);
        }
        bytes[at] = table[from[at]];
    }
}

/* ---- hexadecimal digits ---- */

static uint8_t nibble_at(const uint8_t *bytes, unsigned at)
{
    return at % 2 ? bytes[at / 2] & 15 : bytes[at / 2] >> 4;
}

static void set_nibble(uint8_t *bytes, unsigned at, uint8_t value)
{
    bytes[at / 2] = (uint8_t)(at % 2 ? (bytes[at / 2] & 0xf0) | value
                                     : (bytes[at / 2] & 0x0f) | value << 4);
}

/** Replace the digits @p first to @p end - 1, each as those before it decide. */
static void replace_digits(const ssk_pseudonym *p, uint8_t use, uint8_t *bytes, unsigned first,
                           unsigned end)
{
    uint8_t from[16], prefix[16] = {0}, random[DIGEST], table[16];
    memcpy(from, bytes, (end + 1) / 2);
    for (unsigned at = 0; at < end; at++) {
        uint8_t value = nibble_at(from, at);
        if (at >= first && value) {
            digest(p, use, at, prefix, (at + 1) / 2, random);
            for (uint8_t v = 0; v < 16; v++)
                table[v] = v;
            for (unsigned v = 2; v < 16; v++) { /* of 1..15 */
                unsigned other = 1 + (random[2 * v] << 8 | random[2 * v + 1]) % v;
                uint8_t taken = table[v];
                table[v] = table[other];
                table[other] = taken;
            }
            set_nibble(bytes, at, table[value]);
        }
        set_nibble(prefix, at, value);
    }
}

/* ---- MAC addresses ---- */

/** The vendor's serial number: the low three bytes. */
static void replace_nic(const ssk_pseudonym *p, uint8_t bytes[3])
{
    replace_digits(p, FOR_NIC, bytes, 0, 6);
}

static void replace_mac(const ssk_pseudonym *p, uint8_t bytes[6])
{
    static const uint8_t groups[][3] = {{0x01, 0x00, 0x5e}, {0x01, 0x80, 0xc2}, {0x01, 0x00, 0x0c},
                                        {0x01, 0x1b, 0x19}, {0xff, 0xff, 0xff}, {0x00, 0x00, 0x5e}};
    for (size_t i = 0; i < G_N_ELEMENTS(groups); i++) /* the last: VRRP and CARP */
        if (!memcmp(bytes, groups[i], 3))
            return;
    if (bytes[0] == 0x33 && bytes[1] == 0x33) { /* RFC 2464: solicited nodes end in a NIC's bytes */
        if (bytes[2] == 0xff)
            replace_nic(p, bytes + 3);
        return;
    }
    if ((bytes[0] & 3) == 2) {
        uint8_t bits = bytes[0] & 15;
        replace_digits(p, FOR_OUI, bytes, 0, 6);
        bytes[0] = (uint8_t)((bytes[0] & 0xf0) | bits);
    }
    replace_nic(p, bytes + 3);
}

static int64_t mac_number(const uint8_t bytes[6])
{
    int64_t number = 0;
    for (unsigned i = 0; i < 6; i++)
        number = number << 8 | bytes[i];
    return number;
}

void ssk_pseudonym_mac(ssk_pseudonym *p, uint8_t bytes[6])
{
    int64_t from = mac_number(bytes);
    gpointer known = g_hash_table_lookup(p->macs, &from);
    if (!known) {
        uint8_t to[6];
        memcpy(to, bytes, sizeof to);
        if (p->addresses)
            replace_mac(p, to);
        known = g_memdup2(to, sizeof to);
        if (g_hash_table_size(p->macs) >= MACS) {
            memcpy(bytes, known, 6);
            g_free(known);
            return;
        }
        g_hash_table_insert(p->macs, g_memdup2(&from, sizeof from), known);
    }
    memcpy(bytes, known, 6);
}

bool ssk_pseudonym_knows_mac(const ssk_pseudonym *p, const uint8_t bytes[6])
{
    int64_t number = mac_number(bytes);
    return g_hash_table_contains(p->macs, &number);
}

/* ---- IPv6 ---- */

static void replace_interface(const ssk_pseudonym *p, uint8_t bytes[8])
{
    if (bytes[3] == 0xff && bytes[4] == 0xfe) { /* RFC 4291, appendix A */
        uint8_t mac[6] = {bytes[0] ^ 2, bytes[1], bytes[2], bytes[5], bytes[6], bytes[7]};
        replace_mac(p, mac);
        memcpy(bytes, mac, 3);
        bytes[0] ^= 2;
        memcpy(bytes + 5, mac + 3, 3);
        return;
    }
    replace_digits(p, FOR_INTERFACE, bytes, 0, 10);
    replace_nic(p, bytes + 5);
}

static void replace_multicast(const ssk_pseudonym *p, uint8_t bytes[16])
{
    static const uint8_t solicited[] = {0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff};
    if (!memcmp(bytes, solicited, sizeof solicited))
        replace_nic(p, bytes + 13);
    else if ((bytes[1] & 0x30) == 0x30) /* RFC 3306: made of a prefix */
        replace_digits(p, FOR_NETWORK, bytes + 4, 1, 16);
}

static void replace_ipv6(ssk_pseudonym *p, uint8_t bytes[16])
{
    static const uint8_t zeros[15], mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0x00, 0x64, 0xff, 0x9b};
    static const uint8_t documentation[4] = {0x20, 0x01, 0x0d, 0xb8};
    if (!memcmp(bytes, zeros, sizeof zeros) && bytes[15] <= 1)
        return;
    if (!memcmp(bytes, mapped, sizeof mapped) || !memcmp(bytes, nat64, sizeof nat64)) {
        ssk_pseudonym_ipv4(p, bytes + 12);
        return;
    }
    if (bytes[0] == 0xff) {
        replace_multicast(p, bytes);
        return;
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) /* RFC 3056: made of an IPv4 address */
        ssk_pseudonym_ipv4(p, bytes + 2);
    else if (!(bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80))
        replace_digits(p, FOR_NETWORK, bytes,
                       !memcmp(bytes, documentation, 4) ? 8
                       : (bytes[0] & 0xfe) == 0xfc      ? 2
                                                        : 1,
                       16);
    replace_interface(p, bytes + 8);
}

void ssk_pseudonym_ipv6(ssk_pseudonym *p, uint8_t bytes[16])
{
    ssk_addr from = {.family = 6}, *to;
    if (!p->addresses)
        return;
    memcpy(from.bytes, bytes, 16);
    to = g_hash_table_lookup(p->ipv6, &from);
    if (!to) {
        if (g_hash_table_size(p->ipv6) >= CACHED)
            g_hash_table_remove_all(p->ipv6);
        to = g_memdup2(&from, sizeof from);
        replace_ipv6(p, to->bytes);
        g_hash_table_insert(p->ipv6, g_memdup2(&from, sizeof from), to);
    }
    memcpy(bytes, to->bytes, 16);
}

/* ---- words ---- */

/** A stream of bytes that the text, without its case, and the key decide. */
static void stream_part(const ssk_pseudonym *p, uint8_t use, uint32_t part, const uint8_t *text,
                        uint32_t len, uint8_t ret[DIGEST])
{
    char *lower = g_ascii_strdown((const char *)text, (gssize)len);
    digest(p, use, part, lower, len, ret);
    g_free(lower);
}

void ssk_pseudonym_word(const ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    uint8_t random[DIGEST], *text = g_memdup2(from, len);
    for (uint32_t i = 0; i < len; i++) {
        if (i % DIGEST == 0)
            stream_part(p, FOR_WORD, i / DIGEST, text, len, random);
        uint8_t r = random[i % DIGEST], byte = text[i];
        bool last = i + 1 == len;
        if (g_ascii_isdigit(byte)) {
            to[i] = (uint8_t)('0' + r % 10);
        } else if (last && (byte == 's' || byte == 'S')) {
            to[i] = byte;
        } else {
            uint8_t letter = (uint8_t)('a' + r % 26);
            letter = last && letter == 's' ? 't' : letter;
            to[i] = (uint8_t)(g_ascii_isupper(byte) ? g_ascii_toupper((char)letter) : letter);
        }
    }
    g_free(text);
}

void ssk_pseudonym_hex(const ssk_pseudonym *p, const uint8_t *from, uint32_t len, uint8_t *to)
{
    uint8_t random[DIGEST], *text = g_memdup2(from, len);
    bool upper = false;
    for (uint32_t i = 0; i < len; i++)
        upper = upper || g_ascii_isupper(text[i]);
    for (uint32_t i = 0; i < len; i++) {
        if (i % DIGEST == 0)
            stream_part(p, FOR_HEX, i / DIGEST, text, len, random);
        if (g_ascii_isxdigit(text[i]))
            to[i] = (uint8_t)(upper ? "0123456789ABCDEF"
                                    : "0123456789abcdef")[random[i % DIGEST] & 15];
        else
            to[i] = text[i];
    }
    g_free(text);
}

void ssk_pseudonym_noise(const ssk_pseudonym *p, const uint8_t *from, size_t len,
                         uint8_t ret[SSK_PSEUDONYM_NOISE])
{
    digest(p, FOR_NOISE, 0, from, len, ret);
}
