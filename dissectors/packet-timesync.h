/* packet-timesync.h - a message that tells its sender's clock.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_TIMESYNC_H
#define SSK_PACKET_TIMESYNC_H

#include "core/decode/timesync.h"

/** What the keep-alive dissector read; handed to dissector "timesync" as data. */
typedef struct ssk_timesync_data {
    ssk_time_ns clock;   /**< the sender's */
    ssk_time_ns capture; /**< SSK_TIME_NONE: no timestamp */
    ssk_time_format format;
    bool declared;             /**< by the profile */
    const ssk_timesync *found; /**< out from many values; NULL: not so */
} ssk_timesync_data;

void proto_register_timesync(void);
void proto_reg_handoff_timesync(void);

#endif
