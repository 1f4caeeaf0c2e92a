/* scrub_log.c - a line of a program's log without the program's own words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "bundle/scrub_log.h"

#include <string.h>

#include "core/decode/applog.h"

/* What core/decode/applog.c reads as that event. */
static const char *const words[SSK_N_APPLOG_EVENTS] = {
    [SSK_APPLOG_OTHER] = "(a line)",
    [SSK_APPLOG_LISTENING] = "listening on a port",
    [SSK_APPLOG_CONNECTING] = "connecting to a server",
    [SSK_APPLOG_CONNECTED] = "connected",
    [SSK_APPLOG_CONNECT_FAILED] = "connect failed",
    [SSK_APPLOG_PING_SENT] = "keep-alive sent",
    [SSK_APPLOG_PING_RECEIVED] = "received keep-alive",
    [SSK_APPLOG_PING_MISSING] = "No keep-alive received for",
    [SSK_APPLOG_RESUMED] = "keep-alive resumed",
    [SSK_APPLOG_TIMEOUT] = "Connection timed out",
    [SSK_APPLOG_PEER_CLOSED] = "peer closed",
    [SSK_APPLOG_DISCONNECTED] = "disconnected",
    [SSK_APPLOG_WOULD_BLOCK] = "send would block",
    [SSK_APPLOG_RECEIVED] = "received",
};

static bool append_time(ssk_time_ns time, GString *out)
{
    GDateTime *moment = time == SSK_TIME_NONE || time < 0
                            ? NULL
                            : g_date_time_new_from_unix_utc(time / SSK_S);
    char *text = moment ? g_date_time_format(moment, "%Y-%m-%dT%H:%M:%S") : NULL;
    if (text)
        g_string_append_printf(out, "%s.%09dZ", text, (int)(time % SSK_S));
    g_free(text);
    if (moment)
        g_date_time_unref(moment);
    return text != NULL;
}

static void append_name(const ssk_pseudonym *names, const ssk_applog_text *name, GString *out)
{
    gsize at = out->len;
    g_string_append_len(out, name->bytes, name->len);
    if (names)
        ssk_pseudonym_word(names, (const uint8_t *)name->bytes, name->len,
                           (uint8_t *)out->str + at);
}

static void append_words(const ssk_pseudonym *names, const ssk_applog_line *line, GString *out)
{
    g_string_append(out, words[line->event]);
    if (line->has_value && line->event == SSK_APPLOG_PING_MISSING)
        g_string_append_printf(out, " %" G_GUINT64_FORMAT ".%03d seconds", line->value / 1000,
                               (int)(line->value % 1000));
    else if (line->has_value)
        g_string_append_printf(out, "%s%" G_GUINT64_FORMAT,
                               line->event == SSK_APPLOG_RECEIVED ? " bytes=" : " ", line->value);
    if (line->has_total)
        g_string_append_printf(out, " total=%" G_GUINT64_FORMAT, line->total);
    if (line->has_seq)
        g_string_append_printf(out, " seq=%" G_GUINT64_FORMAT, line->seq);
    if (line->connection.bytes) {
        g_string_append(out, " connection ID=");
        append_name(names, &line->connection, out);
    }
}

bool ssk_scrub_log(const ssk_pseudonym *names, unsigned log, const ssk_event *event, GString *out)
{
    ssk_applog_line line;
    if (ssk_decode_applog((const char *)event->bytes, event->cap_len, &line) != SSK_OK ||
        !append_time(event->time, out))
        return false;
    g_string_append_printf(out, " [log%u", log);
    if (line.source.bytes) {
        g_string_append_c(out, '-');
        append_name(names, &line.source, out);
    }
    g_string_append(out, "] ");
    if (names)
        append_words(names, &line, out);
    else
        g_string_append_len(out, line.text.bytes, line.text.len);
    g_string_append_c(out, '\n');
    return true;
}
