/* endings.h - for who reads a capture once: the stalls that end with the frame at hand, by what is known then.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ENDINGS_H
#define SSK_ENDINGS_H

#include "core/engine.h"

typedef struct ssk_ending {
    ssk_span_ns length;
    uint32_t from; /**< order of the last frame before; 0: none */
} ssk_ending;

/** Of the frame that was just fed.
 * @param min_gap as the engine has it
 * @param[out] ret_count 0: none ends
 * @return borrowed until the next call */
const ssk_ending *ssk_endings_of(ssk_engine *engine, const ssk_feedback *said, uint32_t order,
                                 ssk_span_ns min_gap, size_t *ret_count);

/** The file is closed. */
void ssk_endings_forget(void);

#endif
