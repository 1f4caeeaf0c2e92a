/* profile_key.h - one key of a profile's text: what sets it and what it may be.
 *
 * The two tables are all there is to say of the keys: they read a profile, name
 * what is allowed where one is wrong, and make the pages of docs/profiles.md.
 * For profile_text.c and its tables only.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PROFILE_KEY_H
#define SSK_PROFILE_KEY_H

#include "core/message/profile_model.h"

/** What a key's setter works on. */
typedef struct ssk_profile_setting {
    ssk_profile *profile;
    ssk_profile_group *group; /**< NULL in group [profile] */
    const char *value;        /**< borrowed, valid UTF-8 */
    /** Owned; set on failure: what is allowed, if the key does not say it. */
    char *why;
} ssk_profile_setting;

typedef struct ssk_profile_key {
    const char *name;
    /** Put the value into the profile. @return false: it is none that is allowed */
    bool (*set)(ssk_profile_setting *setting);
    const char *allowed; /**< for errors and the documentation */
    const char *help;
} ssk_profile_key;

/** In the order in which they are read; NULL-name-terminated. */
extern const ssk_profile_key ssk_profile_head_keys[], ssk_profile_role_keys[];

/* ---- values that many keys have in common; false: not one of these ---- */

bool ssk_profile_read_uint(const char *text, guint64 min, guint64 max, guint64 *ret);
/** "false" or "true". */
bool ssk_profile_read_bool(const char *value, bool *ret);
/** An even number of hexadecimal digits, at most @p room bytes of them. */
bool ssk_profile_read_hex(const char *text, size_t digits, uint8_t *bytes, unsigned room,
                          uint8_t *ret_len);
/** "5" or "+5", to 4000: from the message's first byte, or from the body's. */
bool ssk_profile_read_offset(const char *text, uint16_t *ret_offset, bool *ret_from_body);
/** @return index of @p value in @p names, of which some may be NULL; -1: none of them */
int ssk_profile_choose(const char *value, const char *const *names, int count);

#endif
