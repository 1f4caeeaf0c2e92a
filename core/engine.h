/* engine.h - events in, result out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_ENGINE_H
#define SSK_ENGINE_H

#include "core/message/message.h"
#include "core/message/profile.h"
#include "core/model/config.h"
#include "core/model/event.h"
#include "core/model/facts.h"
#include "core/model/result.h"
#include "core/model/second.h"
#include "core/udp/onoff.h"

typedef struct ssk_engine ssk_engine;

/** What can be said of one frame the moment it is read. */
typedef struct ssk_feedback {
    uint32_t flow; /**< id; 0: belongs to no flow */
    uint32_t stream;
    uint8_t dir; /**< ssk_dir */
    bool has_gap, has_any_gap;
    ssk_span_ns gap;     /**< since the previous packet of this flow and direction */
    ssk_span_ns any_gap; /**< since the previous packet of this flow, either direction */
    uint32_t gap_frame;  /**< that previous packet of this direction */
    bool has_message_gap;
    ssk_span_ns message_gap;   /**< this frame moved its side on: since it last did */
    bool retransmission;       /**< of nothing but what was sent before */
    const struct ssk_flow *of; /**< the flow; NULL: none. Valid until the next event is fed */
    /** Messages that this frame completed, or made certain: some may be of earlier frames. Valid
     * until the next event is fed. */
    const ssk_message *messages;
    size_t n_messages;
    bool measured; /**< with this frame something ended that may be a stall */
    /** This frame ends a silence of its direction that may be a stall. */
    bool ends_silence;
    ssk_span_ns silence;
    uint32_t silence_frame; /**< frame_before */
    ssk_onoff_state udp;    /**< UDP reception, by what is known at this frame */
    uint32_t datagram;      /**< payload bytes of a UDP datagram; 0: none, or a later fragment */
} ssk_feedback;

/** @param config   copied
 *  @param profiles copied; NULL: the built-in ones */
ssk_engine *ssk_engine_new(const ssk_config *config, const ssk_profile_set *profiles);
void ssk_engine_free(ssk_engine *engine);

/** Take the next event. Frame numbers must rise.
 * @param[out] ret may be NULL */
void ssk_engine_feed(ssk_engine *engine, const ssk_event *event, ssk_feedback *ret);

/** Judge what is known by now. Feeding may go on afterwards.
 * @return owned by the caller */
ssk_result *ssk_engine_snapshot(ssk_engine *engine);

/** The same, with what other captures can answer.
 * @param second borrowed until the return; NULL: none */
ssk_result *ssk_engine_snapshot_with(ssk_engine *engine, const ssk_second *second);

/** The same, and what it was judged by stays readable until ssk_engine_close(); nothing may be fed in
 * between.
 * @param[out] ret_facts borrowed until then */
ssk_result *ssk_engine_open(ssk_engine *engine, const ssk_second *second,
                            const ssk_facts **ret_facts);
void ssk_engine_close(ssk_engine *engine);

/** What the rules would judge now: every fact, sorted, with those still open.
 * @return the caller clears it: ssk_facts_clear() */
ssk_facts ssk_engine_facts(ssk_engine *engine);

#endif
