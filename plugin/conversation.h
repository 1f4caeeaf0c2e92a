/* conversation.h - Right click > Conversation Filter > Stall of this conversation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SSK_PLUGIN_CONVERSATION_H
#define SSK_PLUGIN_CONVERSATION_H

void ssk_conversation_register(void);

#endif
