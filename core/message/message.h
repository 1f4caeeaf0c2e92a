/* message.h - an application message: what the app itself would call one.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MESSAGE_H
#define SSK_MESSAGE_H

#include "core/base/types.h"

typedef enum ssk_role {
    SSK_ROLE_OTHER = 0,
    SSK_ROLE_PING,
    SSK_ROLE_PONG,
    SSK_ROLE_TIME, /**< the sender's clock */
    SSK_ROLE_ACK,
    SSK_ROLE_CLOSE, /**< an orderly goodbye of the application */
    SSK_N_ROLES
} ssk_role;

/** "ping", "pong" ...; static. */
const char *ssk_role_text(ssk_role role);

typedef struct ssk_profile ssk_profile;

typedef struct ssk_message {
    const ssk_profile *profile; /**< that decoded it */
    ssk_role role;
    const char *label; /**< the profile's group: "ping", "other hello"; NULL: belongs to none */
    ssk_dir dir;
    uint32_t frame; /**< that completed it */
    ssk_time_ns time;
    uint32_t len; /**< bytes, framing included */
    bool has_seq;
    uint64_t seq;
    bool has_sent;
    ssk_time_ns sent; /**< the sender's own timestamp in a ping or pong */
    bool has_clock;
    ssk_time_ns clock; /**< the sender's clock in a TIME message */
} ssk_message;

#endif
