/* bridge.h - a frame as Wireshark holds it, to the event of the analysis.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_BRIDGE_H
#define SSK_DISSECTORS_BRIDGE_H

#include "core/model/event.h"
#include "dissectors/compat.h"

/** The tap that hears of every record, in every pass that taps: const ssk_event *. */
#define SSK_TAP_NAME "stallshark"

/** Call once, before the first frame. */
void ssk_bridge_init(void);
/** Forget what belongs to the file that is being closed. */
void ssk_bridge_reset(void);

/** Describe one record; call once per visit.
 *
 * @param tvb the whole frame, as a post-dissector gets it
 * @param[out] ret borrows from @p tvb, the record and the open file: valid
 *             until the frame has been dissected and tapped
 */
void ssk_bridge_event(tvbuff_t *tvb, packet_info *pinfo, ssk_event *ret);

/** @return SSK_TIME_NONE: no timestamp, or one beyond SSK_TIME_MAX */
ssk_time_ns ssk_bridge_time(const packet_info *pinfo);

/** A tap of tshark heard the event described last. If that was the frame's first visit, there is
 * only one pass, which nobody but taps can tell. */
void ssk_bridge_heard(void);
/** Forgotten when the file is closed. */
bool ssk_bridge_is_single_pass(void);

#endif
