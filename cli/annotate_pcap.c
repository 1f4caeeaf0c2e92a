/* annotate_pcap.c - pcap to pcapng with comments, through libpcap alone.
 *
 * Source: draft-ietf-opsawg-pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pcap/pcap.h>
#include <string.h>

#include "cli/annotate.h"
#include "cli/source.h"
#include "core/text.h"

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

static void write_block(ssk_output *output, uint32_t type, const GByteArray *body)
{
    GByteArray *block = g_byte_array_new();
    put32(block, type);
    put32(block, body->len + 12);
    g_byte_array_append(block, body->data, body->len);
    put32(block, body->len + 12);
    ssk_output_write(output, block->data, block->len);
    g_byte_array_free(block, TRUE);
}

static void write_heads(ssk_output *output, pcap_t *pcap, const ssk_pcapng_edit *edit)
{
    GByteArray *body = g_byte_array_new();
    put32(body, 0x1a2b3c4d);
    put32(body, 1); /* version 1.0 */
    put32(body, UINT32_MAX);
    put32(body, UINT32_MAX);
    if (edit->summary) {
        put_option(body, 1, edit->summary, strlen(edit->summary));
        put32(body, 0);
    }
    write_block(output, 0x0a0d0d0a, body);

    g_byte_array_set_size(body, 0);
    put32(body, (uint32_t)pcap_datalink(pcap));
    put32(body, (uint32_t)pcap_snapshot(pcap));
    put_option(body, 9, "\x09", 1); /* if_tsresol: nanoseconds */
    put32(body, 0);
    write_block(output, 1, body);
    g_byte_array_free(body, TRUE);
}

static void fill_packet(GByteArray *body, const struct pcap_pkthdr *header, const u_char *bytes)
{
    uint64_t time = (uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec;
    g_byte_array_set_size(body, 0);
    put32(body, 0);
    put32(body, (uint32_t)(time >> 32));
    put32(body, (uint32_t)time);
    put32(body, header->caplen);
    put32(body, header->len);
    put(body, bytes, header->caplen);
}

static void copy_packets(pcap_t *pcap, const ssk_pcapng_edit *edit, ssk_output *output,
                         ssk_pcapng_outcome *ret)
{
    GByteArray         *body = g_byte_array_new();
    struct pcap_pkthdr *header;
    const u_char       *bytes;
    size_t              next = 0;

    while ((!edit->max_frames || ret->frames < edit->max_frames) &&
           pcap_next_ex(pcap, &header, &bytes) == 1) {
        ret->frames++;
        fill_packet(body, header, bytes);
        size_t before = ret->placed;
        for (; next < edit->n_comments && edit->comments[next].frame == ret->frames; next++) {
            const char *text = edit->comments[next].text;
            put_option(body, 1, text, strlen(text));
            ret->placed++;
        }
        if (ret->placed != before)
            put32(body, 0);
        write_block(output, 6, body);
    }
    g_byte_array_free(body, TRUE);
}

gboolean ssk_annotate_convert(const char *path, const ssk_pcapng_edit *edit, ssk_output *output,
                              ssk_pcapng_outcome *ret, GError **error)
{
    char    problem[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO,
                                                           problem);
    *ret = (ssk_pcapng_outcome){ 0 };
    if (!pcap) {
        char *what = ssk_text_safe(problem, 300);
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0, what);
        g_free(what);
        return FALSE;
    }
    write_heads(output, pcap, edit);
    copy_packets(pcap, edit, output, ret);
    ret->unplaced = edit->n_comments - ret->placed;
    pcap_close(pcap);
    return TRUE;
}
