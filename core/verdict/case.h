/* case.h - one stall and everything the facts say about it.
 *
 * The capture stands on one side of the flow (near) and looks at the other
 * (far). What near sends proves only that its application runs; what far sends
 * proves far's host, its link and the path here. Where the capture stands is
 * not always known: then a case is built for each place it may have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VERDICT_CASE_H
#define SSK_VERDICT_CASE_H

#include "core/base/text.h"
#include "core/model/facts.h"
#include "core/model/result.h"
#include "core/verdict/host_index.h"

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

/** What the log of one side's program says about the judged interval. */
typedef struct ssk_log_account {
    const char *name;                 /**< of the log; NULL: there is none */
    ssk_tally lines;                  /**< of the program, about any connection */
    ssk_tally sent, received, missed; /**< keep-alives that it records, on this flow */
    bool spread; /**< the lines cover a good part of the interval: it ran all the while */
    bool paused; /**< not a line, though it wrote some in the same time before */
} ssk_log_account;

/** Of the packets of one kind that left one capture, those that are in the other. */
typedef struct ssk_share {
    int64_t sent, arrived, late; /**< late: of those that arrived, after half of the interval */
    int64_t flows_through,
        flows_gone;    /**< of other flows: those whose packets arrived, or did not */
    bool by_neighbors; /**< all that arrived are of others behind the same address (NAT) */
} ssk_share;

/** An ICMP or ICMPv6 error that quotes the flow. */
typedef struct ssk_case_icmp {
    ssk_tally at; /**< count 0: none */
    uint8_t version, type, code;
    ssk_dir unreached; /**< whom the latest quoted packet was for */
    ssk_addr reporter; /**< of the latest; family 0: not known */
} ssk_case_icmp;

/** What a second capture, taken at far's own host, shows of the judged interval. Filled
 * by who has one; all zero where there is none. */
typedef struct ssk_second_view {
    bool present;
    bool
        bounded; /**< far was away, by its own capture, and came back inside: up to then is judged */
    ssk_share in_flow, in_other;   /**< far to near: of this flow, of their other flows */
    ssk_share out_flow, out_other; /**< near to far */
    int64_t silent_data;           /**< packets with data of the silent side on this flow, there */
    int64_t far_sent;              /**< packets of far with near, there */
    ssk_tally forged_reset;        /**< RST in far's name here that far never sent */
    int64_t others_alive, others_dead; /**< hosts that far heard, or should have heard */
    /** What that capture shows by itself; .view 0: it does not have the flow. */
    struct {
        char view;
        bool deaf;  /**< what near retransmitted is in it, and far's kernel got nothing of it */
        bool spoke; /**< ... though far sent something on this flow meanwhile */
        ssk_tally resent; /**< what near retransmitted */
        ssk_tally sought; /**< far's questions for near's address, in vain */
        ssk_tally
            large; /**< far's segments that it repeated in vain, while smaller ones got through */
        ssk_case_icmp icmp; /**< ICMP to far about this flow */
    } there;
} ssk_second_view;

typedef enum ssk_ending { SSK_ENDING_NONE = 0, SSK_ENDING_FIN, SSK_ENDING_RST } ssk_ending;

/** A time span that frames show. */
typedef struct ssk_case_span {
    ssk_span_ns by; /**< 0: not seen */
    ssk_tally at;
} ssk_case_span;

/** Who owes what: core/debt/. */
typedef struct ssk_case_debt {
    ssk_debt_kind kind; /**< NONE: not known */
    ssk_dir debtor;
    bool received;  /**< ANSWER: the debtor's host acknowledged the request */
    uint32_t frame; /**< the packet that made it; 0: not known */
    bool bytes;     /**< ACK: not an acknowledgment, but bytes asked for again and again */
    bool not_asked; /**< ACK: a probe was due, and nothing was sent */
    bool settled;   /**< ACK: the acknowledgment is in the capture */
} ssk_case_debt;

typedef struct ssk_case {
    const ssk_facts *facts;
    const ssk_result *result;
    const ssk_host_index *index;
    const ssk_result_stall *stall;
    const ssk_result_flow *flow;
    bool connecting, tcp;
    ssk_case_debt debt;
    ssk_dir silent; /**< whose messages are missing */
    ssk_dir near, far;
    bool reading;       /**< a window is closed: the silent side is the one that does not read */
    bool placed;        /**< near is known, not one of two places that the capture may have */
    bool self_captured; /**< ... and near itself took it: told */
    ssk_dir
        client; /**< the side that plays the client: not A where a capture began in mid-stream */
    bool by_address;                /**< one of the two is a client here and a server there */
    char address[2][SSK_TEXT_ROOM]; /**< as it is printed */
    bool client_guessed; /**< by ports, by where the capture stands, or by who was heard first */
    ssk_time_ns from,
        to;          /**< judged interval: from 1.2 periods after the last message, until far is
                                   heard again on any flow or the stall ends */
    ssk_time_ns end; /**< of the stall, or of the capture for an open one */

    /* The reverse path, on this flow. */
    ssk_tally retransmitted[2];  /**< by this side, unacknowledged meanwhile */
    ssk_time_ns resent_since[2]; /**< first of the last row of two and more; SSK_TIME_NONE: none */
    ssk_tally answered[2];       /**< acknowledged by this side's stack, promptly */
    bool acked_data[2];          /**< ... or in the tail: data, not keep-alive probes alone */
    ssk_tally answered_late[2];  /**< only after the other side had retransmitted */
    ssk_tally
        answered_in_tail[2]; /**< promptly, after far was heard again and before the stall's end */
    bool near_answered;      /**< near's stack did so on any flow: it was awake */
    bool near_acked;         /**< ... data, not keep-alive probes alone */
    ssk_time_ns answered_first[2], answered_last[2]; /**< of the prompt ones; SSK_TIME_NONE: none */
    ssk_tally closed_window[2];                      /**< announced by this side */
    bool window_of_streams;                          /**< they are HTTP/2's */
    unsigned small_window; /**< they were not 0, but no more than so many bytes; 0: they were */
    bool reader_spoke;     /**< ... and the reader's program sent frames meanwhile */
    ssk_tally lacking;     /**< near asked for bytes of far over half of the interval, in vain;
                              count: how many in a row, 0: not told */
    bool lacks_longest;    /**< ... and only shorter segments came meanwhile */
    bool near_reached;     /**< near acknowledged something of far meanwhile, on any flow */
    ssk_tally lost_bytes
        [2]; /**< sent by this side into the silence and never here, by its numbers; count: bytes */
    ssk_tally
        unacked[2]; /**< retransmitted by this side, not acknowledged before in this capture */
    ssk_tally unheard_ack[2];     /**< ... although acknowledged before: it did not hear that */
    uint32_t repeated_length[2];  /**< longest payload of the unacknowledged ones */
    uint32_t passed_length[2];    /**< longest payload that was acknowledged meanwhile; 0: none */
    ssk_tally heard_meanwhile[2]; /**< packets of this side while the other retransmitted */
    ssk_tally stale_ack[2];   /**< ... long after, acknowledging none of it: it did not get that */
    ssk_time_ns in_vain_last; /**< the latest that near sent and waited for longer than a round trip
                                   could take; SSK_TIME_NONE: nothing */
    ssk_case_span had_heard;  /**< what far says first answers what near sent that long before */
    ssk_tally probed[2]; /**< keep-alive probes of this side, none answered: its own kernel asked */
    int64_t asked;       /**< UDP: times that near put the question that is owed */
    ssk_tally cut_datagrams[2];   /**< sent by this side in fragments, not all of which are here */
    ssk_tally whole_datagrams[2]; /**< ... all of which are */
    bool fragments_before;        /**< near's datagrams went in fragments before this began */
    ssk_tally not_joined[2]; /**< ICMP: fragments of that side never came together at the other */
    bool knows_us;           /**< after its silence far went on with a connection from before it */
    bool knows_us_here;      /**< ... with this one */
    bool kept_talking[2];    /**< this side's messages went on */
    ssk_tally far_close;     /**< far's close arrived while its other flows were still dead */
    ssk_ending own_close;    /**< the first to close was the silent side itself */
    ssk_tally own_close_at;
    bool closed_on_the_way;   /**< ... it was neither side, by how many routers the RST passed */
    ssk_span_ns idle_timeout; /**< its close came when a timer of so long would fire; 0: no such */
    ssk_tally reset;          /**< far answered by RST what near sent into the silence */
    ssk_tally nearer_reset;   /**< RST between the two hosts that passed fewer routers than others
                                   in its name: of something on the way */

    /* Witnesses. */
    ssk_tally pings[2];        /**< echo requests and answers of this side to the other */
    ssk_tally ping_answers[2]; /**< of them, answers */
    ssk_tally fresh;           /**< connections between the two that came about and worked
                                    meanwhile, while near still waited on this one; frames: ids */
    int64_t two_way; /**< other TCP flows between the two hosts on which both sides went on */
    ssk_witness same_hosts;     /**< other flows between the same two hosts: far's direction */
    ssk_witness near_out;       /**< ... near's direction: its process was alive */
    ssk_witness near_elsewhere; /**< flows of near with other hosts: near's direction */
    ssk_tally others_owe;       /**< ... of these, flows on which the other host's own timer was due
                                     in vain; frames: flow ids */
    ssk_witness other_hosts;    /**< flows of near with other hosts: their direction */
    ssk_witness far_others;     /**< flows of far with other hosts, seen from here */
    bool far_known;             /**< far's address was heard at all */
    bool far_never_heard;       /**< ... not by IP, in the whole capture */
    bool far_host_silent;       /**< not one packet of far's address over most of the interval */
    ssk_span_ns far_unheard;    /**< the longest time of the stall in which none came */
    ssk_tally far_meanwhile;    /**< far's address was heard between the stall's edges; what stands
                                     at them, like the packet that ends it, says nothing */
    ssk_time_ns far_heard;      /**< when far's address was heard again; SSK_TIME_NONE: never */
    bool link_alive;     /**< somebody answered on a flow that began inside: near's link worked */
    bool capture_silent; /**< nobody was heard over most of the interval */
    bool mostly_silent;  /**< ... and over most of the stall */
    bool far_opened_new; /**< far opened a connection after it was heard again */

    /* Neighbors, stations, errors. */
    ssk_tally arp_answered;     /**< far's address sought and answered inside */
    ssk_tally arp_unanswered;   /**< sought in vain */
    ssk_tally near_asked;       /**< ... by near itself: it had something to send */
    ssk_tally arp_spoken;       /**< far asked for somebody inside: it was on the link */
    ssk_tally far_asked;        /**< far sought near's address in vain */
    ssk_tally far_reasked;      /**< ... again at once, though it had just been answered */
    ssk_time_ns far_reasked_at; /**< the latest answered question of far */
    bool near_seeks;            /**< near asked for far's address, so it had a way to send */
    ssk_tally claimed;          /**< another MAC claimed the address of one side by turns */
    int64_t turns;              /**< that its address took in the whole capture */
    ssk_dir claimed_of;
    ssk_mac claimed_by;
    ssk_case_icmp icmp;
    ssk_tally joined; /**< far joined or roamed within 2 s of its resume */
    ssk_association joined_by;
    ssk_tally link_up[2]; /**< this side's interface came up within 2 s of the resume */
    ssk_tally dozed;      /**< far told its access point that it dozes, over half of the interval */
    ssk_tally woken;      /**< near was woken by a packet as the silence ended */
    ssk_tally moved;      /**< the MAC of one side with another address; frames: first seen */
    ssk_addr moved_to;
    ssk_dir mover;

    /* The resume. */
    ssk_case_span lag; /**< frames of far that left its stack that much earlier */
    ssk_tally
        echoes; /**< different timestamps of near, sent into the silence, echoed at once after it, on any flow of far */
    bool clock_behind[2]; /**< this side's TCP clock lost time for good over the silence */
    bool clock_ran[2];    /**< ... went on */
    bool stretched;       /**< one of several silences in a row with single messages between */
    bool hoarded[2]; /**< this side resumed with messages that it had produced during the silence */
    bool host_hoarded[2]; /**< ... on any of its flows */
    int64_t backlog[2];   /**< messages within SSK_LIMIT(RESUME) of its resume; -1: it did not */
    bool by_length[2];    /**< ... some of them counted by their usual length */
    int64_t host_backlog; /**< the largest of far on any of its flows */
    bool host_by_length;
    uint32_t host_backlog_frame;

    /* Connecting. */
    bool server_closed_before, server_reset_before; /**< its last connections of this service */

    ssk_log_account log[2]; /**< of this side's program */
    ssk_second_view second;
} ssk_case;

/** The places that the capture may have for this stall.
 * @param[out] ret_near the near side of each
 * @return 1: it is known; 2 */
unsigned ssk_case_places(const ssk_host_index *index, const ssk_result *result,
                         const ssk_result_stall *stall, ssk_dir ret_near[2]);

/** The side whose packets have passed no router, by their time to live, where the other's have.
 * @return false: neither, or both */
bool ssk_case_place_by_ttl(const ssk_result_flow *flow, ssk_dir *ret_near);

/** Remember which hosts are the client and the server of stalled flows; before the first case. */
void ssk_case_note_roles(ssk_host_index *index, const ssk_result *result);

/** Collect. @param ret borrowed pointers into the others */
void ssk_case_build(const ssk_facts *facts, const ssk_host_index *index, const ssk_result *result,
                    const ssk_result_stall *stall, ssk_dir near, bool placed, ssk_case *ret);

/** Were so many messages, right after a silence, produced during it? One is
 * what a stopped sender has (docs/causes.md, lesson 10), and a fast rhythm alone
 * brings more within SSK_LIMIT(RESUME). */
bool ssk_case_hoarded(int64_t messages, ssk_span_ns period);

static inline void ssk_tally_add(ssk_tally *into, int64_t count, uint32_t frame)
{
    into->count += count;
    bool again = into->n_frames && into->frames[into->n_frames - 1] == frame;
    if (frame && !again && into->n_frames < SSK_CASE_FRAMES)
        into->frames[into->n_frames++] = frame;
}

#endif
