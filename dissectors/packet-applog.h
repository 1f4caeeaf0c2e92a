/* packet-applog.h - lines of an application's log, carried as frames.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PACKET_APPLOG_H
#define SSK_PACKET_APPLOG_H

void proto_register_applog(void);
void proto_reg_handoff_applog(void);

#endif
