/* measurement.h - silences of the capture, not of the network.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MEASUREMENT_H
#define SSK_MEASUREMENT_H

#include <glib.h>

#include "core/model/facts.h"
#include "core/model/result.h"

/** The faults of a result, by time: there may be thousands of them, and of debts. */
typedef struct ssk_measurement_index ssk_measurement_index;
ssk_measurement_index *ssk_measurement_index_new(const ssk_result *result);
void ssk_measurement_index_free(ssk_measurement_index *index);

/** Without the hole or the step, would the silence be an ordinary one?
 * @param limit longest ordinary silence of this direction */
bool ssk_measurement_explains(const ssk_measurement_index *index, const ssk_fact *debt,
                              ssk_span_ns limit);

#endif
