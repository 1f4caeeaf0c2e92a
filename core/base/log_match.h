/* log_match.h - the messages that a log records, found on the wire.
 *
 * A log has its own clock, often no zone, and lines for messages that never
 * left. What was sent has its line all the same: the difference in time that
 * most messages have to some line, far more than chance would give, is the
 * offset of the log's clock. Clocks half a minute off are found, and by whole
 * quarters of an hour: a zone that was taken wrongly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LOG_MATCH_H
#define SSK_LOG_MATCH_H

#include "core/base/types.h"

/** Fewest messages that make a match. */
#define SSK_LOG_MATCH_LEAST 8
/** How far off a clock is looked for, but for its zone. */
#define SSK_LOG_MATCH_WITHIN (30 * SSK_S)

typedef struct ssk_log_match {
    ssk_span_ns offset; /**< the log's clock minus the capture's */
    ssk_span_ns
        error; /**< spread; where a steady rhythm fits several offsets, the step between them */
    unsigned matched, of; /**< messages with a line, and all while the log was written */
} ssk_log_match;

/** Where the offset may lie; what the connection's beginning tells, say. */
typedef struct ssk_log_range {
    ssk_span_ns low, high;
} ssk_log_range;

/** @param lines, wire by time; of messages that came at once only the first is used
 *  @param zone       how far to move the lines' times before looking
 *  @param within     NULL: anywhere
 *  @param budget     pairs to compare at most; what was spent is taken off
 *  @return false: they do not match */
bool ssk_log_match_find(const ssk_time_ns *lines, size_t n_lines, const ssk_time_ns *wire,
                        size_t n_wire, ssk_span_ns zone, const ssk_log_range *within,
                        int64_t *budget, ssk_log_match *ret) SSK_WARN_UNUSED;

#endif
