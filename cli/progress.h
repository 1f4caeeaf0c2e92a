/* progress.h - how far reading is, on standard error when that is a terminal.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROGRESS_H
#define SSK_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

/** Packets between two calls of ssk_progress_due(). */
#define SSK_PROGRESS_STRIDE 16384

typedef struct ssk_progress {
    bool terminal, shown;
    int64_t next_us; /**< monotonic time of the next line */
} ssk_progress;

void ssk_progress_init(ssk_progress *progress);
/** After the first second, and then five times per second. */
bool ssk_progress_due(ssk_progress *progress);
/** @param permille of the file; -1: not known */
void ssk_progress_show(ssk_progress *progress, const char *path, int permille, uint32_t packets);
/** Take the line away, before anything else is printed. */
void ssk_progress_clear(ssk_progress *progress);

#endif
