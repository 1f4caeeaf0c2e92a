/* icmp_error.c - errors that quote a packet of a flow.
 *
 * Source: RFC 792, RFC 4443, RFC 1122 section 3.2.2. SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <string.h>

#include "core/base/addr.h"
#include "core/meter/meter.h"

extern const ssk_meter ssk_meter_icmp_error;

static void on_step(void *unused, const ssk_config *config, const ssk_step *step, ssk_facts *out)
{
    const ssk_packet *packet = step->packet;
    (void)unused;
    (void)config;
    if (packet->kind != SSK_PACKET_ICMP || !packet->icmp.has_quote || step->time == SSK_TIME_NONE)
        return;
    bool by_destination = ssk_addr_equal(&packet->ip.src, &packet->icmp.quote_dst);
    ssk_fact fact = {SSK_AS_ICMP(.version = packet->icmp.version, .type = packet->icmp.type,
                                 .code = packet->icmp.code, .by_destination = by_destination,
                                 .source_port = packet->icmp.quote_src_port,
                                 .destination_port = packet->icmp.quote_dst_port),
                     .start = step->time,
                     .end = step->time,
                     .frame_first = packet->event->frame,
                     .frame_last = packet->event->frame,
                     .host = packet->icmp.quote_src,
                     .peer = packet->icmp.quote_dst};
    if (packet->ip.src.family == 4)
        memcpy(fact.icmp.reporter, packet->ip.src.bytes, sizeof fact.icmp.reporter);
    ssk_facts_add(out, &fact);
}

const ssk_meter ssk_meter_icmp_error = {
    .name = "icmp-error", .hears = SSK_HEARS(ICMP), .on_step = on_step};
