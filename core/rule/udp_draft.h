/* udp_draft.h - collects what speaks for and against each cause of a UDP row or
 * of a stream's silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RULE_UDP_DRAFT_H
#define SSK_RULE_UDP_DRAFT_H

#include "core/model/result.h"
#include "core/verdict/udp_table.h"

/** Lines of one observation, more than any has. */
#define SSK_UDP_LINES 4

/** What was seen: one answer, and the sentences that say so. */
typedef struct ssk_udp_seen {
    ssk_tri answer;
    ssk_evidence lines[SSK_UDP_LINES];
    size_t n_lines;
} ssk_udp_seen;

typedef struct ssk_udp_draft {
    ssk_result *result;
    ssk_udp_seen seen[SSK_N_UDP_OBSERVATIONS];
} ssk_udp_draft;

/** @param frames up to two, 0 is none; NULL: none
 *  @param text   static, or the result's; NULL: nothing is said */
void ssk_udp_saw(ssk_udp_draft *d, ssk_udp_observation observation, ssk_tri answer,
                 const uint32_t frames[2], const char *text);

/** Whether there is a way between the two at all. @param flow NULL: not known */
void ssk_udp_see_hosts(ssk_udp_draft *d, const ssk_result_flow *flow);

/** The frames of its lines are another capture's.
 * @param view 'a': the wire's of two; 0: this capture's */
void ssk_udp_mark_view(ssk_udp_draft *d, ssk_udp_observation observation, char view);

/** Does anything seen so far speak for that cause, and nothing rule it out? */
bool ssk_udp_suspects(const ssk_udp_draft *d, ssk_cause_id id);

/** Ask the table, and freeze: what stands first, then what was ruled out.
 * @param sender the direction of the stream
 * @param ret    all zero */
void ssk_udp_finish(ssk_udp_draft *d, ssk_dir sender, ssk_verdict *ret);

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
