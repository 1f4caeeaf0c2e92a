/* alike.h - how many of some lengths agree, and whether chance would have them agree.
 *
 * A pattern is what repeats. Of the cycles that a threshold cuts, those are
 * taken whose length (in bytes, or in time) lies within some percent of one
 * value, the one that covers the largest share of the time. Random cycles,
 * exponentially long, lie so near to one value with a known probability; what
 * that explains is no pattern.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ALIKE_H
#define SSK_ALIKE_H

#include "core/base/types.h"

typedef struct ssk_alike_item {
    double length;
    double weight; /**< what it counts for: its time */
} ssk_alike_item;

/** Lengths from..to agree; share 0..1 is their part of all weight. */
typedef struct ssk_alike {
    double from, to, share;
} ssk_alike;

/** The value with most weight within @p half_width of it.
 * @param items sorted in place
 * @param half_width 0.1 is 10 % on either side */
void ssk_alike_find(ssk_alike_item *items, size_t n, double half_width, ssk_alike *ret);

/** Expected number of values within @p half_width of which @p alike of @p n
 * random lengths, or more, would lie: n P(Bin(n, p) >= alike). */
double ssk_alike_chance(unsigned n, unsigned alike, double half_width);

#endif
