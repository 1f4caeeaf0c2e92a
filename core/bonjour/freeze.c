/* freeze.c - what the tracker knows, as services and findings of the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/freeze.h"

#include <string.h>

#include "core/base/hash.h"
#include "core/base/text.h"

void ssk_bonjour_freeze(const ssk_bonjour *bonjour, ssk_time_ns end, ssk_result *result)
{
    ssk_bonjour_freezing out = {bonjour, result, end,
                                g_array_new(FALSE, FALSE, sizeof(ssk_result_finding))};
    GHashTable *told = g_hash_table_new(ssk_str_hash, g_str_equal);

    if (!ssk_bonjour_sane(end))
        out.end = bonjour->now == SSK_TIME_NONE ? 0 : bonjour->now;
    result->txt_records = bonjour->txt_records;
    result->services_dropped = bonjour->names_dropped;
    result->limits.addresses_dropped = bonjour->addrs_dropped;
    result->services = ssk_result_alloc(result,
                                        bonjour->service_list->len * sizeof *result->services);
    for (guint i = 0; i < bonjour->service_list->len; i++)
        ssk_bonjour_put_service(&out, bonjour->service_list->pdata[i],
                                &result->services[result->n_services++]);

    for (guint i = 0; i < bonjour->service_list->len; i++) {
        const ssk_bonjour_service *service = bonjour->service_list->pdata[i];
        if (service->parts.kind == SSK_DNSSD_NONE)
            continue;
        ssk_bonjour_judge_txt(&out, service);
        if (service->unicast)
            continue;
        ssk_bonjour_judge_conflict(&out, service);
        ssk_bonjour_judge_silence(&out, service);
        ssk_bonjour_judge_identifier(&out, service);
        ssk_bonjour_judge_personal(&out, service, told);
    }
    for (guint i = 0; i < bonjour->host_list->len; i++) {
        ssk_bonjour_judge_host_conflict(&out, bonjour->host_list->pdata[i]);
        ssk_bonjour_judge_addresses(&out, bonjour->host_list->pdata[i]);
    }
    for (guint i = 0; i < bonjour->type_list->len; i++)
        ssk_bonjour_judge_type(&out, bonjour->type_list->pdata[i]);
    ssk_bonjour_judge_duplicates(&out);
    if (bonjour->bad_messages.count) {
        char addr[SSK_TEXT_ROOM];
        ssk_bonjour_tell_shown(
            &out, SSK_CAUSE_BAD_MESSAGE, "warning",
            ssk_result_printf(
                result,
                "%u Multicast DNS messages, the first from %s, end inside a record or hold one that "
                "contradicts itself",
                bonjour->bad_messages.count, ssk_addr_text(&bonjour->bad_sender, addr)),
            &bonjour->bad_messages);
    }

    result->n_bonjour_findings = out.findings->len;
    result->bonjour_findings =
        ssk_result_alloc(result, out.findings->len * sizeof *result->bonjour_findings);
    if (out.findings->len)
        memcpy(result->bonjour_findings, out.findings->data,
               out.findings->len * sizeof *result->bonjour_findings);
    g_array_unref(out.findings);
    g_hash_table_destroy(told);
}
