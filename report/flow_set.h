/* flow_set.h - numbers of flows, each once, in the order in which they came.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FLOW_SET_H
#define SSK_FLOW_SET_H

#include <glib.h>
#include <stdint.h>

typedef struct ssk_flow_set ssk_flow_set;

ssk_flow_set *ssk_flow_set_new(void);
void ssk_flow_set_free(ssk_flow_set *set);
void ssk_flow_set_add(ssk_flow_set *set, uint32_t flow);
gboolean ssk_flow_set_has(const ssk_flow_set *set, uint32_t flow);
guint ssk_flow_set_size(const ssk_flow_set *set);
/** By number. */
void ssk_flow_set_sort(ssk_flow_set *set);
/** "flow 3", "flows 3, 4 and 7 more". */
void ssk_flow_set_put(const ssk_flow_set *set, GString *out);

#endif
