/* hindsight.h - fields that need the frames to come: stalls and their verdicts, patterns of
 * datagrams, faults of the capture and findings, at the frames that matter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_HINDSIGHT_H
#define SSK_DISSECTORS_HINDSIGHT_H

#include "core/model/part.h"
#include "dissectors/bursts.h"
#include "dissectors/compat.h"
#include "report/story.h"

/** A frame, as the analysis knows it. */
typedef struct ssk_frame {
    uint32_t order; /**< in reading order, 1-based */
    uint32_t flow;  /**< 0: none */
    bool retransmission;
} ssk_frame;

/** What a whole file told, frame by frame. */
typedef struct ssk_hindsight {
    ssk_result *result;
    ssk_parts *parts;
    ssk_bursts *bursts; /**< NULL: none; its frames are added by whoever knows them */
    GHashTable *udp;    /**< flow -> ssk_result_udp *, of those worth telling */
    ssk_story story;
} ssk_hindsight;

/** @param result owned from now on */
ssk_hindsight *ssk_hindsight_new(ssk_result *result);
void ssk_hindsight_free(ssk_hindsight *hindsight);

/** Register fields and expert infos; once. @return the tree of a protocol line about a
 * stall: open unless the user closes it */
int ssk_hindsight_register(int proto);
/** Whenever a file is opened. */
void ssk_hindsight_open(void);

/** Whether anyone asks for what hindsight tells. */
bool ssk_hindsight_wanted(proto_tree *tree);

/** Whether there is anything to draw. @param[out] ret_ends a stall begins or ends here */
bool ssk_hindsight_has(const ssk_hindsight *hindsight, const ssk_frame *frame, bool *ret_ends);

/** Draw what @p frame had to do with it.
 * @param item      line of the protocol; what matters most is added to its text
 * @param number_of from reading order to Wireshark's number; 0: no such frame */
void ssk_hindsight_draw(const ssk_hindsight *hindsight, proto_item *item, proto_tree *tree,
                        tvbuff_t *tvb, packet_info *pinfo, const ssk_frame *frame,
                        uint32_t (*number_of)(uint32_t order));

/** Fields that one pass knows too, by what it had seen by then. */
void ssk_hindsight_draw_silence(proto_tree *tree, tvbuff_t *tvb, ssk_span_ns length, uint32_t from);
/** @return whether @p tree asks for the former */
bool ssk_hindsight_wants_silences(proto_tree *tree);
void ssk_hindsight_draw_burst(proto_tree *tree, tvbuff_t *tvb, const ssk_burst *burst);

#endif
