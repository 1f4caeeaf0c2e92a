/* exchange.h - the seconds around a stall in lanes: what the log says, this capture, the other one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_EXCHANGE_H
#define SSK_EXCHANGE_H

#include "report/story.h"

/** Lines of a drawing in fixed width, each with its line break: this capture on the left, the other one on the
 * right, an arrow for what arrived, a cross for what was lost; a log on the side of the host that wrote it.
 * Nothing of one capture alone.
 * @param columns of the page */
void ssk_exchange_text(const ssk_story *story, const ssk_result_stall *stall, unsigned columns,
                       GString *out);
/** "client.log | capture b, nearer to 10.0.0.5 | capture a, nearer to 10.0.0.1": the lanes, and what is drawn between.
 * @return false: there is no drawing, nothing appended */
bool ssk_exchange_head(const ssk_story *story, const ssk_result_stall *stall, GString *out);
/** The same as an <svg> element. */
void ssk_exchange_svg(const ssk_story *story, const ssk_result_stall *stall, GString *out);

#endif
