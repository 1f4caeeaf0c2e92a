/* message.h - an application message: what the app itself would call one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MESSAGE_H
#define SSK_MESSAGE_H

#include "core/types.h"

typedef enum ssk_role {
    SSK_ROLE_OTHER = 0,
    SSK_ROLE_PING,
    SSK_ROLE_PONG,
    SSK_ROLE_TIME,  /**< the sender's clock */
    SSK_ROLE_ACK,
    SSK_ROLE_CLOSE, /**< an orderly goodbye of the application */
    SSK_N_ROLES
} ssk_role;

/** "ping", "pong" ...; static. */
const char *ssk_role_text(ssk_role role);

typedef struct ssk_profile ssk_profile;

typedef struct ssk_message {
    const ssk_profile *profile; /**< that decoded it */
    ssk_role    role;
    const char *label; /**< the profile's group: "ping", "other hello"; NULL: belongs to none */
    ssk_dir     dir;
    uint32_t    frame; /**< that completed it */
    ssk_time_ns time;
    uint32_t    len;   /**< bytes, framing included */
    bool        has_seq;
    uint64_t    seq;
    bool        has_sent;
    ssk_time_ns sent;  /**< the sender's own stamp in a ping or pong */
    bool        has_clock;
    ssk_time_ns clock; /**< the sender's clock in a TIME message */
} ssk_message;

typedef void (*ssk_message_fn)(void *user, const ssk_message *message);

/* ---- one flow's messages: framing, detection, decoding ---- */

struct ssk_chunk;
typedef struct ssk_profile_set ssk_profile_set;
typedef struct ssk_messages ssk_messages;

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
void ssk_messages_push(ssk_messages *messages, ssk_dir dir, const struct ssk_chunk *chunk,
                       ssk_message_fn deliver, void *user);

/** The profile in use; NULL: not known (yet). */
const ssk_profile *ssk_messages_profile(const ssk_messages *messages);

/** How the format of the times in one role's messages was found, where the profile leaves it open
 * (ssk_timesync_why() says it); NULL: it does not, or there were none. */
struct ssk_timesync;
const struct ssk_timesync *ssk_messages_timesync(const ssk_messages *messages, ssk_dir dir,
                                                 ssk_role role);

/** Nothing here matched and nothing will: the engine may free this. */
bool ssk_messages_gave_up(const ssk_messages *messages);

/** Not certain yet: may these still be messages of @p profile? */
bool ssk_messages_may_be(const ssk_messages *messages, const ssk_profile *profile);

/** The first profile of which a message could begin at @p chunk: for one who knows that it
 * begins with some message.
 * @return NULL: none */
const ssk_profile *ssk_profile_guess(const ssk_profile_set *profiles, ssk_transport transport,
                                     const uint16_t ports[2], const struct ssk_chunk *chunk);

#endif
