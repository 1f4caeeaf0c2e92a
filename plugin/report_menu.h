/* report_menu.h - the report of the open file: shown, saved, in the browser, on the clipboard.
 *
 * It reads all packets anew, as Wireshark's own statistics do, so that its progress window and its
 * stop button are Wireshark's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_REPORT_MENU_H
#define SSK_PLUGIN_REPORT_MENU_H

/** For menus and buttons. */
void ssk_report_show(void *unused);
void ssk_report_show_displayed(void *unused);
void ssk_report_browse(void *unused);
void ssk_report_copy(void *unused);
/** @param format of a writer, as text: "html" */
void ssk_report_save(void *format);

#endif
