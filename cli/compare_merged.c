/* compare_merged.c - the captures of a comparison and its logs as one file for Wireshark.
 *
 * The captures are read once more. What the analysis found is known by then, so that each packet can
 * carry its comment.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/compare_merged.h"

#include <stdio.h>
#include <string.h>

#include "cli/capture_writer.h"
#include "cli/log.h"
#include "cli/reader.h"
#include "cli/side_by_side.h"

/* Comments of one packet: the report's, and that it was lost. */
#define MOST (SSK_COMMENTS_PER_FRAME + 1)
/* Interfaces of one capture that are told apart. */
#define INTERFACES 256

typedef struct source {
    ssk_reader *reader; /* of packets, or ... */
    ssk_log *log;
    ssk_event event;
    ssk_time_ns time; /* by the base's clock */
    int view;         /* -1: a log */
    bool more;
} source;

typedef struct merging {
    ssk_views *views;
    const uint32_t *interfaces;
    unsigned n;
    const ssk_comments *comments;
    size_t next_comment;
    GArray *sources;  /* of source */
    GByteArray *room; /* of a log line */
    ssk_time_ns near;
} merging;

bool ssk_compare_is_capture(const char *path)
{
    return path && (g_str_has_suffix(path, ".pcapng") || g_str_has_suffix(path, ".pcap"));
}

static int view_of(const merging *self, const source *from)
{
    if (!self->interfaces)
        return from->view;
    for (unsigned i = 0; i < self->n; i++)
        if (self->interfaces[i] == from->event.interface_id)
            return (int)i;
    return -1;
}

static void step(merging *self, source *from)
{
    if (from->log) {
        from->more = ssk_log_next(from->log, self->near, &from->event, NULL);
        from->time = from->event.time;
        return;
    }
    do
        from->more = ssk_reader_next(from->reader, &from->event);
    while (from->more && (from->event.kind != SSK_EVENT_FRAME || view_of(self, from) < 0));
    if (from->more)
        from->time = ssk_views_time(self->views, (unsigned)view_of(self, from), &from->event);
}

static source *earliest(const merging *self)
{
    source *best = NULL;
    for (guint i = 0; i < self->sources->len; i++) {
        source *from = &g_array_index(self->sources, source, i);
        if (from->more && (!best || from->time < best->time))
            best = from;
    }
    return best;
}

static size_t comments_of(merging *self, uint32_t frame, const char *ret[MOST])
{
    const ssk_comments *all = self->comments;
    size_t n = 0;
    while (self->next_comment < all->n && all->list[self->next_comment].frame < frame)
        self->next_comment++;
    for (size_t i = self->next_comment; i < all->n && all->list[i].frame == frame && n + 1 < MOST;
         i++)
        ret[n++] = all->list[i].text;
    return n;
}

static void write_packet(merging *self, const source *from, ssk_capture_writer *writer)
{
    unsigned view = (unsigned)view_of(self, from);
    const char *comments[MOST];
    size_t n = view == ssk_views_base(self->views) ? comments_of(self, from->event.frame, comments)
                                                   : 0;
    char room[SSK_LOST_COMMENT], letter = ssk_views_letter_of(self->views, view);
    const char *lost = ssk_side_by_side_lost(self->views, view, from->event.frame, room);
    if (lost)
        comments[n++] = lost;
    char *name = g_strdup_printf("capture %c%s%s", letter, from->event.interface_name ? ": " : "",
                                 from->event.interface_name ? from->event.interface_name : "");
    ssk_event event = from->event;
    event.time = from->time;
    event.interface_id = view * INTERFACES + MIN(event.interface_id, INTERFACES - 1);
    event.interface_name = name;
    ssk_capture_writer_add(writer, &event, comments, n);
    g_free(name);
}

static void write_line(const merging *self, const source *from, guint number,
                       ssk_capture_writer *writer)
{
    ssk_event event = from->event;
    ssk_log_record(&event, self->room);
    event.interface_id = SSK_VIEWS_MOST * INTERFACES + number;
    ssk_capture_writer_add(writer, &event, NULL, 0);
}

static void open_sources(merging *self, const GPtrArray *sides, const ssk_options *options)
{
    for (guint i = 0; i < sides->len; i++) {
        source from = {.reader = ssk_reader_new_again(sides->pdata[i]), .view = (int)i};
        step(self, &from);
        if (i == ssk_views_base(self->views) || sides->len == 1)
            self->near = from.more ? from.time : SSK_TIME_NONE;
        g_array_append_val(self->sources, from);
    }
    GTimeZone *zone = ssk_log_zone(options->log_timezone);
    for (guint i = 0; i < options->logs->len; i++) {
        source from = {.view = -1};
        from.log = ssk_log_open(options->logs->pdata[i], zone, options->log_form, NULL);
        if (!from.log) /* that has been told */
            continue;
        step(self, &from);
        g_array_append_val(self->sources, from);
    }
    g_time_zone_unref(zone);
}

void ssk_compare_write_merged(ssk_views *views, const GPtrArray *sides, const uint32_t *interfaces,
                              unsigned n, const ssk_options *options, const ssk_comments *comments,
                              ssk_output *output)
{
    merging self = {.views = views,
                    .interfaces = interfaces,
                    .n = n,
                    .comments = comments,
                    .sources = g_array_new(FALSE, FALSE, sizeof(source)),
                    .room = g_byte_array_new()};
    ssk_capture_writer *writer = ssk_capture_writer_new(output, comments->summary);
    open_sources(&self, sides, options);
    for (source *from; (from = earliest(&self)); step(&self, from)) {
        guint number = (guint)(from - (source *)(void *)self.sources->data);
        if (from->log)
            write_line(&self, from, number, writer);
        else
            write_packet(&self, from, writer);
    }
    for (guint i = 0; i < self.sources->len; i++) {
        source *from = &g_array_index(self.sources, source, i);
        if (from->reader)
            ssk_reader_free(from->reader);
        ssk_log_close(from->log);
    }
    if (ssk_views_lost_dropped(views))
        fprintf(stderr,
                "stallshark: %" G_GUINT64_FORMAT
                " packets without a twin are not marked: at most %u per capture\n",
                ssk_views_lost_dropped(views), SSK_VIEWS_LOST);
    ssk_capture_writer_free(writer);
    g_array_free(self.sources, TRUE);
    g_byte_array_free(self.room, TRUE);
}
