/* protocol.c - what the dissectors of this folder share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "dissectors/protocol.h"

#include <string.h>

#include <epan/charsets.h>
#include <epan/tap.h>

int ssk_protocol_register(const char *name, const char *short_name, const char *filter_name,
                          hf_register_info *fields, int n_fields)
{
    if (proto_get_id_by_filter_name(filter_name) != -1 ||
        proto_get_id_by_short_name(short_name) != -1) {
        /* For the life of the program, as Wireshark keeps them. */
        name = g_strconcat(name, " (Stallshark)", NULL);
        short_name = g_strconcat(short_name, " (Stallshark)", NULL);
        filter_name = g_strconcat("ssk_", filter_name, NULL);
        for (int i = 0; i < n_fields; i++)
            fields[i].hfinfo.abbrev = g_strconcat("ssk_", fields[i].hfinfo.abbrev, NULL);
    }
    int proto = proto_register_protocol(name, short_name, filter_name);
    proto_register_field_array(proto, fields, n_fields);
    return proto;
}

bool ssk_expert_is_tapped(void)
{
    static int tap; /* 0: Wireshark has not registered it yet */

    if (!tap)
        tap = find_tap_id("expert");
    return tap && have_tap_listener(tap);
}

/* What turns the direction of writing, parts lines or has no width: with it a name can read as
 * another one in the packet list. report/safe_text.c forbids the same. */
static bool turns(gunichar c)
{
    return c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* @param text valid UTF-8 */
static void append_shown(wmem_strbuf_t *out, const char *text)
{
    for (const char *next; *text; text = next) {
        gunichar c = g_utf8_get_char(text);
        next = g_utf8_next_char(text);
        if (turns(c))
            wmem_strbuf_append_printf(out, "\\u%04x", c);
        else
            wmem_strbuf_append_len(out, text, (size_t)(next - text));
    }
}

const char *ssk_packet_text(packet_info *pinfo, const void *bytes, size_t len)
{
    wmem_strbuf_t *out = wmem_strbuf_new(pinfo->pool, NULL);
    const uint8_t *at = bytes, *end = at + len;

    /* A NUL would end the text for whoever reads it: show it, and what it hides. */
    for (const uint8_t *nul; (nul = memchr(at, 0, (size_t)(end - at))); at = nul + 1) {
        append_shown(out, (const char *)get_utf_8_string(pinfo->pool, at, (int)(nul - at)));
        wmem_strbuf_append(out, "\u2400");
    }
    append_shown(out, (const char *)get_utf_8_string(pinfo->pool, at, (int)(end - at)));
    return wmem_strbuf_get_str(out);
}

proto_item *ssk_add_text(proto_tree *tree, int hf, tvbuff_t *tvb, packet_info *pinfo, int offset,
                         int len, const void *bytes, size_t n_bytes)
{
    return proto_tree_add_string(tree, hf, tvb, offset, len,
                                 ssk_packet_text(pinfo, bytes, n_bytes));
}

/** Seconds and nanoseconds of one sign, as Wireshark prints them. */
static nstime_t split(int64_t ns)
{
    return (nstime_t){(time_t)(ns / SSK_S), (int)(ns % SSK_S)};
}

proto_item *ssk_add_span(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int len,
                         ssk_span_ns span)
{
    nstime_t value = split(span);

    return proto_tree_add_time(tree, hf, tvb, offset, len, &value);
}

proto_item *ssk_add_time(proto_tree *tree, int hf, tvbuff_t *tvb, int offset, int len,
                         ssk_time_ns time)
{
    nstime_t value = split(time);

    if (value.nsecs < 0) { /* a time before 1970: Wireshark wants nanoseconds to count up */
        value.secs--;
        value.nsecs += SSK_S;
    }
    return proto_tree_add_time(tree, hf, tvb, offset, len, &value);
}
