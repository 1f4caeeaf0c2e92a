/* views.h - several captures of the same traffic, one result.
 *
 * Each capture is read twice. The first reading tells which conversation is
 * which, where each capture stands and what its clock says; the second feeds an
 * engine per capture, and the ledgers of what passed between them. The result
 * is the report of one of them, the base: the one nearest to those who open
 * connections and receive streams, unless another one shows more stalls. The others answer what it alone cannot know.
 * In which order the captures are given changes nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEWS_H
#define SSK_VIEWS_H

#include "core/engine.h"

/** Captures held against each other. */
#define SSK_VIEWS_MOST 8
/** Lost packets that are remembered one by one, of each pair of captures. */
#define SSK_VIEWS_LOST (1u << 20)

typedef struct ssk_views ssk_views;

/** @param n captures, 1..SSK_VIEWS_MOST; as ssk_engine_new() for the rest
 *  @param profiles borrowed until ssk_views_free() */
ssk_views *ssk_views_new(unsigned n, const ssk_config *config, const ssk_profile_set *profiles);
void ssk_views_free(ssk_views *views);

/** Where it was taken, if somebody knows better than what is found: before ssk_views_survey(). */
void ssk_views_place(ssk_views *views, unsigned view, ssk_vantage place);

/** First reading: all packets of capture @p view, in their order. */
void ssk_views_scout(ssk_views *views, unsigned view, const ssk_event *event);
/** Between the readings: find out how the captures stand to each other. */
void ssk_views_survey(ssk_views *views);

/** When an event was, by the base's clock: feed the earliest next. */
ssk_time_ns ssk_views_time(const ssk_views *views, unsigned view, const ssk_event *event);
/** Second reading: frame numbers rise within each capture, times about between all. */
void ssk_views_feed(ssk_views *views, unsigned view, const ssk_event *event);

/** A line of an application's log, before any packet of the second reading; the base's clock is tried. */
void ssk_views_take_line(ssk_views *views, const ssk_event *event);

/** After the survey: remember each packet that only one capture has, for ssk_views_lost(). */
void ssk_views_keep_lost(ssk_views *views);
/** After a snapshot: was this packet lost on its way to another capture that it should have passed?
 * Frames of one capture must be asked in their order.
 * @return the letter of that capture; 0: it was not, or nobody can tell */
char ssk_views_lost(ssk_views *views, unsigned view, uint32_t frame);
/** Packets beyond what is remembered. */
uint64_t ssk_views_lost_dropped(ssk_views *views);
/** The letter of a capture in the report. */
char ssk_views_letter_of(const ssk_views *views, unsigned view);

/** The capture that the result is of. */
unsigned ssk_views_base(const ssk_views *views);

/** After a snapshot: does another capture show more of stalls than the base? Once, that one becomes the
 * base; then the second reading begins anew, with the lines of logs, and so does the result.
 * @return true: it must be done */
bool ssk_views_turn(ssk_views *views) SSK_WARN_UNUSED;

/** @return owned by the caller */
ssk_result *ssk_views_snapshot(ssk_views *views);

#endif
