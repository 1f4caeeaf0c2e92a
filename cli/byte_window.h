/* byte_window.h - a file read from its start to its end, some of it in memory.
 *
 * With read(), not mmap(): mapped, a capture of gigabytes counts as memory of the program, and one that is
 * cut while it is read ends the program.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_BYTE_WINDOW_H
#define SSK_BYTE_WINDOW_H

#include "core/base/types.h"

typedef struct ssk_byte_window {
    int fd;
    uint8_t *buffer; /**< owned */
    size_t room;
    size_t at, have; /**< next byte wanted; bytes in the buffer */
    uint64_t offset; /**< of buffer[have] in the file */
} ssk_byte_window;

/** @param fd taken over */
void ssk_byte_window_init(ssk_byte_window *window, int fd);
void ssk_byte_window_clear(ssk_byte_window *window);

/** Read on until @p count bytes are there. @return false: the file ends before, or cannot be read */
bool ssk_byte_window_fill(ssk_byte_window *window, size_t count);

static inline size_t ssk_byte_window_left(const ssk_byte_window *window)
{
    return window->have - window->at;
}

/** The next @p count bytes, not taken yet.
 * @return borrowed until the next call; NULL: the file ends before */
static inline const uint8_t *ssk_byte_window_peek(ssk_byte_window *window, size_t count)
{
    if (ssk_byte_window_left(window) < count && !ssk_byte_window_fill(window, count))
        return NULL;
    return window->buffer + window->at;
}

/** Take bytes that were seen with peek. */
static inline void ssk_byte_window_take(ssk_byte_window *window, size_t count)
{
    window->at += count;
}

#endif
