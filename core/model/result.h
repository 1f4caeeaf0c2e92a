/* result.h - the outcome: frozen, self-contained, sorted.
 *
 * What report-json calls a key is a field of the same name here; docs/report.md
 * describes each. All pointers are owned by the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_RESULT_H
#define SSK_RESULT_H

#include "core/base/activity.h"
#include "core/base/histogram.h"
#include "core/base/types.h"
#include "core/model/cause.h"
#include "core/model/config.h"
#include "core/model/second.h"

/** Whose fault: a side of the flow, the path between, or not said. */
typedef enum ssk_side {
    SSK_SIDE_NONE = 0,
    SSK_SIDE_A,
    SSK_SIDE_B,
    SSK_SIDE_PATH,
    SSK_SIDE_BOTH
} ssk_side;

/** What the silent side was heard of meanwhile. */
typedef enum ssk_stall_kind {
    SSK_STALL_SILENCE = 0, /**< nothing new */
    SSK_STALL_APP_SILENCE, /**< its system alone */
    SSK_STALL_NO_PROGRESS, /**< what had been sent before, or no acknowledgment of anything new */
    SSK_STALL_CONNECT,     /**< no connection came about */
    SSK_STALL_ANSWER,      /**< no answer to a request */
    SSK_STALL_WINDOW,      /**< it accepted nothing */
    SSK_N_STALL_KINDS
} ssk_stall_kind;

/** How a stall ended. */
typedef enum ssk_recovery {
    SSK_RECOVERY_NEVER = 0, /**< not before the end of the capture */
    SSK_RECOVERY_BACKLOG,   /**< with several messages at once */
    SSK_RECOVERY_NO_BACKLOG,
    SSK_RECOVERY_RETRANSMIT,     /**< a retransmitted SYN was answered */
    SSK_RECOVERY_NEW_CONNECTION, /**< replaced */
    SSK_RECOVERY_FIN,
    SSK_RECOVERY_RST,
    SSK_N_RECOVERIES
} ssk_recovery;

typedef struct ssk_evidence {
    const char *text;
    uint32_t *frames;
    size_t n_frames;
    char view; /**< 'a', 'b' in a comparison; 0: only one capture */
} ssk_evidence;

typedef struct ssk_cause {
    ssk_cause_id id;
    ssk_side side;
    int score_permille;
    ssk_evidence *evidence, *against;
    size_t n_evidence, n_against;
} ssk_cause;

/** Causes that this capture cannot tell apart, best first; never empty once judged. */
typedef struct ssk_verdict {
    ssk_cause *causes; /**< the verdict, then the ones considered and ruled out */
    size_t n_causes;
    size_t n_verdict;        /**< the first of causes that stand; 0: "unknown" */
    ssk_evidence *looked_at; /**< unknown: what was seen, though it tells no cause; else none */
    size_t n_looked_at;
    const char *next_capture; /**< NULL: nothing would tell more */
} ssk_verdict;

typedef struct ssk_result_interface {
    uint32_t id;
    const char *name; /**< NULL */
    uint16_t linktype;
    ssk_time_ns first, last; /**< of its packets; SSK_TIME_NONE: none stamped */
} ssk_result_interface;

typedef struct ssk_result_input {
    ssk_result_interface *interfaces;
    size_t n_interfaces;
    uint64_t packets, bytes;
    ssk_time_ns first, last;
    uint64_t truncated_packets, undecoded_packets, fragments;
    uint64_t backward_timestamps, bad_timestamps;
    uint64_t records; /**< that are no packets */
    /** Why packets were not decoded: problem text and count. */
    struct {
        const char *what;
        uint64_t packets;
    } * undecoded;
    size_t n_undecoded;
} ssk_result_input;

typedef struct ssk_result_direction {
    uint64_t packets, bytes, payload_packets, payload_bytes;
    uint64_t
        payload_copies; /**< of payload_packets: the same as one just before; not in the report */
    bool has_max_gap;
    ssk_span_ns max_gap;
    uint32_t max_gap_frames[2];
    uint64_t gaps_over[3]; /**< 1 s, 5 s, 30 s */
    ssk_hist gaps;
    ssk_time_ns first;     /**< SSK_TIME_NONE: nothing stamped */
    ssk_activity activity; /**< since then; for drawing, not in the report */
    uint64_t backward;
    ssk_span_ns period; /**< 0: none */
    uint64_t retransmitted_packets, zero_windows, tcp_keepalives;
    uint32_t common_len; /**< payload of its typical packet in bytes; 0: none seen */
    uint8_t
        ttl; /**< time to live, or hop limit, of its first packet; 0: not known; not in the report */
} ssk_result_direction;

/** A measurement over time, for a chart; its meter thins it out evenly where there
 * is more of it than can be drawn. */

typedef struct ssk_point {
    ssk_time_ns at;
    int64_t value;
} ssk_point;

typedef struct ssk_series {
    ssk_point *points; /**< by time */
    size_t n_points;
} ssk_series;

typedef struct ssk_result_keepalive {
    const char *profile;
    ssk_side originator; /**< NONE: not known */
    uint64_t pings, pongs, unanswered, times;
    bool has_rtt;
    ssk_span_ns rtt_min, rtt_p50, rtt_p99, rtt_max;
    ssk_span_ns period;       /**< 0: none */
    ssk_span_ns timeout;      /**< 0: none declared or learned */
    ssk_series rtt_over_time; /**< ns, at the ping; may be empty */
} ssk_result_keepalive;

/** Packets of one side of a flow between this capture and another one. */
typedef struct ssk_result_crossing {
    ssk_side from;
    ssk_crossing_count count;
} ssk_result_crossing;

/** What one side sent within one step of time, and what became of it: for drawing. */
typedef struct ssk_result_exchange {
    ssk_time_ns at; /**< the step begins */
    ssk_side from;
    char view;       /**< the other capture */
    bool here_first; /**< this capture is nearer to the sender */
    uint64_t sent, arrived, late;
} ssk_result_exchange;

/** Most steps of one stall. */
#define SSK_EXCHANGE_STEPS 24

/** A stall that a capture shows and the base does not, between two hosts as the base names them. */
typedef struct ssk_result_view_stall {
    ssk_addr host[2];
    ssk_time_ns start; /**< by the base's clock */
    ssk_span_ns duration;
    uint32_t frame; /**< of that capture, with which it begins; 0: none */
} ssk_result_view_stall;

/** Most of them of one view. */
#define SSK_VIEW_ICMP 32

/** ICMP of one host to another, which is no flow's: between this capture and the base. */
typedef struct ssk_result_view_icmp {
    ssk_addr from, to; /**< as the base names them, unless it has none of it */
    ssk_crossing_count count;
} ssk_result_view_icmp;

/** One of several captures that were held against each other. */
typedef struct ssk_result_view {
    char letter;
    bool base;                           /**< the report is of this one */
    uint32_t input;                      /**< index of its row in inputs */
    uint32_t given;                      /**< which of the captures it was, as they were given */
    const char *stands;                  /**< in words */
    bool unrelated;                      /**< it shares no traffic with the base */
    bool identical;                      /**< it holds the very same packets */
    uint64_t both, only_base, only_here; /**< packets, on conversations that both should hold */
    uint64_t flows;                      /**< of its own that the base could not see */
    ssk_result_view_stall *stalls;       /**< that it alone shows */
    size_t n_stalls;
    uint64_t stalls_more;       /**< beyond those */
    ssk_result_view_icmp *icmp; /**< most lost first; at most SSK_VIEW_ICMP */
    size_t n_icmp;
} ssk_result_view;

typedef struct ssk_result_flow {
    uint32_t id;
    ssk_transport transport;
    ssk_addr addr[2];
    uint16_t port[2];
    uint32_t stream;
    bool shares_tuple;        /**< with an earlier or later connection */
    const char *process_name; /**< NULL */
    int32_t process_pid;
    uint32_t first_frame, last_frame;
    ssk_time_ns first, last;
    ssk_close closed;
    bool decrypted; /**< read by means that only the host had: for ssk_host.decrypted_flows */
    ssk_dir closed_by;
    ssk_time_ns closed_at;
    uint32_t closed_frame;
    bool handshake; /**< its SYN was seen */
    ssk_result_direction dir[2];
    ssk_result_keepalive *keepalive; /**< NULL */
    ssk_result_crossing *crossings;  /**< by other captures; of all of its time */
    size_t n_crossings;
} ssk_result_flow;

typedef struct ssk_result_incident {
    uint32_t id;
    ssk_addr host;
    ssk_time_ns start, end; /**< end SSK_TIME_NONE: open */
    uint32_t *stalls;
    size_t n_stalls;
} ssk_result_incident;

typedef struct ssk_consequence {
    bool any; /**< else the stall had none */
    ssk_cause_id id;
    ssk_side by;
    ssk_span_ns timeout;
    uint32_t frame;
} ssk_consequence;

/* ---- what happened around a stall, for drawing ---- */

/** Bounds of one timeline: the marks nearest to the two ends of the stall are
 * kept, the others counted. */
#define SSK_TIMELINE_LANES 12
#define SSK_TIMELINE_MARKS 400

typedef enum ssk_mark_kind {
    SSK_MARK_PACKET = 0, /**< no new payload: an acknowledgment */
    SSK_MARK_DATA,       /**< new payload */
    SSK_MARK_RETRANSMISSION,
    SSK_MARK_KEEPALIVE, /**< TCP keep-alive probe or answer */
    SSK_MARK_ZERO_WINDOW,
    SSK_MARK_SYN,
    SSK_MARK_FIN,
    SSK_MARK_RST,
    SSK_MARK_ARP, /**< ARP or neighbor discovery */
    SSK_MARK_MDNS,
    SSK_MARK_LOG, /**< a line of an application's log */
    SSK_N_MARK_KINDS
} ssk_mark_kind;

/** What a line of a log says about a keep-alive. */
typedef enum ssk_log_tells {
    SSK_LOG_OTHER = 0,
    SSK_LOG_SENT,
    SSK_LOG_RECEIVED,
    SSK_LOG_MISSED
} ssk_log_tells;

typedef struct ssk_mark {
    ssk_time_ns at;
    uint32_t frame;     /**< 0: none */
    uint8_t lane, kind; /**< index of lanes; ssk_mark_kind */
    uint8_t tells;      /**< of a log line: ssk_log_tells */
    const char *text;   /**< a log line; NULL */
} ssk_mark;

/** One row of the drawing: a direction of the stalled flow first, then other
 * flows of the host, its ARP, its mDNS, the log. */
typedef struct ssk_lane {
    const char *name; /**< "10.0.0.5 -> 10.0.0.1:7000", "ARP", "log" */
    uint32_t flow;    /**< 0: none */
    ssk_side from;    /**< direction of that flow; NONE: both, or no flow */
} ssk_lane;

typedef struct ssk_timeline {
    ssk_time_ns from, to; /**< what is drawn: the stall and some time around it */
    ssk_lane *lanes;
    size_t n_lanes;
    ssk_mark *marks; /**< by time */
    size_t n_marks;
    uint64_t marks_dropped;
} ssk_timeline;

typedef struct ssk_result_stall {
    uint32_t id, incident, flow;
    ssk_side direction;
    ssk_side client;     /**< who the words "the client" stand for; NONE: no verdict yet */
    bool client_guessed; /**< no handshake was seen */
    ssk_stall_kind kind;
    struct {
        int kind;         /**< ssk_debt_kind */
        const char *name; /**< of the kind; static; NULL: not known */
        ssk_side debtor;  /**< who owed: A, B or BOTH */
        uint32_t frame;   /**< the packet that made the debt; 0: not known */
        bool received;    /**< ANSWER: the debtor's host acknowledged the request */
    } debt;
    ssk_time_ns start, end; /**< end SSK_TIME_NONE: open */
    ssk_span_ns duration;
    bool open;
    ssk_time_ns cause_end;              /**< SSK_TIME_NONE: not known */
    uint32_t frame_before, frame_after; /**< 0: none */
    int64_t missed;                     /**< messages of the learned period; -1: not known */
    int64_t attempts;                   /**< connect; -1 */
    ssk_span_ns recovery_tail;          /**< -1: not known */
    ssk_time_ns next_retry;             /**< SSK_TIME_NONE */
    uint32_t new_flow;                  /**< 0: none */
    uint32_t waits_for; /**< the stall in which its debtor waited for another host; 0: none */
    ssk_consequence consequence;
    const char *filter;
    ssk_recovery recovery;
    ssk_verdict verdict;
    ssk_timeline *timeline;         /**< NULL: not recorded */
    ssk_result_crossing *crossings; /**< by other captures; during the silence */
    size_t n_crossings;
    ssk_result_exchange *exchange; /**< by time; steps in which nothing was sent are left out */
    size_t n_exchange;
    ssk_span_ns exchange_step;
    bool held; /**< it is the other side's data that was missed: .direction did not read */
    /* For the rules, not in the report: */
    ssk_span_ns period;  /**< in force when it began; 0: none */
    int end_kind;        /**< ssk_silence_end */
    int connect_outcome; /**< ssk_connect_outcome of the last failed attempt */
    int64_t backlog;     /**< messages within 150 ms of the resume; -1: not known */
} ssk_result_stall;

typedef struct ssk_result_measurement {
    ssk_cause_id id; /**< family MEASUREMENT */
    ssk_time_ns start, end;
    ssk_span_ns duration;
    bool has_by;
    ssk_span_ns by;
    uint32_t *flows; /**< n_flows 0: all */
    size_t n_flows;
    ssk_evidence *evidence;
    size_t n_evidence;
    int64_t hidden_bytes, hidden_messages; /**< -1: not known */
    uint32_t frame_first, frame_last;      /**< last before, first after */
} ssk_result_measurement;

/** Median and median absolute deviation of a handful of cycles. */
typedef struct ssk_spread {
    int64_t p50, mad, min, max;
} ssk_spread;

typedef struct ssk_udp_run {
    bool received;
    uint64_t packets, bytes;
    ssk_time_ns start, end;
} ssk_udp_run;

typedef struct ssk_result_udp {
    uint32_t flow;
    uint64_t bytes, packets;
    const char *cast;      /**< "unicast", "multicast", "broadcast" */
    ssk_dir direction;     /**< what follows is about the direction with more bytes */
    ssk_span_ns threshold; /**< a longer gap is a pause; 0: none found, or numbers tell */
    bool has_on_off;
    struct {
        uint32_t missing; /**< where more numbers are missing is a pause; 0: gaps tell */
        uint32_t cycles;  /**< complete ones, with enough packets */
        uint32_t alike;   /**< of these; what follows is theirs */
        uint32_t duty_permille;
        ssk_spread on_ns, off_ns, on_bytes, on_packets;
        uint32_t cv_bytes_permille, cv_seconds_permille;
        const char *periodic_in;      /**< "bytes", "time", "undecided" */
        uint64_t goodput_on, goodput; /**< bytes per second */
        int64_t power_of_two;         /**< nearest to the median burst */
        int32_t power_of_two_off_permille;
        char *strip;             /**< on and off over time, one character per slice: '#', '.' */
        ssk_time_ns strip_start; /**< of its first character */
        ssk_span_ns strip_slice; /**< one character */
        ssk_series bursts;       /**< bytes of each on-phase, at its start; may be empty */
    } on_off;
    bool has_reception;
    struct {
        const char *reference;
        bool rtp; /**< its numbers are RTP's */
        uint64_t received_bytes, reference_bytes, received_packets, reference_packets;
        uint32_t delivered_permille;
        ssk_udp_run *runs;
        size_t n_runs;
        uint64_t runs_dropped;
    } reception;
    bool has_application;
    struct {                /**< what the program received of what was captured, by its own log */
        const char *source; /**< which log, whose lines */
        uint64_t received_bytes, captured_bytes; /**< while it was written */
        uint32_t delivered_permille;
        ssk_span_ns offset;  /**< the log's clock minus the capture's */
        uint32_t bursts;     /**< alike; 0: none, and no value below holds */
        const char *by;      /**< "lumps", "runs", "rhythm": how they were found */
        ssk_spread on_bytes; /**< of a burst */
        ssk_span_ns off;     /**< between two */
        uint32_t duty_permille;
        bool waited; /**< bursts came faster than the stream: out of a buffer */
    } application;
    bool judged; /**< verdict means something */
    ssk_verdict verdict;
    /* For the rules, not in the report: */
    struct {
        uint64_t due_off; /**< datagrams due in the complete cycles' pauses */
        uint64_t pauses;  /**< between complete on-phases */
        uint64_t packets; /**< of the complete cycles */
        bool has_sequence, has_ip_id;
        uint64_t sequence_off;        /**< rise across pauses */
        uint64_t ip_id_on, ip_id_off; /**< rise inside on-phases and across pauses */
        uint32_t ip_id_cv_permille;   /**< how unevenly it rises per second of pause */
        uint32_t pause_frames[2];     /**< around the longest pause */
        uint32_t lost_frames[2];      /**< around the longest loss by the reference */
        unsigned dtim;                /**< beacons; 0: too few bunches to tell */
        uint32_t dtim_permille;       /**< phase coherence on that grid */
        uint64_t buffer_drops;        /**< the capture itself names a full socket buffer */
        uint32_t buffer_drop_frame;
        /** Against a second view of the same datagrams, where there is one. */
        struct {
            bool present;
            bool reference_on_off;      /**< the other view pauses too */
            uint64_t cycles;            /**< of that view's pauses */
            uint64_t missing;           /**< there, and not in this view */
            uint64_t broken;            /**< of these, in this view but for a fragment */
            uint32_t missing_frames[2]; /**< of the other view, around the longest run of them */
            char view;                  /**< of those frames; 0: both views are one file */
        } compared;
    } seen;
} ssk_result_udp;

typedef struct ssk_result_clock {
    uint32_t flow;
    const char *source; /**< "time-messages" ... */
    ssk_side side;      /**< whose clock */
    const char *format; /**< NULL */
    ssk_span_ns offset, error;
    int64_t skew_ppb; /**< parts per 10^9; the report says ppm */
    bool has_skew;
    struct {
        ssk_time_ns at;
        ssk_span_ns by;
    } * steps;
    size_t n_steps;
    uint64_t samples;
    ssk_series offset_over_time; /**< ns; may be empty */
    ssk_time_ns at;              /**< of another capture: when it was off by so much */
    char view;                   /**< the clock of another capture; 0: of a host */
    bool one_way; /**< all packets went one way: the shortest delay is in the offset */
} ssk_result_clock;

/** A line of a log, for the rules. */
typedef struct ssk_log_line {
    ssk_time_ns at; /**< by the capture's clock */
    uint32_t frame; /**< 0: none */
    uint8_t tells;  /**< ssk_log_tells */
} ssk_log_line;

/** The lines of one program about one connection, in the log of an application. */
typedef struct ssk_result_log {
    const char *name;               /**< of the log; NULL: not known */
    const char *source;             /**< the program, as written; NULL: the lines name none */
    const char *connection;         /**< its id, as written; NULL: the lines name none */
    uint32_t writer;                /**< the same for all rows of one program in one log */
    uint64_t lines, sent, received; /**< sent, received: keep-alives that it records */
    ssk_time_ns first, last;        /**< by the capture's clock where that is known */
    uint32_t flow;                  /**< whose messages its lines match; 0: none */
    ssk_side side;                  /**< who wrote it */
    bool has_offset;
    ssk_span_ns offset, error; /**< its clock minus the capture's */
    uint64_t matched;          /**< messages that have a line */
    ssk_log_line *list;        /**< by time; not in the report */
    size_t n_list;
} ssk_result_log;

/** What a counter rose by between two readings. */
typedef struct ssk_counter_change {
    ssk_time_ns since, at; /**< of the readings */
    uint64_t by;
} ssk_counter_change;

/** What the kernel of a host counted. */
typedef struct ssk_result_counter {
    const char *name;        /**< of the file; NULL: not known */
    const char *counter;     /**< "socket-drops", "buffer-full" ...; static */
    uint16_t port;           /**< of the socket; 0: of the host */
    uint16_t peer_port;      /**< of a connection's socket; 0: it is none */
    const char *host, *peer; /**< addresses of the connection, as the host names them; else NULL */
    uint64_t readings, increase;
    ssk_time_ns first, last;  /**< reading */
    ssk_counter_change *list; /**< by time; not in the report */
    size_t n_list;
} ssk_result_counter;

typedef struct ssk_result_txt {
    const char *key;   /**< UTF-8 made safe */
    const char *value; /**< NULL: boolean key */
    const uint8_t *value_bytes;
    size_t value_len;
} ssk_result_txt;

typedef struct ssk_result_service {
    const char *instance, *type, *domain, *host; /**< host NULL: not seen */
    uint16_t port;
    bool has_port;
    ssk_addr *addresses;
    size_t n_addresses;
    ssk_result_txt *txt;
    size_t n_txt;
    /** Distinct sets of TXT strings, raw. */
    struct {
        uint32_t frame;
        struct {
            const uint8_t *bytes;
            size_t len;
        } * strings;
        size_t n_strings;
    } * txt_seen;
    size_t n_txt_seen;
    uint64_t txt_seen_dropped;
    ssk_time_ns first, last;
    const char *state; /**< "alive", "goodbye", "expired" */
} ssk_result_service;

/** Something worth saying that is no stall. */
typedef struct ssk_result_finding {
    ssk_cause_id id;
    const char *severity; /**< "note", "warning", "error" */
    const char *text;
    uint32_t *flows;
    size_t n_flows;
    uint32_t *frames;
    size_t n_frames;
    bool of_incident; /**< an incident says it: reports in words need not say it again */
} ssk_result_finding;

typedef struct ssk_result_not_analysed {
    const char *what, *why;
} ssk_result_not_analysed;

typedef struct ssk_result {
    ssk_config config;
    ssk_result_input *inputs;
    size_t n_inputs;
    ssk_result_view *views; /**< of a comparison, the base last */
    size_t n_views;
    struct {
        ssk_vantage value;
        bool given;
        int margin_permille; /**< inferred: how far what tells it is ahead of what tells another; 0: nothing does */
        const char *why;
    } vantage;
    ssk_result_flow *flows;
    size_t n_flows;
    ssk_result_incident *incidents;
    size_t n_incidents;
    ssk_result_stall *stalls;
    size_t n_stalls;
    ssk_result_measurement *measurement;
    size_t n_measurement;
    ssk_result_udp *udp;
    size_t n_udp;
    ssk_result_clock *clocks;
    size_t n_clocks;
    ssk_result_log *logs;
    size_t n_logs;
    ssk_result_counter *counters;
    size_t n_counters;
    ssk_result_service *services;
    size_t n_services;
    uint64_t txt_records, services_dropped;
    ssk_result_finding *bonjour_findings;
    size_t n_bonjour_findings;
    ssk_result_finding *findings;
    size_t n_findings;
    ssk_result_not_analysed *not_analysed;
    size_t n_not_analysed;
    struct {
        uint64_t flows_evicted, facts_dropped, log_lines_dropped;
        uint64_t interfaces_dropped; /**< packets of interfaces that are not listed */
        uint64_t addresses_dropped;  /**< records of hosts that had enough of them */
        uint64_t clock_steps_dropped;
        uint64_t questions_dropped; /**< open ones of pairs of hosts that were dropped for others */
    } limits;
    const struct ssk_second *second; /**< for the rules: another capture; NULL: none */
    struct ssk_arena *arena;         /**< all of the above lives here */
} ssk_result;

/** An empty result. */
ssk_result *ssk_result_new(const ssk_config *config);
void ssk_result_free(ssk_result *result);

/** Zero-filled memory that lives as long as the result. */
void *ssk_result_alloc(ssk_result *result, size_t size);
/** A copy of @p text that lives as long as the result; NULL gives NULL. */
const char *ssk_result_text(ssk_result *result, const char *text);
const char *ssk_result_printf(ssk_result *result, const char *format, ...) SSK_PRINTF(2, 3);
/** A new last row of ssk_result.clocks. */
ssk_result_clock *ssk_result_add_clock(ssk_result *result);
/** A new last row of ssk_result.not_analysed. @param what, why live as long as the result */
void ssk_result_add_not_analysed(ssk_result *result, const char *what, const char *why);

/** "packet", "data", "retransmission" ...; static. */
const char *ssk_mark_text(ssk_mark_kind kind);
/** "a", "b", "path", "both"; NULL for NONE; static. */
const char *ssk_side_text(ssk_side side);
/** "app-silence": static. */
const char *ssk_stall_kind_text(ssk_stall_kind kind);
/** "resume-with-backlog": static. */
const char *ssk_recovery_text(ssk_recovery recovery);
/** "fin": static. @return NULL: not closed */
const char *ssk_close_text(ssk_close close);
/** The gap that @p permille of the gaps do not exceed: the bound of a bucket of dir->gaps, or the
 * longest gap where that is less; 0: no gap. */
ssk_span_ns ssk_result_gap_quantile(const ssk_result_direction *dir, unsigned permille);
/** @return NULL: no such flow */
const ssk_result_flow *ssk_result_find_flow(const ssk_result *result, uint32_t id);
/** Is this host one of the two? */
bool ssk_result_flow_has(const ssk_result_flow *flow, const ssk_addr *host);
/** End of a stall, or of the capture for an open one. */
ssk_time_ns ssk_result_stall_end(const ssk_result *result, const ssk_result_stall *stall);
/** Where the rows of a flow begin, or would: they are in the order of flows. */
size_t ssk_result_find_udp(const ssk_result *result, uint32_t flow);

#endif
