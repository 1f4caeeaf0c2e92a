/* cause_words.h - what each id of a report means, in words.
 *
 * The one table from id to name and sentence; docs/causes.md is checked
 * against it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CAUSE_WORDS_H
#define SSK_CAUSE_WORDS_H

#include <stddef.h>

typedef enum ssk_cause_family {
    SSK_FAMILY_ENDPOINT = 0, /**< one of the two hosts */
    SSK_FAMILY_PATH,         /**< between them */
    SSK_FAMILY_CONNECT,
    SSK_FAMILY_CONSEQUENCE, /**< follows from a stall, is never its root */
    SSK_FAMILY_MEASUREMENT, /**< the capture itself */
    SSK_FAMILY_UDP,
    SSK_FAMILY_DISCOVERY, /**< in bonjour.findings */
    SSK_FAMILY_FINDING,   /**< in findings: beyond one flow */
    SSK_FAMILY_UNKNOWN,
} ssk_cause_family;

typedef struct ssk_cause_words {
    const char *id;
    ssk_cause_family family;
    const char *name;    /**< a few words, fit to follow "cause: " */
    const char *meaning; /**< one sentence */
} ssk_cause_words;

/** The table, by family. */
const ssk_cause_words *ssk_cause_words_table(size_t *ret_count);
/** @return NULL: no such id */
const ssk_cause_words *ssk_cause_words_find(const char *id);
/** Its name; the id itself where the table has none. */
const char *ssk_cause_name(const char *id);

#endif
