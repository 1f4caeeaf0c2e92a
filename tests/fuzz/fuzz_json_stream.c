/* fuzz_json_stream.c - whatever is written, what comes out is one JSON value
 * in valid UTF-8 without a forbidden character, and a text that was fine
 * before is read back unchanged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "report/json_stream.h"
#include "report/safe_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ---- a checker of RFC 8259, as strict as it is small ---- */

static const char *skip_blank(const char *p)
{
    while (*p == ' ' || *p == '\n')
        p++;
    return p;
}

static const char *check_string(const char *p, GString *ret_text)
{
    g_assert_true(*p++ == '"');
    while (*p != '"') {
        g_assert_cmpuint((unsigned char)*p, >=, 0x20); /* the end of the document too */
        if (*p != '\\') {
            g_string_append_c(ret_text, *p++);
            continue;
        }
        static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
        p++;
        if (*p == 'u') {
            gunichar c = 0;
            for (int i = 1; i <= 4; i++) {
                g_assert_true(g_ascii_isxdigit(p[i]));
                c = c * 16 + (gunichar)g_ascii_xdigit_value(p[i]);
            }
            g_assert_true(g_unichar_validate(c));
            g_string_append_unichar(ret_text, c);
            p += 5;
        } else {
            const char *at = strchr(from, *p);
            g_assert_true(at && *at);
            g_string_append_c(ret_text, to[at - from]);
            p++;
        }
    }
    return p + 1;
}

static const char *check_number(const char *p)
{
    if (*p == '-')
        p++;
    g_assert_true(g_ascii_isdigit(*p));
    g_assert_true(*p != '0' || !g_ascii_isdigit(p[1]));
    while (g_ascii_isdigit(*p))
        p++;
    if (*p == '.') {
        g_assert_true(g_ascii_isdigit(p[1]));
        for (p++; g_ascii_isdigit(*p); p++)
            ;
    }
    return p;
}

static const char *check_value(const char *p)
{
    static const char *const words[] = {"true", "false", "null"};
    GString *text = g_string_new(NULL);

    p = skip_blank(p);
    if (*p == '{' || *p == '[') {
        const char close = *p == '{' ? '}' : ']';
        bool object = *p == '{', first = true;
        for (p = skip_blank(p + 1); *p != close; p = skip_blank(p)) {
            if (!first) {
                g_assert_true(*p == ',');
                p = skip_blank(p + 1);
            }
            first = false;
            if (object) {
                p = skip_blank(check_string(p, text));
                g_assert_true(*p++ == ':');
            }
            p = check_value(p);
        }
        p++;
    } else if (*p == '"') {
        p = check_string(p, text);
    } else if (*p == '-' || g_ascii_isdigit(*p)) {
        p = check_number(p);
    } else {
        size_t i = 0;
        while (i < G_N_ELEMENTS(words) && !g_str_has_prefix(p, words[i]))
            i++;
        g_assert_cmpuint(i, <, G_N_ELEMENTS(words));
        p += strlen(words[i]);
    }
    g_string_free(text, TRUE);
    return p;
}

/* ---- bytes to calls ---- */

/* One text of the input: length byte, then bytes; a NUL ends it early. */
static char *take_text(const uint8_t **data, size_t *size)
{
    size_t length = *size ? **data : 0;
    if (*size) {
        ++*data;
        --*size;
    }
    length = MIN(length, *size);
    char *text = g_strndup((const char *)*data, length);
    *data += length;
    *size -= length;
    return text;
}

static void check_text(const char *text)
{
    ssk_json json;
    GString *out = g_string_new(NULL), *back = g_string_new(NULL), *safe = g_string_new(NULL);

    ssk_json_init(&json, out, SSK_JSON_INLINE);
    ssk_json_string(&json, NULL, text);
    g_assert_true(*check_string(out->str, back) == '\0');
    g_assert_true(g_utf8_validate(back->str, -1, NULL));
    if (g_utf8_validate(text, -1, NULL))
        g_assert_cmpstr(back->str, ==, text);

    ssk_safe_text_append(safe, text);
    g_assert_true(g_utf8_validate(safe->str, -1, NULL));
    for (const char *p = safe->str; *p; p = g_utf8_next_char(p))
        g_assert_false(ssk_safe_text_forbids(g_utf8_get_char(p)));
    g_string_free(out, TRUE);
    g_string_free(back, TRUE);
    g_string_free(safe, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool object[SSK_JSON_DEPTH] = {true};
    ssk_json json;
    GString *out = g_string_new(NULL);

    ssk_json_init(&json, out, size % 2 ? SSK_JSON_LINES : SSK_JSON_INLINE);
    ssk_json_object(&json, NULL, SSK_JSON_LINES);
    while (size) {
        uint8_t call = *data++;
        size--;
        ssk_json_layout layout = call & 0x80 ? SSK_JSON_LINES : SSK_JSON_INLINE;
        char *text = take_text(&data, &size);
        const char *key = object[json.depth - 1] ? text : NULL;
        int64_t number = 0;
        memcpy(&number, text, MIN(strlen(text), sizeof number));

        check_text(text);
        switch (call & 0x0f) {
        case 0:
        case 1:
            if (json.depth + 2 < SSK_JSON_DEPTH) {
                object[json.depth] = call & 1;
                (call & 1 ? ssk_json_object : ssk_json_array)(&json, key, layout);
            }
            break;
        case 2:
            if (json.depth > 1)
                ssk_json_end(&json);
            break;
        case 3:
            ssk_json_int(&json, key, number);
            break;
        case 4:
            ssk_json_uint(&json, key, (uint64_t)number);
            break;
        case 5:
            ssk_json_thousandths(&json, key, number);
            break;
        case 6:
            ssk_json_bool(&json, key, number & 1);
            break;
        case 7:
            ssk_json_null(&json, key);
            break;
        case 8:
            ssk_json_hex(&json, key, (const uint8_t *)text, strlen(text));
            break;
        default:
            ssk_json_string(&json, key, text);
        }
        g_free(text);
    }
    while (json.depth)
        ssk_json_end(&json);
    g_assert_true(g_utf8_validate(out->str, (gssize)out->len, NULL));
    g_assert_true(*check_value(out->str) == '\0');
    g_string_free(out, TRUE);
    return 0;
}
