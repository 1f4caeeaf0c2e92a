/* menus.h - Tools > Stallshark.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MENUS_H
#define SSK_MENUS_H

/** Register the menu; Wireshark's window shows it, other hosts do not. */
void ssk_menus_register(void);

#endif
