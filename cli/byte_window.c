/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/byte_window.h"

#include <errno.h>
#include <glib.h>
#include <string.h>
#include <unistd.h>

/* At a time: so little that it is in the cache when it is looked at, and hundreds of files may be open. */
#define CHUNK ((size_t)64 * 1024)

void ssk_byte_window_init(ssk_byte_window *window, int fd)
{
    *window = (ssk_byte_window){.fd = fd};
}

void ssk_byte_window_clear(ssk_byte_window *window)
{
    close(window->fd);
    g_free(window->buffer);
}

static ssize_t read_some(int fd, uint8_t *at, size_t room)
{
    ssize_t got;
    do
        got = read(fd, at, room);
    while (got < 0 && errno == EINTR);
    return got;
}

bool ssk_byte_window_fill(ssk_byte_window *window, size_t count)
{
    ssk_byte_window *w = window;
    if (w->at) {
        memmove(w->buffer, w->buffer + w->at, w->have - w->at);
        w->have -= w->at;
        w->at = 0;
    }
    while (w->have < count) {
        /* Twice as much at most: a length that lies takes no more memory than there are bytes. */
        if (w->have == w->room) {
            w->room = MAX(CHUNK, 2 * w->room);
            w->buffer = g_realloc(w->buffer, w->room);
        }
        ssize_t got = read_some(w->fd, w->buffer + w->have, w->room - w->have);
        if (got <= 0)
            return false;
        w->have += (size_t)got;
        w->offset += (uint64_t)got;
    }
    return true;
}
