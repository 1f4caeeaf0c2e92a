/* observation.h - what may be seen of a stall: the columns of the verdict.
 *
 * An observation is a pure predicate over the case: yes, no, or it cannot be
 * known from here. "Was not asked" is not "no".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_OBSERVATION_H
#define SSK_VERDICT_OBSERVATION_H

#include "core/verdict/case.h"
#include "core/verdict/judge.h"

typedef enum ssk_observation_id {
#define X(name, yes, no, usual, scope, source, words_yes, words_no) SSK_OBS_##name,
#include "core/verdict/observations.def"
#undef X
    SSK_N_OBSERVATIONS
} ssk_observation_id;

/** Where the answer comes from. */
typedef enum ssk_source {
    SSK_SOURCE_CAPTURE = 0,    /**< this capture */
    SSK_SOURCE_SECOND_CAPTURE, /**< one taken at the far host at the same time */
    SSK_SOURCE_LOG,            /**< of the silent side's program */
    SSK_SOURCE_HOST_COUNTERS,  /**< of the receiving host */
    SSK_SOURCE_STACK_SAMPLES,  /**< of the silent process, taken meanwhile */
    SSK_SOURCE_CRASH_REPORT,
    SSK_N_SOURCES
} ssk_source;

typedef enum ssk_scope { SSK_SCOPE_STALLS = 0, SSK_SCOPE_CONNECTS, SSK_SCOPE_BOTH } ssk_scope;

/** What a predicate saw. */
typedef struct ssk_seen {
    ssk_tri answer;
    ssk_tally tally;  /**< {n} and the frames of the line */
    ssk_tally flows;  /**< {flows}: their ids */
    ssk_span_ns span; /**< {span} */
    const char
        *words[3];  /**< by ssk_tri, instead of the column's; "": nothing; NULL: the column's */
    bool by_length; /**< {n messages}: counted by their usual length */
    char text[112]; /**< {text} */
} ssk_seen;

typedef struct ssk_observation {
    ssk_tri (*ask)(const ssk_case *c, ssk_seen *seen);
    ssk_scope scope;
    ssk_source source;
    const char *words[3]; /**< by ssk_tri; NULL: no line */
} ssk_observation;

extern const ssk_observation ssk_observations[SSK_N_OBSERVATIONS];
extern const ssk_column ssk_observation_columns[SSK_N_OBSERVATIONS];

/** Ask them all. @param[out] ret SSK_N_OBSERVATIONS */
void ssk_observe(const ssk_case *c, ssk_seen *ret);

/** Is there a line to say? */
bool ssk_observation_says(ssk_observation_id id, const ssk_seen *seen);

/** The line of what was seen, without a period at its end; NULL: there is none to say.
 * The caller frees it. */
char *ssk_observation_text(const ssk_case *c, ssk_observation_id id, const ssk_seen *seen);

/** An answer that another column's yes says already: take over its line, so that nothing is said
 * twice. Nothing is done where that one is not YES. @param answer of @p seen, that is worded so */
void ssk_observation_share(const ssk_case *c, ssk_observation_id other, ssk_tri answer,
                           ssk_seen *seen);

/** "the client" or "the server", or an address where that could be either: who that side of the case is. */
const char *ssk_case_role(const ssk_case *c, ssk_dir dir);

/** "this capture", "a second capture" ...: static. */
const char *ssk_source_text(ssk_source source);

#define X(name, yes, no, usual, scope, source, words_yes, words_no) \
    ssk_tri ssk_ask_##name(const ssk_case *c, ssk_seen *seen);
#include "core/verdict/observations.def"
#undef X

#endif
