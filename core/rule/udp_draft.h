/* udp_draft.h - collects what speaks for and against each cause of a UDP row or
 * of a stream's silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_UDP_DRAFT_H
#define SSK_RULE_UDP_DRAFT_H

#include "core/model/result.h"

/** More than there are ids, and lines that a reader takes in. */
#define SSK_UDP_CAUSES 6
#define SSK_UDP_LINES  6

/* A log and a capture of one device count the same bytes: they differ at the edges of its lines alone. */
typedef struct ssk_udp_suspect {
    const char *id;
    ssk_side side;
    bool out; /**< ruled out */
    ssk_evidence evidence[SSK_UDP_LINES], against[SSK_UDP_LINES];
    size_t n_evidence, n_against;
} ssk_udp_suspect;

typedef struct ssk_udp_draft {
    ssk_result *result;
    ssk_udp_suspect list[SSK_UDP_CAUSES];
    size_t n;
} ssk_udp_draft;

/** The suspect of that id; a new one if there was none. */
ssk_udp_suspect *ssk_udp_suspect_of(ssk_udp_draft *d, const char *id, ssk_side side);

/** It was suspected, and not ruled out. */
bool ssk_udp_suspects(const ssk_udp_draft *d, const char *id);

/** @param frames up to two, 0 is none; NULL: none
 *  @param text   static, or the result's */
void ssk_udp_speak_for(ssk_udp_draft *d, ssk_udp_suspect *s, const uint32_t frames[2],
                       const char *text);
void ssk_udp_speak_against(ssk_udp_draft *d, ssk_udp_suspect *s, const uint32_t frames[2],
                           const char *text);

/** The frames of the line added last (against it, if ruled out) are another
 * capture's. @param view 'a': the wire's of two; 0: this capture's */
void ssk_udp_mark_view(ssk_udp_suspect *s, char view);

/** Freeze: what stands first, then what was ruled out. @param ret all zero */
void ssk_udp_finish(ssk_udp_draft *d, ssk_verdict *ret);

/** What the sender's numbers say of a pause. */
typedef enum ssk_udp_numbers {
    SSK_NUMBERS_NONE = 0,
    SSK_NUMBERS_WENT_ON, /**< the sender sent into the pauses */
    SSK_NUMBERS_PAUSED,
    SSK_NUMBERS_BETWEEN,
} ssk_udp_numbers;

/** @param exact the numbers are this stream's alone */
ssk_udp_numbers ssk_udp_judge_share(uint64_t skipped, uint64_t due, bool exact);

/** The side that sends in this direction. */
ssk_side ssk_udp_side_of(ssk_dir dir);

/** What to capture next; NULL: nothing would tell more.
 * @param udp NULL: the verdict is a stall's */
const char *ssk_udp_next_capture(const ssk_verdict *verdict, const ssk_result_udp *udp);

#endif
