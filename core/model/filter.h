/* filter.h - Wireshark display filters that show the packets of a report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FILTER_H
#define SSK_FILTER_H

#include "core/model/result.h"

/** Both directions of a flow, in any Wireshark: by addresses and ports, not by
 * stream numbers, which depend on the preferences. Where another connection uses
 * the same 4-tuple, the frames are told too.
 * @return to be freed with g_free(): there may be a million flows, and few are asked for theirs */
char *ssk_filter_flow(const ssk_result_flow *flow);

/** The same, from one frame to another.
 * @param frame_last 0: to the end
 * @return lives as long as @p result */
const char *ssk_filter_frames(ssk_result *result, const ssk_result_flow *flow, uint32_t frame_first,
                              uint32_t frame_last);

#endif
