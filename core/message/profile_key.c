/* profile_key.c - values that many keys have in common: numbers, choices, bytes, offsets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/message/profile_key.h"

#include <string.h>

bool ssk_profile_read_uint(const char *text, guint64 min, guint64 max, guint64 *ret)
{
    return g_ascii_string_to_unsigned(text, 10, min, max, ret, NULL);
}

int ssk_profile_choose(const char *value, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (names[i] && strcmp(value, names[i]) == 0)
            return i;
    }
    return -1;
}

bool ssk_profile_read_bool(const char *value, bool *ret)
{
    static const char *const names[] = {"false", "true"};
    int i = ssk_profile_choose(value, names, 2);
    *ret = i == 1;
    return i >= 0;
}

bool ssk_profile_read_hex(const char *text, size_t digits, uint8_t *bytes, unsigned room,
                          uint8_t *ret_len)
{
    if (!digits || digits % 2 || digits / 2 > room)
        return false;
    for (size_t i = 0; i < digits; i += 2) {
        int high = g_ascii_xdigit_value(text[i]), low = g_ascii_xdigit_value(text[i + 1]);
        if (high < 0 || low < 0)
            return false;
        bytes[i / 2] = (uint8_t)(high << 4 | low);
    }
    *ret_len = (uint8_t)(digits / 2);
    return true;
}

bool ssk_profile_read_offset(const char *text, uint16_t *ret_offset, bool *ret_from_body)
{
    guint64 offset;
    bool from_body = *text == '+';
    if (!ssk_profile_read_uint(text + from_body, 0, 4000, &offset))
        return false;
    *ret_offset = (uint16_t)offset;
    *ret_from_body = from_body;
    return true;
}

static void add_rows(GString *out, const ssk_profile_key *keys)
{
    g_string_append(out, "| key | value | meaning |\n|---|---|---|\n");
    for (; keys->name; keys++)
        g_string_append_printf(out, "| `%s` | %s | %s |\n", keys->name, keys->allowed, keys->help);
}

char *ssk_profile_keys_markdown(void)
{
    GString *out = g_string_new("### Group [profile]\n\n");
    add_rows(out, ssk_profile_head_keys);
    g_string_append(out, "\n### Groups [ping], [pong], [time], [ack], [close], [other]\n\n");
    add_rows(out, ssk_profile_role_keys);
    return g_string_free(out, FALSE);
}
