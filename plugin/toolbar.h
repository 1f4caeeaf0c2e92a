/* toolbar.h - the toolbar: which stalls there are, and the way through them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_TOOLBAR_H
#define SSK_PLUGIN_TOOLBAR_H

/** Register it; View > Additional Toolbars shows it, and the profile does. */
void ssk_toolbar_register(void);

#endif
