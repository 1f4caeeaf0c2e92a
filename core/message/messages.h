/* messages.h - one flow's messages: framing, detection, decoding.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MESSAGES_H
#define SSK_MESSAGES_H

#include "core/decode/timesync.h"
#include "core/message/chunk.h"
#include "core/message/profile.h"

typedef struct ssk_messages ssk_messages;

/** Takes a message. @param message borrowed for the call */
typedef void (*ssk_message_fn)(void *user, const ssk_message *message);

/** @param transport SSK_TCP (chunks of a stream) or SSK_UDP (a chunk is a datagram)
 *  @param ports     of side A and side B: a profile may be bound to one
 *  @param profiles  borrowed; must outlive the result */
ssk_messages *ssk_messages_new(const ssk_profile_set *profiles, ssk_transport transport,
                               const uint16_t ports[2]);
void ssk_messages_free(ssk_messages *messages);

/** The side that opened the connection, where the capture shows it. Without, it is learned from
 * the messages that only one side may send. */
void ssk_messages_client(ssk_messages *messages, ssk_dir client);

/** Take payload of one direction. Until a profile is certain, messages wait
 * (a bounded number) and are then delivered in order, each with its own frame
 * and time. After a hole the framing is found again at the next segment. */
void ssk_messages_push(ssk_messages *messages, ssk_dir dir, const ssk_chunk *chunk,
                       ssk_message_fn deliver, void *user);

/** The same for the one case that is nearly all of a keep-alive: the profile is certain, and
 * @p chunk is one message, whole, like one read before but for its numbers.
 * @return false: it is not, and nothing was done */
bool ssk_messages_push_alike(ssk_messages *messages, ssk_dir dir, const ssk_chunk *chunk,
                             ssk_message_fn deliver, void *user);

/** The profile in use; NULL: not known (yet). */
const ssk_profile *ssk_messages_profile(const ssk_messages *messages);

/** How the format of the times in one role's messages was found, where the profile leaves it open
 * (ssk_timesync_why() says it); NULL: it does not, or there were none. */
const ssk_timesync *ssk_messages_timesync(const ssk_messages *messages, ssk_dir dir, ssk_role role);

/** Nothing here matched and nothing will: the engine may free this. */
bool ssk_messages_gave_up(const ssk_messages *messages);

/** Not certain yet: may these still be messages of @p profile? */
bool ssk_messages_may_be(const ssk_messages *messages, const ssk_profile *profile);

/** The first profile of which a message could begin at @p chunk: for one who knows that it
 * begins with some message.
 * @return NULL: none */
const ssk_profile *ssk_profile_guess(const ssk_profile_set *profiles, ssk_transport transport,
                                     const uint16_t ports[2], const ssk_chunk *chunk);

#endif
