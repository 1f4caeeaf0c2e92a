/* hindsight_part.h - what hindsight tells, part by part: each has its fields, its expert infos and
 * its tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_HINDSIGHT_PART_H
#define SSK_DISSECTORS_HINDSIGHT_PART_H

#include <epan/expert.h>

#include "core/model/part.h"
#include "dissectors/bursts.h"
#include "dissectors/hindsight_item.h"

/** Take the fields of a part: what one of them asks for is drawn.
 * @param fields must stay valid */
void ssk_hindsight_add_fields(int proto, hf_register_info *fields, size_t count);

/* ---- stalls: hindsight_stall.c ---- */

void ssk_stall_register(int proto, expert_module_t *expert);
/** A stall is shown open where it begins and ends. */
void ssk_stall_open_tree(void);
void ssk_stall_draw(const ssk_drawing *d, const ssk_result_stall *stall, ssk_part_kind kind);
void ssk_stall_draw_silence(proto_tree *tree, tvbuff_t *tvb, ssk_span_ns length, uint32_t from);
bool ssk_stall_wants_silences(proto_tree *tree);

/* ---- datagrams: hindsight_udp.c ---- */

void ssk_udp_register(int proto, expert_module_t *expert);
/** @param burst NULL: not of the pattern
 *  @param tells the verdict's expert info is due at this frame */
void ssk_udp_draw(const ssk_drawing *d, const ssk_result_udp *udp, const ssk_burst *burst,
                  bool tells);
void ssk_udp_draw_burst(proto_tree *tree, tvbuff_t *tvb, const ssk_burst *burst);

/* ---- faults of the capture, and findings: hindsight_finding.c ---- */

void ssk_finding_register(int proto, expert_module_t *expert);
void ssk_fault_draw(const ssk_drawing *d, const ssk_result_measurement *fault, ssk_part_kind kind);
void ssk_finding_draw(const ssk_drawing *d, const ssk_result_finding *finding, ssk_part_kind kind);

#endif
