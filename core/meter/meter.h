/* meter.h - turns events into facts.
 *
 * One file per meter, one row per meter in meter.c. A meter keeps state of its
 * own and reads no other meter's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_METER_H
#define SSK_METER_H

#include "core/config.h"
#include "core/facts.h"
#include "core/flow/flow.h"
#include "core/result.h"

/** One packet of a flow, after decoding and tracking. */
typedef struct ssk_step {
    const ssk_packet  *packet;
    ssk_flow          *flow; /**< NULL: the packet belongs to no flow (ARP, ICMP, other) */
    ssk_dir            dir;
    ssk_time_ns        time; /**< SSK_TIME_NONE: no stamp */
    ssk_tcp_step       tcp;
    const ssk_message *messages; /**< that this packet completed */
    size_t             n_messages;
    unsigned           spoke[2]; /**< of them, per direction: an acknowledgement may end the wait of the other side's */
    const ssk_message *late;     /**< newest of the other direction; NULL: none */
    ssk_span_ns        age; /**< since the capture's first packet */
    bool               copy; /**< of a packet just seen: counted in the flow, tracked nowhere */
    bool               several_interfaces; /**< this capture has more than one */
    struct ssk_onoff_state *udp; /**< what a frame's fields say of UDP reception: for its meter to fill in */
    bool               progress; /**< a message; where nothing is decoded, new payload bytes or a datagram */
    ssk_quiet          ended[2]; /**< silence that this packet ended, per direction; .since SSK_TIME_NONE: none */
} ssk_step;

#define SSK_HEARS(kind) (1u << SSK_PACKET_##kind)

typedef struct ssk_meter {
    const char *name;
    unsigned    hears;      /**< kinds of packet, SSK_HEARS(); 0: all, or for a flow meter TCP and UDP */
    bool        per_flow;   /**< state per flow; else one state for the capture, which hears every packet */
    bool        hears_copies; /**< of packets just seen */
    size_t      state_size; /**< zero-filled when first wanted; 0: no state */
    bool (*wants)(const ssk_step *step); /**< the packet that makes the state; NULL: any */
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

/** NULL-terminated. */
extern const ssk_meter *const ssk_meters[];

#endif
