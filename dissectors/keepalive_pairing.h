/* keepalive_pairing.h - which pong answers which ping, and what else two
 * messages tell that one does not.
 *
 * Filled in the order of the frames, once; drawn whenever somebody looks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_KEEPALIVE_PAIRING_H
#define SSK_KEEPALIVE_PAIRING_H

#include "core/flow/period.h"
#include "core/message/message.h"
#include "dissectors/compat.h"

/** What a message says, whoever read it. */
typedef struct ssk_said {
    const ssk_profile *profile;
    ssk_role role;
    const char *label; /**< what the profile calls it */
    bool known;        /**< the profile has a group for it */
    ssk_dir dir;
    uint64_t len; /**< bytes, framing included */
    bool has_seq;
    uint64_t seq;
    bool has_sent;
    ssk_time_ns sent; /**< the sender's own timestamp */
    ssk_time_ns now;  /**< the capture's; SSK_TIME_NONE: none */
} ssk_said;

/** A ping and what answered it. */
typedef struct ssk_exchange {
    gint64 seq;
    uint32_t ping_frame, pong_frame; /**< 0: not seen */
    ssk_time_ns ping_time, pong_time;
} ssk_exchange;

/** What is kept with one message of a frame. */
typedef struct ssk_pairing_note {
    ssk_exchange *exchange; /**< NULL: none */
    ssk_span_ns interval;   /**< since this side's last ping; 0: none */
    ssk_span_ns late;       /**< 0: in time */
    uint64_t skipped;       /**< numbers left out before this one */
    bool duplicate;
} ssk_pairing_note;

/** Pings of one direction. */
typedef struct ssk_pairing_lane {
    wmem_map_t *pings; /**< by number */
    wmem_list_t *open; /**< without a number, unanswered, oldest first */
    ssk_period period;
    ssk_time_ns last_ping;
    bool has_seq;
    uint64_t last_seq;
} ssk_pairing_lane;

/** One conversation. */
typedef struct ssk_pairing {
    ssk_span_ns period; /**< said by the profile; 0: learned */
    ssk_pairing_lane lane[2];
} ssk_pairing;

/** Its memory lives as long as the file. */
void ssk_pairing_init(ssk_pairing *pairing);

/** Does a ping of the other side with this number wait for its answer? */
bool ssk_pairing_awaits(const ssk_pairing *pairing, ssk_dir dir, uint64_t seq);

/** Take the next message. @param frame Wireshark's number
 * @return NULL: neither ping nor pong; lives as long as the file */
const ssk_pairing_note *ssk_pairing_take(ssk_pairing *pairing, const ssk_said *said,
                                         uint32_t frame);

#endif
