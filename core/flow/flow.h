/* flow.h - one conversation: counters and TCP state of both directions.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FLOW_H
#define SSK_FLOW_H

#include "core/base/activity.h"
#include "core/base/histogram.h"
#include "core/decode/packet.h"
#include "core/flow/period.h"
#include "core/flow/quiet.h"
#include "core/flow/stream.h"
#include "core/message/messages.h"
#include "core/model/config.h"

/** Gaps longer than these are counted; strictly longer. */
#define SSK_N_GAP_LIMITS 3
extern const ssk_span_ns ssk_gap_limits[SSK_N_GAP_LIMITS];

/** Gaps that wait for their histogram. It is in no cache when thousands of flows
 * take turns, so it is asked for once in eight gaps. */
#define SSK_GAP_QUEUE SSK_HIST_TOGETHER

/** A range of sequence numbers below the highest that was never seen; so many are remembered. */
typedef struct ssk_tcp_hole {
    uint32_t left, right;
} ssk_tcp_hole;
#define SSK_TCP_HOLES 8

/** TCP state of one direction, in that sender's sequence space. RFC 9293, section 3.3. */
typedef struct ssk_tcp_side {
    bool heard; /**< a segment of this side was seen: next is valid */
    bool syn_seen, fin_seen, fin_acked;
    bool acked_valid;
    bool scale_offered; /**< its SYN carried the option */
    bool window_known;
    bool probing; /**< its last packet was a keep-alive or window probe */
    bool unseen;  /**< never heard, though the other side acknowledged more and more of it */
    uint8_t n_holes;
    uint8_t window_scale; /**< 0..14, as offered */
    uint32_t isn;         /**< of the last SYN */
    uint32_t next;        /**< highest sequence number seen, plus one */
    uint32_t acked;       /**< highest acknowledgment heard from the other side */
    uint32_t fin_seq;
    uint32_t window; /**< last announced, scaled where the scale is known */
    /** What waits for an acknowledgment: when its oldest byte was first sent, or, if later, when
     * one was last acknowledged. */
    ssk_time_ns unacked_since;
    uint32_t unacked_frame; /**< the packet of that; 0: nothing waits */
    uint32_t far;           /**< last number too far away to be believed; 0: none */
    ssk_tcp_hole *holes;    /**< [SSK_TCP_HOLES]; NULL: there never was one. Owned by the flow */
} ssk_tcp_side;

/** A smaller window lets no segment through that every host accepts: RFC 9293, 3.7.1. */
#define SSK_WINDOW_USEFUL 536u

/** What one TCP packet did, by sequence numbers alone. */
typedef struct ssk_tcp_step {
    uint32_t new_bytes; /**< payload never seen before */
    uint32_t old_bytes; /**< payload seen before */
    uint32_t
        jumped_bytes; /**< bytes skipped ahead of the highest seen: lost or reordered before the capture */
    uint32_t ahead_bytes;  /**< the same of a segment without payload, which moves nothing */
    uint32_t newly_acked;  /**< bytes of the other side that this acknowledges first */
    uint32_t acked_unseen; /**< bytes acknowledged that the capture never saw of the other side */
    uint32_t window;       /**< as announced, scaled where known */
    bool fills_hole;       /**< new bytes below the highest seen */
    bool retransmission;   /**< only bytes (or a SYN, FIN) seen before */
    bool probe;            /**< 0 or 1 byte one below the next: one of the following two */
    bool keepalive_probe;  /**< RFC 1122, 4.2.3.6 */
    bool window_probe;     /**< RFC 9293, 3.8.6.1: the other side's window is closed */
    bool keepalive_answer;
    bool zero_window;
    bool new_syn, new_fin; /**< first of its kind */
} ssk_tcp_step;

/** One direction of a flow. In the order of use: what each packet touches first,
 * since thousands of flows that take turns are in no cache. */
typedef struct ssk_flow_side {
    uint64_t packets, bytes;
    uint64_t payload_packets, payload_bytes;
    ssk_time_ns last;    /**< SSK_TIME_NONE: no stamped packet yet */
    ssk_span_ns max_gap; /**< valid if max_gap_frames[0] != 0 */
    uint32_t common_len; /**< most frequent payload length, if one has the majority */
    uint32_t common_votes;
    uint32_t last_frame;
    uint32_t max_gap_frames[2];
    uint16_t queued[SSK_GAP_QUEUE]; /**< TCP: buckets of the latest gaps */
    uint8_t n_queued;
    uint8_t pings;       /**< undecoded: its latest bursts that were a keep-alive, in a row */
    uint8_t ttl;         /**< time to live, or hop limit, of its first packet; 0: none yet */
    bool inherits;       /**< what little rhythm it shows is its service's */
    bool agreeing;       /**< it said what it wants of the keep-alives that both agree on */
    bool stands_back;    /**< it said that it sends no more of its steady messages */
    bool spoke_unponged; /**< it went on well behind a ping that it had not answered */
    uint8_t kept;        /**< datagrams that came when they were due by what it declares */
    ssk_stream *stream;  /**< NULL: nothing to reassemble */
    ssk_period **
        role_period; /**< [SSK_N_ROLES], of decoded messages, NULL where none came; NULL: none at all */
    ssk_rhythm rhythm;    /**< of undecoded payload bursts */
    ssk_span_ns declared; /**< longest pause that its protocol promises; 0: none */
    ssk_span_ns learned;  /**< the shortest of them now; 0: none */
    ssk_span_ns ordinary; /**< nine in ten intervals of that rhythm are not longer; 0: none */
    ssk_quiet quiet;      /**< since this side's last message */
    ssk_tcp_side tcp;
    ssk_hist gaps;           /**< but for the queued ones */
    ssk_time_ns first;       /**< SSK_TIME_NONE: no stamped packet yet */
    ssk_activity activity;   /**< since then */
    uint64_t payload_copies; /**< of the payload packets, the same as one just before */
    uint32_t gaps_over[SSK_N_GAP_LIMITS];
    uint32_t backward; /**< steps back in time: no gap */
    uint32_t unstamped;
    uint32_t retransmitted_packets, zero_windows, tcp_keepalives;
} ssk_flow_side;

/** Flows to one transport, address and port share what they learn. */
typedef struct ssk_service {
    ssk_span_ns period[2];      /**< last known, per direction; 0: none */
    const ssk_profile *profile; /**< of the messages of its latest decoded flow; NULL: none yet */
    uint32_t answered;          /**< connections whose first request was answered */
} ssk_service;

/** One conversation. Read-only to meters. */
typedef struct ssk_flow {
    struct ssk_flow *next, *previous; /**< in the hash bucket */
    struct ssk_flow *older, *newer;   /**< by last use */
    uint64_t hash;
    ssk_transport transport;
    uint16_t port[2];
    ssk_addr addr[2]; /**< [SSK_A], [SSK_B] */
    uint32_t id;      /**< 1-based, in order of first frame over all flows */
    uint32_t stream;  /**< per transport, from 0, as Wireshark numbers them */
    uint32_t last_frame;
    ssk_time_ns first, last;    /**< of stamped packets; SSK_TIME_NONE: none yet */
    ssk_messages *messages;     /**< NULL: none yet, or given up */
    const ssk_profile *profile; /**< of its messages; NULL: not decoded */
    ssk_service *service;       /**< NULL: discovery traffic, which has no period */
    uint64_t awake;             /**< meters that have a state, by bit */
    uint64_t enough;            /**< meters that its packets do not concern, or no more */
    uint64_t resting;           /**< of those awake, the ones that hear only what would wake them */
    void **meter_state;         /**< by the meters' slots, allocated when first needed */
    ssk_time_ns syn_at;         /**< 0: none seen */
    ssk_span_ns rtt;            /**< of the handshake, a day at most; 0: not known */
    bool handshake;             /**< a SYN was seen */
    bool decoding_ended;        /**< given up: nothing here is known */
    bool decrypted;             /**< messages are read from what the host decrypted */
    bool websocket;             /**< an HTTP answer said so */
    bool shares_tuple;          /**< with an earlier or later connection */
    bool measured;              /**< it was silent or owed something: worth its row in the report */
    bool spared;                /**< dropped after all others: flow_table.c */
    char *process_name;         /**< owned; NULL */
    ssk_flow_side side[2];
    int32_t process_pid;
    uint32_t first_frame;
    ssk_close closed;
    ssk_dir closed_by;
    ssk_time_ns closed_at;
    uint32_t closed_frame;
} ssk_flow;

/** Is one of its ports this one? */
static inline bool ssk_flow_has_port(const ssk_flow *flow, uint16_t port)
{
    return flow->port[SSK_A] == port || flow->port[SSK_B] == port;
}

/** What the messages of one role taught. @return NULL: there were none */
static inline const ssk_period *ssk_flow_role_period(const ssk_flow_side *side, ssk_role role)
{
    return side->role_period ? side->role_period[role] : NULL;
}

/** Where a period comes from. */
typedef struct ssk_period_origin {
    bool inherited;   /**< another flow's of the same service */
    bool declared;    /**< by the user or the message profile */
    unsigned samples; /**< intervals it rests on; 0: declared or inherited */
} ssk_period_origin;

/** Period of one direction's messages, the best that is known now: declared,
 * of decoded messages, of payload bursts, or another flow's of the same
 * service. @param[out] ret_origin may be NULL
 * @return 0: none */
ssk_span_ns ssk_flow_period(const ssk_flow *flow, ssk_dir dir, const ssk_config *config,
                            ssk_period_origin *ret_origin);

/** Why this direction owes messages by the clock. */
typedef enum ssk_timer {
    SSK_TIMER_NONE = 0, /**< it does not, as far as is known */
    SSK_TIMER_BRIEF,    /**< its few beats were exact: what becomes of its silence must tell more */
    SSK_TIMER_LEARNED,  /**< its rhythm is a timer's */
    SSK_TIMER_ANSWERS,  /**< decoded: it answers the pings of the other side */
    SSK_TIMER_ORIGINATES /**< decoded: its pings come by a timer; or its period was declared */
} ssk_timer;
ssk_timer ssk_flow_timer(const ssk_flow *flow, ssk_dir dir, const ssk_config *config);

/** Longest silence of a direction that is still ordinary: max(3 p, min_gap), and
 * twice what one in ten of its intervals exceeds: a rhythm of two paces.
 * @param period as ssk_flow_period() says now */
ssk_span_ns ssk_flow_patience(const ssk_flow *flow, ssk_dir dir, ssk_span_ns period,
                              const ssk_config *config);

#endif
