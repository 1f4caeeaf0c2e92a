/* hindsight_item.h - the items that hindsight adds to a packet's tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_HINDSIGHT_ITEM_H
#define SSK_DISSECTORS_HINDSIGHT_ITEM_H

#include "dissectors/compat.h"
#include "report/story.h"

/** Where to draw, and of what. */
typedef struct ssk_drawing {
    proto_tree *tree; /**< NULL: only expert infos are wanted */
    proto_item *head; /**< the line of the protocol, which is seen without opening anything */
    tvbuff_t *tvb;
    packet_info *pinfo;
    const ssk_story *story;
    uint32_t (*number_of)(uint32_t order); /**< to Wireshark's number; 0: no such frame */
} ssk_drawing;

/** Words for as long as the packet lives. @param words freed */
const char *ssk_draw_keep(const ssk_drawing *d, GString *words);
const char *ssk_draw_span_words(const ssk_drawing *d, ssk_span_ns span);
/** "10.0.0.5", "both sides", "the path"; NULL: not known. */
const char *ssk_draw_host_words(const ssk_drawing *d, uint32_t flow, ssk_side side);

/** Frames as Wireshark numbers them, without those that it does not show.
 * @param[in,out] count of @p orders, then of what is returned. @return lives as long as the packet */
uint32_t *ssk_draw_numbers(const ssk_drawing *d, const uint32_t *orders, size_t *count);

/** Generated items. */
void ssk_draw_uint(const ssk_drawing *d, proto_tree *tree, int hf, uint32_t value);
void ssk_draw_uint64(const ssk_drawing *d, proto_tree *tree, int hf, uint64_t value);
/** @param order in reading order; nothing is drawn where Wireshark shows no such frame */
void ssk_draw_frame(const ssk_drawing *d, proto_tree *tree, int hf, uint32_t order);
void ssk_draw_span(const ssk_drawing *d, proto_tree *tree, int hf, ssk_span_ns span);
/** @param permille shown as percent */
void ssk_draw_percent(const ssk_drawing *d, proto_tree *tree, int hf, uint32_t permille);
/** @param text may hold what the capture held; NULL: nothing is drawn */
proto_item *ssk_draw_text(const ssk_drawing *d, proto_tree *tree, int hf, const char *text);
/** The same, shown without the field's name. */
proto_item *ssk_draw_sentence(const ssk_drawing *d, proto_tree *tree, int hf, const char *text);

/** Fields of a verdict; each protocol part has its own. */
typedef struct ssk_verdict_fields {
    int verdict, likely, cause, evidence, evidence_frame, against, ruled_out, next_capture;
    int ett_evidence;
} ssk_verdict_fields;

/** A verdict as the report has it: what is likely, what was seen, what speaks against it, what was
 * ruled out, which capture would tell more.
 * @return the line that says what is likely */
proto_item *ssk_draw_verdict(const ssk_drawing *d, proto_tree *tree,
                             const ssk_verdict_fields *fields, const ssk_verdict *verdict,
                             uint32_t flow);
/** "radio off (10.0.0.5)"; "unknown". */
const char *ssk_draw_likely_words(const ssk_drawing *d, const ssk_verdict *verdict, uint32_t flow);

#endif
