/* source_pcap.c - capture files through libpcap alone: pcap, and pcapng whose
 * interfaces all have one link type. No interface names, no statistics, no
 * records but packets: libpcap does not give them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <pcap/pcap.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/annotate_pcap.h"
#include "cli/backend.h"
#include "core/base/text.h"

typedef struct pcap_source {
    ssk_source base;
    pcap_t *pcap;
    int64_t size; /* bytes of the file; 0: not known */
    uint64_t records;
    bool ended;
} pcap_source;

static const char formats[] =
    "without libwiretap only pcap, and pcapng with one link type, are read, not compressed";

static bool pcap_source_next(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp,
                             GError **error)
{
    pcap_source *self = (pcap_source *)source;
    struct pcap_pkthdr *header;
    const u_char *bytes;

    if (self->ended)
        return false;
    int got = pcap_next_ex(self->pcap, &header, &bytes);
    if (got != 1) {
        self->ended = true;
        if (got == PCAP_ERROR) {
            char *what = ssk_text_safe(pcap_geterr(self->pcap), 300);
            g_set_error(error, SSK_SOURCE_ERROR, 0,
                        "cut short or damaged after packet %" G_GUINT64_FORMAT ": %s",
                        self->records, what);
            g_free(what);
        }
        return false;
    }
    self->records++;
    *ret_stamp = (ssk_stamp){true, header->ts.tv_sec, (int32_t)header->ts.tv_usec};
    *ret = (ssk_event){
        .kind = SSK_EVENT_FRAME,
        .time = ssk_stamp_time(ret_stamp),
        .linktype = (uint16_t)pcap_datalink(self->pcap),
        .bytes = bytes,
        .cap_len = header->caplen,
        .wire_len = header->len,
    };
    return true;
}

static int pcap_source_progress(ssk_source *source)
{
    pcap_source *self = (pcap_source *)source;
    if (!self->size)
        return -1;
    return (int)MIN((int64_t)ftello(pcap_file(self->pcap)) * 1000 / self->size, 1000);
}

static bool pcap_source_dropped(ssk_source *source, uint64_t *ret_dropped)
{
    (void)source;
    (void)ret_dropped;
    return false;
}

static void pcap_source_close(ssk_source *source)
{
    pcap_source *self = (pcap_source *)source;
    pcap_close(self->pcap);
    g_free(self);
}

static const ssk_source_ops pcap_ops = {
    .next = pcap_source_next,
    .progress = pcap_source_progress,
    .dropped = pcap_source_dropped,
    .close = pcap_source_close,
};

/** libpcap does not tell which of the two it reads. */
static const char *format_of(const char *path)
{
    static const unsigned char section_header[4] = {0x0a, 0x0d, 0x0d, 0x0a};
    unsigned char magic[4] = {0};
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : NULL;

    if (!file)
        return NULL;
    size_t n = fread(magic, 1, sizeof magic, file);
    fclose(file);
    return n == sizeof magic && !memcmp(magic, section_header, sizeof magic) ? "pcapng" : "pcap";
}

static ssk_source *pcap_source_open(const char *path, GError **error)
{
    char problem[PCAP_ERRBUF_SIZE] = "";
    struct stat info = {0};
    const char *format = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? format_of(path) : NULL;
    pcap_t *pcap = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO,
                                                           problem);
    if (!pcap) {
        if (strstr(problem, "unknown file format"))
            g_set_error(error, SSK_SOURCE_ERROR, 0, "not a capture file; %s", formats);
        else {
            char *what = ssk_text_safe(problem, 300);
            g_set_error_literal(error, SSK_SOURCE_ERROR, 0, what);
            g_free(what);
        }
        return NULL;
    }
    pcap_source *self = g_new0(pcap_source, 1);
    self->base.ops = &pcap_ops;
    self->base.format = format;
    self->base.kind = "capture";
    self->pcap = pcap;
    self->size = S_ISREG(info.st_mode) ? info.st_size : 0;
    return &self->base;
}

const ssk_backend ssk_backend_pcap = {
    .name = "libpcap: pcap, and pcapng with one link type",
    .open = pcap_source_open,
    .convert = ssk_annotate_convert_pcap,
};
