/* profile_text.c - a profile's text to a profile: the one table of its keys.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <stdarg.h>
#include <string.h>

#include "core/message/profile_model.h"
#include "core/text.h"

G_DEFINE_QUARK(ssk-profile-error-quark, ssk_profile_error)

/** Longest text: a profile is a page, not a program. */
#define TEXT_MAX (64 * 1024)
#define PROFILE_GROUP "profile"

/** What a key's setter works on. */
typedef struct setting {
    ssk_profile *profile;
    ssk_rule    *rule; /* NULL in group [profile] */
    const char  *value;
    char        *why; /* set on failure: what is allowed, if the key's own words do not say it */
} setting;

typedef bool (*setter)(setting *);

typedef struct key {
    const char *name;
    setter      set;
    const char *allowed; /* for errors and the documentation */
    const char *help;
} key;

/* ---- pieces ---- */

static bool read_uint(const char *text, guint64 min, guint64 max, guint64 *ret)
{
    return g_ascii_string_to_unsigned(text, 10, min, max, ret, NULL);
}

static int choose(const char *value, const char *const *names, int count)
{
    for (int i = 0; i < count; i++) {
        if (names[i] && strcmp(value, names[i]) == 0)
            return i;
    }
    return -1;
}

static bool read_bool(const char *value, bool *ret)
{
    static const char *const names[] = { "false", "true" };
    int i = choose(value, names, 2);
    *ret = i == 1;
    return i >= 0;
}

static bool read_hex(const char *text, size_t digits, uint8_t *bytes, unsigned room, uint8_t *ret_len)
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

/* "5" or "+5": from the message's first byte, or from the body's. */
static bool read_offset(const char *text, uint16_t *ret_offset, bool *ret_from_body)
{
    guint64 offset;
    bool    from_body = *text == '+';
    if (!read_uint(text + from_body, 0, 4000, &offset))
        return false;
    *ret_offset = (uint16_t)offset;
    *ret_from_body = from_body;
    return true;
}

/* ---- keys of [profile] ---- */

static bool set_name(setting *s)
{
    size_t len = strlen(s->value);
    s->profile->name = g_strdup(s->value);
    return len && len <= 64 &&
           strspn(s->value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._") == len;
}

static bool set_description(setting *s)
{
    s->profile->description = g_strdup(s->value);
    return strlen(s->value) <= 200 && g_utf8_validate(s->value, -1, NULL);
}

static bool set_transport(setting *s)
{
    static const char *const names[] = { "tcp", "udp", "any" };
    int i = choose(s->value, names, 3);
    s->profile->tcp = i != 1;
    s->profile->udp = i >= 1;
    return i >= 0;
}

static bool read_ports(const char *value, uint16_t ports[SSK_PROFILE_PORTS], unsigned *ret_count)
{
    char   **list = g_strsplit_set(value, ";, ", -1);
    bool     good = true;
    unsigned count = 0;
    for (char **item = list; *item && good; item++) {
        guint64 port;
        if (!**item)
            continue;
        good = count < SSK_PROFILE_PORTS && read_uint(*item, 1, 65535, &port);
        if (good)
            ports[count++] = (uint16_t)port;
    }
    g_strfreev(list);
    *ret_count = count;
    return good && count;
}

static bool set_ports(setting *s)
{
    return read_ports(s->value, s->profile->ports, &s->profile->n_ports);
}

static bool set_usual_ports(setting *s)
{
    return read_ports(s->value, s->profile->usual_ports, &s->profile->n_usual_ports);
}

static bool set_span(setting *s, ssk_span_ns *ret)
{
    return ssk_span_parse(s->value, ret) && *ret >= SSK_MS && *ret <= SSK_DAY;
}

static bool set_period(setting *s)
{
    return set_span(s, &s->profile->period);
}

static bool set_timeout(setting *s)
{
    return set_span(s, &s->profile->timeout);
}

static const char *const framing_names[SSK_N_FRAMINGS] = {
    [SSK_FRAMING_LENGTH] = "length",       [SSK_FRAMING_DELIMITER] = "delimiter",
    [SSK_FRAMING_FIXED] = "fixed",         [SSK_FRAMING_WEBSOCKET] = "websocket",
    [SSK_FRAMING_MQTT] = "mqtt",           [SSK_FRAMING_DATAGRAM] = "datagram",
};

static bool set_framing(setting *s)
{
    int i = choose(s->value, framing_names, SSK_N_FRAMINGS);
    s->profile->framing = (ssk_framing)MAX(i, 0);
    return i >= 0;
}

static bool set_length_size(setting *s)
{
    guint64 size;
    if (!read_uint(s->value, 1, 4, &size) || size == 3)
        return false;
    s->profile->length_size = (unsigned)size;
    return true;
}

static bool set_length_order(setting *s)
{
    static const char *const names[] = { "big", "little" };
    int i = choose(s->value, names, 2);
    s->profile->length_little = i == 1;
    return i >= 0;
}

static bool set_length_offset(setting *s)
{
    guint64 offset;
    if (!read_uint(s->value, 0, 64, &offset))
        return false;
    s->profile->length_offset = (unsigned)offset;
    return true;
}

static bool set_length_counts(setting *s)
{
    static const char *const names[] = { "body", "message" };
    int i = choose(s->value, names, 2);
    s->profile->length_whole = i == 1;
    return i >= 0;
}

static bool set_delimiter(setting *s)
{
    ssk_profile *p = s->profile;
    for (const char *c = s->value; *c; c++) {
        uint8_t byte = (uint8_t)*c, len;
        if (*c == '\\') {
            c++;
            if (*c == 'x') {
                if (!c[1] || !c[2] || !read_hex(c + 1, 2, &byte, 1, &len))
                    return false;
                c += 2;
            } else {
                static const char escapes[] = "nrt0\\", meanings[] = "\n\r\t\0\\";
                const char *at = *c ? strchr(escapes, *c) : NULL;
                if (!at)
                    return false;
                byte = (uint8_t)meanings[at - escapes];
            }
        }
        if (p->delimiter_len == SSK_DELIMITER_MAX)
            return false;
        p->delimiter[p->delimiter_len++] = byte;
    }
    return p->delimiter_len;
}

static bool set_size(setting *s)
{
    guint64 size;
    if (!s->rule) {
        if (!read_uint(s->value, 1, 65535, &size))
            return false;
        s->profile->size = (uint32_t)size;
        return true;
    }
    char **ends = g_strsplit(s->value, "-", 2);
    guint64 min, max;
    bool good = read_uint(ends[0], 1, 1 << 24, &min);
    max = min;
    if (good && ends[1])
        good = read_uint(ends[1], min, 1 << 24, &max);
    if (good) {
        s->rule->min_size = (uint32_t)min;
        s->rule->max_size = (uint32_t)max;
    }
    g_strfreev(ends);
    return good;
}

static bool set_max_message(setting *s)
{
    guint64 size;
    if (!read_uint(s->value, 1, 1 << 24, &size))
        return false;
    s->profile->max_message = (uint32_t)size;
    return true;
}

static const char *const body_names[SSK_N_BODIES] = {
    [SSK_BODY_JSON] = "json",
    [SSK_BODY_TEXT] = "text",
    [SSK_BODY_REGEX] = "regex",
    [SSK_BODY_BYTES] = "bytes",
};

static bool set_body(setting *s)
{
    int i = choose(s->value, body_names, SSK_N_BODIES);
    s->profile->body = (ssk_body)MAX(i, 0);
    return i >= 0;
}

static bool set_regex_bytes(setting *s)
{
    guint64 bytes;
    if (!read_uint(s->value, 1, 4096, &bytes))
        return false;
    s->profile->regex_bytes = (unsigned)bytes;
    return true;
}

static bool set_strict(setting *s)
{
    return read_bool(s->value, &s->profile->strict);
}

static const key profile_keys[] = {
    { "name", set_name, "1 to 64 letters, digits, '-', '.' or '_'", "Name of the profile." },
    { "description", set_description, "up to 200 bytes of UTF-8", "One line for people." },
    { "transport", set_transport, "tcp, udp or any", "What carries the messages. Default: tcp." },
    { "ports", set_ports, "up to 16 of 1..65535, separated by ';'",
      "Ports of the server: this format and no other is looked for there, and nowhere else. "
      "Default: none, the messages are recognised on any port." },
    { "usual-ports", set_usual_ports, "up to 16 of 1..65535, separated by ';'",
      "Ports where this format is usual: fewer messages are needed to recognise it there." },
    { "period", set_period, "1ms..1d", "Period of the pings. Default: none, it is learned." },
    { "timeout", set_timeout, "1ms..1d",
      "Silence after which the application closes. Default: none, it is learned." },
    { "framing", set_framing, "length, delimiter, fixed, websocket, mqtt or datagram",
      "How messages are told apart in the byte stream. `length`: a length field in front. "
      "`delimiter`: each ends with the delimiter. `fixed`: all have one size. `websocket`: RFC 6455, "
      "unmasked, the HTTP upgrade included. `mqtt`: type byte and variable length. `datagram`: the "
      "payload of each packet is one message. Default: length." },
    { "length-size", set_length_size, "1, 2 or 4", "Bytes of the length field. Default: 4." },
    { "length-order", set_length_order, "big or little", "Its byte order. Default: big." },
    { "length-offset", set_length_offset, "0..64", "Bytes in front of it. Default: 0." },
    { "length-counts", set_length_counts, "body or message",
      "What it counts: the body, which follows it, or the message from its first byte, the length "
      "field itself included. Default: body." },
    { "delimiter", set_delimiter, "1 to 4 bytes; \\n \\r \\t \\0 \\\\ \\xHH are understood",
      "Ends a message. Default: \\n; a \\r before it belongs to it." },
    { "size", set_size, "1..65535", "Bytes of a message with `framing=fixed`." },
    { "max-message", set_max_message, "1..16777216",
      "A longer message is taken for lost framing. Default: 1048576." },
    { "body", set_body, "json, text, regex or bytes",
      "How a message is read: JSON (RFC 8259), words separated by blanks, a regular expression "
      "(PCRE), or bytes at offsets. Default: json." },
    { "regex-bytes", set_regex_bytes, "1..4096",
      "Bytes of a message that the regular expression is given. Default: 256." },
    { "strict", set_strict, "true or false",
      "A message of no group below is not of this format. For binary formats, where little else "
      "tells. Default: false." },
};

/* ---- keys of a role's group ---- */

static bool add_json_match(setting *s, const char *item)
{
    const char *equals = strchr(item, '=');
    ssk_rule   *rule = s->rule;
    if (!equals || equals == item || !equals[1])
        return false;
    ssk_match *match = &rule->match[rule->n_match++];
    match->path = g_strndup(item, (gsize)(equals - item));
    match->value = g_strdup(equals + 1);
    g_strstrip(match->path);
    g_strstrip(match->value);
    const char *last = strrchr(match->path, '.');
    rule->bits += 8 * (unsigned)(strlen(last ? last + 1 : match->path) + strlen(match->value));
    return true;
}

static bool add_bytes_match(setting *s, char *item)
{
    ssk_rule  *rule = s->rule;
    ssk_match *match = &rule->match[rule->n_match];
    char      *colon = strchr(item, ':');
    if (!colon)
        return false;
    *colon = '\0';
    char *hex = colon + 1, *slash = strchr(hex, '/');
    size_t digits = slash ? (size_t)(slash - hex) : strlen(hex);
    uint8_t mask_len;
    memset(match->mask, 0xff, sizeof match->mask);
    if (!read_offset(item, &match->offset, &match->from_body) ||
        !read_hex(hex, digits, match->bytes, SSK_MATCH_BYTES, &match->len) ||
        (slash && (!read_hex(slash + 1, strlen(slash + 1), match->mask, SSK_MATCH_BYTES, &mask_len) ||
                   mask_len != match->len)))
        return false;
    for (unsigned i = 0; i < match->len; i++)
        rule->bits += (unsigned)__builtin_popcount(match->mask[i]);
    rule->n_match++;
    return true;
}

static bool set_match(setting *s)
{
    ssk_rule *rule = s->rule;
    switch (s->profile->body) {
    case SSK_BODY_TEXT:
        s->why = g_strdup("words that the line begins with, up to 64 bytes");
        rule->words = g_strstrip(g_strdup(s->value));
        rule->bits = 8 * (unsigned)(strlen(rule->words) + 1);
        return *rule->words && strlen(rule->words) <= 64;
    case SSK_BODY_REGEX: {
        GError *error = NULL;
        /* the library's own brake against patterns that backtrack without end */
        char *pattern = g_strconcat("(*LIMIT_MATCH=20000)", s->value, NULL);
        rule->regex = g_regex_new(pattern, G_REGEX_RAW | G_REGEX_OPTIMIZE, 0, &error);
        g_free(pattern);
        if (!rule->regex) {
            s->why = g_strdup(error->message);
            g_error_free(error);
            return false;
        }
        rule->bits = 24;
        return true;
    }
    default:
        break;
    }
    bool   json = s->profile->body == SSK_BODY_JSON;
    char **list = g_strsplit(s->value, ";", -1);
    bool   good = true;
    for (char **item = list; *item && good; item++) {
        g_strstrip(*item);
        if (**item)
            good = rule->n_match < SSK_MATCHES &&
                   (json ? add_json_match(s, *item) : add_bytes_match(s, *item));
    }
    g_strfreev(list);
    if (json)
        s->why = g_strdup("up to 8 PATH=VALUE, separated by ';', for example type=ping");
    else
        s->why = g_strdup("up to 8 OFFSET:HEX or OFFSET:HEX/MASK, separated by ';', for example 0:c000");
    return good && rule->n_match;
}

static bool set_direction(setting *s)
{
    static const char *const names[] = { "any", "client", "server" };
    int i = choose(s->value, names, 3);
    s->rule->party = (ssk_party)MAX(i, 0);
    return i >= 0;
}

static bool set_opcode(setting *s)
{
    guint64 opcode;
    if (s->profile->framing != SSK_FRAMING_WEBSOCKET || !read_uint(s->value, 0, 15, &opcode))
        return false;
    s->rule->opcode = (int)opcode;
    return true;
}

static bool set_field(setting *s, ssk_field *field)
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
        return s->rule->regex && g_regex_get_string_number(s->rule->regex, s->value) > 0;
    case SSK_BODY_TEXT:
        s->why = g_strdup("the number of a word, 1..64");
        if (!read_uint(s->value, 1, 64, &number))
            return false;
        field->word = (uint16_t)number;
        return true;
    default:
        break;
    }
    if (strcmp(s->value, "body") == 0 && field == &s->rule->sequence) {
        field->whole = true;
        return true;
    }
    s->why = g_strdup("OFFSET:SIZE with SIZE 1, 2, 4 or 8, then 'little' or 'real' if it is, "
                      "for example 5:8 little");
    char **words = g_strsplit(s->value, " ", -1);
    char  *colon = words[0] ? strchr(words[0], ':') : NULL;
    bool   good = colon;
    if (colon) {
        *colon = '\0';
        good = read_offset(words[0], &field->offset, &field->from_body) &&
               read_uint(colon + 1, 1, 8, &number) && (number & (number - 1)) == 0;
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

static bool set_sequence(setting *s)
{
    return set_field(s, &s->rule->sequence);
}

static bool set_time(setting *s)
{
    return set_field(s, &s->rule->time);
}

static bool set_time_format(setting *s)
{
    GString *all = g_string_new(NULL);
    for (int i = 0; i < SSK_N_FORMATS; i++)
        g_string_append_printf(all, "%s%s", i ? ", " : "", ssk_time_format_name((ssk_time_format)i));
    s->why = g_string_free(all, FALSE);
    return ssk_time_format_find(s->value, &s->rule->time_format);
}

static bool set_trailer(setting *s)
{
    if (s->profile->framing == SSK_FRAMING_FIXED && s->profile->body == SSK_BODY_BYTES &&
        s->rule->n_match)
        return set_field(s, &s->rule->trailer);
    s->why = g_strdup("only with framing=fixed, body=bytes and a match");
    return false;
}

static bool set_awaited(setting *s)
{
    return read_bool(s->value, &s->rule->awaited);
}

static bool set_common(setting *s)
{
    return read_bool(s->value, &s->rule->common);
}

/* In this order: a field's meaning rests on the expression in match. */
static const key rule_keys[] = {
    { "match", set_match, "by the kind of body: see below",
      "What a message of this group holds. JSON: `PATH=VALUE` pairs. Text: the words it begins with. "
      "Regular expression: the expression. Bytes: `OFFSET:HEX` or `OFFSET:HEX/MASK`, where an offset "
      "with a plus counts from the body." },
    { "direction", set_direction, "any, client or server",
      "Who sends it; the client opened the connection. Default: any." },
    { "opcode", set_opcode, "0..15, only with framing=websocket",
      "WebSocket opcode: 1 text, 2 binary, 8 close, 9 ping, 10 pong. Default: any data." },
    { "size", set_size, "BYTES or FEWEST-MOST, 1..16777216",
      "Size of the whole message: all there is to go by where the rest is encrypted." },
    { "sequence", set_sequence, "by the kind of body: see below",
      "Number that an answer shares with its ping. JSON: a path. Text: the number of the word. "
      "Regular expression: a named group. Bytes: `OFFSET:SIZE`, then `little` if it is; or `body`, "
      "where the answer repeats the body." },
    { "time", set_time, "as for sequence",
      "The sender's clock; of a ping or pong: when it was sent. Bytes: `real` means a double." },
    { "time-format", set_time_format, "see below", "Its format. Default: auto." },
    { "trailer", set_trailer, "OFFSET:SIZE", "Length of what follows the fixed part." },
    { "awaited", set_awaited, "true or false",
      "Only if the sequence number is that of a ping that waits for its answer. Default: false." },
    { "common", set_common, "true or false",
      "Other formats have the same message, so it does not help to recognise this one. Default: "
      "false." },
};

/* ---- reading ---- */

/* The line, from 1, of a key of a group (NULL: of the group's own line); 0: none. */
static unsigned line_of(char *const *lines, const char *group, const char *name)
{
    bool inside = false;
    for (unsigned i = 0; lines[i]; i++) {
        char *line = g_strstrip(g_strdup(lines[i]));
        size_t len = strlen(line);
        bool found = false;
        if (*line == '[' && line[len - 1] == ']') {
            line[len - 1] = '\0';
            inside = strcmp(line + 1, group) == 0;
            found = inside && !name;
        } else if (inside && name && *line != '#') {
            size_t key_len = strcspn(line, "=");
            while (key_len && g_ascii_isspace(line[key_len - 1]))
                key_len--;
            found = strlen(name) == key_len && strncmp(line, name, key_len) == 0;
        }
        g_free(line);
        if (found)
            return i + 1;
    }
    return 0;
}

G_GNUC_PRINTF(4, 5)
static void complain(GError **error, const char *origin, unsigned line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *what = g_strdup_vprintf(format, args);
    va_end(args);
    char *safe = g_utf8_make_valid(what, -1);
    g_set_error(error, SSK_PROFILE_ERROR, 0, "%s:%u: %s", origin, line, safe);
    g_free(safe);
    g_free(what);
}

/* GKeyFile takes repeated groups and keys without a word, and its own errors
 * name no line. */
static bool check_lines(char *const *lines, const char *origin, GError **error)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    char *group = NULL;
    bool  good = true;
    for (unsigned i = 0; lines[i] && good; i++) {
        char  *line = g_strstrip(g_strdup(lines[i]));
        size_t len = strlen(line);
        char  *id = NULL;
        if (*line == '[') {
            good = len > 2 && line[len - 1] == ']';
            if (good) {
                line[len - 1] = '\0';
                g_free(group);
                group = g_strdup(line + 1);
                id = g_strdup(group);
            }
        } else if (*line && *line != '#') {
            char *equals = strchr(line, '=');
            good = equals && equals != line && group;
            if (good) {
                *equals = '\0';
                id = g_strdup_printf("%s\n%s", group, g_strstrip(line));
            }
        }
        if (!good)
            complain(error, origin, i + 1, "must be [group], key=value or a # comment%s",
                     group ? "" : "; the first group is [" PROFILE_GROUP "]");
        else if (id && !g_hash_table_add(seen, id)) {
            complain(error, origin, i + 1, "%s%s: said before", line, *line == '[' ? "]" : "");
            good = false;
        }
        g_free(line);
    }
    g_free(group);
    g_hash_table_destroy(seen);
    return good;
}

static bool read_group(GKeyFile *file, const char *group, const key *keys, size_t n_keys,
                       setting *s, char *const *lines, const char *origin, GError **error)
{
    char **names = g_key_file_get_keys(file, group, NULL, NULL);
    bool   good = true;
    for (char **name = names; name && *name && good; name++) {
        bool known = false;
        for (size_t i = 0; i < n_keys; i++)
            known = known || strcmp(*name, keys[i].name) == 0;
        if (!known) {
            GString *all = g_string_new(NULL);
            for (size_t i = 0; i < n_keys; i++)
                g_string_append_printf(all, "%s%s", i ? ", " : "", keys[i].name);
            complain(error, origin, line_of(lines, group, *name),
                     "%s: no such key; [%s] has %s", *name, group, all->str);
            g_string_free(all, TRUE);
            good = false;
        }
    }
    g_strfreev(names);
    for (size_t i = 0; i < n_keys && good; i++) {
        char *value = g_key_file_get_value(file, group, keys[i].name, NULL);
        if (!value)
            continue;
        s->value = value;
        if (!keys[i].set(s)) {
            complain(error, origin, line_of(lines, group, keys[i].name), "%s=%s: must be %s",
                     keys[i].name, value, s->why ? s->why : keys[i].allowed);
            good = false;
        }
        g_clear_pointer(&s->why, g_free);
        g_free(value);
    }
    return good;
}

static const char *const role_names[SSK_N_ROLES] = {
    [SSK_ROLE_OTHER] = "other", [SSK_ROLE_PING] = "ping", [SSK_ROLE_PONG] = "pong",
    [SSK_ROLE_TIME] = "time",   [SSK_ROLE_ACK] = "ack",   [SSK_ROLE_CLOSE] = "close",
};

const char *ssk_role_text(ssk_role role)
{
    return (unsigned)role < SSK_N_ROLES ? role_names[role] : "?";
}

/* What no single key can see. */
static const char *check_rule(const ssk_profile *p, const ssk_rule *rule)
{
    bool matches = rule->n_match || rule->words || rule->regex || rule->opcode >= 0;
    if (!matches && !rule->max_size)
        return "the group needs a match, an opcode or a size";
    if (!matches && !p->period && !p->n_ports)
        return "a group that goes by size alone needs period or ports in [" PROFILE_GROUP "]";
    if (rule->awaited && !rule->sequence.set)
        return "awaited needs a sequence";
    if (rule->time_format != SSK_FORMAT_AUTO && !rule->time.set)
        return "time-format needs a time";
    return NULL;
}

/** Beyond this a longer constant proves no more: the format is known, chance is out. */
#define BITS_MAX 40

static bool read_rules(ssk_profile *p, GKeyFile *file, char *const *lines, const char *origin,
                       GError **error)
{
    char **groups = g_key_file_get_groups(file, NULL);
    bool   good = true;
    for (char **group = groups; *group && good; group++) {
        if (strcmp(*group, PROFILE_GROUP) == 0)
            continue;
        unsigned line = line_of(lines, *group, NULL);
        char *word = g_strndup(*group, strcspn(*group, " "));
        int   role = choose(word, role_names, SSK_N_ROLES);
        g_free(word);
        good = role >= 0;
        if (!good) {
            complain(error, origin, line,
                     "[%s]: must begin with ping, pong, time, ack, close or other", *group);
            break;
        }
        good = p->n_rules < SSK_RULES;
        if (!good) {
            complain(error, origin, line, "[%s]: more than %d groups", *group, SSK_RULES);
            break;
        }
        ssk_rule *rule = &p->rules[p->n_rules++];
        rule->role = (ssk_role)role;
        rule->label = g_strdup(*group);
        rule->opcode = -1;
        setting s = { .profile = p, .rule = rule };
        good = read_group(file, *group, rule_keys, G_N_ELEMENTS(rule_keys), &s, lines, origin, error);
        const char *wrong = good ? check_rule(p, rule) : NULL;
        if (wrong) {
            complain(error, origin, line, "[%s]: %s", *group, wrong);
            good = false;
        }
        if (rule->opcode >= 0)
            rule->bits += rule->opcode >= 8 ? 12 : 2;
        if (rule->max_size && rule->min_size == rule->max_size)
            rule->bits += p->framing == SSK_FRAMING_DATAGRAM ? 2 : 8;
        rule->bits = MIN(rule->bits, BITS_MAX);
    }
    g_strfreev(groups);
    if (good && !p->n_rules) {
        complain(error, origin, 1, "no group for a role; at least [ping], [pong] or [time]");
        good = false;
    }
    return good;
}

static const char *check_profile(const ssk_profile *p)
{
    if (!p->name)
        return "name is missing";
    if (p->framing == SSK_FRAMING_FIXED && !p->size)
        return "framing=fixed needs size";
    if (p->size && p->framing != SSK_FRAMING_FIXED)
        return "size is for framing=fixed; a group may have one with any";
    if (p->delimiter_len && p->framing != SSK_FRAMING_DELIMITER)
        return "delimiter is for framing=delimiter";
    return NULL;
}

ssk_profile *ssk_profile_parse(const char *text, const char *origin, GError **error)
{
    if (strlen(text) > TEXT_MAX) {
        complain(error, origin, 1, "longer than 64 kB");
        return NULL;
    }
    if (!g_utf8_validate(text, -1, NULL)) {
        complain(error, origin, 1, "not UTF-8");
        return NULL;
    }
    ssk_profile *p = g_atomic_rc_box_new0(ssk_profile);
    char    **lines = g_strsplit(text, "\n", -1);
    GKeyFile *file = g_key_file_new();
    GError   *broken = NULL;
    bool      good = check_lines(lines, origin, error);

    p->tcp = true;
    p->length_size = 4;
    p->max_message = 1 << 20;
    p->regex_bytes = 256;
    p->text = g_strdup(text);
    if (good && !g_key_file_load_from_data(file, text, (gsize)-1, G_KEY_FILE_KEEP_TRANSLATIONS,
                                           &broken)) {
        complain(error, origin, 1, "%s", broken->message);
        g_error_free(broken);
        good = false;
    }
    if (good && !g_key_file_has_group(file, PROFILE_GROUP)) {
        complain(error, origin, 1, "no group [" PROFILE_GROUP "]");
        good = false;
    }
    if (good) {
        setting s = { .profile = p };
        good = read_group(file, PROFILE_GROUP, profile_keys, G_N_ELEMENTS(profile_keys), &s, lines,
                          origin, error);
    }
    const char *wrong = good ? check_profile(p) : NULL;
    if (wrong) {
        complain(error, origin, line_of(lines, PROFILE_GROUP, NULL), "[" PROFILE_GROUP "]: %s", wrong);
        good = false;
    }
    if (good && p->framing == SSK_FRAMING_DELIMITER && !p->delimiter_len)
        p->delimiter[p->delimiter_len++] = '\n';
    good = good && read_rules(p, file, lines, origin, error);
    g_key_file_free(file);
    g_strfreev(lines);
    if (!good) {
        g_atomic_rc_box_release_full(p, (GDestroyNotify)ssk_profile_clear);
        return NULL;
    }
    return p;
}

static void clear_field(ssk_field *field)
{
    g_free(field->path);
}

void ssk_profile_clear(ssk_profile *profile)
{
    for (unsigned i = 0; i < profile->n_rules; i++) {
        ssk_rule *rule = &profile->rules[i];
        g_free(rule->label);
        for (unsigned k = 0; k < SSK_MATCHES; k++) {
            g_free(rule->match[k].path);
            g_free(rule->match[k].value);
        }
        g_free(rule->words);
        if (rule->regex)
            g_regex_unref(rule->regex);
        clear_field(&rule->sequence);
        clear_field(&rule->time);
        clear_field(&rule->trailer);
    }
    g_free(profile->name);
    g_free(profile->description);
    g_free(profile->text);
}

static void add_rows(GString *out, const key *keys, size_t n)
{
    g_string_append(out, "| key | value | meaning |\n|---|---|---|\n");
    for (size_t i = 0; i < n; i++)
        g_string_append_printf(out, "| `%s` | %s | %s |\n", keys[i].name, keys[i].allowed,
                               keys[i].help);
}

char *ssk_profile_keys_markdown(void)
{
    GString *out = g_string_new("### Group [profile]\n\n");
    add_rows(out, profile_keys, G_N_ELEMENTS(profile_keys));
    g_string_append(out, "\n### Groups [ping], [pong], [time], [ack], [close], [other]\n\n");
    add_rows(out, rule_keys, G_N_ELEMENTS(rule_keys));
    return g_string_free(out, FALSE);
}
