/* second.h - what another capture of the same traffic can answer, for the rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SECOND_H
#define SSK_SECOND_H

#include "core/base/limits.h"
#include "core/base/types.h"

/** Did a way let nearly all through? And nearly nothing? Between them nothing is said. @param sent at least one */
static inline bool ssk_way_is_open(int64_t sent, int64_t arrived)
{
    return 1000 * arrived >= SSK_LIMIT(ARRIVED_PERMILLE) * sent;
}

static inline bool ssk_way_is_closed(int64_t sent, int64_t arrived)
{
    return 1000 * arrived <= SSK_LIMIT(GONE_PERMILLE) * sent;
}

struct ssk_facts;
struct ssk_result;
struct ssk_result_flow;

/** Packets of one sender between two captures. The capture that is nearer to the
 * sender says what was sent, the other one what arrived. */
typedef struct ssk_crossing_count {
    char view;       /**< of the other capture; 0: no other capture can tell */
    bool here_first; /**< this capture is nearer to the sender */
    uint64_t sent, sent_data, sent_bytes;
    uint64_t arrived, arrived_data; /**< soon */
    uint64_t late;                  /**< more than a second after it was sent; not in .arrived */
    uint64_t lost, lost_data, lost_bytes;
    uint64_t unsent, unsent_resets; /**< arrived, and the sender's side has none of it */
    uint64_t through, gone;         /**< conversations beside: whose packets arrived, or did not */
    uint64_t behind; /**< of those whose packets arrived: of others behind the same address (NAT) */
    ssk_span_ns delay;          /**< longest; by the common clock */
    uint32_t here[2], there[2]; /**< first and last frame in either capture; 0: none */
    uint32_t lost_frames[2];    /**< in the capture nearer to the sender */
} ssk_crossing_count;

typedef struct ssk_link_count {
    char view;      /**< of the capture at that host; 0: there is none */
    bool own;       /**< it was taken at that host itself; nothing of the rest is known elsewhere */
    uint64_t heard; /**< packets of third hosts that it holds of that time */
    uint64_t before;   /**< ... and of as long a time before */
    uint64_t sent;     /**< packets of the host itself, ... */
    ssk_time_ns spoke; /**< ... the first of them, at the earliest; SSK_TIME_NONE: none */
} ssk_link_count;

/** A flow in the other capture, by that capture's own numbers and clock. */
typedef struct ssk_elsewhere {
    char view;   /**< 0: it is not there */
    bool turned; /**< its sides stand the other way round */
    const struct ssk_facts *facts;
    const struct ssk_result *result;
    const struct ssk_result_flow *flow;
} ssk_elsewhere;

typedef struct ssk_second {
    void *user;
    /** Of one flow, what @p from sent in [@p begin, @p end]. */
    ssk_crossing_count (*crossed)(void *user, const struct ssk_result_flow *flow, ssk_dir from,
                                  ssk_time_ns begin, ssk_time_ns end);
    /** The same of the other conversations between its two hosts, from the host of @p from. */
    ssk_crossing_count (*crossed_beside)(void *user, const struct ssk_result_flow *flow,
                                         ssk_dir from, ssk_time_ns begin, ssk_time_ns end);
    /** What the capture at the host of side @p at heard meanwhile. */
    ssk_link_count (*link)(void *user, const struct ssk_result_flow *flow, ssk_dir at,
                           ssk_time_ns begin, ssk_time_ns end);
    /** The flow in the capture that is nearer to side @p at. All of it lives as long as the question. */
    ssk_elsewhere (*elsewhere)(void *user, const struct ssk_result_flow *flow, ssk_dir at);
    /** Does it see what clients send before the other captures do? > 0: yes, < 0: later, 0: not known */
    int (*nearer_client)(void *user);
    /** A time of this capture's clock, by that of the other capture @p view, before or after any step
     * as at the same moment. */
    ssk_time_ns (*time_there)(void *user, char view, ssk_time_ns here);
} ssk_second;

#endif
