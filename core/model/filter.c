/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "core/model/filter.h"

#include <glib.h>

#include "core/base/text.h"

static char *tuple(const ssk_result_flow *flow)
{
    char a[SSK_TEXT_ROOM], b[SSK_TEXT_ROOM];
    const char *ip = flow->addr[SSK_A].family == 6 ? "ipv6" : "ip";
    const char *transport = flow->transport == SSK_TCP ? "tcp" : "udp";
    ssk_addr_text(&flow->addr[SSK_A], a);
    ssk_addr_text(&flow->addr[SSK_B], b);
    if (flow->port[SSK_A] == flow->port[SSK_B]) /* one comparison is met by either side's port */
        return g_strdup_printf(
            "%s.addr == %s && %s.addr == %s && %s.srcport == %u && %s.dstport == %u", ip, a, ip, b,
            transport, flow->port[SSK_A], transport, flow->port[SSK_B]);
    return g_strdup_printf("%s.addr == %s && %s.addr == %s && %s.port == %u && %s.port == %u", ip,
                           a, ip, b, transport, flow->port[SSK_A], transport, flow->port[SSK_B]);
}

static char *frames(const ssk_result_flow *flow, uint32_t first, uint32_t last)
{
    char *of_tuple = tuple(flow);
    char *text = last ? g_strdup_printf("%s && frame.number >= %u && frame.number <= %u", of_tuple,
                                        first, last)
                      : g_strdup_printf("%s && frame.number >= %u", of_tuple, first);
    g_free(of_tuple);
    return text;
}

const char *ssk_filter_frames(ssk_result *result, const ssk_result_flow *flow, uint32_t frame_first,
                              uint32_t frame_last)
{
    char *text = frames(flow, frame_first, frame_last);
    const char *kept = ssk_result_text(result, text);
    g_free(text);
    return kept;
}

char *ssk_filter_flow(const ssk_result_flow *flow)
{
    return flow->shares_tuple ? frames(flow, flow->first_frame, flow->last_frame) : tuple(flow);
}
