/* cause.h - the ids of a report: what each is called, and what it means.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CAUSE_H
#define SSK_CAUSE_H

#include <stdbool.h>
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
    SSK_N_FAMILIES
} ssk_cause_family;

typedef enum ssk_cause_id {
#define X(name, id, family, called, meaning, clause) SSK_CAUSE_##name,
#include "core/model/causes.def"
#undef X
    SSK_N_CAUSES
} ssk_cause_id;

typedef struct ssk_cause_words {
    const char *id;
    ssk_cause_family family;
    const char *name;    /**< a few words, fit to follow "cause: " */
    const char *meaning; /**< one sentence */
    const char *clause;  /**< "{its} radio was off", of an answer; NULL: it answers nothing */
} ssk_cause_words;

/** The registry, by ssk_cause_id, families together. */
extern const ssk_cause_words ssk_cause_table[SSK_N_CAUSES];

/** "radio-off": static. */
const char *ssk_cause_text(ssk_cause_id id);
/** The table, by family. */
const ssk_cause_words *ssk_cause_words_table(size_t *ret_count);
/** "radio off": static. */
const char *ssk_cause_name(ssk_cause_id id);
/** The id that is written as @p text. @return false: no such id */
bool ssk_cause_find(const char *text, ssk_cause_id *ret);

#endif
