/* scrub_udp.h - of unknown datagrams what tells them apart and counts them.
 *
 * The analysis finds the sender's own numbering in the first bytes of a flow
 * (core/udp/counter.h) and knows a datagram again by them. A first pass finds
 * which of these bytes count, in RTP the header, and which never change; a
 * second pass keeps the former, and makes zeros of the latter and noise of the
 * rest: equal datagrams stay equal. Of GDL 90 the heartbeats stay. All behind
 * is emptied.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_UDP_H
#define SSK_SCRUB_UDP_H

#include "bundle/pseudonym.h"
#include "core/decode/packet.h"

typedef struct ssk_scrub_udp ssk_scrub_udp;

ssk_scrub_udp *ssk_scrub_udp_new(ssk_pseudonym *pseudonym);
void ssk_scrub_udp_free(ssk_scrub_udp *udp);

/** First pass. */
void ssk_scrub_udp_learn(ssk_scrub_udp *udp, const ssk_packet *packet);
/** Second pass: fill the payload, which @p to holds zeros for. */
void ssk_scrub_udp_fill(ssk_scrub_udp *udp, const ssk_packet *packet, uint8_t *to, uint32_t len);

#endif
