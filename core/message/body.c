/* body.c - a message's role and fields, by its profile.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/message/body.h"

#include <string.h>

#include "core/decode/cursor.h"
#include "core/decode/json.h"

/** A path goes on inside a base64 string with this step. */
#define BASE64_STEP ".@base64."

/** Bits of a body of the right kind that belongs to no group. */
#define JSON_BITS 16

typedef struct body {
    const ssk_profile *profile;
    const ssk_frame *frame;
    const uint8_t *data; /* of the message */
    uint32_t known;
    const uint8_t *text; /* of the body, unmasked */
    uint32_t len;
    bool whole; /* the body can be read to its end */
    ssk_scratch *scratch;
    GMatchInfo *match; /* regex, of the group being tried */
    ssk_json_members *members;
} body;

/* The message as if it had not been masked. RFC 6455, section 5.3. */
static uint32_t unmask(const ssk_frame *frame, const uint8_t *data, uint32_t len,
                       uint8_t ret[SSK_HEAD_MAX])
{
    ssk_cursor c = ssk_cursor_init(data, MIN(len, SSK_HEAD_MAX));
    for (uint32_t i = 0; i < c.size; i++)
        ret[i] = ssk_cursor_u8(&c) ^ (i < frame->body ? 0 : frame->mask[(i - frame->body) & 3]);
    return c.size;
}

/* FNV-1a: tells bodies apart that differ by chance; nobody gains by a collision. */
static uint64_t digest(const uint8_t *data, uint32_t len)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    ssk_cursor c = ssk_cursor_init(data, len);
    while (ssk_cursor_left(&c))
        hash = (hash ^ ssk_cursor_u8(&c)) * UINT64_C(0x100000001b3);
    return hash;
}

static bool find_json(body *b, const char *path, ssk_json_value *ret)
{
    const char *inside = strchr(path, '.') ? strstr(path, BASE64_STEP) : NULL;
    if (!inside)
        return ssk_json_members_find(b->members, path, ret) == SSK_OK;

    char outer[256];
    size_t len = (size_t)(inside - path);
    ssk_json_value packed;
    if (len >= sizeof outer)
        return false;
    memcpy(outer, path, len);
    outer[len] = '\0';
    if (ssk_json_find(b->text, b->len, outer, &packed) != SSK_OK || packed.kind != SSK_JSON_STRING)
        return false;
    /* base64 shrinks, so the room of one message is enough for any string in it */
    gint state = 0;
    guint save = 0;
    gsize size = g_base64_decode_step((const gchar *)packed.text, packed.len, b->scratch->inner,
                                      &state, &save);
    return ssk_json_find(b->scratch->inner, (uint32_t)size, inside + strlen(BASE64_STEP), ret) ==
           SSK_OK;
}

/* Word @p wanted, from 1. @return false: none, or cut short */
static bool find_word(const body *b, unsigned wanted, ssk_json_value *ret)
{
    ssk_cursor c = ssk_cursor_init(b->text, b->len);
    for (unsigned n = 1;; n++) {
        while (ssk_cursor_left(&c) && (ssk_cursor_peek(&c) == ' ' || ssk_cursor_peek(&c) == '\t'))
            ssk_cursor_skip(&c, 1);
        uint32_t start = c.pos;
        while (ssk_cursor_left(&c) && ssk_cursor_peek(&c) != ' ' && ssk_cursor_peek(&c) != '\t')
            ssk_cursor_skip(&c, 1);
        if (c.pos == start)
            return false;
        if (n == wanted) {
            bool whole = b->whole || ssk_cursor_left(&c);
            *ret = (ssk_json_value){SSK_JSON_STRING, b->text + start, c.pos - start, whole};
            return whole;
        }
    }
}

static bool find_field(body *b, const ssk_field *field, ssk_json_value *ret)
{
    switch (b->profile->body) {
    case SSK_BODY_JSON:
        return find_json(b, field->path, ret) && ret->whole &&
               (ret->kind == SSK_JSON_STRING || ret->kind == SSK_JSON_NUMBER);
    case SSK_BODY_TEXT:
        return find_word(b, field->word, ret);
    case SSK_BODY_REGEX: {
        gint start, end;
        if (!b->match || !g_match_info_fetch_named_pos(b->match, field->path, &start, &end) ||
            start < 0)
            return false;
        *ret = (ssk_json_value){SSK_JSON_STRING, b->text + start, (uint32_t)(end - start), true};
        return true;
    }
    default:
        return false;
    }
}

static bool read_number(body *b, const ssk_field *field, uint64_t *ret)
{
    ssk_json_value value;
    if (field->whole) {
        *ret = digest(b->text, b->len);
        return b->len && b->whole;
    }
    if (b->profile->body == SSK_BODY_BYTES)
        return ssk_field_uint(field, b->data, b->known, b->frame->body, ret);
    return find_field(b, field, &value) && ssk_json_to_uint(&value, ret);
}

/* The time that a timestamp means, or the timestamp itself where that is to be found out. */
static void use_stamp(const ssk_stamp *stamp, const ssk_profile_group *group, ssk_time_ns near,
                      ssk_reading *ret)
{
    if (group->time_format != SSK_FORMAT_AUTO) {
        ret->has_time = ssk_stamp_read(stamp, group->time_format, near, &ret->time);
        ret->format = group->time_format;
        return;
    }
    /* a date names its own format; the text does not outlive this call */
    static const ssk_time_format dates[] = {SSK_FORMAT_ISO_8601, SSK_FORMAT_RFC_1123};
    for (unsigned i = 0; stamp->kind == SSK_STAMP_TEXT && i < G_N_ELEMENTS(dates); i++)
        if (ssk_stamp_read(stamp, dates[i], near, &ret->time)) {
            ret->has_time = true;
            ret->format = dates[i];
            return;
        }
    ssk_stamp kept = *stamp;
    if (stamp->kind != SSK_STAMP_TEXT || ssk_stamp_to_real(&kept)) {
        ret->stamp = kept;
        ret->stamp.text = NULL;
    }
}

static void read_time(body *b, const ssk_profile_group *group, ssk_time_ns near, ssk_reading *ret)
{
    ssk_stamp stamp = {0};
    ssk_json_value value;
    if (b->profile->body == SSK_BODY_BYTES) {
        if (!ssk_field_uint(&group->time, b->data, b->known, b->frame->body, &stamp.integer))
            return;
        stamp.kind = group->time.real ? SSK_STAMP_REAL : SSK_STAMP_INTEGER;
        stamp.size = group->time.size;
        memcpy(&stamp.real, &stamp.integer, sizeof stamp.real);
    } else {
        if (!find_field(b, &group->time, &value))
            return;
        stamp.kind = SSK_STAMP_TEXT;
        stamp.text = value.text;
        stamp.len = value.len;
        if (ssk_json_to_uint(&value, &stamp.integer))
            stamp.kind = SSK_STAMP_INTEGER;
    }
    use_stamp(&stamp, group, near, ret);
}

bool ssk_body_read_alike(const ssk_profile *profile, const uint8_t *text, uint32_t len,
                         const ssk_context *context, uint8_t *hint, ssk_reading *ret)
{
    ssk_stamp stamp = {.kind = SSK_STAMP_INTEGER};
    uint64_t seq = 0;
    const ssk_shape *shape = ssk_shapes_find(context->shapes, hint, profile, context->party, text,
                                             len, &seq, &stamp.integer);
    if (!shape)
        return false;
    *ret = (ssk_reading){
        .group = shape->group, .bits = shape->group->bits, .has_seq = shape->seq >= 0, .seq = seq};
    if (shape->time >= 0)
        use_stamp(&stamp, shape->group, context->near, ret);
    return true;
}

static bool match_words(const body *b, const char *words)
{
    size_t len = strlen(words);
    if (b->len < len || memcmp(b->text, words, len) != 0)
        return false;
    return b->len == len ? b->whole : (b->text[len] == ' ' || b->text[len] == '\t');
}

static bool match_json(body *b, const ssk_profile_group *group)
{
    for (unsigned i = 0; i < group->n_match; i++) {
        ssk_json_value value;
        if (!find_json(b, group->match[i].path, &value) ||
            !ssk_json_equals(&value, group->match[i].value))
            return false;
    }
    return true;
}

static bool match_content(body *b, const ssk_profile_group *group)
{
    switch (b->profile->body) {
    case SSK_BODY_JSON:
        return match_json(b, group);
    case SSK_BODY_TEXT:
        return !group->words || match_words(b, group->words);
    case SSK_BODY_REGEX:
        g_clear_pointer(&b->match, g_match_info_free);
        return !group->regex || g_regex_match_full(group->regex, (const gchar *)b->text,
                                                   (gssize)MIN(b->len, b->profile->regex_bytes), 0,
                                                   0, &b->match, NULL);
    case SSK_BODY_BYTES:
        return ssk_profile_group_matches(group, b->data, b->known, b->frame->body) == SSK_OK;
    case SSK_N_BODIES:
        break;
    }
    return false;
}

static bool match_group(body *b, const ssk_profile_group *group, const ssk_context *context,
                        ssk_reading *ret)
{
    const ssk_frame *frame = b->frame;
    if (group->opcode >= 0 ? group->opcode != frame->opcode : frame->opcode >= 8)
        return false;
    if (group->max_size && (frame->len < group->min_size || frame->len > group->max_size))
        return false;
    if (group->party && context->party && group->party != context->party)
        return false;
    if (!match_content(b, group))
        return false;
    uint64_t seq = 0;
    bool has_seq = group->sequence.set && read_number(b, &group->sequence, &seq);
    /* where all can be read, a number that is none means another kind of message */
    if (group->sequence.set && !has_seq && !group->sequence.whole && b->whole &&
        b->profile->body != SSK_BODY_JSON)
        return false;
    if (group->awaited && !(has_seq && context->awaited && context->awaited(context->user, seq)))
        return false;
    ret->group = group;
    ret->bits = group->bits;
    ret->has_seq = has_seq;
    ret->seq = seq;
    if (group->time.set)
        read_time(b, group, context->near, ret);
    return true;
}

void ssk_body_read(const ssk_profile *profile, const ssk_frame *frame, const uint8_t *data,
                   uint32_t known, const ssk_context *context, ssk_scratch *scratch,
                   ssk_reading *ret)
{
    ssk_reading reading = {0};
    known = (uint32_t)MIN(known, frame->len);
    if (frame->masked && data) {
        known = unmask(frame, data, known, scratch->body);
        data = scratch->body;
    }
    uint32_t end = (uint32_t)MIN(known, frame->len - frame->body_end);
    uint32_t start = MIN(frame->body, end);
    body b = {.profile = profile,
              .frame = frame,
              .data = data,
              .known = known,
              .text = data ? data + start : (const uint8_t *)"",
              .len = end - start,
              .whole = known == frame->len,
              .scratch = scratch};

    if (frame->upgrade) {
        reading.bits = 40;
        *ret = reading;
        return;
    }
    if (profile->framing == SSK_FRAMING_DELIMITER && b.len && b.text[b.len - 1] == '\r')
        b.len--;
    ssk_json_members members; /* its list is not cleared for each message: count says what is set */
    members.text = b.text;
    members.len = b.len;
    members.pos = members.count = 0;
    members.end = SSK_OK;
    b.members = &members;
    bool readable = !frame->deflated;
    bool json = profile->body == SSK_BODY_JSON && readable && frame->opcode < 8 && b.len &&
                (b.text[0] == '{' || b.text[0] == '[');
    bool shapely = json && b.whole && context->shapes;
    uint8_t anywhere = 0;
    if (shapely && ssk_body_read_alike(profile, b.text, b.len, context, &anywhere, ret))
        return;
    for (unsigned i = 0; i < profile->n_groups && !reading.group; i++) {
        const ssk_profile_group *group = &profile->groups[i];
        if ((readable || group->opcode >= 8) &&
            (json || profile->body != SSK_BODY_JSON || group->opcode >= 8))
            match_group(&b, group, context, &reading);
    }
    if (!reading.group && json && b.whole && ssk_json_check(b.text, b.len) == SSK_OK)
        reading.bits = JSON_BITS;
    if (shapely && reading.group)
        ssk_shapes_learn(context->shapes, profile, reading.group, context->party, b.text, b.len);
    g_clear_pointer(&b.match, g_match_info_free);
    *ret = reading;
}
