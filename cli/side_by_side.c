/* side_by_side.c - several captures, read at once by one clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "cli/side_by_side.h"

/* The captures, one record ahead. */
typedef struct ahead {
    ssk_event event[SSK_VIEWS_MOST];
    bool more[SSK_VIEWS_MOST];
    unsigned n;
} ahead;

/** Whose record comes next. Records without a timestamp follow at once.
 * @return false: the end of all */
static bool find_earliest(const ahead *self, const ssk_views *views, unsigned *ret_view)
{
    ssk_time_ns earliest = 0;
    bool any = false;
    for (unsigned i = 0; i < self->n; i++) {
        if (!self->more[i])
            continue;
        ssk_time_ns time = ssk_views_time(views, i, &self->event[i]);
        if (any && time >= earliest)
            continue;
        any = true;
        earliest = time;
        *ret_view = i;
    }
    return any;
}

void ssk_side_by_side_read(const ssk_side_by_side *self, ssk_views *views, unsigned n)
{
    ahead at = {.n = n};
    unsigned view = 0, base = ssk_views_base(views);
    for (unsigned i = 0; i < n; i++)
        at.more[i] = self->next(self->user, i, &at.event[i]);
    if (at.more[base])
        self->lines(self->user, at.event[base].time);
    while (find_earliest(&at, views, &view)) {
        ssk_views_feed(views, view, &at.event[view]);
        at.more[view] = self->next(self->user, view, &at.event[view]);
    }
}

gboolean ssk_side_by_side_place(ssk_views *views, unsigned n, const ssk_options *options,
                                GError **error)
{
    for (guint i = 0; i < options->places->len; i++) {
        const ssk_view_place *place = &g_array_index(options->places, ssk_view_place, i);
        if (place->view >= n) {
            g_set_error(error, SSK_OPTIONS_ERROR, 0,
                        "--vantage: there is no capture %c; there are %u", 'a' + (int)place->view,
                        n);
            return FALSE;
        }
        ssk_views_place(views, place->view, place->vantage);
    }
    return TRUE;
}

const char *ssk_side_by_side_lost(ssk_views *views, unsigned view, uint32_t frame, char *room)
{
    char missing = ssk_views_lost(views, view, frame);
    if (!missing)
        return NULL;
    g_snprintf(room, SSK_LOST_COMMENT, "lost: frame %u of capture %c, not in capture %c", frame,
               ssk_views_letter_of(views, view), missing);
    return room;
}
