/* source.c - what every backend would say of a file before reading it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/source.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/interrupt.h"
#include "core/base/text.h"

GQuark ssk_source_error_quark(void)
{
    return g_quark_from_static_string("ssk-source-error");
}

char *ssk_source_name(const char *path)
{
    if (!*path)
        return g_strdup("''");
    return strcmp(path, "-") ? ssk_text_safe(path, 1000) : g_strdup("standard input");
}

bool ssk_source_is_pipe(const char *path)
{
    struct stat info;
    return !strcmp(path, "-") || (stat(path, &info) == 0 && S_ISFIFO(info.st_mode));
}

/** Somebody else writes while it is read. */
static bool is_fed(const char *path)
{
    struct stat info;
    return (strcmp(path, "-") ? stat(path, &info) : fstat(STDIN_FILENO, &info)) == 0 &&
           (S_ISFIFO(info.st_mode) || S_ISSOCK(info.st_mode));
}

static bool look_at(const char *path, GError **error)
{
    struct stat info;
    const char *wrong = NULL;

    if (!strcmp(path, "-"))
        return true;
    if (!*path)
        wrong = "no file name given";
    else if (stat(path, &info) != 0)
        wrong = errno == ENOENT || errno == ENOTDIR ? "no such file" : g_strerror(errno);
    else if (S_ISDIR(info.st_mode))
        wrong = "is a folder; give the capture files in it";
    else if (S_ISREG(info.st_mode) && info.st_size == 0)
        wrong = "is empty, not even a file header";
    else if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode))
        wrong = "is no file; - reads standard input";
    if (wrong)
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0, wrong);
    return !wrong;
}

ssk_source *ssk_source_open(const char *path, GError **error)
{
    if (!look_at(path, error))
        return NULL;
    bool fed = is_fed(path);
    if (fed)
        ssk_interrupt_spare();
    ssk_source *source = ssk_capture_open(path, error);
    if (source)
        source->path = g_strdup(path);
    if (source && fed)
        source->fed = true;
    else if (fed)
        ssk_interrupt_restore();
    return source;
}

void ssk_source_close(ssk_source *source)
{
    if (!source)
        return;
    g_free(source->path);
    if (source->fed)
        ssk_interrupt_restore();
    source->ops->close(source);
}
