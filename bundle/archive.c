/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bundle/archive.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define RECORD 512
#define CHUNK  65536

/** Bytes through gzip to whoever takes them. */
typedef struct packer {
    GConverter *gzip;
    ssk_archive_fn write;
    void *user;
    GError *error;
} packer;

static void pack(packer *p, const uint8_t *bytes, size_t length, bool last)
{
    static uint8_t packed[CHUNK];
    GConverterFlags flags = last ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS;
    while (!p->error && (length || last)) {
        gsize taken = 0, given = 0;
        GConverterResult result = g_converter_convert(p->gzip, bytes, length, packed, sizeof packed,
                                                      flags, &taken, &given, &p->error);
        if (result == G_CONVERTER_ERROR)
            return;
        p->write(p->user, packed, given);
        bytes += taken;
        length -= taken;
        if (result == G_CONVERTER_FINISHED)
            return;
    }
}

/** A number as ustar holds it; 8 GiB and more in base 256, as GNU and BSD tar do. */
static void put_number(char *field, size_t width, guint64 value)
{
    if (value >> (3 * (width - 1))) {
        for (size_t i = width; i-- > 0; value >>= 8)
            field[i] = (char)(value & 0xff);
        field[0] = (char)(field[0] | 0x80);
        return;
    }
    char *text = g_strdup_printf("%0*" G_GINT64_MODIFIER "o", (int)width - 1, value);
    memcpy(field, text, width - 1);
    g_free(text);
}

static void pack_header(packer *p, const char *name, const char *prefix, guint64 size, gint64 mtime,
                        char kind)
{
    char header[RECORD] = {0};
    unsigned sum = 0;
    memcpy(header, name, MIN(strlen(name), 99));
    put_number(header + 100, 8, kind == '5' ? 0755 : 0644);
    put_number(header + 108, 8, 0);
    put_number(header + 116, 8, 0);
    put_number(header + 124, 12, size);
    put_number(header + 136, 12, (guint64)MAX(mtime, 0));
    memset(header + 148, ' ', 8);
    header[156] = kind;
    memcpy(header + 257,
           "ustar\0"
           "00",
           8);
    memcpy(header + 345, prefix, MIN(strlen(prefix), 154));
    for (size_t i = 0; i < sizeof header; i++)
        sum += (unsigned char)header[i];
    put_number(header + 148, 7, sum);
    header[154] = 0;
    pack(p, (const uint8_t *)header, sizeof header, false);
}

static void set_errno(GError **error, const char *path)
{
    int problem = errno ? errno : EIO;
    g_set_error(error, G_FILE_ERROR, g_file_error_from_errno(problem), "%s: %s", path,
                g_strerror(problem));
}

static void pack_file(packer *p, const char *path, const char *name, const char *prefix,
                      gint64 mtime)
{
    static const uint8_t zeros[RECORD];
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (!file || fstat(fileno(file), &info) != 0) {
        set_errno(&p->error, path);
    } else {
        guint64 size = (guint64)info.st_size, left = size;
        uint8_t *bytes = g_malloc(CHUNK);
        pack_header(p, name, prefix, size, mtime, '0');
        while (left && !p->error) {
            size_t part = (size_t)MIN(left, (guint64)CHUNK);
            errno = 0;
            if (fread(bytes, 1, part, file) != part)
                set_errno(&p->error, path);
            else
                pack(p, bytes, part, false);
            left -= part;
        }
        pack(p, zeros, (size_t)(-size & (RECORD - 1)), false);
        g_free(bytes);
    }
    if (file)
        fclose(file);
}

gboolean ssk_archive_write(ssk_archive_fn write, void *user, const char *folder,
                           const char *const *names, const char *prefix, gint64 mtime,
                           GError **error)
{
    static const uint8_t end[2 * RECORD];
    packer p = {.write = write, .user = user};
    p.gzip = (GConverter *)g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
    for (; *names && !p.error; names++) {
        char *path = g_build_filename(folder, *names, NULL);
        pack_file(&p, path, *names, prefix, mtime);
        g_free(path);
    }
    pack(&p, end, sizeof end, false);
    pack(&p, NULL, 0, true);
    g_object_unref(p.gzip);
    if (!p.error)
        return TRUE;
    g_propagate_error(error, p.error);
    return FALSE;
}
