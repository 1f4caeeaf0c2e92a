/* bundle_analyse.c - what the captures of a bundle show, held against each other where there are
 * several.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/bundle_draft.h"

#include "cli/side_by_side.h"

/* One analysis. */
typedef struct pass {
    ssk_bundle *bundle;
    ssk_views *views;
    unsigned view; /* the one that is scouted */
    ssk_reader *readers[SSK_VIEWS_MOST];
    bool scrubbed;
} pass;

static void scout(ssk_bundle *self, const ssk_event *event, void *user)
{
    (void)self;
    const pass *p = user;
    ssk_views_scout(p->views, p->view, event);
}

static bool next_record(void *user, unsigned view, ssk_event *ret)
{
    const pass *p = user;
    if (!ssk_bundle_next(p->bundle, view, p->readers[view], p->scrubbed, ret))
        return false;
    p->bundle->sides[view].read = ret->frame;
    return true;
}

static void take_line(ssk_bundle *self, const ssk_event *event, void *user)
{
    (void)self;
    ssk_views_take_line(user, event);
}

static void take_lines(void *user, ssk_time_ns near)
{
    const pass *p = user;
    p->bundle->begin = near;
    ssk_bundle_read_logs(p->bundle, near, p->scrubbed, take_line, p->views);
}

static ssk_result *read_all(pass *p)
{
    ssk_bundle *self = p->bundle;
    const ssk_side_by_side reading = {.user = p, .next = next_record, .lines = take_lines};
    for (unsigned i = 0; i < self->n; i++)
        p->readers[i] = ssk_bundle_open(self, i, !self->told, p->scrubbed);
    self->told = true;
    ssk_side_by_side_read(&reading, p->views, self->n);
    for (unsigned i = 0; i < self->n; i++) {
        self->input_failed |= ssk_reader_failed(p->readers[i]) != 0;
        self->nothing |= ssk_reader_got_nothing(p->readers[i]);
        ssk_reader_free(p->readers[i]);
    }
    return ssk_views_snapshot(p->views);
}

ssk_result *ssk_bundle_analyse(ssk_bundle *self, bool scrubbed, ssk_views **ret_views,
                               GError **error)
{
    pass p = {.bundle = self, .scrubbed = scrubbed};
    *ret_views = p.views = ssk_views_new(self->n, &self->config, self->profiles);
    if (self->n > 1 && !ssk_side_by_side_place(p.views, self->n, self->options, error))
        return NULL;
    for (; p.view < self->n && self->n > 1; p.view++)
        ssk_bundle_read(self, p.view, scrubbed, scout, &p);
    ssk_views_survey(p.views);
    ssk_views_keep_lost(p.views);
    ssk_result *result = read_all(&p);
    if (ssk_views_turn(p.views)) {
        ssk_result_free(result);
        result = read_all(&p);
    }
    return result;
}

static void feed(ssk_bundle *self, const ssk_event *event, void *user)
{
    (void)self;
    ssk_engine_feed(user, event, NULL);
}

ssk_result *ssk_bundle_analyse_alone(ssk_bundle *self, unsigned view)
{
    ssk_engine *engine = ssk_engine_new(&self->config, self->profiles);
    ssk_bundle_read(self, view, false, feed, engine);
    ssk_result *result = ssk_engine_snapshot(engine);
    ssk_engine_free(engine);
    return result;
}
