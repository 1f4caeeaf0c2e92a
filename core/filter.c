/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/filter.h"

#include "core/text.h"

static const char *tuple(ssk_result *result, const ssk_result_flow *flow)
{
    char a[SSK_TEXT_ROOM], b[SSK_TEXT_ROOM];
    const char *ip = flow->addr[SSK_A].family == 6 ? "ipv6" : "ip";
    const char *transport = flow->transport == SSK_TCP ? "tcp" : "udp";
    return ssk_result_printf(result, "%s.addr == %s && %s.addr == %s && %s.port == %u && %s.port == %u",
                             ip, ssk_addr_text(&flow->addr[SSK_A], a), ip,
                             ssk_addr_text(&flow->addr[SSK_B], b), transport, flow->port[SSK_A],
                             transport, flow->port[SSK_B]);
}

const char *ssk_filter_frames(ssk_result *result, const ssk_result_flow *flow,
                              uint32_t frame_first, uint32_t frame_last)
{
    if (!frame_last)
        return ssk_result_printf(result, "%s && frame.number >= %u", tuple(result, flow),
                                 frame_first);
    return ssk_result_printf(result, "%s && frame.number >= %u && frame.number <= %u",
                             tuple(result, flow), frame_first, frame_last);
}

const char *ssk_filter_flow(ssk_result *result, const ssk_result_flow *flow, bool bounded)
{
    return bounded ? ssk_filter_frames(result, flow, flow->first_frame, flow->last_frame)
                   : tuple(result, flow);
}
