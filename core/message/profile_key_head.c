/* profile_key_head.c - the keys of a profile's group [profile].
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/text.h"
#include "core/message/profile_key.h"

static bool set_name(ssk_profile_setting *s)
{
    size_t len = strlen(s->value);
    s->profile->name = g_strdup(s->value);
    return len && len <= 64 &&
           strspn(s->value, G_CSET_a_2_z G_CSET_A_2_Z G_CSET_DIGITS "-._") == len;
}

static bool set_description(ssk_profile_setting *s)
{
    s->profile->description = g_strdup(s->value);
    return strlen(s->value) <= 200 && g_utf8_validate(s->value, -1, NULL);
}

static bool set_transport(ssk_profile_setting *s)
{
    static const char *const names[] = {"tcp", "udp", "any"};
    int i = ssk_profile_choose(s->value, names, 3);
    s->profile->tcp = i != 1;
    s->profile->udp = i >= 1;
    return i >= 0;
}

static bool read_ports(const char *value, uint16_t ports[SSK_PROFILE_PORTS], unsigned *ret_count)
{
    char **list = g_strsplit_set(value, ";, ", -1);
    bool good = true;
    unsigned count = 0;
    for (char **item = list; *item && good; item++) {
        guint64 port;
        if (!**item)
            continue;
        good = count < SSK_PROFILE_PORTS && ssk_profile_read_uint(*item, 1, 65535, &port);
        if (good)
            ports[count++] = (uint16_t)port;
    }
    g_strfreev(list);
    *ret_count = count;
    return good && count;
}

static bool set_ports(ssk_profile_setting *s)
{
    return read_ports(s->value, s->profile->ports, &s->profile->n_ports);
}

static bool set_usual_ports(ssk_profile_setting *s)
{
    return read_ports(s->value, s->profile->usual_ports, &s->profile->n_usual_ports);
}

static bool set_span(ssk_profile_setting *s, ssk_span_ns *ret)
{
    return ssk_span_parse(s->value, ret) && *ret >= SSK_MS && *ret <= SSK_DAY;
}

static bool set_period(ssk_profile_setting *s)
{
    return set_span(s, &s->profile->period);
}

static bool set_timeout(ssk_profile_setting *s)
{
    return set_span(s, &s->profile->timeout);
}

static const char *const framing_names[SSK_N_FRAMINGS] = {
    [SSK_FRAMING_LENGTH] = "length", [SSK_FRAMING_DELIMITER] = "delimiter",
    [SSK_FRAMING_FIXED] = "fixed",   [SSK_FRAMING_WEBSOCKET] = "websocket",
    [SSK_FRAMING_MQTT] = "mqtt",     [SSK_FRAMING_DATAGRAM] = "datagram",
};

static bool set_framing(ssk_profile_setting *s)
{
    int i = ssk_profile_choose(s->value, framing_names, SSK_N_FRAMINGS);
    s->profile->framing = (ssk_framing)MAX(i, 0);
    return i >= 0;
}

static bool set_length_size(ssk_profile_setting *s)
{
    guint64 size;
    if (!ssk_profile_read_uint(s->value, 1, 4, &size) || size == 3)
        return false;
    s->profile->length_size = (unsigned)size;
    return true;
}

static bool set_length_order(ssk_profile_setting *s)
{
    static const char *const names[] = {"big", "little"};
    int i = ssk_profile_choose(s->value, names, 2);
    s->profile->length_little = i == 1;
    return i >= 0;
}

static bool set_length_offset(ssk_profile_setting *s)
{
    guint64 offset;
    if (!ssk_profile_read_uint(s->value, 0, 64, &offset))
        return false;
    s->profile->length_offset = (unsigned)offset;
    return true;
}

static bool set_length_counts(ssk_profile_setting *s)
{
    static const char *const names[] = {"body", "message"};
    int i = ssk_profile_choose(s->value, names, 2);
    s->profile->length_whole = i == 1;
    return i >= 0;
}

static bool set_delimiter(ssk_profile_setting *s)
{
    ssk_profile *p = s->profile;
    for (const char *c = s->value; *c; c++) {
        uint8_t byte = (uint8_t)*c, len;
        if (*c == '\\') {
            c++;
            if (*c == 'x') {
                if (!c[1] || !c[2] || !ssk_profile_read_hex(c + 1, 2, &byte, 1, &len))
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

static bool set_size(ssk_profile_setting *s)
{
    guint64 size;
    if (!ssk_profile_read_uint(s->value, 1, 65535, &size))
        return false;
    s->profile->size = (uint32_t)size;
    return true;
}

static bool set_max_message(ssk_profile_setting *s)
{
    guint64 size;
    if (!ssk_profile_read_uint(s->value, 1, 1 << 24, &size))
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

static bool set_body(ssk_profile_setting *s)
{
    int i = ssk_profile_choose(s->value, body_names, SSK_N_BODIES);
    s->profile->body = (ssk_body)MAX(i, 0);
    return i >= 0;
}

static bool set_regex_bytes(ssk_profile_setting *s)
{
    guint64 bytes;
    if (!ssk_profile_read_uint(s->value, 1, 4096, &bytes))
        return false;
    s->profile->regex_bytes = (unsigned)bytes;
    return true;
}

static bool set_strict(ssk_profile_setting *s)
{
    return ssk_profile_read_bool(s->value, &s->profile->strict);
}

const ssk_profile_key ssk_profile_head_keys[] = {
    {"name", set_name, "1 to 64 letters, digits, '-', '.' or '_'", "Name of the profile."},
    {"description", set_description, "up to 200 bytes of UTF-8", "One line for people."},
    {"transport", set_transport, "tcp, udp or any", "What carries the messages. Default: tcp."},
    {"ports", set_ports, "up to 16 of 1..65535, separated by ';'",
     "Ports of the server: this format and no other is looked for there, and nowhere else. "
     "Default: none, the messages are recognized on any port."},
    {"usual-ports", set_usual_ports, "up to 16 of 1..65535, separated by ';'",
     "Ports where this format is usual: fewer messages are needed to recognize it there."},
    {"period", set_period, "1ms..1d", "Period of the pings. Default: none, it is learned."},
    {"timeout", set_timeout, "1ms..1d",
     "Silence after which the application closes. Default: none, it is learned."},
    {"framing", set_framing, "length, delimiter, fixed, websocket, mqtt or datagram",
     "How messages are told apart in the byte stream. `length`: a length field in front. "
     "`delimiter`: each ends with the delimiter. `fixed`: all have one size. `websocket`: RFC 6455, "
     "unmasked, the HTTP upgrade included. `mqtt`: type byte and variable length. `datagram`: the "
     "payload of each packet is one message. Default: length."},
    {"length-size", set_length_size, "1, 2 or 4", "Bytes of the length field. Default: 4."},
    {"length-order", set_length_order, "big or little", "Its byte order. Default: big."},
    {"length-offset", set_length_offset, "0..64", "Bytes in front of it. Default: 0."},
    {"length-counts", set_length_counts, "body or message",
     "What it counts: the body, which follows it, or the message from its first byte, the length "
     "field itself included. Default: body."},
    {"delimiter", set_delimiter, "1 to 4 bytes; \\n \\r \\t \\0 \\\\ \\xHH are understood",
     "Ends a message. Default: \\n; a \\r before it belongs to it."},
    {"size", set_size, "1..65535", "Bytes of a message with `framing=fixed`."},
    {"max-message", set_max_message, "1..16777216",
     "A longer message is taken for lost framing. Default: 1048576."},
    {"body", set_body, "json, text, regex or bytes",
     "How a message is read: JSON (RFC 8259), words separated by blanks, a regular expression "
     "(PCRE), or bytes at offsets. Default: json."},
    {"regex-bytes", set_regex_bytes, "1..4096",
     "Bytes of a message that the regular expression is given. Default: 256."},
    {"strict", set_strict, "true or false",
     "A message of no group below is not of this format. For binary formats, where little else "
     "tells. Default: false."},
    {NULL, NULL, NULL, NULL},
};
