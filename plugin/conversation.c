/* conversation.c - Right click > Conversation Filter > Stall of this conversation.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "plugin/conversation.h"

#include "dissectors/compat.h"

#include <epan/conversation_filter.h>

#include "dissectors/packet-stallshark.h"
#include "plugin/walk.h"

static const ssk_result_stall *stall_of(const packet_info *pinfo, const ssk_result *result)
{
    uint32_t flow = ssk_file_flow(pinfo->num);

    return result && flow ? ssk_walk_at(result, pinfo->num, flow) : NULL;
}

static ssk_ws_bool has_stall(packet_info *pinfo SSK_CONVERSATION_USER)
{
    return stall_of(pinfo, ssk_file_result()) != NULL;
}

static char *filter_of(packet_info *pinfo SSK_CONVERSATION_USER)
{
    const ssk_result *result = ssk_file_result();
    const ssk_result_stall *stall = stall_of(pinfo, result);

    return stall ? ssk_walk_filter(result, stall) : NULL;
}

void ssk_conversation_register(void)
{
    SSK_CONVERSATION_REGISTER("stallshark", "Stall of this conversation", has_stall, filter_of);
}
