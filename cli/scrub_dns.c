/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/scrub_dns.h"

#include <glib.h>
#include <string.h>

#include "core/decode/dnssd.h"

#define KEY_BYTES 32
#define LABEL_MAX 63

typedef struct message {
    const uint8_t *key, *from;
    uint8_t       *to;
    uint32_t       len;
} message;

static void keep(const message *m, uint32_t at, uint32_t len)
{
    memcpy(m->to + at, m->from + at, len);
}

/** A stream of bytes that the text, without its case, and the key decide. */
static void fill_stream(const message *m, const uint8_t *text, uint32_t len, uint8_t ret[256])
{
    uint8_t lower[256];
    for (uint32_t i = 0; i < len; i++)
        lower[i] = (uint8_t)g_ascii_tolower((char)text[i]);
    for (uint8_t part = 0; part < 8; part++) {
        gsize  size = 32;
        GHmac *hmac = g_hmac_new(G_CHECKSUM_SHA256, m->key, KEY_BYTES);
        g_hmac_update(hmac, &part, 1);
        g_hmac_update(hmac, lower, (gssize)len);
        g_hmac_get_digest(hmac, ret + 32 * part, &size);
        g_hmac_unref(hmac);
        if (32u * (part + 1) >= len)
            break;
    }
}

/** Letters for whatever was there; @p hex: hexadecimal digits for those. */
static void put_pseudonym(const message *m, uint32_t at, uint32_t len, bool hex)
{
    static const char digits[] = "0123456789abcdef";
    uint8_t stream[256];
    fill_stream(m, m->from + at, len, stream);
    for (uint32_t i = 0; i < len; i++) {
        uint8_t byte = m->from[at + i];
        if (hex && byte == '-')
            m->to[at + i] = byte;
        else
            m->to[at + i] = (uint8_t)(hex ? digits[stream[i] & 15] : 'a' + stream[i] % 26);
    }
}

static bool is_known(const uint8_t *label, uint32_t len)
{
    static const char *const known[] = { "local", "arpa", "in-addr", "ip6" };
    bool digits = true;
    if (label[0] == '_' || len == 1) /* one: a digit of ip6.arpa */
        return true;
    for (uint32_t i = 0; i < len; i++)
        digits = digits && g_ascii_isdigit(label[i]);
    for (size_t i = 0; i < G_N_ELEMENTS(known); i++)
        if (strlen(known[i]) == len && !g_ascii_strncasecmp(known[i], (const char *)label, len))
            return true;
    return digits && len <= 3;
}

/** @return where it ends; 0: damaged */
static uint32_t put_name(const message *m, uint32_t at, uint32_t end)
{
    while (at < end) {
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
        if (is_known(m->from + at + 1, len))
            keep(m, at + 1, len);
        else
            put_pseudonym(m, at + 1, len, false);
        at += 1u + len;
    }
    return 0;
}

/** Key and value by themselves, so that equal keys stay equal. */
static bool put_strings(const message *m, uint32_t at, uint32_t end)
{
    while (at < end) {
        uint32_t len = m->from[at];
        if (end - at - 1 < len)
            return false;
        m->to[at] = (uint8_t)len;
        const uint8_t *text = m->from + at + 1, *equals = len ? memchr(text, '=', len) : NULL;
        uint32_t       key = equals ? (uint32_t)(equals - text) : len;
        put_pseudonym(m, at + 1, key, false);
        if (equals) {
            bool uuid = len - key - 1 == SSK_UUID_LEN && ssk_uuid_find(equals + 1, len - key - 1);
            m->to[at + 1 + key] = '=';
            put_pseudonym(m, at + 2 + key, len - key - 1, uuid);
        }
        at += 1 + len;
    }
    return true;
}

static bool put_rdata(const message *m, const ssk_dns_record *record)
{
    uint32_t at = record->rdata_offset, end = at + record->rdata_len, next;
    switch (record->type) {
    case SSK_DNS_A:
    case SSK_DNS_AAAA:
        keep(m, at, record->rdata_len);
        return true;
    case SSK_DNS_PTR:
    case SSK_DNS_CNAME:
        return put_name(m, at, end) == end;
    case SSK_DNS_SRV:
        if (record->rdata_len < 6)
            return false;
        keep(m, at, 6);
        return put_name(m, at + 6, end) == end;
    case SSK_DNS_NSEC:
        next = put_name(m, at, end);
        if (next)
            keep(m, next, end - next);
        return next != 0;
    case SSK_DNS_TXT:
        return put_strings(m, at, end);
    default: /* stays zero */
        return true;
    }
}

bool ssk_scrub_dns(const uint8_t *key, const uint8_t *from, uint8_t *to, uint32_t len)
{
    enum { HEADER = 12, QUESTION_TAIL = 4, RECORD_TAIL = 10 };
    message        m = { key, from, to, len };
    ssk_dns_reader reader;
    ssk_dns_record record;

    if (ssk_dns_open(&reader, from, len) != SSK_OK)
        return false;
    keep(&m, 0, HEADER);
    while (ssk_dns_next(&reader, &record)) {
        bool     question = record.section == SSK_DNS_QUESTION;
        uint32_t end = record.offset + record.len;
        uint32_t tail = put_name(&m, record.offset, end);
        if (!tail || record.rdata_status != SSK_OK ||
            end - tail < (question ? QUESTION_TAIL : RECORD_TAIL))
            return false;
        keep(&m, tail, question ? QUESTION_TAIL : RECORD_TAIL);
        if (!question && !put_rdata(&m, &record))
            return false;
    }
    return reader.status == SSK_OK;
}
