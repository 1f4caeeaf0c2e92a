/* packet-bonjour.h - DNS-SD and TXT records of multicast DNS, drawn beside the DNS message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_BONJOUR_H
#define SSK_PACKET_BONJOUR_H

void proto_register_bonjour(void);
void proto_reg_handoff_bonjour(void);

#endif
