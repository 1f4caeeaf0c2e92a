/* compare.h - two captures of the same traffic, one result.
 *
 * View A (0) is the wire: the sender's side, or nearer to it. View B (1) is
 * the device that should have received. The result is the device's report;
 * what the two together tell of UDP replaces what one alone could: exact
 * losses, the clocks' offset, and whether a pause was the sender's own.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_COMPARE_H
#define SSK_COMPARE_H

#include "core/engine.h"

/** One-way UDP flows matched; more are counted and named in not_analysed. */
#define SSK_COMPARE_FLOWS 4096

typedef enum ssk_view { SSK_VIEW_WIRE = 0, SSK_VIEW_DEVICE = 1 } ssk_view;

typedef struct ssk_compare ssk_compare;

/** As ssk_engine_new(). */
ssk_compare *ssk_compare_new(const ssk_config *config, const ssk_profile_set *profiles);
void ssk_compare_free(ssk_compare *compare);

/** Frame numbers rise within each view. The views should advance together: a
 * flow may wait for its other view for SSK_MATCH_ROOM datagrams. */
void ssk_compare_feed(ssk_compare *compare, ssk_view view, const ssk_event *event);

/** @return owned by the caller */
ssk_result *ssk_compare_snapshot(ssk_compare *compare);

#endif
