/* json_stream.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "report/json_stream.h"

#include "report/safe_text.h"

void ssk_json_init(ssk_json *json, GString *out, ssk_json_layout layout)
{
    *json = (ssk_json){.out = out};
    json->open[0].lines = layout == SSK_JSON_LINES;
}

/* Does it stand in a string as it is? Asked of each letter of a report, so not by five comparisons. */
static inline bool is_plain(char c)
{
    static const guint32 plain[8] = {0, 0xfffffffb, 0xefffffff,
                                     0x7fffffff}; /* 0x20 to 0x7e but " and \ */
    return plain[(guchar)c >> 5] >> ((guchar)c & 31) & 1;
}

static void put_text(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    while (*text) {
        const char *run = text;
        while (is_plain(*text))
            text++;
        g_string_append_len(out, run, text - run);
        if (!*text)
            break;
        gunichar c = g_utf8_get_char_validated(text, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append(out, "\xef\xbf\xbd");
            text++;
            continue;
        }
        switch (c) {
        case '"':
            g_string_append(out, "\\\"");
            break;
        case '\\':
            g_string_append(out, "\\\\");
            break;
        case '\n':
            g_string_append(out, "\\n");
            break;
        case '\r':
            g_string_append(out, "\\r");
            break;
        case '\t':
            g_string_append(out, "\\t");
            break;
        default:
            if (ssk_safe_text_forbids(c))
                g_string_append_printf(out, "\\u%04x", c);
            else
                g_string_append_unichar(out, c);
        }
        text = g_utf8_next_char(text);
    }
    g_string_append_c(out, '"');
}

static void new_line(ssk_json *json)
{
    static const char indent[] = "\n                                ";
    G_STATIC_ASSERT(sizeof indent > SSK_JSON_DEPTH);
    g_string_append_len(json->out, indent, 1 + (gssize)json->depth);
}

/* Most of a long report is numbers: without printf() they cost a fifth. */
static void put_number(GString *out, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    g_string_append_len(out, digits + at, (gssize)(sizeof digits - at));
}

static void put_signed(GString *out, int64_t value)
{
    if (value < 0)
        g_string_append_c(out, '-');
    put_number(out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

/* What stands before a value: comma, line break, key. */
static void put_key(ssk_json *json, const char *key)
{
    if (json->depth) {
        bool lines = json->open[json->depth].lines;
        if (json->open[json->depth].filled)
            g_string_append(json->out, lines ? "," : ", ");
        if (lines)
            new_line(json);
        json->open[json->depth].filled = true;
    }
    if (key) {
        put_text(json->out, key);
        g_string_append(json->out, ": ");
    }
}

static void put_open(ssk_json *json, const char *key, char open, char close, ssk_json_layout layout)
{
    g_return_if_fail(json->depth + 1 < SSK_JSON_DEPTH);
    put_key(json, key);
    g_string_append_c(json->out, open);
    bool lines = layout == SSK_JSON_LINES && json->open[json->depth].lines;
    json->depth++;
    json->open[json->depth].close = close;
    json->open[json->depth].filled = false;
    json->open[json->depth].lines = lines;
}

void ssk_json_object(ssk_json *json, const char *key, ssk_json_layout layout)
{
    put_open(json, key, '{', '}', layout);
}

void ssk_json_array(ssk_json *json, const char *key, ssk_json_layout layout)
{
    put_open(json, key, '[', ']', layout);
}

void ssk_json_end(ssk_json *json)
{
    g_return_if_fail(json->depth);
    char close = json->open[json->depth].close;
    bool break_line = json->open[json->depth].lines && json->open[json->depth].filled;
    json->depth--;
    if (break_line)
        new_line(json);
    g_string_append_c(json->out, close);
}

void ssk_json_string(ssk_json *json, const char *key, const char *text)
{
    if (!text) {
        ssk_json_null(json, key);
        return;
    }
    put_key(json, key);
    put_text(json->out, text);
}

void ssk_json_int(ssk_json *json, const char *key, int64_t value)
{
    put_key(json, key);
    put_signed(json->out, value);
}

void ssk_json_uint(ssk_json *json, const char *key, uint64_t value)
{
    put_key(json, key);
    put_number(json->out, value);
}

void ssk_json_bool(ssk_json *json, const char *key, bool value)
{
    put_key(json, key);
    g_string_append(json->out, value ? "true" : "false");
}

void ssk_json_null(ssk_json *json, const char *key)
{
    put_key(json, key);
    g_string_append(json->out, "null");
}

void ssk_json_thousandths(ssk_json *json, const char *key, int64_t value)
{
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    put_key(json, key);
    if (value < 0)
        g_string_append_c(json->out, '-');
    put_number(json->out, size / 1000);
    if (size % 1000) {
        g_string_append_printf(json->out, ".%03u", (unsigned)(size % 1000));
        while (json->out->str[json->out->len - 1] == '0')
            g_string_truncate(json->out, json->out->len - 1);
    }
}

void ssk_json_hex(ssk_json *json, const char *key, const uint8_t *bytes, size_t length)
{
    put_key(json, key);
    g_string_append_c(json->out, '"');
    for (size_t i = 0; i < length; i++)
        g_string_append_printf(json->out, "%02x", bytes[i]);
    g_string_append_c(json->out, '"');
}
