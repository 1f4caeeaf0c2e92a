/* facts.h - measured things, append-only and capped.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_FACTS_H
#define SSK_FACTS_H

#include "core/types.h"

/** What was measured. The comment names the unit of value and extra. */
typedef enum ssk_fact_kind {
    SSK_FACT_SILENCE = 1, /**< no message of a direction: value = period then (ns, 0: none), extra = ssk_silence_end, flags = SSK_SILENCE_* */
    SSK_FACT_BACKLOG,     /**< what came within 150 ms of a silence's end: value = messages (undecoded: segments), extra = bytes */
    SSK_FACT_CLOSE,       /**< FIN or RST: value = 0 FIN, 1 RST, extra = 1 if acknowledged */
    SSK_FACT_CONNECT,     /**< a handshake that was not answered at once: value = SYNs sent, extra = ssk_connect_outcome */
    SSK_FACT_NUMBERING,   /**< the sender's numbers across a pause of dir: value = numbers skipped, extra = numbers due at the mean rate, flags = SSK_NUMBERING_* */
    SSK_N_FACT_KINDS
} ssk_fact_kind;

/** What ended a silence. */
typedef enum ssk_silence_end {
    SSK_END_OPEN = 0, /**< nothing, to the end of the capture */
    SSK_END_MESSAGE,  /**< the next message of that direction */
    SSK_END_HEARD,    /**< no message any more: the first packet of that side after it was overdue */
    SSK_END_CLOSE,    /**< FIN or RST of either side */
} ssk_silence_end;

/** What else is known of a silence. */
enum {
    SSK_SILENCE_INHERITED = 1 << 0,     /**< the period is another flow's */
    SSK_SILENCE_NEWS = 1 << 1,          /**< the side kept sending other new packets */
    SSK_SILENCE_RETRANSMITTED = 1 << 2, /**< the side sent retransmissions */
    SSK_SILENCE_OWED_ACK = 1 << 3,      /**< the other side retransmitted into it */
    SSK_SILENCE_OWED_ANSWER = 1 << 4,   /**< a decoded ping was not answered */
    SSK_SILENCE_CLOSED = 1 << 5,        /**< a FIN or RST came inside */
};

/** Whose numbers: best first. */
enum {
    SSK_NUMBERING_SEQUENCE = 1, /**< a sequence number in the payload */
    SSK_NUMBERING_CLOCK,        /**< a clock in the payload */
    SSK_NUMBERING_IP_ID,        /**< the IPv4 identification */
};

typedef enum ssk_connect_outcome {
    SSK_CONNECT_UNANSWERED = 0,
    SSK_CONNECT_REFUSED,  /**< RST */
    SSK_CONNECT_ANSWERED, /**< SYN-ACK */
} ssk_connect_outcome;

/** One measured thing. Immutable once appended; referred to by index. */
typedef struct ssk_fact {
    uint16_t    kind; /**< ssk_fact_kind */
    uint8_t     dir;  /**< ssk_dir */
    uint8_t     open; /**< still going on when the facts were frozen */
    uint32_t    flags; /**< by kind */
    uint32_t    flow_id; /**< 0: the whole capture */
    uint32_t    frame_first, frame_last; /**< 1-based, 0 = none */
    ssk_time_ns start, end;
    int64_t     value, extra; /**< by kind */
} ssk_fact;

typedef struct ssk_facts {
    ssk_fact *list;
    size_t    count, room;
    size_t    limit;   /**< config max_facts */
    uint64_t  dropped; /**< beyond the limit: counted and shown */
} ssk_facts;

void ssk_facts_init(ssk_facts *facts, size_t limit);
void ssk_facts_clear(ssk_facts *facts);
void ssk_facts_add(ssk_facts *facts, const ssk_fact *fact);
/** A copy to append the open facts of a snapshot to. */
ssk_facts ssk_facts_copy(const ssk_facts *facts);

#endif
