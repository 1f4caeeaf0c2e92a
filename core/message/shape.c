/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/message/shape.h"

#include <string.h>

#include "core/decode/cursor.h"
#include "core/decode/json.h"

/** Maximum digits of a number that always fits in 64 bits. */
#define DIGITS 19

static inline bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

static inline bool is_no_quote(uint8_t b)
{
    return b != '"';
}

/* As JSON writes a whole number, so that any may stand in the place of another. */
static bool take_number(ssk_cursor *c, uint64_t *ret)
{
    uint32_t start = c->pos;
    bool zero = ssk_cursor_peek(c) == '0';
    uint64_t number = 0;
    for (uint8_t b; is_digit(b = ssk_cursor_peek(c)); c->pos++)
        number = number * 10 + (b - '0'); /* wraps in one that is too long, which is none */
    uint32_t digits = c->pos - start;
    *ret = number;
    return digits > 0 && digits <= (zero ? 1 : DIGITS);
}

void ssk_shapes_init(ssk_shapes *shapes)
{
    memset(shapes, 0, sizeof *shapes);
    shapes->credit = SSK_SHAPE_CREDIT;
}

/* ---- learning ---- */

/* Does a group up to the one that matched ask for the value that begins there? */
static bool is_asked_for(const ssk_profile *profile, const ssk_profile_group *matched,
                         const ssk_shape *shape, uint32_t at)
{
    for (const ssk_profile_group *group = profile->groups; group <= matched; group++)
        for (unsigned i = 0; i < group->n_match; i++) {
            ssk_json_value value;
            if (ssk_json_find(shape->text, shape->len, group->match[i].path, &value) == SSK_OK &&
                value.text == shape->text + at)
                return true;
        }
    return false;
}

static bool ends_value(uint8_t b)
{
    return b == ',' || b == '}' || b == ']' || b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

/* The whole numbers between strings. @return false: too many, or not simple enough to be sure */
static bool find_numbers(ssk_shape *shape, const ssk_profile *profile,
                         const ssk_profile_group *group)
{
    ssk_cursor c = ssk_cursor_init(shape->text, shape->len);
    uint64_t number;
    while (ssk_cursor_left(&c)) {
        uint8_t b = ssk_cursor_peek(&c);
        uint32_t at = c.pos;
        if (b == '"') {
            ssk_cursor_skip(&c, 1);
            ssk_cursor_skip_while(&c, is_no_quote);
        } else if (is_digit(b)) {
            if (!take_number(&c, &number) || !ends_value(ssk_cursor_peek(&c)) ||
                shape->n_numbers == SSK_SHAPE_NUMBERS)
                return false;
            if (is_asked_for(profile, group, shape, at))
                continue;
            shape->number[shape->n_numbers].at = (uint8_t)at;
            shape->number[shape->n_numbers++].len = (uint8_t)(c.pos - at);
            continue;
        }
        ssk_cursor_skip(&c, 1);
    }
    return true;
}

/* @return false: the field is there, but is none of the numbers */
static bool find_field(const ssk_shape *shape, const ssk_field *field, int8_t *ret)
{
    ssk_json_value value;
    *ret = -1;
    if (!field->set)
        return true;
    ssk_status status = ssk_json_find(shape->text, shape->len, field->path, &value);
    for (uint8_t i = 0; status == SSK_OK && i < shape->n_numbers; i++)
        if (value.text == shape->text + shape->number[i].at)
            *ret = (int8_t)i;
    return status == SSK_EUNSUPPORTED || *ret >= 0;
}

/* A look at more than the text, or inside a string. */
static bool looks_elsewhere(const ssk_profile_group *group)
{
    for (unsigned i = 0; i < group->n_match; i++)
        if (strchr(group->match[i].path, '@'))
            return true;
    return group->max_size || group->awaited || group->opcode >= 0 || group->sequence.whole ||
           (group->sequence.set && strchr(group->sequence.path, '@')) ||
           (group->time.set && strchr(group->time.path, '@'));
}

static bool learn(ssk_shape *shape, const ssk_profile *profile, const ssk_profile_group *matched,
                  ssk_party party, const uint8_t *text, uint32_t len)
{
    if (len > SSK_SHAPE_TEXT || memchr(text, '\\', len))
        return false;
    for (const ssk_profile_group *group = profile->groups; group <= matched; group++)
        if (looks_elsewhere(group))
            return false;
    *shape = (ssk_shape){
        .profile = profile, .group = matched, .party = party, .len = (uint8_t)len, .uses = 1};
    memcpy(shape->text, text, len);
    return find_numbers(shape, profile, matched) &&
           find_field(shape, &matched->sequence, &shape->seq) &&
           find_field(shape, &matched->time, &shape->time);
}

void ssk_shapes_learn(ssk_shapes *shapes, const ssk_profile *profile,
                      const ssk_profile_group *group, ssk_party party, const uint8_t *text,
                      uint32_t len)
{
    ssk_shape shape, *least = shapes->list;
    if (shapes->credit < SSK_SHAPE_PRICE)
        return;
    shapes->credit -= SSK_SHAPE_PRICE;
    if (!learn(&shape, profile, group, party, text, len))
        return;
    for (unsigned i = 1; i < SSK_SHAPES; i++)
        if (shapes->list[i].uses < least->uses)
            least = &shapes->list[i];
    *least = shape;
}

/* ---- comparing ---- */

/* What stands between two numbers: from @p from on in the shape's text. */
static bool take_same(ssk_cursor *c, const ssk_shape *shape, uint32_t from, uint32_t to)
{
    const uint8_t *bytes = ssk_cursor_take(c, to - from);
    return bytes && memcmp(bytes, shape->text + from, to - from) == 0;
}

static bool fits(const ssk_shape *shape, const uint8_t *text, uint32_t len, uint64_t *ret_seq,
                 uint64_t *ret_time)
{
    ssk_cursor c = ssk_cursor_init(text, len);
    uint64_t number[SSK_SHAPE_NUMBERS];
    uint32_t from = 0;
    for (unsigned i = 0; i < shape->n_numbers; i++) {
        if (!take_same(&c, shape, from, shape->number[i].at) || !take_number(&c, &number[i]))
            return false;
        from = (uint32_t)shape->number[i].at + shape->number[i].len;
    }
    if (ssk_cursor_left(&c) != shape->len - from || !take_same(&c, shape, from, shape->len))
        return false;
    if (shape->seq >= 0)
        *ret_seq = number[shape->seq];
    if (shape->time >= 0)
        *ret_time = number[shape->time];
    return true;
}

const ssk_shape *ssk_shapes_find(ssk_shapes *shapes, uint8_t *hint, const ssk_profile *profile,
                                 ssk_party party, const uint8_t *text, uint32_t len,
                                 uint64_t *ret_seq, uint64_t *ret_time)
{
    for (unsigned i = 0, at = *hint; i < SSK_SHAPES; i++, at = (at + 1) % SSK_SHAPES) {
        ssk_shape *shape = &shapes->list[at];
        if (shape->profile != profile || shape->party != party ||
            !fits(shape, text, len, ret_seq, ret_time))
            continue;
        shape->uses++;
        shapes->credit += shapes->credit < SSK_SHAPE_CREDIT;
        *hint = (uint8_t)at;
        return shape;
    }
    return NULL;
}
