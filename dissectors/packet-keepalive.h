/* packet-keepalive.h - an application's messages by their profile: pings,
 * pongs, times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_KEEPALIVE_H
#define SSK_PACKET_KEEPALIVE_H

#include "core/base/types.h"
#include "dissectors/compat.h"

/** Has the dissector drawn messages of this frame, on this visit? */
bool ssk_keepalive_took(packet_info *pinfo);
/** Does it look for messages unasked, and is it enabled? */
bool ssk_keepalive_looks(ssk_transport transport);

void proto_register_keepalive(void);
void proto_reg_handoff_keepalive(void);

#endif
