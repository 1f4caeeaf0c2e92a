/* menu_path.h - places in Tools > Stallshark.
 *
 * Wireshark sorts the entries of a menu by their text. Ours begin with characters that nobody sees,
 * so that they stay in the order of use.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_MENU_PATH_H
#define SSK_MENU_PATH_H

/** @param menu     "Stallshark", or what this returned for a submenu
 *  @param position in that menu, from 0
 *  @param name     with its mnemonic: "&Report"
 *  @return owned by the caller */
char *ssk_menu_path(const char *menu, unsigned position, const char *name);

/** Positions in Tools > Stallshark that tables have. */
#define SSK_MENU_STALLS 0
#define SSK_MENU_TABLES 10

#endif
