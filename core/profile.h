/* profile.h - what an application's messages look like on the wire.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROFILE_H
#define SSK_PROFILE_H

#include <glib.h>

#include "core/message.h"

/** Built-in profiles, in the order in which detection tries them. */
ssk_profile_set *ssk_profile_set_new(void);
ssk_profile_set *ssk_profile_set_copy(const ssk_profile_set *set);
void             ssk_profile_set_free(ssk_profile_set *set);

const char *ssk_profile_name(const ssk_profile *profile);
/** Declared period and timeout; 0: none, learn it. */
ssk_span_ns ssk_profile_period(const ssk_profile *profile);
ssk_span_ns ssk_profile_timeout(const ssk_profile *profile);

/** Number of profiles, and one of them; borrowed. */
size_t             ssk_profile_set_size(const ssk_profile_set *set);
const ssk_profile *ssk_profile_set_get(const ssk_profile_set *set, size_t index);
/** @return NULL: no such profile */
const ssk_profile *ssk_profile_set_find(const ssk_profile_set *set, const char *name);

#endif
