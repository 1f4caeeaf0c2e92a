/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/scrub_dns.h"

#include <glib.h>
#include <string.h>

#include "bundle/scrub_text.h"
#include "core/decode/dnssd.h"

#define LABEL_MAX 63
/* Labels of a name: 127 of one byte. */
#define LABELS 128
/* Of an IPv6 address in ip6.arpa. */
#define DIGITS 32

typedef struct message {
    ssk_pseudonym *pseudonym;
    const uint8_t *from;
    uint8_t *to;
    uint32_t len;
} message;

static void keep(const message *m, uint32_t at, uint32_t len)
{
    memcpy(m->to + at, m->from + at, len);
}

/* ---- names of reverse lookups ---- */

/** RFC 1035, section 3.5; RFC 3596, section 2.5: labels that are parts of an address. */
typedef struct reverse {
    unsigned first, end; /* labels */
    struct {
        uint8_t len;
        char text[4];
    } label[DIGITS];
} reverse;

static unsigned split(const ssk_dns_name *name, uint8_t at[LABELS])
{
    unsigned n = 0;
    for (unsigned i = 0; i < name->len && name->bytes[i] && n < LABELS; i += name->bytes[i] + 1u)
        at[n++] = (uint8_t)i;
    return n;
}

static bool label_is(const ssk_dns_name *name, uint8_t at, const char *text)
{
    return name->bytes[at] == strlen(text) &&
           !g_ascii_strncasecmp((const char *)name->bytes + at + 1, text, strlen(text));
}

/** An octet, or with @p hex one digit. @return -1: none */
static int label_value(const ssk_dns_name *name, uint8_t at, bool hex)
{
    const uint8_t *text = name->bytes + at + 1;
    int value = 0;
    if (hex)
        return name->bytes[at] == 1 ? g_ascii_xdigit_value((char)text[0]) : -1;
    for (unsigned i = 0; i < name->bytes[at]; i++) {
        if (i == 3 || !g_ascii_isdigit(text[i]))
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value < 256 ? value : -1;
}

static void find_reverse(ssk_pseudonym *p, const ssk_dns_name *name, reverse *ret)
{
    uint8_t at[LABELS], bytes[16] = {0};
    unsigned n = split(name, at);
    *ret = (reverse){0};
    if (n < 3 || !label_is(name, at[n - 1], "arpa"))
        return;
    bool hex = label_is(name, at[n - 2], "ip6");
    if (!hex && !label_is(name, at[n - 2], "in-addr"))
        return;
    unsigned most = hex ? DIGITS : 4, parts = 0;
    int value;
    while (parts < most && parts + 2 < n &&
           (value = label_value(name, at[n - 3 - parts], hex)) >= 0) {
        bytes[hex ? parts / 2 : parts] |= (uint8_t)(hex && parts % 2 == 0 ? value << 4 : value);
        parts++;
    }
    if (hex)
        ssk_pseudonym_ipv6(p, bytes);
    else
        ssk_pseudonym_ipv4(p, bytes);
    ret->end = n - 2;
    ret->first = ret->end - parts;
    for (unsigned i = 0; i < parts; i++) { /* the last label is the first part */
        unsigned part = parts - 1 - i, byte = bytes[hex ? part / 2 : part];
        char *text = hex ? g_strdup_printf("%x", part % 2 ? byte & 15 : byte >> 4)
                         : g_strdup_printf("%u", byte);
        ret->label[i].len = (uint8_t)g_strlcpy(ret->label[i].text, text, sizeof ret->label[i].text);
        g_free(text);
    }
}

/* ---- names ---- */

static bool is_known(const uint8_t *label, uint32_t len)
{
    static const char *const known[] = {"local", "arpa", "in-addr", "ip6"};
    if (label[0] == '_')
        return true;
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i]) == len && !g_ascii_strncasecmp(known[i], (const char *)label, len))
            return true;
    return false;
}

/* RFC 6763, section 7.1: what stands before "_sub" is chosen freely, like a name. */
static bool is_subtype(const ssk_dns_name *whole, unsigned number)
{
    uint8_t at[LABELS];
    unsigned n = split(whole, at);
    return number + 1 < n && label_is(whole, at[number + 1], "_sub");
}

static void put_label(const message *m, uint32_t at, uint32_t len, unsigned number,
                      const ssk_dns_name *whole, const reverse *address)
{
    if (number >= address->first && number < address->end) {
        unsigned part = number - address->first;
        if (address->label[part].len == len)
            memcpy(m->to + at, address->label[part].text, len);
        else
            memset(m->to + at, '0', len); /* leading zeros were there */
    } else if (!is_subtype(whole, number) && is_known(m->from + at, len)) {
        keep(m, at, len);
    } else {
        ssk_scrub_name(m->pseudonym, m->from + at, len, m->to + at);
    }
}

/** @param whole the name, without compression
 *  @return where it ends; 0: damaged */
static uint32_t put_name(const message *m, uint32_t at, uint32_t end, const ssk_dns_name *whole)
{
    reverse address;
    find_reverse(m->pseudonym, whole, &address);
    for (unsigned number = 0; at < end; number++) {
        uint8_t len = m->from[at];
        if (len == 0) {
            return at + 1;
        } else if (len > LABEL_MAX) {
            if ((len & 0xc0) != 0xc0 || end - at < 2)
                return 0;
            keep(m, at, 2);
            return at + 2;
        }
        if (end - at - 1 < len)
            return 0;
        m->to[at] = len;
        put_label(m, at + 1, len, number, whole, &address);
        at += 1u + len;
    }
    return 0;
}

/* ---- TXT ---- */

/** What many services call their properties, and those of bonjour_findings.c that name a peer. */
static bool is_known_key(const uint8_t *key, uint32_t len)
{
    static const char *const known[] = {
        "txtvers", "peerid", "peer_id",  "peer-id", "peer",    "deviceid", "device_id", "device-id",
        "uuid",    "id",     "clientid", "model",   "version", "vers",     "osxvers",   "path",
        "port",    "flags",  "features", "srcvers", "role",    "state",    "name",
    };
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i]) == len && !g_ascii_strncasecmp(known[i], (const char *)key, len))
            return true;
    return false;
}

static void put_key(const message *m, uint32_t at, uint32_t len)
{
    enum { NOT_PRINTABLE = 1 }; /* as the byte was: RFC 6763, section 6.4 */
    if (is_known_key(m->from + at, len)) {
        keep(m, at, len);
        return;
    }
    ssk_scrub_name(m->pseudonym, m->from + at, len, m->to + at);
    for (uint32_t i = at; i < at + len; i++)
        if (m->from[i] < 0x20 || m->from[i] >= 0x7f)
            m->to[i] = NOT_PRINTABLE;
}

static void put_strings(const message *m, uint32_t at, uint32_t end)
{
    while (at < end) {
        m->to[at] = m->from[at];
        uint32_t len = MIN(m->from[at], end - at - 1);
        const uint8_t *text = m->from + at + 1, *equals = len ? memchr(text, '=', len) : NULL;
        uint32_t key = equals ? (uint32_t)(equals - text) : len;
        put_key(m, at + 1, key);
        if (equals) {
            m->to[at + 1 + key] = '=';
            ssk_scrub_name(m->pseudonym, equals + 1, len - key - 1, m->to + at + 2 + key);
        }
        at += 1 + len;
    }
}

static bool put_rdata(const message *m, const ssk_dns_record *record)
{
    uint32_t at = record->rdata_offset, end = at + record->rdata_len, next;
    switch (record->type) {
    case SSK_DNS_A:
    case SSK_DNS_AAAA:
        keep(m, at, record->rdata_len);
        if (record->rdata_len == 4)
            ssk_pseudonym_ipv4(m->pseudonym, m->to + at);
        else if (record->rdata_len == 16)
            ssk_pseudonym_ipv6(m->pseudonym, m->to + at);
        return true;
    case SSK_DNS_PTR:
    case SSK_DNS_CNAME:
        return put_name(m, at, end, &record->target) == end;
    case SSK_DNS_SRV:
        if (record->rdata_len < 6)
            return false;
        keep(m, at, 6);
        return put_name(m, at + 6, end, &record->target) == end;
    case SSK_DNS_NSEC:
        next = put_name(m, at, end, &record->target);
        if (next)
            keep(m, next, end - next);
        return next != 0;
    case SSK_DNS_TXT:
        put_strings(m, at, end);
        return true;
    default: /* stays zero */
        return true;
    }
}

bool ssk_scrub_dns(ssk_pseudonym *pseudonym, const uint8_t *from, uint8_t *to, uint32_t len)
{
    enum { HEADER = 12, QUESTION_TAIL = 4, RECORD_TAIL = 10, DAMAGE = 0xff };
    message m = {pseudonym, from, to, len};
    ssk_dns_reader reader;
    ssk_dns_record record;
    uint32_t done = HEADER;

    memset(to, DAMAGE, len); /* no opcode, no name: what could not be read cannot be read */
    if (ssk_dns_open(&reader, from, len) != SSK_OK)
        return false;
    keep(&m, 0, HEADER);
    while (ssk_dns_next(&reader, &record)) {
        bool question = record.section == SSK_DNS_QUESTION;
        uint32_t end = record.offset + record.len;
        memset(to + record.offset, 0, record.len);
        uint32_t tail = put_name(&m, record.offset, end, &record.name);
        if (!tail || end - tail < (question ? QUESTION_TAIL : RECORD_TAIL))
            return false;
        keep(&m, tail, question ? QUESTION_TAIL : RECORD_TAIL);
        if (!question && (record.rdata_status != SSK_OK || !put_rdata(&m, &record)))
            memset(to + record.rdata_offset, DAMAGE, record.rdata_len);
        done = end;
    }
    if (reader.status == SSK_OK)
        memset(to + done, 0, len - done);
    return reader.status == SSK_OK;
}
