/* source_pcap.c - pcap and pcapng by our own reader alone, where there is no libwiretap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/annotate_pcap.h"
#include "cli/backend.h"
#include "cli/packet_file.h"

typedef struct pcap_source {
    ssk_source base;
    ssk_packet_file *file;
    uint64_t size; /* bytes of the file; 0: not known */
    uint64_t records;
    bool ended;
} pcap_source;

static bool pcap_source_next(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp,
                             GError **error)
{
    pcap_source *self = (pcap_source *)source;
    if (self->ended)
        return false;
    ssk_packet_step step = ssk_packet_file_next(self->file, ret, ret_stamp);
    if (step == SSK_PACKET_STEP_RECORD) {
        self->records++;
        return true;
    }
    self->ended = true;
    if (step != SSK_PACKET_STEP_END)
        g_set_error(error, SSK_SOURCE_ERROR, 0, "%s after packet %" G_GUINT64_FORMAT,
                    step == SSK_PACKET_STEP_CUT ? "cut short" : "damaged", self->records);
    return false;
}

static int pcap_source_progress(ssk_source *source)
{
    const pcap_source *self = (pcap_source *)source;
    if (!self->size)
        return -1;
    return (int)(MIN(ssk_packet_file_offset(self->file), self->size) * 1000 / self->size);
}

static bool pcap_source_dropped(ssk_source *source, uint64_t *ret_dropped)
{
    return ssk_packet_file_dropped(((const pcap_source *)source)->file, ret_dropped);
}

static void pcap_source_close(ssk_source *source)
{
    pcap_source *self = (pcap_source *)source;
    ssk_packet_file_close(self->file);
    g_free(self);
}

static const ssk_source_ops pcap_ops = {
    .next = pcap_source_next,
    .progress = pcap_source_progress,
    .dropped = pcap_source_dropped,
    .close = pcap_source_close,
};

static ssk_source *pcap_source_open(const char *path, GError **error)
{
    struct stat info = {0};
    int fd = strcmp(path, "-") ? open(path, O_RDONLY | O_CLOEXEC) : dup(STDIN_FILENO);
    if (fd < 0) {
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0, g_strerror(errno));
        return NULL;
    }
    bool whole = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    ssk_packet_file *file = ssk_packet_file_open(fd, false, NULL);
    if (!file) {
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0,
                            "not a capture file; without libwiretap only pcap and pcapng are read, "
                            "not compressed");
        return NULL;
    }
    pcap_source *self = g_new0(pcap_source, 1);
    self->base.ops = &pcap_ops;
    self->base.format = ssk_packet_file_format(file);
    self->base.kind = "capture";
    self->base.direct = true;
    self->file = file;
    self->size = whole ? (uint64_t)info.st_size : 0;
    return &self->base;
}

const ssk_backend ssk_backend_pcap = {
    .name = "its own reader: pcap and pcapng",
    .open = pcap_source_open,
    .convert = ssk_annotate_convert_pcap,
};
