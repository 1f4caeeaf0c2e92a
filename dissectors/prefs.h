/* prefs.h - core's options as Wireshark preferences, "stallshark.min_gap".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_DISSECTORS_PREFS_H
#define SSK_DISSECTORS_PREFS_H

#include "core/message/profile.h"
#include "core/model/config.h"

/** @param proto that the preferences belong to */
void ssk_prefs_register(int proto);

/** The options in force: defaults, changed by preferences. A preference that
 * makes no sense is reported and leaves its option at the default. */
const ssk_config *ssk_prefs_config(void);

/** The message profiles in force, for an engine: built-in ones, personal ones,
 * and what the table of profiles in use says of them. */
const ssk_profile_set *ssk_prefs_profiles(void);

/** Whether frames get fields of their own ("stallshark.fields"). */
bool ssk_prefs_fields(void);

#endif
