/* fuzz_json.c - the path scanner against a naive checker, against the scanner that
 * remembers members, and against itself on every beginning of the same text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>
#include <string.h>

#include "core/decode/json.h"

/* RFC 8259 by the book, on a terminated copy: the position behind a value, or
 * NULL. Knows neither cuts nor limits. */
static const char *value(const char *t);

static const char *blanks(const char *t)
{
    return t + strspn(t, " \t\n\r");
}

static const char *string(const char *t)
{
    if (*t++ != '"')
        return NULL;
    for (; *t != '"'; t++) {
        if ((unsigned char)*t < 0x20)
            return NULL;
        if (*t != '\\')
            continue;
        t++;
        if (*t == 'u') {
            for (int i = 1; i <= 4; i++) {
                if (!g_ascii_isxdigit(t[i]))
                    return NULL;
            }
            t += 4;
        } else if (!*t || !strchr("\"\\/bfnrt", *t)) {
            return NULL;
        }
    }
    return t + 1;
}

static const char *number(const char *t)
{
    static GRegex *regex;
    GMatchInfo *info;
    const char *behind = NULL;
    if (!regex)
        regex = g_regex_new("^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?", G_REGEX_RAW, 0,
                            NULL);
    if (g_regex_match(regex, t, 0, &info)) {
        gint start, end;
        g_match_info_fetch_pos(info, 0, &start, &end);
        behind = t + end;
    }
    g_match_info_free(info);
    return behind;
}

static const char *members(const char *t, char close)
{
    t = blanks(t + 1);
    if (*t == close)
        return t + 1;
    for (;; t = blanks(t + 1)) {
        if (close == '}') {
            if (!(t = string(t)) || *(t = blanks(t)) != ':')
                return NULL;
            t = blanks(t + 1);
        }
        if (!(t = value(t)))
            return NULL;
        t = blanks(t);
        if (*t == close)
            return t + 1;
        if (*t != ',')
            return NULL;
    }
}

static const char *value(const char *t)
{
    static const char *const words[] = {"true", "false", "null"};
    if (*t == '{')
        return members(t, '}');
    if (*t == '[')
        return members(t, ']');
    if (*t == '"')
        return string(t);
    for (int i = 0; i < 3; i++) {
        if (g_str_has_prefix(t, words[i]))
            return t + strlen(words[i]);
    }
    return number(t);
}

static bool naive(const char *text)
{
    const char *end = value(blanks(text));
    return end && !*blanks(end);
}

/* Asked for several names in any order, the members give what each search alone gives. */
static void members_agree(const uint8_t *text, uint32_t len, unsigned first)
{
    static const char *const names[] = {"type", "seq", "a", "b", "payload", "a.0.b", "type"};
    ssk_json_members members = {.text = text, .len = len};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *name = names[(first + i) % G_N_ELEMENTS(names)];
        ssk_json_value one, other;
        ssk_status status = ssk_json_find(text, len, name, &one);
        g_assert_cmpint(ssk_json_members_find(&members, name, &other), ==, status);
        if (status == SSK_OK) {
            g_assert_true(one.text == other.text && one.len == other.len);
            g_assert_true(one.kind == other.kind && one.whole == other.whole);
        }
    }
}

/* Walked member by member, all the way down: whole where the check says so. */
static bool walk_all(const ssk_json_value *container)
{
    ssk_json_walk walk = ssk_json_enter(container);
    ssk_json_value name, value;
    while (ssk_json_next(&walk, &name, &value)) {
        g_assert_true(value.text >= container->text &&
                      value.text + value.len <= container->text + container->len);
        if (!walk_all(&value))
            return false;
    }
    return walk.status == SSK_OK;
}

static void walk_agrees(const uint8_t *text, uint32_t len, ssk_status checked)
{
    ssk_json_value value, further;
    uint32_t pos = 0;
    ssk_status status = ssk_json_read(text, len, &pos, &value);
    if (checked == SSK_OK) {
        g_assert_cmpint(status, ==, SSK_OK);
        g_assert_cmpint(ssk_json_read(text, len, &pos, &further), ==, SSK_EUNSUPPORTED);
    }
    if (status == SSK_OK)
        g_assert_true(walk_all(&value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const paths[] = {"",      "type", "seq", "payload.codingKey",
                                        "a.0.b", "0",    "1.0"};
    if (size < 1 || size > 600)
        return 0;
    const char *path = paths[data[0] % G_N_ELEMENTS(paths)];
    uint8_t *text = g_memdup2(data + 1, size - 1);
    uint32_t len = (uint32_t)size - 1;
    ssk_status status = ssk_json_check(text, len);

    if (len && !memchr(text, 0, len) && status != SSK_ELIMIT) {
        char *copy = g_strndup((const char *)text, len);
        g_assert_cmpint(naive(copy), ==, status == SSK_OK);
        g_free(copy);
    }
    members_agree(text, len, data[0]);
    walk_agrees(text, len, status);
    ssk_json_value whole;
    ssk_status found = ssk_json_find(text, len, path, &whole);
    if (found == SSK_OK) {
        g_assert_true(whole.text >= text && whole.text + whole.len <= text + len);
        if (whole.kind == SSK_JSON_STRING && whole.whole)
            g_assert_cmpint(whole.text[-1], ==, '"');
        uint64_t number;
        if (ssk_json_to_uint(&whole, &number)) {
            char *digits = g_strndup((const char *)whole.text, whole.len);
            g_assert_cmpuint(g_ascii_strtoull(digits, NULL, 10), ==, number);
            g_free(digits);
        }
    }
    /* every beginning: cut short, or the same answer, never another one */
    for (uint32_t n = 0; n < len; n++) {
        uint8_t *cut = g_memdup2(text, n);
        if (n % 16 == data[0] % 16u) /* each beginning would make the target slow */
            members_agree(cut, n, n);
        ssk_json_value part;
        ssk_status here = ssk_json_find(cut, n, path, &part);
        if (status == SSK_OK)
            g_assert_cmpint(ssk_json_check(cut, n), !=, SSK_EFORMAT);
        if (here == SSK_OK && part.whole) {
            g_assert_cmpint(found, ==, SSK_OK);
            g_assert_cmpint(part.text - cut, ==, whole.text - text);
            g_assert_cmpuint(part.len, ==, whole.len);
        } else if (here == SSK_EUNSUPPORTED || here == SSK_EFORMAT) {
            g_assert_cmpint(found, ==, here);
        }
        g_free(cut);
    }
    g_free(text);
    return 0;
}
