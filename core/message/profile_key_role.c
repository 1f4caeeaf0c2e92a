/* profile_key_role.c - the keys of a profile's groups for roles: [ping], [pong], [time] ...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/message/profile_key.h"

static bool add_json_match(ssk_profile_setting *s, const char *item)
{
    const char *equals = strchr(item, '=');
    ssk_profile_group *group = s->group;
    if (!equals || equals == item || !equals[1])
        return false;
    ssk_profile_match *match = &group->match[group->n_match++];
    match->path = g_strndup(item, (gsize)(equals - item));
    match->value = g_strdup(equals + 1);
    g_strstrip(match->path);
    g_strstrip(match->value);
    const char *last = strrchr(match->path, '.');
    group->bits += 8 * (unsigned)(strlen(last ? last + 1 : match->path) + strlen(match->value));
    return true;
}

static bool add_bytes_match(ssk_profile_setting *s, char *item)
{
    ssk_profile_group *group = s->group;
    ssk_profile_match *match = &group->match[group->n_match];
    char *colon = strchr(item, ':');
    if (!colon)
        return false;
    *colon = '\0';
    char *hex = colon + 1, *slash = strchr(hex, '/');
    size_t digits = slash ? (size_t)(slash - hex) : strlen(hex);
    uint8_t mask_len;
    memset(match->mask, 0xff, sizeof match->mask);
    if (!ssk_profile_read_offset(item, &match->offset, &match->from_body) ||
        !ssk_profile_read_hex(hex, digits, match->bytes, SSK_PROFILE_MATCH_BYTES, &match->len) ||
        (slash && (!ssk_profile_read_hex(slash + 1, strlen(slash + 1), match->mask,
                                         SSK_PROFILE_MATCH_BYTES, &mask_len) ||
                   mask_len != match->len)))
        return false;
    for (unsigned i = 0; i < match->len; i++)
        group->bits += (unsigned)__builtin_popcount(match->mask[i]);
    group->n_match++;
    return true;
}

static bool set_match(ssk_profile_setting *s)
{
    ssk_profile_group *group = s->group;
    switch (s->profile->body) {
    case SSK_BODY_TEXT:
        s->why = g_strdup("words that the line begins with, up to 64 bytes");
        group->words = g_strstrip(g_strdup(s->value));
        group->bits = 8 * (unsigned)(strlen(group->words) + 1);
        return *group->words && strlen(group->words) <= 64;
    case SSK_BODY_REGEX: {
        GError *error = NULL;
        /* the library's own brake against patterns that backtrack without end */
        char *pattern = g_strconcat("(*LIMIT_MATCH=20000)", s->value, NULL);
        group->regex = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &error);
        g_free(pattern);
        if (!group->regex) {
            s->why = g_strdup(error->message);
            g_error_free(error);
            return false;
        }
        group->bits = 24;
        return true;
    }
    default:
        break;
    }
    bool json = s->profile->body == SSK_BODY_JSON;
    char **list = g_strsplit(s->value, ";", -1);
    bool good = true;
    for (char **item = list; *item && good; item++) {
        g_strstrip(*item);
        if (**item)
            good = group->n_match < SSK_PROFILE_MATCHES &&
                   (json ? add_json_match(s, *item) : add_bytes_match(s, *item));
    }
    g_strfreev(list);
    if (json)
        s->why = g_strdup("up to 8 PATH=VALUE, separated by ';', for example type=ping");
    else
        s->why =
            g_strdup("up to 8 OFFSET:HEX or OFFSET:HEX/MASK, separated by ';', for example 0:c000");
    return good && group->n_match;
}

static bool set_direction(ssk_profile_setting *s)
{
    static const char *const names[] = {"any", "client", "server"};
    int i = ssk_profile_choose(s->value, names, 3);
    s->group->party = (ssk_party)MAX(i, 0);
    return i >= 0;
}

static bool set_opcode(ssk_profile_setting *s)
{
    guint64 opcode;
    if (s->profile->framing != SSK_FRAMING_WEBSOCKET ||
        !ssk_profile_read_uint(s->value, 0, 15, &opcode))
        return false;
    s->group->opcode = (int)opcode;
    return true;
}

static bool set_size(ssk_profile_setting *s)
{
    char **ends = g_strsplit(s->value, "-", 2);
    guint64 min, max;
    bool good = ssk_profile_read_uint(ends[0], 1, 1 << 24, &min);
    max = min;
    if (good && ends[1])
        good = ssk_profile_read_uint(ends[1], min, 1 << 24, &max);
    if (good) {
        s->group->min_size = (uint32_t)min;
        s->group->max_size = (uint32_t)max;
    }
    g_strfreev(ends);
    return good;
}

static bool set_field(ssk_profile_setting *s, ssk_field *field)
{
    guint64 number;
    field->set = true;
    switch (s->profile->body) {
    case SSK_BODY_JSON:
        s->why = g_strdup("a path, for example payload.seq");
        field->path = g_strdup(s->value);
        return *s->value && strlen(s->value) <= 200;
    case SSK_BODY_REGEX:
        s->why = g_strdup("a named group of the expression");
        field->path = g_strdup(s->value);
        return s->group->regex && g_regex_get_string_number(s->group->regex, s->value) > 0;
    case SSK_BODY_TEXT:
        s->why = g_strdup("the number of a word, 1..64");
        if (!ssk_profile_read_uint(s->value, 1, 64, &number))
            return false;
        field->word = (uint16_t)number;
        return true;
    default:
        break;
    }
    if (strcmp(s->value, "body") == 0 && field == &s->group->sequence) {
        field->whole = true;
        return true;
    }
    s->why = g_strdup("OFFSET:SIZE with SIZE 1, 2, 4 or 8, then 'little' or 'real' if it is, "
                      "for example 5:8 little");
    char **words = g_strsplit(s->value, " ", -1);
    char *colon = words[0] ? strchr(words[0], ':') : NULL;
    bool good = colon;
    if (colon) {
        *colon = '\0';
        good = ssk_profile_read_offset(words[0], &field->offset, &field->from_body) &&
               ssk_profile_read_uint(colon + 1, 1, 8, &number) && (number & (number - 1)) == 0;
        if (good)
            field->size = (uint8_t)number;
        for (char **word = words + 1; *word && good; word++) {
            if (strcmp(*word, "little") == 0)
                field->little = true;
            else if (strcmp(*word, "real") == 0 && field->size == 8)
                field->real = true;
            else
                good = **word == '\0';
        }
    }
    g_strfreev(words);
    return good;
}

static bool set_sequence(ssk_profile_setting *s)
{
    return set_field(s, &s->group->sequence);
}

static bool set_time(ssk_profile_setting *s)
{
    return set_field(s, &s->group->time);
}

static bool set_time_format(ssk_profile_setting *s)
{
    GString *all = g_string_new(NULL);
    for (int i = 0; i < SSK_N_FORMATS; i++)
        g_string_append_printf(all, "%s%s", i ? ", " : "",
                               ssk_time_format_name((ssk_time_format)i));
    s->why = g_string_free(all, FALSE);
    return ssk_time_format_find(s->value, &s->group->time_format);
}

static bool set_trailer(ssk_profile_setting *s)
{
    if (s->profile->framing == SSK_FRAMING_FIXED && s->profile->body == SSK_BODY_BYTES &&
        s->group->n_match)
        return set_field(s, &s->group->trailer);
    s->why = g_strdup("only with framing=fixed, body=bytes and a match");
    return false;
}

static bool set_awaited(ssk_profile_setting *s)
{
    return ssk_profile_read_bool(s->value, &s->group->awaited);
}

static bool set_common(ssk_profile_setting *s)
{
    return ssk_profile_read_bool(s->value, &s->group->common);
}

/* In this order: a field's meaning rests on the expression in match. */
const ssk_profile_key ssk_profile_role_keys[] = {
    {"match", set_match, "by the kind of body: see below",
     "What a message of this group holds. JSON: `PATH=VALUE` pairs. Text: the words it begins with. "
     "Regular expression: the expression. Bytes: `OFFSET:HEX` or `OFFSET:HEX/MASK`, where an offset "
     "with a plus counts from the body."},
    {"direction", set_direction, "any, client or server",
     "Who sends it; the client opened the connection. Default: any."},
    {"opcode", set_opcode, "0..15, only with framing=websocket",
     "WebSocket opcode: 1 text, 2 binary, 8 close, 9 ping, 10 pong. Default: any data."},
    {"size", set_size, "BYTES or FEWEST-MOST, 1..16777216",
     "Size of the whole message: all there is to go by where the rest is encrypted."},
    {"sequence", set_sequence, "by the kind of body: see below",
     "Number that an answer shares with its ping. JSON: a path. Text: the number of the word. "
     "Regular expression: a named group. Bytes: `OFFSET:SIZE`, then `little` if it is; or `body`, "
     "where the answer repeats the body."},
    {"time", set_time, "as for sequence",
     "The sender's clock; of a ping or pong: when it was sent. Bytes: `real` means a double."},
    {"time-format", set_time_format, "see below", "Its format. Default: auto."},
    {"trailer", set_trailer, "OFFSET:SIZE", "Length of what follows the fixed part."},
    {"awaited", set_awaited, "true or false",
     "Only if the sequence number is that of a ping that waits for its answer. Default: false."},
    {"common", set_common, "true or false",
     "Other formats have the same message, so it does not help to recognize this one. Default: "
     "false."},
    {NULL, NULL, NULL, NULL},
};
