/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/source_own.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct own {
    ssk_source base;
    ssk_source *of;
    ssk_packet_file *file; /* NULL: in doubt, the other reads */
    uint64_t records, size;
} own;

/** Go where our own reader stopped. @return false: that cannot be; @p error tells why */
static bool hand_over(own *self, GError **error)
{
    ssk_event event;
    ssk_stamp stamp;
    ssk_packet_file_close(g_steal_pointer(&self->file));
    for (uint64_t i = 0; i < self->records; i++)
        if (!self->of->ops->next(self->of, &event, &stamp, error))
            return false;
    return true;
}

static bool own_next(ssk_source *source, ssk_event *ret, ssk_stamp *ret_stamp, GError **error)
{
    own *self = (own *)source;
    if (self->file) {
        ssk_packet_step step = ssk_packet_file_next(self->file, ret, ret_stamp);
        if (step == SSK_PACKET_STEP_RECORD) {
            self->records++;
            return true;
        }
        if (step == SSK_PACKET_STEP_END || !hand_over(self, error))
            return false;
    }
    return self->of->ops->next(self->of, ret, ret_stamp, error);
}

static int own_progress(ssk_source *source)
{
    const own *self = (own *)source;
    if (!self->file)
        return self->of->ops->progress(self->of);
    return (int)(MIN(ssk_packet_file_offset(self->file), self->size) * 1000 / MAX(self->size, 1));
}

static bool own_dropped(ssk_source *source, uint64_t *ret_dropped)
{
    const own *self = (own *)source;
    return self->file ? ssk_packet_file_dropped(self->file, ret_dropped)
                      : self->of->ops->dropped(self->of, ret_dropped);
}

static void own_close(ssk_source *source)
{
    own *self = (own *)source;
    ssk_packet_file_close(self->file);
    self->of->ops->close(self->of);
    g_free(self);
}

static const ssk_source_ops own_ops = {
    .next = own_next,
    .progress = own_progress,
    .dropped = own_dropped,
    .close = own_close,
};

ssk_source *ssk_source_own(ssk_source *of, ssk_packet_linktype_fn linktype)
{
    struct stat info;
    int fd = strcmp(of->path, "-") ? open(of->path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd < 0)
        return of;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        close(fd);
        return of;
    }
    ssk_packet_file *file = ssk_packet_file_open(fd, true, linktype);
    /* other formats begin with the same number; the other source has looked closer */
    if (!file || g_strcmp0(ssk_packet_file_format(file), of->format) != 0) {
        ssk_packet_file_close(file);
        return of;
    }
    own *self = g_new0(own, 1);
    self->base = *of;
    self->base.ops = &own_ops;
    self->of = of;
    self->file = file;
    self->size = (uint64_t)info.st_size;
    return &self->base;
}
