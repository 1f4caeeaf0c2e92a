/* case.h - one stall and everything the facts say about it.
 *
 * The capture stands on one side of the flow (near) and looks at the other
 * (far). What near sends proves only that its application runs; what far sends
 * proves far's host, its link and the path here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_CASE_H
#define SSK_CASE_H

#include "core/model/facts.h"
#include "core/model/result.h"

/** Frames kept per observation: enough to look at, few enough to read. */
#define SSK_CASE_FRAMES 4

/** Something counted inside the judged interval. */
typedef struct ssk_tally {
    int64_t count;
    uint32_t frames[SSK_CASE_FRAMES];
    unsigned n_frames;
} ssk_tally;

/** Flows that were expected to say something: alive or silent over half of the interval. */
typedef struct ssk_witness {
    ssk_tally alive, dead; /**< frames: flow ids */
} ssk_witness;

/** What the log of one side's program tells of the judged interval. */
typedef struct ssk_log_account {
    const char *name;                 /**< of the log; NULL: there is none */
    ssk_tally lines;                  /**< of the program, about any connection */
    ssk_tally sent, received, missed; /**< keep-alives that it tells of, on this flow */
    bool spread; /**< the lines cover a good part of the interval: it ran all the while */
    bool paused; /**< not a line, though it wrote some in the same time before */
} ssk_log_account;

typedef struct ssk_case {
    const ssk_facts *facts;
    ssk_result *result;
    ssk_result_stall *stall;
    const ssk_result_flow *flow;
    ssk_dir silent; /**< whose messages are missing */
    ssk_dir near, far;
    ssk_dir
        client; /**< the side that plays the client: not A where a capture began in mid-stream */
    ssk_time_ns from,
        to; /**< judged interval: from 1.2 periods after the last message, until far is
                                   heard again on any flow or the stall ends */

    ssk_tally retransmitted[2]; /**< by this side, unacknowledged meanwhile */
    bool fin_retransmitted[2];
    ssk_time_ns resent_since[2]; /**< first of the last row of two and more; SSK_TIME_NONE: none */
    ssk_tally answered[2];       /**< acknowledged by this side's stack, promptly */
    ssk_tally answered_late[2];  /**< only after the other side had sent again */
    ssk_tally
        answered_in_tail[2]; /**< promptly, after far was heard again and before the stall's end */
    bool near_answered;      /**< near's stack did so on any flow: it was awake */
    ssk_time_ns answered_first[2], answered_last[2]; /**< of the prompt ones; SSK_TIME_NONE: none */
    ssk_tally closed_window[2];                      /**< announced by this side */
    ssk_tally lost
        [2]; /**< sent by this side into the silence and never here, by its numbers; count: bytes */
    bool knows_us;        /**< after its silence far went on with a connection from before it */
    bool kept_talking[2]; /**< this side's messages went on */
    ssk_tally far_close;  /**< far's close arrived while its other flows were still dead */
    ssk_tally own_close;  /**< the first to close, the silent side itself; count 2: by RST */
    ssk_tally reset;      /**< far answered by RST what near sent into the silence */

    int64_t two_way; /**< other TCP flows between the two hosts on which both sides went on */
    ssk_witness same_hosts;     /**< other flows between the same two hosts: far's direction */
    ssk_witness near_out;       /**< ... near's direction: its process was alive */
    ssk_witness near_elsewhere; /**< flows of near with other hosts: near's direction */
    ssk_witness other_hosts;    /**< flows of near with other hosts: their direction */
    ssk_witness far_others;     /**< flows of far with other hosts, seen from here */

    bool far_known;        /**< far's address was heard at all */
    bool far_host_silent;  /**< not one packet of far's address over most of the interval */
    ssk_time_ns far_heard; /**< when far's address was heard again; SSK_TIME_NONE: never */
    bool link_alive;       /**< somebody answered on a flow that began inside: near's link worked */
    bool capture_silent;   /**< nobody was heard over most of the interval */

    ssk_tally arp_answered;   /**< far's address sought and answered inside */
    ssk_tally arp_unanswered; /**< sought in vain */
    ssk_tally near_asked;     /**< ... by near itself: it had something to send */
    ssk_tally arp_spoken;     /**< far asked for somebody inside: it was on the link */
    ssk_tally lag; /**< frames of far that left its stack much earlier; count = lag in ns */
    ssk_tally
        echoes; /**< different stamps of near, sent into the silence, echoed at once after it, on any flow of far */
    ssk_tally icmp;   /**< errors that quote this flow; count = type << 8 | code */
    ssk_tally joined; /**< far joined or roamed within 2 s of its resume */
    ssk_association joined_by;
    ssk_tally dozed;      /**< far told its access point that it dozes, over half of the interval */
    ssk_tally woken;      /**< near was woken by a packet as the silence ended */
    bool server_reset;    /**< connect: the server's RST ended its last connection */
    bool clock_behind[2]; /**< this side's TCP clock lost time for good over the silence */
    bool stretched;       /**< one of several silences in a row with single messages between */
    ssk_tally moved;      /**< the MAC of one side with another address; frames: first seen */
    ssk_addr moved_to;
    ssk_dir mover;
    bool far_hoarded;       /**< far resumed with messages that it had made meanwhile */
    bool near_hoarded;      /**< ... near did */
    bool near_host_hoarded; /**< ... on any of its flows */
    bool host_hoarded;      /**< ... on any of its flows */
    int64_t far_backlog; /**< messages of far within 150 ms of its resume; -1: it did not resume */
    int64_t near_backlog;
    int64_t host_backlog; /**< the largest of far on any of its flows */
    uint32_t host_backlog_frame;
    ssk_log_account log[2]; /**< of this side's program */
} ssk_case;

/** Were so many messages, right after a silence, produced during it? One is
 * what a stopped sender has (docs/causes.md, lesson 10), and a fast rhythm alone
 * brings more within SSK_BACKLOG_WINDOW. */
bool ssk_case_hoarded(int64_t messages, ssk_span_ns period);

/** Collect. @param ret borrowed pointers into the others */
void ssk_case_build(const ssk_facts *facts, ssk_result *result, ssk_result_stall *stall,
                    ssk_case *ret);

#endif
