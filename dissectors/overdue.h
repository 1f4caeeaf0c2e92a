/* overdue.h - while a capture runs: who is silent right now.
 *
 * A silence has no packet to be told at until it ends. So it is told once, at the last packet that
 * had come, of whatever conversation, when it was first seen to be overdue.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_OVERDUE_H
#define SSK_DISSECTORS_OVERDUE_H

#include <epan/expert.h>

#include "dissectors/compat.h"
#include "report/story.h"

/** Fields and the expert info; once. */
void ssk_overdue_register(int proto, expert_module_t *expert);
/** Whenever a file is closed. */
void ssk_overdue_forget(void);

/** Note the stalls that are open now, if packets come in as they are captured.
 * @param story of the result that rests on all frames so far
 * @param order of the last of them, in reading order */
void ssk_overdue_take(const ssk_story *story, uint32_t order);

/** Whether something is told at this frame. */
bool ssk_overdue_has(uint32_t order);
void ssk_overdue_draw(proto_item *head, proto_tree *tree, tvbuff_t *tvb, packet_info *pinfo,
                      uint32_t order);

#endif
