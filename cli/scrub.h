/* scrub.h - a frame without what its parties said to each other.
 *
 * What is known to be needed is copied, all else becomes zero; lengths stay.
 * Kept are the headers from the link layer to the transport, with all
 * addresses, ports and options; ARP; neighbour discovery, MLD and IGMP; of an
 * ICMP error the quoted headers. Messages of a flow whose profile is known keep
 * their structure, numbers and the profile's own words.
 *
 * A checksum over changed bytes is updated, not made anew (RFC 1624): right
 * stays right, wrong stays wrong. That of a fragmented datagram is not.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_H
#define SSK_SCRUB_H

#include "core/event.h"

typedef struct ssk_scrub ssk_scrub;

typedef struct ssk_scrub_counts {
    uint64_t frames;
    uint64_t payload_bytes; /**< of TCP, UDP, ICMP and other protocols on IP, emptied */
    uint64_t message_bytes; /**< emptied in messages that kept their structure */
    uint64_t dns_messages;  /**< that got other names (scrub_dns.h) */
    uint64_t other_bytes;   /**< emptied elsewhere: other protocols, padding, what cannot be read */
    uint64_t headers;       /**< capture headers (PKTAP, PPI, NFLOG) taken off */
} ssk_scrub_counts;

/** @param key 32 random bytes. Of a UDP payload its first 8 bytes become a digest
 *             under this key, so that copies of a datagram can still be told. */
ssk_scrub *ssk_scrub_new(const uint8_t *key);
void       ssk_scrub_free(ssk_scrub *scrub);

/** Keep the structure of this flow's messages, and the words that @p text holds.
 * @param binary the messages are no text */
void ssk_scrub_keep_words(ssk_scrub *scrub, ssk_transport transport, const ssk_addr addr[2],
                          const uint16_t port[2], const char *text, bool binary);

/** Scrub a frame: @p event then points to bytes that live until the next call,
 * names no interface and no process; its link type may be LINKTYPE_RAW, its
 * lengths less by the header taken off. */
void ssk_scrub_frame(ssk_scrub *scrub, ssk_event *event);

const ssk_scrub_counts *ssk_scrub_done(const ssk_scrub *scrub);

#endif
