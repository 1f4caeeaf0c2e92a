/* align.h - the constant by which two captures' clocks differ.
 *
 * Both captures are sampled by the content of their datagrams, so the same
 * datagrams are picked on both sides; those that are unique on each side give
 * the difference of their stamps. Memory is bounded: when a sample is full,
 * half of the contents are not picked any more.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ALIGN_H
#define SSK_ALIGN_H

#include "core/model/event.h"

/** Datagrams kept of each capture. */
#define SSK_ALIGN_ROOM 32768
/** Fewest common datagrams that say anything. */
#define SSK_ALIGN_LEAST 5

typedef struct ssk_align ssk_align;

ssk_align *ssk_align_new(void);
void ssk_align_free(ssk_align *align);

/** @param view 0 or 1 */
void ssk_align_add(ssk_align *align, unsigned view, const ssk_event *event);

/** @param[out] ret_offset view 1's clock minus view 0's, median
 *  @return false: too little in common */
bool ssk_align_measure(const ssk_align *align, ssk_span_ns *ret_offset);

#endif
