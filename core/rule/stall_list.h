/* stall_list.h - what the rules that find stalls share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_STALL_LIST_H
#define SSK_STALL_LIST_H

#include <glib.h>

#include "core/model/result.h"

/** Nothing known yet: the "not known" of every field. */
void ssk_stall_init(ssk_result_stall *stall);

/** Across a pause of the capture nobody owes: what was open before the first one ends there.
 * @return false: there was none */
bool ssk_stall_clip(const ssk_result *result, ssk_result_stall *stall);

/** Add stalls to the result's, sort all by start and flow, number them.
 * @param stalls of ssk_result_stall; freed */
void ssk_stalls_add(ssk_result *result, GArray *stalls);

#endif
