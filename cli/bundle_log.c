/* bundle_log.c - the logs that the reports go by, in one file.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include <string.h>

#include "bundle/scrub_log.h"
#include "cli/log.h"
#include "cli/log_feed.h"
#include "cli/output.h"
#include "cli/source.h"

/* All lines of the logs, one log after the other. */
typedef struct reading {
    ssk_bundle *bundle;
    GString *line; /* as the receiver gets it; NULL: lines stay what they are */
    unsigned log;  /* from 1 */
    ssk_bundle_frame_fn each;
    void *user;
} reading;

static void take_line(void *user, const ssk_event *event)
{
    reading *r = user;
    const ssk_scrub *scrub = r->bundle->sides[0].scrub;
    if (!r->line) {
        r->each(r->bundle, event, r->user);
        return;
    }
    g_string_truncate(r->line, 0);
    if (!ssk_scrub_log(scrub ? ssk_scrub_pseudonym(scrub) : NULL, r->log, event, r->line))
        return;
    ssk_event rewritten = *event;
    rewritten.interface_name = ssk_bundle_files[SSK_BUNDLE_LOG];
    rewritten.bytes = (const uint8_t *)r->line->str;
    rewritten.cap_len = rewritten.wire_len = (uint32_t)r->line->len - 1;
    r->each(r->bundle, &rewritten, r->user);
}

void ssk_bundle_read_logs(ssk_bundle *self, ssk_time_ns near, bool rewritten,
                          ssk_bundle_frame_fn each, void *user)
{
    const ssk_options *options = self->options;
    GTimeZone *zone = ssk_log_zone(options->log_timezone);
    reading r = {
        .bundle = self, .line = rewritten ? g_string_new(NULL) : NULL, .each = each, .user = user};
    for (guint i = 0; i < options->logs->len; i++) {
        GError *error = NULL;
        r.log = i + 1;
        (void)ssk_log_read(options->logs->pdata[i], zone, options->log_form, near, take_line, &r,
                           &error);
        if (error && !self->log_error) {
            char *name = ssk_source_name(options->logs->pdata[i]);
            g_propagate_prefixed_error(&self->log_error, g_steal_pointer(&error), "%s: ", name);
            g_free(name);
        }
        g_clear_error(&error);
    }
    if (r.line)
        g_string_free(r.line, TRUE);
    g_time_zone_unref(zone);
}

static void put_line(ssk_bundle *self, const ssk_event *event, void *user)
{
    (void)self;
    ssk_output_write(user, event->bytes, event->cap_len + 1); /* rewritten lines end in a newline */
}

gboolean ssk_bundle_write_log(ssk_bundle *self, GError **error)
{
    if (!ssk_bundle_has(self, SSK_BUNDLE_LOG))
        return TRUE;
    ssk_output *output = ssk_output_open(self->paths[SSK_BUNDLE_LOG], FALSE, error);
    if (!output)
        return FALSE;
    ssk_bundle_read_logs(self, self->begin, true, put_line, output);
    return ssk_output_commit(output, error);
}
