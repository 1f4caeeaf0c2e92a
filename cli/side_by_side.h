/* side_by_side.h - several captures, read at once by one clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SIDE_BY_SIDE_H
#define SSK_SIDE_BY_SIDE_H

#include "cli/options.h"
#include "core/view/views.h"

typedef struct ssk_side_by_side {
    void *user;
    /** The next record of a capture; what it points to lives until the next call for that one.
     * @return false: its end */
    bool (*next)(void *user, unsigned view, ssk_event *ret);
    /** Before the packets, so that all of these are there for lines of logs to match; not called if
     * the base has none.
     * @param near time of the base's first record */
    void (*lines)(void *user, ssk_time_ns near);
} ssk_side_by_side;

/** All records of @p n captures, the earliest first, into @p views: its second reading. */
void ssk_side_by_side_read(const ssk_side_by_side *self, ssk_views *views, unsigned n);

/** Tells where captures stand, as --vantage says: before the survey.
 * @return FALSE with an error: one of them is not there */
gboolean ssk_side_by_side_place(ssk_views *views, unsigned n, const ssk_options *options,
                                GError **error);

#define SSK_LOST_COMMENT 80
/** What to say of a packet that only this capture has: after a snapshot, in the order of the frames.
 * @param room of SSK_LOST_COMMENT bytes
 * @return room; NULL: it was not lost, or nobody can tell */
const char *ssk_side_by_side_lost(ssk_views *views, unsigned view, uint32_t frame, char *room);

#endif
