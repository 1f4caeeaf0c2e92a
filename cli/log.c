/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/source.h"
#include "core/decode/applog.h"
#include "core/decode/host_counter.h"
#include "core/decode/upper_pdu.h"

/* Headlines and the like, before something else is taken for a log. */
#define LINES_TRIED 1000
/* Clocks step, and lines of two threads may stand in the wrong order. */
#define BACK_AT_MOST (10 * SSK_MINUTE)

struct ssk_log {
    FILE *file;
    char *name; /* without its folders */
    GTimeZone *zone;
    const ssk_log_form *form; /* NULL: as it stands */
    uint64_t number;          /* of the line read last */
    ssk_time_ns previous;
    bool pending; /* that line has not been given out */
    size_t len;
    char moment[40]; /* a line that was a time alone: what follows was read then; empty: none */
    char bytes[SSK_APPLOG_LINE_MAX];
    ssk_applog_line line;
};

/* @return false: the end of the file */
static bool read_bytes(ssk_log *log)
{
    int c = getc_unlocked(log->file);
    if (c == EOF)
        return false;
    log->number++;
    for (log->len = 0; c != EOF && c != '\n'; c = getc_unlocked(log->file))
        if (log->len < sizeof log->bytes)
            log->bytes[log->len++] = (char)c;
    char *words = log->form ? ssk_log_form_rewrite(log->form, log->bytes, log->len) : NULL;
    if (words) {
        log->len = MIN(strlen(words), sizeof log->bytes);
        memcpy(log->bytes, words, log->len);
        g_free(words);
    }
    return true;
}

static bool read_failed(const ssk_log *log, GError **error)
{
    if (!ferror(log->file))
        return false;
    g_set_error(error, SSK_SOURCE_ERROR, 0, "line %" G_GUINT64_FORMAT ": %s", log->number + 1,
                g_strerror(errno));
    return true;
}

/* Output of a tool under a line with the time: counters of a kernel. */
static void read_under_moment(ssk_log *log)
{
    char *line = g_strdup_printf("%s [" SSK_HOST_COUNTER_SOURCE "] %.*s", log->moment,
                                 (int)log->len, log->bytes);
    log->len = MIN(strlen(line), sizeof log->bytes);
    memcpy(log->bytes, line, log->len);
    g_free(line);
}

static bool decode(ssk_log *log)
{
    if (ssk_decode_applog(log->bytes, log->len, &log->line) == SSK_OK) {
        bool alone = !log->line.text.len && !log->line.source.bytes &&
                     log->len < sizeof log->moment;
        memcpy(log->moment, log->bytes, alone ? log->len : 0);
        log->moment[alone ? log->len : 0] = 0;
        return !alone;
    }
    if (!log->moment[0] || !log->len)
        return false;
    read_under_moment(log);
    return ssk_decode_applog(log->bytes, log->len, &log->line) == SSK_OK;
}

static bool find_first(ssk_log *log, GError **error)
{
    while (log->number < LINES_TRIED && read_bytes(log)) {
        if (log->number == 1 && log->len > 1 && !memcmp(log->bytes, "\x1f\x8b", 2)) {
            g_set_error_literal(error, SSK_SOURCE_ERROR, 0, "is compressed; decompress it first");
            return false;
        }
        if (decode(log))
            return log->pending = true;
    }
    if (read_failed(log, error))
        return false;
    if (!log->number)
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0, "is empty");
    else
        g_set_error(
            error, SSK_SOURCE_ERROR, 0,
            "line 1: begins with no time in a form of docs/logs.md (ISO 8601, syslog ...), nor does any "
            "up to line %" G_GUINT64_FORMAT,
            log->number);
    return false;
}

ssk_log *ssk_log_open(const char *path, GTimeZone *zone, const ssk_log_form *form, GError **error)
{
    FILE *file = strcmp(path, "-") ? fopen(path, "rb") : stdin;
    if (file && file != stdin && g_file_test(path, G_FILE_TEST_IS_DIR)) {
        fclose(file);
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0, "is a folder; give the log in it");
        return NULL;
    }
    if (!file) {
        g_set_error_literal(error, SSK_SOURCE_ERROR, 0,
                            errno == ENOENT ? "no such file" : g_strerror(errno));
        return NULL;
    }
    ssk_log *log = g_new0(ssk_log, 1);
    log->file = file;
    log->name = strcmp(path, "-") ? g_path_get_basename(path) : g_strdup("standard input");
    log->zone = g_time_zone_ref(zone);
    log->form = form;
    log->previous = SSK_TIME_NONE;
    if (find_first(log, error))
        return log;
    ssk_log_close(log);
    return NULL;
}

void ssk_log_close(ssk_log *log)
{
    if (!log)
        return;
    if (log->file != stdin)
        fclose(log->file);
    g_time_zone_unref(log->zone);
    g_free(log->name);
    g_free(log);
}

static ssk_time_ns in_zone(const ssk_log *log, ssk_time_ns local, GTimeType type)
{
    gint64 seconds = local / SSK_S - (local % SSK_S < 0);
    gint interval = g_time_zone_adjust_time(log->zone, type, &seconds);
    return local - g_time_zone_get_offset(log->zone, interval) * SSK_S;
}

/* An hour that a zone has twice: the first one, unless that would go back. */
static ssk_time_ns instant_of(const ssk_log *log, ssk_time_ns near)
{
    ssk_time_ns local = ssk_applog_near(&log->line, near);
    if (log->line.has_zone)
        return local - log->line.zone_s * SSK_S;
    ssk_time_ns early = in_zone(log, local, G_TIME_TYPE_DAYLIGHT);
    ssk_time_ns late = in_zone(log, local, G_TIME_TYPE_STANDARD);
    if (early > late) {
        ssk_time_ns held = early;
        early = late;
        late = held;
    }
    bool back = log->previous != SSK_TIME_NONE && early < log->previous - BACK_AT_MOST;
    return back ? late : early;
}

bool ssk_log_next(ssk_log *log, ssk_time_ns near, ssk_event *ret, GError **error)
{
    while (!log->pending) {
        if (!read_bytes(log)) {
            (void)read_failed(log, error);
            return false;
        }
        log->pending = decode(log);
    }
    log->pending = false;
    log->previous = instant_of(log, near);
    *ret = (ssk_event){.kind = SSK_EVENT_LOG,
                       .time = log->previous,
                       .interface_name = log->name,
                       .bytes = (const uint8_t *)log->bytes,
                       .cap_len = (uint32_t)log->len,
                       .wire_len = (uint32_t)log->len};
    return true;
}

bool ssk_log_read(const char *path, GTimeZone *zone, const ssk_log_form *form, ssk_time_ns near,
                  ssk_log_taker take, void *user, GError **error)
{
    GError *problem = NULL;
    ssk_event event;
    ssk_log *log = ssk_log_open(path, zone, form, &problem);
    while (log && ssk_log_next(log, near, &event, &problem))
        take(user, &event);
    ssk_log_close(log);
    if (problem)
        g_propagate_error(error, problem);
    return !problem;
}

/* Tag 12, the name padded to a multiple of four, and the end tag. */
void ssk_log_record(ssk_event *event, GByteArray *room)
{
    static const uint8_t head[] = "\0\x0c\0\x08" SSK_UPPER_PDU_LOG "\0\0"
                                  "\0\0\0";
    g_byte_array_set_size(room, 0);
    g_byte_array_append(room, head, sizeof head);
    g_byte_array_append(room, event->bytes, event->cap_len);
    event->kind = SSK_EVENT_FRAME;
    event->linktype = SSK_LINKTYPE_UPPER_PDU;
    event->bytes = room->data;
    event->cap_len = event->wire_len = room->len;
}

GTimeZone *ssk_log_zone(const char *name)
{
    return name ? g_time_zone_new_identifier(name) : g_time_zone_new_local();
}
