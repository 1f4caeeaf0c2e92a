/* freeze.c - what the tracker knows, as services and findings of the result.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "core/bonjour/freeze.h"

#include <string.h>

#include "core/text.h"

/* Beyond this a list of findings is no help; the rest is counted as dropped. */
#define FINDINGS_MAX 1000

const char *ssk_bonjour_safe_name(ssk_bonjour_freezing *out, const char *text, size_t len)
{
    char *valid = g_utf8_make_valid(text, (gssize)len);
    const char *kept = ssk_result_text(out->result, valid);
    g_free(valid);
    return kept;
}

const char *ssk_bonjour_instance(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return ssk_bonjour_safe_name(out, buf,
                                 ssk_dnssd_instance_text(&service->name, &service->parts, buf));
}

const char *ssk_bonjour_type_text(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return ssk_bonjour_safe_name(out, buf,
                                 ssk_dnssd_type_text(&service->name, &service->parts, buf));
}

const char *ssk_bonjour_name_text(ssk_bonjour_freezing *out, const ssk_dns_name *name)
{
    char buf[SSK_DNS_TEXT_ROOM];
    return ssk_bonjour_safe_name(out, buf, ssk_dns_name_text(name, buf));
}

const char *ssk_bonjour_title(ssk_bonjour_freezing *out, const ssk_bonjour_service *service)
{
    char *instance = ssk_text_safe(ssk_bonjour_instance(out, service), SSK_BONJOUR_CHARS);
    char *type = ssk_text_safe(ssk_bonjour_type_text(out, service), SSK_BONJOUR_CHARS);
    const char *text = ssk_result_printf(out->result, "\"%s\" (%s)", instance, type);
    g_free(instance);
    g_free(type);
    return text;
}

void ssk_bonjour_tell(ssk_bonjour_freezing *out, const char *id, const char *severity,
                      const char *text, const uint32_t *frames, size_t n_frames)
{
    if (out->findings->len >= FINDINGS_MAX) {
        out->result->limits.facts_dropped++;
        return;
    }
    ssk_result_finding finding = { .id = id, .severity = severity, .text = text };
    finding.frames = ssk_result_alloc(out->result, n_frames * sizeof *frames);
    for (size_t i = 0; i < n_frames; i++)
        if (frames[i] &&
            (finding.n_frames == 0 || finding.frames[finding.n_frames - 1] != frames[i]))
            finding.frames[finding.n_frames++] = frames[i];
    g_array_append_val(out->findings, finding);
}

void ssk_bonjour_tell_shown(ssk_bonjour_freezing *out, const char *id, const char *severity,
                            const char *text, const ssk_shown *shown)
{
    ssk_bonjour_tell(out, id, severity, text, shown->frames, MIN(shown->count, SSK_BONJOUR_FRAMES));
}

const ssk_sighting *ssk_bonjour_last_goodbye(const ssk_bonjour_service *service)
{
    const ssk_bonjour_rr *rrs[] = { &service->ptr, &service->srv, &service->txt };
    const ssk_sighting *goodbye = NULL;
    for (size_t i = 0; i < G_N_ELEMENTS(rrs); i++)
        if (rrs[i]->goodbye.frame && (!goodbye || rrs[i]->goodbye.frame > goodbye->frame))
            goodbye = &rrs[i]->goodbye;
    for (size_t i = 0; goodbye && i < G_N_ELEMENTS(rrs); i++)
        if (rrs[i]->last.frame > goodbye->frame)
            return NULL;
    return goodbye;
}

void ssk_bonjour_freeze(const ssk_bonjour *bonjour, ssk_time_ns end, ssk_result *result)
{
    ssk_bonjour_freezing out = { bonjour, result, end,
                                 g_array_new(FALSE, FALSE, sizeof(ssk_result_finding)) };
    GHashTable *told = g_hash_table_new(g_str_hash, g_str_equal);

    if (!ssk_bonjour_sane(end))
        out.end = bonjour->now == SSK_TIME_NONE ? 0 : bonjour->now;
    result->txt_records = bonjour->txt_records;
    result->services_dropped = bonjour->names_dropped;
    result->services =
        ssk_result_alloc(result, bonjour->service_list->len * sizeof *result->services);
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
            &out, "bad-message", "warning",
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
