/* packet-stallshark.h - the post-dissector: frames in, fields and events out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_STALLSHARK_H
#define SSK_PACKET_STALLSHARK_H

void proto_register_stallshark(void);
void proto_reg_handoff_stallshark(void);

#endif
