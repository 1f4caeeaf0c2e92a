/* json.c - looks a value up in a JSON text, without building a tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/decode/json.h"

#include <string.h>

#include "core/decode/cursor.h"

static inline bool is_blank(uint8_t b)
{
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
}

static inline void skip_blanks(ssk_cursor *c)
{
    ssk_cursor_skip_while(c, is_blank);
}

static inline bool is_digit(uint8_t b)
{
    return b >= '0' && b <= '9';
}

/* Stands for itself in a string. */
static inline bool is_plain(uint8_t b)
{
    return b >= 0x20 && b != '"' && b != '\\';
}

static int hex_value(uint8_t b)
{
    if (is_digit(b))
        return b - '0';
    b |= 0x20;
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
}

/* Behind the opening quote, to behind the closing one. */
static ssk_status skip_string(ssk_cursor *c)
{
    for (;;) {
        ssk_cursor_skip_while(c, is_plain);
        if (!ssk_cursor_left(c))
            return SSK_ETRUNC;
        uint8_t b = ssk_cursor_u8(c);
        if (b == '"')
            return SSK_OK;
        if (b != '\\')
            return SSK_EFORMAT;
        if (!ssk_cursor_left(c))
            return SSK_ETRUNC;
        b = ssk_cursor_u8(c);
        if (b == 'u') {
            for (int i = 0; i < 4; i++) {
                if (!ssk_cursor_left(c))
                    return SSK_ETRUNC;
                if (hex_value(ssk_cursor_u8(c)) < 0)
                    return SSK_EFORMAT;
            }
        } else if (!b || !strchr("\"\\/bfnrt", b)) {
            return SSK_EFORMAT;
        }
    }
}

/* At least one digit; SSK_ETRUNC: the text ends before it. */
static ssk_status skip_digits(ssk_cursor *c)
{
    if (!ssk_cursor_left(c))
        return SSK_ETRUNC;
    if (!is_digit(ssk_cursor_peek(c)))
        return SSK_EFORMAT;
    ssk_cursor_skip_while(c, is_digit);
    return SSK_OK;
}

static ssk_status skip_number(ssk_cursor *c)
{
    if (ssk_cursor_peek(c) == '-')
        ssk_cursor_skip(c, 1);
    ssk_status status = SSK_OK;
    if (ssk_cursor_peek(c) == '0')
        ssk_cursor_skip(c, 1);
    else
        status = skip_digits(c);
    if (status == SSK_OK && ssk_cursor_peek(c) == '.') {
        ssk_cursor_skip(c, 1);
        status = skip_digits(c);
    }
    if (status == SSK_OK && (ssk_cursor_peek(c) | 0x20) == 'e') {
        ssk_cursor_skip(c, 1);
        if (ssk_cursor_peek(c) == '+' || ssk_cursor_peek(c) == '-')
            ssk_cursor_skip(c, 1);
        status = skip_digits(c);
    }
    return status;
}

static ssk_status skip_word(ssk_cursor *c, const char *word)
{
    for (; *word; word++) {
        if (!ssk_cursor_left(c))
            return SSK_ETRUNC;
        if (ssk_cursor_u8(c) != (uint8_t)*word)
            return SSK_EFORMAT;
    }
    return SSK_OK;
}

static ssk_status read_value(ssk_cursor *c, int depth, ssk_json_value *ret);

/* An object's or array's next member. */
typedef enum member { MEMBER, LAST, BROKEN } member;

/* To the next member's value. @p first: none was read yet.
 * @param[out] ret_name of an object's member, without quotes
 * @param[out] ret_status valid with BROKEN */
static member next_member(ssk_cursor *c, bool object, bool first, ssk_json_value *ret_name,
                          ssk_status *ret_status)
{
    *ret_status = SSK_ETRUNC;
    skip_blanks(c);
    if (!ssk_cursor_left(c))
        return BROKEN;
    uint8_t b = ssk_cursor_peek(c);
    if (b == (object ? '}' : ']')) {
        ssk_cursor_skip(c, 1);
        return LAST;
    }
    if (!first) {
        if (b != ',') {
            *ret_status = SSK_EFORMAT;
            return BROKEN;
        }
        ssk_cursor_skip(c, 1);
        skip_blanks(c);
    }
    if (!object)
        return MEMBER;
    if (!ssk_cursor_left(c))
        return BROKEN;
    *ret_status = SSK_EFORMAT;
    if (ssk_cursor_u8(c) != '"')
        return BROKEN;
    uint32_t start = c->pos;
    if ((*ret_status = skip_string(c)) != SSK_OK)
        return BROKEN;
    *ret_name = (ssk_json_value){SSK_JSON_STRING, c->data + start, c->pos - 1 - start, true};
    skip_blanks(c);
    *ret_status = ssk_cursor_left(c) ? SSK_EFORMAT : SSK_ETRUNC;
    if (ssk_cursor_u8(c) != ':')
        return BROKEN;
    return MEMBER;
}

static ssk_status skip_members(ssk_cursor *c, bool object, int depth)
{
    if (depth >= SSK_JSON_DEPTH)
        return SSK_ELIMIT;
    for (bool first = true;; first = false) {
        ssk_json_value name, value;
        ssk_status status;
        member what = next_member(c, object, first, &name, &status);
        if (what == LAST)
            return SSK_OK;
        if (what == BROKEN)
            return status;
        if ((status = read_value(c, depth + 1, &value)) != SSK_OK)
            return status;
    }
}

/* Sets *ret even when the text ends inside the value: then it is not whole. */
static ssk_status read_value(ssk_cursor *c, int depth, ssk_json_value *ret)
{
    ssk_status status;
    skip_blanks(c);
    if (!ssk_cursor_left(c))
        return SSK_ETRUNC;
    uint32_t start = c->pos;
    uint8_t b = ssk_cursor_peek(c);
    switch (b) {
    case '"':
        ret->kind = SSK_JSON_STRING;
        ssk_cursor_skip(c, 1);
        status = skip_string(c);
        start++;
        break;
    case '{':
    case '[':
        ret->kind = b == '{' ? SSK_JSON_OBJECT : SSK_JSON_ARRAY;
        ssk_cursor_skip(c, 1);
        status = skip_members(c, b == '{', depth);
        break;
    case 't':
        ret->kind = SSK_JSON_TRUE;
        status = skip_word(c, "true");
        break;
    case 'f':
        ret->kind = SSK_JSON_FALSE;
        status = skip_word(c, "false");
        break;
    case 'n':
        ret->kind = SSK_JSON_NULL;
        status = skip_word(c, "null");
        break;
    default:
        if (b != '-' && !is_digit(b))
            return SSK_EFORMAT;
        ret->kind = SSK_JSON_NUMBER;
        status = skip_number(c);
        break;
    }
    ret->text = c->data + start;
    ret->len = c->pos - start;
    ret->whole = status == SSK_OK;
    if (status == SSK_OK && ret->kind == SSK_JSON_STRING)
        ret->len--; /* the closing quote */
    if (ret->kind == SSK_JSON_NUMBER && !ssk_cursor_left(c))
        ret->whole = false; /* more digits may follow */
    return status;
}

ssk_status ssk_json_check(const uint8_t *text, uint32_t len)
{
    ssk_cursor c = ssk_cursor_init(text, len);
    ssk_json_value value;
    ssk_status status = read_value(&c, 0, &value);
    if (status != SSK_OK)
        return status;
    skip_blanks(&c);
    return ssk_cursor_left(&c) ? SSK_EFORMAT : SSK_OK;
}

/* One character of a string, escapes resolved to UTF-8.
 * @return its bytes in @p ret, 0 at the end or where it is no character */
static unsigned read_char(ssk_cursor *c, uint8_t ret[4])
{
    static const char escapes[] = "bfnrt", meanings[] = "\b\f\n\r\t";
    if (!ssk_cursor_left(c))
        return 0;
    ret[0] = ssk_cursor_u8(c);
    if (ret[0] != '\\')
        return 1;
    uint8_t b = ssk_cursor_u8(c);
    if (b != 'u') {
        const char *at = b ? strchr(escapes, b) : NULL;
        ret[0] = at ? (uint8_t)meanings[at - escapes] : b;
        return 1;
    }
    uint32_t code = 0;
    for (int i = 0; i < 4; i++)
        code = code << 4 | (uint32_t)(hex_value(ssk_cursor_u8(c)) & 15);
    if (code >= 0xd800 && code < 0xdc00 && ssk_cursor_left(c) >= 6) {
        uint32_t low = 0;
        ssk_cursor ahead = *c;
        bool pair = ssk_cursor_u8(&ahead) == '\\' && ssk_cursor_u8(&ahead) == 'u';
        for (int i = 0; i < 4; i++)
            low = low << 4 | (uint32_t)(hex_value(ssk_cursor_u8(&ahead)) & 15);
        if (pair && low >= 0xdc00 && low < 0xe000) {
            code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
            *c = ahead;
        }
    }
    if (code < 0x80) {
        ret[0] = (uint8_t)code;
        return 1;
    }
    if (code < 0x800) {
        ret[0] = (uint8_t)(0xc0 | code >> 6);
        ret[1] = (uint8_t)(0x80 | (code & 0x3f));
        return 2;
    }
    if (code >= 0xd800 && code < 0xe000)
        return 0; /* half of a pair */
    if (code < 0x10000) {
        ret[0] = (uint8_t)(0xe0 | code >> 12);
        ret[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        ret[2] = (uint8_t)(0x80 | (code & 0x3f));
        return 3;
    }
    ret[0] = (uint8_t)(0xf0 | code >> 18);
    ret[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
    ret[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
    ret[3] = (uint8_t)(0x80 | (code & 0x3f));
    return 4;
}

static bool string_equals(const ssk_json_value *value, const char *text, size_t len)
{
    ssk_cursor c = ssk_cursor_init(value->text, value->len);
    if (c.size < len) /* an escape is longer than what it means */
        return false;
    if (!memchr(c.data, '\\', c.size))
        return c.size == len && !memcmp(c.data, text, len);
    while (ssk_cursor_left(&c)) {
        uint8_t bytes[4];
        unsigned n = read_char(&c, bytes);
        if (!n || n > len || memcmp(bytes, text, n) != 0)
            return false;
        text += n;
        len -= n;
    }
    return !len;
}

bool ssk_json_equals(const ssk_json_value *value, const char *text)
{
    size_t len = strlen(text);
    if (!value->whole || value->kind == SSK_JSON_OBJECT || value->kind == SSK_JSON_ARRAY)
        return false;
    if (value->kind == SSK_JSON_STRING)
        return string_equals(value, text, len);
    return value->len == len && memcmp(value->text, text, len) == 0;
}

bool ssk_json_to_uint(const ssk_json_value *value, uint64_t *ret)
{
    if (!value->whole || !value->len ||
        (value->kind != SSK_JSON_NUMBER && value->kind != SSK_JSON_STRING))
        return false;
    ssk_cursor c = ssk_cursor_init(value->text, value->len);
    uint64_t number = 0;
    while (ssk_cursor_left(&c)) {
        uint8_t b = ssk_cursor_u8(&c);
        if (!is_digit(b) || __builtin_mul_overflow(number, UINT64_C(10), &number) ||
            __builtin_add_overflow(number, (uint64_t)(b - '0'), &number))
            return false;
    }
    *ret = number;
    return true;
}

/* To the value of the member named, or numbered, by one step of a path. */
static ssk_status enter(ssk_cursor *c, const char *step, size_t len, int depth)
{
    skip_blanks(c);
    if (!ssk_cursor_left(c))
        return SSK_ETRUNC;
    uint8_t b = ssk_cursor_peek(c);
    if (b != '{' && b != '[') {
        ssk_json_value value;
        ssk_status status = read_value(c, 0, &value);
        if (status == SSK_OK)
            status = value.whole ? SSK_EUNSUPPORTED : SSK_ETRUNC;
        return status;
    }
    ssk_cursor_skip(c, 1);
    uint64_t index = 0;
    const ssk_json_value number = {SSK_JSON_NUMBER, (const uint8_t *)step, (uint32_t)len, true};
    bool numbered = ssk_json_to_uint(&number, &index);
    for (uint64_t i = 0;; i++) {
        ssk_json_value name, value;
        ssk_status status;
        member what = next_member(c, b == '{', i == 0, &name, &status);
        if (what == LAST)
            return SSK_EUNSUPPORTED;
        if (what == BROKEN)
            return status;
        if (b == '{' ? string_equals(&name, step, len) : numbered && i == index)
            return SSK_OK;
        if ((status = read_value(c, depth + 1, &value)) != SSK_OK)
            return status;
    }
}

ssk_status ssk_json_find(const uint8_t *text, uint32_t len, const char *path, ssk_json_value *ret)
{
    ssk_cursor c = ssk_cursor_init(text, len);
    int depth = 0;
    for (; *path; depth++) {
        size_t step = strcspn(path, ".");
        ssk_status status = enter(&c, path, step, depth);
        if (status != SSK_OK)
            return status;
        path += step + (path[step] == '.');
    }
    ssk_json_value value;
    skip_blanks(&c);
    if (!ssk_cursor_left(&c))
        return SSK_ETRUNC;
    ssk_status status = read_value(&c, depth, &value);
    if (status != SSK_OK && status != SSK_ETRUNC)
        return status;
    *ret = value;
    return SSK_OK;
}

ssk_status ssk_json_read(const uint8_t *text, uint32_t len, uint32_t *pos, ssk_json_value *ret)
{
    ssk_cursor c = ssk_cursor_init(text, len);
    ssk_json_value value;
    ssk_cursor_seek(&c, *pos);
    skip_blanks(&c);
    if (!ssk_cursor_left(&c))
        return SSK_EUNSUPPORTED;
    ssk_status status = read_value(&c, 0, &value);
    if (status != SSK_OK)
        return status;
    *pos = c.pos;
    *ret = value;
    return SSK_OK;
}

ssk_json_walk ssk_json_enter(const ssk_json_value *container)
{
    bool object = container->kind == SSK_JSON_OBJECT;
    if (!object && container->kind != SSK_JSON_ARRAY)
        return (ssk_json_walk){.text = (const uint8_t *)"[]", .len = 2, .pos = 1};
    return (ssk_json_walk){
        .text = container->text, .len = container->len, .pos = 1, .object = object};
}

bool ssk_json_next(ssk_json_walk *walk, ssk_json_value *ret_name, ssk_json_value *ret)
{
    ssk_cursor c = ssk_cursor_init(walk->text, walk->len);
    ssk_json_value name, value;
    ssk_cursor_seek(&c, walk->pos);
    switch (next_member(&c, walk->object, !walk->begun, &name, &walk->status)) {
    case LAST:
        walk->status = SSK_OK;
        return false;
    case BROKEN:
        return false;
    case MEMBER:
        break;
    }
    walk->status = read_value(&c, 1, &value);
    if (walk->status != SSK_OK)
        return false;
    walk->begun = true;
    walk->pos = c.pos;
    if (walk->object)
        *ret_name = name;
    *ret = value;
    return true;
}

/* The next member, remembered. @return false: members->end says why not */
static bool read_member(ssk_json_members *members)
{
    ssk_cursor c = ssk_cursor_init(members->text, members->len);
    bool first = members->pos == 0;
    if (first) {
        skip_blanks(&c);
        ssk_cursor_skip(&c, 1); /* the brace */
    } else {
        ssk_cursor_seek(&c, members->pos);
    }
    ssk_json_value name, value;
    switch (next_member(&c, true, first, &name, &members->end)) {
    case LAST:
        members->end = SSK_EUNSUPPORTED;
        return false;
    case BROKEN:
        return false;
    case MEMBER:
        break;
    }
    skip_blanks(&c);
    if (!ssk_cursor_left(&c)) {
        members->end = SSK_ETRUNC;
        return false;
    }
    members->end = read_value(&c, 1, &value);
    if (members->end != SSK_OK && members->end != SSK_ETRUNC)
        return false;
    members->pos = c.pos;
    members->list[members->count].name = name;
    members->list[members->count++].value = value;
    return true;
}

ssk_status ssk_json_members_find(ssk_json_members *members, const char *path, ssk_json_value *ret)
{
    ssk_cursor c = ssk_cursor_init(members->text, members->len);
    size_t len = 0;
    while (path[len] && path[len] != '.')
        len++;
    skip_blanks(&c);
    if (!len || path[len] || ssk_cursor_peek(&c) != '{')
        return ssk_json_find(members->text, members->len, path, ret);
    for (unsigned i = 0;; i++) {
        if (i == members->count) {
            if (i == SSK_JSON_MEMBERS)
                return ssk_json_find(members->text, members->len, path, ret);
            if (members->end != SSK_OK || !read_member(members))
                return members->end;
        }
        if (string_equals(&members->list[i].name, path, len)) {
            *ret = members->list[i].value;
            return SSK_OK;
        }
    }
}
