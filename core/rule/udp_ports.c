/* udp_ports.c - an exhaustion of UDP ports in the making.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/base/limits.h"
#include "core/base/text.h"
#include "core/rule/finding_list.h"
#include "core/rule/rule.h"

extern const ssk_rule ssk_rule_udp_ports;

static void judge(const ssk_facts *facts, ssk_result *result)
{
    size_t n;
    const ssk_fact *list = ssk_facts_of(facts, 0, &n);
    for (size_t i = 0; i < n; i++) {
        const ssk_fact *ports = &list[i];
        if (ports->kind != SSK_FACT_UDP_PORTS ||
            (int64_t)ports->udp_ports.in_minute * 1000 <
                SSK_LIMIT(EPHEMERAL_PORTS) * SSK_LIMIT(PORTS_PERMILLE))
            continue;
        char who[SSK_TEXT_ROOM], span[SSK_TEXT_ROOM];
        const char *text = ssk_result_printf(
            result,
            "%s opened %u new UDP source ports in %s (%u in the worst second, %u in all): %" G_GINT64_FORMAT
            " %% of the ephemeral range",
            ssk_addr_text(&ports->host, who), ports->udp_ports.in_minute,
            ssk_span_text(ports->end - ports->start, span), ports->udp_ports.in_second,
            ports->udp_ports.ports,
            (int64_t)ports->udp_ports.in_minute * 100 / SSK_LIMIT(EPHEMERAL_PORTS));
        uint32_t frames[2] = {ports->frame_first, ports->frame_last};
        ssk_finding_add(result, &result->findings, &result->n_findings, SSK_CAUSE_UDP_PORT_CHURN,
                        "warning", text, NULL, 0, frames, 2);
    }
}

const ssk_rule ssk_rule_udp_ports = {
    .name = "udp-ports",
    .source = "RFC 6335, 6; RFC 6056",
    .judge = judge,
};
