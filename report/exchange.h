/* exchange.h - the seconds around a stall, as two captures have them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_EXCHANGE_H
#define SSK_EXCHANGE_H

#include "report/story.h"

/** Lines of a drawing in fixed width, each with its line break: this capture on the left, the other one on the
 * right, an arrow for what arrived, a cross for what was lost. Nothing of one capture alone. */
void ssk_exchange_text(const ssk_story *story, const ssk_result_stall *stall, const char *indent,
                       GString *out);
/** The same as an <svg> element. */
void ssk_exchange_svg(const ssk_story *story, const ssk_result_stall *stall, GString *out);

#endif
