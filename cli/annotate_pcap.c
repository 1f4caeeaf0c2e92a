/* annotate_pcap.c - pcap to pcapng with comments, through libpcap alone.
 *
 * Source: draft-ietf-opsawg-pcapng.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pcap/pcap.h>
#include <string.h>

#include "cli/annotate_pcap.h"
#include "cli/pcapng_block.h"
#include "cli/source.h"
#include "core/base/text.h"

static void write_heads(ssk_output *output, pcap_t *pcap, const ssk_pcapng_edit *edit)
{
    GByteArray *body = g_byte_array_new();
    ssk_pcapng_put_section(body);
    if (edit->summary) {
        ssk_pcapng_put_option(body, 1, edit->summary, strlen(edit->summary));
        ssk_pcapng_put32(body, 0);
    }
    ssk_pcapng_write(output, 0x0a0d0d0a, body);

    ssk_pcapng_put32(body, (uint32_t)pcap_datalink(pcap));
    ssk_pcapng_put32(body, (uint32_t)pcap_snapshot(pcap));
    ssk_pcapng_put_option(body, 9, "\x09", 1); /* if_tsresol: nanoseconds */
    ssk_pcapng_put32(body, 0);
    ssk_pcapng_write(output, 1, body);
    g_byte_array_free(body, TRUE);
}

static void fill_packet(GByteArray *body, const struct pcap_pkthdr *header, const u_char *bytes)
{
    uint64_t time = (uint64_t)header->ts.tv_sec * 1000000000u + (uint64_t)header->ts.tv_usec;
    ssk_pcapng_put32(body, 0);
    ssk_pcapng_put32(body, (uint32_t)(time >> 32));
    ssk_pcapng_put32(body, (uint32_t)time);
    ssk_pcapng_put32(body, header->caplen);
    ssk_pcapng_put32(body, header->len);
    ssk_pcapng_put(body, bytes, header->caplen);
}

static void copy_packets(pcap_t *pcap, const ssk_pcapng_edit *edit, ssk_output *output,
                         ssk_pcapng_outcome *ret)
{
    GByteArray *body = g_byte_array_new();
    struct pcap_pkthdr *header;
    const u_char *bytes;
    size_t next = 0;

    while ((!edit->max_frames || ret->frames < edit->max_frames) &&
           pcap_next_ex(pcap, &header, &bytes) == 1) {
        ret->frames++;
        fill_packet(body, header, bytes);
        size_t before = ret->placed;
        for (; next < edit->n_comments && edit->comments[next].frame == ret->frames; next++) {
            const char *text = edit->comments[next].text;
            ssk_pcapng_put_option(body, 1, text, strlen(text));
            ret->placed++;
        }
        if (ret->placed != before)
            ssk_pcapng_put32(body, 0);
        ssk_pcapng_write(output, 6, body);
    }
    g_byte_array_free(body, TRUE);
}

gboolean ssk_annotate_convert_pcap(const char *path, const ssk_pcapng_edit *edit,
                                   ssk_output *output, ssk_pcapng_outcome *ret, GError **error)
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO,
                                                           problem);
    *ret = (ssk_pcapng_outcome){0};
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
