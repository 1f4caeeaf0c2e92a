/* scout.h - the first reading of one capture: who talks in it, and a sample of what.
 *
 * The sample is picked by content, so two captures pick the same packets.
 * Memory is bounded: when it is full, half of the contents are not picked any
 * more; conversations beyond the limit are counted.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_SCOUT_H
#define SSK_VIEW_SCOUT_H

#include <glib.h>

#include "core/flow/copies.h"
#include "core/view/print.h"

#define SSK_SCOUT_CONVERSATIONS 65536
#define SSK_SCOUT_SAMPLES       (1u << 17)
#define SSK_SCOUT_NONE          UINT32_MAX

typedef struct ssk_conversation {
    ssk_ends ends;
    uint64_t packets[2], bytes[2]; /**< sent by either end */
    int8_t opener;                 /**< who sent a SYN; -1: not seen */
    bool group;                    /**< multicast or broadcast */
    ssk_time_ns heard[2];          /**< last packet of either end */
    ssk_span_ns turn[2]; /**< shortest time from a packet to one of this end; INT64_MAX: none */
    bool fresh[2];       /**< its packets have passed no router, by their TTL */
    ssk_time_ns first, last;
} ssk_conversation;

typedef struct ssk_sample {
    uint64_t key[2];
    ssk_time_ns time;
    uint32_t frame, conversation;
    uint8_t from, ttl;
    bool syn;
} ssk_sample;

typedef struct ssk_scout ssk_scout;

ssk_scout *ssk_scout_new(void);
void ssk_scout_free(ssk_scout *scout);
void ssk_scout_add(ssk_scout *scout, const ssk_event *event);

/** All packets, decoded or not. */
uint64_t ssk_scout_packets(const ssk_scout *scout);
/** SSK_TIME_NONE: no packet has a timestamp. */
ssk_time_ns ssk_scout_first(const ssk_scout *scout);
ssk_time_ns ssk_scout_last(const ssk_scout *scout);
/** The capture cut payloads that SSK_PRINT_LONG needs. */
bool ssk_scout_is_cut(const ssk_scout *scout);
/** The one address in nearly every unicast packet of its family: the capture is that host's. */
bool ssk_scout_is_local(const ssk_scout *scout, const ssk_addr *addr);

/** The same, though another address may be, too: only the two of them talk. */
bool ssk_scout_may_be_local(const ssk_scout *scout, const ssk_addr *addr);

const ssk_conversation *ssk_scout_conversations(const ssk_scout *scout, size_t *ret_count);
/** @return SSK_SCOUT_NONE: not in this capture, or beyond the limit */
uint32_t ssk_scout_find(const ssk_scout *scout, const ssk_ends *ends);
/** Numbers of the conversations between two hosts, for as long as nothing is added. */
const uint32_t *ssk_scout_between(ssk_scout *scout, const ssk_addr *a, const ssk_addr *b,
                                  size_t *ret_count);
uint64_t ssk_scout_dropped(const ssk_scout *scout);

/** By key; what came more than once is left out.
 * @param which key to go by: 0, or 1 where one capture is cut
 * @return of ssk_sample; owned by the caller */
GArray *ssk_scout_samples(const ssk_scout *scout, unsigned which);

#endif
