/* meter.h - turns events into facts.
 *
 * One file per meter, one row per meter in meter.c. A meter keeps state of its
 * own and reads no other meter's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_METER_H
#define SSK_METER_H

#include "core/flow/step.h"
#include "core/model/config.h"
#include "core/model/facts.h"
#include "core/model/result.h"

#define SSK_HEARS(kind) (1u << SSK_PACKET_##kind)

/** What a packet shows, by bit: most packets show little, and concern few meters. */
typedef enum ssk_sign {
    SSK_SIGN_SYN = 1 << 0,
    SSK_SIGN_END = 1 << 1,            /**< FIN or RST */
    SSK_SIGN_TIMESTAMPS = 1 << 2,     /**< TCP option, RFC 7323 */
    SSK_SIGN_SMALL_WINDOW = 1 << 3,   /**< announces less than SSK_WINDOW_USEFUL, or 0 */
    SSK_SIGN_SENT_AGAIN = 1 << 4,     /**< a retransmission, or bytes of one */
    SSK_SIGN_ACKED = 1 << 5,          /**< acknowledges what was not yet */
    SSK_SIGN_NEW_BYTES = 1 << 6,      /**< of TCP payload */
    SSK_SIGN_MESSAGES = 1 << 7,       /**< completes at least one */
    SSK_SIGN_DATAGRAM = 1 << 8,       /**< UDP */
    SSK_SIGN_SILENCE = 1 << 9,        /**< ends one of its flow */
    SSK_SIGN_WLAN = 1 << 10,          /**< has an 802.11 header */
    SSK_SIGN_LINE = 1 << 11,          /**< is a line of a log */
    SSK_SIGN_REMARK = 1 << 12,        /**< the capture says something of it: drops, a process */
    SSK_SIGN_PROBE = 1 << 13,         /**< asks an idle peer, or a closed window */
    SSK_SIGN_DUPLICATE_ACK = 1 << 14, /**< asks again for a byte of the other side */
    SSK_SIGN_FIRST = 1 << 15,         /**< is the first of its side of its flow */
    SSK_SIGN_FRAGMENT = 1 << 16,      /**< is a part of an IP packet */
    SSK_SIGN_FLAG_BYTE = 1 << 17,     /**< UDP that begins as a frame of HDLC does, and of GDL 90 */
} ssk_sign;
#define SSK_N_SIGNS 18

/** What a meter may keep of one open debt: there are as many as flows, and more. */
#define SSK_DEBT_BYTES_MOST 96

typedef struct ssk_meter {
    const char *name;
    unsigned
        hears; /**< kinds of packet, SSK_HEARS(); 0: all packets, or for a flow meter TCP and UDP */
    bool per_flow; /**< state per flow; else one state for the capture, which hears every packet */
    bool hears_copies; /**< of packets just seen */
    unsigned heeds;    /**< of these packets, those with one of these ssk_signs; 0: all */
    size_t state_size; /**< zero-filled when first wanted; 0: no state */
    /** May a packet of this flow ever concern the meter? Asked at the flow's first one, by what
     * stays: addresses, ports, kind. NULL: yes. Packets of no flow are not asked about. */
    bool (*concerns)(const ssk_flow *flow);
    /** The packet that makes a flow meter's state shows one of these signs (0: any), and wants()
     * agrees (NULL: always). Until then on_step() is not called. A meter of the capture too sleeps
     * until a packet shows one of them, if it names any. */
    unsigned wakes;
    bool (*wants)(const ssk_step *step);
    bool
        once; /**< the first packet with such a sign decides: what wants() refuses then it always would */
    void (*on_step)(void *state, const ssk_config *config, const ssk_step *step, ssk_facts *out);
    /** At the end of the flow, or of the capture: append what is still open.
     * Called on a live engine again and again, so the state is const. */
    void (*on_close)(const void *state, const ssk_config *config, const ssk_flow *flow,
                     ssk_time_ns end, ssk_facts *out);
    /** What is richer than facts goes straight into the result. Called like
     * on_close; per flow with its row of the result, else with NULLs; may be NULL. */
    void (*freeze)(const void *state, const ssk_config *config, const ssk_flow *flow,
                   ssk_result_flow *row, ssk_result *result);
    /** After the rules have judged: add to the result what only illustrates it.
     * Meters of the capture only; may be NULL. */
    void (*draw)(const void *state, ssk_result *result);
    void (*free_state)(void *state); /**< what the state owns; NULL: nothing */
} ssk_meter;

/** NULL-terminated; at most SSK_METERS of them. */
extern const ssk_meter *const ssk_meters[];
#define SSK_METERS 64

#endif
