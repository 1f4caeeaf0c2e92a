/* strip.h - the packets around a stall as two lines of characters, and a line for each log.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_STRIP_H
#define SSK_STRIP_H

#include "report/story.h"

/** Columns of a strip, where the page is wide enough. */
#define SSK_STRIP_COLUMNS 72

/** Logs that are drawn. */
#define SSK_STRIP_LOGS 2

typedef struct ssk_strip {
    const ssk_addr *from[2];              /**< who sent each line; borrowed */
    char *line[2];                        /**< "||||....x..x...|||"; owned */
    const char *log_name[SSK_STRIP_LOGS]; /**< borrowed */
    char *log[SSK_STRIP_LOGS];            /**< ">.>.>.>...>"; owned */
    unsigned n_logs;
    char *scale; /**< seconds since the capture's start, and where the stall is; owned */
} ssk_strip;

/** How a line of a log is drawn. */
char ssk_strip_log_sign(ssk_log_tells tells);

/** @param columns of each line, 20 or more
 * @return false: the stall has no timeline, nothing is set */
bool ssk_strip_make(const ssk_story *story, const ssk_result_stall *stall, unsigned columns,
                    ssk_strip *ret);
void ssk_strip_clear(ssk_strip *strip);
/** "| data, x retransmission": the signs in the strip that were not explained before.
 * @param told what was explained, by static text: grows
 * @return false: all were, nothing appended */
bool ssk_strip_legend(const ssk_strip *strip, GHashTable *told, GString *out);

#endif
