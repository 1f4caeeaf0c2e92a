/* log_feed.h - all logs of one run, into an analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_FEED_H
#define SSK_LOG_FEED_H

#include "cli/log.h"
#include "cli/options.h"
#include "core/model/event.h"

typedef struct ssk_log_feed {
    GArray *rows;      /**< of ssk_host_file, a row per log */
    GPtrArray *errors; /**< of GError; the rows point to them */
    bool told;         /**< read before: what is wrong is not told on standard error again */
} ssk_log_feed;

/** Reads the logs that @p options name and hands each line to @p take. What cannot be read is told on
 * standard error and in its row.
 * @param near time of the capture: its year is taken where lines have none */
void ssk_log_feed_read(ssk_log_feed *feed, const ssk_options *options, ssk_time_ns near,
                       ssk_log_taker take, void *user);
/** @return some log could not be read to its end */
bool ssk_log_feed_failed(const ssk_log_feed *feed);
void ssk_log_feed_clear(ssk_log_feed *feed);

#endif
