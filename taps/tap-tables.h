/* tap-tables.h - Tools > Stallshark > Tables: the report as tables.
 *
 *   tshark -z stallshark,stalls[,FILTER], and so on; sharkd: nstat:stallshark,stalls
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TAP_TABLES_H
#define SSK_TAP_TABLES_H

void register_tap_listener_stallshark_tables(void);

#endif
