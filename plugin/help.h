/* help.h - Tools > Stallshark > Help: a walk through a capture, and where everything is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_HELP_H
#define SSK_PLUGIN_HELP_H

/** For a menu. */
void ssk_help_show(void *unused);

#endif
