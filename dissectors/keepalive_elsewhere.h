/* keepalive_elsewhere.h - keep-alive fields on messages that another dissector
 * draws: MQTT, WebSocket, whatever claims the payload.
 *
 * The analysis has read them anyway; they are kept by the frame that they came
 * in and drawn by the post-dissector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_KEEPALIVE_ELSEWHERE_H
#define SSK_KEEPALIVE_ELSEWHERE_H

#include "core/engine.h"
#include "dissectors/compat.h"

/** A capture is opened, or closed: nothing is kept any more. */
void ssk_elsewhere_open(void);
void ssk_elsewhere_close(void);

/** First visit: keep the messages that this frame completed, unless the keep-alive dissector drew
 * it or is switched off.
 * @param said      what the engine said of the frame
 * @param number_of from reading order, in which the engine counts, to Wireshark's number */
void ssk_elsewhere_take(packet_info *pinfo, const ssk_feedback *said,
                        uint32_t (*number_of)(uint32_t order));

/** Are there any at all? */
bool ssk_elsewhere_any(void);

/** Draw those of a frame, unless the keep-alive dissector did. @param order in reading order */
void ssk_elsewhere_draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo, uint32_t order);

#endif
