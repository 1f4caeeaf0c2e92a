/* packet-gdl90.h - GDL 90 frames, drawn.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_GDL90_H
#define SSK_PACKET_GDL90_H

void proto_register_gdl90(void);
void proto_reg_handoff_gdl90(void);

#endif
