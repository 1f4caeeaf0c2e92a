/* bundle_stage.c - a bundle is made beside its place, and takes it when it is whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bundle/archive.h"
#include "cli/output.h"
#include "cli/source.h"

void ssk_bundle_remove_stage(ssk_bundle *self)
{
    for (size_t i = 0; self->stage && i < SSK_BUNDLE_N_FILES; i++)
        unlink(self->paths[i]);
    if (self->stage)
        rmdir(self->stage);
    ssk_output_guard(NULL);
}

/** A folder with nothing in it but what a bundle holds. */
static bool is_bundle(const char *path)
{
    GDir *dir = g_dir_open(path, 0, NULL);
    const char *name;
    bool fine = dir != NULL;
    while (fine && (name = g_dir_read_name(dir)))
        fine = g_strv_contains(ssk_bundle_files, name);
    if (dir)
        g_dir_close(dir);
    return fine;
}

gboolean ssk_bundle_check_target(const ssk_bundle *self, GError **error)
{
    struct stat info;
    if (lstat(self->target, &info) != 0)
        return TRUE;
    char *name = ssk_source_name(self->target);
    if (!self->options->force)
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: exists; --force replaces it", name);
    else if (self->archive ? !S_ISREG(info.st_mode) : !S_ISDIR(info.st_mode))
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: exists and is no %s", name,
                    self->archive ? "file" : "folder");
    else if (!self->archive && !is_bundle(self->target))
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: holds more than a bundle; it is not replaced",
                    name);
    g_free(name);
    return !error || !*error;
}

gboolean ssk_bundle_open_stage(ssk_bundle *self, GError **error)
{
    char *path = g_strdup_printf("%s.XXXXXX", self->target);
    if (!g_mkdtemp_full(path, 0700)) {
        int problem = errno;
        char *name = ssk_source_name(self->target);
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", name,
                    problem == ENOENT || problem == ENOTDIR ? "no such folder"
                                                            : g_strerror(problem));
        g_free(name);
        g_free(path);
        return FALSE;
    }
    self->stage = path;
    for (size_t i = 0; i < SSK_BUNDLE_N_FILES; i++)
        self->paths[i] = g_build_filename(path, ssk_bundle_files[i], NULL);
    self->paths[SSK_BUNDLE_N_FILES] = g_strdup(path);
    ssk_output_guard(self->paths);
    return TRUE;
}

static gboolean publish_folder(ssk_bundle *self, GError **error)
{
    char *old = g_strconcat(self->stage, ".old", NULL);
    mode_t mask = umask(0);
    umask(mask);
    chmod(self->stage, 0777 & ~mask);
    bool replaced = self->options->force && rename(self->target, old) == 0;
    bool fine = rename(self->stage, self->target) == 0;
    int problem = errno;
    if (!fine && replaced)
        fine = rename(old, self->target) == 0 && false;
    if (fine) {
        ssk_output_guard(NULL);
        g_clear_pointer(&self->stage, g_free);
        for (size_t i = 0; replaced && i < SSK_BUNDLE_N_FILES; i++) {
            char *path = g_build_filename(old, ssk_bundle_files[i], NULL);
            unlink(path);
            g_free(path);
        }
        if (replaced)
            rmdir(old);
    } else {
        g_set_error(error, SSK_OUTPUT_ERROR, 0, "%s: %s", self->target, g_strerror(problem));
    }
    g_free(old);
    return fine;
}

static void put_archive(void *output, const void *bytes, size_t len)
{
    ssk_output_write(output, bytes, len);
}

static gboolean publish_archive(ssk_bundle *self, GError **error)
{
    char *base = g_path_get_basename(self->target);
    char *prefix = g_strndup(base, MIN(strcspn(base, "."), (size_t)100));
    ssk_output *output = ssk_output_open(self->target, self->options->force, error);
    const char *names[SSK_BUNDLE_N_FILES + 1] = {NULL};
    for (size_t i = 0, n = 0; i < SSK_BUNDLE_N_FILES; i++)
        if (ssk_bundle_has(self, i))
            names[n++] = ssk_bundle_files[i];
    gboolean fine = output && ssk_archive_write(put_archive, output, self->stage, names,
                                                *prefix ? prefix : "bundle",
                                                g_get_real_time() / G_USEC_PER_SEC, error);
    if (fine)
        fine = ssk_output_commit(output, error);
    else
        ssk_output_cancel(output);
    g_free(prefix);
    g_free(base);
    return fine;
}

gboolean ssk_bundle_publish(ssk_bundle *self, GError **error)
{
    return self->archive ? publish_archive(self, error) : publish_folder(self, error);
}
