/* framing.c - where a message of a profile ends.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/message/framing.h"

#include <string.h>

#include "core/decode/cursor.h"

static uint64_t read_uint(ssk_cursor *c, unsigned size, bool little)
{
    switch (size) {
    case 1:
        return ssk_cursor_u8(c);
    case 2:
        return little ? ssk_cursor_le16(c) : ssk_cursor_be16(c);
    case 4:
        return little ? ssk_cursor_le32(c) : ssk_cursor_be32(c);
    default:
        return little ? ssk_cursor_le64(c) : ssk_cursor_be64(c);
    }
}

bool ssk_field_uint(const ssk_field *field, const uint8_t *data, uint32_t known, uint32_t body,
                    uint64_t *ret)
{
    ssk_cursor c = ssk_cursor_init(data, known);
    ssk_cursor_seek(&c, field->offset + (field->from_body ? body : 0));
    uint64_t value = read_uint(&c, field->size, field->little);
    if (c.failed)
        return false;
    *ret = value;
    return true;
}

ssk_status ssk_profile_group_matches(const ssk_profile_group *group, const uint8_t *data,
                                     uint32_t known, uint32_t body)
{
    ssk_status status = SSK_OK;
    for (unsigned i = 0; i < group->n_match; i++) {
        const ssk_profile_match *match = &group->match[i];
        ssk_cursor c = ssk_cursor_init(data, known);
        ssk_cursor_seek(&c, match->offset + (match->from_body ? body : 0));
        for (unsigned k = 0; k < match->len; k++) {
            uint8_t byte = ssk_cursor_u8(&c);
            if (c.failed) {
                status = SSK_ETRUNC;
                break;
            }
            if ((byte ^ match->bytes[k]) & match->mask[k])
                return SSK_EFORMAT;
        }
    }
    return status;
}

static ssk_status measure_length(const ssk_profile *p, ssk_cursor c, ssk_frame *ret)
{
    ssk_cursor_skip(&c, p->length_offset);
    uint64_t len = read_uint(&c, p->length_size, p->length_little);
    if (c.failed)
        return SSK_ETRUNC;
    ret->body = p->length_offset + p->length_size;
    ret->len = p->length_whole ? len : ret->body + len;
    if (ret->len < ret->body)
        return SSK_EFORMAT;
    /* no JSON text is empty, and each kind's first byte is known */
    if (p->body == SSK_BODY_JSON &&
        (ret->len == ret->body ||
         (ssk_cursor_left(&c) && ssk_cursor_peek(&c) != '{' && ssk_cursor_peek(&c) != '[')))
        return SSK_EFORMAT;
    return SSK_OK;
}

/* memmem() is in no standard. */
static const uint8_t *find_bytes(const uint8_t *data, size_t size, const void *wanted, size_t len)
{
    const uint8_t *end = data + size, *at = data;
    while ((size_t)(end - at) >= len &&
           (at = memchr(at, *(const uint8_t *)wanted, (size_t)(end - at) - len + 1))) {
        if (memcmp(at, wanted, len) == 0)
            return at;
        at++;
    }
    return NULL;
}

static ssk_status measure_delimiter(const ssk_profile *p, ssk_cursor c, ssk_frame *ret)
{
    const uint8_t *at = find_bytes(c.data, c.size, p->delimiter, p->delimiter_len);
    if (!at)
        return c.size > p->max_message ? SSK_EFORMAT : SSK_ETRUNC;
    ret->len = (uint64_t)(at - c.data) + p->delimiter_len;
    ret->body_end = p->delimiter_len;
    return SSK_OK;
}

static ssk_status measure_fixed(const ssk_profile *p, ssk_cursor c, ssk_frame *ret)
{
    ret->len = p->size;
    for (unsigned i = 0; i < p->n_groups; i++) {
        const ssk_profile_group *group = &p->groups[i];
        uint64_t trailer;
        if (!group->trailer.set)
            continue;
        ssk_status status = ssk_profile_group_matches(group, c.data, c.size, 0);
        if (status == SSK_EFORMAT)
            continue;
        if (status != SSK_OK || !ssk_field_uint(&group->trailer, c.data, c.size, 0, &trailer))
            return SSK_ETRUNC;
        if (trailer > p->max_message)
            return SSK_EFORMAT;
        ret->len = p->size + trailer;
        break;
    }
    return SSK_OK;
}

/* MQTT 3.1.1, 2.2: the flags that go with each type; 0xff: any. Type 15 is MQTT 5's. */
static ssk_status measure_mqtt(ssk_cursor c, ssk_frame *ret)
{
    static const uint8_t flags[16] = {0xf0, 0, 0, 0xff, 0, 0, 2, 0, 2, 0, 2, 0, 0, 0, 0, 0};
    /* Bytes after the length: a name, an identifier, a code (MQTT 3.1.1, chapter 3). */
    static const uint8_t least[16] = {0, 10, 2, 2, 2, 2, 2, 2, 5, 3, 4, 2, 0, 0, 0, 0};
    uint8_t first = ssk_cursor_u8(&c);
    uint8_t wanted = flags[first >> 4];
    if (wanted != 0xff && wanted != (first & 15))
        return SSK_EFORMAT;
    if (wanted == 0xff && (first & 6) == 6) /* there is no QoS 3 */
        return SSK_EFORMAT;
    uint64_t len = 0;
    for (unsigned shift = 0;; shift += 7) {
        if (shift == 28)
            return SSK_EFORMAT;
        uint8_t byte = ssk_cursor_u8(&c);
        if (c.failed)
            return SSK_ETRUNC;
        if (!byte && shift)
            return SSK_EFORMAT; /* not the shortest form */
        len |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            break;
    }
    if ((first >> 4 == 12 || first >> 4 == 13) && len) /* PINGREQ and PINGRESP are empty */
        return SSK_EFORMAT;
    if (len < least[first >> 4])
        return SSK_EFORMAT;
    ret->body = c.pos;
    ret->len = c.pos + len;
    return SSK_OK;
}

/* RFC 6455, section 4: GET with "Upgrade: websocket", answered by 101. */
static ssk_status measure_upgrade(ssk_cursor c, ssk_frame *ret)
{
    static const char end[] = "\r\n\r\n", wanted[] = "upgrade: websocket";
    const uint8_t *at = find_bytes(c.data, c.size, end, 4);
    size_t size = at ? (size_t)(at - c.data) + 4 : c.size;
    bool found = false;
    if (size > SSK_UPGRADE_MAX)
        return SSK_EFORMAT;
    for (size_t i = 0; i + sizeof wanted - 1 <= size && !found; i++)
        found = g_ascii_strncasecmp((const char *)c.data + i, wanted, sizeof wanted - 1) == 0;
    if (!at)
        return SSK_ETRUNC;
    if (!found)
        return SSK_EFORMAT;
    ret->len = size;
    ret->upgrade = true;
    return SSK_OK;
}

/* RFC 6455, section 5.2. */
static ssk_status measure_websocket(ssk_cursor c, ssk_frame *ret)
{
    static const char *const upgrades[] = {"GET /", "GET ws", "HTTP/1.1 101"};
    for (unsigned i = 0; i < G_N_ELEMENTS(upgrades); i++) {
        size_t len = strlen(upgrades[i]);
        if (memcmp(c.data, upgrades[i], MIN(len, c.size)) == 0 && c.size)
            return c.size < len ? SSK_ETRUNC : measure_upgrade(c, ret);
    }
    uint8_t first = ssk_cursor_u8(&c), second = ssk_cursor_u8(&c);
    bool fin = first & 0x80, control = first & 8;
    ret->opcode = first & 15;
    ret->deflated = first & 0x40;
    ret->masked = second & 0x80;
    if ((first & 0x30) || (ret->opcode & 7) > 2 || (control && (!fin || ret->deflated)))
        return SSK_EFORMAT;
    if (c.failed)
        return SSK_ETRUNC;
    uint64_t len = second & 0x7f;
    if (control && len > 125)
        return SSK_EFORMAT;
    if (len == 126) {
        len = ssk_cursor_be16(&c);
        if (!c.failed && len < 126)
            return SSK_EFORMAT;
    } else if (len == 127) {
        len = ssk_cursor_be64(&c);
        if (!c.failed && (len < 65536 || len >> 63))
            return SSK_EFORMAT;
    }
    if (ret->masked)
        ssk_cursor_copy(&c, ret->mask, sizeof ret->mask);
    if (c.failed)
        return SSK_ETRUNC;
    ret->body = c.pos;
    ret->len = c.pos + len;
    return SSK_OK;
}

ssk_status ssk_framing_measure(const ssk_profile *profile, const uint8_t *data, uint32_t known,
                               uint32_t left, ssk_frame *ret)
{
    ssk_frame frame = {.opcode = -1};
    ssk_cursor c = ssk_cursor_init(data, known);
    ssk_status status = SSK_ETRUNC;
    switch (profile->framing) {
    case SSK_FRAMING_LENGTH:
        status = measure_length(profile, c, &frame);
        break;
    case SSK_FRAMING_DELIMITER:
        status = measure_delimiter(profile, c, &frame);
        break;
    case SSK_FRAMING_FIXED:
        status = measure_fixed(profile, c, &frame);
        break;
    case SSK_FRAMING_WEBSOCKET:
        status = measure_websocket(c, &frame);
        break;
    case SSK_FRAMING_MQTT:
        status = known ? measure_mqtt(c, &frame) : SSK_ETRUNC;
        break;
    case SSK_FRAMING_DATAGRAM:
        frame.len = left;
        status = SSK_OK;
        break;
    case SSK_N_FRAMINGS:
        break;
    }
    if (status == SSK_OK) {
        if (!frame.len || frame.len > profile->max_message)
            return SSK_EFORMAT;
        *ret = frame;
    }
    return status;
}
