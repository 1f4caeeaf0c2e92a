/* fell_silent.h - did talkers that have nothing to do with each other fall silent together?
 *
 * What stops all of them at once, and for long, is no host of theirs and no path between two of
 * them: it is the capture, which was paused, or what it listens to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_FELL_SILENT_H
#define SSK_RULE_FELL_SILENT_H

#include "core/model/facts.h"
#include "core/model/result.h"
#include "core/rule/silence_list.h"

/** @param all   without SSK_SILENCE_INHERITED
 * @param pause SSK_FACT_CAPTURE_SILENCE
 * @return at least three flows, of no host in common, were in their rhythm until then and not after,
 * and no connection went on behind it where it had stopped */
bool ssk_fell_silent_together(const ssk_silence_list *all, const ssk_result *result,
                              const ssk_fact *pause);

#endif
