/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/capture_writer.h"

#include <string.h>

struct ssk_capture_writer {
    ssk_output *output;
    GByteArray *body;
    GArray     *interfaces; /* of interface, in the order of the file */
};

typedef struct interface {
    uint32_t id;
    uint16_t linktype;
} interface;

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6 };
enum { OPTION_END = 0, OPTION_COMMENT = 1, IF_NAME = 2, IF_TSRESOL = 9, EPB_DROPCOUNT = 4 };

static void put(GByteArray *out, const void *bytes, size_t length)
{
    static const uint8_t zeros[4];
    g_byte_array_append(out, bytes, (guint)length);
    g_byte_array_append(out, zeros, -length & 3);
}

static void put32(GByteArray *out, uint32_t value)
{
    value = GUINT32_TO_LE(value);
    g_byte_array_append(out, (uint8_t *)&value, sizeof value);
}

static void put_option(GByteArray *out, uint16_t code, const void *bytes, size_t length)
{
    put32(out, code | (uint32_t)length << 16);
    put(out, bytes, length);
}

static void write_block(ssk_capture_writer *writer, uint32_t type)
{
    uint32_t head[2] = { GUINT32_TO_LE(type), GUINT32_TO_LE(writer->body->len + 12) };
    ssk_output_write(writer->output, head, sizeof head);
    ssk_output_write(writer->output, writer->body->data, writer->body->len);
    ssk_output_write(writer->output, &head[1], sizeof head[1]);
    g_byte_array_set_size(writer->body, 0);
}

ssk_capture_writer *ssk_capture_writer_new(ssk_output *output, const char *summary)
{
    ssk_capture_writer *writer = g_new0(ssk_capture_writer, 1);
    writer->output = output;
    writer->body = g_byte_array_new();
    writer->interfaces = g_array_new(FALSE, FALSE, sizeof(interface));
    put32(writer->body, 0x1a2b3c4d);
    put32(writer->body, 1); /* version 1.0 */
    put32(writer->body, UINT32_MAX);
    put32(writer->body, UINT32_MAX);
    if (summary) {
        put_option(writer->body, OPTION_COMMENT, summary, MIN(strlen(summary), 65535));
        put32(writer->body, OPTION_END);
    }
    write_block(writer, BLOCK_SECTION);
    return writer;
}

void ssk_capture_writer_free(ssk_capture_writer *writer)
{
    if (!writer)
        return;
    g_array_free(writer->interfaces, TRUE);
    g_byte_array_free(writer->body, TRUE);
    g_free(writer);
}

static uint32_t interface_of(ssk_capture_writer *writer, const ssk_event *event)
{
    for (guint i = 0; i < writer->interfaces->len; i++) {
        const interface *known = &g_array_index(writer->interfaces, interface, i);
        if (known->id == event->interface_id && known->linktype == event->linktype)
            return i;
    }
    interface added = { event->interface_id, event->linktype };
    g_array_append_val(writer->interfaces, added);
    put32(writer->body, event->linktype);
    put32(writer->body, 0); /* no limit */
    if (event->interface_name)
        put_option(writer->body, IF_NAME, event->interface_name,
                   MIN(strlen(event->interface_name), 1000));
    put_option(writer->body, IF_TSRESOL, "\x09", 1); /* nanoseconds */
    put32(writer->body, OPTION_END);
    write_block(writer, BLOCK_INTERFACE);
    return writer->interfaces->len - 1;
}

void ssk_capture_writer_add(ssk_capture_writer *writer, const ssk_event *event,
                            const char *const *comments, size_t n_comments)
{
    uint32_t    at = interface_of(writer, event);
    uint64_t    time = event->time == SSK_TIME_NONE ? 0 : (uint64_t)event->time;
    GByteArray *body = writer->body;

    put32(body, at);
    put32(body, (uint32_t)(time >> 32));
    put32(body, (uint32_t)time);
    put32(body, event->cap_len);
    put32(body, event->wire_len);
    put(body, event->bytes, event->cap_len);
    for (size_t i = 0; i < n_comments; i++)
        put_option(body, OPTION_COMMENT, comments[i], MIN(strlen(comments[i]), 65535));
    if (event->drops) {
        uint64_t drops = GUINT64_TO_LE(event->drops);
        put_option(body, EPB_DROPCOUNT, &drops, sizeof drops);
    }
    if (n_comments || event->drops)
        put32(body, OPTION_END);
    write_block(writer, BLOCK_PACKET);
}
