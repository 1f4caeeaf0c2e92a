/* packet-keepalive.h - an application's messages by their profile: pings,
 * pongs, times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_KEEPALIVE_H
#define SSK_PACKET_KEEPALIVE_H

void proto_register_keepalive(void);
void proto_reg_handoff_keepalive(void);

#endif
