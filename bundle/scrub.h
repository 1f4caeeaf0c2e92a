/* scrub.h - a frame without what its parties said to each other.
 *
 * What is known to be needed is copied, all else becomes zero; lengths stay.
 * Kept are the headers from the link layer to the transport; ARP; neighbor
 * discovery, MLD and IGMP; of an ICMP error the quoted headers; of DNS, mDNS and
 * DHCP the structure; of a flow whose message profile is known the messages'
 * structure, numbers and the profile's own words; of other datagrams the bytes
 * that count. Names become other names; addresses too, if that is asked for.
 *
 * Two passes: all frames are learned, then all are scrubbed.
 *
 * A checksum over changed bytes is updated, not made anew (RFC 1624): right
 * stays right, wrong stays wrong. That of a fragmented datagram is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_H
#define SSK_SCRUB_H

#include "core/message/message.h"
#include "core/model/event.h"

typedef struct ssk_scrub ssk_scrub;

typedef struct ssk_scrub_counts {
    uint64_t frames;
    uint64_t payload_bytes; /**< of TCP, UDP, ICMP and other protocols on IP, emptied */
    uint64_t message_bytes; /**< emptied in messages that kept their structure */
    uint64_t dns_messages;  /**< that got other names (scrub_dns.h) */
    uint64_t dhcp_messages; /**< the same */
    uint64_t other_bytes;   /**< emptied elsewhere: other protocols, padding, what cannot be read */
    uint64_t headers;       /**< capture headers (PKTAP, PPI, NFLOG) that lost names */
    uint64_t messages_dropped; /**< emptied whole for want of memory */
} ssk_scrub_counts;

/** @param key       32 random bytes: they decide the pseudonyms
 *  @param addresses replace addresses too, and the numbers that no profile reads */
ssk_scrub *ssk_scrub_new(const uint8_t *key, bool addresses);
/** For another capture of the same traffic: it gives the same names and treats datagrams alike.
 * @param first lives longer */
ssk_scrub *ssk_scrub_new_beside(const ssk_scrub *first);
void ssk_scrub_free(ssk_scrub *scrub);

/** Keep the structure of this flow's messages. Before the first pass.
 * @param profile borrowed until the end */
void ssk_scrub_keep_messages(ssk_scrub *scrub, ssk_transport transport, const ssk_addr addr[2],
                             const uint16_t port[2], uint32_t first_frame, uint32_t last_frame,
                             const ssk_profile *profile);

/** First pass. */
void ssk_scrub_learn(ssk_scrub *scrub, const ssk_event *event);

/** The names that it gives. */
struct ssk_pseudonym *ssk_scrub_pseudonym(const ssk_scrub *scrub);

/** Begin the second pass (again): the counts are zero. */
void ssk_scrub_rewind(ssk_scrub *scrub);

/** Scrub a frame: @p event then points to bytes that live until the next call,
 * names no interface; its process has another name. */
void ssk_scrub_frame(ssk_scrub *scrub, ssk_event *event);

/** What was scrubbed since the pass began. */
ssk_scrub_counts ssk_scrub_done(const ssk_scrub *scrub);

#endif
