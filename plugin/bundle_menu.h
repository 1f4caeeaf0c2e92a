/* bundle_menu.h - Tools > Stallshark > Bundle for a Bug Report: the open capture without its secrets.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_BUNDLE_MENU_H
#define SSK_PLUGIN_BUNDLE_MENU_H

/** For a menu: writes it and says where.
 * @param level of scrubbing, as text: "off", "payload" or "full"; but for "off" it is searched for what is left */
void ssk_bundle_make(void *level);

#endif
