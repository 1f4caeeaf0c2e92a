/* story.h - a result in sentences, for every format that a person reads.
 *
 * Each function appends one line of safe text (safe_text.h) without a line
 * break; what it is wrapped or escaped into is the format's business. The parts
 * stand in story_*.c, as the headings say.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_STORY_H
#define SSK_STORY_H

#include "report/writer.h"

/** A shorter recovery tail is the packets' own travel, not a wait for a retry: not told. */
#define SSK_STORY_TAIL (10 * SSK_MS)

typedef struct ssk_story {
    const ssk_result *result; /**< borrowed */
    const ssk_host *host;     /**< borrowed */
    GTimeZone *zone;          /**< owned */
    ssk_time_ns origin;       /**< of "seconds since the capture's start"; SSK_TIME_NONE as below */
    ssk_time_ns end;          /**< of the last packet; SSK_TIME_NONE: no packet has a time */
} ssk_story;

/** Both are borrowed until ssk_story_clear(). */
void ssk_story_init(ssk_story *story, const ssk_result *result, const ssk_host *host);
void ssk_story_clear(ssk_story *story);

/** Takes a labeled line: "missed", "29 messages, ...". Both texts are valid for the call. */
typedef void (*ssk_story_row)(void *user, const char *label, const char *text);

/* ---- the capture: story_capture.c ---- */

/** "stallshark 0.1.0 in tshark 4.0.17". */
void ssk_story_program(const ssk_story *story, GString *out);
/** Files, packets, time covered, vantage; broken input last. */
void ssk_story_input(const ssk_story *story, ssk_story_row row, void *user);
/** The answer, for one who reads nothing else: "One incident: 10.0.0.5 sent nothing ..." */
void ssk_story_answer(const ssk_story *story, GString *out);
/** Where no stall was found: what was looked at, what would not have been seen. */
void ssk_story_scope(const ssk_story *story, ssk_story_row row, void *user);
/** Whether a bound was reached. */
bool ssk_story_has_limits(const ssk_story *story);
/** Bounds that were reached, and what that may have cost. */
void ssk_story_limits(const ssk_story *story, ssk_story_row row, void *user);

/* ---- incidents: story_incident.c; stalls: story_stall.c ---- */

/** The host that the stall is about; NULL: not known. Borrowed from the result. */
const ssk_addr *ssk_story_subject(const ssk_story *story, const ssk_result_stall *stall);
/** "10.0.0.5 sent nothing to 10.0.0.1 for 30.04 s on 3 connections". */
void ssk_story_incident_title(const ssk_story *story, const ssk_result_incident *incident,
                              GString *out);
/** From when to when. */
void ssk_story_incident_when(const ssk_story *story, const ssk_result_incident *incident,
                             GString *out);
/** Who, when, how long, and the verdict, in one line. */
void ssk_story_incident(const ssk_story *story, const ssk_result_incident *incident, GString *out);
/** "10.0.0.5 sent nothing to 10.0.0.1". @param hosts above 1: "3 hosts sent nothing to 10.0.0.1"
 * @param nothing false: it may have sent acknowledgments, "sent no message to 10.0.0.1" */
void ssk_story_who(const ssk_story *story, const ssk_result_stall *stall, unsigned hosts,
                   bool nothing, GString *out);
/** Whether the silent side is known to have sent no packet at all during the stall. */
bool ssk_story_sent_nothing(const ssk_story *story, const ssk_result_stall *stall);
/** Whether both say the same of their silent hosts, whichever hosts these are. */
bool ssk_story_is_alike(const ssk_story *story, const ssk_result_stall *a,
                        const ssk_result_stall *b);
/** Whether a packet shows that it was over: else its length is counted to what ended the count, as
 * the debtor's close or the question put again. */
bool ssk_story_is_resumed(const ssk_result_stall *stall);
/** "10.0.0.5 sent nothing for 30.04 s". */
void ssk_story_stall_title(const ssk_story *story, const ssk_result_stall *stall, GString *out);
/** "10.0.0.5 sent nothing to 10.0.0.1 for 30.04 s", of any length. */
void ssk_story_silence(const ssk_story *story, const ssk_result_stall *stall, ssk_span_ns duration,
                       GString *out);
/** What was owed, how it ended and went on; who was silent, and what was owed, only where it was not
 * as in @p lead. @param lead may be @p stall itself; NULL: how it ended and went on, no more */
void ssk_story_stall_remark(const ssk_story *story, const ssk_result_stall *stall,
                            const ssk_result_stall *lead, GString *out);
/** Label of the row that tells what followed from it. */
#define SSK_STORY_CONSEQUENCE "then"
/** Everything measured about it, without verdict and filter. */
void ssk_story_stall(const ssk_story *story, const ssk_result_stall *stall, ssk_story_row row,
                     void *user);

/* ---- captures held against each other: story_view.c ---- */

/** " Between the captures 3 of 50 packets from 10.0.0.5 to 10.0.0.6 were lost.": added to the answer. */
void ssk_story_between(const ssk_story *story, GString *out);
/** Where each capture stands, and what was lost between them; nothing of one capture alone. */
void ssk_story_views(const ssk_story *story, ssk_story_row row, void *user);
/** What passed between the captures during a stall. */
void ssk_story_crossings(const ssk_story *story, const ssk_result_stall *stall, ssk_story_row row,
                         void *user);

/* ---- verdicts: story_verdict.c ---- */

/** "radio off (10.0.0.5)". */
void ssk_story_cause_title(const ssk_story *story, const ssk_cause *cause, uint32_t flow,
                           GString *out);
/** "radio off (10.0.0.5), host asleep (10.0.0.5) or loss towards the server". */
void ssk_story_causes(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                      GString *out);
/** "Radio off (10.0.0.5) or loss towards the server. This capture cannot tell these apart ..." */
void ssk_story_verdict(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                       GString *out);
/** "Most likely radio off (10.0.0.5); also possible: loss towards the server." */
void ssk_story_likely(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                      GString *out);
/** "Most likely radio off (10.0.0.5)", "Or path dead both ways", and of a single one "Radio off
 * (10.0.0.5)". @param number of the verdict's causes, from 0 */
void ssk_story_in_turn(const ssk_story *story, const ssk_verdict *verdict, size_t number,
                       uint32_t flow, GString *out);
/** "Most likely radio off (10.0.0.5). The device's radio was ...": the first cause, and what it
 * means. */
void ssk_story_first(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                     GString *out);
/** "loss towards the server and path dead both ways": the other causes that stand. */
void ssk_story_others(const ssk_story *story, const ssk_verdict *verdict, uint32_t flow,
                      GString *out);
/** Whether every cause of the verdict rests on it: then it decides nothing and
 * is told once. */
bool ssk_story_is_shared(const ssk_verdict *verdict, const ssk_evidence *evidence);
/** The evidence's text with its frames. */
void ssk_story_evidence(const ssk_evidence *evidence, GString *out);

/* ---- datagrams: story_udp.c ---- */

/** "flow 7: 10.0.0.5:4000 -> 239.1.1.1:4000, multicast, 4000 packets, ...". */
void ssk_story_udp_title(const ssk_story *story, const ssk_result_udp *udp, GString *out);
/** The on/off pattern and what was received, without verdict and strip. */
void ssk_story_udp(const ssk_story *story, const ssk_result_udp *udp, ssk_story_row row,
                   void *user);

/* ---- findings: story_finding.c ---- */

/** A kind of fault of the measurement. */
typedef struct ssk_story_kind {
    ssk_cause_id id;
    size_t first, count; /**< index of the first case; number of cases */
} ssk_story_kind;
/** @return of ssk_story_kind, in the order of their first cases; owned by the caller */
GArray *ssk_story_measurement_kinds(const ssk_result *result);

/** Takes a list, kind by kind: what a kind is, the lines of each of its cases, and how many cases
 * there are and were told. */
typedef struct ssk_story_list {
    void (*begin)(void *user, const char *text);
    void (*item)(void *user, const char *text);
    void (*end)(void *user, size_t count, size_t shown);
} ssk_story_list;

/** What disturbed the measurement itself, kind by kind.
 *
 * @param most cases of each kind
 * @param evidence false: only what the lines do not say already */
void ssk_story_measurements(const ssk_story *story, size_t most, bool evidence,
                            const ssk_story_list *list, void *user);
/** One of them in a sentence: what, when, and which flows. */
void ssk_story_measurement(const ssk_story *story, const ssk_result_measurement *fault,
                           GString *out);
/** How far a host's clock is off the capture's, with its drift and steps. */
void ssk_story_clock(const ssk_story *story, const ssk_result_clock *clock, GString *out);
/** Off by no more than the measurement's error, and steady: nothing to report. */
bool ssk_story_clock_agrees(const ssk_result_clock *clock);
/** "4 clocks agree with the capture's, to within 2.7 ms (flows 3, 4)."
 * @return their number; 0: nothing appended */
size_t ssk_story_agreeing_clocks(const ssk_story *story, GString *out);
void ssk_story_finding(const ssk_result_finding *finding, GString *out);
/** Whether it sums up the incidents, as that they recur: told above them. */
bool ssk_story_is_of_incidents(const ssk_result_finding *finding);
/** Whether the incidents, or what is above them, say it. */
bool ssk_story_is_told(const ssk_result *result, const ssk_result_finding *finding);
/** Findings of @p list that nothing else says. */
size_t ssk_story_untold(const ssk_result *result, const ssk_result_finding *list, size_t n);

/* ---- services: story_service.c ---- */

/** Name, host, port, addresses, state. */
void ssk_story_service(const ssk_story *story, const ssk_result_service *service, GString *out);
/** "peerID=...", "flag" or "key=(4 bytes: 00ff12ab)". */
void ssk_story_txt(const ssk_result_txt *txt, GString *out);

/* ---- names and times: story.c ---- */

/** "2025-03-24 18:34:16.298 +01:00 (123.456 s)"; "not known" for SSK_TIME_NONE. */
void ssk_story_time(const ssk_story *story, ssk_time_ns time, GString *out);
/** "2025-03-24 18:34:16.298 +01:00". */
void ssk_story_clock_time(const ssk_story *story, ssk_time_ns time, GString *out);
/** "123.456 s" since the capture's start. */
void ssk_story_offset(const ssk_story *story, ssk_time_ns time, GString *out);
/** "10.0.0.5:50123", "[fe80::1]:50123". */
void ssk_story_end_point(const ssk_result_flow *flow, ssk_dir side, GString *out);
/** "10.0.0.5:50123 -> 10.0.0.1:7000". */
void ssk_story_conversation(const ssk_result_flow *flow, GString *out);
/** "flow 1: 10.0.0.5:50123 -> 10.0.0.1:7000, TCP stream 3, HospitalExtension (pid 311)". */
void ssk_story_flow(const ssk_story *story, uint32_t id, GString *out);

/** Flows worth a reader's time first: those with stalls, then with keep-alives,
 * then by packets. @return result->n_flows pointers; owned by the caller */
const ssk_result_flow **ssk_story_flows_by_weight(const ssk_story *story);

#endif
