/* scrub_messages.h - of keep-alive messages what the analysis reads.
 *
 * A first pass follows the connections whose profile is known, message by
 * message, and remembers what is left of each; a second pass puts that in the
 * place of the bytes, segment by segment, retransmissions included.
 *
 * Left are the framing, the bytes and fields that the profile declares, and of
 * text its form, numbers and the profile's own words (scrub_text.h).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_SCRUB_MESSAGES_H
#define SSK_SCRUB_MESSAGES_H

#include "bundle/pseudonym.h"
#include "core/decode/packet.h"
#include "core/message/message.h"

/** Bytes remembered at most; messages beyond are emptied, and counted. */
#define SSK_SCRUB_MESSAGES_ROOM (256u << 20)

typedef struct ssk_scrub_messages ssk_scrub_messages;

/** @param declared_only keep only the numbers that the profile reads */
ssk_scrub_messages *ssk_scrub_messages_new(ssk_pseudonym *pseudonym, bool declared_only);
void ssk_scrub_messages_free(ssk_scrub_messages *messages);

/** A flow, and the frames in which it was seen.
 * @param profile borrowed until the end */
void ssk_scrub_messages_add(ssk_scrub_messages *messages, ssk_transport transport,
                            const ssk_addr addr[2], const uint16_t port[2], uint32_t first_frame,
                            uint32_t last_frame, const ssk_profile *profile);

/** First pass: take a TCP packet. */
void ssk_scrub_messages_learn(ssk_scrub_messages *messages, const ssk_packet *packet);

/** Begin the second pass (again). */
void ssk_scrub_messages_rewind(ssk_scrub_messages *messages);

/** Second pass: fill the payload, which @p to holds zeros for.
 * @return false: not a flow that was added; nothing was done */
bool ssk_scrub_messages_fill(ssk_scrub_messages *messages, const ssk_packet *packet, uint8_t *to,
                             uint32_t len);

/** Messages that found no room. */
uint64_t ssk_scrub_messages_dropped(const ssk_scrub_messages *messages);

#endif
