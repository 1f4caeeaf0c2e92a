/* tcp_track.h - what a TCP segment did, by sequence numbers alone.
 *
 * Ours on purpose: Wireshark's tcp.analysis.* calls a retransmitted 1-byte
 * heartbeat a keep-alive, and its rules change between releases.
 *
 * Source: RFC 9293, section 3.4; RFC 1122, section 4.2.3.6 (keep-alives).
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TCP_TRACK_H
#define SSK_TCP_TRACK_H

#include "core/flow/flow.h"

/** Follow one segment of @p flow sent by @p dir.
 * @param[out] ret what it did; always set */
void ssk_tcp_track(ssk_flow *flow, ssk_dir dir, const ssk_packet *packet, ssk_tcp_step *ret);
/** The same without the short way for segments in order, which must not be told apart from it. */
void ssk_tcp_track_any(ssk_flow *flow, ssk_dir dir, const ssk_packet *packet, ssk_tcp_step *ret);

#endif
