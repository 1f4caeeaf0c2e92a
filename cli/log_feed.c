/* log_feed.c - all logs of one run, into an analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/log_feed.h"

#include <stdio.h>

#include "cli/source.h"

static void note_error(ssk_log_feed *feed, ssk_host_file *row, GError *error)
{
    char *name = ssk_source_name(row->path);
    if (!feed->told)
        fprintf(stderr, "stallshark: %s: %s\n", name, error->message);
    g_free(name);
    row->error = error->message;
    g_ptr_array_add(feed->errors, error);
}

void ssk_log_feed_read(ssk_log_feed *feed, const ssk_options *options, ssk_time_ns near,
                       ssk_log_taker take, void *user)
{
    GTimeZone *zone = ssk_log_zone(options->log_timezone);
    if (!feed->rows)
        feed->rows = g_array_new(FALSE, FALSE, sizeof(ssk_host_file));
    if (!feed->errors)
        feed->errors = g_ptr_array_new_with_free_func((GDestroyNotify)g_error_free);
    for (guint i = 0; i < options->logs->len; i++) {
        ssk_host_file row = {.path = options->logs->pdata[i], .format = "log", .kind = "log"};
        GError *error = NULL;
        if (!ssk_log_read(row.path, zone, options->log_form, near, take, user, &error))
            note_error(feed, &row, error);
        g_array_append_val(feed->rows, row);
    }
    g_time_zone_unref(zone);
}

bool ssk_log_feed_failed(const ssk_log_feed *feed)
{
    return feed->errors && feed->errors->len > 0;
}

void ssk_log_feed_clear(ssk_log_feed *feed)
{
    if (feed->rows)
        g_array_free(feed->rows, TRUE);
    if (feed->errors)
        g_ptr_array_free(feed->errors, TRUE);
    *feed = (ssk_log_feed){0};
}
