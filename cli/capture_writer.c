/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/capture_writer.h"

#include <string.h>

#include "cli/pcapng_block.h"

struct ssk_capture_writer {
    ssk_output *output;
    GByteArray *body;
    GArray *interfaces; /* of interface, in the order of the file */
};

typedef struct interface {
    uint32_t id;
    uint16_t linktype;
} interface;

enum { BLOCK_SECTION = 0x0a0d0d0a, BLOCK_INTERFACE = 1, BLOCK_PACKET = 6 };
enum { OPTION_END = 0, OPTION_COMMENT = 1, IF_NAME = 2, IF_TSRESOL = 9, EPB_DROPCOUNT = 4 };

ssk_capture_writer *ssk_capture_writer_new(ssk_output *output, const char *summary)
{
    ssk_capture_writer *writer = g_new0(ssk_capture_writer, 1);
    writer->output = output;
    writer->body = g_byte_array_new();
    writer->interfaces = g_array_new(FALSE, FALSE, sizeof(interface));
    ssk_pcapng_put_section(writer->body);
    if (summary) {
        ssk_pcapng_put_option(writer->body, OPTION_COMMENT, summary, MIN(strlen(summary), 65535));
        ssk_pcapng_put32(writer->body, OPTION_END);
    }
    ssk_pcapng_write(writer->output, BLOCK_SECTION, writer->body);
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
    interface added = {event->interface_id, event->linktype};
    g_array_append_val(writer->interfaces, added);
    ssk_pcapng_put32(writer->body, event->linktype);
    ssk_pcapng_put32(writer->body, 0); /* no limit */
    if (event->interface_name)
        ssk_pcapng_put_option(writer->body, IF_NAME, event->interface_name,
                              MIN(strlen(event->interface_name), 1000));
    ssk_pcapng_put_option(writer->body, IF_TSRESOL, "\x09", 1); /* nanoseconds */
    ssk_pcapng_put32(writer->body, OPTION_END);
    ssk_pcapng_write(writer->output, BLOCK_INTERFACE, writer->body);
    return writer->interfaces->len - 1;
}

void ssk_capture_writer_add(ssk_capture_writer *writer, const ssk_event *event,
                            const char *const *comments, size_t n_comments)
{
    uint32_t at = interface_of(writer, event);
    uint64_t time = event->time == SSK_TIME_NONE ? 0 : (uint64_t)event->time;
    GByteArray *body = writer->body;

    ssk_pcapng_put32(body, at);
    ssk_pcapng_put32(body, (uint32_t)(time >> 32));
    ssk_pcapng_put32(body, (uint32_t)time);
    ssk_pcapng_put32(body, event->cap_len);
    ssk_pcapng_put32(body, event->wire_len);
    ssk_pcapng_put(body, event->bytes, event->cap_len);
    for (size_t i = 0; i < n_comments; i++)
        ssk_pcapng_put_option(body, OPTION_COMMENT, comments[i], MIN(strlen(comments[i]), 65535));
    if (event->drops) {
        uint64_t drops = GUINT64_TO_LE(event->drops);
        ssk_pcapng_put_option(body, EPB_DROPCOUNT, &drops, sizeof drops);
    }
    if (n_comments || event->drops)
        ssk_pcapng_put32(body, OPTION_END);
    ssk_pcapng_write(writer->output, BLOCK_PACKET, writer->body);
}
