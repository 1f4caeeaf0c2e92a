/* leak.h - does a bundle still hold what it should not?
 *
 * Two questions, asked without the code that scrubs: is a word of a payload, or
 * a host's address, still in a frame where it was; and does a name or an
 * address stand anywhere in the bundle's files, comments included.
 *
 * Names are those of DNS, mDNS, LLMNR, DHCP, of processes and interfaces, and the
 * texts of pcapng options and name resolution. Not looked for are names below 4
 * bytes, plain words below 9 (a host called "server" or "ipv6"), and addresses that
 * happen to be the pseudonym of another one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_LEAK_H
#define SSK_LEAK_H

#include <glib.h>

#include "bundle/pseudonym.h"
#include "core/message/profile.h"
#include "core/model/event.h"

typedef struct ssk_leak ssk_leak;

/** @param pseudonym tells which addresses stay; NULL: all do
 *  @param profiles  their words may stay in messages */
ssk_leak *ssk_leak_new(ssk_pseudonym *pseudonym, const ssk_profile_set *profiles);
void ssk_leak_free(ssk_leak *leak);

/** First: take the names and addresses of a frame. */
void ssk_leak_learn(ssk_leak *leak, const ssk_event *event);
/** Take the texts of a file's own blocks; no pcapng file: nothing. */
void ssk_leak_learn_file(ssk_leak *leak, const char *path);

/** Lines of the bundle's own making, of what was scrubbed: an input that an earlier run annotated
 * holds the same. */
void ssk_leak_allow(ssk_leak *leak, const char *text);
/** Words that every bundle has; before anything is learned. */
void ssk_leak_allow_words(ssk_leak *leak, const char *text);

/** Then: is @p scrubbed, made of @p original, free of it?
 * @param name of the bundle's file that it goes to */
void ssk_leak_compare(ssk_leak *leak, const char *name, const ssk_event *original,
                      const ssk_event *scrubbed);
/** Search a file of the bundle. @return FALSE with an error: it cannot be read */
gboolean ssk_leak_search(ssk_leak *leak, const char *path, const char *name, GError **error);

/** Places found. */
size_t ssk_leak_found(const ssk_leak *leak);
/** The first ones, a line each: "capture.pcapng: the name of ...". Does not print what it found. */
const char *ssk_leak_text(const ssk_leak *leak);

#endif
