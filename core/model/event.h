/* event.h - the only input of the analysis.
 *
 * Every host (Wireshark, tshark, the program) fills this struct and nothing
 * else. All pointers are borrowed and valid for one ssk_engine_feed().
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_EVENT_H
#define SSK_EVENT_H

#include "core/base/types.h"

typedef enum ssk_event_kind {
    SSK_EVENT_FRAME = 0, /**< a captured frame: @c bytes from the link layer on */
    SSK_EVENT_RECORD, /**< a file record that is no packet: counts as a frame number, nothing else */
    SSK_EVENT_LOG, /**< one line of an application's log: @c bytes is the line, without its newline */
} ssk_event_kind;

/** Who owned the socket: from a PKTAP header or Apple's pcapng options. */
typedef struct ssk_process {
    const char *name;     /**< UTF-8, borrowed */
    int32_t pid;          /**< -1: not known */
    uint32_t flags;       /**< PTH_FLAG_* / 0x8004; 0: not known */
    uint32_t drop_reason; /**< droptap; 0: none */
} ssk_process;

/** Application bytes that only the host could read: TLS opened by a key log. */
typedef struct ssk_plain {
    const uint8_t *bytes;
    uint32_t len;
} ssk_plain;

typedef struct ssk_event {
    ssk_event_kind kind;
    uint32_t frame;    /**< Wireshark's number: 1-based, every record counts */
    ssk_time_ns time;  /**< SSK_TIME_NONE: no timestamp, or one beyond SSK_TIME_MAX */
    uint16_t linktype; /**< LINKTYPE_ value as in pcap files */
    uint16_t file;     /**< which of several inputs, from 0; a host of one file leaves it 0 */
    uint32_t interface_id;
    const char *interface_name; /**< NULL: not known */
    const uint8_t *bytes;
    uint32_t cap_len;  /**< bytes readable at @c bytes */
    uint32_t wire_len; /**< bytes on the wire; >= cap_len in sane files */
    uint64_t
        drops; /**< packets lost just before this one, by the capture's own count; 0: none or not known */
    const ssk_process *process; /**< NULL: not known */
    const ssk_plain *plain;     /**< that this frame completed, in the order of the stream */
    uint32_t n_plain;
} ssk_event;

/** What every event passes before anything computes with its time: a time beyond SSK_TIME_MAX is
 * none. @param room for a corrected copy @return @p event, or @p room */
static inline const ssk_event *ssk_event_admit(const ssk_event *event, ssk_event *room)
{
    if (ssk_time_fits(event->time) || event->time == SSK_TIME_NONE)
        return event;
    *room = *event;
    room->time = SSK_TIME_NONE;
    return room;
}

#endif
