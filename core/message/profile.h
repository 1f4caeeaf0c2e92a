/* profile.h - what an application's messages look like on the wire.
 *
 * A profile is a text (GLib key file) that docs/profiles.md describes; the
 * built-in ones are written in it too.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROFILE_H
#define SSK_PROFILE_H

#include <glib.h>

#include "core/message/message.h"

typedef struct ssk_profile_set ssk_profile_set;

/** Errors of this kind read "ORIGIN:LINE: what; what is allowed". */
#define SSK_PROFILE_ERROR ssk_profile_error_quark()
GQuark ssk_profile_error_quark(void);

/** Built-in profiles, in the order in which detection tries them. */
ssk_profile_set *ssk_profile_set_new(void);
ssk_profile_set *ssk_profile_set_new_empty(void);
ssk_profile_set *ssk_profile_set_copy(const ssk_profile_set *set);
void ssk_profile_set_free(ssk_profile_set *set);

/** Add the profile that @p text describes, to be tried before all others. One
 * of the same name is replaced.
 * @param origin where the text came from, for the error: a file's name */
gboolean ssk_profile_set_add(ssk_profile_set *set, const char *text, const char *origin,
                             GError **error);
/** Remove all but one.
 * @return FALSE: no such profile; nothing was removed */
gboolean ssk_profile_set_keep(ssk_profile_set *set, const char *name);

const char *ssk_profile_name(const ssk_profile *profile);
/** One line for people; "" if the profile has none. */
const char *ssk_profile_description(const ssk_profile *profile);
/** The text it was made of. */
const char *ssk_profile_text(const ssk_profile *profile);
/** Declared period and timeout; 0: none, learn it. */
ssk_span_ns ssk_profile_period(const ssk_profile *profile);
ssk_span_ns ssk_profile_timeout(const ssk_profile *profile);

/** Format of the sender's clock in its messages, of TIME before others: "unix-ms"; NULL: it has
 * none, or leaves the format open. */
const char *ssk_profile_time_format(const ssk_profile *profile);

/** Number of profiles, and one of them; borrowed. */
size_t ssk_profile_set_size(const ssk_profile_set *set);
const ssk_profile *ssk_profile_set_get(const ssk_profile_set *set, size_t index);
/** @return NULL: no such profile */
const ssk_profile *ssk_profile_set_find(const ssk_profile_set *set, const char *name);
/** For who asked in vain for @p name: "nearest: json-len32", or "there are: " and all names.
 * @return owned by the caller */
char *ssk_profile_set_hint(const ssk_profile_set *set, const char *name);

/** The table of keys as Markdown, for docs/profiles.md; owned by the caller. */
char *ssk_profile_keys_markdown(void);

#endif
