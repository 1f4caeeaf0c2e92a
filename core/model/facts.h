/* facts.h - measured things, append-only and capped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FACTS_H
#define SSK_FACTS_H

#include "core/base/types.h"

/** What was measured. The comment names the member that holds it. */
typedef enum ssk_fact_kind {
    SSK_FACT_SILENCE = 1, /**< no message of a direction: .silence, flags = SSK_SILENCE_* */
    SSK_FACT_BACKLOG, /**< what came within 150 ms of a silence's end: .backlog, flags = SSK_BACKLOG_* */
    SSK_FACT_CLOSE,   /**< first FIN or RST of dir: .close, flags = SSK_CLOSE_* */
    SSK_FACT_CONNECT, /**< a handshake that was not answered at once: .connect */
    SSK_FACT_NUMBERING, /**< the sender's numbers across a pause of dir: .numbering, flags = SSK_NUMBERING_* */
    SSK_FACT_RETRANSMISSIONS, /**< a run not acknowledged meanwhile: .retransmissions, flags = SSK_RETRANSMISSION_* */
    SSK_FACT_ANSWERS, /**< what a silent side's stack acknowledged: .answers, flags = SSK_ANSWER_* */
    SSK_FACT_ZERO_WINDOW, /**< a window announced as closed by dir: .window, flags = SSK_WINDOW_* */
    SSK_FACT_TS_LAG, /**< TCP timestamps of dir against the capture's clock: .lag, flags = SSK_LAG_* */
    SSK_FACT_TS_ECHO, /**< after a silence of dir: .echoes */
    SSK_FACT_HIDDEN,  /**< bytes that moved across a silence and never came: .hidden */
    SSK_FACT_UNSEEN, /**< bytes that dir sent into a silence by its own later numbers, and that never came: .unseen */
    SSK_FACT_DROPPED,    /**< bytes acknowledged but never seen, outside silences: .dropped */
    SSK_FACT_DROP_COUNT, /**< lost by the capture's own count: .drop_count */
    SSK_FACT_WAKE,       /**< a packet that woke the host which captured it */
    SSK_FACT_HOST,       /**< an address first seen, with its MAC: .sighting, flags = SSK_HOST_* */
    SSK_FACT_HOST_SILENCE,    /**< nothing at all from an address */
    SSK_FACT_CAPTURE_SILENCE, /**< nothing at all from anyone */
    SSK_FACT_ARP, /**< who-has or neighbor solicitation: .arp; host = the one sought, peer = who asked */
    SSK_FACT_ICMP, /**< an error: .icmp; host = sender of the quoted packet, peer = its destination */
    SSK_FACT_ASSOCIATION, /**< a station joins or roams: mac, flags = ssk_association bits */
    SSK_FACT_POWER_SAVE,  /**< a station (mac) dozes */
    SSK_FACT_DUPLICATES,  /**< the same packet again at once: .duplicates */
    SSK_FACT_LOCALITY,    /**< an address (host) in most unicast packets: .locality */
    SSK_FACT_HANDSHAKE,   /**< .handshake */
    SSK_FACT_DNS, /**< names that host asked of the resolver peer: .names, flags = SSK_DNS_* */
    SSK_FACT_DNS_SLOWEST, /**< of host from peer: .slowest */
    SSK_FACT_DNS_LATE,    /**< of host from peer: .late; start to end: the longest wait */
    SSK_FACT_DNS_OFFER,   /**< DHCP gave host (family 0: not said which) the resolver peer */
    SSK_FACT_GROUP, /**< a multicast group (host): .group; start to end: its data, or from its first report on */
    SSK_FACT_GROUP_QUERIES, /**< IGMP or MLD as a whole (host.family): .queries */
    SSK_FACT_MEMBERSHIP, /**< a group (host): start, frame_first = its last report; end, frame_last = its last leave since (SSK_TIME_NONE, 0: none); .membership */
    SSK_FACT_UDP_PORTS, /**< new UDP source ports of host: .udp_ports; start to end: the minute with most */
    SSK_FACT_CLAIM, /**< an address (host) claimed by turns: .claim; or probed for while mac answered: flags = SSK_CLAIM_PROBED */
    SSK_FACT_CLAIMS_TWO,   /**< a MAC answers for two addresses (host, peer) by turns: .claim */
    SSK_FACT_KEY_EXCHANGE, /**< EAPOL of a station (mac): .key_exchange */
    SSK_FACT_IDENTITY, /**< a word with which side A introduced itself: .identity; end: last progress of that side */
    SSK_FACT_DEBT, /**< what dir owed for longer than min_gap: .debt, flags = SSK_DEBT_*;
                      start, frame_first: what made it; end, frame_last: what paid it, or ended it (0: nothing) */
    SSK_FACT_FILE_GAP, /**< from the last packet of one file to the first of the next, none overlapping */
    SSK_FACT_REVERSE, /**< packets of dir retransmitted: .reverse; start to end: its first and last */
    SSK_FACT_ECHO,    /**< pings in a row from host to peer: .echo, flags = SSK_ECHO_* */
    SSK_FACT_FRAGMENTS, /**< datagrams of dir in fragments: .fragments */
    SSK_FACT_TS_RAN,    /**< the TCP clock of dir went on over a silence that is told: .ran */
    SSK_FACT_REJOINED,  /**< a host reported a group (host) though nobody had asked */
    SSK_N_FACT_KINDS
} ssk_fact_kind;

enum {
    SSK_BACKLOG_BY_LENGTH = 1 << 0, /**< some could not be read, and count by their usual length */
};

/** Flags of SSK_FACT_CLOSE. */
enum {
    SSK_CLOSE_IDLE =
        1 << 0, /**< the first of the connection, in sequence, with nothing unacknowledged */
    SSK_CLOSE_NEARER =
        1 << 1, /**< a RST that passed fewer routers than the first packet in this name */
    SSK_CLOSE_BEHIND = 1 << 2, /**< it acknowledges less than the other side had sent */
};

/** What one side owes the other: docs/causes.md. */
typedef enum ssk_debt_kind {
    SSK_DEBT_NONE = 0,
    SSK_DEBT_ACK,       /**< of the host: an acknowledgment for what was sent */
    SSK_DEBT_ANSWER,    /**< of the program: an answer to a request that its host acknowledged */
    SSK_DEBT_BEAT,      /**< of a program that keeps a timer: its next message */
    SSK_DEBT_HANDSHAKE, /**< of the listener or its host: an answer to a SYN */
    SSK_DEBT_WINDOW,    /**< of the program: to read, so that its window opens */
    SSK_DEBT_STREAM,    /**< of the sender of steady datagrams: the next one */
    SSK_N_DEBT_KINDS
} ssk_debt_kind;
/** "acknowledgment", "answer" ...; static. */
const char *ssk_debt_text(ssk_debt_kind kind);

enum {
    SSK_DEBT_PAID =
        1 << 0, /**< end is the payment; none of the first four: open to the end of the capture */
    SSK_DEBT_CLOSED = 1 << 1,   /**< a FIN or RST ended it */
    SSK_DEBT_GIVEN_UP = 1 << 2, /**< the creditor asked no more: end is its last request */
    SSK_DEBT_HEARD = 1 << 3, /**< not paid: end is the debtor's first packet after it was overdue */
    SSK_DEBT_READ = 1 << 4,  /**< ANSWER: the request itself says that it wants an answer */
    SSK_DEBT_PEER_SPOKE = 1 << 5, /**< the debtor sent other packets meanwhile */
    SSK_DEBT_PROBED = 1 << 6,     /**< ACK: asked by keep-alive probes alone */
    SSK_DEBT_DECODED =
        1 << 7, /**< BEAT, ANSWER: of messages that were read, or a period that was given */
    SSK_DEBT_RETRANSMITTED = 1 << 8, /**< the debtor sent retransmissions meanwhile */
    SSK_DEBT_BYTES = 1 << 10, /**< ACK: what is owed are bytes that the other side asks for again */
    SSK_DEBT_LONGEST = 1 << 13, /**< BYTES: more of them in a row than any segment brought since */
    SSK_DEBT_UNASKED =
        1
        << 14, /**< ACK: a probe was due and not sent: a debt if its host sought the address in vain;
                    ANSWER: it may be none, and shows how long those of its service take */
    SSK_DEBT_RECEIVED = 1 << 12, /**< ANSWER: the debtor's host acknowledged the request */
    SSK_DEBT_BEACON = 1 << 11, /**< ANSWER: the same datagram so often that it may want no answer */
    SSK_DEBT_SETTLED = 1 << 15, /**< ACK: the acknowledgment is in the capture; who waits for it
                                    may not have it */
    SSK_DEBT_TRACED =
        1 << 9, /**< BEAT: something was left unacknowledged, or a close came inside */
};

enum {
    SSK_WINDOW_OF_STREAMS = 1 << 0,   /**< ZERO_WINDOW: not TCP's, but one that HTTP/2 keeps */
    SSK_WINDOW_READER_SPOKE = 1 << 1, /**< ... and its reader's program sent frames meanwhile */
    SSK_WINDOW_FILLED =
        1
        << 3, /**< what came since it was closed before, or since the beginning, is little more than a window holds */
    SSK_WINDOW_SMALL =
        1 << 2, /**< not closed, but too small for a segment of the other side: .window.size */
};

/** What ended a silence. */
typedef enum ssk_silence_end {
    SSK_END_OPEN = 0, /**< nothing, to the end of the capture */
    SSK_END_MESSAGE,  /**< the next message of that direction */
    SSK_END_HEARD, /**< no message any more: the first packet of that side after it was overdue */
    SSK_END_CLOSE, /**< FIN or RST of either side */
} ssk_silence_end;

/** What else is known of a silence. */
enum {
    SSK_SILENCE_INHERITED = 1 << 0, /**< the period is another flow's */
    SSK_SILENCE_NEWS = 1 << 1,      /**< the side kept sending other new packets */
    SSK_SILENCE_OWED_ACK = 1 << 3,  /**< the other side retransmitted into it */
    SSK_SILENCE_CLOSED = 1 << 5,    /**< a FIN or RST came inside */
};

/** Whose numbers: best first. */
enum {
    SSK_NUMBERING_SEQUENCE = 1, /**< a sequence number in the payload */
    SSK_NUMBERING_CLOCK,        /**< a clock in the payload */
    SSK_NUMBERING_IP_ID,        /**< the IPv4 identification */
};

enum {
    SSK_RETRANSMISSION_ACKED = 1 << 0, /**< the run ended with an acknowledgment */
    SSK_RETRANSMISSION_FIN = 1 << 1,   /**< it holds a FIN */
    SSK_LAG_UNSETTLED =
        1 << 0, /**< it was all there to the last packet, too soon to say that it stays */
    SSK_ANSWER_PROMPT = 1 << 0, /**< at least one came before the other side had to send again */
    SSK_ANSWER_PROMPT_FIRST = 1 << 1, /**< ... that of frame_first */
    SSK_ANSWER_PROMPT_LAST = 1 << 2,  /**< ... that of frame_last */
    SSK_ANSWER_DATA_FIRST = 1 << 3,   /**< frame_first acknowledged data, and no keep-alive probe */
    SSK_ANSWER_DATA_LAST = 1 << 4,    /**< ... frame_last did */
};

/** What shows that a station joined; bits. */
typedef enum ssk_association {
    SSK_ASSOCIATION_NONE = 0,
    SSK_ASSOCIATION_FRAME = 1, /**< 802.11 (re)association request */
    SSK_ASSOCIATION_EAPOL = 2,
    SSK_ASSOCIATION_DHCP = 4,
    SSK_ASSOCIATION_LINK = 8, /**< it makes sure that its address is free: its interface came up */
} ssk_association;

enum {
    SSK_ECHO_REPLY = 1 << 0,    /**< answers, not questions */
    SSK_HOST_BY_IP = 1 << 0,    /**< seen as the sender of a packet, not in ARP alone */
    SSK_CLAIM_PROBED = 1 << 0,  /**< RFC 5227: a probe that was answered */
    SSK_DNS_NO_ANSWER = 1 << 0, /**< to no question, not even those that still waited */
    SSK_IDENTITY_UUID = 1 << 0, /**< the word is a UUID */
};

typedef enum ssk_connect_outcome {
    SSK_CONNECT_UNANSWERED = 0,
    SSK_CONNECT_REFUSED,  /**< RST */
    SSK_CONNECT_ANSWERED, /**< SYN-ACK */
} ssk_connect_outcome;

/* What a fact holds, by kind. SSK_AS_...() names the kind and its members together:
 *     ssk_fact fact = {SSK_AS_ICMP(.type = 3), .start = now};
 * What is counted up from nothing needs none. */

typedef struct ssk_fact_silence {
    ssk_span_ns period; /**< then; 0: none */
    int64_t ended_by;   /**< ssk_silence_end */
} ssk_fact_silence;
#define SSK_AS_SILENCE(...) .kind = SSK_FACT_SILENCE, .silence = {__VA_ARGS__}

typedef struct ssk_fact_backlog {
    int64_t messages;
    int64_t bytes;
} ssk_fact_backlog;

typedef struct ssk_fact_close {
    bool reset;       /**< RST, not FIN */
    ssk_span_ns idle; /**< since the last message of either side; 0: there was none */
} ssk_fact_close;
#define SSK_AS_CLOSE(...) .kind = SSK_FACT_CLOSE, .close = {__VA_ARGS__}

typedef struct ssk_fact_connect {
    int64_t syns; /**< sent */
    ssk_connect_outcome outcome;
} ssk_fact_connect;
#define SSK_AS_CONNECT(...) .kind = SSK_FACT_CONNECT, .connect = {__VA_ARGS__}

typedef struct ssk_fact_numbering {
    int64_t skipped; /**< numbers */
    int64_t due;     /**< at the mean rate */
} ssk_fact_numbering;
#define SSK_AS_NUMBERING(...) .kind = SSK_FACT_NUMBERING, .numbering = {__VA_ARGS__}

typedef struct ssk_fact_retransmissions {
    int64_t packets;
    ssk_span_ns interval; /**< before the last one */
} ssk_fact_retransmissions;

typedef struct ssk_fact_answers {
    int64_t bytes; /**< acknowledged */
    int64_t count; /**< acknowledgments */
} ssk_fact_answers;
#define SSK_AS_ANSWERS(...) .kind = SSK_FACT_ANSWERS, .answers = {__VA_ARGS__}

typedef struct ssk_fact_window {
    int64_t probes; /**< of the other side */
    int64_t size;   /**< largest, bytes, where it is not closed but too small */
} ssk_fact_window;
#define SSK_AS_ZERO_WINDOW(...) .kind = SSK_FACT_ZERO_WINDOW, .window = {__VA_ARGS__}

typedef struct ssk_fact_lag {
    ssk_span_ns first;  /**< of the first packet */
    ssk_span_ns stayed; /**< of those after it */
} ssk_fact_lag;
#define SSK_AS_TS_LAG(...) .kind = SSK_FACT_TS_LAG, .lag = {__VA_ARGS__}

typedef struct ssk_fact_echoes {
    int64_t timestamps; /**< different ones that it echoes and that were sent into the silence */
    ssk_span_ns oldest; /**< age */
} ssk_fact_echoes;
#define SSK_AS_TS_ECHO(...) .kind = SSK_FACT_TS_ECHO, .echoes = {__VA_ARGS__}

typedef struct ssk_fact_hidden {
    int64_t bytes[2]; /**< of each side */
} ssk_fact_hidden;
#define SSK_AS_HIDDEN(...) .kind = SSK_FACT_HIDDEN, .hidden = {__VA_ARGS__}

typedef struct ssk_fact_unseen {
    int64_t bytes;
} ssk_fact_unseen;

typedef struct ssk_fact_dropped {
    int64_t packets; /**< at least */
    int64_t bytes;
} ssk_fact_dropped;
#define SSK_AS_DROPPED(...) .kind = SSK_FACT_DROPPED, .dropped = {__VA_ARGS__}

typedef struct ssk_fact_drop_count {
    int64_t packets; /**< lost */
    int64_t counts;  /**< packets that carry a count */
} ssk_fact_drop_count;

typedef struct ssk_fact_sighting {
    bool has_mac;
} ssk_fact_sighting;
#define SSK_AS_HOST(...) .kind = SSK_FACT_HOST, .sighting = {__VA_ARGS__}

typedef struct ssk_fact_arp {
    int64_t questions;
    bool answered;
} ssk_fact_arp;

typedef struct ssk_fact_duplicates {
    int64_t copies;  /**< seen again */
    int64_t packets; /**< looked at */
} ssk_fact_duplicates;

typedef struct ssk_fact_locality {
    int64_t permille; /**< of the unicast packets */
    int64_t peers;    /**< other addresses that sent to it and were sent to */
} ssk_fact_locality;
#define SSK_AS_LOCALITY(...) .kind = SSK_FACT_LOCALITY, .locality = {__VA_ARGS__}

typedef struct ssk_fact_handshake {
    ssk_span_ns server_turn; /**< SYN to SYN-ACK */
    ssk_span_ns client_turn; /**< SYN-ACK to the next packet of the SYN's sender */
} ssk_fact_handshake;
#define SSK_AS_HANDSHAKE(...) .kind = SSK_FACT_HANDSHAKE, .handshake = {__VA_ARGS__}

typedef struct ssk_fact_names {
    uint32_t chosen;     /**< names asked there first */
    uint32_t also;       /**< ... and there too while another did not answer */
    uint32_t unanswered; /**< never answered */
} ssk_fact_names;

typedef struct ssk_fact_slowest {
    ssk_span_ns took; /**< query to answer */
} ssk_fact_slowest;

typedef struct ssk_fact_late {
    int64_t names;       /**< answered only after host had asked again a second or more later */
    ssk_span_ns longest; /**< wait */
} ssk_fact_late;

typedef struct ssk_fact_group {
    int64_t datagrams;
    int64_t reports; /**< of membership */
} ssk_fact_group;
#define SSK_AS_GROUP(...) .kind = SSK_FACT_GROUP, .group = {__VA_ARGS__}

typedef struct ssk_fact_queries {
    int64_t queries;
    int64_t reports; /**< of any group */
} ssk_fact_queries;
#define SSK_AS_GROUP_QUERIES(...) .kind = SSK_FACT_GROUP_QUERIES, .queries = {__VA_ARGS__}

typedef struct ssk_fact_membership {
    int64_t queries;     /**< since its last report */
    uint32_t last_query; /**< frame */
} ssk_fact_membership;
#define SSK_AS_MEMBERSHIP(...) .kind = SSK_FACT_MEMBERSHIP, .membership = {__VA_ARGS__}

/** Of both kinds of claims. */
typedef struct ssk_fact_claim {
    int64_t turns; /**< times it came back to an earlier one */
} ssk_fact_claim;

typedef struct ssk_fact_identity {
    int64_t hash; /**< of the word */
} ssk_fact_identity;
#define SSK_AS_IDENTITY(...) .kind = SSK_FACT_IDENTITY, .identity = {__VA_ARGS__}

typedef struct ssk_fact_debt {
    ssk_debt_kind kind;
    uint32_t asked;     /**< retransmissions, probes, requests */
    ssk_span_ns period; /**< of BEAT and STREAM; 0: none */
} ssk_fact_debt;
#define SSK_AS_DEBT(...) .kind = SSK_FACT_DEBT, .debt = {__VA_ARGS__}

typedef struct ssk_fact_echo {
    int64_t packets;
} ssk_fact_echo;

typedef struct ssk_fact_ran {
    ssk_span_ns span; /**< from its packet before to the one after */
} ssk_fact_ran;
#define SSK_AS_TS_RAN(...) .kind = SSK_FACT_TS_RAN, .ran = {__VA_ARGS__}

typedef struct ssk_fact_icmp {
    uint8_t version, type, code;            /**< version: 4 or 6 */
    bool by_destination;                    /**< sent by the one whom the quoted packet was for */
    uint16_t source_port, destination_port; /**< of the quoted packet */
    uint8_t reporter[4];                    /**< IPv4: who sent it */
} ssk_fact_icmp;
#define SSK_AS_ICMP(...) .kind = SSK_FACT_ICMP, .icmp = {__VA_ARGS__}

typedef struct ssk_fact_udp_ports {
    uint32_t in_minute, in_second; /**< most within one */
    uint32_t ports;                /**< in all */
} ssk_fact_udp_ports;
#define SSK_AS_UDP_PORTS(...) .kind = SSK_FACT_UDP_PORTS, .udp_ports = {__VA_ARGS__}

typedef struct ssk_fact_key_exchange {
    uint32_t sent_1, sent_3; /**< times that message 1, and 3, was sent */
    uint8_t furthest;        /**< message, 1..4 */
    bool refused;            /**< EAP failure */
} ssk_fact_key_exchange;
#define SSK_AS_KEY_EXCHANGE(...) .kind = SSK_FACT_KEY_EXCHANGE, .key_exchange = {__VA_ARGS__}

typedef struct ssk_fact_fragments {
    int64_t cut;   /**< datagrams of which some fragments did not come */
    int64_t whole; /**< ... and all of which did */
} ssk_fact_fragments;
#define SSK_AS_FRAGMENTS(...) .kind = SSK_FACT_FRAGMENTS, .fragments = {__VA_ARGS__}

/** SSK_FACT_REVERSE: what was retransmitted, by what the other side had acknowledged in this capture. */
typedef struct ssk_reverse {
    uint16_t unacked; /**< packets retransmitted that it had not acknowledged */
    uint16_t acked;  /**< ... that it had: its acknowledgment did not get through to their sender */
    uint16_t heard;  /**< packets of the other side meanwhile */
    uint16_t sacked; /**< of them, with selective acknowledgments */
    uint16_t stale;  /**< times that one of them, long after a transmission, acknowledged none */
    uint16_t length; /**< longest payload retransmitted without an acknowledgment */
    uint16_t passed; /**< longest payload of this side that was acknowledged meanwhile; 0: none */
} ssk_reverse;

/** One measured thing. Immutable once appended; referred to by index. */
typedef struct ssk_fact {
    uint8_t kind;                     /**< ssk_fact_kind */
    uint8_t dir;                      /**< ssk_dir */
    bool open;                        /**< still going on when the facts were frozen */
    bool passing;                     /**< known to one snapshot only: see ssk_facts_begin() */
    uint32_t flags;                   /**< by kind */
    uint32_t samples;                 /**< SILENCE: intervals its period rests on; DEBT of bytes:
                                           how many in a row, 0: not known */
    uint32_t flow_id;                 /**< 0: the whole capture */
    uint32_t frame_first, frame_last; /**< 1-based, 0 = none */
    ssk_time_ns start, end;
    union {
        ssk_fact_silence silence;
        ssk_fact_backlog backlog;
        ssk_fact_close close;
        ssk_fact_connect connect;
        ssk_fact_numbering numbering;
        ssk_fact_retransmissions retransmissions;
        ssk_fact_answers answers;
        ssk_fact_window window;
        ssk_fact_lag lag;
        ssk_fact_echoes echoes;
        ssk_fact_hidden hidden;
        ssk_fact_unseen unseen;
        ssk_fact_dropped dropped;
        ssk_fact_drop_count drop_count;
        ssk_fact_sighting sighting;
        ssk_fact_arp arp;
        ssk_fact_icmp icmp;
        ssk_fact_duplicates duplicates;
        ssk_fact_locality locality;
        ssk_fact_handshake handshake;
        ssk_fact_names names;
        ssk_fact_slowest slowest;
        ssk_fact_late late;
        ssk_fact_group group;
        ssk_fact_queries queries;
        ssk_fact_membership membership;
        ssk_fact_claim claim;
        ssk_fact_identity identity;
        ssk_fact_debt debt;
        ssk_fact_echo echo;
        ssk_fact_ran ran;
        ssk_fact_udp_ports udp_ports;
        ssk_fact_key_exchange key_exchange;
        ssk_fact_fragments fragments;
        ssk_reverse reverse;
    };
    ssk_addr host, peer; /**< by kind; family 0: none */
    ssk_mac mac;
} ssk_fact;

/** What a row of sorted facts holds, so that a walk can pass it by. */
typedef struct ssk_facts_block {
    ssk_time_ns from, to; /**< of all facts in it */
    uint64_t kinds;       /**< bits SSK_KIND() */
} ssk_facts_block;

#define SSK_KIND(kind) (UINT64_C(1) << (kind))
_Static_assert(SSK_N_FACT_KINDS <= 64, "a bit for each kind of fact");

typedef struct ssk_facts {
    ssk_fact *list;
    size_t count, room;
    ssk_facts_block *blocks;   /**< of sorted facts; NULL: not sorted */
    ssk_facts_block *upper[2]; /**< blocks of blocks, and of those; owned like blocks */
    size_t limit;              /**< config max_facts */
    uint64_t dropped;          /**< beyond the limit: counted and shown */
    bool passing;              /**< between ssk_facts_begin() and ssk_facts_end() */
    uint64_t dropped_before;   /**< ssk_facts_begin() */
} ssk_facts;

/** @param limit facts kept, config max_facts */
void ssk_facts_init(ssk_facts *facts, size_t limit);
void ssk_facts_clear(ssk_facts *facts);
/** Append a copy; beyond the limit it is counted and dropped. */
void ssk_facts_add(ssk_facts *facts, const ssk_fact *fact);
/** A copy, to be cleared like any other. */
ssk_facts ssk_facts_copy(const ssk_facts *facts);

/** What is added from here on is what is open now: ssk_facts_end() takes it back. There may be a
 * million facts, so a snapshot does not copy them. */
void ssk_facts_begin(ssk_facts *facts);
void ssk_facts_end(ssk_facts *facts);

/** Sort by flow, within a flow in the order of appending; afterwards only
 * reading. Rules see sorted facts. */
void ssk_facts_sort(ssk_facts *facts);

/** The facts of one flow; 0: of the whole capture. Sorted facts only. NULL if there are none. */
const ssk_fact *ssk_facts_of(const ssk_facts *facts, uint32_t flow_id, size_t *ret_count);

/** Some facts of a flow, in their order, without a look at all of them: a flow may hold a million, and
 * there may be a hundred thousand stalls to judge. */
typedef struct ssk_facts_walk {
    const ssk_facts *facts;
    size_t at, end;
    uint64_t kinds;
    ssk_time_ns from, to;
} ssk_facts_walk;

/** @param kinds bits SSK_KIND(); the facts of these kinds that touch [@p from, @p to] */
ssk_facts_walk ssk_facts_among(const ssk_facts *facts, uint32_t flow_id, uint64_t kinds,
                               ssk_time_ns from, ssk_time_ns to);
/** All times. */
ssk_facts_walk ssk_facts_of_kinds(const ssk_facts *facts, uint32_t flow_id, uint64_t kinds);
/** All flows, and the capture's own. */
ssk_facts_walk ssk_facts_everywhere(const ssk_facts *facts, uint64_t kinds);
/** Earlier or later by @p by; the first or last time there is, where that is farther. */
static inline ssk_time_ns ssk_time_shifted(ssk_time_ns time, ssk_span_ns by)
{
    ssk_time_ns shifted;
    if (__builtin_add_overflow(time, by, &shifted))
        return by < 0 ? INT64_MIN : INT64_MAX;
    return shifted;
}
/** @return NULL at the end */
const ssk_fact *ssk_facts_next(ssk_facts_walk *walk);

#endif
