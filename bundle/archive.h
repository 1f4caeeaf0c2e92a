/* archive.h - files as .tar.gz.
 *
 * Source: POSIX.1-2017, pax: ustar Interchange Format.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ARCHIVE_H
#define SSK_ARCHIVE_H

#include <glib.h>

#include "core/base/types.h"

/** Takes the archive, piece by piece. */
typedef void (*ssk_archive_fn)(void *user, const void *bytes, size_t len);

/** Write files of one folder, packed below a folder of another name.
 * @param folder where they are
 * @param names  of the files, NULL-terminated, up to 99 bytes
 * @param prefix name of the folder in the archive, up to 154 bytes
 * @return FALSE with an error: a file cannot be read */
gboolean ssk_archive_write(ssk_archive_fn write, void *user, const char *folder,
                           const char *const *names, const char *prefix, gint64 mtime,
                           GError **error);

#endif
