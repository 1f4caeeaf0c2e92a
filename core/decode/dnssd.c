/* dnssd.c - DNS messages as Multicast DNS and DNS-Based Service Discovery use them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/dnssd.h"

#include <string.h>

#include "core/base/hash.h"
#include "core/decode/cursor.h"

enum { HEADER_LEN = 12, LABEL_MAX = 63, SERVICE_NAME_MAX = 15, JUMPS_MAX = 128 };

/* ---- bytes, independent of the locale ---- */

static uint8_t fold(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte | 0x20) : byte;
}

static bool is_letter(uint8_t byte)
{
    return fold(byte) >= 'a' && fold(byte) <= 'z';
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_hex(uint8_t byte)
{
    return is_digit(byte) || (fold(byte) >= 'a' && fold(byte) <= 'f');
}

static bool same_text(const uint8_t *a, const uint8_t *b, size_t len)
{
    if (!memcmp(a, b, len)) /* nearly always, of names that are one */
        return true;
    for (size_t i = 0; i < len; i++)
        if (fold(a[i]) != fold(b[i]))
            return false;
    return true;
}

/* ---- names ---- */

/* A name without pointers, as the first of a message is. @return false: it takes the long way */
static bool read_plain_name(ssk_cursor *cursor, ssk_dns_name *ret)
{
    const uint8_t *data = cursor->data + cursor->pos;
    uint32_t left = ssk_cursor_left(cursor), len = 0;
    if (cursor->failed || left > SSK_DNS_NAME_MAX)
        left = cursor->failed ? 0 : SSK_DNS_NAME_MAX;
    while (len < left && data[len] && data[len] <= LABEL_MAX)
        len += 1u + data[len];
    if (len >= left || data[len])
        return false;
    ret->len = (uint8_t)++len;
    memcpy(ret->bytes, data, len);
    cursor->pos += len;
    return true;
}

/* RFC 1035, section 4.1.4. A pointer must lead before the labels it ends, so
 * each jump goes further back than the one before and the walk ends. A name of
 * 255 bytes has 127 labels at most, so more jumps than that serve no name: a
 * message made of pointers alone would cost its length for each of its records. */
static ssk_status read_any_name(ssk_cursor *cursor, ssk_dns_name *ret)
{
    ssk_cursor at = *cursor;
    uint32_t before = at.pos;
    unsigned len = 0, jumps = 0;

    for (;;) {
        uint8_t label = ssk_cursor_u8(&at);
        if (at.failed)
            return SSK_ETRUNC;
        if ((label & 0xc0) == 0xc0) {
            uint32_t target = (uint32_t)(label & 0x3f) << 8 | ssk_cursor_u8(&at);
            if (at.failed)
                return SSK_ETRUNC;
            if (target >= before || target < HEADER_LEN || jumps == JUMPS_MAX)
                return SSK_EFORMAT;
            if (!jumps++)
                *cursor = at;
            before = target;
            ssk_cursor_seek(&at, target);
            continue;
        }
        if (label > LABEL_MAX)
            return SSK_EFORMAT;
        if (len + 1 + label + (label ? 1 : 0) > SSK_DNS_NAME_MAX)
            return SSK_EFORMAT;
        const uint8_t *bytes = ssk_cursor_take(&at, label);
        if (!bytes)
            return SSK_ETRUNC;
        ret->bytes[len++] = label;
        memcpy(ret->bytes + len, bytes, label);
        len += label;
        if (!label)
            break;
    }
    ret->len = (uint8_t)len;
    if (!jumps)
        *cursor = at;
    return SSK_OK;
}

static ssk_status read_name(ssk_cursor *cursor, ssk_dns_name *ret)
{
    return read_plain_name(cursor, ret) ? SSK_OK : read_any_name(cursor, ret);
}

bool ssk_dns_name_equal(const ssk_dns_name *a, const ssk_dns_name *b)
{
    return a->len == b->len && same_text(a->bytes, b->bytes, a->len);
}

uint32_t ssk_dns_name_hash(const ssk_dns_name *name)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (unsigned i = 0; i < name->len; i++)
        hash = (hash ^ fold(name->bytes[i])) * 16777619u;
    return hash;
}

/* Labels from..to of a name, dots between them. */
static size_t labels_text(const ssk_dns_name *name, unsigned from, unsigned to, bool escape,
                          char buf[SSK_DNS_TEXT_ROOM])
{
    size_t out = 0;
    for (unsigned at = from; at < to && name->bytes[at];) {
        unsigned end = at + 1 + name->bytes[at];
        if (at > from)
            buf[out++] = '.';
        for (at++; at < end; at++) {
            uint8_t byte = name->bytes[at];
            if (escape && (byte == '.' || byte == '\\')) {
                buf[out++] = '\\';
                buf[out++] = (char)byte;
            } else if (escape && (byte < 0x20 || byte == 0x7f)) {
                buf[out++] = '\\';
                buf[out++] = (char)('0' + byte / 100);
                buf[out++] = (char)('0' + byte / 10 % 10);
                buf[out++] = (char)('0' + byte % 10);
            } else {
                buf[out++] = (char)byte;
            }
        }
    }
    buf[out] = 0;
    return out;
}

size_t ssk_dns_name_text(const ssk_dns_name *name, char buf[SSK_DNS_TEXT_ROOM])
{
    if (name->len == 1) {
        memcpy(buf, ".", 2);
        return 1;
    }
    return labels_text(name, 0, name->len, true, buf);
}

static bool label_is(const ssk_dns_name *name, unsigned at, const char *text)
{
    size_t len = strlen(text);
    return at < name->len && name->bytes[at] == len &&
           same_text(name->bytes + at + 1, (const uint8_t *)text, len);
}

ssk_dnssd_parts ssk_dnssd_split(const ssk_dns_name *name)
{
    ssk_dnssd_parts parts = {.kind = SSK_DNSSD_NONE};
    unsigned labels = 0, second = 0;

    for (unsigned at = 0; at < name->len && name->bytes[at];) {
        unsigned next = at + 1 + name->bytes[at];
        if (name->bytes[at + 1] == '_' &&
            (label_is(name, next, "_tcp") || label_is(name, next, "_udp"))) {
            parts.type_at = (uint8_t)at;
            parts.domain_at = (uint8_t)(next + 1 + name->bytes[next]);
            if (labels == 0)
                parts.kind = SSK_DNSSD_TYPE;
            else if (labels == 1 && label_is(name, 0, "_services") && label_is(name, at, "_dns-sd"))
                parts.kind = SSK_DNSSD_META;
            else if (labels == 2 && label_is(name, second, "_sub"))
                parts.kind = SSK_DNSSD_SUBTYPE;
            else
                parts.kind = SSK_DNSSD_INSTANCE;
            return parts;
        }
        at = next;
        if (++labels == 1)
            second = at;
    }
    return parts;
}

size_t ssk_dnssd_instance_text(const ssk_dns_name *name, const ssk_dnssd_parts *parts,
                               char buf[SSK_DNS_TEXT_ROOM])
{
    bool one_label = parts->type_at > 0 && parts->type_at == 1 + name->bytes[0];
    return labels_text(name, 0, parts->type_at, !one_label, buf);
}

size_t ssk_dnssd_type_text(const ssk_dns_name *name, const ssk_dnssd_parts *parts,
                           char buf[SSK_DNS_TEXT_ROOM])
{
    return labels_text(name, parts->type_at, parts->domain_at, true, buf);
}

size_t ssk_dnssd_domain_text(const ssk_dns_name *name, const ssk_dnssd_parts *parts,
                             char buf[SSK_DNS_TEXT_ROOM])
{
    return labels_text(name, parts->domain_at, name->len, true, buf);
}

const char *ssk_dnssd_name_fault(const ssk_dns_name *name, const ssk_dnssd_parts *parts)
{
    if (parts->kind == SSK_DNSSD_NONE || parts->kind == SSK_DNSSD_META)
        return NULL;
    const uint8_t *text = name->bytes + parts->type_at + 2; /* behind length and underscore */
    unsigned len = name->bytes[parts->type_at] - 1u;
    bool letter = false;

    if (len == 0)
        return "is empty";
    if (len > SERVICE_NAME_MAX)
        return "is longer than 15 characters";
    for (unsigned i = 0; i < len; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '-')
            return "holds something other than letters, digits and hyphens";
        letter = letter || is_letter(text[i]);
        if (text[i] == '-' && i > 0 && text[i - 1] == '-')
            return "holds two hyphens in a row";
    }
    if (text[0] == '-' || text[len - 1] == '-')
        return "begins or ends with a hyphen";
    if (!letter)
        return "holds no letter";
    return NULL;
}

/* ---- messages ---- */

ssk_status ssk_dns_open(ssk_dns_reader *reader, const uint8_t *data, uint32_t size)
{
    ssk_cursor cursor = ssk_cursor_init(data, size);
    ssk_dns_reader opened = {.data = data, .size = size};
    ssk_dns_header *header = &opened.header;

    header->id = ssk_cursor_be16(&cursor);
    header->flags = ssk_cursor_be16(&cursor);
    for (unsigned i = 0; i < SSK_N_DNS_SECTIONS; i++)
        header->counts[i] = ssk_cursor_be16(&cursor);
    if (cursor.failed)
        return SSK_ETRUNC;
    header->response = header->flags & 0x8000;
    header->opcode = header->flags >> 11 & 0xf;
    header->authoritative = header->flags & 0x0400;
    header->truncated = header->flags & 0x0200;
    header->rcode = header->flags & 0xf;
    if (header->opcode != 0)
        return SSK_EUNSUPPORTED;
    opened.pos = cursor.pos;
    opened.left = header->counts[SSK_DNS_QUESTION];
    *reader = opened;
    return SSK_OK;
}

/* The fields of rdata. Names may point back into the whole message. */
static ssk_status read_rdata(ssk_cursor cursor, ssk_dns_record *record)
{
    uint32_t end = record->rdata_offset + record->rdata_len;
    ssk_status status = SSK_OK;

    cursor.size = end;
    switch (record->type) {
    case SSK_DNS_A:
        record->addr.family = 4;
        ssk_cursor_copy(&cursor, record->addr.bytes, 4);
        break;
    case SSK_DNS_AAAA:
        record->addr.family = 6;
        ssk_cursor_copy(&cursor, record->addr.bytes, 16);
        break;
    case SSK_DNS_SRV:
        record->priority = ssk_cursor_be16(&cursor);
        record->weight = ssk_cursor_be16(&cursor);
        record->port = ssk_cursor_be16(&cursor);
        if (!cursor.failed)
            status = read_name(&cursor, &record->target);
        break;
    case SSK_DNS_PTR:
    case SSK_DNS_CNAME:
        status = read_name(&cursor, &record->target);
        break;
    case SSK_DNS_NSEC:
        status = read_name(&cursor, &record->target);
        if (status == SSK_OK) {
            record->bitmap_len = ssk_cursor_left(&cursor);
            record->bitmap = ssk_cursor_take(&cursor, record->bitmap_len);
        }
        break;
    default:
        return SSK_OK;
    }
    if (status != SSK_OK || cursor.failed || cursor.pos != end) {
        record->target.len = 0;
        record->addr.family = 0;
        return SSK_EFORMAT;
    }
    return SSK_OK;
}

static ssk_status read_record(ssk_cursor *cursor, ssk_dns_record *record)
{
    record->offset = cursor->pos;
    ssk_status status = read_name(cursor, &record->name);
    if (status != SSK_OK)
        return status;
    record->type = ssk_cursor_be16(cursor);
    uint16_t class = ssk_cursor_be16(cursor);
    record->class = class & 0x7fff;
    record->top_bit = class & 0x8000;
    if (record->section != SSK_DNS_QUESTION) {
        record->ttl = ssk_cursor_be32(cursor);
        record->rdata_len = ssk_cursor_be16(cursor);
        record->rdata_offset = cursor->pos;
        ssk_cursor inside = *cursor;
        record->rdata = ssk_cursor_take(cursor, record->rdata_len);
        if (!cursor->failed)
            record->rdata_status = read_rdata(inside, record);
    }
    record->len = cursor->pos - record->offset;
    return cursor->failed ? SSK_ETRUNC : SSK_OK;
}

/* All but the bytes of the names, which are more than all the rest. */
static void clear_record(ssk_dns_record *record, ssk_dns_section section)
{
    record->section = section;
    record->name.len = record->target.len = 0;
    record->name.bytes[0] = record->target.bytes[0] = 0;
    record->type = record->class = 0;
    record->top_bit = false;
    record->ttl = record->offset = record->len = 0;
    record->rdata = record->bitmap = NULL;
    record->rdata_offset = record->rdata_len = record->bitmap_len = 0;
    record->rdata_status = SSK_OK;
    record->priority = record->weight = record->port = 0;
    record->addr = (ssk_addr){0};
}

bool ssk_dns_next(ssk_dns_reader *reader, ssk_dns_record *ret)
{
    if (reader->status != SSK_OK)
        return false;
    while (reader->left == 0) {
        if (reader->section + 1 >= SSK_N_DNS_SECTIONS)
            return false;
        reader->left = reader->header.counts[++reader->section];
    }
    ssk_cursor cursor = ssk_cursor_init(reader->data, reader->size);
    ssk_cursor_seek(&cursor, reader->pos);
    clear_record(ret, (ssk_dns_section)reader->section);
    reader->status = read_record(&cursor, ret);
    if (reader->status != SSK_OK)
        return false;
    reader->left--;
    reader->pos = cursor.pos;
    return true;
}

bool ssk_dns_nsec_has(const ssk_dns_record *record, uint16_t type)
{
    ssk_cursor cursor = ssk_cursor_init(record->bitmap, record->bitmap_len);
    while (ssk_cursor_left(&cursor) > 0) {
        uint8_t window = ssk_cursor_u8(&cursor);
        uint8_t len = ssk_cursor_u8(&cursor);
        const uint8_t *bits = ssk_cursor_take(&cursor, len);
        if (cursor.failed)
            return false;
        unsigned at = (type & 0xff) / 8;
        if (window == type >> 8)
            return at < len && bits[at] >> (7 - type % 8) & 1;
    }
    return false;
}

/* ---- TXT ---- */

ssk_txt_reader ssk_txt_open(const uint8_t *rdata, uint32_t size)
{
    return (ssk_txt_reader){.rdata = rdata, .size = size};
}

/* One string, without the question whether its key came before. @return false: it is cut */
static bool read_string(ssk_cursor *cursor, ssk_txt_string *ret)
{
    ssk_txt_string string = {.offset = cursor->pos};
    string.len = ssk_cursor_u8(cursor);
    string.bytes = ssk_cursor_take(cursor, string.len);
    if (cursor->failed)
        return false;

    const uint8_t *equals = string.len ? memchr(string.bytes, '=', string.len) : NULL;
    string.has_value = equals != NULL;
    string.key_len = equals ? (uint8_t)(equals - string.bytes) : string.len;
    if (equals) {
        string.value = equals + 1;
        string.value_len = (uint8_t)(string.len - string.key_len - 1);
    }
    if (string.len == 0)
        string.kind = SSK_TXT_EMPTY;
    else if (string.key_len == 0)
        string.kind = SSK_TXT_NO_KEY;
    else
        string.kind = equals ? SSK_TXT_PAIR : SSK_TXT_BOOLEAN;
    for (unsigned i = 0; i < string.key_len; i++)
        if (string.bytes[i] < 0x20 || string.bytes[i] > 0x7e)
            string.kind = SSK_TXT_BAD_KEY;
    *ret = string;
    return true;
}

uint64_t ssk_txt_key_hash(const ssk_txt_string *string)
{
    uint8_t lower[UINT8_MAX];
    for (unsigned i = 0; i < string->key_len; i++)
        lower[i] = fold(string->bytes[i]);
    return ssk_hash(lower, string->key_len);
}

bool ssk_txt_same_key(const ssk_txt_string *a, const ssk_txt_string *b)
{
    return a->key_len == b->key_len && same_text(a->bytes, b->bytes, a->key_len);
}

static ssk_txt_string string_at(const ssk_txt_reader *reader, uint32_t offset)
{
    ssk_cursor cursor = ssk_cursor_init(reader->rdata, reader->size);
    ssk_cursor_seek(&cursor, offset);
    ssk_txt_string string;
    (void)read_string(&cursor, &string); /* it was read before */
    return string;
}

/* Did this key come among the first strings? It is remembered if it is one of them. */
static bool came_before(ssk_txt_reader *reader, const ssk_txt_string *string)
{
    enum { SLOTS = 2 * SSK_TXT_LOOKBACK };
    unsigned at = (unsigned)(ssk_txt_key_hash(string) % SLOTS);
    for (; reader->seen[at]; at = (at + 1) % SLOTS) {
        ssk_txt_string earlier = string_at(reader, reader->seen[at] - 1u);
        if (ssk_txt_same_key(&earlier, string))
            return true;
    }
    if (reader->n_read <= SSK_TXT_LOOKBACK)
        reader->seen[at] = (uint16_t)(string->offset + 1);
    return false;
}

bool ssk_txt_next(ssk_txt_reader *reader, ssk_txt_string *ret)
{
    ssk_cursor cursor = ssk_cursor_init(reader->rdata, reader->size);
    ssk_cursor_seek(&cursor, reader->pos);
    if (reader->status != SSK_OK || ssk_cursor_left(&cursor) == 0)
        return false;
    if (!read_string(&cursor, ret)) {
        reader->status = SSK_ETRUNC;
        return false;
    }
    reader->pos = cursor.pos;
    reader->n_read++;
    if (ssk_txt_counts(ret) && came_before(reader, ret))
        ret->kind = SSK_TXT_DUPLICATE;
    return true;
}

bool ssk_txt_find(const uint8_t *rdata, uint32_t size, const char *key, ssk_txt_string *ret)
{
    size_t len = strlen(key);
    ssk_cursor cursor = ssk_cursor_init(rdata, size);
    ssk_txt_string string;
    while (ssk_cursor_left(&cursor) && read_string(&cursor, &string)) {
        if (ssk_txt_counts(&string) && string.key_len == len &&
            same_text(string.bytes, (const uint8_t *)key, len)) {
            *ret = string;
            return true;
        }
    }
    return false;
}

/* ---- identifiers ---- */

static bool is_uuid(const uint8_t *bytes)
{
    for (unsigned i = 0; i < SSK_UUID_LEN; i++) {
        bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        if (hyphen ? bytes[i] != '-' : !is_hex(bytes[i]))
            return false;
    }
    return true;
}

const uint8_t *ssk_uuid_find(const uint8_t *bytes, size_t len)
{
    for (size_t i = 0; i + SSK_UUID_LEN <= len; i++) {
        bool starts = i == 0 || !is_hex(bytes[i - 1]);
        bool ends = i + SSK_UUID_LEN == len || !is_hex(bytes[i + SSK_UUID_LEN]);
        if (starts && ends && is_uuid(bytes + i))
            return bytes + i;
    }
    return NULL;
}
