/* profiles.h - message profiles from files, and `stallshark profiles`.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROFILES_H
#define SSK_PROFILES_H

#include "cli/options.h"
#include "core/message/profile.h"

/** The built-in profiles and those of the personal folder
 * (~/.config/stallshark/profiles: each file that ends in .profile). A bad file
 * there is told on standard error and left out. */
ssk_profile_set *ssk_profiles_load(void);

/** Make @p wanted the only profile: the name of one, or a file to read one from.
 * @param[out] config  its .profile is the name
 * @return FALSE with a one-line error */
gboolean ssk_profiles_choose(ssk_profile_set *profiles, const char *wanted, ssk_config *config,
                             GError **error);

extern const ssk_command ssk_command_profiles;

#endif
