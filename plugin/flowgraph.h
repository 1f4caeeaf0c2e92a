/* flowgraph.h - Statistics > Flow Graph > Stalls: each stall as a picture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_FLOWGRAPH_H
#define SSK_PLUGIN_FLOWGRAPH_H

/** Does nothing where the layout of Wireshark's graph is not known: see compat.h. */
void ssk_flowgraph_register(void);

#endif
