/* case_part.h - the parts from which a case is collected, for case.c alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_CASE_PART_H
#define SSK_VERDICT_CASE_PART_H

#include "core/verdict/case.h"

/** How long [@p a, @p b] and [@p from, @p to] overlap. */
static inline ssk_span_ns ssk_case_overlap(ssk_time_ns a, ssk_time_ns b, ssk_time_ns from,
                                           ssk_time_ns to)
{
    ssk_time_ns left = a > from ? a : from, right = b < to ? b : to;
    return right > left ? right - left : 0;
}

/** At least half of it; twice a span of centuries is more than fits. */
static inline bool ssk_case_is_half(ssk_span_ns part, ssk_span_ns whole)
{
    return part >= whole - part;
}

/** How long this direction was silent between the two. */
ssk_span_ns ssk_case_silence(const ssk_case *c, const ssk_result_flow *flow, ssk_dir dir,
                             ssk_time_ns from, ssk_time_ns to);

/** Who is the client, where that is not side A.
 * @param[out] ret_guessed of a connection of which no handshake was seen, nor one of the same hosts */
ssk_dir ssk_case_client(const ssk_host_index *index, const ssk_result *result,
                        const ssk_result_flow *flow, bool *ret_guessed);

/** What near asked, and waited for in vain. */
void ssk_case_read_asked(ssk_case *c);
/** What the flow's own packets tell. */
void ssk_case_read_flow(ssk_case *c);
/** A close that was sent by something on the way. @param close SSK_FACT_CLOSE */
void ssk_case_read_nearer(ssk_case *c, const ssk_fact *close);
/** How it resumed, and what near's and far's other flows had waiting. */
void ssk_case_read_resume(ssk_case *c);
/** Far's own silence ends the cause; what is left of the stall is TCP's back-off. */
void ssk_case_bound_by_host(ssk_case *c);
/** Neighbors, stations, errors, moves. */
void ssk_case_read_hosts(ssk_case *c);
/** Other flows. */
void ssk_case_ask_witnesses(ssk_case *c);
/** Earlier connections of a service that cannot be reached now. */
void ssk_case_read_service(ssk_case *c);
/** What the log of one side's program tells. */
void ssk_case_read_log(const ssk_case *c, ssk_dir dir, ssk_log_account *ret);

/** Far sent nothing for long, by its own capture, nothing of near arrived there, and then it spoke
 * again: the cause ended there. */
void ssk_case_bound_by_second(ssk_case *c);
/** What a second capture shows of it. */
void ssk_case_read_second(ssk_case *c);
/** What that capture shows by itself, judged from far's place. */
void ssk_case_read_elsewhere(ssk_case *c);
/** Which end of the flow this capture is nearer to, by a second one.
 * @return false: there is none, or it does not tell */
bool ssk_case_place_by_second(const ssk_result *result, const ssk_result_flow *flow,
                              ssk_dir *ret_near);

/** How long after the stall a close, or what is retransmitted, still belongs to it. */
ssk_time_ns ssk_case_after(const ssk_case *c);

#endif
