/* ground.h - how two captures stand to each other: which conversation is which,
 * who sees it first, and what their clocks say.
 *
 * Nothing is taken from the order in which they were given. Conversations
 * are paired by the packets that both hold, whatever NAT did to the addresses.
 * Who stands nearer to a sender shows in each pair of packets that crossed one
 * another's way: the difference of timestamps is larger by both delays for what
 * passed here first. That needs no common clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_VIEW_GROUND_H
#define SSK_VIEW_GROUND_H

#include "core/view/clock.h"
#include "core/view/scout.h"

/** What is known of a conversation of one capture in the other one. */
typedef struct ssk_twin {
    uint32_t number; /**< in the other capture; SSK_SCOUT_NONE: not there */
    bool turned;     /**< its ends stand the other way round there */
    bool expected;   /**< the other capture stands where it sees, or would have seen it */
    bool same_link;  /**< no router between the two captures took one off the TTL */
    uint8_t first;   /**< ssk_first: of what ends[0] sends; ends[1]'s is the reverse */
    uint32_t shared; /**< sampled packets that both hold */
} ssk_twin;

typedef struct ssk_ground {
    ssk_twin *here;  /**< by the number of here's conversation */
    ssk_twin *there; /**< .first is of there's ends[0], and still says who sees it first */
    size_t n_here, n_there;
    ssk_pace pace;
    uint64_t shared;  /**< sampled packets that both hold, and ... */
    uint64_t sampled; /**< ... of the smaller sample */
    bool handshake;   /**< they share the packets that opened a connection */
    unsigned key;     /**< of ssk_print to go by */
    double
        nearer_client; /**< > 0: here is nearer to those who open connections and receive streams */
} ssk_ground;

/** @param told > 0: here was said to be nearer to the clients, < 0: there was; 0: nobody said so */
ssk_ground *ssk_ground_new(const ssk_scout *here, const ssk_scout *there, int told);
void ssk_ground_free(ssk_ground *ground);

/** Who sees first what ends[@p from] of a conversation sends. */
ssk_first ssk_twin_first(const ssk_twin *twin, unsigned from);

/** They share so little that they are no two views of anything. */
bool ssk_ground_is_unrelated(const ssk_ground *ground);

#endif
