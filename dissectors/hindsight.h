/* hindsight.h - fields that need the frames to come: stalls, their verdicts and
 * faults of the capture, at the frames that matter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_HINDSIGHT_H
#define SSK_DISSECTORS_HINDSIGHT_H

#include "core/model/part.h"
#include "dissectors/compat.h"

/** A frame, as the analysis knows it. */
typedef struct ssk_frame {
    uint32_t order; /**< in reading order, 1-based */
    uint32_t flow;  /**< 0: none */
    bool retransmission;
} ssk_frame;

/** Register fields and expert infos; once. */
void ssk_hindsight_register(int proto);
/** Whenever a file is opened. */
void ssk_hindsight_open(void);

/** Whether anyone asks for what hindsight tells. */
bool ssk_hindsight_wanted(proto_tree *tree);

/** Whether there is anything to draw. */
bool ssk_hindsight_has(const ssk_parts *parts, const ssk_frame *frame);

/** Draw what @p frame had to do with the stalls and faults of @p result.
 * @param number_of from reading order to Wireshark's number; 0: no such frame */
void ssk_hindsight_draw(proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                        const ssk_result *result, const ssk_parts *parts, const ssk_frame *frame,
                        uint32_t (*number_of)(uint32_t order));

#endif
