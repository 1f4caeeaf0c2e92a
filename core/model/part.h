/* part.h - what a frame has to do with the stalls, faults, verdicts and findings of a result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PART_H
#define SSK_PART_H

#include "core/model/result.h"

typedef enum ssk_part_kind {
    SSK_PART_FIRST = 0,       /**< of a finding's frames, or where a verdict on datagrams is told */
    SSK_PART_LAST_BEFORE = 1, /**< these four are values of stallshark.stall.role */
    SSK_PART_FIRST_AFTER,
    SSK_PART_RETRANSMISSION, /**< inside the stall, on its flow */
    SSK_PART_WITNESS,        /**< named in the evidence for its verdict */
} ssk_part_kind;

typedef struct ssk_part {
    uint32_t frame;
    ssk_part_kind kind;
    const ssk_result_stall *stall; /**< one of the four is set */
    const ssk_result_measurement *fault;
    const ssk_result_udp *udp;
    const ssk_result_finding *finding;
} ssk_part;

typedef struct ssk_parts ssk_parts;

/** @param result borrowed: must outlive what is returned */
ssk_parts *ssk_parts_new(const ssk_result *result);
void ssk_parts_free(ssk_parts *parts);

/** Roles of one frame, stalls first, in the order of the result. A frame has one
 * part in a stall. @return NULL: none; borrowed */
const ssk_part *ssk_parts_find(const ssk_parts *parts, uint32_t frame, size_t *ret_count);

/** The stall of @p flow that began last before @p frame and had not ended by
 * then. @return NULL: none */
const ssk_result_stall *ssk_parts_inside(const ssk_parts *parts, uint32_t flow, uint32_t frame);

#endif
