/* window.h - Wireshark's window, as far as a module reaches it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_WINDOW_H
#define SSK_PLUGIN_WINDOW_H

#include "dissectors/compat.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

#define SSK_TITLE "Stallshark"
/** What Wireshark's text window shows of a line before it wraps it. */
#define SSK_WINDOW_COLUMNS 72

/** @return NULL outside the window, or while it is being closed */
const funnel_ops_t *ssk_window(void);
/** @return NULL: no window that could tell */
const ws_info_t *ssk_window_info(void);
/** Number of the selected packet; 0: none. */
uint32_t ssk_window_frame(void);

/** A text in a window of its own. */
void ssk_window_show(const char *title, const char *text);

#endif
