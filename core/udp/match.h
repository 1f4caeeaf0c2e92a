/* match.h - the same datagrams of one flow and direction, seen in two places.
 *
 * A datagram is known again by IPv4 identification, length and a digest of its
 * first payload bytes. Both views keep what waits for its match in a ring, in
 * their own order; once a later one matched, what is left behind by more than
 * MATCH_REORDER datagrams was lost on the way, or never passed the first
 * place. Order may differ a little, copies are set aside, and the two clocks
 * may differ by any constant: times are not compared, only collected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MATCH_H
#define SSK_MATCH_H

#include "core/udp/delivery.h"

/** Payload bytes digested: what a snap length of 96 leaves of IPv6 over Ethernet. */
#define SSK_MATCH_DIGEST 32
/** Datagrams of one view that may wait for the other view's first match ... */
#define SSK_MATCH_ROOM 65536
/** ... and how far order may differ. */
#define SSK_MATCH_REORDER 1024

typedef struct ssk_match ssk_match;

/** One view's datagram. */
typedef struct ssk_match_datagram {
    ssk_time_ns time;
    uint32_t frame;
    uint32_t bytes;  /**< of payload */
    uint32_t ip_id;  /**< 0 where there is none */
    uint64_t digest; /**< ssk_match_digest() */
} ssk_match_datagram;

/** Where a capture begins and ends, by its own clock. */
typedef struct ssk_match_extent {
    ssk_time_ns first, last;
} ssk_match_extent;

typedef struct ssk_match_report {
    uint64_t seen[2];   /**< datagrams of each view, copies not counted */
    uint64_t copies[2]; /**< seen twice by one view */
    uint64_t matched;
    uint64_t missing[2]; /**< of [0]: seen there, not by view 1; of [1]: the other way round */
    uint64_t outside[2]; /**< seen while the other capture was not running */
    uint32_t frames[2]
                   [2]; /**< of each view: around its longest run of missing ones (in that view) */
    bool has_offset;
    ssk_span_ns offset; /**< view 1's time minus view 0's, median; the path's delay included */
    ssk_span_ns spread; /**< median absolute deviation of that */
} ssk_match_report;

ssk_match *ssk_match_new(void);
void ssk_match_free(ssk_match *match);

/** Of the first SSK_MATCH_DIGEST bytes that were captured. */
uint64_t ssk_match_digest(const uint8_t *payload, uint32_t cap_len);

/** @param view 0 or 1 */
void ssk_match_add(ssk_match *match, unsigned view, const ssk_match_datagram *datagram);

/** Nothing matched although there was room for much: these are not two views
 * of one flow, and this may be freed. */
bool ssk_match_is_hopeless(const ssk_match *match);
/** Datagrams added to a view so far. */
uint64_t ssk_match_added(const ssk_match *match, unsigned view);

/** What is known now; feeding may go on.
 * @param extents of the two captures; NULL: both ran all the time
 * @param[out] ret_delivery [0]: view 0's datagrams as view 1 received them,
 *             in view 0's order and time; [1] the reverse; to be cleared; may be NULL */
void ssk_match_measure(const ssk_match *match, const ssk_match_extent extents[2],
                       ssk_match_report *ret, ssk_delivery ret_delivery[2]);

#endif
