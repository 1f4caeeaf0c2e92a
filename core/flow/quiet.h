/* quiet.h - how long one side of a flow has sent no message, and what it sent
 * instead.
 *
 * Retransmissions, ACKs and answered keep-alives do not end a silence: they
 * hide dead applications. What they do is remembered here.
 *
 * Source: docs/causes.md, "gap of a direction".
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_QUIET_H
#define SSK_QUIET_H

#include "core/base/types.h"

typedef struct ssk_quiet {
    ssk_time_ns since; /**< last message; SSK_TIME_NONE: none yet */
    uint32_t frame;    /**< of that message */
    bool orderly;      /**< closed before anything was overdue: no gap opens */
    bool missed;       /**< its beat was overdue for a peer that went on, and closed */
    bool news_early;   /**< other new packets of this side, before it was overdue */
    bool
        owes_ack; /**< the other side sent something again that was not acknowledged within min_gap */
    uint16_t news; /**< other new packets of this side after it, at least half a second apart */
    uint16_t retransmissions;      /**< of this side */
    uint16_t peer_retransmissions; /**< of the other side, into the silence */
    ssk_time_ns owed_since; /**< first of those that are not acknowledged; set with owes_ack */
    ssk_time_ns last_news;
    ssk_time_ns heard; /**< first new packet of this side after it was overdue; SSK_TIME_NONE */
    uint32_t heard_frame;
    uint32_t close_frame; /**< first FIN or RST of either side; 0: none */
    ssk_time_ns told;     /**< first message of the other side since; SSK_TIME_NONE: none */
    uint16_t tellings;    /**< messages of the other side since */
    bool received; /**< its host acknowledged that ping, and its program did not answer with it */
    uint32_t asked_frame; /**< first decoded ping of the other side since; 0: none */
    ssk_time_ns asked;    /**< when */
    ssk_time_ns close;
} ssk_quiet;

/** A silence that is over. */
typedef struct ssk_silence {
    ssk_quiet quiet; /**< .since SSK_TIME_NONE: there is none, and the rest is not set */
    ssk_time_ns end;
    uint32_t end_frame;
    ssk_span_ns period; /**< in force then; 0: none */
    bool inherited, declared;
    unsigned samples; /**< intervals the period rests on */
    int timer;        /**< ssk_timer, as known then */
} ssk_silence;

struct ssk_flow;
struct ssk_step;
struct ssk_config;

/** Longest silence of a period that is still ordinary: max(3 p, min_gap). */
ssk_span_ns ssk_quiet_limit(ssk_span_ns period, ssk_span_ns min_gap);

void ssk_quiet_init(ssk_quiet *quiet);

/** Follow one packet; fills step->ended. Counters and TCP state of the flow are
 * up to date, step->progress is set. */
void ssk_quiet_step(struct ssk_flow *flow, const struct ssk_config *config, struct ssk_step *step);
/** The same without the short way for datagrams, which must not be told apart from it. */
void ssk_quiet_step_any(struct ssk_flow *flow, const struct ssk_config *config,
                        struct ssk_step *step);

#endif
