/* stretch.h - an empty stretch in the gaps between datagrams.
 *
 * Where the gaps inside bursts and the pauses between them are of two kinds,
 * the logarithmic histogram of all gaps has a stretch with nearly nothing in
 * it; its geometric middle tells them apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_STRETCH_H
#define SSK_STRETCH_H

#include "core/base/histogram.h"

typedef struct ssk_stretch {
    ssk_span_ns threshold;
    uint64_t pauses; /**< gaps above it */
    double width;    /**< in powers of two */
} ssk_stretch;

/** The widest nearly empty stretch above cell @p low of the histogram.
 * @param above  gaps above that cell
 * @param floor  least threshold
 * @param fewest pauses above it
 * @return false: none is wide enough */
bool ssk_stretch_above(const ssk_hist *gaps, size_t low, uint64_t above, ssk_span_ns floor,
                       unsigned fewest, ssk_stretch *ret);

/** Is @p s a better guess than @p than? A wider stretch with a fiftieth of the
 * pauses is a rare idle time, not the pattern. */
bool ssk_stretch_is_better(const ssk_stretch *s, const ssk_stretch *than);

#endif
