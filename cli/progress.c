/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/progress.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/source.h"

#define FIRST_US G_USEC_PER_SEC
#define EVERY_US (G_USEC_PER_SEC / 5)

void ssk_progress_init(ssk_progress *progress)
{
    *progress = (ssk_progress){.terminal = isatty(STDERR_FILENO)};
    if (progress->terminal)
        progress->next_us = g_get_monotonic_time() + FIRST_US;
}

bool ssk_progress_due(ssk_progress *progress)
{
    if (!progress->terminal)
        return false;
    int64_t now = g_get_monotonic_time();
    if (now < progress->next_us)
        return false;
    progress->next_us = now + EVERY_US;
    return true;
}

void ssk_progress_show(ssk_progress *progress, const char *path, int permille, uint32_t packets)
{
    char *name = ssk_source_name(path);
    fprintf(stderr, "\r\033[K%.50s: %" G_GUINT32_FORMAT " packets", name, packets);
    if (permille >= 0)
        fprintf(stderr, ", %d %%", permille / 10);
    fflush(stderr);
    g_free(name);
    progress->shown = true;
}

void ssk_progress_clear(ssk_progress *progress)
{
    if (progress->shown)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}
