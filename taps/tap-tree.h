/* tap-tree.h - Statistics > Stallshark > Gaps: how gaps spread, flow by flow.
 *
 *   tshark -z stallshark_gaps,tree[,FILTER]
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_TAP_TREE_H
#define SSK_TAP_TREE_H

void register_tap_listener_stallshark_tree(void);

#endif
