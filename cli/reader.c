/* reader.c - opens, merges and numbers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/reader.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "cli/progress.h"
#include "cli/source.h"
#include "cli/source_ahead.h"
#include "core/merge.h"

/* Interfaces of several files are compared by name up to this many. */
#define MAX_COMPARED 4096

typedef struct interface {
    char *name; /* NULL: none */
    uint16_t linktype;
    size_t file; /* the last one that has it */
} interface;

typedef struct input {
    ssk_source *source;        /* NULL: could not be opened */
    ssk_event event;           /* waiting, or the one given out last */
    GHashTable *interface_ids; /* of this file -> of this run, + 1 */
} input;

struct ssk_reader {
    input *inputs;
    ssk_host_file *files;
    size_t n, failed;
    bool again;       /* failures have been told */
    size_t current;   /* whose event was given out last; n: none */
    ssk_merge *merge; /* NULL: one input */
    uint32_t frame;
    GArray *interfaces;
    ssk_progress progress;
};

/* ---- errors ---- */

/** Takes @p error. */
static void note_error(ssk_reader *reader, size_t i, GError *error)
{
    char *name = ssk_source_name(reader->files[i].path);
    ssk_progress_clear(&reader->progress);
    if (!reader->again)
        fprintf(stderr, "stallshark: %s: %s\n", name, error->message);
    g_free(name);
    reader->files[i].error = g_strdup(error->message);
    reader->failed++;
    g_error_free(error);
}

/* ---- interfaces of several files ---- */

/** mergecap's rule: an interface that another file has too is one interface. */
static uint32_t find_interface(ssk_reader *reader, size_t file, const ssk_event *event)
{
    guint compared = MIN(reader->interfaces->len, MAX_COMPARED);
    for (guint i = 0; i < compared; i++) {
        interface *known = &g_array_index(reader->interfaces, interface, i);
        if (known->file != file && known->linktype == event->linktype &&
            !g_strcmp0(known->name, event->interface_name)) {
            known->file = file;
            return i;
        }
    }
    interface added = {g_strdup(event->interface_name), event->linktype, file};
    g_array_append_val(reader->interfaces, added);
    return reader->interfaces->len - 1;
}

static void map_interface(ssk_reader *reader, size_t file, ssk_event *event)
{
    input *in = &reader->inputs[file];
    if (event->kind != SSK_EVENT_FRAME)
        return;
    if (!in->interface_ids)
        in->interface_ids = g_hash_table_new(NULL, NULL);
    gpointer key = GUINT_TO_POINTER(event->interface_id);
    guint id = GPOINTER_TO_UINT(g_hash_table_lookup(in->interface_ids, key));
    if (!id) {
        id = find_interface(reader, file, event) + 1;
        g_hash_table_insert(in->interface_ids, key, GUINT_TO_POINTER(id));
    }
    event->interface_id = id - 1;
}

/* ---- records ---- */

/** @return false: this input has ended */
static bool fetch(ssk_reader *reader, size_t i, ssk_event *ret, ssk_stamp *ret_stamp)
{
    input *in = &reader->inputs[i];
    GError *error = NULL;

    if (!in->source)
        return false;
    if (in->source->ops->next(in->source, ret, ret_stamp, &error))
        return true;
    if (error)
        note_error(reader, i, error);
    ssk_host_file *file = &reader->files[i];
    file->has_dropped = in->source->ops->dropped(in->source, &file->dropped);
    ssk_source_close(in->source);
    in->source = NULL;
    return false;
}

static void fetch_and_put(ssk_reader *reader, size_t i)
{
    ssk_stamp stamp;
    if (fetch(reader, i, &reader->inputs[i].event, &stamp))
        ssk_merge_put(reader->merge, i, &stamp);
}

static void show_progress(ssk_reader *reader)
{
    const input *in = &reader->inputs[reader->current];
    if (in->source && ssk_progress_due(&reader->progress))
        ssk_progress_show(&reader->progress, in->source->path,
                          in->source->ops->progress(in->source), reader->frame);
}

bool ssk_reader_next(ssk_reader *reader, ssk_event *ret)
{
    ssk_stamp stamp;
    bool got = false;

    if (reader->frame == UINT32_MAX) { /* Wireshark's frame numbers end here too */
        note_error(
            reader, reader->current,
            g_error_new(SSK_SOURCE_ERROR, 0, "more than 4294967295 packets; split the file"));
        return false;
    }
    if (!reader->merge) {
        got = reader->n && fetch(reader, 0, ret, &stamp);
        reader->current = 0;
    } else {
        if (reader->current < reader->n)
            fetch_and_put(reader, reader->current);
        got = ssk_merge_take(reader->merge, &reader->current);
        if (got) {
            map_interface(reader, reader->current, &reader->inputs[reader->current].event);
            *ret = reader->inputs[reader->current].event;
        }
    }
    if (!got) {
        ssk_progress_clear(&reader->progress);
        return false;
    }
    reader->frame++;
    if (!reader->files[reader->current].first_frame)
        reader->files[reader->current].first_frame = reader->frame;
    ret->frame = reader->frame;
    ret->file = (uint16_t)MIN(reader->current, UINT16_MAX);
    if (reader->frame % SSK_PROGRESS_STRIDE == 0)
        show_progress(reader);
    return true;
}

/* ---- life ---- */

/** Hundreds of ring files are read at once. */
static void allow_files(size_t wanted)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted + 32)
        return;
    limit.rlim_cur = MIN(limit.rlim_max, wanted + 32);
    setrlimit(RLIMIT_NOFILE, &limit); /* where this fails, opening says so */
}

/** A pipe is read when something is in it, and of many files each waits for its turn. */
static ssk_source *hasten(ssk_source *source, bool only_one)
{
    if (only_one && !source->fed && !source->direct)
        source = ssk_source_ahead(source);
    return ssk_capture_hasten(source);
}

static ssk_reader *open_all(char *const *paths, bool again)
{
    ssk_reader *reader = g_new0(ssk_reader, 1);
    reader->again = again;
    reader->n = g_strv_length((char **)paths);
    reader->current = reader->n;
    reader->inputs = g_new0(input, reader->n);
    reader->files = g_new0(ssk_host_file, reader->n);
    reader->interfaces = g_array_new(FALSE, FALSE, sizeof(interface));
    ssk_progress_init(&reader->progress);
    allow_files(reader->n);
    for (size_t i = 0; i < reader->n; i++) {
        GError *error = NULL;
        reader->files[i].path = paths[i];
        reader->files[i].kind = "capture";
        reader->inputs[i].source = ssk_source_open(paths[i], &error);
        if (error)
            note_error(reader, i, error);
        else {
            reader->files[i].format = reader->inputs[i].source->format;
            reader->files[i].kind = reader->inputs[i].source->kind;
            reader->inputs[i].source = hasten(reader->inputs[i].source, reader->n == 1);
        }
    }
    if (reader->n > 1) {
        reader->merge = ssk_merge_new(reader->n);
        for (size_t i = 0; i < reader->n; i++)
            fetch_and_put(reader, i);
    }
    return reader;
}

ssk_reader *ssk_reader_new(char *const *paths)
{
    return open_all(paths, false);
}

ssk_reader *ssk_reader_new_again(char *const *paths)
{
    return open_all(paths, true);
}

void ssk_reader_free(ssk_reader *reader)
{
    if (!reader)
        return;
    for (size_t i = 0; i < reader->n; i++) {
        ssk_source_close(reader->inputs[i].source);
        if (reader->inputs[i].interface_ids)
            g_hash_table_destroy(reader->inputs[i].interface_ids);
        g_free((char *)reader->files[i].error);
    }
    for (guint i = 0; i < reader->interfaces->len; i++)
        g_free(g_array_index(reader->interfaces, interface, i).name);
    g_array_free(reader->interfaces, TRUE);
    ssk_merge_free(reader->merge);
    g_free(reader->inputs);
    g_free(reader->files);
    g_free(reader);
}

const ssk_host_file *ssk_reader_files(const ssk_reader *reader, size_t *ret_count)
{
    *ret_count = reader->n;
    return reader->files;
}

size_t ssk_reader_failed(const ssk_reader *reader)
{
    return reader->failed;
}

bool ssk_reader_got_nothing(const ssk_reader *reader)
{
    return reader->frame == 0 && reader->failed;
}
